"""What the overlays of a story say: each subject is a list of sections, and each section writes its own lines.

To say more on a subject, write a section (a function of writer and story) and add it to its list. Sections are pure,
and laid out off the event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.widgets.changes import what_changed
from wirewatch.widgets.evidence import one_story
from wirewatch.widgets.shown import Shown
from wirewatch.widgets.whofirst import who_was_first
from wirewatch.widgets.whyflagged import how_high, why_flagged
from wirewatch.widgets.writer import Writer

if TYPE_CHECKING:
    from wirewatch.widgets.writer import Line

Section = Callable[[Writer, Shown], None]


class Subject(NamedTuple):
    """What one overlay is about."""

    title: str
    sections: tuple[Section, ...]
    of_item: Section | None = None
    """The section that comes first where the reader is at an item."""


SUBJECTS: dict[str, Subject] = {
    "why": Subject("Why", (why_flagged, how_high, one_story), of_item=one_story),
    "first": Subject("Who was first", (who_was_first,)),
    "changes": Subject("What changed", (what_changed,)),
}
"""The overlays by the name that their commands call them."""


def lay_out(subject: str, shown: Shown, width: int) -> tuple[Line, ...]:
    """The lines of a subject, each at most as wide as asked for."""
    writer = Writer(max(10, width))
    about = SUBJECTS[subject]
    first = (about.of_item,) if about.of_item is not None and shown.placed is not None else ()
    for section in (*first, *(section for section in about.sections if section not in first)):
        section(writer, shown)
    return tuple(writer.lines)
