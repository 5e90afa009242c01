"""Torture: the Nth call of a seam fails, for every N of a scripted run; nothing is lost, doubled, hung or left behind.

The seams are fetch, parse, database and render. The suite takes some N of each; `WIREWATCH_TORTURE=all` takes them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from bench.feedfarm import FeedFarm
from tests.test_engine import Clock, once, settings
from tests.test_faults_desk import Terminal, assert_restored, plain
from tests.test_kill_engine import stored
from wirewatch.engine import parse, readers
from wirewatch.engine.fetch import Fetcher
from wirewatch.engine.worker import Parser
from wirewatch.errors import ParserDiedError, WirewatchError
from wirewatch.store import check, open_reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from wirewatch.engine.fetch import Response
    from wirewatch.engine.worker import ParseJob
    from wirewatch.model import Document

ALL = os.environ.get("WIREWATCH_TORTURE") == "all"
PATIENCE = 60.0
"""Seconds after which a pass counts as hung."""
SQLITE_ERRORS = (
    ("SQLITE_FULL", "database or disk is full"),
    ("SQLITE_IOERR", "disk I/O error"),
    ("SQLITE_BUSY", "database is locked"),
)


class Seam:
    """Counts calls; the one with the number `fails` raises."""

    def __init__(self, error: Callable[[int], Exception]) -> None:
        self._error = error
        self.calls = 0
        self.fails = 0
        self.armed = False

    def arm(self, fails: int) -> None:
        """From now on counts, and fails at this call; 0 never does."""
        self.calls, self.fails, self.armed = 0, fails, True

    def call(self) -> None:
        """One call."""
        if self.armed:
            self.calls += 1
            if self.calls == self.fails:
                raise self._error(self.calls)


def some(calls: int, most: int) -> Iterable[int]:
    """All numbers of calls, or some from the first to the last."""
    return range(1, calls + 1) if ALL else sorted({1 + (calls - 1) * step // max(most - 1, 1) for step in range(most)})


def sqlite_error(call: int) -> Exception:
    """What SQLite raises in trouble, another one each time."""
    name, words = SQLITE_ERRORS[call % len(SQLITE_ERRORS)]
    error = sqlite3.OperationalError(words)
    error.sqlite_errorname = name
    return error


async def survived(data: Path, seam: Seam, fails: int) -> None:
    """Two passes of the engine of which one call fails, then two in which all is well; and what must hold after."""
    async with FeedFarm(feeds=2, items=3) as farm:
        config, clock = settings(farm), Clock()
        acknowledged: set[str] = set()
        seam.arm(fails)
        for _ in range(2):
            with contextlib.suppress(WirewatchError):  # nothing but what has a sentence for the user
                async with asyncio.timeout(PATIENCE):
                    await once(config, data, clock)
            armed, seam.armed = seam.armed, False
            acknowledged |= guids(data)
            seam.armed = armed
            farm.publish(3)
            clock.wall += 300
        seam.armed = False
        for _ in range(2):
            async with asyncio.timeout(PATIENCE):
                await once(config, data, clock)
            clock.wall += 300
        reader = open_reader(data)
        try:
            found = stored(reader)
        finally:
            reader.close()
        assert set(found) == farm.guids(), f"call {fails}: lost {farm.guids() - set(found)}"
        assert acknowledged <= set(found), f"call {fails}: lost what was there"
        assert max(found.values()) == 1, f"call {fails}: double {[guid for guid in found if found[guid] > 1]}"
        assert check(data) == [], f"call {fails}"


def guids(data: Path) -> set[str]:
    """What a reader is shown."""
    if not (data / "wirewatch.sqlite").exists():
        return set()
    reader = open_reader(data)
    try:
        return set(stored(reader))
    finally:
        reader.close()


async def tortured(tmp_path: Path, seam: Seam, most: int) -> int:
    """All that a seam must survive; how many calls a run has."""
    await survived(tmp_path / "whole", seam, 0)
    calls = seam.calls
    assert calls > 0
    for fails in some(calls, most):
        await survived(tmp_path / f"fails{fails}", seam, fails)
        assert seam.calls >= fails, "the call that was to fail never came"
    print(f"\n{len(list(some(calls, most)))} of {calls} calls failed, one a run; nothing was lost, double or hung")
    return calls


def in_process(self: Parser, job: ParseJob) -> Document:
    """Reads without a process, which is much faster where the process isn't what is tested."""
    return parse.read(job.content, source=job.source, received=job.received, content_type=job.content_type, url=job.url)


