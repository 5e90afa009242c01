"""Whom a piece rests on, wherever in its text: what a reader asks of a story, beyond the flags of its opening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirewatch.flags.phrases import masked, rows, tongues
from wirewatch.headline.language import language_of
from wirewatch.headline.outlets import host_of, own_outlets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Item


@dataclass(frozen=True)
class Said:
    """A finding in a field of an item: `text` is `field[start:end]`, `name` an outlet's short name where it is one."""

    field: str
    start: int
    end: int
    text: str
    name: str | None = None


@dataclass(frozen=True)
class Attribution:
    """Everybody whom an item names or hides as its source, in order of the text."""

    named: tuple[Said, ...]
    """Persons who say something under their own name."""
    anonymous: tuple[Said, ...]
    """Phrases for people who aren't named, conditions of anonymity among them."""
    cited: tuple[Said, ...]
    """Other outlets that something is credited to, each once; background far down as well."""
    no_comment: tuple[Said, ...]
    """Who was asked and said nothing."""


def attribution(item: Item) -> Attribution:
    """Reads headline, summary and body of an item that has been through `headline.read_body`."""
    language = language_of(item.language, f"{item.headline} {(item.summary or '')[:200]}")
    own = own_outlets(item.source, host_of(item.url), item.credit)
    cited: dict[str, Said] = {}
    found: dict[str, list[Said]] = {"named": [], "anonymous": [], "no_comment": []}
    for field, text in (("headline", item.headline), ("summary", item.summary), ("body", item.body)):
        if not text:
            continue
        found["named"] += _found("attribution", "named", language, field, text)
        found["anonymous"] += _found("anonymous", "headline" if field == "headline" else "text", language, field, text)
        found["no_comment"] += _found("attribution", "no_comment", language, field, text)
        for one in _found("second_hand", "headline" if field == "headline" else "text", language, field, text):
            if one.name and one.name not in own:
                cited.setdefault(one.name, one)
    return Attribution(
        tuple(found["named"]), tuple(found["anonymous"]), tuple(cited.values()), tuple(found["no_comment"])
    )


def _found(section: str, part: str, language: str, field: str, text: str) -> Iterator[Said]:
    mask = masked(text)
    spans: dict[tuple[int, int], str | None] = {}
    for tongue in tongues(language):
        for phrase in rows(section, part, tongue):
            if phrase.outlet and not mask.names:
                continue
            for hit in phrase.pattern.finditer(mask.text):
                group = next((one for one in phrase.groups if hit[one]), "hit")
                at, to = hit.span(group)
                name = mask.names.get(at) if group == "o" else hit[group] if group == "name" else None
                if not any(at < last and first < to for first, last in spans):
                    spans[at, to] = name
    for (at, to), name in sorted(spans.items()):
        yield Said(field, at, to, text[at:to], name)
