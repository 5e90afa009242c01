"""From the last byte of a feed to the painted row: `python -m bench.arrival [arrivals]`.

A real desk on a real pseudo-terminal with its real engine, which polls a farm of feeds every second. An item is
published, and the clock runs from the moment its body is handed to the socket to the moment its headline has been
written to the terminal. In the same run: what one frame of the same desk takes, from a key to the first byte of the
answer. Prints milliseconds, as they are on this machine with its load.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.feedfarm import FeedFarm
from bench.first_load import PtyDesk, until
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wirewatch.store.contract import Reader

FEEDS, ITEMS = 20, 20
LONGEST = 60.0
BOUNDS = {"p50": 60.0, "p99": 150.0}


class WatchedDesk(PtyDesk):
    """A desk whose output is looked through for a word."""

    def __init__(self, config: Path, data: Path, stalls: Path) -> None:
        self._seen = b""
        self._wanted = b""
        self._found: asyncio.Future[float] | None = None
        super().__init__(config, data, stalls)

    def _read(self) -> None:
        try:
            piece = os.read(self.terminal, 1 << 16)
        except OSError:
            asyncio.get_running_loop().remove_reader(self.terminal)
            return
        self.painted += len(piece)
        self._seen = (self._seen + piece)[-(1 << 17) :]
        if self._found is not None and not self._found.done() and (not self._wanted or self._wanted in self._seen):
            self._found.set_result(time.perf_counter())

    async def shown(self, word: bytes) -> float:
        """When a word was written to the terminal; with no word, when anything was."""
        self._seen, self._wanted = b"", word
        self._found = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(LONGEST):
            return await self._found

    async def key(self, key: bytes) -> float:
        """Seconds from a key to the first byte of what it changes."""
        begun = time.perf_counter()
        os.write(self.terminal, key)
        return await self.shown(b"") - begun


def share(times: list[float], part: float) -> float:
    """The time in milliseconds that this part of them lies below."""
    return 1000 * sorted(times)[min(int(part * len(times)), len(times) - 1)]


async def measure(
    arrivals: int,
    folder: Path,
    *,
    keys: bytes = b"jg",
    more: str = "",
    beside: Callable[[int, Reader], Awaitable[None]] | None = None,
) -> tuple[list[float], list[float]]:
    """Seconds to the painted row for each arrival, and for frames between them.

    `keys` are pressed for these: down and back to the newest, from where arrivals are followed. `more` is more
    configuration; `beside` runs all the while, and is given the desk's process and the store.
    """
    async with FeedFarm(feeds=FEEDS, items=ITEMS, now=time.time() - 60) as farm:
        config, data = folder / "config.toml", folder / "data"
        config.write_text(farm.config(every="1s") + more)
        desk = WatchedDesk(config, data, folder / "stalls.json")
        try:
            await until((data / "wirewatch.sqlite").exists)
            with contextlib.closing(open_reader(data, read_only=False)) as reader:
                await until(lambda: sum(state.items for state in reader.states().values()) >= FEEDS * ITEMS)
            reader = open_reader(data, read_only=False)
            company = asyncio.create_task(beside(desk.pid, reader)) if beside else None
            await asyncio.sleep(3)
            rows, frames = [], []
            for number in range(arrivals):
                word = f"Zq{number}xv"
                feed = number % FEEDS
                farm.publish_in(feed, first=word)
                shown = await desk.shown(word.encode())
                rows.append(shown - farm.sent[feed])
                await asyncio.sleep(0.3)
                for key in keys:
                    frames.append(await desk.key(bytes([key])))
                    await asyncio.sleep(0.2)
            if company is not None:
                company.cancel()
            reader.close()
        finally:
            await desk.quit()
    return rows, frames


async def main(arrivals: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows, frames = await measure(arrivals, Path(folder))
    print(f"{arrivals} arrivals at a desk of {FEEDS} feeds, load {os.getloadavg()[0]:.1f}")
    print(f"{'milliseconds':<36}{'p50':>8}{'p99':>8}{'most':>8}")
    for name, times in (("last body byte to painted row", rows), ("one frame, key to first byte", frames)):
        print(f"{name:<36}{share(times, 0.5):>8.1f}{share(times, 0.99):>8.1f}{1000 * max(times):>8.1f}")
    print(f"{'asked, on an idle machine':<36}{BOUNDS['p50']:>8.0f}{BOUNDS['p99']:>8.0f}")
    print(f"a row costs {statistics.median(rows) / statistics.median(frames):.1f} frames")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
