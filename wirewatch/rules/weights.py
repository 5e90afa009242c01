"""The table of weights, and what the word of a source counts."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from wirewatch.query import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirewatch.model import Item


@cache
def table() -> dict[str, Any]:
    """weights.toml."""
    return tomllib.loads(files("wirewatch.rules").joinpath("weights.toml").read_text("utf-8"))


def weight(item: Item, own: Mapping[str, float]) -> float:
    """What an item's source counts, 1 for an agency: as the user says (`own`, by source), as its name, or its kind."""
    given = own.get(item.source)
    return _known(item.source, item.kind) if given is None else given


@cache
def _outlets() -> tuple[tuple[str, float], ...]:
    """Names as `words` cuts them, the longest first, so that `Fox News` is found before `Fox`."""
    rows = [(words.cut(name), row["weight"]) for row in table()["outlet"] for name in row["names"]]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@cache
def _known(source: str, kind: str) -> float:
    """By the outlet that a source is named after; a press release is no more for where it is published."""
    by_kind = float(table()["kind"][kind])
    if kind in ("press", "official"):
        return by_kind
    name = words.cut(source)
    return next((count for outlet, count in _outlets() if words.holds(name, outlet)), by_kind)
