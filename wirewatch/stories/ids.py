"""Running numbers for the ids of items, for a million of them in a few bytes each."""

from __future__ import annotations

from array import array

from wirewatch.stories.packed import Lookup

_HALF = 0xFFFF_FFFF
_DIGITS = 16
"""Ids of so many hexadecimal digits, as the parsers make them, take eight bytes."""


class Register:
    """Gives each id a number, the next one, and finds either by the other."""

    def __init__(self) -> None:
        self._base = 0
        self._packed = array("Q")
        self._odd: dict[int, str] = {}
        """Ids of another shape."""
        self._lookup = Lookup()

    def enter(self, item_id: str) -> int:
        """The number of an id from now on; one entered again has the later number."""
        number = self._base + len(self._packed)
        packed = _packed(item_id)
        if packed is None:
            self._odd[number] = item_id
        self._packed.append(packed or 0)
        self._lookup.enter(hash(item_id) & _HALF, number)
        return number

    def id(self, number: int) -> str:
        """The id of a number that wasn't cut off."""
        odd = self._odd.get(number) if self._odd else None
        return f"{self._packed[number - self._base]:016x}" if odd is None else odd

    def number(self, item_id: str) -> int | None:
        """The number of an id; None where there is none, or it was cut off."""
        for number in self._lookup.find(hash(item_id) & _HALF):
            if number >= self._base and self.id(number) == item_id:
                return number
        return None

    def cut(self, first: int) -> None:
        """Gives back the room of the ids whose numbers are below one."""
        del self._packed[: first - self._base]
        self._odd = {number: item_id for number, item_id in self._odd.items() if number >= first}
        self._base = first
        self._lookup.forget(first)


def _packed(item_id: str) -> int | None:
    """The number that an id of 16 hexadecimal digits writes."""
    if len(item_id) != _DIGITS:
        return None
    try:
        value = int(item_id, 16)
    except ValueError:
        return None
    return value if f"{value:016x}" == item_id else None
