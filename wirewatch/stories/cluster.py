"""One event, one story: where an item belongs among the stories of the last three days, and why.

Two decisions, apart from each other. Is it a *copy*, near-identical text without a conflict? And which *story* is it
about: the cluster of items whose words, weighted by how rare they are, are nearest to its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from rapidfuzz import fuzz, process

from wirewatch.stories.evidence import Scales, Told, likelihood
from wirewatch.stories.normal import CUT, NAME, Form, normal, running
from wirewatch.stories.passages import passages
from wirewatch.stories.presets import PRESETS
from wirewatch.stories.veto import Conflict, Contrast, pattern, reasons, shown, wording
from wirewatch.stories.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Flag, Item, Placed, Role

CANDIDATES = 30
"""Items compared word by word for each new one."""
CLUSTERS = 10
"""Stories measured for each new item."""
MEASURED = 4
"""Of these the most likely are looked at for what speaks against."""
SUMMARY_TOKENS = 24
TELLING = 4
SAME_BODY = 0.6
"""Bodies that share this part of the shorter one's sentences are one text."""
VETO = 50.0
"""Logits: more than any evidence."""
TAKES = ("update", "correction", "refile", "kill")
"""Flags of an item that is a later take of an earlier one."""


class Placement(NamedTuple):
    """Where an item belongs and why; `merged` are (old, kept) stories that turned out to be one."""

    story: str
    role: Role
    copy_of: str | None = None
    match: str | None = None
    score: float = 0.0
    """0-100."""
    why: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


class _Near(NamedTuple):
    """A story that an item may belong to."""

    cluster: int
    similarity: float
    """After what speaks against was taken off."""
    bare: float
    match: int
    against: tuple[Conflict, ...]


