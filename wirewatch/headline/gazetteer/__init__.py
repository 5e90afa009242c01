"""Names that news is made of, ready to be watched: one TSV table a group, switched on by `[watch] gazetteer`.

A row is a name, its other names by language (a name in Latin letters counts in items of that language only: `Indie` is
India in Polish), phrases in which it means something else, words of which one must stand beside an ambiguous one, where
the row comes from, and the month it was true. Demonyms have the name of their country, so that both raise one flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUPS = ("countries", "demonyms", "capitals", "leaders", "central-banks", "agencies", "firms")
_LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "pl", "ru", "zh", "ja", "ar")
_EVERYWHERE = ("en", "ru", "zh", "ja", "ar")
"""English names and those in a script of their own count in every language."""


@dataclass(frozen=True)
class Entry:
    """A row. `aliases` are pairs of a language and a name; the language is empty where the name counts in all."""

    name: str
    aliases: tuple[tuple[str, str], ...]
    not_: tuple[str, ...]
    context: tuple[str, ...]
    source: str
    date: str
    """Year and month."""


@cache
def group(name: str) -> tuple[Entry, ...]:
    """The rows of a group. Raises KeyError for a group that isn't one of GROUPS."""
    if name not in GROUPS:
        raise KeyError(name)
    text = files("wirewatch.headline.gazetteer").joinpath(f"{name}.tsv").read_text("utf-8")
    return tuple(_entry(line.split("\t")) for line in text.splitlines()[1:])


def entries(groups: Iterable[str]) -> tuple[Entry, ...]:
    """The rows of several groups, those of one name as one."""
    merged: dict[str, Entry] = {}
    for one in (row for name in groups for row in group(name)):
        known = merged.get(one.name)
        merged[one.name] = one if known is None else _both(known, one)
    return tuple(merged.values())


def _entry(cells: list[str]) -> Entry:
    name, *names, barred, context, source, date = cells
    aliases = tuple(
        ("" if language in _EVERYWHERE else language, alias)
        for language, cell in zip(_LANGUAGES, names, strict=True)
        for alias in _list(cell)
        if alias != name
    )
    return Entry(name, aliases, _list(barred), _list(context), source, date)


def _both(one: Entry, other: Entry) -> Entry:
    return Entry(
        one.name,
        tuple(dict.fromkeys([*one.aliases, *other.aliases])),
        tuple(dict.fromkeys([*one.not_, *other.not_])),
        tuple(dict.fromkeys([*one.context, *other.context])),
        one.source,
        one.date,
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(", ") if part.strip())
