"""Do two pieces tell of one event? Asked of single items, not of a story's sum of words, where summaries are at hand.

A story's words drift: every report adds some, until a person and a country carry the next one in. So an item joins
only beside members that bear it out themselves, by words that are rare *now*. Who has been in the news all week, and
where, says next to nothing of which event this is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.clock import HOUR
from wirewatch.stories.contrast import Contrast
from wirewatch.stories.normal import NAME, NUMBER
from wirewatch.stories.veto import reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.stories.presets import Preset
    from wirewatch.stories.window import Window

FIRST, NEWEST = 2, 8
"""Members of a story that are asked."""
OUTSET = 2000
"""Items that a young window is taken to have, so that the first day's words aren't all rare."""
STANDING = 1.5
"""Taken from every word's weight: what the words of a day's big stories weigh comes to nothing much."""
LEAST = 0.2
MOST = 5.5
DEED = 1.8
"""The weight from which a shared word that is no name shows a deed."""
COMMON_SHARE = 4
"""Where one live item in so many has a summary, items without one are judged as strictly as those with one."""


class Testimony(NamedTuple):
    """How well a member bears an item out."""

    score: float
    """0-1."""
    member: int
    deed: bool
    """A word, number or rare term is shared beyond people and places."""


class Said(NamedTuple):
    """What an item says: its headline's words, these and its summary's, and the sums of their squared weights."""

    headline: set[int]
    all: set[int]
    headline_mass: float
    mass: float


class _Squares(dict[int, float]):
    """Squared weights of tokens, each worked out when it is first asked for."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window

    def weight(self, token: int) -> float:
        """How much a shared token says now."""
        rare = math.log((len(self._window) + OUTSET) / (self._window.df[token] + 0.5)) - STANDING
        return max(LEAST, min(MOST, rare))

    def __missing__(self, token: int) -> float:
        square = self[token] = self.weight(token) ** 2
        return square

    def of(self, tokens: Iterable[int]) -> float:
        """The sum for tokens, whatever their order."""
        return math.fsum(map(self.__getitem__, tokens))


class Witnesses:
    """Asks the members of stories. Weights hold for one item's decision: `begin` forgets them."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._squares = _Squares(window)
        self._said: dict[int, Said] = {}

    def begin(self) -> None:
        """To be called before each item: the window has changed."""
        self._squares.clear()
        self._said.clear()

    def needed(self, more: Sequence[int], cluster: int) -> bool:
        """True where summaries are to be had, so that headlines alone needn't decide."""
        window = self.window
        if more or window.extra.filled * COMMON_SHARE > len(window):
            return True
        return any(window.extra.of(number) for number in window.items_of(cluster)[-NEWEST:])

    def says(self, headline: Iterable[int], more: Iterable[int]) -> Said:
        """The words of an item with their sums."""
        words = set(headline)
        everything = words.union(more)
        mass = self._squares.of(words)
        return Said(words, everything, mass, mass + self._squares.of(everything - words))

    def score(self, one: Said, other: Said) -> float:
        """How much two items have in common, 0-1: headlines, both with their summaries, one's headline in the other."""
        shared = one.all & other.all
        if not shared or not one.headline_mass or not other.headline_mass:
            return 0.0
        mass = self._squares.of
        both = mass(shared) / math.sqrt(one.mass * other.mass)
        mine, theirs = mass(shared & one.headline), mass(shared & other.headline)
        headlines = mass(one.headline & other.headline) / math.sqrt(one.headline_mass * other.headline_mass)
        covered = (mine / one.headline_mass + theirs / other.headline_mass) / 2
        return max(0.4 * headlines + 0.3 * both + 0.3 * covered, 0.75 * both)

    def best(
        self, said: Said, cluster: int, asked: Iterable[int], when: float, preset: Preset, *, conflicts: bool
    ) -> Testimony | None:
        """The member that bears an item out best, where that and the others' word suffice; None where they don't."""
        window = self.window
        members = window.items_of(cluster)
        sample = members if len(members) <= FIRST + NEWEST else (*members[:FIRST], *members[-NEWEST:])
        sample = [number for number in sample if not window.stands_apart(number)]
        asked = [number for number in asked if not window.stands_apart(number)]
        if not sample and not asked:
            return None
        scores = {number: self.score(said, self._of(number)) for number in {*sample, *asked}}
        member = max(scores, key=lambda number: (scores[number], number))
        score = scores[member]
        needed = preset.witness + preset.crowd * math.log2(max(1, len(members)))
        needed += preset.stale * max(0.0, when - window.when[member - window.base]) / HOUR
        if conflicts:
            needed += preset.contrary
        if score < needed:
            return None
        heard = sum(scores[number] >= preset.support for number in sample)
        if len(sample) > 2 and heard * 3 < len(sample):
            return None
        return Testimony(score, member, self._deed(said, member) or score >= preset.plain)

    def bound(self, one: int, other: int, preset: Preset) -> bool:
        """True where two stories bear one another out by two pairs of items at least."""
        window = self.window
        pairs = 0
        mine = [number for number in window.items_of(one)[-NEWEST:] if not window.stands_apart(number)]
        theirs = [number for number in window.items_of(other)[-NEWEST:] if not window.stands_apart(number)]
        for number in mine:
            said, form = self._of(number), window.form(number)
            for witness in theirs:
                if self.score(said, self._of(witness)) >= preset.vouched:
                    against = reasons(Contrast(form, window.form(witness)))
                    pairs += not any(conflict.grave for conflict in against)
        asked = len(mine) * len(theirs)
        return pairs >= min(2, asked) and 3 * pairs >= asked > 0

    def _of(self, number: int) -> Said:
        known = self._said.get(number)
        if known is None:
            window = self.window
            known = self._said[number] = self.says(window.of(number), window.extra.of(number))
        return known

    def _deed(self, said: Said, member: int) -> bool:
        theirs = self._of(member)
        names = {token for token, marks in self.window.marked(member) if marks & NAME and not marks & NUMBER}
        shared = (said.headline & theirs.all) | (said.all & theirs.headline)
        return any(token not in names and self._squares.weight(token) >= DEED for token in shared)
