"""Small judgements on where in a text something stands, shared by the kinds of flags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.model import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Item

_LINE = re.compile(r"[^\n]+")
_OPENING_MOST = 700


def flag(name: str, rule: str, field: str, text: str, start: int, end: int) -> Flag:
    """A flag on `text[start:end]` of a field."""
    return Flag(flag=name, rule=rule, field=field, start=start, end=end, text=text[start:end])


class Opening(NamedTuple):
    """A paragraph in which a claim may be sourced: `text[start:end]` of a field."""

    field: str
    text: str
    start: int
    end: int
    first: bool
    """The first one of its field, or of a summary the second."""


def openings(item: Item) -> Iterator[Opening]:
    """Where a claim is sourced: the summary and the first two paragraphs of the body.

    A summary often has a line of its own over the first paragraph; of one as long as a text no more counts.
    """
    for field, text, most in (("summary", item.summary, 3), ("body", item.body, 2)):
        if text:
            for found, left in zip(_LINE.finditer(text), range(most, 0, -1), strict=False):
                start, end = found.span()
                yield Opening(field, text, start, min(end, start + _OPENING_MOST), left > 1)
