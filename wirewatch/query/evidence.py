"""Where an item says what a query asks for: the places that explain a hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.query import regex, words
from wirewatch.query.conditions import (
    TEXTS,
    All,
    AnyOf,
    Flagged,
    FlaggedWith,
    FromSource,
    InLanguage,
    OfKind,
    Regex,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Placed, Story
    from wirewatch.query.conditions import Condition

Place = tuple[str, int, int]
"""Field, start and end in code points of the field."""
MOST = 8
"""Places that are named of one hit."""


def places(condition: Condition, placed: Placed, story: Story, now: float) -> list[Place]:
    """The places in an item that make it match, in order of field and place; the whole headline where none does.

    What the text says goes before what its source, kind or language is; what must not be there has no place.
    """
    found = list(dict.fromkeys(_places(condition, placed, story, now)))
    told = [place for place in found if place[0] not in ("source", "kind", "language")] or found
    order = {field: at for at, field in enumerate((*TEXTS, "source", "kind", "language"))}
    told = [place for place in told if not any(_inside(place, other) for other in told)]
    told.sort(key=lambda place: (order.get(place[0], len(order)), place[1:]))
    return told[:MOST] or [("headline", 0, len(placed.item.headline))]


def _inside(place: Place, other: Place) -> bool:
    return place[0] == other[0] and place != other and other[1] <= place[1] and place[2] <= other[2]


def _places(condition: Condition, placed: Placed, story: Story, now: float) -> Iterator[Place]:
    item = placed.item
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _places(part, placed, story, now)
    elif isinstance(condition, AnyOf):
        for part in condition.parts:
            if part.matches(story, [placed], now):
                yield from _places(part, placed, story, now)
    elif isinstance(condition, Words):
        for field in (condition.field,) if condition.field else TEXTS:
            for start, end in words.spans(getattr(item, field), condition.phrase, prefix=condition.prefix):
                yield field, start, end
    elif isinstance(condition, Regex):
        for field in (condition.field,) if condition.field else TEXTS:
            span = regex.span(condition.pattern, getattr(item, field))
            if span is not None and span[0] < span[1]:
                yield field, *span
    elif isinstance(condition, Flagged | FlaggedWith):
        for flag in placed.flags:
            if condition.matches(msgspec.structs.replace(story, flags=(flag.flag,)), [placed], now):
                yield flag.field, flag.start, flag.end
    else:
        named = {FromSource: ("source", item.source), OfKind: ("kind", item.kind)}
        named[InLanguage] = ("language", item.language or "")
        field, value = named.get(type(condition), ("", ""))
        if value:
            yield field, 0, len(value)
