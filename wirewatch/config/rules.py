"""The values of `[[rule]]` and `[[view]]`: queries, levels, hours, names of flags; one check each, as in `values`."""

from __future__ import annotations

import datetime
import re
from typing import Any

from wirewatch.config import alerts, values
from wirewatch.config.values import WrongError
from wirewatch.errors import QueryError

LEVELS = ("flash", "urgent", "important", "normal", "routine")
"""Priorities 0 to 4 by name."""
_FLAG = re.compile(r"[^\W_A-Z][^\W_A-Z]*(?:-[^\W_A-Z]+)*(?::[^\s:][^:]{0,60})?")
_WATCHED = ("entity", "keyword")
_HOURS = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)\s*")
DAY = 24 * 60


def query(value: object) -> str:
    """A query that can be read; what is wrong with one is said with the column."""
    said = values.text(value)
    from wirewatch.query import parse  # not before there is a rule or a view: the desk's first frame waits for this

    try:
        parse(said)
    except QueryError as error:
        raise WrongError(f"column {error.column + 1} of the query: {error}") from None
    return said


def rule_query(value: object) -> str:
    """A query that may stand in a rule: the engine doesn't know who has read what."""
    said = query(value)
    from wirewatch.query import parse

    if "is" in parse(said).facts():
        raise WrongError("a rule can't ask for is: (read and starred are a reader's own marks); a [[view]] can")
    return said


def flag_name(value: object) -> str:
    """The name of a flag, perhaps one of the user's own: small letters, hyphens, a parameter after a colon."""
    said = values.text(value)
    if not _FLAG.fullmatch(said) or len(said) > values.LONGEST_NAME:
        raise WrongError(
            f"must be the name of a flag in small letters, such as 'exclusive' or 'gas-leak', not {q(said)}"
        )
    if said.partition(":")[0] in _WATCHED:
        raise WrongError(f"{q(said)} is what [watch] raises; give the rule a name of its own")
    return said


def level(value: object) -> int:
    """A priority, by number or by name."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 4:
        return value
    if isinstance(value, str):
        return LEVELS.index(values.one_of(*LEVELS)(value))
    raise WrongError(f"must be one of {', '.join(LEVELS)}, or a number from 0 to 4")


def alert(value: object) -> bool | int:
    """Whether a hit is alerted, or the level as which it is."""
    if isinstance(value, bool):
        return value
    try:
        return level(value)
    except WrongError as error:
        raise WrongError(f"must be true, false or a level: {error}") from None


def kinds(value: object) -> tuple[str, ...]:
    """Kinds of sources."""
    said = values.terms([value] if isinstance(value, str) else value)
    check = values.one_of("agency", "web", "press", "official")
    for number, each in enumerate(said):
        try:
            check(each)
        except WrongError as error:
            raise WrongError(str(error), () if isinstance(value, str) else (number,)) from None
    return said


def names(value: object) -> tuple[str, ...]:
    """One name, or a list of them."""
    return values.terms([value] if isinstance(value, str) else value)


def moment(value: object) -> float:
    """Seconds since the epoch of a date or a date and time; local time where no zone stands."""
    if isinstance(value, str):
        said = value
        try:
            value = datetime.datetime.fromisoformat(said)
        except ValueError:
            raise WrongError(f"must be a date or a date and time, such as 2027-01-31T08:00, not {q(said)}") from None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the user's own midnight
    if not isinstance(value, datetime.datetime):
        raise WrongError("must be a date or a date and time, such as 2027-01-31T08:00")
    return value.timestamp()


def hours(value: object) -> tuple[tuple[int, int], ...]:
    """Times of day such as `22:00-06:30`, as minutes of the day; one that ends before it begins goes over midnight."""
    found = []
    for number, each in enumerate([value] if isinstance(value, str) else values.terms(value)):
        read = _HOURS.fullmatch(each)
        begin, end = (int(read[1]) * 60 + int(read[2]), int(read[3]) * 60 + int(read[4])) if read else (0, 0)
        if begin == end or end > DAY:
            inside = () if isinstance(value, str) else (number,)
            raise WrongError(f"must be hours of the day such as '22:00-06:30', not {q(each)}", inside)
        found.append((begin, end))
    return tuple(found)


def view_key(value: object) -> str:
    """The digit that opens a view."""
    said = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(said, str) and said in "123456789" and len(said) == 1:
        return said
    raise WrongError('must be a digit from 1 to 9; other keys are bound under [keys], such as view-3 = "f3"')


def weight(value: object) -> float:
    """What the word of a source counts: 1 is an agency's."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 2:
        raise WrongError("must be a number from 0 to 2; 1 is what an agency's word counts")
    return float(value)


def q(said: str) -> str:
    """The text between quotation marks, as messages show it."""
    return values.quoted(said)


RULE: dict[str, Any] = {
    "name": values.shown_name,
    "match": rule_query,
    "flag": flag_name,
    "priority": level,
    "alert": alert,
    "sources": names,
    "kinds": kinds,
    "not_before": moment,
    "quiet": hours,
    "cooldown": values.duration,
    "sound": values.one_of(*alerts.SOUNDS),
    "channel": alerts.channels,
}
VIEW: dict[str, Any] = {"name": values.shown_name, "query": query, "key": view_key}
