"""The values that may stand behind a key, one check each: it returns the setting or says what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch import clock
from wirewatch import text as safe
from wirewatch.config.urls import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_NAME = 120
LONGEST_TERM = 200
SHORTEST_EVERY = 1.0
LONGEST_EVERY = 7 * clock.DAY
NEVER = "never"

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_COMMAND = re.compile(r"[a-z][a-z0-9_.-]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MODIFIERS = {"ctrl", "alt", "shift", "super", "meta", "hyper"}
_TYPES = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list", dict: "a table"}


class WrongError(Exception):
    """What is wrong with a value; `inside` leads to the part of it, from the key on, and `more` is wrong as well."""

    def __init__(self, message: str, inside: tuple[str | int, ...] = (), more: Sequence[WrongError] = ()) -> None:
        super().__init__(message)
        self.inside = inside
        self.more = more


def plain(said: str) -> str:
    """The text with every character that a terminal might act on spelled out."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in said)


def quoted(said: str) -> str:
    """The text between quotation marks, cut to 60 characters, with nothing in it that a terminal might act on."""
    said = plain(said)
    return f"'{said[:59]}…'" if len(said) > 60 else f"'{said}'"


def bare(key: str) -> str:
    """A key as TOML would have it: in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else f'"{plain(key)[:60]}"'


def text(value: object) -> str:
    """One line of text that isn't empty."""
    if not isinstance(value, str):
        raise WrongError(f"must be text in quotes, not {_kind(value)}")
    if not value.strip():
        raise WrongError("is empty")
    if not all(char.isprintable() or char in "\u200c\u200d" for char in value):
        raise WrongError("holds a character that can't be shown")
    return safe.title(value)


def shown_name(value: object) -> str:
    """A name for the screen."""
    name = text(value)
    if len(name) > LONGEST_NAME:
        raise WrongError(f"is longer than {LONGEST_NAME} characters")
    return safe.name(name)


def term(value: object) -> str:
    """One literal word or phrase."""
    said = text(value)
    if len(said) > LONGEST_TERM:
        raise WrongError(f"is longer than {LONGEST_TERM} characters")
    return said


def terms(value: object) -> tuple[str, ...]:
    """A list of literal words or phrases."""
    if isinstance(value, str):
        raise WrongError(f"must be a list of texts; put it in brackets: [{quoted(value)}]".replace("'", '"'))
    if not isinstance(value, list):
        raise WrongError(f"must be a list of texts, not {_kind(value)}")
    found = []
    wrong = []
    for number, each in enumerate(value):
        try:
            found.append(term(each))
        except WrongError as error:
            wrong.append(WrongError(str(error), (number,)))
    if wrong:
        raise WrongError(str(wrong[0]), wrong[0].inside, wrong[1:])
    return tuple(found)


def url(value: object) -> str:
    """An address that can be polled. What is wrong with it is said without quoting it: it may hold a password."""
    if not isinstance(value, str):
        raise WrongError(f"must be text in quotes, not {_kind(value)}")
    wrong = fault(value)
    if wrong:
        raise WrongError(f"the address {wrong}")
    return value


def one_of(*choices: str) -> Callable[[object], str]:
    """A check for one of a few words."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        if not isinstance(value, str):
            raise WrongError(f"must be one of {', '.join(choices)}, not {_kind(value)}")
        import difflib

        near = difflib.get_close_matches(value.casefold(), choices, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise WrongError(f"must be one of {', '.join(choices)}, not {quoted(value)}{hint}")

    return check


def several(*choices: str) -> Callable[[object], tuple[str, ...]]:
    """A check for a list of a few words, each once."""
    one = one_of(*choices)

    def check(value: object) -> tuple[str, ...]:
        found = []
        for number, each in enumerate(terms(value)):
            try:
                found.append(one(each))
            except WrongError as error:
                raise WrongError(str(error), (number,)) from None
        return tuple(dict.fromkeys(found))

    return check


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise WrongError(f"must be true or false, not {_kind(value)}")
    return value


def language(value: object) -> str:
    """A language tag such as `en` or `pt-BR`."""
    tag = text(value)
    if not _LANGUAGE.fullmatch(tag):
        raise WrongError(f"must be a language tag such as 'en' or 'pt-BR', not {quoted(tag)}")
    return tag


def duration(value: object) -> float:
    """Seconds of a time with its unit, `30s`, `5m`, `1h30m`."""
    if not isinstance(value, str):
        raise WrongError(f"must be a time with its unit in quotes, such as '30s', '5m' or '1h', not {_kind(value)}")
    try:
        return clock.duration(value)
    except ValueError:
        raise WrongError(f"must be a time with its unit, such as '30s', '5m' or '1h', not {quoted(value)}") from None


def every(value: object) -> float:
    """Seconds between polls, honoured as they stand."""
    seconds = duration(value)
    if seconds < SHORTEST_EVERY:
        raise WrongError("must be at least '1s'")
    if seconds > LONGEST_EVERY:
        raise WrongError("must be at most '7d'")
    return seconds


def mark_read_after(value: object) -> float | None:
    """Seconds in view until a story counts as read; None for `never`."""
    if value == NEVER:
        return None
    try:
        return duration(value)
    except WrongError as error:
        raise WrongError(f"{error}, or 'never'") from None


def days(value: object) -> float:
    """A number of days."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongError(f"must be a number of days, not {_kind(value)}")
    if not 0 < value <= 36500:
        raise WrongError("must be more than 0 and at most 36500 days")
    return float(value)


def stories(value: object) -> int:
    """A number of stories."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongError(f"must be a whole number of stories, not {_kind(value)}")
    if not 1 <= value <= 100_000_000:
        raise WrongError("must be from 1 to 100000000 stories")
    return value


def keys(command: str, value: object) -> tuple[str, ...]:
    """The keys bound to a command of the desk: `"o"`, `"o,ctrl+o"` or a list of such."""
    if not _COMMAND.fullmatch(command):
        raise WrongError("isn't the name of a command, such as 'open' or 'mark_read'")
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts:
        raise WrongError(f"must be a key such as 'o' or 'ctrl+o', or a list of keys, not {_kind(value)}")
    found: dict[str, None] = {}
    for number, part in enumerate(parts):
        inside = (number,) if isinstance(value, list) else ()
        if not isinstance(part, str):
            raise WrongError(f"must be a key such as 'o' or 'ctrl+o', not {_kind(part)}", inside)
        key = part.strip()
        *modifiers, last = key.split("+") if key != "+" else ["+"]
        if not key or not last or not key.isprintable() or " " in key or not _MODIFIERS.issuperset(modifiers):
            raise WrongError(f"must be a key such as 'o', 'f5' or 'ctrl+o', not {quoted(part)}", inside)
        found[key] = None
    return tuple(found)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return next((word for kind, word in _TYPES.items() if type(value) is kind), "a date")
