"""Time as a parameter, and the few ways in which wirewatch writes it down.

Every time in wirewatch is a float: seconds since the epoch, UTC. Only this module turns it into text or back.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Protocol

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
WEEK = 7 * DAY

_UNITS = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw])\s*", re.ASCII)


class Clock(Protocol):
    """What the engine and the desk ask for the time. Tests pass one that they turn by hand."""

    def now(self) -> float:
        """Wall time, seconds since the epoch, UTC; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow; for delays and deadlines."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Wall time, seconds since the epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()


def rfc3339(moment: float) -> str:
    """`2023-03-13T09:02:00Z`; with milliseconds only where there are any."""
    stamp = datetime.fromtimestamp(round(moment, 3), UTC)
    return stamp.isoformat(timespec="milliseconds" if stamp.microsecond else "seconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> float:
    """Seconds since the epoch for an RFC 3339 time; one without a zone is taken as UTC. Raises ValueError."""
    stamp = datetime.fromisoformat(text.strip())
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()


def ago(moment: float, now: float) -> str:
    """How long ago, in at most four cells: `now`, `59s`, `12m`, `5h`, `3d`, `11w`. A future moment reads `now`."""
    seconds = max(0, int(now - moment))
    if seconds < 10:
        return "now"
    for limit, unit, letter in ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"), (14 * 86400, 86400, "d")):
        if seconds < limit:
            return f"{seconds // unit}{letter}"
    return f"{min(seconds // (7 * 86400), 999)}w"


def duration(text: str) -> float:
    """Seconds of a time with its units: `30s`, `5m`, `1.5h`, `1h30m`, `2d`, `1w`. Raises ValueError for all else."""
    text = text.strip()
    if not text or _DURATION.sub("", text):
        raise ValueError(f"not a time with its unit: {text!r}")
    return sum(float(amount) * _UNITS[unit] for amount, unit in _DURATION.findall(text))


def local(moment: float, now: float) -> str:
    """The time on the user's clock for a list: `09:02` today, `13 Mar 09:02` this year, else `2023-03-13 09:02`."""
    stamp, today = datetime.fromtimestamp(moment).astimezone(), datetime.fromtimestamp(now).astimezone()
    if stamp.date() == today.date():
        return stamp.strftime("%H:%M")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    if stamp.year == today.year:
        return f"{stamp.day:2} {months[stamp.month - 1]} {stamp:%H:%M}"
    return stamp.strftime("%Y-%m-%d %H:%M")
