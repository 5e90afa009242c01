"""What stands after `field:`, for each field of the query language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.model import Kind
from wirewatch.query import words
from wirewatch.query.conditions import (
    Aged,
    Compared,
    Flagged,
    FlaggedWith,
    FromSource,
    InLanguage,
    Marked,
    OfKind,
    WithId,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wirewatch.query.conditions import Condition

_LEVELS = {"flash": 0, "urgent": 1, "important": 2, "normal": 3, "routine": 4}
_UNITS = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_MARKS = {
    "unread": ("read", False),
    "read": ("read", True),
    "starred": ("starred", True),
    "unstarred": ("starred", False),
}
_NUMBER = re.compile(r"(<=|>=|<|>|=)?(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)
_AGE = re.compile(r"(<=|>=|<|>)(\d{1,6}(?:\.\d{1,6})?)([smhdw])", re.ASCII | re.IGNORECASE)


def text(field: str) -> Callable[[str, bool], Condition]:
    """Reads words for a text field (empty: any text), quoted or with a trailing `*`."""

    def read(value: str, quoted: bool) -> Condition:
        phrase, prefix = _phrase(value, quoted)
        return Words(field, phrase, prefix)

    return read


def _source(value: str, quoted: bool) -> Condition:
    return FromSource(*_phrase(value, quoted))


def _named(kind: str) -> Callable[[str, bool], Condition]:
    return lambda value, quoted: FlaggedWith(kind, *_phrase(value, quoted))


def _kind(value: str, quoted: bool) -> Condition:
    return OfKind(_one_of(value, get_args(Kind), "kind"))


def _flag(value: str, quoted: bool) -> Condition:
    flag = value.strip().casefold()
    if not flag:
        raise ValueError("flag: wants the name of a flag, like flag:exclusive")
    return Flagged(flag)


def _lang(value: str, quoted: bool) -> Condition:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        raise ValueError(f"'{value}' isn't a language code; write one like en, pt or zh-Hans")
    return InLanguage(value.lower())


def _outlets(value: str, quoted: bool) -> Condition:
    return _compared("outlets", value)


def _items(value: str, quoted: bool) -> Condition:
    return _compared("items", value)


def _priority(value: str, quoted: bool) -> Condition:
    sign = re.match(r"<=|>=|<|>|=|", value)
    start = sign.group() if sign else ""
    name = value[len(start) :].lower()
    if name.isdigit() and name.isascii():
        return _compared("priority", value)
    return Compared("priority", start or "=", _LEVELS[_one_of(name, _LEVELS, "priority", "a number from 0 to 4")])


def _compared(field: str, value: str) -> Condition:
    read = _NUMBER.fullmatch(value)
    if read is None:
        raise ValueError(f"{field}: wants a number, like {field}:>3, not '{value}'")
    return Compared(field, read[1] or "=", float(read[2]))


def _age(value: str, quoted: bool) -> Condition:
    read = _AGE.fullmatch(value)
    if read is None:
        bare = re.fullmatch(r"\d+[smhdw]", value, re.ASCII | re.IGNORECASE)
        hint = f"age:<{value} for younger ones" if bare else "age:<2h or age:>3d (s, m, h, d, w)"
        raise ValueError(f"age: wants < or >, a number and a unit: {hint}")
    return Aged(read[1], float(read[2]) * _UNITS[read[3].lower()])


def _story(value: str, quoted: bool) -> Condition:
    if not value:
        raise ValueError("story: wants an id or the start of one")
    return WithId(value.lower())


def _is(value: str, quoted: bool) -> Condition:
    return Marked(*_MARKS[_one_of(value, _MARKS, "is")])


FIELDS: dict[str, Callable[[str, bool], Condition]] = {
    "headline": text("headline"),
    "summary": text("summary"),
    "body": text("body"),
    "source": _source,
    "kind": _kind,
    "flag": _flag,
    "entity": _named("entity"),
    "keyword": _named("keyword"),
    "lang": _lang,
    "outlets": _outlets,
    "items": _items,
    "age": _age,
    "priority": _priority,
    "story": _story,
    "is": _is,
}
"""Reads the value (and whether it was in quotes) of each field. Raises ValueError with a sentence for the user."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where no known name is near."""
    import difflib

    close = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def _one_of(value: str, known: Iterable[str], field: str, more: str = "") -> str:
    names = list(known)
    if value.lower() in names:
        return value.lower()
    wanted = ", ".join([*names, *([more] if more else [])])
    raise ValueError(f"{field}: knows {wanted}, not '{value}'{nearest(value, names)}")


def _phrase(value: str, quoted: bool) -> tuple[str, bool]:
    prefix = value.endswith("*") and not quoted
    phrase = words.cut(value.removesuffix("*") if prefix else value)
    if not phrase:
        raise ValueError(f"there is no letter or digit to look for in '{value}'")
    if "*" in value.removesuffix("*") and not quoted:
        raise ValueError("* stands for the rest of a word and is read at its end only")
    return phrase, prefix
