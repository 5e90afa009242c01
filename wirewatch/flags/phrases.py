"""The table of sourcing phrases, compiled. Outlets are masked in a text first, so that no pattern has to list them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from wirewatch.headline.outlets import known_names, outlet_named

_OUTLET = "\U00010000"
_AGENCY = "\U00010001"


@cache
def table() -> dict[str, Any]:
    """phrases.toml."""
    return tomllib.loads(files("wirewatch.flags").joinpath("phrases.toml").read_text("utf-8"))


@cache
def rows(section: str, part: str, language: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of a section for one language; group `hit` or `o` is the finding."""
    patterns = table()[section].get(part, {}).get(language, ()) if part else table()[section].get(language, ())
    return tuple(re.compile(_filled(row), re.IGNORECASE) for row in patterns)


def _filled(row: str) -> str:
    """A row with its words in braces replaced by what `[words]` says they stand for."""
    row = row.replace("{outlet}", f"[{_OUTLET}{_AGENCY}]+").replace("{agency}", f"{_AGENCY}+")
    for word, pattern in table()["words"].items():
        row = row.replace(f"{{{word}}}", pattern)
    return row


def tongues(language: str) -> tuple[str, ...]:
    """The languages whose rows count in a text."""
    return ("en",) if language in ("en", "") else ("en", language)


@dataclass(frozen=True)
class Masked:
    """A text whose outlets are masked by as many letters, and their short names by where they start."""

    text: str
    names: dict[int, str]


@cache
def _finder() -> tuple[AhoCorasick, tuple[str, ...]]:
    names = dict.fromkeys(spelling for name in known_names() for spelling in (name, name.upper()))
    return AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest), tuple(names)


def masked(text: str) -> Masked:
    """The text with every outlet's name masked. Offsets stay as they are."""
    finder, names = _finder()
    starts: dict[int, str] = {}
    pieces: list[str] = []
    at = 0
    for index, start, end in finder.find_matches_as_indexes(text):
        outlet = outlet_named(names[index])
        if outlet is None or not (_edge(text, start - 1, start) and _edge(text, end, end - 1)):
            continue
        starts[start] = outlet.name
        pieces += [text[at:start], (_AGENCY if outlet.agency else _OUTLET) * (end - start)]
        at = end
    return Masked("".join(pieces) + text[at:], starts) if starts else Masked(text, starts)


def _edge(text: str, outside: int, inside: int) -> bool:
    """Whether a name may begin or end here: no letter of its own script goes on outside."""
    if not 0 <= outside < len(text):
        return True
    beyond, own = text[outside], text[inside]
    return not (beyond.isalnum() or beyond == "_") or ord(own) > 0x2E7F or (ord(beyond) > 0x2E7F and own.isascii())
