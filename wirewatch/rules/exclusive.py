"""What an exclusive is worth by now: only labelled so, alone with it, or borne out by others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from wirewatch.clock import MINUTE
from wirewatch.query import words
from wirewatch.rules.weights import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Item, Placed

Grade = Literal["tagged", "sole", "matched", "confirmed", "denied"]
ALONE = 30 * MINUTE
"""After which an exclusive that nobody else has on their own is one."""


class Evidence(NamedTuple):
    """How an exclusive stands, and the item that shows it."""

    grade: Grade
    tagged: Placed
    """The first item that calls itself exclusive."""
    by: Placed | None = None
    """Who denies, confirms or has it too; None while nobody does."""


def evidence(items: Sequence[Placed], now: float) -> Evidence | None:
    """How the exclusive in a story stands at a time; None where nothing in it calls itself exclusive.

    `denied` when a later item says so, else `confirmed` when another outlet's headline or an official source says so,
    else `matched` when another outlet has it on its own, else `sole` once it has been alone for half an hour.
    """
    tagged = min((placed for placed in items if _has(placed, "exclusive")), key=_by_arrival, default=None)
    if tagged is None:
        return None
    ordered = sorted(items, key=_by_arrival)
    later = [placed for placed in ordered if placed.arrived >= tagged.arrived and placed is not tagged]
    others = [placed for placed in later if placed.item.source != tagged.item.source and placed.role != "copy"]
    denies = next((placed for placed in later if _has(placed, "denial")), None)
    if denies is not None:
        return Evidence("denied", tagged, denies)
    confirms = next((placed for placed in others if placed.item.kind == "official" or _confirms(placed.item)), None)
    if confirms is not None:
        return Evidence("confirmed", tagged, confirms)
    matches = next((placed for placed in others if not (_has(placed, "second-hand") or placed.item.credit)), None)
    if matches is not None:
        return Evidence("matched", tagged, matches)
    alone = now - tagged.arrived >= ALONE
    return Evidence("sole" if alone else "tagged", tagged)


def _by_arrival(placed: Placed) -> tuple[float, str]:
    return placed.arrived, placed.item.id


def _has(placed: Placed, name: str) -> bool:
    return any(flag.flag.partition(":")[0] == name for flag in placed.flags)


@cache
def _words() -> tuple[str, ...]:
    return tuple(words.cut(word) for word in table()["confirms"]["words"])


def _confirms(item: Item) -> bool:
    headline = words.cut(item.headline)
    return any(words.holds(headline, word) for word in _words())
