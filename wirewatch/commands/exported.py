"""A handover as Markdown, CSV and JSON, in which nothing that a feed said is more than text (FAULT 129).

Markdown escapes what would be a link, an image or HTML; a cell of CSV that a spreadsheet would take for a formula gets
an apostrophe in front (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import msgspec

from wirewatch import text
from wirewatch.alerts.shown import LEVELS, WORDS, alert_object
from wirewatch.commands import output
from wirewatch.model import Alert, Story
from wirewatch.widgets.marks import matters
from wirewatch.widgets.times import day_and_time, moment_label

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    *("time", "what", "headline", "source", "priority", "outlets", "flags", "url"),
    *("alerts", "opened", "starred", "story"),
)
_MARKS = re.compile(r"([\\`*_\[\]<>#|~&@]|:(?=//)|(?<=www)\.)")
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n|%＝＋－＠]")
WHAT = ("alerted", "starred", "opened", "flagged")
"""What may be asked for, the dearest first: a story stands under the first that is true of it."""


class Entry(msgspec.Struct, frozen=True):
    """A story that is handed over, and what happened to it in the time."""

    story: Story
    alerts: tuple[Alert, ...] = ()
    starred: float | None = None
    opened: float | None = None

    @property
    def what(self) -> tuple[str, ...]:
        """Which of WHAT is true of it."""
        found = (self.alerts, self.starred is not None, self.opened is not None, any(map(matters, self.story.flags)))
        return tuple(name for name, true in zip(WHAT, found, strict=True) if true)


class Handover(msgspec.Struct, frozen=True):
    """All that is handed over. Times are seconds since the epoch, UTC."""

    since: float
    until: float
    entries: tuple[Entry, ...]
    alerts: tuple[Alert, ...] = ()
    """Alerts that are no story's, and those whose story is gone."""


def markdown(handover: Handover) -> Iterator[str]:
    """A page for whoever takes over: figures, then the stories under what happened to them, one line each."""
    yield f"# Handover, {day_and_time(handover.since)} to {moment_label(handover.until, handover.since)}"
    yield ""
    alerts = [alert for entry in handover.entries for alert in entry.alerts] + list(handover.alerts)
    waiting = sum(alert.acked is None for alert in alerts)
    yield (
        f"{len(handover.entries)} stories, {len(alerts)} alerts"
        + (f" of which {waiting} not acknowledged" if waiting else "")
        + "."
    )
    heading = ""
    for entry in handover.entries:
        if entry.what[0] != heading:
            heading = entry.what[0]
            yield ""
            yield f"## {heading.capitalize()}"
            yield ""
        yield _bullet(entry, handover.until)
        for alert in entry.alerts:
            yield f"  - {_alerted(alert, handover.until)}"
    if handover.alerts:
        yield ""
        yield "## Other alerts"
        yield ""
        for alert in handover.alerts:
            yield f"- {_alerted(alert, handover.until)}: {escaped(alert.headline)}"


def csv_lines(handover: Handover) -> Iterator[str]:
    """A table with a line a story; times are RFC 3339, UTC."""
    yield _row(COLUMNS)
    for entry in handover.entries:
        story = entry.story
        yield _row(
            (
                output.stamp(story.first_seen) or "",
                ", ".join(entry.what),
                story.headline,
                story.source,
                LEVELS[min(max(story.priority, 0), 4)],
                story.outlets,
                ", ".join(story.flags),
                story.url or "",
                "; ".join(f"{output.stamp(alert.at)} {alert.why}" for alert in entry.alerts),
                output.stamp(entry.opened) or "",
                output.stamp(entry.starred) or "",
                story.id,
            )
        )


def json_lines(handover: Handover) -> Iterator[str]:
    """An object a line: first what it is about, then the stories, then alerts that are no story's."""
    yield output.json_line({"since": output.stamp(handover.since), "until": output.stamp(handover.until)})
    for entry in handover.entries:
        yield output.json_line(
            {
                **output.story_object(entry.story),
                "what": entry.what,
                "alerts": [alert_object(alert) for alert in entry.alerts],
                "opened": output.stamp(entry.opened),
                "starred_at": output.stamp(entry.starred),
            }
        )
    for alert in handover.alerts:
        yield output.json_line({"alert": alert_object(alert)})


def escaped(said: str) -> str:
    """A line as Markdown prints it, whatever is in it: no link, image, heading, table, mention or HTML comes of it."""
    return _MARKS.sub(r"\\\1", text.title(said))


def cell(value: object) -> object:
    """A value as a cell: a text that a spreadsheet would calculate gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _row(values: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([cell(value) for value in values])
    return line.getvalue()


def _bullet(entry: Entry, now: float) -> str:
    story = entry.story
    about = [story.source, f"{story.outlets} outlets" * (story.outlets > 1), LEVELS[min(max(story.priority, 0), 4)]]
    did = [
        f"{word} {moment_label(at, now)}"
        for word, at in (("opened", entry.opened), ("starred", entry.starred))
        if at is not None
    ]
    said = escaped("; ".join(filter(None, (*about, ", ".join(story.flags), *did))))
    link = text.link(story.url)
    shown = f" <{link.replace('<', '%3C').replace('>', '%3E')}>" if link else ""
    return f"- {moment_label(story.first_seen, now)} **{escaped(story.headline)}** ({said}){shown}"


def _alerted(alert: Alert, now: float) -> str:
    acked = "not acknowledged" if alert.acked is None else f"acknowledged {moment_label(alert.acked, now)}"
    why = escaped(", ".join(filter(None, (alert.rule, alert.reason))))
    return f"{moment_label(alert.at, now)} {WORDS[alert.why].lower()}" + (f" ({why})" if why else "") + f", {acked}"
