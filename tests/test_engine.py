"""The engine over real sockets and a real store: what it asks, what it files, and what it leaves alone."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from wirewatch import config as configuration
from wirewatch.commands.desk import EngineChild
from wirewatch.commands.poll import holder
from wirewatch.engine import storing
from wirewatch.engine.engine import Engine
from wirewatch.engine.worker import Parser
from wirewatch.store import open_reader, open_writer
from wirewatch.store.files import DATABASE
from wirewatch.store.writer import SqliteWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from wirewatch.config import Config
    from wirewatch.model import Alert, Change, SourceState
    from wirewatch.store.contract import Reader


class Clock:
    """Wall time that stands still until it is turned; the monotonic clock runs as it does."""

    def __init__(self, now: float = 1_678_700_000.0) -> None:
        self.wall = now

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return time.monotonic()


async def once(config: Config, data: Path, clock: Clock, changes: list[Change] | None = None) -> dict[str, SourceState]:
    writer = open_writer(data)
    try:
        assert writer.claim(holder())
        listener = None if changes is None else changes.extend
        return await Engine(config, data, writer, clock=clock, on_changes=listener).once()
    finally:
        writer.close()


def settings(farm: FeedFarm, every: str = "5m") -> Config:
    return configuration.parse(farm.config(every=every), file="farm.toml")


async def test_what_the_feeds_hold_is_stored_once_and_a_second_pass_changes_nothing(tmp_path: Path) -> None:
    clock = Clock()
    first: list[Change] = []
    second: list[Change] = []
    async with FeedFarm(feeds=5, items=10) as farm:
        states = await once(settings(farm), tmp_path, clock, first)
        assert {state.state for state in states.values()} == {"ok"}
        assert sum(state.items for state in states.values()) == 50
        clock.wall += 600
        await once(settings(farm), tmp_path, clock, second)
        assert farm.not_modified == 5
    assert len([change for change in first if change.what == "new"]) > 0
    assert second == []


async def test_the_same_bytes_are_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = Parser.parse
    monkeypatch.setattr(Parser, "parse", lambda self, job: (parsed.append(job.source.name), parse(self, job))[1])
    clock = Clock()
    async with FeedFarm(feeds=3, items=5) as farm:
        await once(settings(farm), tmp_path, clock)
        farm.validators = False
        clock.wall += 600
        states = await once(settings(farm), tmp_path, clock)
    assert len(parsed) == 3
    assert {state.unchanged for state in states.values()} == {1}


async def test_the_backlog_of_a_first_poll_stands_in_order_of_its_publishers_times(tmp_path: Path) -> None:
    clock = Clock()
    async with FeedFarm(feeds=4, items=10, now=clock.wall - 60) as farm:
        await once(settings(farm), tmp_path, clock)
    with contextlib.closing(open_reader(tmp_path)) as reader:
        stories = reader.newest(100)
    times = [story.published for story in stories]
    assert times == sorted(times, key=lambda moment: -(moment or 0))


async def test_news_between_two_polls_stands_above_the_backlog_by_arrival(tmp_path: Path) -> None:
    clock = Clock()
    async with FeedFarm(feeds=2, items=5, now=clock.wall - 3600) as farm:
        await once(settings(farm), tmp_path, clock)
        clock.wall += 300
        (guid,) = farm.publish(1)
        await once(settings(farm), tmp_path, clock)
    with contextlib.closing(open_reader(tmp_path)) as reader:
        newest = reader.newest(1)[0]
        detail = reader.story(newest.id)
    assert detail is not None
    assert detail.items[-1].item.guid == guid
    assert newest.at == newest.first_seen == clock.wall


@contextlib.asynccontextmanager
async def running(config: Config, data: Path, said: list[str] | None = None) -> AsyncIterator[Engine]:
    """An engine that polls until the block is left; `said` gets its notices."""
    async with running_by(None, config, data, said) as engine:
        yield engine


@contextlib.asynccontextmanager
async def running_by(
    clock: Clock | None, config: Config, data: Path, said: list[str] | None = None
) -> AsyncIterator[Engine]:
    """The same by a clock of the test's own."""
    writer = open_writer(data)
    assert writer.claim(holder())
    stop = asyncio.Event()
    engine = Engine(config, data, writer, clock=clock, on_notice=None if said is None else said.append)
    task = asyncio.create_task(engine.run(stop))
    try:
        yield engine
    finally:
        stop.set()
        await task
        writer.close()


async def test_what_a_pass_brings_goes_into_the_index_together_and_looks_for_no_alerts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    index, alerts = SqliteWriter.index_some, SqliteWriter.alerts

    def indexed(self: SqliteWriter, limit: int = 500) -> int:
        asked["index"] += 1
        return index(self, limit)

    def read(self: SqliteWriter, *, after: int = 0, since: float | None = None) -> list[Alert]:
        asked["alerts"] += since is None
        return alerts(self, after=after, since=since)

    monkeypatch.setattr(SqliteWriter, "index_some", indexed)
    monkeypatch.setattr(SqliteWriter, "alerts", read)
    monkeypatch.setattr(storing, "INDEX_AFTER", 2.0)
    async with FeedFarm(feeds=8, items=3) as farm, running(settings(farm), tmp_path):
        await eventually(lambda: _items(tmp_path) == 24 and _waiting(tmp_path) == 0)
        asked.clear()
        for feed in range(8):
            farm.publish_in(feed)
        with contextlib.closing(open_reader(tmp_path, read_only=False)) as reader:
            reader.ask_poll(["*"])
        await eventually(lambda: _items(tmp_path) == 32)
        await eventually(lambda: _waiting(tmp_path) == 0)
    assert asked["alerts"] == 0
    assert 1 <= asked["index"] <= 2


