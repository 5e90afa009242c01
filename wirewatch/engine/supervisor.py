"""Tasks that must never end: one that falls over is logged, said and begun again, more slowly each time (FAULT 133)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from wirewatch.errors import LeaseLostError
from wirewatch.store.contract import StoreBusyError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a task is begun again, the first time and at most."""
STORE_PAUSE = 30.0
"""Seconds where the store is full or busy, which is nobody's bug."""
HEALTHY = 60.0
"""A task that ran for this many seconds is forgiven its earlier falls."""

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps tasks running. `say` tells the user; `fail` ends the engine, which a lost lease must."""

    def __init__(self, say: Callable[[str], None], fail: Callable[[BaseException], None]) -> None:
        self._say = say
        self._fail = fail
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        """Begins a task. `name` is what the user reads when it falls over."""
        self._tasks.append(asyncio.create_task(self._keep(work, name), name=name))

    async def end(self, *others: asyncio.Task[None]) -> None:
        """Ends all tasks, and others with them."""
        tasks, self._tasks = [*self._tasks, *others], []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        time = asyncio.get_running_loop().time
        pause = FIRST_PAUSE
        while True:
            began = time()
            try:
                await work()
            except LeaseLostError as error:
                self._fail(error)
                return
            except (StoreBusyError, StoreFullError) as error:
                log.info("%s: %s", name, error)
                await asyncio.sleep(STORE_PAUSE)
            except Exception as error:
                if time() - began > HEALTHY:
                    pause = FIRST_PAUSE
                log.exception("%s fell over", name)
                self._say(
                    f"{name[0].upper()}{name[1:]} fell over ({type(error).__name__}); begun again in {pause:.0f} s."
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
