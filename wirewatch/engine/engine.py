"""The engine: asks each source when it is due, files what is new, and never lets one source hold up another.

Fetching is asynchronous; parsing happens in worker processes, driven from threads (`readers`); judging and writing
happen in one other thread, which owns the store. The event loop only waits.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from wirewatch.clock import SystemClock
from wirewatch.config import Watcher
from wirewatch.engine import cadence, schedule
from wirewatch.engine.arrivals import as_polled
from wirewatch.engine.fetch import Fetcher
from wirewatch.engine.listed import Listed
from wirewatch.engine.network import GRACE, Network, host_of, is_answer, witnesses
from wirewatch.engine.readers import Readers
from wirewatch.engine.storing import RETRY_FULL, Storing
from wirewatch.engine.supervisor import Supervisor
from wirewatch.engine.telling import Teller
from wirewatch.engine.timetable import Timetable
from wirewatch.engine.worker import ParseJob
from wirewatch.errors import ConfigError, FetchError, LeaseLostError, ParseError, StoreError
from wirewatch.model import SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wirewatch.clock import Clock
    from wirewatch.config import Config
    from wirewatch.engine.fetch import Response
    from wirewatch.engine.held import Written
    from wirewatch.model import Change, Document, Source
    from wirewatch.store.contract import Writer

HOUSEKEEPING = 0.5
"""Seconds between looks at what desks asked for, at the configuration, the clock and the network."""
WRITE_TRIES = 6
"""How often `once` tries to write into a locked database, which each time waits five seconds."""
GIVE_UP = 3
"""Polls in a row that can't be stored though there is room, after which the engine ends: a new one mends a database."""

log = logging.getLogger(__name__)


