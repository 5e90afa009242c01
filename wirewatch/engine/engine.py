"""The engine: asks each source when it is due, files what is new, and never lets one source hold up another.

Fetching is asynchronous; parsing happens in the worker process, driven from one thread; judging and writing happen in
one other thread, which owns the store. The event loop only waits.
"""

from __future__ import annotations

import asyncio
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from wirewatch.clock import DAY, HOUR, SystemClock
from wirewatch.config import Watcher
from wirewatch.engine import schedule
from wirewatch.engine.fetch import Fetcher
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.engine.worker import ParseJob, Parser
from wirewatch.errors import ConfigError, FetchError, LeaseLostError, OfflineError, ParseError, StoreError
from wirewatch.model import SourceState
from wirewatch.store.contract import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wirewatch.clock import Clock
    from wirewatch.config import Config
    from wirewatch.engine.fetch import Response
    from wirewatch.model import Change, Document, Source
    from wirewatch.store.contract import Writer

T = TypeVar("T")

ANSWERED_LATELY = 60.0
"""Seconds: while any source answered within these, another one's lack of a network is its own trouble."""
HOUSEKEEPING = 0.5
"""Seconds between looks at what desks asked for and at the configuration."""
WINDOW = 3 * DAY
"""How far back items are kept in the same-story index."""
RETRY_WRITE = 30.0
"""Seconds before a poll that couldn't be stored is repeated (FAULT 119)."""

log = logging.getLogger(__name__)


