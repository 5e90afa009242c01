"""`wirewatch story`: one story with all its items, who had it when, what was flagged and why."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from wirewatch import clock
from wirewatch.commands import output, stored
from wirewatch.errors import Exit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from wirewatch.model import Placed, StoryDetail, Take


def run(args: argparse.Namespace) -> int:
    """Prints the story of an id or the beginning of one; 1 when there is none, or more than one."""
    with stored.reading(args.data) as reader:
        detail = reader.story(args.id.strip())
    if detail is None:
        output.complain(f"no single story has an id that begins with {args.id!r}")
        return Exit.NOTHING
    if args.json:
        output.write_json(story_in_full(detail))
    else:
        for line in lines(detail, time.time(), why=args.why):
            output.write(line)
    return Exit.DONE


def story_in_full(detail: StoryDetail) -> dict[str, Any]:
    """The story with everything known of each of its items, and their earlier takes."""
    items = []
    for placed in detail.items:
        takes = [_take(take) for take in detail.takes.get(placed.item.id, ())]
        items.append({**output.item_object(placed), "takes": takes})
    return {**output.story_object(detail.story), "items": items}


def _take(take: Take) -> dict[str, Any]:
    return {
        "version": take.version,
        "received": output.stamp(take.received),
        "headline": take.headline,
        "summary": take.summary,
        "body": take.body,
    }


def lines(detail: StoryDetail, now: float, *, why: bool) -> Iterator[str]:
    """The story for a person: the lead's text whole, then its items, one a line."""
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
        yield from _item(placed, now, why=why)
        for take in detail.takes.get(placed.item.id, ()):
            yield f"         take {take.version}, {clock.local(take.received, now)}: {take.headline}"


def _item(placed: Placed, now: float, *, why: bool) -> Iterator[str]:
    from wirewatch.widgets.cells import fit, steady

    item = placed.item
    head = (clock.local(item.received, now), fit(placed.role, 7), fit(steady(item.source), output.SOURCE_CELLS))
    yield steady("  ".join((*head, item.headline)))
    if item.url:
        yield f"         {item.url}"
    if not why:
        return
    for reason in placed.why:
        yield f"         why here: {reason}"
    if placed.match:
        yield f"         joined by item {placed.match} at {output.score(placed.score):g} of 100"
    for flag in placed.flags:
        yield f"         {flag.flag}: {flag.text!r} in the {flag.field} (rule {flag.rule})"


def _outlets(number: int) -> str:
    return "1 outlet" if number == 1 else f"{number} outlets"
