"""A stall meter: how long the event loop was ever away, measured from inside it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

TICK = 0.002
"""Seconds between two ticks."""


class StallMeter:
    """Ticks every two milliseconds and notes by how much each tick came late. Written to a file once a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._task: asyncio.Task[None] | None = None
        self.worst = 0.0
        """Seconds that the loop was away at most."""
        self.worst_at = 0.0
        """Seconds after the start at which that was."""
        self.late = 0
        """Ticks that came more than 50 ms late."""
        self.ticks = 0

    def start(self) -> None:
        """Begins to tick in the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="stall-meter")

    def stop(self) -> None:
        """Ends and writes the file a last time."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.write()

    def write(self) -> None:
        """Writes what was measured so far: milliseconds, counts."""
        found = {
            "max_ms": round(self.worst * 1000, 2),
            "max_at_s": round(self.worst_at, 2),
            "over_50_ms": self.late,
            "ticks": self.ticks,
        }
        self._path.write_bytes(msgspec.json.encode(found))

    async def _run(self) -> None:
        begun = last = written = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            stall = now - last - TICK
            self.ticks += 1
            if stall > self.worst:
                self.worst, self.worst_at = stall, now - begun
            self.late += stall > 0.05
            if now - written > 1.0:
                written = now
                self.write()
                now = time.perf_counter()
            last = now
