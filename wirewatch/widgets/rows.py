"""One row of the feed as a strip: fixed columns, so that a tired eye finds each thing in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from wirewatch.widgets.cells import fit, steady
from wirewatch.widgets.marks import PRIORITY_MARKS, family_of, flag_codes, own_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from wirewatch.model import Story

SECONDS_FROM = 100
"""Width from which a row's time has seconds."""
TWO_CODES_FROM = 96
"""Width from which two flags are spelled out; below that the headline needs the room more."""
PRIORITY_INKS = ("flash", "alarm", "amend", "muted", "muted")


class Columns(NamedTuple):
    """How many cells each column takes at a width; 0 leaves it out."""

    time: int
    codes: int
    """How many flags are spelled out before the headline, at most four letters each."""
    headline: int
    """With the flags in front of it."""
    source: int
    outlets: int


def columns(width: int) -> Columns:
    """The columns that a feed of this width has room for; the headline gets what is left."""
    time = 0 if width < 30 else 5 if width < SECONDS_FROM else 8
    codes = 0 if width < 30 else 1 if width < TWO_CODES_FROM else 2
    source = 0 if width < 50 else min(22, max(9, width // 7))
    outlets = 0 if width < 30 else 4
    taken = 2 + (time + 1 if time else 0) + 3 + 1 + source + (outlets + 1 if outlets else 0)
    return Columns(time, codes, max(1, width - taken), source, outlets)


def paint(
    story: Story,
    width: int,
    *,
    cursor: bool,
    time: str,
    ink: Callable[[str], Style],
) -> Strip:
    """The strip of a story, exactly `width` cells wide. `ink` gives an ink on this row's ground."""
    room = columns(width)
    dim = "faint" if story.read else None
    state = "★" if story.starred else " " if story.read else "•"
    segments: list[Segment] = []

    def add(text: str, style: Style) -> None:
        # Each segment costs at every repaint of the screen, so a blank joins its neighbour of the same ink.
        if text.isspace() and segments and segments[-1].style is style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))

    muted = ink("muted")
    add("▌" if cursor else " ", ink("key"))
    add(state, ink("key" if story.starred else "heading"))
    if room.time:
        add(fit(time, room.time) + " ", ink(dim or "muted"))
    level = min(max(story.priority, 0), 4)
    add(PRIORITY_MARKS[level], ink(PRIORITY_INKS[level]))
    add(" ", muted)
    headline = steady(story.headline)
    label, named = own_label(headline, story.flags)
    left = room.headline
    for code, code_family in flag_codes(story.flags, room.codes, but=named):
        if left > len(code) + 12:
            add(code, ink(dim or code_family))
            add(" ", muted)
            left -= len(code) + 1
    style = "killed" if "kill" in story.flags else dim or "text"
    shown = fit(headline, left) + " "
    if label:
        add(shown[:label], ink(dim or family_of(named)))
    add(shown[label:], ink(style))
    outlets = "" if story.outlets < 2 else f"×{story.outlets}" if story.outlets < 1000 else "×1k+"
    gap = " " * (room.outlets - len(outlets) + 1) if room.outlets else ""
    if room.source:
        add(fit(steady(story.source), room.source) + gap, ink(dim or "source"))
    else:
        add(gap, muted)
    if room.outlets:
        add(outlets, ink(dim or "strong"))
    return Strip(segments).adjust_cell_length(width, muted)
