"""Draws stories and copies of the captured week to be read by eye, and says what of it has been read.

    python -m bench.readings stories|copies [--semantic] [--seed 2023]

The week's rows go through `Process` in order of publication, with the seed among them, each received when it was
published; so ids are the same on every machine. What was found is kept in readings.toml as ids.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench.methods import after_merges
from bench.replay import read_seed, read_week
from wirewatch.config import Config
from wirewatch.config.settings import StoriesSettings
from wirewatch.engine.process import Process
from wirewatch.model import Item
from wirewatch.stories import arrival_order

if TYPE_CHECKING:
    from wirewatch.model import Placed

HERE = Path(__file__).resolve().parent
OUTLETS = 4
DRAWN = 100


def week(shared: Path, *, semantic: bool) -> dict[str, list[Placed]]:
    """The items of every story, after merges, in order of arrival."""
    feeds = [
        *read_week(shared / "corpora/captured/week-2023-03-11.jsonl.gz"),
        read_seed(shared / "corpora/seed/000_647a6111658d6202.txt"),
    ]
    items = [
        Item(
            id=f"{number}-{at}",
            source=feed.name,
            headline=row.title,
            summary=row.description or None,
            body=row.body or None,
            url=row.link,
            language=feed.language or None,
            published=row.at,
            received=row.at,
        )
        for number, feed in enumerate(feeds)
        for at, row in enumerate(feed.items)
    ]
    process = Process(Config(stories=StoriesSettings(semantic=semantic)))
    placed, into = [], {}
    for item in sorted(items, key=arrival_order):
        one, merged = process.take(item)
        placed.append(one)
        into.update(merged)
    last = after_merges({one.item.id: one.story for one in placed}, into)
    stories = defaultdict(list)
    for one in placed:
        stories[last[one.item.id]].append(one)
    return stories


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("stories", "copies"))
    asked.add_argument("--semantic", action="store_true")
    asked.add_argument("--seed", type=int, default=2023)
    asked.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    options = asked.parse_args()
    stories = week(options.shared, semantic=options.semantic)
    chance = random.Random(options.seed)
    by_id = {placed.item.id: placed for items in stories.values() for placed in items}
    if options.what == "stories":
        wide = sorted(name for name, items in stories.items() if len({one.item.source for one in items}) >= OUTLETS)
        print(f"{len(wide)} stories with {OUTLETS} outlets and more")
        for name in sorted(chance.sample(wide, min(DRAWN, len(wide)))):
            print(f"\n{name}")
            for one in stories[name]:
                print(f"  {one.item.id:9} {one.role[:1]} {one.item.headline[:110]}")
        return
    copies = sorted(one.item.id for one in by_id.values() if one.copy_of is not None)
    print(f"{len(copies)} copies")
    for item_id in chance.sample(copies, min(DRAWN, len(copies))):
        one = by_id[item_id]
        print(f"\n{item_id} {one.item.source}: {one.item.headline}")
        other = by_id[str(one.copy_of)]
        print(f"  {other.item.id} {other.item.source}: {other.item.headline}   [{'; '.join(one.why)}]")


if __name__ == "__main__":
    main()
