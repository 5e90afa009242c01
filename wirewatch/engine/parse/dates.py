"""When a publisher says that it published: reading the date, and judging whether it can be true.

The forms are RFC 822/5322, RFC 3339 and W3C-DTF, and what feeds write instead: zone names, no zone (then UTC), months
in other languages, Chinese and Korean year-month-day, slashes, Unix time. Names lie in dates.toml.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange, timegm
from functools import cache
from importlib import resources
from typing import Final

from wirewatch.clock import DAY, HOUR, MINUTE

AHEAD: Final = 15 * MINUTE
"""How far a publisher's clock may be ahead of ours, seconds."""
BEHIND: Final = 10 * 365.25 * DAY
"""How old a piece may be when it is received, seconds."""
FUTURE: Final = "in the future"
OLD: Final = "too old"
UNREADABLE: Final = "unreadable"

_MOST: Final = 100
_SOON_1971: Final = 365 * DAY
_ISO: Final = re.compile(
    r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?"
    r"(?:[T_\s]+(\d{1,2})[:.]?(\d{2})(?:[:.]?(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*([+-]\d{2}:?\d{2}|[+-]\d{2}|[a-z]{1,5})?",
    re.IGNORECASE | re.ASCII,
)
_RFC822: Final = re.compile(
    r"(?:[a-z]{3,9},?\s*)?(\d{1,2})\s+([a-z]{3,9})\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([+-]\d{4}|[a-z]{1,5})",
    re.IGNORECASE | re.ASCII,
)
_UNIX: Final = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})", re.ASCII)
_TIME: Final = re.compile(
    r"(?:\bt|(?<!\d))(\d{1,2})(?::(\d{1,2})(?:[:.](\d{1,2}))?(?:[.,]\d+)?|h(\d{2})\b|\.(\d{2})(?=\s*(?:uhr|$)))"
    r"\s*(a\.?m\b\.?|p\.?m\b\.?)?"
)
_ZONE: Final = re.compile(r"\s*(?:\(?(?:gmt|utc|ut|etc/gmt)\s*)?([+-])(\d{1,2}):?(\d{2})?(?!\d)\)?")
_SLASHED: Final = re.compile(r"(?<!\d)(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_BACKWARDS: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"\d+")
_SILENT: Final = frozenset(("uhr", "h", "hrs", "hours", "klo", "kl", "um", "at", "de", "del", "of", "a", "o", "alle"))


def read(text: str, received: float) -> float | None:
    """Seconds since the epoch, UTC, that a publisher's date means, or None. One without a zone is taken as UTC.

    Where it can mean several times (03/04/2026, CST), the first that doesn't lie ahead of `received` is taken.
    """
    text = text.strip()
    if not text or len(text) > _MOST:
        return None
    if found := _RFC822.fullmatch(text):
        day, word, year, hour, minute, second, zone = found.groups()
        month = _months().get(word.lower())
        times = [_moment(int(year), month or 0, int(day), int(hour), int(minute), int(second or 0))]
        return _zoned(times, zone, received)
    if found := _ISO.fullmatch(text):
        year, month_, day, hour, minute, second, zone = found.groups()
        if month_ is not None or len(text) == 4:
            clock = (int(hour or 0), int(minute or 0), int(second or 0))
            return _zoned([_moment(int(year), int(month_ or 1), int(day or 1), *clock)], zone, received)
    if found := _UNIX.fullmatch(text):
        return float(found[1]) if found[1] else float(found[2]) / 1000
    return _loosely(text, received)


def judge(text: str | None, received: float) -> tuple[float | None, str | None]:
    """The publisher's time where it can be trusted, else None and why not; never later than `received`."""
    if not text or not text.strip():
        return None, None
    return trusted(read(text, received), received)


def trusted(moment: float | None, received: float) -> tuple[float | None, str | None]:
    """The same for a date that is read already; None is one that couldn't be."""
    if moment is None:
        return None, UNREADABLE
    if moment > received + AHEAD:
        return None, FUTURE
    if moment < max(received - BEHIND, _SOON_1971):
        return None, OLD
    return min(moment, received), None


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> float | None:
    """A leap second counts as the one before it, 24:00 as the next midnight."""
    if not (1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]):
        return None
    if not (0 <= minute < 60 and 0 <= second <= 60 and (0 <= hour < 24 or (hour == 24 and minute == second == 0))):
        return None
    return float(timegm((year, month, day, hour, minute, min(second, 59))))


