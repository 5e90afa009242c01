"""The values of `[alerts]`, and those that say how a rule's alerts sound, one check each like those of `values`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from wirewatch.config import values
from wirewatch.config.settings import AlertSettings
from wirewatch.config.values import WrongError, quoted

CHANNELS = ("bell", "title", "desktop", "hook", "notify")
SOUNDS = ("bell", "alarm", "none")
LEVELS = ("flash", "urgent", "important", "normal", "routine")
"""Priorities 0 to 4 by name."""
NOTHING = "nothing"
FIELDS = (
    *("headline", "source", "url", "story", "rule", "reason"),
    *("why", "priority", "outlets", "flags", "time", "number"),
)
"""What a hook's arguments may hold in braces; each is `WIREWATCH_…` in its environment too."""
_FIELD = re.compile(r"\{([^{}]*)\}")
_HOURS = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)\s*")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
_DAY = 24 * 60


def channels(value: object) -> tuple[str, ...]:
    """Where alerts are told: a list of channels, or one."""
    return _each(value, values.one_of(*CHANNELS), "channels")


def level(value: object) -> int:
    """The lowest priority that is told in quiet hours; -1 for none."""
    said = values.one_of(*LEVELS, NOTHING)(value)
    return LEVELS.index(said) if said != NOTHING else -1


def hours(value: object) -> tuple[tuple[int, int], ...]:
    """Times of day such as `22:00-06:30`, as minutes of the day; one that ends before it begins goes over midnight."""
    return _each(value, _span, "hours")


def _span(value: object) -> tuple[int, int]:
    said = values.text(value)
    read = _HOURS.fullmatch(said)
    begin, end = (int(read[1]) * 60 + int(read[2]), int(read[3]) * 60 + int(read[4])) if read else (0, 0)
    if begin == end or end > _DAY:
        raise WrongError(f"must be hours of the day such as '22:00-06:30', not {quoted(said)}")
    return begin, end


def zone(value: object) -> str:
    """The name of a time zone of the IANA's list."""
    import zoneinfo

    said = values.text(value)
    try:
        zoneinfo.ZoneInfo(said)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        import difflib

        near = difflib.get_close_matches(said, sorted(zoneinfo.available_timezones()), n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise WrongError(f"must be a time zone such as 'Europe/Berlin', not {quoted(said)}{hint}") from None
    return said


def within(least: int, most: int, of: str) -> Any:
    """A check for a whole number in a range."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise WrongError(f"must be a whole number of {of} from {least} to {most}")
        return value

    return check


def grow(value: object) -> tuple[int, ...]:
    """Numbers of outlets, in rising order; an empty list for never."""
    return tuple(sorted(set(_each(value, within(2, 10_000, "outlets"), "numbers of outlets"))))


def hook(value: object) -> tuple[str, ...]:
    """A program and its arguments. The program is no template: no feed chooses what is run."""
    if isinstance(value, str):
        raise WrongError('must be a list: a program and its arguments, such as ["notify-send", "{headline}"]')
    parts = _each(value, _argument, "a program and its arguments")
    if not parts:
        raise WrongError("is empty; leave it out where there is no hook")
    if _FIELD.search(parts[0]):
        raise WrongError("the program can't be a field of the story", (0,))
    return parts


def _argument(value: object) -> str:
    if not isinstance(value, str):
        raise WrongError("must be text in quotes")
    if "\0" in value or len(value) > 4096:
        raise WrongError("holds a character that no argument may have, or is too long")
    for name in _FIELD.findall(value):
        if name not in FIELDS:
            import difflib

            near = difflib.get_close_matches(name.casefold(), FIELDS, n=1, cutoff=0.5)
            hint = f"; did you mean {{{near[0]}}}?" if near else f"; there are {', '.join(FIELDS)}"
            raise WrongError(f"{quoted('{' + name + '}')} is no field of an alert{hint}")
    return value


def seconds(least: float, most: float) -> Any:
    """A check for a time with its unit, in a range of seconds."""

    def check(value: object) -> float:
        found = values.duration(value)
        if not least <= found <= most:
            raise WrongError(f"must be from '{least:g}s' to '{most:g}s'")
        return found

    return check


def notify(value: object) -> tuple[str, ...]:
    """Addresses for apprise. What is wrong with one is said without quoting it: it holds a password."""
    return _each(value, _address, "addresses")


def _address(value: object) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise WrongError("isn't an address that apprise knows, such as 'mailto://…' or 'tgram://…'")
    return value


def path(value: object) -> Path:
    """A file of the user's."""
    return Path(values.text(value)).expanduser()


def settled(read: dict[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Fills in the channels where only the program or the service to be told is named; what doesn't go together."""
    ways = {"hook": read.get("hook"), "notify": read.get("notify") or read.get("notify_file")}
    if "channels" not in read:
        read["channels"] = (*AlertSettings().channels, *(name for name, way in ways.items() if way))
        return []
    return [
        (("alerts", "channels"), f"{name} is one of them, but `{name}` isn't set")
        for name, way in ways.items()
        if name in read["channels"] and not way
    ]


def _each(value: object, check: Any, what: str) -> tuple[Any, ...]:
    """A list of values, or one of them, each checked; what is wrong with any is said at its place."""
    if not isinstance(value, list):
        if isinstance(value, str):
            return (check(value),)
        raise WrongError(f"must be a list of {what}")
    found = []
    wrong = []
    for number, each in enumerate(value):
        try:
            found.append(check(each))
        except WrongError as error:
            wrong.append(WrongError(str(error), (number,)))
    if wrong:
        raise WrongError(str(wrong[0]), wrong[0].inside, wrong[1:])
    return tuple(dict.fromkeys(found)) if what in ("channels", "addresses", "hours") else tuple(found)


ALERTS: dict[str, Any] = {
    "on": values.flag,
    "channels": channels,
    "sound": values.one_of(*SOUNDS),
    "budget": within(1, 600, "alerts a minute"),
    "cooldown": seconds(0, 7 * 86400),
    "max_age": seconds(60, 7 * 86400),
    "grow": grow,
    "quiet": hours,
    "quiet_level": level,
    "zone": zone,
    "desktop": values.one_of("auto", "osc9", "osc777", "osc99", "off"),
    "hook": hook,
    "hook_timeout": seconds(0.1, 60),
    "hook_at_once": within(1, 8, "hooks at once"),
    "notify": notify,
    "notify_file": path,
    "confirm_quit": values.flag,
}
