"""Who had a story first: a ladder of outlets by time, with whom they credit, who copied them, and what is uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch import ladder
from wirewatch.widgets.times import clock_time, lag, zone_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.ladder import Rung
    from wirewatch.model import Placed
    from wirewatch.widgets.shown import Shown
    from wirewatch.widgets.writer import Writer

COPIES_MOST = 40
"""Copying outlets that are named on a rung."""
ORIGINS_MOST = 8


def who_was_first(writer: Writer, shown: Shown) -> None:
    """The verdict in sentences, then the ladder, then whom the story comes from and who only repeats it."""
    steps = ladder.climb(shown.detail.items)
    opening, *doubts = ladder.said(steps, shown.times)
    writer.write(opening, "strong")
    for sentence in doubts:
        writer.write(sentence, "soft")
    writer.blank()
    zone = zone_letters(steps.first.when, shown.zone)
    note = f"Times are {zone}: the publisher's where it gives one that can be used, else ≤ the arrival here."
    writer.write(note, "muted")
    writer.blank()
    for rung in steps.rungs:
        _rung(writer, shown, rung)
    writer.blank()
    origins = shown.detail.story.originators or ladder.originators(shown.detail.items)
    writer.labelled("comes from", _some(origins, ORIGINS_MOST), room=13, style="strong")
    repeaters = steps.repeaters
    if repeaters:
        outlets = f"{len(repeaters)} outlet{'s' * (len(repeaters) != 1)}: {_some(repeaters, ORIGINS_MOST)}"
        writer.labelled("repeated by", outlets, room=13)


def _rung(writer: Writer, shown: Shown, rung: Rung) -> None:
    item = rung.placed.item
    mine = shown.item in {placed.item.id for placed in (rung.placed, *rung.copies, *rung.later)}
    stamp = clock_time(rung.when, shown.zone)
    copied = len({copy.item.source for copy in rung.copies})
    taken = 2 + 9 + 1 + 7 + 2 + (6 if copied else 0)
    writer.lines.append(
        (
            ("▸ " if mine else "  ", "key"),
            (f"{'' if rung.stated else '≤':>1}{stamp:<8} ", "text"),
            (f"{lag(rung.after) if rung.after else '':>7}  ", "muted"),
            (writer.fitting(item.source, taken), "strong" if not rung.credits else "source"),
            *(((f"  ×{1 + copied}", "key"),) if copied else ()),
        )
    )
    notes: list[str] = [ladder.role(rung.placed, shown.detail.story.lead)]
    if rung.stated:
        wait = ladder.span(rung.placed.arrived - rung.when)
        notes.append(f"here {clock_time(rung.placed.arrived, shown.zone)}" + (f", {wait} later" if wait else ""))
    elif rung.placed.dated is not None:
        notes.append(f"says {shown.times(rung.placed.dated)}, not believed")
    else:
        notes.append(f"no time of its own ({item.date_note})" if item.date_note else "no time of its own")
    if rung.credits:
        notes.append(f"crediting {', '.join(rung.credits)}")
    if rung.later:
        notes.append(f"{len(rung.later)} later item{'s' * (len(rung.later) != 1)}")
    writer.write("; ".join(notes), "muted", indent=21)
    if rung.copies:
        writer.write(f"copied by {_copiers(rung)}", "soft", indent=21)


def _copiers(rung: Rung) -> str:
    """Each copying outlet once, with how much later its first copy came in."""
    firsts: dict[str, Placed] = {}
    for copy in rung.copies:
        firsts.setdefault(copy.item.source, copy)
    found = []
    for source, copy in firsts.items():
        after = copy.arrived - rung.placed.arrived
        found.append(f"{source} {lag(after) if after >= 0 else f'(here {ladder.span(-after)} before it)'}")
    return _some(found, COPIES_MOST)


def _some(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
