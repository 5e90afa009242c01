"""How much a shared word says, by how many items have it: 0 for one that every headline has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

MOST_TELLING = 7.0
"""A word that nobody has seen before tells no more than this: it may be the name of the year."""


class Weights(dict[int, float]):
    """Weights of tokens, each reckoned when it is first asked for; forgotten when the window changes."""

    def __init__(self, df: array[float], items: float) -> None:
        self._df = df
        self._count = items

    def of(self, items: float) -> None:
        """To be told when items came or went: how many there are now."""
        self._count = items
        self.clear()

    def __missing__(self, token: int, log: Callable[[float], float] = math.log) -> float:
        rare = log(self._count / (self._df[token] + 0.5))
        weight = self[token] = rare if 0.0 < rare < MOST_TELLING else max(0.0, min(MOST_TELLING, rare))
        return weight
