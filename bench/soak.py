"""Weeks of the engine in minutes: 300 sources polled 2,000 times by a clock that runs ahead, store and all.

`python -m bench.soak [--sources 300] [--polls 2000]`. Sockets and the parser are doubles (see `tests/simulated.py`), so
descriptors are the store's; what a poll brings is judged, written, indexed and dropped again as ever. A source is asked
every five minutes and brings four items a day; one poll in fifty fails. Headlines and summaries have words that nobody
has seen before, and one item in five says again what another source said. The engine looks after its house once a
minute, not twice a second, or that would be most of the time.

Warm-up comes first and isn't counted: keys of dropped items as 400 days leave them behind, so that SQLite's own cache
fills up; invented texts until the caches of what texts and words were found to say are full; then `--settle` days of
the engine itself at one poll an hour and as many items a day as later. By then the index has had its three days four
times over, the store its three days too, the log its seven. After it the file of the configuration is edited, and the
polls that count begin: memory and files must not grow any more. Prints a line now and then, the slope over all counted
polls, and how full caches and index were when they began and ended. Nothing is compared: no other reader's
clock can be turned.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import logging
import os
import random
import tempfile
import time
from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.feedfarm import SYLLABLES, lexicon
from tests.simulated import Clock, Feeds, simulated
from wirewatch import config as configuration
from wirewatch.clock import DAY
from wirewatch.engine import engine as engine_module
from wirewatch.engine import memory, readers
from wirewatch.engine.fetch import Response
from wirewatch.engine.process import Process
from wirewatch.errors import FetchError
from wirewatch.model import Document, Item
from wirewatch.store import check, open_writer
from wirewatch.store.files import DATABASE
from wirewatch.store.retention import GONE_DAYS

if TYPE_CHECKING:
    from wirewatch.engine.worker import ParseJob
    from wirewatch.model import Source
    from wirewatch.store.writer import SqliteWriter
    from wirewatch.stories import StoryIndex

EVERY = 300.0
"""Seconds between polls of a source; `--every` says otherwise."""
DAILY = 4.0
"""Items a day of a source; `--daily` says otherwise."""
SETTLE = 12.0
"""Days of warm-up: more than the log keeps, and so many items that the largest dictionaries, which lose words as fast
as they get new ones, have been laid out anew by the thread that owns them. `--settle` says otherwise."""
SETTLING = 3600.0
"""Seconds between polls of a source meanwhile."""
LISTED = 12
MEGABYTE = 1e6


class Told(NamedTuple):
    """An invented item."""

    guid: str
    headline: str
    summary: str


class News(Feeds):
    """Feeds that each bring `daily` items a day when asked `every` so many seconds, and fail now and then."""

    def __init__(self, *, every: float, daily: float = DAILY) -> None:
        super().__init__()
        self.every, self.daily = every, daily
        self._dice = random.Random(21)
        self._words = lexicon(self._dice)
        self._items: defaultdict[str, deque[Told]] = defaultdict(lambda: deque(maxlen=LISTED))
        self._reported: deque[str] = deque(maxlen=100)
        self.count = 0
        self.polls = 0

    def unseen(self) -> str:
        """A word that no text had before."""
        return "".join(self._dice.choices(SYLLABLES, k=6))

    def _told(self) -> Told:
        self.count += 1
        if self._reported and self._dice.random() < 0.2:
            headline = f"{self._dice.choice(self._reported)} {self._dice.choice(self._words)}"
        else:
            headline = " ".join([*self._dice.choices(self._words, k=8), self.unseen()]).capitalize()
            self._reported.append(headline)
        return Told(f"n{self.count}", headline, f"{headline} again and {self.unseen()} again.")

    async def fetch(self, source: Source, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        self.polls += 1
        await asyncio.sleep(0.1)
        if self._dice.random() < 0.02:
            raise FetchError("connection refused")
        listed = self._items[source.name]
        if not listed or self._dice.random() < self.daily * self.every / DAY:
            listed.appendleft(self._told())
        tag = listed[0].guid
        if etag == tag:
            return Response(status=304, url=source.url)
        return Response(status=200, url=source.url, content=source.name.encode(), etag=tag, body_hash=tag)

    def parse(self, job: ParseJob) -> Document:
        items = tuple(
            Item(told.guid, job.source.name, told.headline, job.received, guid=told.guid, summary=told.summary)
            for told in self._items[job.source.name]
        )
        return Document("rss", items)


class Reading(NamedTuple):
    """What the process holds at a moment."""

    polls: int
    memory: float
    descriptors: int
    tasks: int
    database: float
    wal: float
    items: int
    words: int

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.polls:>6} polls a source  {self.memory:7.1f} MB  {self.descriptors} descriptors  {self.tasks} tasks"
            f"  database {self.database:6.1f} MB  WAL {self.wal:5.2f} MB  index {self.items} items, {self.words} words"
        )


def read(data: Path, polls: int, index: StoryIndex) -> Reading:
    """Takes a reading; what is garbage is collected first."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    sizes = [path.stat().st_size if path.exists() else 0 for path in (data / DATABASE, data / f"{DATABASE}-wal")]
    return Reading(
        polls,
        pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE,
        len(list(Path("/proc/self/fd").iterdir())),
        len(asyncio.all_tasks()),
        sizes[0] / MEGABYTE,
        sizes[1] / MEGABYTE,
        len(index),
        len(index.window.vocabulary),
    )


