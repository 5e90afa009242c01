"""What a refresh costs beside other readers: `make bench-refresh`, `python -m bench.refresh [--feeds N] [--rounds N]`.

CPU seconds of the whole process tree, medians of interleaved rounds, from one loopback server (its own time isn't
counted): a first load; a pass in which nothing changed, told by 304 and told by nothing (the same bytes again); a pass
in which one feed in twenty has something new. wirewatch's first load is a process from start to end, with recognition,
flags, store and full-text index; its passes run in the engine that stays, asked by the store as a desk asks it. The
other readers begin anew for each pass, as they do.

`reader` is used where PEERS names a Python that has it, newsboat and newsraft where they are on the PATH.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.feedfarm import STYLES, FeedFarm
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PASSES = ("first load", "304", "same bytes", "5 % changed")
BOUNDS = {"first load": 0.5, "304": 0.15, "same bytes": 0.15, "5 % changed": 0.2}
"""How much of newsboat's cost wirewatch may have."""
LONGEST = 600.0
TICK = os.sysconf("SC_CLK_TCK")
PEERS = os.environ.get("PEERS", "")

READER = """
import sys, reader
r = reader.make_reader(sys.argv[1])
for url in open(sys.argv[2]).read().split():
    r.add_feed(url, exist_ok=True)
r.update_feeds(scheduled=False, workers=10)
"""
FETCHED = """
async def one(client, url, etag, gate):
    async with gate:
        answer = await client.get(url, headers={"If-None-Match": etag} if etag else {})
    if answer.status_code == 200:
        file(answer.content)
        db.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (url, answer.headers.get("etag")))
        db.commit()
async def main():
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT)")
    etags = dict(db.execute("SELECT url, etag FROM feeds"))
    gate = asyncio.Semaphore(50)
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(one(client, url, etags.get(url), gate) for url in open(sys.argv[2]).read().split()))
asyncio.run(main())
"""
"""The rest of a reader that has a database `db` and knows how to `file` a document."""
LOOP = """
import asyncio, io, sqlite3, sys
import feedparser, httpx
db = sqlite3.connect(sys.argv[1])
db.execute("CREATE TABLE IF NOT EXISTS items (guid TEXT PRIMARY KEY, title TEXT, link TEXT, summary TEXT, date TEXT)")
def file(body):
    for entry in feedparser.parse(io.BytesIO(body)).entries:
        row = [entry.get(name) for name in ("id", "title", "link", "summary", "published")]
        db.execute("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)", row)
"""
LOOP += FETCHED
FLOOR = """
import asyncio, sqlite3, sys
import httpx
from xml.parsers import expat
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA synchronous = NORMAL")
db.execute("CREATE TABLE IF NOT EXISTS items (n INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, summary TEXT)")
db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, summary, content = '', columnsize = 0)")
def read(body):
    items, item, inside = [], {}, ""
    def begin(tag, _):
        nonlocal item, inside
        inside = tag
        if tag in ("item", "entry"):
            item = {}
            items.append(item)
    def text(said):
        item[inside] = item.get(inside, "") + said
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = begin, text
    parser.Parse(body, True)
    return items
def file(body):
    for item in read(body):
        told = (item.get("title"), item.get("description") or item.get("summary"))
        known = (item.get("guid") or item.get("id"), *told)
        row = db.execute("INSERT OR IGNORE INTO items VALUES (NULL, ?, ?, ?)", known)
        if row.rowcount:
            db.execute("INSERT INTO words (rowid, title, summary) VALUES (?, ?, ?)", (row.lastrowid, *told))
"""
FLOOR += FETCHED
"""The least that a reader in Python with httpx and a full-text index can do: nothing is checked, cleaned or judged."""


class Reader(Protocol):
    """A reader of feeds with a state of its own."""

    async def first_load(self) -> float:
        """CPU seconds of a first load."""

    async def refresh(self) -> float:
        """CPU seconds of one more pass."""

    async def end(self) -> None:
        """Ends what runs."""


