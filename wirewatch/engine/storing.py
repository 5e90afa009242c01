"""The engine's one thread that owns the store, and all that happens in it: filing, what waits, index, retention."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from wirewatch.clock import DAY, HOUR
from wirewatch.engine import edits
from wirewatch.engine.alerting import Alerting
from wirewatch.engine.filing import Filing
from wirewatch.engine.held import Held
from wirewatch.engine.process import Process
from wirewatch.errors import StoreError
from wirewatch.store.contract import StoreBusyError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wirewatch.clock import Clock
    from wirewatch.config import Config
    from wirewatch.config.settings import StoreSettings
    from wirewatch.engine.held import Trouble, Written
    from wirewatch.model import Change, Document, SourceState
    from wirewatch.store.contract import Writer

T = TypeVar("T")

WINDOW = 3 * DAY
"""How far back items are kept in the same-story index."""
SLOW = 1.0
"""Seconds for which the index is filled without a word."""
RETRY_FULL, RETRY_BUSY = 30.0, 1.0
"""Seconds between tries to write what waits: on a full disk, and in a locked database, which itself waits for long."""

TOGETHER = 0.05
"""Seconds that a poll without news waits for others, to be written with them."""

INDEX_BATCH = 500
"""Items that go into the full-text index in one transaction."""
INDEX_AFTER = 0.5
"""Seconds that a new item waits for others, to go into the index with them; it can be found meanwhile."""

log = logging.getLogger(__name__)


class _Together(NamedTuple):
    """Polls without news that are written in one transaction."""

    polls: list[tuple[SourceState, float | None]]
    written: asyncio.Task[dict[str, SourceState]]


class Storing:
    """Files what polls bring. `tell` gets what was written, `say` what the user should know.

    `on_late` gets what became of polls that had to wait, before `tell` does.
    """

    def __init__(
        self,
        config: Config,
        data: Path,
        writer: Writer,
        *,
        clock: Clock,
        say: Callable[[str], None],
        tell: Callable[[Sequence[Change]], None],
        on_late: Callable[[Written], None],
    ) -> None:
        self.config = config
        self.writer = writer
        self._clock = clock
        self._say = say
        self._tell = tell
        self._on_late = on_late
        self._alerting = Alerting(config, writer, clock.now)
        self._filing = Filing(Process(config), writer, self._alerting)
        self._held = Held(self._filing, self._start_over, lambda: shutil.disk_usage(data).free)
        self._thread = ThreadPoolExecutor(1, "store")
        self._to_write = asyncio.Event()
        self._to_index = asyncio.Event()
        self._to_reflag: edits.Reflag | None = None
        self._together: _Together | None = None

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be written now, None while it can."""
        return self._held.trouble

    @property
    def full(self) -> bool:
        """True when no more may wait in memory."""
        return self._held.full

    async def run(self, work: Callable[..., T], *args: object) -> T:
        """Runs something in the thread of the store; a write begun is finished even when cancelled."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args))
        return await asyncio.shield(future)

    async def begin(self, stop: asyncio.Event | None = None) -> int:
        """Fills the same-story index from the store, which must be before anything is filed; how many items it took.

        Ends early when `stop` is set; then nothing may be filed any more.
        """
        since = self._clock.now() - WINDOW
        steps = self._filing.rebuilding(since)
        begun, count, said = time.monotonic(), 0, False
        while (step := await self.run(lambda: next(steps, None))) is not None:
            count += step
            if stop is not None and stop.is_set():
                return count
            if not said and time.monotonic() - begun > SLOW:
                said = True
                total = await self.run(self.writer.count_recent, since)
                self._say(f"Reading back the {total:,} items of the last three days; sources are asked after that.")
        if said:
            self._say(f"{count:,} items are read back; sources are being asked.")
        return count

    async def end(self) -> None:
        """Writes what waits if there is room by now, gives the lease back and ends the thread."""
        if self._together is not None:
            with suppress(StoreError):
                await self._together.written
        if isinstance(self.trouble, StoreFullError):  # a lock would hold us up
            with suppress(StoreError):
                await self.write_held()
        if self.trouble is not None:
            log.warning("%d items are not stored; they are asked for anew at the next start", self._held.items)
        await self.run(self.writer.release)
        self._thread.shutdown()

    async def file(self, document: Document | None, after: SourceState, before: SourceState) -> SourceState:
        """Writes what a poll brought, or has it wait until the store can; the state with its news counted.

        Raises LeaseLostError, and StoreError for what waiting can't mend.
        """
        if document is None and self.trouble is None:
            return await self._file_together(after, before)
        changes, after = await self.run(self._held.file, document, after, before.last_success)
        self._look_for_trouble()
        if changes:
            self._to_index.set()
        self._tell(changes)
        return after

    async def _file_together(self, after: SourceState, before: SourceState) -> SourceState:
        """Writes a poll without news in one transaction with those that end within a moment of it: most polls are."""
        together = self._together
        if together is None:
            together = self._together = _Together([], asyncio.get_running_loop().create_task(self._write_together()))
        together.polls.append((after, before.last_success))
        return (await asyncio.shield(together.written))[after.name]

    async def _write_together(self) -> dict[str, SourceState]:
        await asyncio.sleep(TOGETHER)
        together = self._together
        assert together is not None  # noqa: S101 - this task belongs to it
        self._together = None
        states = await self.run(self._held.file_states, together.polls)
        self._look_for_trouble()
        return states

    def _look_for_trouble(self) -> None:
        if self.trouble is not None and not self._to_write.is_set():
            self._to_write.set()
            self._say(f"{self.trouble} Until then what comes in is kept in memory.")

    async def hand_over(self) -> None:
        """Writes what waits, as soon as the store can (FAULTS 119, 125); never ends."""
        while True:
            await self._to_write.wait()
            await asyncio.sleep(RETRY_BUSY if isinstance(self.trouble, StoreBusyError) else RETRY_FULL)
            await self.write_held()

    async def write_held(self) -> None:
        """Tries to write what waits, in order."""
        waiting = self._held.items
        moved = True
        while moved and self.trouble is not None:
            written = await self.run(self._held.retry)
            self._on_late(written)
            self._tell(written.changes)
            moved = bool(written.states or written.given_up)
        if self.trouble is None and self._to_write.is_set():
            self._to_write.clear()
            self._to_index.set()
            self._say(f"The store takes writes again; what waited in memory ({waiting} items) is stored.")

    def reload(self, config: Config) -> None:
        """Takes over an edited configuration: watch words and rules count for the last day too, once `attend` ran."""
        self._alerting.reload(config)
        edit = edits.between(self.config, config)
        if edit != edits.Reflag() or config.rules != self.config.rules:
            self._filing.process.reload(config)
        if edit != edits.Reflag():
            self._to_reflag = edit.after(self._to_reflag)
        self.config = config

    async def paused(self) -> set[str]:
        """The sources that the user has paused."""
        return await self.run(self.writer.paused)

    async def attend(self) -> list[str]:
        """What the desks ask for: the user's word on stories, after an edit the flags read anew, and polls.

        The sources that are to be polled now.
        """
        with suppress(StoreBusyError, StoreFullError):  # asked again soon
            if self.trouble is None and self._alerting.owes and await self.run(self._alerting.summarise):
                self._tell(())
            if self.trouble is None and self._to_reflag is not None:
                edit, self._to_reflag = self._to_reflag, None
                try:
                    changes = await self.run(self._filing.reflag, self._clock.now() - DAY, edit)
                except (StoreBusyError, StoreFullError):
                    self._to_reflag = edit.after(self._to_reflag)
                    raise
                self._tell(changes)
                log.info("flags read anew: %d stories changed", len(changes))
            if self.trouble is None:
                changes, refused = await self.run(self._filing.hear)
                self._tell(changes)
                for sentence in refused:
                    self._say(sentence)
                return await self.run(self.writer.poll_requests)
        return []

    async def index_all(self) -> None:
        """Puts all that waits for it into the full-text index, in small batches."""
        done = INDEX_BATCH
        while self.trouble is None and done == INDEX_BATCH:
            done = await self.run(self.writer.index_some, INDEX_BATCH)

    async def index(self) -> None:
        """Fills the full-text index whenever something waits; never ends."""
        while True:
            self._to_index.clear()
            await self.index_all()
            await self._to_index.wait()
            await asyncio.sleep(INDEX_AFTER)

    async def retain(self) -> None:
        """Drops old stories every hour; never ends."""
        while True:
            keep = self.config.store
            if self.trouble is None:
                gone = await self.run(self._retain_now, keep)
                if gone:
                    log.info("retention: %d stories: %g days, %d stories", gone, keep.keep_days, keep.keep_stories)
            await asyncio.sleep(HOUR)

    def _retain_now(self, keep: StoreSettings) -> int:
        return self.writer.retain(
            now=self._clock.now(), days=keep.keep_days, most=keep.keep_stories, flagged_days=keep.keep_flagged_days
        )

    def _start_over(self) -> None:
        self._filing.start_over(self.config, self._clock.now() - WINDOW)
