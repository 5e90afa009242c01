"""Which numbers come up most in weighed lists: those that most words of a headline lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

_ROUNDING = 1.0 + 1e-9


def heaviest(lists: Sequence[tuple[array[int], float]], most: int) -> list[int]:
    """The numbers whose lists weigh most together, heaviest first, the greater of equals first.

    Lists come by weight, the heaviest first. Once as many as are wanted have more than all lists that are left could
    give to another one, nobody new is looked at.
    """
    found: dict[int, float] = {}
    enough = 0.0
    rest = sum([weight for _, weight in lists]) * _ROUNDING
    for numbers, weight in lists:
        if rest < enough:
            for number in found.keys() & numbers:
                found[number] += weight
        else:
            weighed = dict.fromkeys(numbers, weight)
            for number in found.keys() & weighed.keys():
                weighed[number] += found[number]
            found.update(weighed)
            if not enough and len(found) >= most:
                enough = weight
        rest -= weight
    least = sorted(found.values())[-most] if len(found) > most else 0.0
    best = sorted([(weight, number) for number, weight in found.items() if weight >= least], reverse=True)
    return [number for _, number in best[:most]]
