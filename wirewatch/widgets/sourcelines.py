"""The list of sources as lines, and all that is known of one of them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from wirewatch import vitals
from wirewatch.config import redacted
from wirewatch.model import SourceState
from wirewatch.text import shown_link
from wirewatch.widgets.cells import fit
from wirewatch.widgets.times import moment_label, until, zone_letters
from wirewatch.widgets.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from wirewatch.model import Source
    from wirewatch.widgets.writer import Line, Run

MARKS = ("!", "?", "-", "·", "✓")
"""What stands before a source, by its `vitals.urgency`."""
INKS = ("bad", "warn", "muted", "muted", "good")
NEVER = 1e18
NAME_LEAST = 8


class Row(NamedTuple):
    """A source as the list shows it."""

    name: str
    state: SourceState | None
    now: float

    @property
    def urgency(self) -> int:
        """How much it wants a person's eye; 0 most."""
        return vitals.urgency(self.state, self.now)

    @property
    def word(self) -> str:
        """Its state in a word or two."""
        found = vitals.attention(self.state, self.now)
        return found.partition(":")[0] if found else vitals.WORDS[self.state.state if self.state else "new"]

    @property
    def next_poll(self) -> str:
        """When it is asked next: `5m`, `late`, `never`."""
        if self.state is None or self.state.state == "new":
            return ""
        if self.state.next_poll is None:
            return "never"
        return "late" if vitals.is_late(self.state, self.now) else until(self.state.next_poll, self.now)

    @property
    def last_success(self) -> str:
        """How long ago it answered last."""
        if self.state is None or self.state.last_success is None:
            return "" if self.state is None else "never"
        return vitals.short(self.now - self.state.last_success)

    @property
    def why(self) -> str:
        """The reason it isn't well; else what is to be known of it, or why it is asked when it is."""
        if self.state is None:
            return "not asked yet"
        state = self.state
        return state.reason or vitals.attention(state, self.now) or state.note or state.next_why or ""


Sort = tuple[str, "Callable[[Row], tuple[object, ...]]"]


def _least(value: float | None) -> float:
    return NEVER if value is None else value


def _state(row: Row) -> SourceState:
    return row.state or SourceState(row.name)


SORTS: tuple[Sort, ...] = (
    ("trouble first", lambda row: (row.urgency, row.name.casefold())),
    ("by name", lambda row: (row.name.casefold(),)),
    ("next poll first", lambda row: (_least(_state(row).next_poll), row.name.casefold())),
    ("busiest first", lambda row: (-(vitals.daily(_state(row), row.now) or 0.0), row.name.casefold())),
    ("slowest first", lambda row: (-(_state(row).latency(0.95) or 0.0), row.name.casefold())),
    ("longest silent first", lambda row: (_state(row).last_success or 0.0, row.name.casefold())),
)
"""How the list can be sorted."""


def ordered(
    names: Sequence[str], states: Mapping[str, SourceState], now: float, key: Callable[[Row], tuple[object, ...]]
) -> list[str]:
    """The names in an order of SORTS."""
    rows = [Row(name, states.get(name), now) for name in dict.fromkeys((*names, *states))]
    return [row.name for row in sorted(rows, key=key)]


