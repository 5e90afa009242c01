"""The labelled set: every flag with its near misses, in ten languages, spans exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wirewatch.clock import rfc3339
from wirewatch.config.settings import Entity, Watch
from wirewatch.flags import Flagger
from wirewatch.headline import read_body
from wirewatch.model import Item

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "flags.jsonl").read_text("utf-8").splitlines()
]
UNMEASURED = ("repeat", "brief", "hold", "advisory")
ENTITIES = (
    Entity(name="Xi Jinping", aliases=("Xi", "习近平")),
    Entity(name="Vladimir Putin", aliases=("Putin", "Путин", "普京", "بوتين")),
    Entity(name="Ford", not_=("Gerald Ford",)),
    Entity(name="Turkey", aliases=("Turcja",)),
    Entity(name="Theresa May"),
)
FLAGGER = Flagger(
    Watch(keywords=("ceasefire", "rate hike", "tsunami"), entities=tuple(one.name for one in ENTITIES)), ENTITIES
)


def item_of(case: dict[str, Any]) -> Item:
    """The item of a case, read as the engine reads it."""
    fields = {key: value for key, value in case.items() if key not in ("flags", "watch")}
    return read_body(Item(**({"id": "i", "source": "Somewhere Daily", "received": 1_000.0} | fields)))


def flagger_of(case: dict[str, Any]) -> Flagger:
    """A flagger with the case's own watch list, or the usual one."""
    watch = case.get("watch")
    if watch is None:
        return FLAGGER
    entities = tuple(
        Entity(one["name"], *(tuple(one.get(key, ())) for key in ("aliases", "not", "context")))
        for one in watch.get("entities", ())
    )
    return Flagger(Watch(tuple(watch.get("keywords", ())), tuple(one.name for one in entities)), entities)


def found_in(case: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in flagger_of(case).flags(item_of(case)):
        if not one.flag.startswith(UNMEASURED):
            found.setdefault(one.flag, []).append(one.text)
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["headline"][:50] for case in CASES])
def test_an_item_raises_exactly_its_flags_with_their_spans(case: dict[str, Any]) -> None:
    found = found_in(case)
    assert set(found) == set(case["flags"])
    for name, text in case["flags"].items():
        assert text in found[name]


def test_every_span_is_the_text_that_it_names() -> None:
    for case in CASES:
        item = item_of(case)
        for one in flagger_of(case).flags(item):
            value = getattr(item, one.field)
            shown = rfc3339(value) if one.field == "embargo" else value
            assert shown[one.start : one.end] == one.text
            assert one.text
            assert one.rule


def test_the_set_is_large_enough_and_half_near_misses() -> None:
    assert len(CASES) >= 300
    assert sum(not case["flags"] for case in CASES) * 2 >= len(CASES)
    assert len({case.get("language", "en") for case in CASES}) >= 10
