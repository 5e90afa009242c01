"""`wirewatch search`: stored stories that match a query, newest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wirewatch.commands import output, stored
from wirewatch.errors import Exit

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Prints the stories that match; 1 when none does."""
    query = stored.asked(args.query)
    now = time.time()
    width = output.width()
    with stored.reading(args.data) as reader:
        found = reader.newest(args.limit, query=query)
        for story in found:
            if not args.json:
                output.write(output.story_line(story, now, width=width))
                continue
            detail = reader.story(story.id)
            if detail is not None:
                output.write_json(output.story_object(detail.story, detail.items))
    if not found:
        output.complain("no stored story matches")
        return Exit.NOTHING
    if len(found) == args.limit and not args.json:
        output.complain(f"the newest {args.limit} are shown; `--limit` gives more")
    return Exit.DONE
