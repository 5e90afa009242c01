"""Waiting for what another process does, where no event of it can be awaited."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


async def eventually(what: Callable[[], object], *, within: float = 60.0, why: str = "") -> None:
    """Returns once `what()` is true; fails the test if it isn't so in time. Looks every 20 ms."""
    deadline = time.monotonic() + within
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(why or f"not so within {within:.0f} s")
        await asyncio.sleep(0.02)
