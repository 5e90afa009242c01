"""What the desk says about itself, in words: the status line and the empty feed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.clock import ago
from wirewatch.widgets.times import until, zone_name

if TYPE_CHECKING:
    from datetime import tzinfo

    from wirewatch.model import SourceState
    from wirewatch.widgets.bars import Part

SILENT = ("failing", "held", "gone", "paused", "offline")
"""States in which a source brings nothing for the time being."""
GRACE = 15.0
"""Seconds in which a missing engine is taken to be starting."""


@dataclass
class Standing:
    """What is known of the wire as a whole, gathered from the threads' messages."""

    sources: int
    """How many sources are configured."""
    started: float
    demo: bool = False
    read_only: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, SourceState] = field(default_factory=dict)
    engine: str | None = None
    notice: str | None = None
    """What the store had to say when it was opened; stands until it is dismissed."""
    troubles: dict[str, str] = field(default_factory=dict)
    """What is wrong as long as it lasts, by who says so."""

    def number(self, *states: str) -> int:
        """How many sources are in one of these states."""
        return sum(state.state in states for state in self.states.values())

    @property
    def offline(self) -> bool:
        """No network: most sources that were asked couldn't be reached at all."""
        return self.number("offline") > 0 and self.number("ok") <= self.number("offline")

    @property
    def live(self) -> bool:
        """Somebody polls, and gets through."""
        return self.engine is not None and not self.offline

    @property
    def last_poll(self) -> float | None:
        """When any source was last asked."""
        return max((state.last_attempt for state in self.states.values() if state.last_attempt), default=None)

    @property
    def answered(self) -> int:
        """How many sources have been asked at least once."""
        return sum(state.last_attempt is not None for state in self.states.values())


def status_line(standing: Standing, now: float, zone: tzinfo | None = None) -> tuple[list[Part], list[Part]]:
    """The status line: what needs attention from the left, the figures from the right, the dearest first."""
    left: list[Part] = []
    if standing.demo:
        left.append((" DEMO ", "badge"))
    if standing.read_only:
        left.append((" READ-ONLY ", "badge"))
    if standing.offline:
        left.append((" OFFLINE ", "flash"))
    if standing.engine is None and now - standing.started > GRACE:
        left.append(("nothing is polled", "bad"))
    if standing.notice:
        left.append((f"{standing.notice} (Esc)", "warn"))
    left += [(text, "bad") for text in standing.troubles.values()]
    failing = standing.number("failing", "gone", "offline")
    if well := standing.number("ok"):
        left.append((f"{well} ok", "good"))
    if failing:
        left.append((f"{failing} failing (S)", "warn"))
    if held := standing.number("held", "paused"):
        left.append((f"{held} held", "muted"))
    return left, _figures(standing, now, zone)


def _figures(standing: Standing, now: float, zone: tzinfo | None) -> list[Part]:
    from wirewatch.widgets.times import local

    figures: list[Part] = []
    counts = standing.counts
    if "unread" in counts:
        figures.append((f"{counts['unread']:,} unread", "strong"))
    if "last_hour" in counts:
        figures.append((f"{counts['last_hour']:,}/h", "text"))
    if (polled := standing.last_poll) is not None:
        figures.append((f"polled {ago(polled, now)}" + ("" if now - polled < 10 else " ago"), "muted"))
    figures.append((f"{local(now, zone):%H:%M} {zone_name(now, zone).split(' ')[0]}", "muted"))
    return figures


def empty_words(standing: Standing, now: float, *, asked: str | None, reading: bool) -> tuple[str, ...]:
    """What an empty feed says: what is going on, and what to press."""
    if asked is not None:
        if reading:
            return (f"Looking for {asked} …", "", "Esc  back to all stories")
        return (f"No story matches {asked}.", "", "Esc  back to all stories", "/    look for something else")
    if standing.troubles:
        return (*standing.troubles.values(), "", "The desk tries again by itself.   q  quit")
    if reading:
        return ("Reading the stored stories …",)
    if not standing.sources:
        return (
            "No sources are configured, so there is nothing to watch.",
            "",
            "Run  wirewatch config init  to write a configuration with about 40 sources,",
            "edit it, and start wirewatch again.   q  quit",
        )
    if standing.offline:
        polls = [state.next_poll for state in standing.states.values() if state.next_poll is not None]
        again = f"The next try is in {until(min(polls), now)}." if polls and min(polls) > now else "Trying again now."
        return ("Offline: no source can be reached.", again, "", "R  try now   S  sources   q  quit")
    sources = f"{standing.sources} source{'s' * (standing.sources != 1)}"
    if not standing.answered:
        return (f"Waiting for the first poll of {sources} …", "", "S  sources   ?  keys   q  quit")
    silent = standing.number(*SILENT)
    said = f"{standing.answered} of {sources} asked, no story yet."
    why = f"{silent} bring nothing: S says why." if silent else "Stories come in as soon as a source has one."
    return (said, why, "", "R  poll all now   S  sources   ?  keys")


def source_row(name: str, state: SourceState | None, now: float) -> tuple[str, str, str, str, str]:
    """A source's mark, name, state, next poll and reason, as the overlay lists them."""
    if state is None:
        return "·", name, "waiting", "", "not asked yet"
    mark = {"ok": "✓", "new": "·", "failing": "!", "gone": "!", "offline": "!"}.get(state.state, "-")
    next_poll = until(state.next_poll, now) if state.next_poll is not None else "never"
    why = state.reason or state.note or ""
    if not why and state.last_success is not None:
        why = f"answered {ago(state.last_success, now)} ago" if now - state.last_success >= 10 else "answered just now"
    return mark, name, state.state, next_poll, why
