"""Stories for tests of the store and the query language, straight from structs or from the captured week."""

from __future__ import annotations

import gzip
import itertools
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tests.shared import shared
from wirewatch.model import Item, Placed, SourceState, Story
from wirewatch.store import Outcome, open_writer

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 1_678_700_000.0


def an_item(
    n: int, headline: str = "", *, source: str = "Wire", received: float | None = None, **fields: object
) -> Item:
    """Item `i<n>`, received n minutes after NOW unless told otherwise."""
    return Item(f"i{n}", source, headline or f"Headline {n}", NOW + n * 60 if received is None else received, **fields)  # type: ignore[arg-type]


def row_of(items: Sequence[Placed], **fields: object) -> Story:
    """The story of items that are placed in it."""
    first = items[0].item
    flags = dict.fromkeys(flag.flag for placed in items for flag in placed.flags)
    values: dict[str, object] = {
        "headline": first.headline,
        "lead": first.id,
        "source": first.source,
        "first_seen": min(placed.item.received for placed in items),
        "updated": max(placed.item.received for placed in items),
        "published": first.published,
        "url": first.url,
        "kind": first.kind,
        "language": first.language,
        "items": len(items),
        "outlets": len({placed.item.source for placed in items}),
        "originators": (first.source,),
        "flags": tuple(flags),
        "at": min(placed.item.received for placed in items),
    }
    return Story(items[0].story, 0, **{**values, **fields})  # type: ignore[arg-type]


def outcome_of(*stories: Sequence[Placed], state: SourceState | None = None, **fields: object) -> Outcome:
    """All of these stories, each given by its items, as one poll's outcome."""
    items = [placed for story in stories for placed in story]
    return Outcome(
        state or SourceState(items[0].item.source if items else "Wire"),
        tuple(items),
        {placed.item.id: (f"g:{placed.item.id}", f"u:{placed.item.id}") for placed in items},
        {placed.item.id: f"{placed.item.version:016x}" for placed in items},
        tuple(row_of(story) for story in stories),
        **fields,  # type: ignore[arg-type]
    )


def one(n: int, headline: str = "", *, story: str = "", **fields: object) -> list[Placed]:
    """A story of one item."""
    return [Placed(an_item(n, headline, **fields), story or f"si{n}", "lead")]  # type: ignore[arg-type]


def week_items() -> list[Item]:
    """The captured week by the publishers' times, each item received a minute after. Skips where the week is absent."""
    path = shared("corpora/captured/week-2023-03-11.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted((json.loads(line) for line in lines), key=lambda row: str(row["date_published"]))
    items = []
    for n, row in enumerate(rows):
        published = datetime.fromisoformat(row["date_published"]).timestamp()
        source = row["source"].split("//")[-1].split("/")[0]
        items.append(
            Item(
                f"w{n}",
                source,
                row["title"] or "-",
                published + 60,
                kind="official" if "gov" in source else "agency" if "tvn24" in source else "web",
                url=row["link"],
                summary=row.get("description"),
                published=published,
                language=row.get("language"),
            )
        )
    return items


def judged_week(count: int | None) -> list[list[Placed]]:
    """The stories of so many items in a row of the captured week (None: of all), as the engine judges them.

    Skips the test where the week is absent.
    """
    from wirewatch import config
    from wirewatch.engine.process import Process

    process = Process(config.parse(config.default_text(), file="config.toml"))
    stories: dict[str, dict[str, Placed]] = {}
    items = week_items()
    for item in items if count is None else items[len(items) // 2 :][:count]:
        placed, merged = process.take(item)
        for old, kept in merged:
            stories[kept] = stories.pop(old, {}) | stories.get(kept, {})
        stories.setdefault(placed.story, {})[placed.item.id] = placed
    return [
        [msgspec.structs.replace(placed, story=story) for placed in items.values()] for story, items in stories.items()
    ]


def batch(source: str, n: int) -> Outcome:
    """The n-th poll of a source: five items, the third of them a new take of one of the poll before."""
    stories = [one(0, f"{source} batch {n} item {k}", source=source) for k in range(5)]
    for k, story in enumerate(stories):
        item_id = f"{source}-{n}-{k}"
        item = msgspec.structs.replace(story[0].item, id=item_id, received=NOW + n, body="word " * 500)
        if k == 2 and n:
            item = msgspec.structs.replace(item, id=f"{source}-{n - 1}-0", version=2)
        story[0] = msgspec.structs.replace(story[0], item=item, story=f"s{item.id}")
    return outcome_of(*stories, state=SourceState(source, etag=str(n), items=5 * (n + 1)))


def write_for_ever(data: Path) -> None:
    """Writes batches of three sources, from where the store stands, and says each on stdout once it is acknowledged."""
    writer = open_writer(data)
    if writer.claim("child") is None:
        sys.exit("the lease is held")
    for round_ in itertools.count():
        source = f"source{round_ % 3}"
        state = writer.states().get(source)
        n = int(state.etag or 0) + 1 if state else 0
        writer.complete(batch(source, n))
        print(f"{source} {n}", flush=True)  # in one piece, whatever PYTHONUNBUFFERED says: a kill cuts none in two
        if round_ % 5 == 0:
            writer.index_some(20)


if __name__ == "__main__":
    write_for_ever(Path(sys.argv[1]))
