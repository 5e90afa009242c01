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
    from wirewatch.widgets.shown import Shown
    from wirewatch.widgets.writer import Line

PAGE = 100
"""Cells in a line where standard output is no terminal."""


def run(args: argparse.Namespace) -> int:
    """Prints the story of an id or the beginning of one; 1 when there is none, or more than one."""
    from wirewatch.widgets.shown import look_up

    with stored.reading(args.data) as reader:
        config = stored.settings(args) if args.why else None
        shown = look_up(reader, args.id.strip(), None, now=time.time(), config=config)
    if shown is None:
        output.complain(f"no single story has an id that begins with {args.id!r}")
        return Exit.NOTHING
    if args.json:
        output.write_json(story_in_full(shown.detail) | (_reasons(shown) if args.why else {}))
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
    subjects = ["first", *(["why"] if why else []), *(["changes"] if detail.takes else [])]
    for subject in subjects:
        yield ""
        for line in lay_out(subject, shown, output.width() or PAGE):
            yield from _underlined(line) if subject == "why" else [steady("".join(text for text, _ in line)).rstrip()]
    if why:
        yield from _resting(detail.items)


def _resting(items: Sequence[Placed]) -> Iterator[str]:
    """Whom each item rests on, by its whole text: a line for each item that says so."""
    from wirewatch.widgets.cells import steady

    heading = ["", "Rests on"]
    for placed in items:
        parts = [f"{word} {', '.join(texts)}" for word, texts in _sources(placed).items() if texts]
        if parts:
            yield from heading
            yield steady(f"  {placed.item.source}: {'; '.join(parts)}")
            heading = []


def _sources(placed: Placed) -> dict[str, list[str]]:
    from wirewatch.flags.attribution import attribution

    found = attribution(placed.item)
    return {
        "named": list(dict.fromkeys(one.text for one in found.named)),
        "unnamed": list(dict.fromkeys(one.text for one in found.anonymous)),
        "cites": [one.name or one.text for one in found.cited],
        "silent": list(dict.fromkeys(one.text for one in found.no_comment)),
    }


def _underlined(line: Line) -> Iterator[str]:
    """A line in which what raised a flag is underlined: by the terminal; where there is none, by a line of ^ below."""
    from rich.cells import cell_len

    from wirewatch.widgets.cells import steady

    runs = [(steady(text), style.startswith("hit-")) for text, style in line]
    if output.width() is not None:
        yield "".join(f"\x1b[4m{text}\x1b[24m" if hit else text for text, hit in runs).rstrip()
        return
    yield "".join(text for text, _ in runs).rstrip()
    if any(hit for _, hit in runs):
        yield "".join(("^" if hit else " ") * cell_len(text) for text, hit in runs).rstrip()


def _reasons(shown: Shown) -> dict[str, Any]:
    """How the priority adds up, and where the rules behind the flags are written."""
    from wirewatch.rules import RuleSet
    from wirewatch.rules.exclusive import evidence
    from wirewatch.rules.score import score

    config = shown.config
    rules = RuleSet(config.rules if config else ())
    found = score(shown.detail.story, shown.detail.items, rules, config.weights if config else {})
    graded = evidence(shown.detail.items, shown.now)
    return {
        "sources": {placed.item.id: _sources(placed) for placed in shown.detail.items},
        "score": {
            "priority": found.priority,
            "points": found.points,
            "parts": [{"points": part.points, "why": part.why} for part in found.parts],
            "rule": found.rule,
        },
        "rules": [
            {"rule": hit.rule.name, "line": hit.rule.line, "items": [placed.item.id for placed in hit.items]}
            for hit in rules.hits(shown.detail.items)
        ],
        "exclusive": graded and {"grade": graded.grade, "by": graded.by.item.id if graded.by else None},
        "bursts": [
            {"name": burst.name, "last_hour": burst.last_hour, "usual": round(burst.usual, 2), "burst": burst.bursting}
            for burst in shown.bursts
        ],
    }


def _outlets(number: int) -> str:
    return "1 outlet" if number == 1 else f"{number} outlets"
