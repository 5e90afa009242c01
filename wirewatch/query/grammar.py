"""Reads a query:

    query  = any
    any    = all { "or" all }
    all    = part { ["and"] part }
    part   = ("-" | "not") part | "(" any ")" | field ":" (value | "(" any ")") | value
    value  = word | word "*" | "phrase" | /regex/ | comparison

`and`, `or`, `not` are words of the language in any letter case; in quotes they are looked for. `field:(a or b)` asks
the same field for each.
"""

from __future__ import annotations

import re

from wirewatch.errors import QueryError
from wirewatch.query import regex
from wirewatch.query.conditions import TEXTS, All, AnyOf, Condition, Everything, Not, Regex
from wirewatch.query.fields import FIELDS, nearest, text

_LONGEST = 2000
_DEEPEST = 40
_MOST = 200
"""Parts of one query; SQLite takes expressions up to a depth of 1,000."""
_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([A-Za-z_]+):")
_WORD = re.compile(r'[^\s()"]+')
_QUOTED = re.compile(r'"([^"]*)"')
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)*)/")
_KEYWORDS = ("and", "or", "not")


class Parser:
    """Reads one query from left to right. Raises QueryError with the column where it stopped."""

    def __init__(self, source: str) -> None:
        self._text = source
        self._at = 0
        self._parts = 0

    def query(self) -> Condition:
        """The whole text."""
        if len(self._text) > _LONGEST:
            raise QueryError(f"a query may have {_LONGEST:,} characters", _LONGEST)
        self._skip()
        if self._at == len(self._text):
            return Everything()
        condition = self._any("", 0)
        if self._at < len(self._text):
            raise QueryError("this ) closes nothing", self._at)
        return condition

    def _any(self, field: str, depth: int) -> Condition:
        parts = [self._all(field, depth)]
        while self._take("or"):
            parts.append(self._all(field, depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, field: str, depth: int) -> Condition:
        parts = [self._part(field, depth)]
        while True:
            joined = self._take("and")
            self._skip()
            if not joined and (self._at == len(self._text) or self._text[self._at] == ")" or self._peek() == "or"):
                return parts[0] if len(parts) == 1 else All(tuple(parts))
            parts.append(self._part(field, depth))

    def _part(self, field: str, depth: int) -> Condition:
        self._skip()
        start = self._at
        if depth > _DEEPEST:
            raise QueryError(f"brackets and nots may stand {_DEEPEST} deep", start)
        self._parts += 1
        if self._parts > _MOST:
            raise QueryError(f"a query may have {_MOST} parts", start)
        if start == len(self._text):
            raise QueryError("something is missing at the end" if start else "the query is empty", start)
        if self._take("not"):
            return Not(self._part(field, depth + 1))
        if self._text[start] == "-":
            self._at += 1
            if self._at == len(self._text) or self._text[self._at].isspace():
                raise QueryError("- must stand right before what is not wanted", start)
            return Not(self._part(field, depth + 1))
        if self._text[start] == "(":
            return self._group(field, depth)
        if self._text[start] == ")":
            raise QueryError("something is missing before )", start)
        if self._peek() in _KEYWORDS:
            raise QueryError(f"something is missing before '{self._peek()}'", start)
        return self._value(field) if field else self._term(depth)

    def _group(self, field: str, depth: int) -> Condition:
        start = self._at
        self._at += 1
        inside = self._any(field, depth + 1)
        self._skip()
        if self._at == len(self._text):
            raise QueryError("this ( is never closed", start)
        self._at += 1
        return inside

    def _term(self, depth: int) -> Condition:
        named = _FIELD.match(self._text, self._at)
        if named is None:
            return self._value("")
        name = named[1].lower()
        if name not in FIELDS:
            raise QueryError(
                f"there is no field '{named[1]}'{nearest(name, FIELDS)} (quotes make it text to look for;"
                f" the fields are {', '.join(FIELDS)})",
                self._at,
            )
        self._at = named.end()
        if self._text.startswith("(", self._at):
            return self._group(name, depth)
        return self._value(name)

    def _value(self, field: str) -> Condition:
        start = self._at
        if self._text.startswith('"', start):
            quoted = _QUOTED.match(self._text, start)
            if quoted is None:
                raise QueryError('this " is never closed', start)
            self._at = quoted.end()
            return self._read(field, quoted[1], quoted=True, start=start)
        if self._text.startswith("/", start):
            return self._regex(field)
        word = _WORD.match(self._text, start)
        if word is None:
            raise QueryError(f"{field}: wants something after it", start)
        self._at = word.end()
        return self._read(field, word[0], quoted=False, start=start)

    def _regex(self, field: str) -> Condition:
        start = self._at
        pattern = _PATTERN.match(self._text, start)
        if pattern is None:
            raise QueryError("this / begins a regular expression that is never closed (quotes make it text)", start)
        if field not in ("", *TEXTS):
            raise QueryError(f"{field}: takes no regular expression", start)
        self._at = pattern.end()
        try:
            regex.compiled(pattern[1])
        except re.error as error:
            raise QueryError(
                f"the regular expression can't be used: {error.msg}", start + 1 + (error.pos or 0)
            ) from error
        return Regex(field, pattern[1])

    def _read(self, field: str, value: str, *, quoted: bool, start: int) -> Condition:
        if quoted and self._text.startswith("*", self._at):
            self._at += 1
            value, quoted = value.replace("*", " ") + "*", False
        try:
            return FIELDS[field](value, quoted) if field else text("")(value, quoted)
        except ValueError as error:
            raise QueryError(str(error), start) from error

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at

    def _peek(self) -> str:
        word = _WORD.match(self._text, self._at)
        return word[0].lower() if word else ""

    def _take(self, keyword: str) -> bool:
        self._skip()
        if self._peek() != keyword:
            return False
        self._at += len(keyword)
        return True
