"""The word tables beside this module, read once, as the dictionaries that matching asks."""

from __future__ import annotations

import gzip
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
DROPPED = ""
"""The canonical form of a word that tells nothing."""


class Words(NamedTuple):
    """Words by what they stand for; phrases are keyed by their first word, the longest first."""

    drop: dict[str, frozenset[str]]
    """Function words by language."""
    same: dict[str, str]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    opposites: dict[str, frozenset[str]]
    negation: dict[str, str]
    only: dict[str, frozenset[str]]
    """Words that mean something only in a text of these languages."""
    turns: frozenset[str]
    """Words that only one of two copies never has."""
    series: frozenset[str]
    names: frozenset[str]
    """Canonical names of people and bodies."""
    parts: frozenset[str]
    """Every word of a phrase."""


class Numbers(NamedTuple):
    """Number words by value; `unit`, `month` … by the sign they are written with in a normal form."""

    cardinal: dict[str, float]
    scale: dict[str, float]
    ordinal: dict[str, int]
    unit: dict[str, str]
    month: dict[str, int]
    weekday: dict[str, int]
    quarter: dict[str, int]
    period: dict[str, int]
    """Words that make a quarter (0) or a half (10) of the number before them."""
    points: tuple[tuple[str, ...], ...]
    """Phrases for percentage points."""


class Places(NamedTuple):
    """Places by name: the canonical name of each alias, and the country of each part."""

    alias: dict[str, str]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    within: dict[str, str]
    unspaced: tuple[tuple[str, str], ...]
    """Aliases in scripts without spaces, the longest first."""


class Background(NamedTuple):
    """What a year of English headlines says: `common` words are written small, `df` of `total` have a token."""

    common: dict[str, int]
    df: dict[str, int]
    total: int


def unspaced(text: str) -> bool:
    """True for text in a script that writes no spaces between words (Han, kana)."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("wirewatch.stories").joinpath(name).read_text(encoding="utf-8"))


def _by_first(phrases: list[tuple[tuple[str, ...], str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, canonical in phrases:
        found.setdefault(phrase[0], []).append((phrase, canonical))
    return {first: tuple(sorted(rest, key=lambda pair: -len(pair[0]))) for first, rest in found.items()}


def _split(alias: str) -> tuple[str, ...]:
    return tuple(part for part in alias.replace("-", " ").split() if part)


@cache
def words() -> Words:
    """The tables of words.toml."""
    raw = _toml("words.toml")
    same: dict[str, str] = {}
    phrases: list[tuple[tuple[str, ...], str]] = []
    for canonical, variants in [*raw["same"].items(), *raw["names"].items()]:
        name = canonical.replace(" ", "-")
        for variant in [canonical, *variants.split(", ")]:
            parts = _split(variant)
            if len(parts) == 1:
                same.setdefault(parts[0].replace(".", ""), name)
            else:
                phrases.append((tuple(part.replace(".", "") for part in parts), name))
    opposites: dict[str, set[str]] = {}
    for pair in raw["opposites"]["pairs"]:
        one, _, other = pair.partition(" ")
        opposites.setdefault(one, set()).add(other)
        opposites.setdefault(other, set()).add(one)
    negation = dict.fromkeys(raw["negation"]["words"].split(), "not") | dict.fromkeys(
        raw["negation"]["deny"].split(), "deny"
    )
    only: dict[str, frozenset[str]] = {}
    for listed, languages in raw["only"].items():
        for word in listed.split():
            only[word] = only.get(word, frozenset()) | frozenset(languages.split())
    return Words(
        drop={language: frozenset(listed.split()) for language, listed in raw["drop"].items()},
        same=same,
        phrases=_by_first(phrases),
        opposites={word: frozenset(others) for word, others in opposites.items()},
        negation=negation,
        only=only,
        turns=frozenset(raw["turns"]["words"].split()),
        series=frozenset(raw["chrome"]["words"].split()),
        names=frozenset(name.replace(" ", "-") for name in raw["names"]),
        parts=frozenset(part for phrase, _ in phrases for part in phrase),
    )


@cache
def roundups() -> dict[str, str]:
    """Regular expressions for the headlines of live pages, round-ups and columns, by where they are looked for."""
    return {where: "|".join(shapes) for where, shapes in _toml("words.toml")["roundups"].items()}


@cache
def numbers() -> Numbers:
    """The tables of numbers.toml."""
    raw = _toml("numbers.toml")

    def turned(table: str) -> dict[str, str]:
        return {word: value for value, listed in raw[table].items() for word in listed.split()}

    def whole(table: str) -> dict[str, int]:
        return {word: int(value) for word, value in turned(table).items()}

    return Numbers(
        cardinal={word: float(value) for word, value in turned("cardinal").items()},
        scale={word: float(value) for word, value in turned("scale").items()},
        ordinal=whole("ordinal"),
        unit=turned("unit"),
        month=whole("month"),
        weekday=whole("weekday"),
        quarter=whole("quarter"),
        period={word: start for kind, start in (("quarter", 0), ("half", 10)) for word in raw["period"][kind].split()},
        points=tuple(tuple(phrase.split()) for phrase in raw["points"]["words"]),
    )


@cache
def number_words() -> frozenset[str]:
    """Every word that numbers.toml has."""
    return frozenset(word for table in numbers() for word in table if isinstance(word, str))


@cache
def places() -> Places:
    """The tables of places.toml."""
    raw = _toml("places.toml")
    alias: dict[str, str] = {}
    phrases: list[tuple[tuple[str, ...], str]] = []
    scripts: list[tuple[str, str]] = []
    within: dict[str, str] = {}
    rows = [(name, listed) for name, listed in raw["country"].items()]
    for name, listed in raw["part"].items():
        parent, _, others = listed.partition(":")
        within[name.replace(" ", "-")] = parent.replace(" ", "-")
        rows.append((name, others))
    for name, listed in rows:
        canonical = name.replace(" ", "-")
        for variant in [name, *(other.strip() for other in listed.split(","))]:
            parts = _split(variant.replace(".", ""))
            if unspaced(variant):
                if len(variant) > 1:
                    scripts.append((variant, canonical))
            elif len(parts) == 1:
                alias.setdefault(parts[0], canonical)
            elif parts:
                phrases.append((parts, canonical))
    scripts.sort(key=lambda pair: -len(pair[0]))
    return Places(alias, _by_first(phrases), within, tuple(scripts))


@cache
def background() -> Background:
    """The shipped table of word frequencies; empty where the package was built without it."""
    path = files("wirewatch.stories").joinpath("background.txt.gz")
    common: dict[str, int] = {}
    df: dict[str, int] = {}
    total = 1
    if path.is_file():
        for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
            kind, word, count = line.split("\t")
            if kind == "w":
                common[word] = int(count)
            elif kind == "t":
                df[word] = int(count)
            else:
                total = int(count)
    return Background(common, df, total)
