"""Small judgements on where in a text something stands, shared by the kinds of flags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch.model import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Item

_LINE = re.compile(r"[^\n]+")
_OPENING_MOST = 700


def flag(name: str, rule: str, field: str, text: str, start: int, end: int) -> Flag:
    """A flag on `text[start:end]` of a field."""
    return Flag(flag=name, rule=rule, field=field, start=start, end=end, text=text[start:end])


def openings(item: Item, paragraphs: int) -> Iterator[tuple[str, str, int, int]]:
    """Where a claim is sourced: the summary and the first paragraphs of the body, as (field, text, start, end).

    A summary often has a line of its own over the first paragraph; of one as long as a text no more counts.
    """
    for field, text, most in (
        ("summary", item.summary, paragraphs + 1),
        ("body", item.body, paragraphs),
    ):
        if text:
            for found, _ in zip(_LINE.finditer(text), range(most), strict=False):
                yield field, text, found.start(), min(found.end(), found.start() + _OPENING_MOST)
