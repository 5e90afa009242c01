"""Pieces that tell of several events, or talk about one: live pages, briefings, columns, quizzes.

They share words with everything they touch, so they would chain stories that have nothing to do with each other.
They stand alone and name what they are related to; copies of them still fold.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wirewatch.stories import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Flag

FLAGS = frozenset({"live", "opinion", "analysis", "wrapup", "newsletter", "podcast"})
"""Flags of such pieces."""

_COLUMN = re.compile(r"^(?:[A-ZÀ-Þ][A-ZÀ-Þ.'’-]*\s+){1,3}[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{2,}:\s")
"""`JANE DOE: What…`, the columns that go by their writer's name in capitals."""
_LABELS = frozenset({"BREAKING", "EXCLUSIVE", "UPDATE", "URGENT", "ALERT", "NEWS", "CORRECTED", "FLASH", "JUST"})


def aside(headline: str, flags: Sequence[Flag]) -> bool:
    """True for a piece that mustn't join one story, by its headline and the flags it raised."""
    if any(flag.flag.partition(":")[0] in FLAGS for flag in flags):
        return True
    column = _COLUMN.match(headline)
    if column and not _LABELS.intersection(re.findall(r"\w+", column.group())):
        rest = headline[column.end() :]
        if any(char.islower() for char in rest):
            return True
    opening, inside = _shapes()
    return opening.match(headline) is not None or inside.search(headline) is not None


@cache
def _shapes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What such a headline begins with, and what else stands in it."""
    shapes = tables.roundups()
    inside = rf"\b(?:{shapes['words']})|{shapes['signs']}"
    return re.compile(shapes["openings"], re.IGNORECASE), re.compile(inside, re.IGNORECASE)