async def _run(command: list[str]) -> float:
    """CPU seconds of a process and all that it starts. Raises RuntimeError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=asyncio.subprocess.PIPE)
    _, complaints = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[0]}: {complaints.decode(errors='replace')[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Cold:
    """A reader that is started for each pass."""

    def __init__(self, command: list[str]) -> None:
        self._command = command

    async def first_load(self) -> float:
        return await _run(self._command)

    refresh = first_load

    async def end(self) -> None:
        pass


class Wirewatch:
    """The engine: `poll --once` for the first load, then one that stays."""

    def __init__(self, config: Path, data: Path, feeds: int) -> None:
        self._command = [sys.executable, "-m", "wirewatch", "--config", str(config), "--data", str(data), "poll"]
        self._data = data
        self._feeds = feeds
        self._resident: asyncio.subprocess.Process | None = None

    async def first_load(self) -> float:
        return await _run([*self._command, "--once"])

    async def refresh(self) -> float:
        if self._resident is None:
            quiet = asyncio.subprocess.DEVNULL
            self._resident = await asyncio.create_subprocess_exec(*self._command, stdout=quiet, stderr=quiet)
            store = open_reader(self._data, read_only=False)
            await until(lambda: store.engine() is not None and _tree_cpu(self._resident.pid) > 0.3)
            store.close()
            await _settled(self._resident.pid)
        store = open_reader(self._data, read_only=False)
        try:
            begun = _tree_cpu(self._resident.pid)
            asked = {name: state.requests for name, state in store.states().items()}
            store.ask_poll(["*"])
            await until(lambda: all(state.requests > asked[name] for name, state in store.states().items()))
            await _settled(self._resident.pid)
            return _tree_cpu(self._resident.pid) - begun
        finally:
            store.close()

    async def end(self) -> None:
        if self._resident is not None:
            self._resident.terminate()
            await self._resident.wait()


async def until(what: Callable[[], bool]) -> None:
    """Waits until something is so. Raises TimeoutError."""
    start = time.monotonic()
    while not what():
        if time.monotonic() - start > LONGEST:
            raise TimeoutError(f"not so after {LONGEST:.0f} s")
        await asyncio.sleep(0.05)


async def _settled(pid: int) -> None:
    """Waits until a process and its children do nothing more, the index included."""
    used = -1.0
    while (now := _tree_cpu(pid)) - used > 0.02:
        used = now
        await asyncio.sleep(0.5)


def _tree_cpu(pid: int) -> float:
    """CPU seconds of a process, its living children and those it has buried."""
    total = 0.0
    for one in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(map(int, fields[11:15])) / TICK
    return total


def _children(pid: int) -> Iterable[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    for task in Path(f"/proc/{pid}/task").iterdir() if found.exists() else ():
        yield from map(int, (task / "children").read_text().split())


def competitors(
    farm: FeedFarm, folder: Path, names: Iterable[str]
) -> tuple[dict[str, Callable[[Path], Reader]], list[str]]:
    """How to make each reader with a state in a folder of its own; and a line for each that isn't here."""
    urls = folder / "urls"
    urls.write_text("".join(f"{farm.url(number)}\n" for number in range(len(farm.feeds))))
    settings = folder / "newsboat"
    settings.write_text("reload-threads 20\nauto-reload no\n")
    config = folder / "config.toml"
    config.write_text(farm.config(every="1h"))
    makers: dict[str, Callable[[Path], Reader]] = {"wirewatch": lambda state: Wirewatch(config, state, len(farm.feeds))}
    missing = []
    if (found := shutil.which("newsboat")) is not None:
        flags = ["-x", "reload", "-u", str(urls), "-C", str(settings)]
        makers["newsboat"] = lambda state: Cold([found, "-c", str(state / "cache.db"), *flags])
    else:
        missing.append("newsboat is not installed (Debian: apt-get install newsboat)")
    if shutil.which("newsraft") is None:
        missing.append("newsraft is not installed (no Debian package; built from its source)")
    else:
        feeds = folder / "newsraft-feeds"
        feeds.write_text(urls.read_text())
        makers["newsraft"] = lambda state: Cold(
            ["newsraft", "-f", str(feeds), "-d", str(state / "newsraft.sqlite3"), "-e", "reload-all"]
        )
    if PEERS:
        makers["reader"] = lambda state: Cold([PEERS, "-c", READER, str(state / "reader.sqlite"), str(urls)])
    else:
        missing.append("reader is left out (PEERS=<a Python that has it>)")
    makers["httpx + feedparser loop"] = lambda state: Cold(
        [sys.executable, "-c", LOOP, str(state / "loop.sqlite"), str(urls)]
    )
    makers["httpx + expat + SQLite alone"] = lambda state: Cold(
        [sys.executable, "-c", FLOOR, str(state / "floor.sqlite"), str(urls)]
    )
    wanted = set(names)
    return {name: maker for name, maker in makers.items() if not wanted or name in wanted}, missing


