"""`wirewatch export`: what a shift hands over: stories that alerted, were starred, opened or flagged since a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wirewatch.commands import exported, output, stored
from wirewatch.commands.exported import WHAT, Entry, Handover
from wirewatch.commands.exportfile import write_new
from wirewatch.errors import Exit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from wirewatch.model import Alert
    from wirewatch.store.contract import Reader

FORMATS = {"markdown": "md", "json": "json", "csv": "csv"}
"""The formats by name, with the ends of their files."""


def run(args: argparse.Namespace) -> int:
    """Writes the handover to standard output, or into a new file of the export directory; 1 when there is nothing."""
    now = time.time()
    wanted = [name for name in WHAT if getattr(args, name)] or list(WHAT)
    with stored.reading(args.data) as reader:
        handover = gathered(reader, args.since, now, wanted)
    written = "".join(f"{line}\n" for line in _lines(handover, args.format))
    if args.to is None:
        output.write(written.rstrip("\n"))
    else:
        folder = args.dir or args.data / "exports"
        output.write(str(write_new(folder, args.to, FORMATS[args.format], written, force=args.force)))
    return Exit.DONE if handover.entries or handover.alerts else Exit.NOTHING


def gathered(reader: Reader, since: float, now: float, wanted: list[str]) -> Handover:
    """What the store knows of the time, as far as it is wanted; the dearest stories first, then by time."""
    alerts: dict[str, list[Alert]] = {}
    loose: list[Alert] = []
    stories = {story.id: story for story in reader.since(since)}
    marks = reader.marked(since)
    for alert in reader.alerts(since=since):
        if alert.state != "late":
            detail = reader.story(alert.story) if alert.story else None
            if detail is None:
                loose.append(alert)
                continue
            stories[detail.story.id] = detail.story
            alerts.setdefault(detail.story.id, []).append(alert)
    for story_id in marks:
        if story_id not in stories and (detail := reader.story(story_id)) is not None:
            stories[story_id] = detail.story
    entries = [
        Entry(
            story,
            tuple(alerts.get(story.id, ())),
            marks.get(story.id, {}).get("starred") if story.starred else None,
            marks.get(story.id, {}).get("read"),
        )
        for story in stories.values()
    ]
    kept = [entry for entry in entries if set(entry.what) & set(wanted)]
    kept.sort(key=lambda entry: (WHAT.index(next(name for name in entry.what if name in wanted)), entry.story.at))
    return Handover(since, now, tuple(kept), tuple(loose) if "alerted" in wanted else ())


def _lines(handover: Handover, form: str) -> Iterator[str]:
    if form == "markdown":
        return exported.markdown(handover)
    return exported.csv_lines(handover) if form == "csv" else exported.json_lines(handover)
