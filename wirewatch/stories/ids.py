"""Numbers of items by id, for a million of them in a few bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 32_768
"""Ids in the dictionary before they are packed away."""

_LOW = 0xFFFF_FFFF


class Register:
    """Finds the number under which an id was entered. Numbers only grow, and stay below 2**32.

    Packed entries are the upper half of the id's hash and its number; `named` gives the id of a number, to be sure.
    """

    def __init__(self, named: Callable[[int], str | None]) -> None:
        self._named = named
        self._recent: dict[str, int] = {}
        self._blocks: list[array[int]] = []

    def enter(self, item_id: str, number: int) -> None:
        """Enters an id; one entered again has the later number."""
        self._recent[item_id] = number
        if len(self._recent) >= BLOCK:
            packed = sorted((hash(known) & ~_LOW & 0xFFFF_FFFF_FFFF_FFFF) | at for known, at in self._recent.items())
            self._blocks.append(array("Q", packed))
            self._recent = {}

    def number(self, item_id: str) -> int | None:
        """The number of an id that is still named; None where there is none."""
        found = self._recent.get(item_id)
        if found is not None:
            return found if self._named(found) == item_id else None
        key = hash(item_id) & ~_LOW & 0xFFFF_FFFF_FFFF_FFFF
        for block in reversed(self._blocks):
            at = bisect_left(block, key)
            while at < len(block) and block[at] & ~_LOW == key:
                number = block[at] & _LOW
                if self._named(number) == item_id:
                    return number
                at += 1
        return None

    def forget(self, below: int) -> None:
        """Drops what holds only numbers below one."""
        self._blocks = [block for block in self._blocks if any(entry & _LOW >= below for entry in block)]
        self._recent = {known: number for known, number in self._recent.items() if number >= below}
