"""One event, one story: where an item belongs among the stories of the last three days, and why.

Two decisions, apart from each other. Is it a *copy*, near-identical text without a conflict? And which *story* is it
about: the cluster of items whose words, weighted by how rare they are, are nearest to its own.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Literal, NamedTuple

from wirewatch.stories.contrast import Contrast
from wirewatch.stories.copies import SAME_BODY, Copies
from wirewatch.stories.evidence import Scales, likelihood
from wirewatch.stories.memory import Memory, of_item, take_in
from wirewatch.stories.normal import Form, normal, running
from wirewatch.stories.passages import passages
from wirewatch.stories.presets import PRESETS, SEMANTIC_PRESETS
from wirewatch.stories.roundups import aside
from wirewatch.stories.veto import Conflict, pattern, reasons, shown
from wirewatch.stories.window import Window
from wirewatch.stories.witness import Witnesses
from wirewatch.stories.word import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Flag, Item, Placed, Role
    from wirewatch.stories.meaning import Meaning

CANDIDATES = 30
"""Items compared word by word for each new one."""
CLUSTERS = 10
"""Stories measured for each new item."""
MEASURED = 4
"""Of these the most likely are looked at for what speaks against."""
SUMMARY_READ = 300
"""Characters of a summary that are read, or of the body where there is none."""
SUMMARY_TOKENS = 24
TELLING = 4
ASKED = 4
"""Items of a story that are near to a new one and asked about it, besides its first and newest ones."""
VETO = 50.0
"""Logits: more than any evidence."""
TAKES = ("update", "correction", "refile", "kill")
"""Flags of an item that is a later take of an earlier one."""


_FURNITURE = re.compile(r"(?m)https?://\S+|^[^\w\n]*(?:article url|comments url|points|comments)\s*:.*$", re.IGNORECASE)
"""Addresses, and the lines in which aggregators count comments."""


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

    def __init__(self, preset: Literal["strict", "broad"] = "strict", meaning: Meaning | None = None) -> None:
        self.preset = (PRESETS if meaning is None else SEMANTIC_PRESETS)[preset]
        self.window = Window()
        self.scales = Scales(self.window, self.preset, meaning)
        self.word = Word(self.window, self.scales)
        self.witnesses = Witnesses(self.window)
        self.copies = Copies(self.window, self.witnesses, self.preset)

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
        alone = aside(item.headline, flags)
        self.witnesses.begin()
        tokens = window.numbers(form.tokens)
        said = passages(item.body)
        more = window.numbers(summary)
        near = window.nearest([*tokens, *self._telling(more)], 2 * CANDIDATES)
        source = window.sources.get(item.source, -1)
        scores = self.copies.scores(form, near, CANDIDATES)
        merged: list[tuple[str, str]] = []
        why: list[str] = []
        copy, copy_score = self.copies.best(form, more, scores, alone=alone)
        if copy is not None:
            copy = self.word.rather(copy, tokens, scores)
        ranked = self._stories(form, tokens, more, near, scores, item.received)
        echo = self.copies.echo(form, said, item.credit, [story.cluster for story in ranked])
        echoed = copy is None and echo is not None and echo.copy
        if echoed and echo is not None:
            copy, copy_score = echo.number, 100 * echo.share
            why.append(echo.why)
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
            joined = self._borne_out(form, ranked, tokens, more, near, item.received, alone=alone)
            if joined:
                best = joined[0]
                match, score = best.match, 100 * min(1.0, best.similarity)
                why.append(self._shared(tokens, more, match))
                why.extend(f"although {conflict.text}" for conflict in best.against[:2])
                needed = self.witnesses.needed(more, best.cluster)
                merged = self._merge(joined if needed else ranked, needed=needed)
                why.extend(self._related(ranked, besides=joined))
                cluster = window.cluster_of(match)
            elif echo is not None and echo.sentences >= 2 and echo.share >= SAME_BODY / 2:
                match, score = echo.number, 100 * echo.share
                cluster = window.cluster_of(match)
                why.append(echo.why)
            else:
                cluster, match, score = None, None, 0.0
                why.extend(self._related(ranked))
        number = window.add(
            item.id,
            form,
            summary=summary,
            said=said,
            when=item.received,
            source=item.source,
            cluster=cluster,
            aside=alone,
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
        form = normal(item.headline, item.language)
        memory = Memory(
            form.tokens,
            bytes(form.marks),
            _summary(item, form),
            array("Q", passages(item.body)).tobytes(),
            aside(item.headline, placed.flags),
            placed.copy_of,
        )
        self.recall(item.id, placed.story, item.source, placed.arrived, memory)

    def recall(self, item_id: str, story: str, source: str, arrived: float, memory: Memory) -> None:
        """Takes a stored item in as `load` does, by what was kept of it."""
        self._pass_time(arrived)
        grown = take_in(self.window, item_id, story, source, arrived, memory)
        if grown is not None:
            self.scales.forget(grown)

    def memory(self, item_id: str) -> Memory | None:
        """What is to be kept of an item for `recall`; None where it is no longer known."""
        number = self.window.number_of(item_id)
        return None if number is None else of_item(self.window, number)

    def retake(self, item: Item, flags: Sequence[Flag] = ()) -> None:
        """A new take replaced an item's text; it stays in its story."""
        number = self.window.number_of(item.id)
        if number is None:
            return
        form = normal(item.headline, item.language)
        alone = aside(item.headline, flags)
        self.window.retake(number, form, _summary(item, form), passages(item.body), aside=alone)
        self.scales.forget(self.window.cluster_of(number))

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
        if not tokens:
            return []
        told = self.scales.told(tokens, form.marks, more, when)
        best_item: dict[int, int] = {}
        clusters = window.clusters_of(near)
        nearest = clusters[:CANDIDATES]
        for number, cluster in zip(near, clusters, strict=True):
            if cluster not in best_item and len(best_item) == CLUSTERS:
                continue
            kept = best_item.get(cluster)
            if kept is None or scores.get(number, 0.0) > scores.get(kept, 0.0):
                best_item[cluster] = number
        evident = [
            (self.scales.logit(told, cluster, match, nearest.count(cluster) / len(nearest)), match, cluster)
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
            token_of = window.vocabulary
            contrast.left = {word: marks for word, marks in contrast.left.items() if token_of[word] not in counts}
            contrast.right = {
                word: marks for word, marks in contrast.right.items() if 2 * counts.get(token_of[word], 0) >= size
            }
        against = tuple(sorted((*reasons(contrast), *pattern(contrast)), key=lambda conflict: not conflict.grave))
        if not against:
            return against, 0.0
        if contrast.minimal() and any(conflict.grave for conflict in against):
            return against, VETO
        if size >= 5 and any(conflict.kind == "names" for conflict in against):
            return against, self.preset.doubt
        return against, 0.0

    def _contrary(self, form: Form, number: int) -> bool:
        """True for two pieces made after one pattern that say different things."""
        contrast = Contrast(form, self.window.form(number))
        return contrast.minimal() and any(conflict.grave for conflict in (*reasons(contrast), *pattern(contrast)))

    def _telling(self, more: Sequence[int]) -> list[int]:
        """The few words of a summary that find its story where the headline's don't."""
        window = self.window
        used = [(window.df[token], window.words[token], token) for token in more if window.df[token] >= 1.0]
        return [token for _, _, token in sorted(used)[:TELLING]]

    def _borne_out(
        self,
        form: Form,
        ranked: Sequence[_Near],
        tokens: Sequence[int],
        more: Sequence[int],
        near: Sequence[int],
        when: float,
        *,
        alone: bool,
    ) -> list[_Near]:
        """The stories that an item belongs to, the best first: likely by their words, and borne out by their items."""
        window = self.window
        found = []
        said = None
        clusters = window.clusters_of(near)
        for story in ranked:
            if not self.witnesses.needed(more, story.cluster):
                if story.similarity >= self.preset.join:
                    found.append(story)
                continue
            if alone or story.similarity < self.preset.related:
                continue
            said = said or self.witnesses.says(tokens, more)
            asked = [number for number, cluster in zip(near, clusters, strict=True) if cluster == story.cluster][:ASKED]
            heard = self.witnesses.best(
                said, story.cluster, [story.match, *asked], when, self.preset, conflicts=bool(story.against)
            )
            if heard is not None and heard.deed and not self._contrary(form, heard.member):
                found.append(story._replace(similarity=heard.score, match=heard.member))
        found.sort(key=lambda story: (-story.similarity, -story.match))
        return found

    def _merge(self, ranked: Sequence[_Near], *, needed: bool) -> list[tuple[str, str]]:
        """Makes one story of those that the item belongs to all, where they are alike themselves."""
        merged: list[tuple[str, str]] = []
        window = self.window
        home = ranked[0].cluster
        for other in ranked[1:4]:
            if other.similarity < self.preset.second:
                break
            if self.word.forbids(home, other.cluster):
                continue
            if needed and not self.witnesses.bound(home, other.cluster, self.preset):
                continue
            if self.scales.alike(home, other.cluster, other.similarity) >= self.preset.merge:
                kept, old = sorted((home, other.cluster), key=lambda cluster: window.items_of(cluster)[0])
                merged.append((window.story(old), window.story(kept)))
                self.word.merge(old, kept)
                home = kept
        return merged

    # --- words for the reader

    def _shared(self, tokens: Sequence[int], more: Sequence[int], match: int) -> str:
        theirs = {*self.window.of(match), *self.window.extra.of(match)}
        shared = [token for token in dict.fromkeys((*tokens, *more)) if token in theirs]
        shared.sort(key=lambda token: -self.window.idf(token))
        listed = ", ".join(shown(self.window.words[token]) for token in shared[:5])
        return f"shares {listed}" if listed else "same story by the words of its other reports"

    def _related(self, ranked: Sequence[_Near], besides: Sequence[_Near] = ()) -> list[str]:
        found = []
        now = self.window.cluster_of  # what was just merged is one with the item's own story
        named = {now(story.match) for story in besides}
        for story in ranked[:3]:
            if story.bare >= self.preset.related and now(story.match) not in named:
                reason = f": {story.against[0].text}" if story.against else ""
                found.append(f"related to {self.window.story(now(story.match))}{reason}")
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
        copied = window.first <= original != number
        role: Role = "lead" if number == cluster else "copy" if copied else "report"
        return Placement(window.story(cluster), role, copy_of=self._id(original) if copied else None)

    def _id(self, number: int) -> str:
        return self.window.id(number)

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
    text = item.summary or item.body
    if not text:
        return ()
    told = running(_FURNITURE.sub(" ", text[:SUMMARY_READ]), item.language)
    known = set(form.tokens)
    return tuple(dict.fromkeys([token for token in told.tokens if token not in known]))[:SUMMARY_TOKENS]
