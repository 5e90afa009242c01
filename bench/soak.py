"""Weeks of the engine in minutes: 300 sources polled 2,000 times by a clock that runs ahead, store and all.

`python -m bench.soak [--sources 300] [--polls 2000]`. Sockets and the parser are doubles (see `tests/simulated.py`), so
descriptors are the store's; what a poll brings is judged, written, indexed and dropped again as ever. A source is asked
every five minutes and brings four items a day; one poll in fifty fails. The index holds three days, and so does the
store here: after half of the time both are full, and memory and files must not grow any more. The engine looks after
its house once a minute, not twice a second, or that would be most of the time. The caches of what texts were
found to say fill up with some ten thousand items only, long after: `--sources 60 --every 3600 --daily 24 --polls 480`
goes there. Prints a line now and then and the slope of the second half. Nothing is compared: no other reader's clock
can be turned.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import random
import tempfile
import time
from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.feedfarm import lexicon
from tests.simulated import Clock, Feeds, simulated
from wirewatch import config as configuration
from wirewatch.engine import engine as engine_module
from wirewatch.engine import readers
from wirewatch.engine.fetch import Response
from wirewatch.errors import FetchError
from wirewatch.model import Document, Item
from wirewatch.store import check, open_writer
from wirewatch.store.files import DATABASE

if TYPE_CHECKING:
    from wirewatch.engine.worker import ParseJob
    from wirewatch.model import Source

EVERY = 300.0
"""Seconds between polls of a source; `--every` says otherwise."""
DAILY = 4.0
"""Items a day of a source; `--daily` says otherwise."""
LISTED = 12
MEGABYTE = 1e6


class News(Feeds):
    """Feeds that each bring an item now and then, and fail now and then."""

    def __init__(self, *, every: float = EVERY, daily: float = DAILY) -> None:
        super().__init__()
        self._chance = daily * every / 86400
        self._dice = random.Random(21)
        self._words = lexicon(self._dice)
        self._items: defaultdict[str, deque[tuple[str, str, float]]] = defaultdict(lambda: deque(maxlen=LISTED))
        self._count = 0
        self.polls = 0

    async def fetch(self, source: Source, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        self.polls += 1
        await asyncio.sleep(0.1)
        if self._dice.random() < 0.02:
            raise FetchError("connection refused")
        listed = self._items[source.name]
        if not listed or self._dice.random() < self._chance:
            self._count += 1
            headline = " ".join(self._dice.choices(self._words, k=9)).capitalize()
            listed.appendleft((f"{source.name}-{self._count}", headline, asyncio.get_running_loop().time()))
        tag = listed[0][0]
        if etag == tag:
            return Response(status=304, url=source.url)
        return Response(status=200, url=source.url, content=source.name.encode(), etag=tag, body_hash=tag)

    def parse(self, job: ParseJob) -> Document:
        items = tuple(
            Item(guid, job.source.name, headline, job.received, guid=guid, summary=f"{headline} again and again.")
            for guid, headline, _ in self._items[job.source.name]
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

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"{self.polls:>6} polls a source  {self.memory:7.1f} MB  {self.descriptors} descriptors  {self.tasks} tasks"
            f"  database {self.database:6.1f} MB  WAL {self.wal:5.2f} MB"
        )


def read(data: Path, polls: int) -> Reading:
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
    )


def slope(readings: list[Reading]) -> float:
    """Megabytes of memory for 1,000 polls of each source, by least squares."""
    middle = sum(one.polls for one in readings) / len(readings)
    mean = sum(one.memory for one in readings) / len(readings)
    over = sum((one.polls - middle) ** 2 for one in readings)
    return 1000 * sum((one.polls - middle) * (one.memory - mean) for one in readings) / over if over else 0.0


async def soak(sources: int, polls: int, data: Path, *, every: float = EVERY, daily: float = DAILY) -> list[Reading]:
    """Runs the engine for so many polls of so many sources; readings at forty moments."""
    text = "[store]\nkeep_days = 3\n" + "".join(
        f'[[source]]\nname = "S{n}"\nurl = "http://h{n}.example/feed"\nevery = "{every:.0f}s"\n' for n in range(sources)
    )
    feeds, clock = News(every=every, daily=daily), Clock()
    engine_module.Fetcher = lambda **_: feeds  # type: ignore[assignment,misc]
    readers.Parser = lambda: feeds  # type: ignore[assignment,misc]
    engine_module.HOUSEKEEPING = 60.0
    logging.disable(logging.WARNING)  # one poll in fifty fails, which is no news here
    writer = open_writer(data, now=clock.now)
    if not writer.claim("soak"):
        raise SystemExit("the lease is held")
    stop = asyncio.Event()
    engine = engine_module.Engine(configuration.parse(text, file="soak.toml"), data, writer, clock=clock)
    task = asyncio.create_task(engine.run(stop))
    readings: list[Reading] = []
    step = max(1, polls // 40)
    for done in range(step, polls + 1, step):
        await asyncio.sleep(step * every)
        readings.append(read(data, done))
        print(readings[-1].line, f" {time.process_time():.0f} s CPU", flush=True)
    stop.set()
    await task
    writer.close()
    print(f"{feeds.polls:,} polls in all, {feeds._count:,} items")
    return readings


def main() -> None:
    """Runs it and prints what came of it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--polls", type=int, default=2000)
    options.add_argument("--every", type=float, default=EVERY, help="seconds between polls of a source")
    options.add_argument("--daily", type=float, default=DAILY, help="items a day of a source")
    args = options.parse_args()
    readings: list[Reading] = []
    with tempfile.TemporaryDirectory() as folder:

        async def run() -> None:
            readings.extend(await soak(args.sources, args.polls, Path(folder), every=args.every, daily=args.daily))

        simulated(run)
        problems = check(Path(folder))
    late = readings[len(readings) // 2 :]
    print(f"memory: {slope(late):+.2f} MB for 1,000 polls of each of {args.sources} sources, after warm-up")
    for what, values in (
        ("descriptors", {one.descriptors for one in late}),
        ("tasks", {one.tasks for one in late}),
    ):
        print(f"{what}: {min(values)} to {max(values)}")
    print(f"database: at most {max(one.database for one in late):.1f} MB, WAL {max(one.wal for one in late):.1f} MB")
    print("\n".join(problems) or "integrity: ok")


if __name__ == "__main__":
    main()