class Engine:
    """Polls the sources of a configuration into a store whose lease it holds."""

    def __init__(
        self,
        config: Config,
        data: Path,
        writer: Writer,
        *,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        on_changes: Callable[[Sequence[Change]], None] | None = None,
    ) -> None:
        self.config = config
        self.data = data
        self.clock = clock or SystemClock()
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._writer = writer
        self._filing = Filing(Process(config), writer)
        self._on_changes = on_changes
        self._states: dict[str, SourceState] = {}
        self._due: dict[str, float] = {}
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._to_index = asyncio.Event()
        self._store_thread = ThreadPoolExecutor(1, "store")
        self._parse_thread = ThreadPoolExecutor(1, "parse")
        self._parser = Parser()
        self._answered: float | None = None
        self._failure: BaseException | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop` is set, then finishes what is being written and leaves. Raises LeaseLostError."""
        async with Fetcher() as self._fetcher:
            await self._begin()
            stopper = asyncio.create_task(self._leave_when(stop))
            helpers = [
                self._forever(self._keep_house, "housekeeping"),
                self._forever(self._index, "full-text index"),
                self._forever(self._retain, "retention"),
            ]
            try:
                while not stop.is_set() and self._failure is None:
                    self._start_due()
                    await self._next_event()
            finally:
                await _cancel([stopper, *helpers, *self._in_flight.values()])
                await self._end()
        if self._failure is not None:
            raise self._failure

    async def once(self) -> dict[str, SourceState]:
        """Asks every source once, due or not, except those held back by the server or gone; their states after."""
        async with Fetcher() as self._fetcher:
            await self._begin()
            now = self.clock.now()
            asked = [
                source for source in self.config.sources if not schedule.held_back(self._states.get(source.name), now)
            ]
            try:
                await asyncio.gather(*(self._poll(source) for source in asked))
                while await self._in_store(self._writer.index_some):
                    pass
            finally:
                await self._end()
        if self._failure is not None:
            raise self._failure
        return {source.name: self._states[source.name] for source in self.config.sources if source.name in self._states}

    # -- beginning and ending ------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        self._states = await self._in_store(self._writer.states)
        count = await self._in_store(self._filing.rebuild, self.clock.now() - WINDOW)
        for source in self.config.sources:
            state = self._states.get(source.name)
            if state is not None and state.held_until is not None:
                self._fetcher.hold(
                    source.url, state.held_until
                )  # a host that asked for silence gets it after a restart
        log.info("engine begins: %d sources, %d items of the last days in the index", len(self.config.sources), count)
        self._plan()

    async def _end(self) -> None:
        await self._in_store(self._writer.release)
        self._store_thread.shutdown()
        self._parser.close()
        self._parse_thread.shutdown(cancel_futures=True)
        log.info("engine ends")

    async def _leave_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    def _forever(self, work: Callable[[], object], name: str) -> asyncio.Task[None]:
        return asyncio.create_task(self._supervised(work, name), name=name)

    async def _supervised(self, work: Callable[[], object], name: str) -> None:
        """Runs a task that must never end; one that fell over is logged and begun again, more slowly each time."""
        pause = 1.0
        while True:
            try:
                await work()  # type: ignore[misc]
            except LeaseLostError as error:
                self._fail(error)
                return
            except Exception:
                log.exception("%s fell over; begun again in %.0f s", name, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._wake.set()

    # -- when ----------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Every source its next moment, from the persisted schedule; no burst after a restart."""
        now, tick = self.clock.now(), self.clock.monotonic()
        moments = schedule.resume(self.config.sources, self._states, now=now, rng=self._rng)
        self._due = {name: tick + max(0.0, moment - now) for name, moment in moments.items()}
        self._wake.set()

    def _start_due(self) -> None:
        tick = self.clock.monotonic()
        by_name = {source.name: source for source in self.config.sources}
        for name, moment in list(self._due.items()):
            if moment <= tick and name in by_name and name not in self._in_flight:
                del self._due[name]
                task = asyncio.create_task(self._poll(by_name[name]), name=f"poll {name}")
                self._in_flight[name] = task
                task.add_done_callback(lambda _done, name=name: self._landed(name))  # type: ignore[misc]

    def _landed(self, name: str) -> None:
        self._in_flight.pop(name, None)
        self._wake.set()

    async def _next_event(self) -> None:
        waiting = [moment for name, moment in self._due.items() if name not in self._in_flight]
        delay = max(0.0, min(waiting) - self.clock.monotonic()) if waiting else None
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._wake.wait()
        self._wake.clear()

    # -- one poll ------------------------------------------------------------------------------------------------

    async def _poll(self, source: Source) -> None:
        """Asks one source and files the answer; whatever happens, the source has a state and a next poll after."""
        before = self._states.get(source.name) or SourceState(source.name)
        if before.url != source.url:
            before = schedule.moved(before, source)
        try:
            after = await self._ask(source, before)
        except LeaseLostError as error:
            self._fail(error)
            return
        except StoreError as error:
            log.warning("%s: not stored, tried again in %.0f s: %s", source.name, RETRY_WRITE, error)
            await self._start_over()
            self._due[source.name] = self.clock.monotonic() + RETRY_WRITE
            return
        except Exception as error:
            log.exception("%s: the engine stumbled", source.name)
            problem = FetchError(f"wirewatch stumbled over this source: {type(error).__name__}; its log says more")
            after = schedule.after_failure(source, before, problem, now=self.clock.now(), rng=self._rng)
        self._states[source.name] = after
        if after.next_poll is not None:
            self._due[source.name] = self.clock.monotonic() + max(0.0, after.next_poll - self.clock.now())

    async def _ask(self, source: Source, before: SourceState) -> SourceState:
        now = self.clock.now
        etag, modified = schedule.validators(before, now=now())
        try:
            response = await self._fetcher.fetch(source, etag=etag, last_modified=modified)
            self._answered = self.clock.monotonic()
            if response.content is None or response.body_hash == before.body_hash:
                after = schedule.after_unchanged(source, before, response, now=now(), rng=self._rng)
                await self._in_store(self._writer.complete, Outcome(after))
                return after
            document = await self._parse(source, response, response.content)
        except (FetchError, ParseError) as error:
            after = schedule.after_failure(
                source, before, error, now=now(), rng=self._rng, offline=self._is_offline(error)
            )
            if (after.state, after.reason) != (before.state, before.reason):  # a repetition says nothing new
                log.warning("%s: %s; %s", source.name, after.reason, after.next_why)
            await self._in_store(self._writer.complete, Outcome(after))
            return after
        after = schedule.after_success(source, before, response, document, now=now(), rng=self._rng)
        changes, after = await self._in_store(self._file, document, after, before.last_success)
        self._to_index.set()
        self._tell(changes)
        return after

    def _tell(self, changes: Sequence[Change]) -> None:
        """Hands on what was written. A listener that fails (a closed pipe) ends the engine; no source is to blame."""
        if self._on_changes is None or not changes:
            return
        try:
            self._on_changes(changes)
        except Exception as error:  # noqa: BLE001 - raised again by run() and once()
            self._fail(error)

    def _is_offline(self, error: FetchError | ParseError) -> bool:
        """True when it is this machine that has no network, and not just one source that can't be reached."""
        if isinstance(error, FetchError) and error.status is not None:
            self._answered = self.clock.monotonic()
        if not isinstance(error, OfflineError):
            return False
        return self._answered is None or self.clock.monotonic() - self._answered > ANSWERED_LATELY

    async def _parse(self, source: Source, response: Response, content: bytes) -> Document:
        job = ParseJob(
            content=content,
            source=source,
            received=self.clock.now(),
            content_type=response.content_type,
            url=response.url,
        )
        return await asyncio.get_running_loop().run_in_executor(self._parse_thread, self._parser.parse, job)

    def _file(self, document: Document, state: SourceState, heard: float | None) -> tuple[list[Change], SourceState]:
        return self._filing.file(document, state, heard=heard)

    async def _start_over(self) -> None:
        """Forgets judgements that were not stored: the index is read again from what is."""
        self._filing = Filing(Process(self.config), self._writer)
        await self._in_store(self._filing.rebuild, self.clock.now() - WINDOW)

    # -- beside the polls ----------------------------------------------------------------------------------------

    async def _keep_house(self) -> None:
        """Hears what desks ask for, and takes over edits of the configuration."""
        watcher = Watcher(self.config)
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            wanted = await self._in_store(self._writer.poll_requests)
            if wanted:
                self._poll_now(wanted)
            news = await asyncio.to_thread(watcher.check, self.clock.monotonic())
            if isinstance(news, ConfigError):
                log.error("configuration not taken over, the last good one stays: %s", news)
            elif news is not None:
                await self._reload(news)

    def _poll_now(self, wanted: Sequence[str]) -> None:
        now, tick = self.clock.now(), self.clock.monotonic()
        for source in self.config.sources:
            state = self._states.get(source.name)
            if ("*" in wanted or source.name in wanted) and not schedule.held_back(state, now, by_hand=True):
                self._due[source.name] = tick
        self._wake.set()

    async def _reload(self, config: Config) -> None:
        """Takes over an edited configuration: sources at once, watch words over the last day's items too."""
        rules_changed = (config.watch, config.entities) != (self.config.watch, self.config.entities)
        self.config = config
        log.info("configuration taken over: %d sources", len(config.sources))
        self._plan()
        if rules_changed:
            self._filing.process.reload(config)
            changes = await self._in_store(self._filing.reflag, self.clock.now() - DAY)
            log.info("flags read anew: %d stories changed", len(changes))

    async def _index(self) -> None:
        """Fills the full-text index in small batches, whenever something waits."""
        while True:
            self._to_index.clear()
            if not await self._in_store(self._writer.index_some):
                await self._to_index.wait()

    async def _retain(self) -> None:
        while True:
            keep = self.config.store
            gone = await self._in_store(self._retain_now, keep.keep_days, keep.keep_stories)
            if gone:
                log.info(
                    "retention: %d stories older than %g days or beyond %d", gone, keep.keep_days, keep.keep_stories
                )
            await asyncio.sleep(HOUR)

    def _retain_now(self, days: float, most: int) -> int:
        return self._writer.retain(now=self.clock.now(), days=days, most=most)

    async def _in_store(self, work: Callable[..., T], *args: object) -> T:
        """Runs something in the one thread that owns the store; a write begun is finished even when cancelled."""
        future = asyncio.get_running_loop().run_in_executor(self._store_thread, lambda: work(*args))
        return await asyncio.shield(future)


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
