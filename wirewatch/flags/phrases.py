"""The table of sourcing phrases, compiled. Outlets are masked in a text first, so that no pattern has to list them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import AhoCorasick, MatchKind

from wirewatch.headline.outlets import known_names, outlet_named

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTLET = "\U00010000"
_AGENCY = "\U00010001"
_STOP = re.compile(r"[.!?;](?=\s)|\n")
_SENTENCE_MOST = 300


@cache
def table() -> dict[str, Any]:
    """phrases.toml."""
    return tomllib.loads(files("wirewatch.flags").joinpath("phrases.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A row, compiled. What it finds is its group `o` (a known outlet), `name` (one that no table knows) or `hit`."""

    pattern: re.Pattern[str]
    outlet: bool
    """It finds nothing where no outlet is named."""
    groups: tuple[str, ...]


@cache
def rows(section: str, part: str, language: str) -> tuple[Phrase, ...]:
    """The phrases of a section (and of its part, if it has any) for one language."""
    patterns = table()[section].get(part, {}).get(language, ()) if part else table()[section].get(language, ())
    compiled = [re.compile(_filled(row), re.IGNORECASE) for row in patterns]
    return tuple(
        Phrase(
            one,
            tuple(one.groupindex) == ("o",),
            tuple(group for group in ("o", "name", "hit") if group in one.groupindex),
        )
        for one in compiled
    )


@cache
def _triggers(section: str, key: str) -> AhoCorasick:
    return AhoCorasick(table()[section][key])


def triggered(section: str, text: str) -> bool:
    """Whether an English row of this section that names no outlet can find anything in a text."""
    return bool(_triggers(section, "triggers").find_matches_as_indexes(text.lower()))


def telling_sentences(section: str, text: str) -> Iterator[tuple[int, int]]:
    """The sentences in which an English row for texts can find anything, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):
        yield 0, len(text)
        return
    last = 0
    for _, start, end in _triggers(section, "text_triggers").find_matches_as_indexes(lowered):
        if start < last:
            continue
        head = [stop.end() for stop in _STOP.finditer(text, max(last, start - _SENTENCE_MOST), start)]
        stop = _STOP.search(text, end, end + _SENTENCE_MOST)
        last = stop.end() if stop else min(len(text), end + _SENTENCE_MOST)
        yield head[-1] if head else max(0, start - _SENTENCE_MOST), last


@cache
def pattern(section: str) -> re.Pattern[str]:
    """The one pattern of a section that has no more (`re`)."""
    return re.compile(table()[section]["re"], re.IGNORECASE)


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