def _waiting(data: Path) -> int:
    """Items that aren't in the full-text index yet."""
    with contextlib.closing(sqlite3.connect(data / DATABASE)) as db:
        return int(db.execute("SELECT count(*) FROM items WHERE indexed = 0").fetchone()[0])


async def test_a_restart_asks_no_source_before_its_time(tmp_path: Path) -> None:
    async with FeedFarm(feeds=6, items=3) as farm:
        async with running(settings(farm), tmp_path):
            await eventually(lambda: farm.requests == 6)
            await eventually(lambda: _items(tmp_path) == 18)
        async with running(settings(farm), tmp_path) as engine:
            await eventually(lambda: len(engine._timetable.due) == 6)
        assert farm.requests == 6


def _items(data: Path) -> int:
    with contextlib.closing(open_reader(data)) as reader:
        return sum(state.items for state in reader.states().values())


async def test_a_desk_can_have_a_source_polled_before_its_time(tmp_path: Path) -> None:
    async with FeedFarm(feeds=2, items=3) as farm, running(settings(farm), tmp_path):
        await eventually(lambda: _items(tmp_path) == 6)
        with contextlib.closing(open_reader(tmp_path)) as reader:
            reader.ask_poll(["Farm 1"])
        await eventually(lambda: farm.requests == 3)


async def test_an_edit_of_the_configuration_is_taken_over_and_a_broken_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "config.toml"
    async with FeedFarm(feeds=3, items=3) as farm:
        every = farm.config(every="5m")
        file.write_text(every[: every.index("[[source]]", 5)])
        async with running(configuration.load(file), tmp_path / "data"):
            await eventually(lambda: farm.requests == 1)
            file.write_text(every + "[[source]]\nnam = 'broken'\n")
            await eventually(lambda: "isn't taken over" in caplog.text)
            assert farm.requests == 1
            file.write_text(every)
            await eventually(lambda: farm.requests == 3)


async def test_a_change_of_watch_words_reads_the_flags_of_the_last_day_anew(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    async with FeedFarm(feeds=1, items=3, now=time.time() - 60) as farm:
        word = farm.feeds[0][0][1].split()[0]
        file.write_text(farm.config(every="5m"))
        async with running(configuration.load(file), tmp_path / "data"):
            await eventually(lambda: _items(tmp_path / "data") == 3)
            file.write_text(f'[watch]\nkeywords = ["{word}"]\n' + farm.config(every="5m"))
            with contextlib.closing(open_reader(tmp_path / "data")) as reader:
                await eventually(lambda: any(f"keyword:{word}" in story.flags for story in reader.newest(10)))


async def test_fault_124_a_second_engine_waits_and_takes_over_when_the_first_dies(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    async with FeedFarm(feeds=3, items=3) as farm:
        file.write_text(farm.config(every="1s"))
        first, second = EngineChild(file, tmp_path / "data"), EngineChild(file, tmp_path / "data")
        first.start()
        await eventually((tmp_path / "data" / "wirewatch.sqlite").exists)
        reader: Reader = open_reader(tmp_path / "data")
        try:
            await eventually(lambda: f"pid {first.pid}" in (reader.engine() or ""))
            second.start()
            await eventually(lambda: farm.requests >= 9)
            assert f"pid {first.pid}" in (reader.engine() or "")
            assert second.poll() is None
            first.stop()
            await eventually(lambda: f"pid {second.pid}" in (reader.engine() or ""), within=10)
            asked = farm.requests
            await eventually(lambda: farm.requests > asked + 3)
        finally:
            first.stop()
            second.stop()
            reader.close()


async def test_an_edited_first_item_leaves_the_other_items_in_its_story(tmp_path: Path) -> None:
    clock = Clock()
    async with FeedFarm(feeds=2, items=1, now=clock.wall - 60) as farm:
        guid, headline, summary = farm.feeds[0][0]
        farm.feeds[1][0] = ("copy", headline, summary)
        await once(settings(farm), tmp_path, clock)
        clock.wall += 300
        farm.feeds[0][0] = (guid, f"UPDATE 1-{headline}", summary)
        farm.changed(0)
        await once(settings(farm), tmp_path, clock)
    with contextlib.closing(open_reader(tmp_path)) as reader:
        (story,) = reader.newest(10)
        detail = reader.story(story.id)
    assert detail is not None
    assert (story.items, story.outlets) == (2, 2)
    assert [placed.item.version for placed in detail.items if placed.item.guid == guid] == [2]
    assert [take.headline for takes in detail.takes.values() for take in takes] == [headline]


async def test_an_engine_that_fills_its_index_says_so_and_leaves_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wirewatch.engine.storing.SLOW", -1.0)
    monkeypatch.setattr("wirewatch.engine.filing.STEP", 5)
    said: list[str] = []
    async with FeedFarm(feeds=4, items=10) as farm:
        await once(settings(farm), tmp_path, Clock(time.time()))
        asked = farm.requests
        stop = asyncio.Event()

        def hear(sentence: str) -> None:
            said.append(sentence)
            stop.set()

        writer = open_writer(tmp_path)
        assert writer.claim(holder())
        await Engine(settings(farm), tmp_path, writer, on_notice=hear).run(stop)
        writer.close()
        assert farm.requests == asked
    assert said == ["Reading back the 40 items of the last three days; sources are asked after that."]
