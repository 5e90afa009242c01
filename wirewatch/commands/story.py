"""`wirewatch story`: one story with all its items, who had it first, why it is one, what changed, what was flagged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from wirewatch import clock, ladder
from wirewatch.commands import output, stored
from wirewatch.errors import Exit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from wirewatch.model import Placed, StoryDetail, Take
    from wirewatch.widgets.sections import Shown

PAGE = 100
"""Cells in a line where standard output is no terminal."""


def run(args: argparse.Namespace) -> int:
    """Prints the story of an id or the beginning of one; 1 when there is none, or more than one."""
    from wirewatch.widgets.sections import look_up

    with stored.reading(args.data) as reader:
        shown = look_up(reader, args.id.strip(), None, now=time.time())
    if shown is None:
        output.complain(f"no single story has an id that begins with {args.id!r}")
        return Exit.NOTHING
    if args.json:
        output.write_json(story_in_full(shown.detail))
    else:
        for line in lines(shown, why=args.why):
            output.write(line)
    return Exit.DONE


def story_in_full(detail: StoryDetail) -> dict[str, Any]:
    """The story with everything known of each of its items, their earlier takes, and who was first."""
    items = []
    for placed in detail.items:
        takes = [_take(take) for take in detail.takes.get(placed.item.id, ())]
        items.append({**output.item_object(placed), "takes": takes})
    return {**output.story_object(detail.story), "items": items, "ladder": _ladder(detail.items)}


def _ladder(items: Sequence[Placed]) -> dict[str, Any]:
    """Outlets in the order in which they had it; copies and later items by id."""
    steps = ladder.climb(items)
    return {
        "first": steps.first.source,
        "first_arrived": steps.arrived.item.source,
        "said": ladder.said(steps, clock.rfc3339),
        "repeaters": steps.repeaters,
        "rungs": [
            {
                "source": rung.source,
                "item": rung.placed.item.id,
                "at": output.stamp(rung.when),
                "by": "published" if rung.stated else "received",
                "after": round(rung.after, 3),
                "received": output.stamp(rung.placed.arrived),
                "published": output.stamp(rung.placed.dated),
                "date_note": rung.placed.item.date_note,
                "credits": rung.credits,
                "copies": [copy.item.id for copy in rung.copies],
                "later": [later.item.id for later in rung.later],
            }
            for rung in steps.rungs
        ],
    }


def _take(take: Take) -> dict[str, Any]:
    return {
        "version": take.version,
        "received": output.stamp(take.received),
        "published": output.stamp(take.published),
        "headline": take.headline,
        "summary": take.summary,
        "body": take.body,
    }


def lines(shown: Shown, *, why: bool) -> Iterator[str]:
    """The story for a person: the lead's text whole, its items one a line, then what the desk's overlays say of it."""
    from wirewatch.widgets.cells import fit, steady
    from wirewatch.widgets.sections import lay_out

    detail, now = shown.detail, shown.now
    story = detail.story
    lead = next((placed for placed in detail.items if placed.item.id == story.lead), detail.items[0])
    yield story.headline
    about = [story.source, clock.local(story.first_seen, now), _outlets(story.outlets)]
    if story.originators and story.originators != (story.source,):
        about.append(f"from {', '.join(story.originators)}")
    yield "  ".join(about)
    if story.flags:
        yield f"[{', '.join(story.flags)}]"
    if story.url:
        yield story.url
    text = lead.item.body or lead.item.summary
    if text:
        yield ""
        yield from text.split("\n")
    yield ""
    for placed in detail.items:
        item = placed.item
        role = fit(ladder.role(placed, story.lead), 7)
        head = (clock.local(placed.arrived, now), role, fit(steady(item.source), output.SOURCE_CELLS))
        yield steady("  ".join((*head, item.headline)))
        if item.url:
            yield f"         {item.url}"
        for flag in placed.flags if why else ():
            yield f"         {flag.flag}: {flag.text!r} in the {flag.field} (rule {flag.rule})"
    subjects = ["first", *(["why"] if why else []), *(["changes"] if detail.takes else [])]
    for subject in subjects:
        yield ""
        for line in lay_out(subject, shown, output.width() or PAGE):
            yield steady("".join(text for text, _ in line)).rstrip()


def _outlets(number: int) -> str:
    return "1 outlet" if number == 1 else f"{number} outlets"
