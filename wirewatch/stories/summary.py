"""The row of a story: what its items come to when they are taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch import ladder
from wirewatch.headline.letters import small_letters
from wirewatch.ladder import is_second_hand, originators
from wirewatch.model import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Placed

_FIRST_FLAGS = (
    "kill",
    "correction",
    "alert",
    "breaking",
    "urgent",
    "exclusive",
    "embargo",
    "live",
    "denial",
    "denied",
    "update",
    "wrapup",
    "refile",
)
_RANK = {name: at for at, name in enumerate(_FIRST_FLAGS)}
LEAST_CASED = 8
"""Letters with a case that a headline needs to be called one in capitals."""
SMALL_SHARE = 0.1
"""Small letters that it may have for all that: `McDONALD'S`, `50 bps`."""


def summarise(items: Sequence[Placed]) -> Story:
    """The story of these items, which are in order of arrival; `seq`, `read` and `starred` are the store's.

    The lead is the first item that is neither a copy nor told at second hand; its newest take gives the headline, and
    for an alert in capitals its source's own full report does as soon as there is one. Every `Placed` holds its newest
    take, so a killed lead shows as killed. Raises ValueError for no items.
    """
    if not items:
        raise ValueError("a story has at least one item")
    first = items[0]
    lead = first if len(items) == 1 else ladder.lead(items)
    return Story(
        id=first.story,
        seq=0,
        headline=_told_by(lead, items).item.headline,
        lead=lead.item.id,
        source=lead.item.source,
        first_seen=min(placed.arrived for placed in items),
        updated=max(placed.item.received for placed in items),
        published=lead.dated,
        url=lead.item.url,
        kind=lead.item.kind,
        language=lead.item.language,
        items=len(items),
        outlets=len({placed.item.source for placed in items}),
        originators=originators(items),
        flags=_flags(items),
        priority=min(placed.priority for placed in items),
    )


def _newest_take(lead: Placed, items: Sequence[Placed]) -> Placed:
    """The lead itself or the newest item of its source that is a later take of it."""
    takes = [placed for placed in items if placed.role == "version" and placed.item.source == lead.item.source]
    return max([lead, *takes], key=lambda placed: placed.item.received)


def _told_by(lead: Placed, items: Sequence[Placed]) -> Placed:
    """The item whose headline stands for the story: the lead's newest take.

    Where that is an alert in capitals, the first full headline of its source, or the newest take of that one.
    """
    newest = _newest_take(lead, items)
    if len(items) == 1 or not _bare_alert(newest):
        return newest
    full = [
        placed
        for placed in items
        if placed.item.source == lead.item.source
        and placed.arrived >= lead.arrived
        and not is_second_hand(placed)
        and not _bare_alert(placed)
    ]
    takes = [placed for placed in full if placed.role == "version"]
    if takes:
        return max(takes, key=_time)
    return min(full, key=_time, default=newest)


def _bare_alert(placed: Placed) -> bool:
    """True for a headline in capitals with nothing under it."""
    if placed.item.body:
        return False
    headline = placed.item.headline
    small = small_letters(headline, SMALL_SHARE * len(headline))
    cased = small + sum(map(str.isupper, headline)) if small <= SMALL_SHARE * len(headline) else 0
    return cased >= LEAST_CASED and small <= SMALL_SHARE * cased


def _time(placed: Placed) -> tuple[float, float, str]:
    """Order of arrival, and the publisher's time among what arrived together."""
    dated = placed.dated
    return (placed.arrived, dated if dated is not None else placed.arrived, placed.item.id)


def _flags(items: Sequence[Placed]) -> tuple[str, ...]:
    names = dict.fromkeys(flag.flag for placed in items for flag in placed.flags)
    return tuple(sorted(names, key=lambda name: _RANK.get(name.partition(":")[0], len(_RANK))))
