"""How stories, items and changes are written for programs (JSON, one object a line) and for people (a line a story)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from wirewatch import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Change, Flag, Placed, Story

VERSION = 1
"""`v` in every object: it grows when a key changes its meaning or goes."""
ID_CELLS = 11
SOURCE_CELLS = 22
NARROW = 80
"""Below this width the source gives way to the headline."""
FLAG_CELLS = 30
"""On a terminal flags take no more, so that the headline has its room."""
MARKS = {0: "!!!", 1: "!!", 2: "!"}
"""How urgent a story is, by priority; the rest needs no mark."""


def write_json(shown: dict[str, Any]) -> None:
    """One object on a line of its own, out at once, so that a reader can act on it."""
    write(json_line(shown))


def write(line: str) -> None:
    """One line on standard output, out at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """One line on standard error, safe for a terminal whatever it quotes."""
    from wirewatch import text

    sys.stderr.write(f"wirewatch: {text.message(sentence)}\n")
    sys.stderr.flush()


def json_line(shown: dict[str, Any]) -> str:
    """The object as one line of JSON that says which version of the contract it follows."""
    return msgspec.json.encode({"v": VERSION, **shown}).decode()


def stamp(moment: float | None) -> str | None:
    """RFC 3339 in UTC, or None."""
    return None if moment is None else clock.rfc3339(moment)


def flag_object(flag: Flag) -> dict[str, Any]:
    """A flag with what raised it."""
    return {
        "flag": flag.flag,
        "rule": flag.rule,
        "field": flag.field,
        "start": flag.start,
        "end": flag.end,
        "text": flag.text,
    }


def story_object(story: Story, items: Sequence[Placed] | None = None) -> dict[str, Any]:
    """A story; `items` are its items in order of arrival, as they are given, or only their number."""
    return {
        "id": story.id,
        "seq": story.seq,
        "headline": story.headline,
        "source": story.source,
        "kind": story.kind,
        "url": story.url,
        "language": story.language,
        "first_seen": stamp(story.first_seen),
        "updated": stamp(story.updated),
        "published": stamp(story.published),
        "outlets": story.outlets,
        "originators": story.originators,
        "flags": story.flags,
        "priority": story.priority,
        "read": story.read,
        "starred": story.starred,
        "items": story.items if items is None else [member_object(placed) for placed in items],
    }


def member_object(placed: Placed) -> dict[str, Any]:
    """An item as a member of its story, short."""
    item = placed.item
    return {
        "id": item.id,
        "source": item.source,
        "kind": item.kind,
        "url": item.url,
        "guid": item.guid,
        "headline": item.headline,
        "role": placed.role,
        "version": item.version,
        "received": stamp(item.received),
        "published": stamp(item.published),
        "copy_of": placed.copy_of,
        "match": placed.match,
        "score": score(placed.score),
    }


def judgements(placed: Placed) -> dict[str, Any]:
    """What wirewatch thinks of an item, with its reasons."""
    return {
        "story": placed.story,
        "copy_of": placed.copy_of,
        "role": placed.role,
        "match": placed.match,
        "score": score(placed.score),
        "why": placed.why,
        "flags": [flag_object(flag) for flag in placed.flags],
        "priority": placed.priority,
    }


def item_object(placed: Placed) -> dict[str, Any]:
    """An item with everything known of it: the object that `pipe` prints (DESIGN, Command line), but for `v`."""
    item = placed.item
    return {
        "id": item.id,
        "source": item.source,
        "kind": item.kind,
        "guid": item.guid,
        "url": item.url,
        "headline": item.headline,
        "summary": item.summary,
        "body": item.body,
        "byline": item.byline,
        "published": stamp(item.published),
        "received": stamp(item.received),
        "language": item.language,
        "format": item.format,
        "version": item.version,
        "status": item.status,
        "urgency": item.urgency,
        "slug": item.slug,
        "subjects": item.subjects,
        "place": item.place,
        "dateline": item.dateline,
        "credit": item.credit,
        "ednote": item.ednote,
        "embargo": stamp(item.embargo),
        **judgements(placed),
    }


def score(value: float) -> float:
    """0-100 with one decimal, so that output doesn't depend on the last bit."""
    return round(value, 1)


def change_line(change: Change, *, as_json: bool) -> str | None:
    """A change of the log as a line; None for one that a person needn't see (a story that grew by a copy)."""
    if as_json:
        if change.story is not None:
            return json_line({"what": change.what, **story_object(change.story)})
        if change.into is not None:
            return json_line({"merged": change.story_id, "into": change.into, "seq": change.seq})
        return json_line({"expired": change.story_id, "seq": change.seq})
    if change.story is None or change.what not in ("new", "edited"):
        return None
    return story_line(change.story, change.story.updated)


def story_line(story: Story, now: float, *, width: int | None = None) -> str:
    """A story on one line: id, time, urgency, lead source and number of outlets, headline, flags.

    Cut to `width` cells where one is given; whole where it isn't, as for a file or a pipe.
    """
    from rich.cells import cell_len

    from wirewatch.widgets.cells import cut, fit, steady

    source = steady(story.source)
    outlets = f" +{story.outlets - 1}" if story.outlets > 1 else ""
    kept, _ = cut(source, SOURCE_CELLS - len(outlets))
    columns = [
        fit(short(story.id), ID_CELLS),
        clock.local(story.first_seen, now),
        fit(MARKS.get(story.priority, ""), 3),
    ]
    if width is None or width >= NARROW:
        columns.append(fit(kept + outlets, SOURCE_CELLS))
    start = steady("  ".join(columns)) + "  "
    headline = steady(story.headline)
    flags = steady(f"  [{', '.join(story.flags)}]") if story.flags else ""
    if width is None:
        return start + headline + flags
    flags = fit(flags, min(len(flags), FLAG_CELLS)).rstrip() if flags else ""
    room = max(0, width - cell_len(start) - cell_len(flags))
    if room < FLAG_CELLS:
        room, flags = max(0, width - cell_len(start)), ""
    return fit(start + fit(headline, room).rstrip() + flags, width).rstrip()


def short(story_id: str) -> str:
    """The beginning of an id: enough to name a story to `wirewatch story`."""
    return story_id[:ID_CELLS]


def width() -> int | None:
    """Cells in a line of the terminal that standard output is; None where it is none."""
    if not sys.stdout.isatty():
        return None
    try:
        return max(20, os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return 80