def caches() -> dict[str, tuple[int, int]]:
    """How many entries wirewatch's bounded caches of results have, and how many they may have, by name."""
    found = {}
    for cache in gc.get_objects():
        if isinstance(cache, functools._lru_cache_wrapper) and cache.__module__.startswith("wirewatch"):
            now = cache.cache_info()
            if now.maxsize is not None:
                found[f"{cache.__module__}.{cache.__name__}"] = (now.currsize, now.maxsize)  # type: ignore[attr-defined]
    return found


def fill_caches(news: News) -> None:
    """Judges invented items, in words that nobody has seen before and with near copies, until no cache takes more.

    Then goes on: a full dictionary that loses an entry for each new one is laid out anew now and then, and only after
    the third time does the next one find room where an earlier one was.
    """
    judging = Process(configuration.Config())
    before: dict[str, tuple[int, int]] = {}
    more = 6
    while more:
        for _ in range(500):
            words = [news.unseen() for _ in range(30)]
            summary = " ".join(words[10:])
            for last in (words[0], news.unseen()):
                headline = " ".join([*words[1:10], last])
                judging.place(Item(headline, "Warm-up", headline, 0.0, summary=f"{summary}."))
        more -= before == caches()
        before = caches()


def slope(readings: list[Reading]) -> float:
    """Megabytes of memory for 1,000 polls of each source, by least squares."""
    middle = sum(one.polls for one in readings) / len(readings)
    mean = sum(one.memory for one in readings) / len(readings)
    over = sum((one.polls - middle) ** 2 for one in readings)
    return 1000 * sum((one.polls - middle) * (one.memory - mean) for one in readings) / over if over else 0.0


def age(writer: SqliteWriter, now: float, daily: float) -> None:
    """Has the store remember the keys of so many items a day, two of each, for as long as it ever does."""
    dice = random.Random(5)
    days = int(GONE_DAYS)
    keys = ((dice.getrandbits(63), now - day * DAY) for day in range(days) for _ in range(int(2 * daily)))
    writer._db.execute("BEGIN")
    writer._db.executemany("INSERT INTO gone VALUES (?, ?)", ((key, int(at)) for key, at in keys))
    writer._db.execute("COMMIT")
    writer._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def written(path: Path, sources: int, every: float) -> None:
    """Writes the configuration."""
    text = "[store]\nkeep_days = 3\n" + "".join(
        f'[[source]]\nname = "S{n}"\nurl = "http://h{n}.example/feed"\nevery = "{every:.0f}s"\n' for n in range(sources)
    )
    path.write_text(text, encoding="utf-8")