def change(farm: FeedFarm) -> None:
    """Puts something new into one feed in twenty."""
    for feed in range(0, len(farm.feeds), 20):
        farm.publish_in(feed)


async def round_of(farm: FeedFarm, maker: Callable[[Path], Reader], passes: Iterable[str]) -> dict[str, float]:
    """CPU seconds of each kind of pass, with an empty state at the beginning."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as state:
        one = maker(Path(state))
        try:
            found["first load"] = await one.first_load()
            for feed in range(len(farm.feeds)):  # so that tables and patterns that are loaded late are there already
                farm.publish_in(feed)
            for _ in range(4):  # newsboat forgets validators until it has loaded twice
                before = farm.not_modified
                spent = await one.refresh()
                if farm.not_modified - before >= len(farm.feeds):
                    break
            if "304" in passes:
                found["304"] = spent if farm.not_modified - before >= len(farm.feeds) else float("nan")
            if "same bytes" in passes:
                farm.validators = False
                found["same bytes"] = await one.refresh()
                farm.validators = True
            if "5 % changed" in passes:
                change(farm)
                found["5 % changed"] = await one.refresh()
        finally:
            farm.validators = True
            await one.end()
    return found


async def compare(
    feeds: int, rounds: int, names: list[str], passes: tuple[str, ...], items: int = 50
) -> dict[str, dict[str, float]]:
    """Medians by reader and pass."""
    taken: dict[str, dict[str, list[float]]] = {}
    async with FeedFarm(feeds=feeds, items=items, now=time.time() - 60, styles=STYLES) as farm:
        with tempfile.TemporaryDirectory() as folder:
            makers, missing = competitors(farm, Path(folder), names)
            print("\n".join(missing), flush=True)
            for number in range(rounds):
                for name, maker in makers.items():
                    found = await round_of(farm, maker, passes)
                    print(f"  round {number + 1} {name}: {found}", file=sys.stderr, flush=True)
                    for key, spent in found.items():
                        taken.setdefault(name, {}).setdefault(key, []).append(spent)
    return {name: {key: statistics.median(spent) for key, spent in by.items()} for name, by in taken.items()}


def table(medians: dict[str, dict[str, float]], passes: Iterable[str]) -> Iterable[str]:
    """CPU seconds of each reader, and wirewatch's share of newsboat's beside what it may be."""
    yield f"{'CPU seconds':<30}" + "".join(f"{name:>14}" for name in passes)
    for name, by in medians.items():
        yield f"{name:<30}" + "".join(f"{by.get(key, float('nan')):>14.2f}" for key in passes)
    ours = medians.get("wirewatch", {})
    for name, by in medians.items():
        if name != "wirewatch":
            ratios = (ours.get(key, float("nan")) / by[key] if by.get(key) else float("nan") for key in passes)
            yield f"{'wirewatch / ' + name:<42}" + "".join(f"{ratio:>14.3f}" for ratio in ratios)
    yield f"{'asked, of newsboat':<42}" + "".join(f"{'≤ ' + format(BOUNDS[key], 'g'):>14}" for key in passes)


async def main(feeds: int, rounds: int, names: list[str], many: int) -> None:
    print(f"{feeds} feeds of 50 items, medians of {rounds} interleaved rounds, load {os.getloadavg()[0]:.1f}")
    medians = await compare(feeds, rounds, names, PASSES)
    print("\n".join(table(medians, PASSES)))
    if many:
        # an unchanged feed costs what it costs however many items it has: few make the first load short
        few, lot = [await compare(count, 3, ["wirewatch"], ("304",), items=2) for count in (feeds, many)]
        share = lot["wirewatch"]["304"] / many / (few["wirewatch"]["304"] / feeds)
        print(f"a 304 of {many:,} feeds costs {share:.2f} times one of {feeds}: linear is 1")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--many", type=int, default=1000, help="feeds of the last pass, 0 for none")
    options.add_argument("--only", nargs="*", default=[])
    chosen = options.parse_args()
    asyncio.run(main(chosen.feeds, chosen.rounds, chosen.only, chosen.many))
