"""How a source is, in words: its state, its own rhythm, whether it fell silent or serves only old pieces. Pure.

`sources`, `doctor` and the desk say the same, because all of them ask here.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from wirewatch.model import SourceState, State

WORDS: dict[State, str] = {
    "new": "waiting",
    "ok": "works",
    "failing": "failing",
    "held": "held back",
    "gone": "gone",
    "offline": "offline",
    "paused": "paused",
}
"""The states as a reader is told them; `attention` says more."""
RHYTHM_DAYS = 7
"""Days after which what is known of a source's pace counts e times less (as in `engine/cadence.py`)."""
SILENT_LEAST = DAY
SILENT_GAPS = 20
"""A source is silent after so many times the usual pause between two of its items, and a day at the least."""
STEADY = 48.0
"""Items a day from which on a source is expected to bring some at weekends too."""
MUTE = 30 * DAY
"""Silence of which a source is told that hardly ever brings anything."""
OLD_LEAST = 14 * DAY
"""Age of the newest piece from which on a source serves old ones only, and never less than its usual pauses allow."""
LATE = 2 * MINUTE
"""Seconds after which a poll that was due and didn't come is called late."""


def daily(state: SourceState, now: float) -> float | None:
    """Items that it brings in a day, by its last week; None while that isn't known."""
    if state.rhythm:
        return sum(state.rhythm)
    if state.items and state.since is not None and now - state.since > HOUR:
        return state.items * DAY / max(now - state.since, DAY)
    return None if state.rate is None else state.rate * 24


def silent(state: SourceState, now: float) -> str | None:
    """That it answers but has brought nothing new for far longer than is usual for it; None where all is as ever."""
    if state.state != "ok" or state.last_new is None or state.last_success is None:
        return None
    usual = _usual(state)
    quiet = now - state.last_new
    if usual < STEADY:
        quiet -= _weekend(state.last_new, now)
    least = max(SILENT_LEAST, SILENT_GAPS * DAY / usual) if usual > 0 else MUTE
    if quiet < min(least, MUTE):
        return None
    often = f"; it used to bring {_daily_words(usual)}" if usual > 1 / 30 else ""
    return f"silent: answers, but nothing new for {long(now - state.last_new)}{often}"


def stale(state: SourceState, now: float) -> str | None:
    """That all it serves is old; None where its newest piece isn't, or has no date that can be trusted."""
    if state.state != "ok" or state.newest is None:
        return None
    usual = _usual(state)
    if now - state.newest < max(OLD_LEAST, SILENT_GAPS * DAY / usual if usual > 1 / 30 else 0.0):
        return None
    day = datetime.fromtimestamp(state.newest, UTC)
    return f"stale: serves only old pieces, the newest of {day.day} {day:%b %Y}"


def attention(state: SourceState | None, now: float) -> str | None:
    """What is to be said of a source that works: that it is silent or serves only old pieces; None for all others."""
    return None if state is None else stale(state, now) or silent(state, now)


def urgency(state: SourceState | None, now: float) -> int:
    """What wants an eye first: 0 failing, 1 silent or stale, 2 held back or paused, 3 not asked yet, 4 all is well."""
    if state is None or state.state == "new":
        return 3
    if state.state in {"failing", "gone", "offline"}:
        return 0
    if state.state in {"held", "paused"}:
        return 2
    return 1 if attention(state, now) else 4


def is_late(state: SourceState, now: float) -> bool:
    """A poll that was due hasn't come."""
    return state.next_poll is not None and now - state.next_poll >= LATE


def latency_words(state: SourceState) -> str:
    """How long its news takes to arrive, `40s/5m`: half of it within the first, 19 of 20 within the second."""
    half, most = state.latency(0.5), state.latency(0.95)
    return "" if half is None or most is None else f"{short(half)}/{short(most)}"


def short(seconds: float) -> str:
    """`40s`, `5m`, `3h`, `2d`: in at most four cells."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= unit:
            return f"{min(seconds / unit, 999):.0f}{letter}"
    return f"{max(0.0, seconds):.0f}s"


def long(seconds: float) -> str:
    """`5 minutes`, `3 hours`, `2 days`."""
    for unit, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit:
            number = int(seconds / unit)
            return f"{number} {word}{'s' * (number != 1)}"
    return "moments"


def size(count: int) -> str:
    """`340 B`, `12 KB`, `3.4 MB`: in at most six cells."""
    if count < 1000:
        return f"{count} B"
    for unit, letter in ((1e3, "K"), (1e6, "M"), (1e9, "G"), (1e12, "T")):
        if count < 999.5 * unit:
            return f"{count / unit:.1f} {letter}B" if count < 9.95 * unit else f"{count / unit:.0f} {letter}B"
    return "lots"


def _daily_words(rate: float) -> str:
    return f"about {rate:.0f} a day" if rate >= 1.5 else f"one in about {max(1.0, 1 / rate):.0f} days"


def _usual(state: SourceState) -> float:
    """Items a day before it fell silent: what is known of its pace fades while nothing comes."""
    if not state.rhythm or state.last_new is None or state.last_success is None:
        return 0.0
    gone = max(0.0, state.last_success - state.last_new)
    return sum(state.rhythm) * math.exp(min(gone / (RHYTHM_DAYS * DAY), 60.0))


def _weekend(start: float, end: float) -> float:
    """Seconds of Saturdays and Sundays (UTC) between two moments."""
    end = min(end, start + 2 * MUTE)
    day, last, total = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), 0.0
    while day < last:
        midnight = (day + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if day.weekday() >= 5:
            total += (min(midnight, last) - day).total_seconds()
        day = midnight
    return total
