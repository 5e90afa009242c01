"""The desk's threads: each has a reader of the store to itself and posts what it finds; none touches a widget."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from wirewatch.errors import StoreError, WirewatchError
from wirewatch.store.contract import CursorTooOldError
from wirewatch.widgets.messages import Alerted, Changed, Noticed, Restarted, Tallied, Troubled
from wirewatch.widgets.status import LASTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from wirewatch.clock import Clock
    from wirewatch.query import Query
    from wirewatch.store.contract import AlertsStanding, Reader
    from wirewatch.widgets.messages import Engine

    Post = Callable[[Message], object]
    Job = Callable[[Reader], None]

logger = logging.getLogger(__name__)

GLANCE = 0.03
"""Seconds between two looks at whether the log grew; a look costs 20 µs, and half of this is what an arrival waits."""
TALLY = 1.0
"""Seconds between two counts while things change."""
TALLY_AT_REST = 10.0
"""Seconds between two counts while nothing changes: the hour moves on all the same."""
SWEEP = 2.0
"""Seconds after which the log is looked at though nothing hinted at a change."""
BATCH = 200
"""Changes told at once, so that taking them in stays far below a frame."""
BACK_OFF = 5.0
"""Longest wait, in seconds, before a thread that stumbled goes on."""


class _ReaderThread(threading.Thread):
    """A daemon thread with a reader of its own, which goes on after an error and says what it was."""

    def __init__(self, name: str, open_reader: Callable[[], Reader], post: Post) -> None:
        super().__init__(name=f"desk-{name}", daemon=True)
        self._open_reader = open_reader
        self._post = post
        self._stopping = threading.Event()
        self._reader: Reader | None = None

    def stop(self) -> None:
        """Asks the thread to end; returns at once."""
        self._stopping.set()

    def run(self) -> None:
        """Works until it is stopped; after an error waits a little and begins again."""
        stumbles = 0
        while not self._stopping.is_set():
            try:
                if self._reader is None:
                    self._reader = self._open_reader()
                self.work(self._reader)
                if stumbles:
                    stumbles = 0
                    self._post(Troubled(self.name, None))
            except WirewatchError as error:
                stumbles += 1
                logger.warning("%s: %s", self.name, error)
                self._post(Troubled(self.name, f"{error}"))
            except Exception as error:  # a thread of the desk never ends in silence
                stumbles += 1
                logger.exception("%s stumbled", self.name)
                self._post(Troubled(self.name, f"{type(error).__name__} in the desk; its log says more"))
            if stumbles:
                self._close()
                self._stopping.wait(min(BACK_OFF, 0.25 * 2**stumbles))
        self._close()

    def work(self, reader: Reader) -> None:
        """One round of what the thread is for."""
        raise NotImplementedError

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            try:
                reader.close()
            except StoreError as error:
                logger.warning("%s: %s", self.name, error)


class Lane(_ReaderThread):
    """Does jobs in the order they came; a newer job of the same name takes the place of one that hasn't begun."""

    def __init__(self, name: str, open_reader: Callable[[], Reader], post: Post) -> None:
        super().__init__(name, open_reader, post)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._ready = threading.Condition()
        self._count = 0

    def ask(self, job: Job, name: str | None = None) -> None:
        """Puts a job into the lane."""
        with self._ready:
            self._count += 1
            key = name or f"#{self._count}"
            self._jobs.pop(key, None)
            self._jobs[key] = job
            self._ready.notify()

    def stop(self) -> None:
        """Asks the lane to end; returns at once."""
        with self._ready:
            super().stop()
            self._ready.notify()

    def work(self, reader: Reader) -> None:
        """Does the next job; one that can't be done is told of and not tried again."""
        with self._ready:
            while not self._jobs:
                if self._stopping.is_set():
                    return
                self._ready.wait()
            _name, job = self._jobs.popitem(last=False)
        try:
            job(reader)
        except WirewatchError as error:
            logger.warning("%s: %s", self.name, error)
            self._post(Noticed(str(error), error=True))


