"""One row of the feed as a strip: fixed columns, so that a tired eye finds each thing in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from wirewatch.ladder import same_outlet
from wirewatch.widgets.cells import cut, fit, steady
from wirewatch.widgets.marks import PRIORITY_MARKS, family_of, flag_codes, own_label
from wirewatch.widgets.times import lag

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from wirewatch.model import Story
    from wirewatch.widgets.roll import Branch

SECONDS_FROM = 100
"""Width from which a row's time has seconds."""
TWO_CODES_FROM = 96
"""Width from which two flags are spelled out; below that the headline needs the room more."""
OTHERS_FROM = 14
"""Width of the source column from which it says how many others have the story of their own."""
LAG, ROLE, CREDIT = 8, 7, 12
"""Cells for how much later an item is, for its role, and for whom it credits."""
ROLE_FROM = 24
"""What an item's headline needs before its role is spelled out."""
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
    unfolded: bool = False,
    chosen: bool = False,
) -> Strip:
    """The strip of a story, exactly `width` cells wide. `ink` gives an ink on this row's ground.

    `chosen` is the story that waits to be joined with another.
    """
    room = columns(width)
    dim = "faint" if story.read else None
    state = "⊕" if chosen else "★" if story.starred else " " if story.read else "•"
    segments: list[Segment] = []

    def add(text: str, style: Style) -> None:
        # Each segment costs at every repaint of the screen, so a blank joins its neighbour of the same ink.
        if text.isspace() and segments and segments[-1].style is style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))

    muted = ink("muted")
    add("▌" if cursor else " ", ink("key"))
    add(state, ink("key" if chosen or story.starred else "heading"))
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
    if unfolded and gap:
        gap = gap[:-1] + "▾"
    if room.source:
        add(fit(told_by(story, room.source), room.source) + gap, ink(dim or "source"))
    else:
        add(gap, muted)
    if room.outlets:
        add(outlets, ink(dim or "strong"))
    return Strip(segments).adjust_cell_length(width, muted)


def told_by(story: Story, room: int) -> str:
    """Whom a story comes from: `Meridian +2` where two others have it of their own, `Meridian via Post` second-hand."""
    names = [steady(name) for name in story.originators or (story.source,)]
    others = f" +{len(names) - 1}" if len(names) > 1 and room >= OTHERS_FROM else ""
    source = steady(story.source)
    if same_outlet(names[0], source):
        return fit(source, room - len(others)).rstrip() + others
    via = f"{names[0]} via {source}"
    shown = via if cell_len(via) + len(others) <= room else names[0]
    return fit(shown, room - len(others)).rstrip() + others


def paint_branch(
    branch: Branch, width: int, *, cursor: bool, time: str, ink: Callable[[str], Style], of: Story
) -> Strip:
    """The strip of an item below its story: when, how much later than the first, its role, its words, its outlet."""
    room = columns(width)
    dim = "faint" if of.read else None
    muted = ink("muted")
    segments = [Segment("▌ " if cursor else "  ", ink("key"))]
    if room.time:
        segments.append(Segment(fit(time, room.time) + " ", ink(dim or "muted")))
    segments.append(Segment(" └  " if branch.last else " ├  ", muted))
    left = room.headline
    after = "first" if not branch.after else ("" if branch.stated else "≤") + lag(branch.after)
    segments.append(Segment(fit(after, LAG) + " ", ink(dim or "muted")))
    left -= LAG + 1
    if left > ROLE_FROM:
        segments.append(Segment(fit(branch.role, ROLE) + " ", ink(dim or "plain")))
        left -= ROLE + 1
    if branch.credits and left > ROLE_FROM:
        credit = f"2ND {cut(steady(branch.credits[0]), CREDIT)[0]} "
        segments.append(Segment(credit, ink(dim or "doubt")))
        left -= cell_len(credit)
    headline, source = steady(branch.headline), steady(branch.source)
    if not room.source:
        headline = source
    again = branch.headline == of.headline and branch.role == "copy"
    style = dim or ("muted" if again else "soft")
    segments.append(Segment(fit("the same headline" if again and room.source else headline, left) + " ", ink(style)))
    if room.source:
        segments.append(Segment(fit(source, room.source), ink(dim or "source")))
    return Strip(segments).adjust_cell_length(width, muted)