class StoryIndex:
    """Places items in order of arrival. Pure: no clock, no chance; the same items give the same stories."""

    def __init__(self, preset: Literal["strict", "broad"] = "strict") -> None:
        self.preset = PRESETS[preset]
        self.window = Window()
        self.scales = Scales(self.window)

    def __len__(self) -> int:
        return len(self.window)

    # --- the public face

    def place(self, item: Item, flags: Sequence[Flag] = ()) -> Placement:
        """Where a new item belongs; it is remembered. An item that is remembered already keeps its place."""
        window = self.window
        self._pass_time(item.received)
        known = window.number_of(item.id)
        if known is not None:
            return self._again(known)
        form = normal(item.headline, item.language)
        summary = _summary(item, form)
        tokens = window.numbers(form.tokens)
        said = passages(item.body)
        more = window.numbers(summary)
        near = window.nearest([*tokens, *self._telling(more)], 2 * CANDIDATES)
        source = window.sources.get(item.source, -1)
        scores = self._scores(form, near[:CANDIDATES])
        merged: list[tuple[str, str]] = []
        why: list[str] = []
        copy, copy_score = self._copy(form, near, scores)
        echo = window.echoes.nearest(said) if said else None
        echoed = False
        if copy is None and echo is not None and echo[1] >= 2 and echo[2] >= SAME_BODY:
            contrast = Contrast(form, window.form(echo[0]))
            echoed = not (contrast.minimal() and reasons(contrast))
            if echoed:
                copy, copy_score = echo[0], 100 * echo[2]
                why.append(f"{echo[1]} sentences of the same text")
        ranked = self._stories(form, tokens, more, near, scores, item.received)
        if copy is not None:
            cluster: int | None = window.cluster_of(copy)
            match, score = copy, copy_score
            if not echoed:
                why.append(
                    "same text"
                    if form.tokens == window.form(copy).tokens
                    else f"near-identical text ({copy_score:.0f})"
                )
        else:
            joined = [near_story for near_story in ranked if near_story.similarity >= self.preset.join]
            if joined:
                best = joined[0]
                cluster, match, score = best.cluster, best.match, 100 * min(1.0, best.similarity)
                why.append(self._shared(tokens, match))
                why.extend(f"although {conflict.text}" for conflict in best.against[:2])
                merged = self._merge(ranked)
                cluster = window.cluster_of(match)
            elif echo is not None and echo[1] >= 2 and echo[2] >= SAME_BODY / 2:
                match, score = echo[0], 100 * echo[2]
                cluster = window.cluster_of(match)
                why.append(f"{echo[1]} sentences of the same text")
            else:
                cluster, match, score = None, None, 0.0
                why.extend(self._related(ranked))
        number = window.add(
            item.id, form, summary=summary, said=said, when=item.received, source=item.source, cluster=cluster
        )
        if cluster is not None:
            self.scales.forget(cluster)
        if copy is not None:
            window.copied(number, copy)
        role = self._role(item, flags, cluster, match, copy, source)
        return Placement(
            story=window.story(window.cluster_of(number)),
            role=role,
            copy_of=None if copy is None else self._id(window.original[number - window.base]),
            match=None if match is None else self._id(match),
            score=round(score, 1),
            why=tuple(why),
            merged=tuple(merged),
        )

    def load(self, placed: Placed) -> None:
        """Takes a stored item in as it was placed, without deciding anything; in order of arrival."""
        item = placed.item
        window = self.window
        self._pass_time(item.received)
        if window.number_of(item.id) is not None:
            return
        form = normal(item.headline, item.language)
        cluster = window.named(placed.story)
        number = window.add(
            item.id, form, summary=_summary(item, form), when=item.received, source=item.source, cluster=cluster
        )
        if cluster is None:
            window.name(number, placed.story)
        else:
            self.scales.forget(cluster)
        if placed.copy_of is not None:
            original = window.number_of(placed.copy_of)
            if original is not None:
                window.original[number - window.base] = original

    def retake(self, item: Item, story: str) -> None:
        """A new take replaced an item's text; it stays in its story."""
        number = self.window.number_of(item.id)
        if number is None:
            return
        form = normal(item.headline, item.language)
        self.window.retake(number, form, _summary(item, form), passages(item.body))
        self.scales.forget(self.window.cluster_of(number))

    # --- copies

    def _scores(self, form: Form, near: Sequence[int]) -> dict[int, float]:
        """How alike each candidate's words are, 0-100, whatever their order; longer headlines may have words more."""
        if not near:
            return {}
        window = self.window
        texts = [window.text(number) for number in near]
        text = form.text
        sorted_scores = process.extract(text, texts, scorer=fuzz.token_sort_ratio, processor=None, limit=None)
        scores = {near[at]: score for _, score, at in sorted_scores}
        cut = bool(form.marks) and bool(form.marks[-1] & CUT)
        if len(form.tokens) >= (3 if cut else 4):
            for _, score, at in process.extract(text, texts, scorer=fuzz.token_set_ratio, processor=None, limit=None):
                number = near[at]
                enough = 3 if cut or window.broken_off(number) else 4
                if score - 4 > scores[number] and texts[at].count(" ") >= enough - 1:
                    scores[number] = score - 4
        return scores

    def _copy(self, form: Form, near: Sequence[int], scores: dict[int, float]) -> tuple[int | None, float]:
        """The item this one is a copy of, the most alike and then the newest; None where none is."""
        for number in sorted(scores, key=lambda number: (-scores[number], -number))[:6]:
            score = scores[number]
            if score < self.preset.copy:
                break
            other = self.window.form(number)
            contrast = Contrast(form, other)
            if not wording(contrast) and not reasons(contrast):
                return number, score
        return None, 0.0

    # --- stories

    def _stories(
        self,
        form: Form,
        tokens: list[int],
        more: Sequence[int],
        near: Sequence[int],
        scores: dict[int, float],
        when: float,
    ) -> list[_Near]:
        """The stories of the nearest items by similarity, conflicts taken off, best first."""
        window = self.window
        meant = window.meant(tokens)
        if not meant:
            return []
        named = window.meant(token for token, marks in zip(tokens, form.marks, strict=True) if marks & NAME)
        idf = {token: window.idf(token) for token in sorted(meant, key=window.words.__getitem__)}
        told = Told(idf, named, sum(idf.values()) or 1.0, when)
        best_item: dict[int, int] = {}
        for number in near:
            cluster = window.cluster_of(number)
            if cluster not in best_item and len(best_item) == CLUSTERS:
                continue
            kept = best_item.get(cluster)
            if kept is None or scores.get(number, 0.0) > scores.get(kept, 0.0):
                best_item[cluster] = number
        evident = [
            (self.scales.evidence(told, cluster) + self.scales.beyond(meant, more, match), match, cluster)
            for cluster, match in best_item.items()
        ]
        evident.sort(reverse=True)
        found = []
        for logit, match, cluster in evident[:MEASURED]:
            if likelihood(logit) < self.preset.related:
                break
            against, doubt = self._doubt(form, cluster, match)
            found.append(_Near(cluster, likelihood(logit - doubt), likelihood(logit), match, against))
        found.sort(key=lambda story: (-story.similarity, -story.match))
        return found

    def _doubt(self, form: Form, cluster: int, match: int) -> tuple[tuple[Conflict, ...], float]:
        """What speaks against an item's belonging to a story, seen from the item most like it, and how much it weighs.

        Words that any item of the story has, and words that few of them have, part nobody from it.
        """
        window = self.window
        counts, size = self.scales.centroid(cluster)
        contrast = Contrast(form, window.form(match))
        if size > 1:
            known = {window.words[token]: count for token, count in counts.items()}
            contrast.left = {token: marks for token, marks in contrast.left.items() if token not in known}
            contrast.right = {
                token: marks for token, marks in contrast.right.items() if 2 * known.get(token, 0) >= size
            }
        against = (*reasons(contrast), *pattern(contrast))
        if not against:
            return against, 0.0
        if contrast.minimal() and any(conflict.grave for conflict in against):
            return against, VETO
        if size >= 5 and any(conflict.kind == "names" for conflict in against):
            return against, self.preset.doubt
        return against, 0.0

    def _telling(self, more: Sequence[int]) -> list[int]:
        """The few words of a summary that find its story where the headline's don't."""
        window = self.window
        used = [token for token in more if window.df[token] >= 1.0]
        return sorted(used, key=lambda token: (window.df[token], window.words[token]))[:TELLING]

    def _merge(self, ranked: Sequence[_Near]) -> list[tuple[str, str]]:
        """Makes one story of those that the item belongs to all, where they are alike themselves."""
        merged: list[tuple[str, str]] = []
        window = self.window
        home = ranked[0].cluster
        for other in ranked[1:4]:
            if other.similarity < self.preset.second:
                break
            if self.scales.alike(home, other.cluster) >= self.preset.merge:
                kept, old = sorted((home, other.cluster), key=lambda cluster: window.items_of(cluster)[0])
                merged.append((window.story(old), window.story(kept)))
                window.merge(old, kept)
                self.scales.forget(old)
                self.scales.forget(kept)
                home = kept
        return merged

    # --- words for the reader

    def _shared(self, tokens: Sequence[int], match: int) -> str:
        theirs = set(self.window.of(match))
        shared = [token for token in dict.fromkeys(tokens) if token in theirs]
        shared.sort(key=lambda token: -self.window.idf(token))
        listed = ", ".join(shown(self.window.words[token]) for token in shared[:5])
        return f"shares {listed}" if listed else "same story by the words of its other reports"

    def _related(self, ranked: Sequence[_Near]) -> list[str]:
        found = []
        for story in ranked[:3]:
            if story.bare >= self.preset.related:
                reason = f": {story.against[0].text}" if story.against else ""
                found.append(f"related to {self.window.story(story.cluster)}{reason}")
        return found

    # --- the rest

    def _role(
        self, item: Item, flags: Sequence[Flag], cluster: int | None, match: int | None, copy: int | None, source: int
    ) -> Role:
        if cluster is None or match is None:
            return "lead"
        same_source = source >= 0 and self.window.source[match - self.window.base] == source
        take = any(flag.flag.partition(":")[0] in TAKES for flag in flags)
        if same_source and (copy is not None or take):
            return "version"
        return "copy" if copy is not None else "report"

    def _again(self, number: int) -> Placement:
        window = self.window
        cluster = window.cluster_of(number)
        original = window.original[number - window.base]
        role: Role = "lead" if number == cluster else "copy" if original != number else "report"
        return Placement(window.story(cluster), role, copy_of=self._id(original) if original != number else None)

    def _id(self, number: int) -> str:
        return self.window.ids[number - self.window.base]

    def _pass_time(self, now: float) -> None:
        for cluster in self.window.pass_time(now):
            self.scales.forget(cluster)


def arrival_order(item: Item) -> tuple[float, float, str, str]:
    """The sort key by which items are to be placed: what arrived together is taken as it was published.

    Placed in this order, the same items give the same stories whatever order they came in.
    """
    published = item.published if item.published is not None else item.received
    return (item.received, min(published, item.received), item.source, item.id)


def _summary(item: Item, form: Form) -> tuple[str, ...]:
    """What the first words of a summary add to the headline."""
    if not item.summary:
        return ()
    told = running(item.summary[:400], item.language)
    return tuple(dict.fromkeys(token for token in told.tokens if token not in form.tokens))[:SUMMARY_TOKENS]