def list_lines(rows: Sequence[Row], width: int) -> tuple[Line, list[Line]]:
    """The heading of the columns and a line a source; the wider the more columns."""
    columns: list[tuple[str, int, Callable[[Row], str]]] = [
        ("state", 9, lambda row: row.word),
        ("next", 6, lambda row: row.next_poll),
    ]
    if width >= 70:
        columns.append(("heard", 5, lambda row: row.last_success))
    if width >= 100:
        columns.append(("a day", 5, lambda row: _daily(_state(row), row.now)))
        columns.append(("p50/p95", 8, lambda row: vitals.latency_words(_state(row))))
    if width >= 130:
        columns.append(("unchanged", 9, lambda row: _share(_state(row))))
        columns.append(("came", 6, lambda row: vitals.size(_state(row).bytes) if _state(row).requests else ""))
        columns.append(("saved", 6, lambda row: vitals.size(_state(row).saved) if _state(row).requests else ""))
    longest = max((len(row.name) for row in rows), default=0)
    room = max(NAME_LEAST, min(longest, max(20, width // 5)))
    taken = 2 + room + 1 + sum(size + 1 for _, size, _ in columns)
    rest = max(1, width - taken)
    head = "  " + fit("source", room) + " " + "".join(f"{fit(name, size)} " for name, size, _ in columns) + "why"
    lines: list[Line] = []
    for row in rows:
        ink = INKS[row.urgency]
        parts: list[Run] = [(f"{MARKS[row.urgency]} ", ink), (f"{fit(row.name, room)} ", "text")]
        parts += [
            (f"{fit(say(row), size)} ", ink if name == "state" else "muted" if name != "next" else "soft")
            for name, size, say in columns
        ]
        parts.append((fit(row.why, rest), "text" if row.urgency < 3 else "muted"))
        lines.append(tuple(parts))
    return ((fit(head, width), "heading"),), lines


def detail_lines(row: Row, source: Source | None, width: int, zone: tzinfo | None) -> list[Line]:
    """All that is known of one source, in sentences."""
    out = Writer(width)
    state, now = row.state, row.now
    url = source.url if source else state.url if state else ""
    title = f" — {state.title}" if state is not None and state.title and state.title != row.name else ""
    out.lines.append(((fit(row.name + title, width).rstrip(), "strong"),))

    def say(label: str, *facts: str, style: str = "soft") -> None:
        told = "; ".join(filter(None, facts))
        if told:
            out.labelled(label, told, room=10, style=style)

    def at(moment: float | None) -> str:
        return "" if moment is None else f"{moment_label(moment, now, zone)} {zone_letters(moment, zone)}"

    kind = source.kind if source else "no longer in the configuration"
    if state is None:
        say("state", "not asked yet", kind)
        say("address", redacted(shown_link(url)))
        return out.lines
    wrong = f"{state.failures} failures in a row" if state.failures > 1 else ""
    say(
        "state",
        f"{vitals.WORDS[state.state]}: {state.reason}" if state.reason else vitals.attention(state, now) or row.word,
        wrong,
        style="text" if row.urgency >= 2 else INKS[row.urgency],
    )
    if state.note:
        say("note", state.note)
    when = "never" if state.next_poll is None else f"{at(state.next_poll)}, in {until(state.next_poll, now)}"
    if vitals.is_late(state, now):
        when = f"late: it was due at {at(state.next_poll)}"
    say("next poll", when, state.next_why or "", f"not before {at(state.held_until)}" if state.held_until else "")
    answered = (
        f"{at(state.last_success)}, {vitals.long(now - state.last_success)} ago" if state.last_success else "never"
    )
    say("answered", answered, f"last new item {at(state.last_new)}" if state.last_new else "")
    usual = vitals.daily(state, now)
    pace = "" if usual is None else f"about {usual:.0f} a day" if usual >= 1 else "less than one a day"
    say("items", f"{state.items:,} since {at(state.since)}" if state.since else f"{state.items:,}", pace)
    half, most = state.latency(0.5), state.latency(0.95)
    if half is not None and most is not None:
        told = f"half within {vitals.long(half)}, 95 % within {vitals.long(most)} of the publisher's time"
        say("latency", told, f"the last {len(state.delays)} items")
    if state.requests:
        say(
            "requests",
            f"{state.requests:,}, {_share(state)} brought nothing to read",
            f"{vitals.size(state.bytes)} came, {vitals.size(state.saved)} didn't have to",
        )
    say("address", f"{redacted(shown_link(url))} ({kind})")
    return out.lines


def site_of(url: str) -> str:
    """The front page of the host that an address names, without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def _daily(state: SourceState, now: float) -> str:
    usual = vitals.daily(state, now)
    return "" if usual is None else f"{usual:.0f}" if usual >= 10 or usual == 0 else f"{usual:.1f}"


def _share(state: SourceState) -> str:
    return f"{100 * state.unchanged / state.requests:.0f} %" if state.requests else ""
