"""Hours of the engine in seconds: an event loop whose time runs ahead whenever nobody has anything to do.

Threads are waited for in real time; sockets are not, so the sources are a double: `Feeds` answers instead of a Fetcher.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import selectors
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from wirewatch.engine import engine as engine_module
from wirewatch.engine import readers
from wirewatch.engine.engine import Engine
from wirewatch.engine.fetch import Response
from wirewatch.engine.fetch.pace import Pace
from wirewatch.model import Document, Item
from wirewatch.store import open_writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    import pytest

    from wirewatch.config import Config
    from wirewatch.engine.worker import ParseJob
    from wirewatch.model import Source

START = 1_678_700_000.0
SEED = 1
"""Of what is random in the engine: else three feeds that fail could come in a row, and that means no network."""


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Never waits for what only time brings."""

    loop: Loop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout is None or timeout <= 0 or self.loop.working:
            return ready or super().select(timeout if timeout is None or not self.loop.working else min(timeout, 0.05))
        self.loop.ahead += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    """`time()` stands still while work is done and jumps to the next timer when none is."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.working = 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return 1000.0 + self.ahead

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        self.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._worked)
        return future

    def _worked(self, _done: object) -> None:
        self.working -= 1


def simulated(test: Callable[[], Awaitable[None]]) -> None:
    """Runs a test to its end in simulated time."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(test())  # type: ignore[arg-type]


class Clock:
    """The loop's time as monotonic time; wall time beside it, which a test may put forward or back."""

    def __init__(self) -> None:
        self.wall = START - 1000.0
        self._loop = asyncio.get_running_loop()  # threads ask for the time too

    def now(self) -> float:
        return self.wall + self.monotonic()

    def monotonic(self) -> float:
        return self._loop.time()


class Feeds:
    """Takes the place of the Fetcher and of the Parser. `trouble` says what goes wrong for a source, or returns None.

    Every document has one item, which is a new one whenever `edition` was raised.
    """

    def __init__(self, trouble: Callable[[Source], Exception | None] = lambda _source: None) -> None:
        self.trouble = trouble
        self.slow: dict[str, float] = {}
        """Seconds that a source takes to answer or fail."""
        self.edition = 0
        self.asked: defaultdict[str, list[float]] = defaultdict(list)
        self.pace = Pace(64)

    def times(self, since: float = 0.0) -> list[float]:
        """When anybody was asked, since a time, in order."""
        return sorted(moment for moments in self.asked.values() for moment in moments if moment >= since)

    async def __aenter__(self) -> Feeds:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def hold(self, url: str, until: float) -> None:
        pass

    async def fetch(self, source: Source, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        async with self.pace.turn(source.url.split("/")[2], at_once=2, spacing=0.25):
            self.asked[source.name].append(asyncio.get_running_loop().time())
            await asyncio.sleep(self.slow.get(source.name, 0.1))
        error = self.trouble(source)
        if error is not None:
            raise error
        if etag == str(self.edition):
            return Response(status=304, url=source.url)
        content = str(self.edition).encode()
        return Response(
            status=200, url=source.url, content=content, etag=str(self.edition), body_hash=str(self.edition)
        )

    took = 0.0

    def parse(self, job: ParseJob) -> Document:
        """One item named after source and edition."""
        name, edition = job.source.name, job.content.decode()
        guid = f"{name}-{edition}"
        return Document("rss", (Item(guid, name, f"Edition {edition} of {name}", job.received, guid=guid),))

    def close(self) -> None:
        pass


def most_in(times: list[float], seconds: float) -> int:
    """The most moments that fall into any stretch of so many seconds."""
    return max(
        (sum(start <= moment < start + seconds for moment in times[n:]) for n, start in enumerate(times)), default=0
    )


@contextlib.asynccontextmanager
async def running(
    config: Config, data: Path, feeds: Feeds, clock: Clock, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> AsyncIterator[Engine]:
    """An engine over these feeds until the block is left; `said` gets its notices."""
    monkeypatch.setattr(engine_module, "Fetcher", lambda **_: feeds)
    monkeypatch.setattr(readers, "Parser", lambda **_: feeds)
    writer = open_writer(data, now=clock.now)
    assert writer.claim("simulated")
    stop = asyncio.Event()
    rng = random.Random(SEED)
    engine = Engine(config, data, writer, clock=clock, rng=rng, on_notice=said.append)
    task = asyncio.create_task(engine.run(stop))
    try:
        yield engine
    finally:
        stop.set()
        await task
        writer.close()


def states(engine: Engine) -> Counter[str]:
    """How many sources are in which state."""
    return Counter(state.state for state in engine._states.values())
