"""The table of sourcing phrases, compiled. Outlets are masked in a text first, so that no pattern has to list them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import AhoCorasick, MatchKind

from wirewatch.flags.needs import Need, either, needed
from wirewatch.headline.letters import folded
from wirewatch.headline.outlets import Outlet, known_names, outlet_named

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTLET = "\U00010000"
_AGENCY = "\U00010001"
_STOP = re.compile(r"[.!?;](?=\s)|\n")
_GROUP = re.compile(r"\(\?P<(\w+)>")
_SENTENCE_MOST = 300
_SOURCING = ("anonymous", "second_hand", "denial")


@cache
def table() -> dict[str, Any]:
    """phrases.toml."""
    return tomllib.loads(files("wirewatch.flags").joinpath("phrases.toml").read_text("utf-8"))


class Phrase:
    """A row. What it finds is its group `o` (a known outlet), `name` (one that no table knows) or `hit`."""

    def __init__(self, row: str) -> None:
        self._filled = _filled(row)
        found = _GROUP.findall(row)
        self.outlet = found == ["o"]
        """It finds nothing where no outlet is named."""
        self.groups = tuple(group for group in ("o", "name", "hit") if group in found)
        self.needs = needed(self._filled)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first needed: most rows of a language never are."""
        return re.compile(self._filled, re.IGNORECASE)


@cache
def rows(section: str, part: str, language: str) -> tuple[Phrase, ...]:
    """The phrases of a section (and of its part, if it has any) for one language."""
    return tuple(
        Phrase(row)
        for row in (table()[section].get(part, {}).get(language, ()) if part else table()[section].get(language, ()))
    )


@cache
def _needs(language: str) -> tuple[AhoCorasick, tuple[str, ...]]:
    """A search for all words that any row of a language needs."""
    parts = (rows(section, part, language) for section in _SOURCING for part in ("headline", "text"))
    words = tuple({word: None for part in parts for phrase in part for word in phrase.needs or ()})
    return AhoCorasick(words), words


@cache
def _any_of(section: str, part: str, language: str, *, outlets: bool) -> Need:
    """What all these rows need, with those that find outlets or without."""
    return either(phrase.needs for phrase in rows(section, part, language) if outlets or not phrase.outlet)


@cache
def _triggers(section: str) -> AhoCorasick:
    return AhoCorasick(table()[section]["triggers"])


@cache
def _text_triggers(section: str) -> AhoCorasick:
    return AhoCorasick(table()[section]["text_triggers"])


def triggered(section: str, text: str) -> bool:
    """Whether an English row of this section that names no outlet can find anything in a text."""
    return bool(_triggers(section).find_matches_as_indexes(text.lower()))


@cache
def _needed_in(section: str) -> AhoCorasick | None:
    needs = either(phrase.needs for language in table()[section] for phrase in rows(section, "", language))
    return None if needs is None else AhoCorasick(sorted(needs))


def possible(section: str, text: str) -> bool:
    """Whether a row of a section without parts can find anything in a text, whatever its language."""
    finder = _needed_in(section)
    return finder is None or bool(finder.find_matches_as_indexes(folded(text)))


def telling_sentences(section: str, text: str) -> Iterator[tuple[int, int]]:
    """The sentences in which an English row for texts can find anything, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):
        yield 0, len(text)
        return
    last = 0
    for _, start, end in _text_triggers(section).find_matches_as_indexes(lowered):
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


@dataclass(slots=True)
class Masked:
    """A text whose outlets are masked by as many letters, and their short names by where they start."""

    text: str
    names: dict[int, str]
    _words: dict[str, frozenset[str]] = field(default_factory=dict)
    """Words that rows of a language need and that stand here."""

    def likely(self, section: str, part: str, language: str) -> list[Phrase]:
        """The rows of a section of sourcing that have here what they need, in order."""
        words = self._words.get(language)
        if words is None:
            finder, known = _needs(language)
            found = finder.find_matches_as_indexes(folded(self.text), overlapping=True)
            words = self._words[language] = frozenset([known[index] for index, _, _ in found])
        any_of = _any_of(section, part, language, outlets=bool(self.names))
        if any_of is not None and any_of.isdisjoint(words):
            return []
        return [
            phrase
            for phrase in rows(section, part, language)
            if (self.names or not phrase.outlet) and (phrase.needs is None or not phrase.needs.isdisjoint(words))
        ]


@cache
def _finder() -> tuple[AhoCorasick, tuple[Outlet | None, ...]]:
    names = dict.fromkeys(spelling for name in known_names() for spelling in (name, name.upper()))
    return AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest), tuple(map(outlet_named, names))


def masked(text: str) -> Masked:
    """The text with every outlet's name masked. Offsets stay as they are."""
    finder, outlets = _finder()
    starts: dict[int, str] = {}
    pieces: list[str] = []
    at = 0
    for index, start, end in finder.find_matches_as_indexes(text):
        outlet = outlets[index]
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
