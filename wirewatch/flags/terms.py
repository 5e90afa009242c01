"""All that is searched for: the user's entities and keywords, and the groups of the gazetteer that are switched on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirewatch.flags.edges import fold
from wirewatch.flags.endings import stem
from wirewatch.headline.gazetteer import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirewatch.config.settings import Entity, Watch


@dataclass(frozen=True)
class Watched:
    """An entity that is watched. `aliases` are pairs of a language (empty: any) and a name, the entity's own first."""

    name: str
    aliases: tuple[tuple[str, str], ...]
    not_: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    shipped: bool = False
    """It is the gazetteer's, not named by the user."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to search for."""

    kind: str
    """`alias`, `stem`, `part` (of a name), `not` or `keyword`."""
    owner: int
    text: str
    folded: str
    """What is searched; a stem is the beginning of the first word only."""
    language: str = ""
    """The only language in which it counts; empty for any."""
    shipped: bool = False


def watched(watch: Watch, entities: Sequence[Entity]) -> tuple[Watched, ...]:
    """The user's entities, then the gazetteer's; one that both have is the user's, with the names of both."""
    tables = {entity.name: entity for entity in entities}
    shipped = {entry.name: entry for entry in entries(watch.gazetteer)}
    found: list[Watched] = []
    for name in dict.fromkeys([*watch.entities, *shipped]):
        table, entry = tables.get(name), shipped.get(name)
        own = [("", alias) for alias in (name, *(table.aliases if table else ()))]
        mine = name in watch.entities
        found.append(
            Watched(
                name,
                tuple(dict.fromkeys([*own, *(entry.aliases if entry else ())])),
                (*(table.not_ if table else ()), *(entry.not_ if entry else ())),
                table.context if table and table.context else entry.context if entry and not mine else (),
                shipped=not mine,
            )
        )
    return tuple(found)


def entity_terms(owners: Sequence[Watched]) -> Iterator[Term]:
    """Every name of every entity, what its case forms begin with, and the phrases in which it means something else."""
    for owner, one in enumerate(owners):
        for language, alias in one.aliases:
            folded = fold(alias).strip()
            if not folded:
                continue
            yield Term("alias", owner, alias, folded, language, one.shipped)
            first = stem(folded.split(" ")[0])
            if first:
                yield Term("stem", owner, alias, first, language, one.shipped)
        part = _last_name(one.name)
        if part and ("", part) not in one.aliases:
            yield Term("part", owner, part, fold(part), "", one.shipped)
        for phrase in one.not_:
            if fold(phrase).strip():
                yield Term("not", owner, phrase, fold(phrase).strip())


def keyword_terms(keywords: Sequence[str]) -> Iterator[Term]:
    """Every keyword, and its plural where that changes its end."""
    for owner, keyword in enumerate(keywords):
        for form in _plurals(fold(keyword).strip()):
            yield Term("keyword", owner, keyword, form)


_NO_LAST_NAMES = frozenset(("may", "april", "june", "august", "march"))
_OF_PLACES = frozenset(
    ("north", "south", "east", "west", "new", "saint", "bank", "united", "central", "royal", "great")
)


def _last_name(name: str) -> str | None:
    """The last name of somebody, which stands for all of it once the item has given it in full."""
    words = name.split(" ")
    shaped = 2 <= len(words) <= 3 and all(word[:1].isupper() and word.isalpha() for word in words)
    if not shaped or words[0].lower() in _OF_PLACES or len(words[-1]) < 3 or words[-1].lower() in _NO_LAST_NAMES:
        return None
    return words[-1]


def _plurals(word: str) -> list[str]:
    """The word, and the plural that changes its end (`treaty`, `treaties`); others are read at the word's edge."""
    if not word:
        return []
    changed = len(word) > 3 and word.endswith("y") and word[-2] not in "aeiou"
    return [word, f"{word[:-1]}ies"] if changed else [word]
