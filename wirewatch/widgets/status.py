"""What the desk says about itself, in words: the status line and the empty feed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.clock import ago
from wirewatch.widgets.times import until, zone_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from wirewatch.model import SourceState
    from wirewatch.widgets.bars import Part

SILENT = ("failing", "held", "gone", "paused", "offline")
"""States in which a source brings nothing for the time being."""
GRACE = 15.0
"""Seconds in which a missing engine is taken to be starting."""
HINT = 70.0
"""Seconds from the start in which the demo says what is about to happen."""
DEMO_HINT = ("exclusive in about a minute", "Space freezes, ? helps")
EDITED = "The edited configuration isn't taken over"
"""How the engine's sentence about a broken edit begins."""
LASTING = (EDITED, "Left out: ")
"""How what the engine says begins where it lasts until somebody mends it."""
NOTICES_MOST = 20
"""Sentences kept for a reader who is away."""
REASONS = 4
"""Sources whose reasons an empty feed names."""


@dataclass
class Standing:
    """What is known of the wire as a whole, gathered from the threads' messages."""

    names: tuple[str, ...]
    """The sources that are configured, as far as the desk knows."""
    started: float
    demo: bool = False
    read_only: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    states: dict[str, SourceState] = field(default_factory=dict)
    engine: str | None = None
    config: str | None = None
    """The file that names the sources; None for the built-in list."""
    hint: bool = True
    """The demo's hint hasn't been dismissed."""
    notices: list[str] = field(default_factory=list)
    """What has to be read before it goes: what the store said when it was opened, a configuration not taken over."""
    dropped: set[str] = field(default_factory=set)
    """Sources that were taken out of the configuration while the desk ran."""
    troubles: dict[str, str] = field(default_factory=dict)
    """What is wrong as long as it lasts, by who says so."""

    def keep(self, notice: str) -> None:
        """Keeps a sentence until it is dismissed; of what is said about edits of the configuration only the last."""
        stale = EDITED if notice.startswith(EDITED) else notice
        kept = [other for other in self.notices if not other.startswith(stale)]
        self.notices = [*kept[1 - NOTICES_MOST :], notice]

    def take_config(self, names: Sequence[str]) -> None:
        """Takes over an edited configuration: its sources, and that what was said of the one before is mended."""
        self.dropped = (self.dropped | set(self.names)) - set(names)
        self.names = tuple(names)
        self.notices = [notice for notice in self.notices if not notice.startswith(LASTING)]
        self.take_states(self.states)

    def take_states(self, states: dict[str, SourceState]) -> None:
        """Takes over what is stored of the sources, but for those that are neither configured nor polled any more."""
        self.states = {
            name: state
            for name, state in states.items()
            if name in self.names or (name not in self.dropped and (state.last_attempt or 0.0) >= self.started)
        }

    @property
    def sources(self) -> int:
        """How many sources there are: those configured at the start, and those that were added since."""
        return len(self.names) + sum(name not in self.names for name in self.states)

    @property
    def all_fail(self) -> bool:
        """There are sources, all were asked, and none brings anything."""
        return 0 < self.sources <= self.number(*SILENT)

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
        return self.engine is not None and not self.offline and not self.all_fail

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
    if standing.notices:
        others = f"(1 of {len(standing.notices)}) " if len(standing.notices) > 1 else ""
        left += [("Esc", "key"), (others + standing.notices[0], "warn")]
    left += [(text, "bad") for text in _troubles(standing)]
    if trouble := _not_polled(standing, now):
        left.append((trouble, "bad"))
    elif standing.offline:
        left.append((" OFFLINE ", "flash"))
        left.append(("no source can be reached; R tries now", "bad"))
    elif standing.all_fail:
        left.append((f"{_all(standing.sources)}: S says why, R asks again", "bad"))
    else:
        left += _tally(standing)
    return left, _figures(standing, now, zone)


def feed_mode(standing: Standing, *, following: bool, frozen: bool) -> Part:
    """The word at the head of the feed: whether what is on screen is what the wire has now."""
    if frozen:
        return "FROZEN", "warn"
    if not following:
        return "HELD", "muted"
    if standing.live:
        return "LIVE", "good"
    return ("DOWN", "bad") if standing.all_fail else ("IDLE", "muted")


def feed_hints(standing: Standing, now: float, *, following: bool, frozen: bool, unseen: int) -> list[Part]:
    """What stands at the right of the feed's head: how many are new, and the key that goes on."""
    if unseen:
        return [(f"▲ {unseen:,} new  g", "key")]
    if frozen:
        return [("Space goes on", "muted")]
    if not following:
        return [("g follows", "muted")]
    if standing.demo and standing.hint and now - standing.started < HINT:
        return [(DEMO_HINT[0], "soft"), (DEMO_HINT[1], "muted")]
    return []


def _troubles(standing: Standing) -> list[str]:
    """What is wrong, each thing once, whoever says so."""
    return list(dict.fromkeys(standing.troubles.values()))


def _not_polled(standing: Standing, now: float) -> str | None:
    """Why no source is being asked, and what to do; None when sources are asked."""
    if standing.read_only:
        return None if standing.engine else "nothing is polled: the data directory can't be written"
    if not standing.sources:
        return "nothing is polled: no sources are configured"
    if standing.engine is None and now - standing.started > GRACE:
        return "nothing is polled: the engine isn't running; run wirewatch doctor"
    return None


def _all(sources: int) -> str:
    return "the only source brings nothing" if sources == 1 else f"all {sources} sources bring nothing"


def _tally(standing: Standing) -> list[Part]:
    left: list[Part] = []
    if well := standing.number("ok"):
        left.append((f"{well} ok", "good"))
    if failing := standing.number("failing", "gone", "offline"):
        left.append((f"{failing} failing (S)", "warn"))
    if held := standing.number("held", "paused"):
        left.append((f"{held} held", "muted"))
    return left


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
        return (*_troubles(standing), "", "The desk tries again by itself.   q  quit")
    if reading:
        return ("Reading the stored stories …",)
    if not standing.sources:
        how: tuple[str, ...] = ("Run  wirewatch config init  and start wirewatch again.   q  quit",)
        if standing.config is not None:
            how = (
                f"{standing.config} names none: add a [[source]] with a name and a url,",
                "and it is polled as soon as you save it.   q  quit",
            )
        return ("No sources are configured, so there is nothing to watch.", "", *how)
    if standing.offline:
        polls = [state.next_poll for state in standing.states.values() if state.next_poll is not None]
        again = f"The next try is in {until(min(polls), now)}." if polls and min(polls) > now else "Trying again now."
        return ("Offline: no source can be reached.", again, "", "R  try now   S  sources   q  quit")
    sources = f"{standing.sources} source{'s' * (standing.sources != 1)}"
    if not standing.answered:
        return (f"Waiting for the first poll of {sources} …", "", "S  sources   ?  keys   q  quit")
    silent = [state for state in standing.states.values() if state.state in SILENT]
    said = f"{standing.answered} of {sources} asked, no story yet."
    if not silent:
        return (said, "Stories come in as soon as a source has one.", "", "R  poll all now   S  sources   ?  keys")
    whole = _all(standing.sources)
    if not standing.all_fail:
        whole = f"{len(silent)} bring{'s' * (len(silent) == 1)} nothing"
    why = [f"{state.name}: {state.reason or state.state}" for state in silent[:REASONS]]
    if len(silent) > REASONS:
        why.append(f"and {len(silent) - REASONS} more")
    return (said, f"{whole[0].upper()}{whole[1:]}:", *why, "", "R  poll all now   S  sources   ?  keys")