@pytest.mark.slow
@pytest.mark.timeout(7200 if ALL else 300)
async def test_any_call_of_the_database_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seam = Seam(sqlite_error)

    class Torn(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            seam.call()
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:
            seam.call()
            return super().executemany(*args)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{"factory": Torn, **more}))
    monkeypatch.setattr(Parser, "_started", lambda _: None)
    monkeypatch.setattr(Parser, "_end", lambda _: None)
    monkeypatch.setattr(Parser, "parse", in_process)
    assert await tortured(tmp_path, seam, 12) > 100


@pytest.mark.slow
@pytest.mark.timeout(1200 if ALL else 300)
async def test_any_fetch_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seam = Seam(lambda call: OSError("torture") if call % 2 else RuntimeError("torture"))
    fetch: Callable[..., Awaitable[Response]] = Fetcher.fetch

    async def torn(self: Fetcher, *args: Any, **more: Any) -> Response:
        seam.call()
        return await fetch(self, *args, **more)

    monkeypatch.setattr(Fetcher, "fetch", torn)
    assert await tortured(tmp_path, seam, 2) == 4


@pytest.mark.slow
@pytest.mark.timeout(1200 if ALL else 300)
async def test_any_parse_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seam = Seam(lambda call: ParserDiedError("torture") if call % 2 else ValueError("torture"))
    whole = readers.Parser.parse

    def torn(self: Parser, job: ParseJob) -> Document:
        seam.call()
        return whole(self, job)

    monkeypatch.setattr(readers.Parser, "parse", torn)
    assert await tortured(tmp_path, seam, 2) >= 3


RENDER = """
import atexit
from textual.widget import Widget
from wirewatch.widgets import bars, feed, linepane
calls = [0]
def torn(kind):
    whole = kind.render_line
    def render_line(self, y):
        calls[0] += 1
        if calls[0] == {fails}:
            raise RuntimeError("torture")
        return whole(self, y)
    kind.render_line = render_line
for kind in (Widget, bars.Bar, linepane.LinePane, feed.Feed):
    torn(kind)
atexit.register(lambda: Path({count!r}).write_text(str(calls[0])))
"""
LAST = "Story number 293"
SCRIPT = (
    ("Story number 299", b"j"),
    ("HELD", b"S"),
    ("trouble first", b"\x1b"),
    (LAST, b"?"),
    ("A screenful up", b"\x1b"),
    (LAST, b"/"),
    ("a phrase", b"\x1b"),
    ("Quit", b"\r"),
    ("news.example/298", b"q"),
    (LAST, b"q"),
)
"""What is drawn once the desk has done what a key was for, and the next key: list, sources, keys, search, story.

It is nothing that was drawn before that key, or an escape and what follows it would be taken for one key.
"""
RUNS_MOST, LATE_MOST = 5, 30
"""Runs in which a line should have been drawn; lines at the end that may never be."""
QUIET = 0.05
"""Seconds without a byte after which the desk has drawn all it had to."""


def rendered(tmp_path: Path, fails: int) -> tuple[int, bool]:
    """Runs a desk by script; the terminal is as it was, whatever fails. How many lines were drawn, whether one did."""
    count, data = tmp_path / "count", tmp_path / "data"
    data.mkdir(parents=True)
    one = Terminal(data, RENDER.format(fails=fails, count=str(count)), columns=100, rows=10)
    try:
        since = 0
        for shown, key in SCRIPT:
            end = time.monotonic() + PATIENCE
            while shown not in plain(one.written[since:]) and one.process.poll() is None:
                assert time.monotonic() < end, f"call {fails}: {shown!r} never came: {plain(one.written[since:])}"
                one.read(0.2)
            while one.read(QUIET):
                pass
            if one.process.poll() is not None:
                break
            since = len(one.written)
            one.press(key)
        code = one.wait()
        assert_restored(one)
        crashed = "RuntimeError: torture" in plain(one.written)
        assert (code == 0) is not crashed, f"call {fails}: exit code {code}: {plain(one.written[-500:])}"
        return int(count.read_text()), crashed
    finally:
        one.close()


@pytest.mark.slow
@pytest.mark.timeout(7200 if ALL else 300)
def test_any_line_that_is_drawn_may_fail_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    drawn, crashed = rendered(tmp_path / "whole", 0)
    assert not crashed
    assert drawn > 200

    def fails_at(line: int) -> bool:
        """Whether this line failed in a run; what is drawn at once depends on time, so some runs draw fewer lines."""
        return any(rendered(tmp_path / f"line{line}-{run}", line)[1] for run in range(RUNS_MOST))

    lines = list(some(drawn, 4))
    with ThreadPoolExecutor(2) as pool:  # a desk each, which mostly waits for its terminal
        never = [line for line, failed in zip(lines, pool.map(fails_at, lines), strict=True) if not failed]
    assert [line for line in never if line <= drawn - LATE_MOST] == []
    print(f"\n{len(lines) - len(never)} of {drawn} lines failed, one a run; the terminal was given back each time")