def _zoned(times: list[float | None], zone: str | None, received: float) -> float | None:
    offsets = _offsets(zone)
    if offsets is None:
        return None
    choices = [time - offset for time in times if time is not None for offset in offsets]
    return next((moment for moment in choices if moment <= received + AHEAD), choices[0] if choices else None)


def _offsets(zone: str | None) -> tuple[float, ...] | None:
    """Seconds east of Greenwich; None for a zone that doesn't exist."""
    if not zone:
        return (0.0,)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        hours, minutes = int(digits[:2]), int(digits[2:] or 0)
        if hours > 14 or minutes > 59:
            return None
        east = hours * HOUR + minutes * MINUTE
        return (-east if zone[0] == "-" else east,)
    return _zones().get(zone.lower())


def _loosely(text: str, received: float) -> float | None:
    """A date in any order: a time with colons, a month by name or number, a year of four digits or the last number."""
    text = text.lower().replace("\N{NO-BREAK SPACE}", " ")
    text = re.sub(r"[年년]\s*|[月월]\s*(?=\d)", "-", text)
    text = re.sub(r"([日일])", " ", text)
    late = bool(re.search("오후|下午|午後", text))
    clock = (0, 0, 0)
    zone: str | None = None
    if found := _TIME.search(text):
        hour = int(found[1])
        if found[6]:
            hour = hour % 12 + (12 if found[6].startswith("p") else 0) if 1 <= hour <= 12 else 99
        elif late and hour < 12:
            hour += 12
        clock = (hour, int(found[2] or found[4] or found[5] or 0), int(found[3] or 0))
        rest = text[found.end() :]
        if shift := _ZONE.match(rest):
            zone = f"{shift[1]}{shift[2]:0>2}{shift[3] or '00'}"
            rest = rest[shift.end() :]
        else:
            months = _months()
            named = [
                word for word in _WORD.findall(rest) if word not in _SILENT and word not in months and len(word) <= 5
            ]
            zone = next((word for word in named if word in _zones()), named[0] if named else None)
        text = text[: found.start()] + " " + rest
    return _zoned([_moment(*day, *clock) for day in _days(text)], zone, received)


def _days(text: str) -> list[tuple[int, int, int]]:
    """The days (year, month, day) that a date without its time can mean, the likelier first."""
    if found := _BACKWARDS.search(text):
        return [(int(found[1]), int(found[2]), int(found[3]))]
    if found := _SLASHED.search(text):
        first, second, year = int(found[1]), int(found[3]), _full_year(found[4])
        either = [(year, first, second), (year, second, first)]
        return either if found[2] == "/" else either[::-1]
    months = [month for word in _WORD.findall(text) if (month := _months().get(word))]
    numbers = _NUMBER.findall(text)
    if not months or len(numbers) != 2:
        return []
    if len(numbers[0]) == 4:
        numbers.reverse()
    if len(numbers[0]) > 2 or len(numbers[1]) not in (2, 4):
        return []
    return [(_full_year(numbers[1]), months[-1], int(numbers[0]))]


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("dates.toml").read_text("utf-8"))


@cache
def _zones() -> dict[str, tuple[float, ...]]:
    return {name: tuple(_offsets(shift)[0] for shift in shifts) for name, shifts in _table()["zones"].items()}  # type: ignore[index]


@cache
def _months() -> dict[str, int]:
    """Month names and their beginnings, where all languages agree on them; English wins over the others."""
    meant: dict[str, set[int]] = {}
    whole: dict[str, int] = {}
    for names in _table()["months"].values():
        for month, name in enumerate(names, 1):
            whole.setdefault(name, month)
            for length in range(3, len(name)):
                meant.setdefault(name[:length], set()).add(month)
    months = {start: month.pop() for start, month in meant.items() if len(month) == 1} | whole
    for month, name in enumerate(_table()["months"]["en"], 1):
        months |= {name[:length]: month for length in range(3, len(name) + 1)}
    return months
