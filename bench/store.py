"""The store's costs in one run: `python -m bench.store [ROWS …]` (10,000, 100,000 and 1,000,000 unless told otherwise).

Stories are written in outcomes of 50, as polls bring them, one item a story, without body text. Each size is measured
in the same run, so read the ratios. CPU and wall are both given; on a busy machine trust CPU.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.model import Item, Placed, SourceState, Story
from wirewatch.query import parse
from wirewatch.store import Outcome, open_reader, open_writer
from wirewatch.store.files import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter

START = 1_700_000_000.0
BATCH = 50
COMMON = (
    "the",
    "of",
    "to",
    "in",
    "and",
    "on",
    "for",
    "government",
    "minister",
    "president",
    "market",
    "bank",
    "war",
    "vote",
)


class Wire:
    """Invented stories: 60 sources, headlines of about 60 characters, summaries of about 150, Zipf-like words."""

    def __init__(self) -> None:
        self.rng = random.Random(13)
        syllables = [a + b for a in "bcdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ar", "en", "is")]
        self.vocabulary = ["".join(self.rng.choices(syllables, k=self.rng.randint(2, 4))) for _ in range(40_000)]
        self.weights = [1 / (rank + 20) for rank in range(len(self.vocabulary))]
        self.pool: list[str] = []

    def words(self, count: int) -> str:
        if len(self.pool) < count:
            self.pool = self.rng.choices(self.vocabulary, self.weights, k=20_000)
        chosen = [self.pool.pop() for _ in range(count)]
        chosen[0:count:4] = self.rng.choices(COMMON, k=len(chosen[0:count:4]))
        return " ".join(chosen).capitalize()

    def outcome(self, first: int) -> Outcome:
        source = f"Source {first // BATCH % 60}"
        placed, stories, keys = [], [], {}
        for n in range(first, first + BATCH):
            moment, item_id = START + n * 2.0, f"{self.rng.getrandbits(64):016x}"
            url = f"https://www.example{n % 60}.com/news/{self.words(5).lower().replace(' ', '-')}-{n}"
            item = Item(
                item_id, source, self.words(9), moment, guid=url, url=url, summary=self.words(22), published=moment - 60
            )
            placed.append(Placed(item, "s" + item_id, "lead"))
            flags = ("exclusive",) if n % 100 == 0 else ("entity:Xi Jinping",) if n % 20 == 0 else ()
            stories.append(
                Story(
                    "s" + item_id, 0, item.headline, item_id, source, moment, moment, moment - 60, url,
                    language="en", originators=(source,), flags=flags, at=moment,
                )
            )  # fmt: skip
            keys[item_id] = (f"g:{url}", f"u:{url}", f"t:{item.headline}")
        state = SourceState(source, state="ok", etag=f'"{first}"', last_success=START + first * 2.0)
        return Outcome(state, tuple(placed), keys, dict.fromkeys(keys, "0123456789abcdef"), tuple(stories))


def timed(work: Callable[[], object], times: int = 15) -> tuple[float, float]:
    """Median CPU and wall milliseconds of a call."""
    cpu, wall = [], []
    for _ in range(times):
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
    return sorted(cpu)[times // 2], sorted(wall)[times // 2]


def size_of(writer: SqliteWriter, data: Path) -> int:
    writer._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return (data / DATABASE).stat().st_size


def load(writer: SqliteWriter, wire: Wire, have: int, want: int) -> None:
    cpu = wall = 0.0
    for first in range(have, want, BATCH):
        outcome = wire.outcome(first)
        c, w = time.process_time(), time.perf_counter()
        writer.complete(outcome)
        cpu, wall = cpu + time.process_time() - c, wall + time.perf_counter() - w
    print(f"  written        {(want - have) / wall:9,.0f} stories/s wall {(want - have) / cpu:9,.0f} per CPU-s")
    data = writer._data
    before = size_of(writer, data)
    c, w = time.process_time(), time.perf_counter()
    while writer.index_some(500):
        pass
    more_cpu, more_wall = cpu + time.process_time() - c, wall + time.perf_counter() - w
    print(
        f"  with full text {(want - have) / more_wall:9,.0f} stories/s wall {(want - have) / more_cpu:9,.0f} per CPU-s"
    )
    after = size_of(writer, data)
    print(f"  bytes a story  {after / want:9,.0f} ({(after - before) / (want - have):,.0f} of them full text)")


def ask(reader: SqliteReader, rows: int, wire: Wire) -> None:
    rare = parse(wire.vocabulary[30_000])
    middle = reader.newest(1, before=(START + rows, "~"))[0]
    questions: list[tuple[str, Callable[[], object]]] = [
        ("newest 500", lambda: reader.newest(500)),
        ("500 from the middle", lambda: reader.newest(500, before=(middle.at, middle.id))),
        ("changes, the last 500", lambda: reader.changes(reader.last_seq() - 500, 500)),
        ("story by id", lambda: reader.story(middle.id)),
        ("counts", lambda: reader.counts(START + rows * 2)),
        ("search: a common word", lambda: reader.newest(500, query=parse("president"))),
        ("search: three words", lambda: reader.newest(500, query=parse("president market war"))),
        ("search: a rare word", lambda: reader.newest(500, query=rare)),
        ("search: a prefix", lambda: reader.newest(500, query=parse("pres*"))),
        ("search: common -common", lambda: reader.newest(500, query=parse("president -market"))),
        ("flag:exclusive", lambda: reader.newest(500, query=parse("flag:exclusive"))),
        ("source:", lambda: reader.newest(500, query=parse('source:"source 7"'))),
        ("is:unread", lambda: reader.newest(500, query=parse("is:unread"))),
    ]
    for name, work in questions:
        cpu, wall = timed(work)
        print(f"  {name:24} {cpu:8.2f} ms CPU {wall:8.2f} ms wall")


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = open_writer(Path(folder))
        writer.claim("bench")
        reader = open_reader(Path(folder), now=lambda: START)
        wire, have = Wire(), 0
        for rows in sizes:
            print(f"{rows:,} stories")
            load(writer, wire, have, rows)
            have = rows
            ask(reader, rows, wire)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
