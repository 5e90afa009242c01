"""What speaks for an item's belonging to a story: shared words by how rare they are, names, summaries, time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from wirewatch.clock import HOUR
from wirewatch.stories.normal import NAME
from wirewatch.stories.presets import EVIDENCE, SEMANTIC_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wirewatch.stories.meaning import Meaning
    from wirewatch.stories.presets import Preset
    from wirewatch.stories.window import Window

NEWEST, OLDEST = 24, 8
"""A long story is told by its newest items and its first ones."""
NEWEST_ASKED = 8
"""Items of a story that are measured against another one before the two become one."""
_ROUNDING = 1e-6
REMEMBERED = 10_000
"""Stories whose words are kept counted."""


class Told(NamedTuple):
    """What an item says: its words by idf, which of them are names, when, and what its summary adds."""

    idf: dict[int, float]
    names: tuple[tuple[int, float], ...]
    """Those that are names, with their idf."""
    named: set[int]
    total: float
    when: float
    more: frozenset[int]
    words: frozenset[int]
    """Those of headline and summary."""
    summary: float
    """The idf of `more`, summed."""
    direction: Any = None
    """Where its words point, with the extra `semantic`."""


class Scales:
    """Weighs items against the stories of a window. Remembers counts only; what is in the window decides."""

    def __init__(self, window: Window, preset: Preset, meaning: Meaning | None = None) -> None:
        self.window = window
        self.preset = preset
        self.meaning = meaning
        self.by = EVIDENCE if meaning is None else SEMANTIC_EVIDENCE
        self.related = math.log(preset.related / (1.0 - preset.related)) - _ROUNDING
        """What a story needs to be related, in logits."""
        self._centroids: dict[int, tuple[dict[int, int], int]] = {}
        self._directions: dict[int, Any] = {}

    def forget(self, cluster: int) -> None:
        """To be told when a story gained, lost or changed an item."""
        self._centroids.pop(cluster, None)
        self._directions.pop(cluster, None)

    def evidence(self, told: Told, cluster: int, near: float) -> float:
        """What speaks for an item's belonging to a story, in logits (see `Evidence`).

        `near` is the share, 0-1, of the items most like it that are of the story.
        """
        window = self.window
        counts, size = self.centroid(cluster)
        shared = covered = names = strange = 0.0
        deeds = 0
        named, telling = told.named, self.by.telling
        for token, weight in told.names:
            if token not in counts:
                strange += weight
        for token, weight in [entry for entry in told.idf.items() if entry[0] in counts]:
            if size == 1:
                shared += weight
                covered += weight
                if token in named:
                    names += weight
                elif weight >= telling:
                    deeds += 1
            else:
                count = counts[token]
                shared += weight * count / size
                part = min(1.0, 2 * count / size)
                covered += weight * part
                if token in named:
                    names += weight * part
                elif part > 0.3 and weight >= telling:
                    deeds += 1
        items = window.items_of(cluster)
        size_all = len(items)
        first, last = window.when[items[0] - window.base], window.when[items[-1] - window.base]
        hours = max(0.0, told.when - last) / HOUR
        age = max(0.0, told.when - first) / HOUR
        by = self.by
        means = 0.0
        if self.meaning is not None:
            means = by.meaning * self.meaning.cosine(told.direction, self.direction(cluster))
        return (
            by.bias
            + by.shared * shared
            + by.covered * covered / told.total
            + by.names * names
            + by.strange_names * strange
            + by.hour * hours
            + by.size * math.log(size_all)
            + by.near * near
            + by.age * age
            + means
            + (0.0 if deeds else by.names_only)
        )

    def logit(self, told: Told, cluster: int, match: int, near: float) -> float:
        """Evidence with what the summary of the item most like it adds; exact from what makes a story related on."""
        evidence = self.evidence(told, cluster, near)
        return evidence + self.beyond(told, cluster, match, self.related - evidence)

    def beyond(self, told: Told, cluster: int, match: int, needed: float) -> float:
        """What the summaries share beyond the headlines speaks for one event too. Below `needed` it may be too high."""
        window = self.window
        by = self.by
        if not told.more or by.summaries_most < needed:
            return 0.0
        theirs = window.extra.of(match)
        if not theirs:
            return 0.0
        counts, size = self.centroid(cluster)
        headline = counts.keys() if size == 1 else window.meant(window.of(match))
        shared = told.words.intersection(theirs)
        shared |= told.more & headline
        shared -= told.idf.keys() & headline
        found = math.fsum(window.weights.of(shared))
        if by.summaries * found < needed:
            return by.summaries * found
        other = math.fsum(window.weights.of(theirs))
        beyond = by.summaries * (found - by.summaries_by_chance * min(told.summary, other))
        return max(-by.summaries_most, min(by.summaries_most, beyond))

    def told(self, tokens: Sequence[int], marks: Iterable[int], more: Sequence[int], when: float) -> Told:
        """What a headline with these tokens and a summary that adds `more` say."""
        window = self.window
        meant = sorted(window.meant(tokens), key=window.words.__getitem__)
        named = window.meant(token for token, mark in zip(tokens, marks, strict=True) if mark & NAME)
        idf = dict(zip(meant, window.weights.of(meant), strict=True))
        names = tuple([entry for entry in idf.items() if entry[0] in named])
        summary = math.fsum(window.weights.of(more))
        direction = self.points(dict.fromkeys(idf, 1))
        total = sum(idf.values()) or 1.0
        return Told(idf, names, named, total, when, frozenset(more), frozenset((*meant, *more)), summary, direction)

    def alike(self, one: int, other: int, sure: float) -> float:
        """How much two stories are one (see `Preset`); `sure` is how likely the item that shows it is of the second."""
        mine, _ = self.centroid(one)
        theirs, _ = self.centroid(other)
        window = self.window
        both = mine.keys() | theirs.keys()
        idf = dict(zip(both, window.weights.of(both), strict=True))
        dot = math.fsum([idf[token] ** 2 * mine[token] * theirs[token] for token in mine.keys() & theirs])
        norms = [math.fsum([(idf[token] * count) ** 2 for token, count in side.items()]) for side in (mine, theirs)]
        words = dot / math.sqrt(norms[0] * norms[1]) if dot else 0.0
        items = window.items_of(one), window.items_of(other)
        apart = abs(window.when[items[0][0] - window.base] - window.when[items[1][0] - window.base]) / HOUR
        words += self.preset.merged_size * math.log(min(map(len, items))) + self.preset.merged_hour * apart
        words += self.preset.merged_sure * sure
        if self.preset.merged_least:
            of = window.items_of
            smaller, larger = sorted((one, other), key=lambda cluster: (len(of(cluster)), of(cluster)[0]))
            words += self.preset.merged_least * self._least(smaller, larger)
        if self.meaning is None:
            return words
        return words + self.preset.merged_meaning * self.meaning.cosine(self.direction(one), self.direction(other))

    def _least(self, smaller: int, larger: int) -> float:
        """What speaks for the one of a story's newest items that belongs least to another, in logits."""
        window = self.window
        return min(
            self.evidence(
                self.told(window.of(number), window.marks(number), (), window.when[number - window.base]), larger, 0.0
            )
            for number in window.items_of(smaller)[-NEWEST_ASKED:]
        )

    def direction(self, cluster: int) -> Any:
        """Where a story's words point."""
        known = self._directions.get(cluster)
        if known is None:
            counts, size = self.centroid(cluster)
            known = self.points(counts)
            if size > 1:
                if len(self._directions) > REMEMBERED:
                    self._directions.clear()
                self._directions[cluster] = known
        return known

    def points(self, counts: Mapping[int, int]) -> Any:
        """Where tokens point; None without the extra."""
        if self.meaning is None:
            return None
        words = self.window.words
        return self.meaning.direction(sorted((words[token], count) for token, count in counts.items()))

    def centroid(self, cluster: int) -> tuple[dict[int, int], int]:
        """In how many of a story's telling items each token stands, and how many those are."""
        known = self._centroids.get(cluster)
        if known is not None:
            return known
        window = self.window
        items = window.items_of(cluster)
        if len(items) > NEWEST + OLDEST:
            items = [*items[:OLDEST], *items[-NEWEST:]]
        counts: dict[int, int] = dict.fromkeys(window.meant(window.of(items[0])), 1)
        for number in items[1:]:
            for token in window.meant(window.of(number)):
                counts[token] = counts.get(token, 0) + 1
        if len(self._centroids) > REMEMBERED:
            self._centroids.clear()
        made = self._centroids[cluster] = (counts, len(items))
        return made


def likelihood(logit: float) -> float:
    """0-1 for evidence in logits."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))
