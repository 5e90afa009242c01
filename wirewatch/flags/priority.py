"""How high an item stands on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.model import GAZETTEER_RULE
from wirewatch.rules.score import own_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Flag, Item


def priority(item: Item, flags: Sequence[Flag]) -> int:
    """0 flash, 1 urgent, 2 important, 3 normal, 4 routine.

    The level of its labels and its agency's urgency (`headline.level`); a watched entity or keyword lifts it by one,
    though not to flash; a press release that nothing else lifts is routine; a label of urgency counts one less
    when no agency or official source sets it, for anybody can shout.
    """
    names = {one.flag.split(":")[0] for one in flags if one.rule != GAZETTEER_RULE}
    found = own_level(item, flags)
    if found <= 1 and item.kind not in ("agency", "official") and item.urgency is None and "kill" not in names:
        found += 1
    if names & {"entity", "keyword"}:
        found = max(1, found - 1) if found > 0 else 0
    return found
