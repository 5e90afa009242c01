"""How much a shared word says, by how many items have it: 0 for one that every headline has."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TELLING = 7.0
"""A word that nobody has seen before tells no more than this: it may be the name of the year."""


class Weights:
    """Weights of tokens among so many items. Logarithms are taken when counts change, not when weights are read."""

    def __init__(self, items: float) -> None:
        self.items(items)
        self._common = array("d")

    def items(self, items: float) -> None:
        """To be told when items came or went: how many there are now."""
        self._all = math.log(items)

    def enter(self, df: float) -> None:
        """The next token stands in so many items."""
        self._common.append(math.log(df + 0.5))

    def count(self, token: int, df: float) -> None:
        """A token stands in so many items now."""
        self._common[token] = math.log(df + 0.5)

    def of(self, tokens: Iterable[int]) -> list[float]:
        """The weights of tokens, in their order."""
        of_all, common, most = self._all, self._common, MOST_TELLING
        rare = [of_all - common[token] for token in tokens]
        return [most if weight > most else weight if weight > 0.0 else 0.0 for weight in rare]  # noqa: FURB136 - faster
