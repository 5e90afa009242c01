"""How long the desk's event loop is ever away while 200 feeds of 50 items load for the first time.

`python -m bench.first_load [feeds]`: a real desk on a real pseudo-terminal with its real engine, beside a desk with a
single feed in the same run; both write their own stall meter. Prints milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import struct
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING

from bench.feedfarm import FeedFarm
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 300.0
ITEMS = 50


class PtyDesk:
    """`wirewatch` on a pseudo-terminal of 160 by 50, its output read and thrown away, its stalls in a file."""

    def __init__(self, config: Path, data: Path, stalls: Path) -> None:
        self.stalls = stalls
        environment = os.environ | {"WIREWATCH_STALLS": str(stalls), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        command = [sys.executable, "-m", "wirewatch", "--config", str(config), "--data", str(data)]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        os.set_blocking(self.terminal, False)
        asyncio.get_running_loop().add_reader(self.terminal, self._read)
        self.painted = 0

    def _read(self) -> None:
        try:
            self.painted += len(os.read(self.terminal, 1 << 16))
        except OSError:
            asyncio.get_running_loop().remove_reader(self.terminal)

    async def quit(self) -> dict[str, float]:
        """Ends it with `q`; what its meter found."""
        os.write(self.terminal, b"q")
        deadline = time.monotonic() + 10
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):  # noqa: ASYNC222 - it doesn't wait
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            await asyncio.sleep(0.05)
        asyncio.get_running_loop().remove_reader(self.terminal)
        os.close(self.terminal)
        found: dict[str, float] = json.loads(self.stalls.read_text())
        return found


async def until(what: Callable[[], bool]) -> float:
    """Seconds until something is so."""
    start = time.monotonic()
    while not what():
        if time.monotonic() - start > LONGEST:
            raise TimeoutError(f"not so after {LONGEST:.0f} s")
        await asyncio.sleep(0.1)
    return time.monotonic() - start


async def measure(feeds: int, folder: Path) -> tuple[dict[str, float], float]:
    """A desk's first load of so many feeds: what its meter found, and how long it took until all was stored."""
    async with FeedFarm(feeds=feeds, items=ITEMS, now=time.time()) as farm:
        config = folder / "config.toml"
        config.write_text(farm.config(every="60s"))
        data = folder / "data"
        desk = PtyDesk(config, data, folder / "stalls.json")
        await until((data / "wirewatch.sqlite").exists)
        reader = open_reader(data, read_only=False)
        took = await until(lambda: sum(state.items for state in reader.states().values()) >= feeds * ITEMS)
        await asyncio.sleep(3)
        reader.close()
        return await desk.quit(), took


async def main(feeds: int) -> None:
    with tempfile.TemporaryDirectory() as idle, tempfile.TemporaryDirectory() as busy:
        resting, _ = await measure(1, Path(idle))
        loading, took = await measure(feeds, Path(busy))
    print(f"{'desk':<28}{'longest stall':>14}{'over 50 ms':>12}{'ticks':>9}{'at':>9}")
    for name, found in (("one feed", resting), (f"first load of {feeds} feeds", loading)):
        stall = f"{found['max_ms']:>11.1f} ms{found['over_50_ms']:>12.0f}"
        print(f"{name:<28}{stall}{found['ticks']:>9.0f}{found['max_at_s']:>8.1f}s")
    print(f"{feeds * ITEMS} items stored after {took:.1f} s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
