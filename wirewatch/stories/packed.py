"""Whole numbers in few bytes, for a million items: rows of unlike lengths, and which items were entered under a key."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 32_768
"""Entries of a `Lookup` in its dictionary before they are packed away."""
TOGETHER = 4
"""So many blocks as they were packed become one."""

_LOW = 0xFFFF_FFFF


class Rows:
    """A row of numbers for each item, by running number. `code` is the array's: `B`, `I`, `Q`.

    Rows are added at the end and cut off at the start; one that is replaced is kept beside the others.
    """

    def __init__(self, code: str) -> None:
        self._code = code
        self._flat = array(code)
        self._starts = array("I", [0])
        self._base = 0
        self._replaced: dict[int, array[int]] = {}
        self.filled = 0
        """How many rows that aren't empty were added and not dropped."""

    def add(self, row: Iterable[int]) -> None:
        """Puts a row at the end."""
        self._flat.extend(row)
        self._starts.append(len(self._flat))
        self.filled += self._starts[-1] > self._starts[-2]

    def of(self, number: int) -> array[int]:
        """The row of an item."""
        if self._replaced and number in self._replaced:
            return self._replaced[number]
        at = number - self._base
        return self._flat[self._starts[at] : self._starts[at + 1]]

    def replace(self, number: int, row: Iterable[int]) -> None:
        """Gives an item another row."""
        self.filled -= bool(self.of(number))
        self._replaced[number] = array(self._code, row)
        self.filled += bool(self._replaced[number])

    def drop(self, number: int) -> None:
        """Tells that an item's row is no longer wanted; its room is given back by `cut`."""
        self.filled -= bool(self.of(number))

    def cut(self, first: int) -> None:
        """Gives back the room of the rows below a number."""
        gone = first - self._base
        at = self._starts[gone]
        del self._flat[:at]
        self._starts = array("I", [start - at for start in self._starts[gone:]])
        self._replaced = {number: row for number, row in self._replaced.items() if number >= first}
        self._base = first


class Lookup:
    """Which numbers were entered under a key of 32 bits. Numbers only grow, and stay below 2**32.

    Keys are halves of hashes, so two things may share one: whoever asks looks at what a number stands for.
    """

    def __init__(self) -> None:
        self._recent: dict[int, list[int]] = {}
        self._waiting = 0
        self._blocks: list[array[int]] = []

    def enter(self, key: int, number: int) -> None:
        """Enters a number under a key."""
        self._recent.setdefault(key, []).append(number)
        self._waiting += 1
        if self._waiting >= BLOCK:
            self._pack()

    def _pack(self) -> None:
        packed = sorted(key << 32 | number for key, numbers in self._recent.items() for number in numbers)
        self._blocks.append(array("Q", packed))
        self._recent, self._waiting = {}, 0
        last = self._blocks[-TOGETHER:]
        if len(last) == TOGETHER and all(len(block) < 2 * BLOCK for block in last):
            self._blocks[-TOGETHER:] = [array("Q", sorted(entry for block in last for entry in block))]

    def find(self, key: int) -> Iterator[int]:
        """The numbers entered under a key, and none else, the newest blocks first."""
        yield from reversed(self._recent.get(key, ()))
        low, high = key << 32, (key + 1) << 32
        for block in reversed(self._blocks):
            at = bisect_left(block, low)
            if at == len(block) or block[at] >= high:
                continue
            for place in range(bisect_left(block, high, at) - 1, at - 1, -1):
                yield block[place] & _LOW

    def forget(self, below: int) -> None:
        """Gives back the room of what holds only numbers below one."""
        self._blocks = [block for block in self._blocks if any(entry & _LOW >= below for entry in block)]
        live = {key: [number for number in numbers if number >= below] for key, numbers in self._recent.items()}
        self._recent = {key: numbers for key, numbers in live.items() if numbers}
        self._waiting = sum(map(len, self._recent.values()))
