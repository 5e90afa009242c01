"""How urgent an item is by what it says of itself: its labels and the number its agency gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.headline.labels import Label
    from wirewatch.model import Item

_URGENCY = {1: 0, 2: 1, 3: 2, 4: 3}
NORMAL = 3
ROUTINE = 4


def level(item: Item, labels: Iterable[Label]) -> int:
    """0 flash, 1 urgent, 2 important, 3 normal, 4 routine, by the item's labels (`by_levels`)."""
    return by_levels(item.urgency, [label.level for label in labels if label.level is not None])


def by_levels(number: int | None, levels: Sequence[int]) -> int:
    """What the levels of an item's labels and the number that its agency gave it come to.

    A label of 0 to 2 counts at once; the agency's own urgency (IPTC: 1 highest, 5 normal, 8 lowest) may raise it.
    Else a label of routine forms (analysis, video, repeat …) makes it routine, else urgency decides, else it is normal.
    """
    strong = [found for found in levels if found <= 2]
    urgency = None if number is None else _URGENCY.get(number, ROUTINE)
    if strong:
        return min(strong) if urgency is None else min(*strong, urgency)
    if ROUTINE in levels:
        return ROUTINE
    return NORMAL if urgency is None else urgency