class Engine:
    """Polls the sources of a configuration into a store whose lease it holds.

    `on_changes` gets what was written, `on_notice` sentences that a user should read at once; `on_begun` is told when
    all is read back and the first source is about to be asked.
    """

    def __init__(
        self,
        config: Config,
        data: Path,
        writer: Writer,
        *,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        on_changes: Callable[[Sequence[Change]], None] | None = None,
        on_notice: Callable[[str], None] | None = None,
        on_begun: Callable[[], None] | None = None,
    ) -> None:
        self.config = config
        self.data = data
        self.clock = clock or SystemClock()
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._writer = writer
        self._on_changes = on_changes
        self._on_notice = on_notice
        self._on_begun = on_begun
        self._storing = Storing(
            config, data, writer, clock=self.clock, say=self._say, tell=self._tell, on_late=self._stored_late
        )
        self._teller = Teller(config.alerts, writer, self._storing.run, clock=self.clock, say=self._say)
        self._timetable = Timetable(self.clock, self._rng)
        self._network = Network()
        self._supervisor = Supervisor(self._say, self._fail)
        self._states: dict[str, SourceState] = {}
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._paused: set[str] = set()
        """Sources that the user has paused: they are in no plan until they are resumed."""
        self._lost: set[str] = set()
        """Sources whose last document couldn't be stored: their validators vouch for nothing."""
        self._by_name: dict[str, Source] = {}
        self._witnesses: dict[str, Source] = {}
        self._listed = Listed()
        self._wake = asyncio.Event()
        self._readers = Readers()
        self._unstored = 0
        self._failure: BaseException | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop` is set, then finishes what is being written and leaves. Raises StoreError, LeaseLostError.

        StoreError means that the database is broken rather than full or busy: it is mended when it is next opened.
        """
        async with Fetcher(clock=self.clock) as self._fetcher:
            await self._begin(stop)
            if self._on_begun is not None:
                self._on_begun()
            stopper = asyncio.create_task(self._leave_when(stop))
            self._supervisor.start(self._keep_house, "housekeeping")
            self._supervisor.start(self._storing.hand_over, "writing what waits")
            self._supervisor.start(self._storing.index, "the full-text index")
            self._supervisor.start(self._storing.retain, "retention")
            self._supervisor.start(self._teller.follow, "telling of alerts")
            try:
                while not stop.is_set() and self._failure is None:
                    self._start_due()
                    await self._next_event()
            finally:
                await self._supervisor.end(stopper, *self._in_flight.values())
                await self._end()
        if self._failure is not None:
            raise self._failure

    async def once(self) -> dict[str, SourceState]:
        """Asks every source once, due or not, except those held back by the server or gone; their states after.

        Raises StoreError when the store couldn't take what they brought.
        """
        async with Fetcher(clock=self.clock) as self._fetcher:
            await self._begin()
            await self._storing.attend()
            now = self.clock.now()
            asked = [
                source
                for source in self._by_name.values()
                if not schedule.held_back(self._states.get(source.name), now)
            ]
            try:
                await asyncio.gather(*(self._poll(source) for source in asked))
                await self._judge_network(grace=0)
                for _ in range(WRITE_TRIES):
                    await self._storing.write_held()
                await self._storing.index_all()
                await self._teller.finish()
            finally:
                await self._end()
        failure = self._failure or self._storing.trouble
        if failure is not None:
            raise failure
        return {source.name: self._states[source.name] for source in self.config.sources if source.name in self._states}

    # -- beginning and ending ------------------------------------------------------------------------------------

    async def _begin(self, stop: asyncio.Event | None = None) -> None:
        self._states = await self._storing.run(self._writer.states)
        self._paused = await self._storing.paused()
        count = await self._storing.begin(stop)
        for source in self.config.sources:
            state = self._states.get(source.name)
            if state is not None and state.held_until is not None:  # silence that was asked for outlives a restart
                self._fetcher.hold(source.url, state.held_until)
            if state is not None and state.state == "failing":
                self._network.unwell.add(host_of(source))
        log.info("engine begins: %d sources, %d items of the last days in the index", len(self.config.sources), count)
        self._plan()

    async def _end(self) -> None:
        await self._teller.end()
        await self._storing.end()
        self._readers.close()
        log.info("engine ends")

    async def _leave_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._wake.set()

    def _say(self, sentence: str) -> None:
        log.warning("%s", sentence)
        if self._on_notice is not None:
            self._on_notice(sentence)

    # -- when ----------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        asked = [source for source in self.config.sources if source.name not in self._paused]
        self._by_name = {source.name: source for source in asked}
        self._witnesses = witnesses(asked)
        self._timetable.plan(asked, self._states)
        self._network.hosts = len({host_of(source) for source in self._witnesses.values()})
        if self._network.down is not None:
            self._timetable.take_turns(self._cut_off())
        self._wake.set()

    def _start_due(self) -> None:
        self._watch_clock()
        for name in self._timetable.take(self._by_name, self._in_flight):
            task = asyncio.create_task(self._poll(self._by_name[name]), name=f"poll {name}")
            self._in_flight[name] = task
            task.add_done_callback(lambda done, name=name: self._landed(name, done))  # type: ignore[misc]

    def _watch_clock(self) -> None:
        if self._timetable.slept(self._in_flight):
            log.info("this machine slept or its clock was put forward: what is overdue is asked in turn")
            self._plan()

    def _landed(self, name: str, done: asyncio.Task[None]) -> None:
        """Whatever became of a poll, its source has another one, unless it is gone (FAULT 133)."""
        self._in_flight.pop(name, None)
        self._timetable.landed(name, still_there=name in self._by_name)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("%s: the poll fell over", name, exc_info=error)
            self._say(f"Polling {name} fell over ({type(error).__name__}); it is tried again in {RETRY_FULL:.0f} s.")
        state = self._states.get(name)
        if name in self._by_name and name not in self._timetable.due and (state is None or state.next_poll is not None):
            self._timetable.put(name, RETRY_FULL)
        self._wake.set()

    async def _next_event(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timetable.wait()):
                await self._wake.wait()
        self._wake.clear()

    # -- one poll ------------------------------------------------------------------------------------------------

    async def _poll(self, source: Source) -> None:
        """Asks one source and files the answer; whatever happens, the source has a state and a next poll after."""
        before = self._states.get(source.name) or SourceState(source.name)
        if before.url != source.url:
            before = schedule.moved(before, source)
            self._listed.forget(source.name)
        if source.name in self._lost:
            before = schedule.afresh(before)
        if self._storing.full:
            self._timetable.put(source.name, RETRY_FULL)
            return
        try:
            document, after = await self._ask(source, before)
            if document is not None:
                self._lost.discard(source.name)
            elif source.name in self._lost:
                after = schedule.afresh(after)
            after = await self._storing.file(document, after, before)
        except LeaseLostError as error:
            self._fail(error)
            return
        except StoreError as error:
            self._listed.forget(source.name)
            self._not_stored(source.name, error)
            return
        self._unstored = 0
        if document is not None and self._storing.trouble is None:
            self._listed.stored(source.name, document.listed, self.clock.monotonic())
        elif document is not None:  # it waits, and may yet be given up
            self._listed.forget(source.name)
        if after.note is not None and after.note != before.note:
            log.info("%s: %s", source.name, after.note)
        self._states[source.name] = after
        if after.state == "offline" and self._network.down is not None:
            self._timetable.probe(source.name, self._cut_off())
        elif after.next_poll is not None:
            self._timetable.put(source.name, after.next_poll - self.clock.now())

    async def _ask(self, source: Source, before: SourceState) -> tuple[Document | None, SourceState]:
        """What a source has to say, if it has anything, and how it stands then; it fails for itself alone."""
        etag, modified = schedule.validators(before, now=self.clock.now())
        try:
            response = await self._fetcher.fetch(source, etag=etag, last_modified=modified)
            self._answered(source)
            if response.content is None or response.body_hash == before.body_hash:
                return None, schedule.after_unchanged(source, before, response, now=self.clock.now(), rng=self._rng)
            document = await self._parse(source, response, response.content)
            after = schedule.after_success(source, before, response, document, now=self.clock.now(), rng=self._rng)
            return document, after
        except (FetchError, ParseError) as error:
            return None, self._after_failure(source, before, error, offline=self._failed(source, before, error))
        except Exception as error:
            log.exception("%s: the engine stumbled", source.name)
            said = f"wirewatch stumbled over this source: {type(error).__name__}; its log says more"
            return None, self._after_failure(source, before, FetchError(said), offline=False)

    def _after_failure(
        self, source: Source, before: SourceState, error: FetchError | ParseError, *, offline: bool
    ) -> SourceState:
        after = schedule.after_failure(source, before, error, now=self.clock.now(), rng=self._rng, offline=offline)
        if (after.state, after.reason) != (before.state, before.reason) and not offline:  # else it says nothing new
            log.warning("%s: %s; %s", source.name, after.reason, after.next_why)
        return after

    async def _parse(self, source: Source, response: Response, content: bytes) -> Document:
        job = ParseJob(
            content=content,
            source=source,
            received=self.clock.now(),
            content_type=response.content_type,
            url=response.url,
            known=self._listed.known(source.name, self.clock.monotonic()),
        )
        return as_polled(await self._readers.read(job), source.name, job.received)

    def _tell(self, changes: Sequence[Change]) -> None:
        """Hands on what was written. A listener that fails (a closed pipe) ends the engine; no source is to blame."""
        self._teller.wake()
        if self._on_changes is None or not changes:
            return
        try:
            self._on_changes(changes)
        except Exception as error:  # noqa: BLE001 - raised again by run() and once()
            self._fail(error)

    def _stored_late(self, written: Written) -> None:
        """Takes over how sources stand whose polls had to wait for the store."""
        for name, state in written.states.items():
            self._states[name] = cadence.carried(self._states.get(name, state), state)
        for name, error in written.given_up.items():
            self._lost.add(name)
            self._not_stored(name, error)

    def _not_stored(self, name: str, error: StoreError) -> None:
        """Has a source asked again whose answer couldn't be stored; too many in a row end the engine."""
        log.warning("%s: not stored, asked again in %.0f s: %s", name, RETRY_FULL, error)
        self._timetable.put(name, RETRY_FULL)
        self._unstored += 1
        if self._unstored >= GIVE_UP:
            self._fail(error)

    # -- with and without a network ------------------------------------------------------------------------------

    def _cut_off(self) -> set[str]:
        return {name for name, state in self._states.items() if state.state == "offline"} - self._paused

    def _answered(self, source: Source) -> None:
        """Notes that a source answered. Where that ends an outage, all others are asked soon, but not at once."""
        if source.name not in self._witnesses or not self._network.answered(host_of(source)):
            return
        cut_off = self._cut_off() - {source.name, *self._in_flight}
        self._say(f"Online again: {source.name} answers; what else is due is asked within a minute.")
        self._timetable.sweep(other for other in self.config.sources if other.name in cut_off)
        self._wake.set()

    def _failed(self, source: Source, before: SourceState, error: FetchError | ParseError) -> bool:
        """Notes that a source failed; True where that is for want of a network and not to be held against it."""
        if source.name not in self._witnesses:
            return False
        if is_answer(error):
            self._answered(source)
            return False
        return self._network.failed(host_of(source), before, error, self.clock.monotonic())

    async def _judge_network(self, *, grace: float = GRACE) -> None:
        """Puts all sources offline, those that failed on the way too, as soon as it is clear that we are."""
        reason = self._network.judge(self.clock.monotonic(), grace=grace)
        if reason is None:
            return
        now = self.clock.now()
        self._say(f"Offline: {reason}. Tried again every {schedule.PROBE:.0f} s.")
        for source in self._witnesses.values():
            state = self._states.get(source.name) or SourceState(source.name, source.url)
            if schedule.held_back(state, now):
                continue
            if source.name in self._network.suspects:
                failures = self._network.suspects[source.name].before.failures
                state = msgspec.structs.replace(state, failures=failures)
            after = schedule.cut_off(state, reason, now=now, rng=self._rng)
            self._states[source.name] = await self._storing.file(None, after, state)
            if self._network.down is None:
                return  # somebody answered meanwhile, and has had the others asked
        self._timetable.take_turns(self._cut_off(), last=self._network.suspects)
        self._wake.set()

    # -- beside the polls ----------------------------------------------------------------------------------------

    async def _keep_house(self) -> None:
        """Hears what desks ask for, takes over edits of the configuration, minds clock and network; never ends."""
        watcher = Watcher(self.config)
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            self._watch_clock()
            await self._judge_network()
            news = await asyncio.to_thread(watcher.check, self.clock.monotonic())
            if isinstance(news, ConfigError):
                self._say(f"The edited configuration isn't taken over, the last good one stays: {news}")
            elif news is not None:
                self.config = news
                log.info("configuration taken over: %d sources", len(news.sources))
                self._plan()
                self._storing.reload(news)
                self._teller.reload(news.alerts)
            self._heed_pauses(await self._storing.paused())
            self._poll_now(await self._storing.attend())

    def _heed_pauses(self, paused: set[str]) -> None:
        """Asks no more what is paused; what was resumed is asked when it is due, which may be at once."""
        if paused != self._paused:
            for name in sorted(paused ^ self._paused):
                log.info("%s: %s by the user", name, "paused" if name in paused else "resumed")
            self._paused = paused
            self._plan()

    def _poll_now(self, wanted: Sequence[str]) -> None:
        now = self.clock.now()
        for source in self._by_name.values():
            state = self._states.get(source.name)
            if ("*" in wanted or source.name in wanted) and not schedule.held_back(state, now, by_hand=True):
                self._timetable.put(source.name)
        if wanted:
            self._wake.set()