async def soak(
    sources: int, polls: int, data: Path, *, every: float = EVERY, daily: float = DAILY, settle: float = SETTLE
) -> list[Reading]:
    """Runs the engine for so many polls of so many sources after warm-up; readings at forty moments."""
    feeds, clock = News(every=SETTLING, daily=daily), Clock()
    engine_module.Fetcher = lambda **_: feeds  # type: ignore[assignment,misc]
    readers.Parser = lambda **_: feeds  # type: ignore[assignment,misc]
    engine_module.HOUSEKEEPING = 60.0
    logging.disable(logging.WARNING)  # one poll in fifty fails, which is no news here
    path = data / "soak.toml"
    written(path, sources, SETTLING)
    writer = open_writer(data, now=clock.now)
    if not writer.claim("soak"):
        raise SystemExit("the lease is held")
    age(writer, clock.now(), sources * daily)
    stop = asyncio.Event()
    memory.give_back()
    engine = engine_module.Engine(configuration.load(path), data, writer, clock=clock, on_begun=memory.settle)
    task = asyncio.create_task(engine.run(stop))
    await engine._storing.run(fill_caches, feeds)  # in the thread that fills them later: each has its own heap
    index = engine._storing._filing.process.index
    for _ in range(8):
        await asyncio.sleep(settle * DAY / 8)
        print("warm-up:", read(data, 0, index).line, f" {time.process_time():.0f} s CPU", flush=True)
    written(path, sources, every)
    feeds.every = every
    await asyncio.sleep(SETTLING)  # until all are asked by the new pace
    readings = [read(data, 0, index)]
    begun = feeds.polls, feeds.count, caches()
    step = max(1, polls // 40)
    for done in range(step, polls + 1, step):
        await asyncio.sleep(step * every)
        readings.append(read(data, done, index))
        print(readings[-1].line, f" {time.process_time():.0f} s CPU", flush=True)
    print(f"{feeds.polls - begun[0]:,} polls in all, {feeds.count - begun[1]:,} items")
    for name, (entries, most) in sorted(caches().items()):
        if entries:
            print(f"cache {name}: {begun[2].get(name, (0, 0))[0]} to {entries} of {most}")
    stop.set()
    await task
    writer.close()
    return readings


def main() -> None:
    """Runs it and prints what came of it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--polls", type=int, default=2000)
    options.add_argument("--every", type=float, default=EVERY, help="seconds between polls of a source")
    options.add_argument("--daily", type=float, default=DAILY, help="items a day of a source")
    options.add_argument("--settle", type=float, default=SETTLE, help="days of warm-up")
    args = options.parse_args()
    readings: list[Reading] = []
    with tempfile.TemporaryDirectory() as folder:

        async def run() -> None:
            found = await soak(
                args.sources, args.polls, Path(folder), every=args.every, daily=args.daily, settle=args.settle
            )
            readings.extend(found)

        simulated(run)
        problems = check(Path(folder))
    print(f"memory: {slope(readings):+.2f} MB for 1,000 polls of each of {args.sources} sources, after warm-up")
    for what, values in (
        ("descriptors", {one.descriptors for one in readings}),
        ("tasks", {one.tasks for one in readings}),
        ("items in the index", {one.items for one in readings}),
        ("words in the index", {one.words for one in readings}),
    ):
        print(f"{what}: {min(values)} to {max(values)}")
    database, wal = [one.database for one in readings], max(one.wal for one in readings)
    print(f"database: {min(database):.1f} to {max(database):.1f} MB, WAL at most {wal:.1f} MB")
    print("\n".join(problems) or "integrity: ok")


if __name__ == "__main__":
    main()
