"""`wirewatch tail`: the stories that came in lately, and with `--follow` those that come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wirewatch.commands import output, stored
from wirewatch.errors import Exit
from wirewatch.store import CursorTooOldError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from wirewatch.model import Change
    from wirewatch.query import Query
    from wirewatch.store.contract import Reader

LOOK_AGAIN = 0.2
"""Seconds between two looks at whether the log has grown."""
BATCH = 500


def run(args: argparse.Namespace) -> int:
    """Prints every story that received an item in the time asked for, once; 1 when there is none."""
    query = stored.asked(args.query, stored.view_of(args, args.view) if args.view else "")
    if not args.follow:
        return print_stories(args.data, since=args.since, query=query, as_json=args.json)
    if not stored.exists(args.data):
        output.complain(f"waiting for an engine to poll into {args.data}")
    while not stored.exists(args.data):
        time.sleep(LOOK_AGAIN)
    with stored.reading(args.data) as reader:
        follow(reader, args.since, query, as_json=args.json)
    return Exit.DONE


def print_stories(data: Path, *, since: float, query: Query | None = None, as_json: bool = False) -> int:
    """Prints the stories that received an item in the last `since` seconds, oldest first; 1 when there is none."""
    with stored.reading(data) as reader:
        if recent(reader, since, query, as_json=as_json):
            return Exit.DONE
    output.complain("nothing matched in that time; `--since 2d` looks further back")
    return Exit.NOTHING


def recent(reader: Reader, since: float, query: Query | None, *, as_json: bool) -> dict[str, int]:
    """Prints stories as `print_stories` does; the log's number of each as printed, by story id."""
    now = time.time()
    width = output.width()
    shown: dict[str, int] = {}
    for story in reader.since(now - since, query):
        shown[story.id] = story.seq
        if as_json:
            detail = reader.story(story.id)
            if detail is None:  # merged or expired since the list was read
                continue
            output.write_json(output.story_object(detail.story, detail.items))
        else:
            output.write(output.story_line(story, now, width=width))
    return shown


def follow(reader: Reader, since: float, query: Query | None, *, as_json: bool) -> None:
    """Prints recent stories, then every change as it is written, by the log's numbers: nothing is missed or doubled."""
    after = reader.last_seq()
    shown = recent(reader, since, query, as_json=as_json)
    version = -1
    while True:
        changed = reader.version()
        if changed == version:
            time.sleep(LOOK_AGAIN)
            continue
        version = changed
        try:
            for change in _new(reader, after):
                after = change.seq
                _show(reader, change, query, shown, as_json=as_json)
        except CursorTooOldError:
            output.complain("the log was cut or begun anew; going on from its end")
            after = reader.last_seq()


def _new(reader: Reader, after: int) -> Iterator[Change]:
    while changes := reader.changes(after, BATCH):
        yield from changes
        after = changes[-1].seq


def _show(reader: Reader, change: Change, query: Query | None, shown: dict[str, int], *, as_json: bool) -> None:
    """Prints a change unless its state of the story was printed before, or the query doesn't ask for it."""
    if change.story is None:
        line = output.change_line(change, as_json=as_json)
        if line and (query is None or change.story_id in shown or change.into in shown):
            output.write(line)
        return
    if change.story.seq <= shown.get(change.story_id, 0):
        return
    if not as_json and query is None:
        line = output.change_line(change, as_json=False)
        shown[change.story_id] = change.story.seq
        if line:
            output.write(line)
        return
    detail = reader.story(change.story_id)
    if detail is None or (query is not None and not query.matches(detail.story, detail.items, time.time())):
        return
    known = change.story_id in shown
    shown[change.story_id] = detail.story.seq
    if as_json:
        output.write_json({"what": change.what, **output.story_object(detail.story, detail.items)})
    elif not known or change.what == "edited":
        output.write(output.story_line(detail.story, time.time()))