class Follower(_ReaderThread):
    """Follows the log after a sequence number and tells what changed; counts for the status line; writes marks.

    The store keeps a mark that can't be written yet until it is next asked for its version, so marks are made by the
    thread that asks most often.
    """

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        post: Post,
        clock: Clock,
        *,
        after: int | None,
        alerts_after: int | None = None,
    ) -> None:
        super().__init__("follower", open_reader, post)
        self._clock = clock
        self._after = after
        self._alerts_after = alerts_after
        self._standing: AlertsStanding | None = None
        self._version: int | None = None
        self._tallied: float | None = None
        self._stale = True
        self._swept = 0.0
        self._queries: dict[int, Query] = {}
        self._jobs: deque[Job] = deque()
        self._wake = threading.Event()
        self._taken = threading.Event()

    def watch(self, queries: dict[int, Query]) -> None:
        """From now on tells which changed stories these queries match, by view."""
        self._queries = queries

    def ask(self, job: Job) -> None:
        """Has something written at once; a job sees to its own errors."""
        self._jobs.append(job)
        self._wake.set()

    def stop(self) -> None:
        """Asks the thread to end; what it was asked to write is written first."""
        super().stop()
        self._wake.set()
        self._taken.set()

    def work(self, reader: Reader) -> None:
        """One glance: what there is to write, whether the log grew, and what is due to be counted."""
        self._wake.clear()
        while self._jobs:
            self._jobs.popleft()(reader)
            # The hint tells only of what others wrote.
            self._version = None
            self._tallied = None
        now = self._clock.monotonic()
        version = reader.version()
        # The hint may be missed, the log can't be: look at it now and then whatever the hint says.
        if version != self._version or now - self._swept > SWEEP:
            self._version = version
            self._swept = now
            self._follow(reader)
            self._follow_alerts(reader)
        due = TALLY if self._stale else TALLY_AT_REST
        if self._tallied is None or now - self._tallied >= due:
            self._tallied = now
            self._stale = False
            self._post(Tallied(reader.counts(self._clock.now()), reader.states(), reader.engine()))
        if not self._stopping.is_set():
            self._wake.wait(GLANCE)

    def run(self) -> None:
        """Works until stopped, then writes what is left."""
        super().run()
        if self._jobs:
            reader = self._open_reader()
            while self._jobs:
                self._jobs.popleft()(reader)
            reader.close()

    def _follow(self, reader: Reader) -> None:
        if self._after is None:
            self._after = reader.last_seq()
            self._post(Restarted())
            return
        while not self._stopping.is_set():
            try:
                changes = reader.changes(self._after, BATCH)
            except CursorTooOldError as error:
                logger.info("%s", error)
                self._after = None
                self._version = None
                return
            if not changes:
                return
            self._stale = True
            ids = [change.story_id for change in changes if change.story is not None]
            matching = {view: frozenset(reader.matching(ids, query)) for view, query in self._queries.items()}
            self._taken.clear()
            self._post(Changed(changes, matching, self._taken.set))
            self._after = changes[-1].seq
            self._taken.wait(1.0)

    def _follow_alerts(self, reader: Reader) -> None:
        """Tells what is new in the alert log; what it had before the desk came up makes no noise."""
        standing = reader.alerts_standing()
        if standing == self._standing:
            return
        after = standing.last if self._alerts_after is None else self._alerts_after
        news = reader.alerts(after=after, limit=BATCH) if standing.last > after else []
        self._standing, self._alerts_after = standing, standing.last
        self._post(Alerted(news, standing))


class Watchman(threading.Thread):
    """Starts the engine, passes on what it has to say, and ends it with the desk."""

    def __init__(self, engine: Engine, post: Post) -> None:
        super().__init__(name="desk-watchman", daemon=True)
        self._engine = engine
        self._post = post
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Asks for the end of the engine and the thread; returns at once, `join` waits for it."""
        self._stopping.set()

    def run(self) -> None:
        """Looks after the engine twice a second."""
        started = False
        while not self._stopping.wait(0.5 if started else 0):
            try:
                if not started:
                    self._engine.start()
                    started = True
                notice = self._engine.poll()
            except Exception as error:  # the desk stays whatever happens to the engine
                logger.exception("the engine can't be looked after")
                why = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
                notice = f"The engine can't be started: {why}. Nothing is polled; the desk tries again."
                self._stopping.wait(BACK_OFF)
            if notice:
                self._post(Noticed(notice, stands=notice.startswith(LASTING)))
        self._engine.stop()
