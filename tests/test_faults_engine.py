"""Faults that the engine as a whole has to stand: no store, no network, no clock, tasks that fall over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from tests.faultd import FEED, FaultServer
from tests.simulated import Clock as SimulatedClock
from tests.simulated import Feeds, most_in, simulated, states
from tests.simulated import running as simulated_engine
from tests.test_engine import Clock, once, running, settings
from wirewatch import config as configuration
from wirewatch.commands.desk import EngineChild
from wirewatch.commands.poll import holder
from wirewatch.engine import engine as engine_module
from wirewatch.engine import held, schedule, storing, supervisor
from wirewatch.engine import log as engine_log
from wirewatch.engine.engine import Engine
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.engine.worker import Parser
from wirewatch.errors import FetchError, OfflineError, StoreError
from wirewatch.model import Document, Item, Source, SourceState
from wirewatch.store import StoreFullError, open_reader, open_writer
from wirewatch.store import files as store_files

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from wirewatch.config import Config
    from wirewatch.store.writer import SqliteWriter

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def guids(data: Path) -> list[str]:
    """The guids of all stored items, each as often as it is stored."""
    with contextlib.closing(open_reader(data)) as reader:
        stories = [reader.story(story.id) for story in reader.newest(100_000)]
    return sorted(placed.item.guid or "" for story in stories if story for placed in story.items)


def etags(data: Path) -> dict[str, str | None]:
    with contextlib.closing(open_reader(data)) as reader:
        return {name: state.etag for name, state in reader.states().items()}


@contextlib.asynccontextmanager
async def noticed(config: Config, data: Path, said: list[str]) -> AsyncIterator[tuple[Engine, SqliteWriter]]:
    """A running engine with its writer; `said` gets its notices."""
    writer = open_writer(data)
    assert writer.claim(holder())
    stop = asyncio.Event()
    engine = Engine(config, data, writer, on_notice=said.append)
    task = asyncio.create_task(engine.run(stop))
    try:
        yield engine, writer
    finally:
        stop.set()
        await task
        writer.close()


# -- the store is full or busy ----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A directory on a file system of a few megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("needs the right to mount a tmpfs")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (65536, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return filler


async def published_while_full(farm: FeedFarm, data: Path, said: list[str], before: dict[str, str | None]) -> None:
    """What holds while the store takes nothing: polls go on, validators and items in the store stay what they were."""
    stored = guids(data)
    for _ in range(3):
        farm.publish(40)
        asked = farm.requests
        await eventually(lambda asked=asked: farm.requests > asked + len(farm.feeds))
    await eventually(lambda: said)
    assert "kept in memory" in said[0]
    assert guids(data) == stored
    assert etags(data) == before


async def test_fault_119_on_a_full_disk_polls_go_on_in_memory_and_are_written_once_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "RETRY_FULL", 0.05)
    monkeypatch.setattr(held, "ROOM_LEAST", 0)
    said: list[str] = []
    async with FeedFarm(feeds=6, items=10) as farm, noticed(settings(farm, "1s"), small_disk, said):
        await eventually(lambda: len(guids(small_disk)) == 60)
        filler = fill(small_disk)
        farm.publish(200)
        await eventually(lambda: said)
        before = etags(small_disk)
        await published_while_full(farm, small_disk, said, before)
        filler.unlink()
        await eventually(lambda: set(guids(small_disk)) == farm.guids())
        await eventually(lambda: len(said) == 2)
    assert "full" in said[0]
    assert "takes writes again" in said[1]
    assert len(guids(small_disk)) == len(farm.guids())
    assert sqlite3.connect(small_disk / store_files.DATABASE).execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_fault_119_a_database_that_may_not_grow_is_written_to_later_and_nothing_is_lost_or_double(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "RETRY_FULL", 0.05)
    said: list[str] = []
    changes = []
    async with FeedFarm(feeds=6, items=10) as farm, noticed(settings(farm, "1s"), tmp_path, said) as (engine, writer):
        await eventually(lambda: len(guids(tmp_path)) == 60)
        engine._on_changes = changes.extend
        await engine._storing.run(writer._db.execute, "PRAGMA max_page_count = 1")
        farm.publish(60)
        await eventually(lambda: said)
        await published_while_full(farm, tmp_path, said, etags(tmp_path))
        guid, headline, summary = farm.feeds[0][0]
        farm.feeds[0][0] = (guid, f"UPDATE 1-{headline}", summary)
        farm.changed(0)
        asked = farm.requests
        await eventually(lambda: farm.requests > asked + 12)
        await engine._storing.run(writer._db.execute, "PRAGMA max_page_count = 1000000")
        await eventually(lambda: engine._storing.trouble is None)
        assert set(guids(tmp_path)) == farm.guids()
        assert len(guids(tmp_path)) == len(farm.guids())
        await eventually(lambda: sum(state.items for state in engine._states.values()) == len(farm.guids()))
    with contextlib.closing(open_reader(tmp_path)) as reader:
        assert sum(state.items for state in reader.states().values()) == len(farm.guids())
        (story,) = [story for story in reader.newest(1000) if story.headline == f"UPDATE 1-{headline}"]
        detail = reader.story(story.id)
    assert detail is not None
    assert headline in [take.headline for takes in detail.takes.values() for take in takes], "the first take is kept"
    assert len(said) == 2
    assert len([change for change in changes if change.what == "new"]) > 60


async def test_fault_119_the_last_200_megabytes_of_a_disk_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "RETRY_FULL", 0.05)
    monkeypatch.setattr(held, "ROOM_LEAST", 10**18)
    said: list[str] = []
    async with FeedFarm(feeds=3, items=4) as farm, noticed(settings(farm, "1s"), tmp_path, said) as (engine, _):
        await eventually(lambda: engine._storing._held.items == 12)
        for feed, (guid, headline, summary) in enumerate([listed[0] for listed in farm.feeds]):
            farm.feeds[feed][0] = (guid, f"UPDATE 1-{headline}", summary)
            farm.changed(feed)
        await eventually(lambda: engine._storing._held.items == 15)
        asked = farm.requests
        await eventually(lambda: farm.requests >= asked + 6)
        assert guids(tmp_path) == []
        assert etags(tmp_path) == {}
        assert engine._storing._held.items == 15, "what is listed again is not kept twice"
        monkeypatch.setattr(held, "ROOM_LEAST", 0)
        await eventually(lambda: set(guids(tmp_path)) == farm.guids())


async def test_fault_119_memory_for_what_waits_is_bounded_and_validators_stay_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST", 10_000)
    monkeypatch.setattr(held, "ROOM_LEAST", 10**18)
    said: list[str] = []
    async with FeedFarm(feeds=40, items=5) as farm, noticed(settings(farm, "1s"), tmp_path, said) as (engine, writer):
        await eventually(lambda: engine._storing.full)
        await eventually(lambda: not engine._in_flight)
        waiting, asked = engine._storing._held.items, farm.requests
        farm.publish(20)
        for _ in range(3):
            looked = engine._timetable.slept(())
            await eventually(lambda: not engine._in_flight)
            assert not looked
        assert farm.requests == asked, "nobody is asked for what can't be kept"
        assert engine._storing._held.items == waiting
        assert await engine._storing.run(writer.states) == {}
    assert "not stored" not in "".join(said)


async def test_fault_119_poll_once_says_that_it_could_not_store_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "ROOM_LEAST", 10**18)
    async with FeedFarm(feeds=2, items=3) as farm:
        with pytest.raises(StoreFullError, match="MB are free"):
            await once(settings(farm), tmp_path, Clock())
        monkeypatch.setattr(held, "ROOM_LEAST", 0)
        states_after = await once(settings(farm), tmp_path, Clock())
    assert sum(state.items for state in states_after.values()) == 6


async def test_fault_119_the_desk_hears_of_it_though_the_store_cannot_tell(tmp_path: Path, small_disk: Path) -> None:
    file = tmp_path / "config.toml"
    said: list[str] = []
    async with FeedFarm(feeds=2, items=3) as farm:
        file.write_text(farm.config(every="1s"))
        engine = EngineChild(file, small_disk)  # 6 MB are less than the 200 that are left alone
        engine.start()
        try:
            await eventually(lambda: said.append(engine.poll() or "") or "kept in memory" in said[-1])
        finally:
            engine.stop()
    assert "Less than 200 MB are free" in said[-1]


def test_notices_are_read_without_waiting_one_at_a_time_and_other_output_is_left_out(tmp_path: Path) -> None:
    engine = EngineChild(None, tmp_path)
    lines = [json.dumps({"notice": "one\x1b[31m"}), "print() of a library", "[1]", json.dumps({"notice": "two"})]
    engine._command = [sys.executable, "-c", f"print({chr(10).join(lines)!r}, flush=True); input()"]
    engine.start()
    said: list[str] = []
    deadline = time.monotonic() + 30
    while len(said) < 2 and time.monotonic() < deadline:
        said += [notice] if (notice := engine.poll()) else []
    assert said == ["one[31m", "two"]
    assert engine.poll() is None
    engine.stop()


async def test_fault_125_while_another_tool_locks_the_database_polls_queue_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_files, "BUSY", 50)
    monkeypatch.setattr(storing, "RETRY_BUSY", 0.01)
    tries = []
    retry = held.Held.retry
    monkeypatch.setattr(held.Held, "retry", lambda self: (tries.append(1), retry(self))[1])
    said: list[str] = []
    async with FeedFarm(feeds=6, items=10) as farm, noticed(settings(farm, "1s"), tmp_path, said) as (engine, _):
        await eventually(lambda: len(guids(tmp_path)) == 60)
        tool = sqlite3.connect(tmp_path / store_files.DATABASE, isolation_level=None)
        tool.execute("BEGIN EXCLUSIVE")
        before = etags(tmp_path)
        await published_while_full(farm, tmp_path, said, before)
        await eventually(lambda: len(tries) >= 2)
        tool.execute("ROLLBACK")
        tool.close()
        await eventually(lambda: engine._storing.trouble is None)
        await eventually(lambda: set(guids(tmp_path)) == farm.guids())
    assert len(guids(tmp_path)) == len(farm.guids())
    assert "locked by another program" in said[0]
    assert len(said) == 2


async def test_a_document_that_can_never_be_stored_is_given_up_and_asked_for_again_without_validators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "RETRY_FULL", 0.05)
    monkeypatch.setattr(held, "ROOM_LEAST", 10**18)
    said: list[str] = []
    async with FeedFarm(feeds=3, items=2) as farm, noticed(settings(farm, "1s"), tmp_path, said) as (engine, writer):
        await eventually(lambda: engine._storing._held.items == 6)
        complete, refused = writer.complete, []

        def picky(outcome):
            if outcome.state.name == "Farm 1" and not refused:
                refused.append(outcome)
                raise StoreError("this one isn't to be stored")
            return complete(outcome)

        monkeypatch.setattr(writer, "complete", picky)
        monkeypatch.setattr(engine_module, "RETRY_FULL", 0.05)
        monkeypatch.setattr(held, "ROOM_LEAST", 0)
        await eventually(lambda: set(guids(tmp_path)) == farm.guids())
        assert engine._lost == set()
    assert refused
    assert len(guids(tmp_path)) == 6


def test_what_was_judged_and_could_not_be_stored_is_no_story_for_others_to_join(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configuration.parse("", file="empty.toml")
    writer = open_writer(tmp_path)
    assert writer.claim(holder())
    filing = Filing(Process(config), writer)
    store = held.Held(filing, lambda: filing.start_over(config, 0.0), lambda: 10**12)

    def told_by(name: str) -> tuple[Document, SourceState]:
        headline = "Ferries resume after two-day storm cuts off islands"
        return Document("rss", (Item(name, name, headline, 1e9, guid=name),)), SourceState(name, items=3)

    def refuse(_outcome):
        raise StoreError("not this one")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "complete", refuse)
        with pytest.raises(StoreError, match="not this one"):
            store.file(*told_by("A"))
    store.file(None, SourceState("C"))
    (change,), state = store.file(*told_by("B"))
    assert (change.what, change.story_id, state.items) == ("new", "sB", 4)
    assert guids(tmp_path) == ["B"]
    writer.close()


async def test_a_broken_database_ends_the_engine_so_that_a_new_one_can_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_writer(tmp_path)
    assert writer.claim(holder())

    def broken(_outcome):
        raise StoreError("The database is damaged")

    monkeypatch.setattr(writer, "complete", broken)
    async with FeedFarm(feeds=5, items=2) as farm:
        with pytest.raises(StoreError, match="damaged"):
            await Engine(settings(farm), tmp_path, writer).run(asyncio.Event())
    writer.close()


# -- what feeds do to their lists -------------------------------------------------------------------------------------


async def test_fault_092_an_item_that_vanishes_and_returns_is_not_new(tmp_path: Path) -> None:
    clock, changes = Clock(), []
    async with FeedFarm(feeds=2, items=6, now=clock.wall - 60) as farm:
        await once(settings(farm), tmp_path, clock)
        gone = farm.feeds[0].pop(2)
        farm.changed(0)
        clock.wall += 300
        await once(settings(farm), tmp_path, clock, changes)
        farm.feeds[0].insert(0, gone)
        farm.changed(0)
        clock.wall += 3 * HOUR
        await once(settings(farm), tmp_path, clock, changes)
    assert changes == []
    assert len(guids(tmp_path)) == 12


async def test_fault_093_an_emptied_feed_and_a_reversed_one_delete_and_change_nothing(tmp_path: Path) -> None:
    clock, changes = Clock(), []
    async with FeedFarm(feeds=2, items=6, now=clock.wall - 60) as farm:
        await once(settings(farm), tmp_path, clock)
        rows = _rows(tmp_path)
        whole = farm.feeds[0]
        for listed in ([], whole[::-1], whole[3:], whole):
            farm.feeds[0] = list(listed)
            farm.changed(0)
            clock.wall += 300
            after = await once(settings(farm), tmp_path, clock, changes)
            assert {state.state for state in after.values()} == {"ok"}
    assert changes == []
    assert _rows(tmp_path) == rows


def _rows(data: Path) -> list[tuple[str, float, int]]:
    with contextlib.closing(open_reader(data)) as reader:
        return [(story.id, story.at, story.items) for story in reader.newest(1000)]


# -- redirects --------------------------------------------------------------------------------------------------------


async def test_fault_039_a_new_address_is_suggested_after_three_answers_over_a_day_and_not_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    async with FaultServer() as server:
        to = ["/feed", "/feed", "/cached", "/cached", "/cached", "/cached", "/cached"]

        async def moved(exchange):
            status = "302 Found" if not to else "301 Moved Permanently"
            await exchange.answer(b"", f"Location: {to.pop(0) if to else '/cached'}", status=status)

        url = server.on("/old", moved)
        config = configuration.parse(f'[[source]]\nname = "A"\nurl = "{url}"\n', file="a.toml")
        notes = []
        with caplog.at_level(logging.INFO):
            for hours in (0, 30, 60, 70, 80, 90, 100, 110):
                clock.wall = 1_678_700_000.0 + hours * HOUR
                notes.append((await once(config, tmp_path, clock))["A"].note)
        new = server.url("/cached")
    wanted = f"it has moved for good to {new}: put this address into the configuration"
    assert notes == [None, None, None, None, None, wanted, wanted, None], "a day after it first led there; 302 ends it"
    assert caplog.text.count(wanted) == 1


# -- no network -------------------------------------------------------------------------------------------------------


def sources(hosts: int, each: int = 1, kind: str = "web", every: str | None = None) -> Config:
    """Sources `W<host>.<n>` of so many public hosts."""
    rows = [
        f'[[source]]\nname = "W{host}.{n}"\nurl = "https://wire{host}.news/{n}"\nkind = "{kind}"\n'
        + (f'every = "{every}"\n' if every else "")
        for host in range(hosts)
        for n in range(each)
    ]
    return configuration.parse("\n".join(rows), file="wires.toml")


def lookup(source: Source) -> Exception:
    return OfflineError(f"no answer from the name server about {source.url}")


def portal(source: Source) -> Exception:
    error = FetchError("a web page, not a feed, at portal.hotel.example")
    error.led_to = "portal.hotel.example"
    return error


def worked(_source: Source) -> Exception | None:
    return None


def loop_time() -> float:
    return asyncio.get_running_loop().time()


def outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble, reason: str) -> None:
    """300 sources of 60 hosts lose their network for ten minutes and get it back."""

    async def test() -> None:
        feeds, clock, said = Feeds(), SimulatedClock(), []
        async with simulated_engine(sources(60, 5), tmp_path, feeds, clock, monkeypatch, said) as engine:
            await asyncio.sleep(600)
            assert states(engine) == {"ok": 300}
            feeds.trouble, lost = trouble, loop_time()
            await asyncio.sleep(60)
            assert states(engine) == {"offline": 300}
            assert [sentence for sentence in said if "Offline" in sentence] == said
            assert reason in said[0]
            tried = len(feeds.times(lost))
            await asyncio.sleep(540)
            assert len(said) == 1, "OFFLINE is said once"
            assert {state.failures for state in engine._states.values()} == {0}, "no source is to blame"
            probes = feeds.times(lost)[tried:]
            assert 34 <= len(probes) <= 38, "one probe every 15 seconds"
            assert min(later - earlier for earlier, later in pairwise(probes)) > 14
            feeds.trouble, feeds.edition, back = worked, 1, loop_time()
            await asyncio.sleep(60)
            assert states(engine) == {"ok": 300}
            assert all(state.etag == "1" for state in engine._states.values()), "all are fresh"
            assert "Online again" in said[1]
            for host in range(60):
                times = sorted(t for n in range(5) for t in feeds.asked[f"W{host}.{n}"] if back <= t < back + 60)
                assert most_in(times, 0.99) == 1, "no host is asked more than once a second"
            assert most_in(feeds.times(back), 1.0) <= 15

    simulated(test)


def test_fault_003_without_a_network_all_are_offline_one_is_probed_and_none_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage(tmp_path, monkeypatch, lookup, "no answer from the name server")


def test_fault_047_many_feeds_that_lead_to_one_portal_are_offline_and_not_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage(tmp_path, monkeypatch, portal, "every address leads to portal.hotel.example: a sign-in page?")


def test_fault_003_hosts_that_cannot_be_found_while_others_answer_are_to_blame_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        def some(source: Source) -> Exception | None:
            return lookup(source) if int(source.name[1]) < 4 else None

        feeds, said = Feeds(some), []
        async with simulated_engine(sources(8), tmp_path, feeds, SimulatedClock(), monkeypatch, said) as engine:
            await asyncio.sleep(2 * HOUR)
            assert said == []
            assert states(engine) == {"ok": 4, "failing": 4}
            assert all(engine._states[f"W{n}.0"].failures >= 4 for n in range(4))

    simulated(test)


def test_fault_003_a_false_alarm_ends_at_the_first_probe_and_is_not_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        feeds, said = Feeds(lambda source: lookup(source) if int(source.name[1]) < 3 else None), []
        feeds.slow = dict.fromkeys(["W0.0", "W1.0", "W2.0"], 5.0)  # slower than all the answers
        async with simulated_engine(sources(9), tmp_path, feeds, SimulatedClock(), monkeypatch, said) as engine:
            await asyncio.sleep(30)
            assert len(said) == 2
            assert "Online again" in said[1]
            await asyncio.sleep(HOUR)
            assert len(said) == 2
            assert states(engine) == {"ok": 6, "failing": 3}
        later = SimulatedClock()
        later.wall += HOUR  # all are overdue
        async with simulated_engine(sources(9), tmp_path, feeds, later, monkeypatch, said):
            await asyncio.sleep(HOUR)
            assert len(said) == 2, "after a restart it is known who was in trouble"

    simulated(test)


def test_fault_003_probes_come_every_15_seconds_in_a_second_outage_too_and_after_polling_all_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        feeds, said = Feeds(), []
        async with simulated_engine(
            sources(100, every="20s"), tmp_path, feeds, SimulatedClock(), monkeypatch, said
        ) as engine:
            await asyncio.sleep(300)
            for _ in range(2):
                feeds.trouble = lookup
                await asyncio.sleep(60)
                feeds.trouble = worked
                await asyncio.sleep(60)
                assert states(engine) == {"ok": 100}
            feeds.trouble = lookup
            await asyncio.sleep(60)
            engine._poll_now(["*"])
            await asyncio.sleep(30)
            by_hand = len(feeds.times())
            await asyncio.sleep(150)
            assert len(feeds.times()) == by_hand + 10
            feeds.trouble = worked
            await asyncio.sleep(60)
            assert states(engine) == {"ok": 100}
            assert len(said) == 6

    simulated(test)


def test_fault_047_a_single_feed_that_leads_elsewhere_is_its_own_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        feeds, said = Feeds(lambda source: portal(source) if source.name < "W2" else None), []
        async with simulated_engine(sources(9), tmp_path, feeds, SimulatedClock(), monkeypatch, said) as engine:
            await asyncio.sleep(HOUR)
            assert said == []
            assert states(engine) == {"ok": 7, "failing": 2}

    simulated(test)


async def test_fault_047_a_redirect_to_a_sign_in_page_tells_where_it_led() -> None:
    async with FaultServer() as server, engine_module.Fetcher() as fetcher:

        async def leads_away(exchange):
            await exchange.answer(b"", f"Location: {server.url('/html', host='portal.localhost')}", status="302 Found")

        with pytest.raises(FetchError) as away:
            await fetcher.fetch(Source("A", server.on("/portal", leads_away), private=True))
        with pytest.raises(FetchError) as home:
            await fetcher.fetch(Source("A", server.url("/html"), private=True))
    assert (away.value.led_to, home.value.led_to) == ("portal.localhost", None)


# -- neighbours -------------------------------------------------------------------------------------------------------


def test_fault_066_ninety_failing_feeds_of_300_cost_the_healthy_ones_no_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[int] = []

    def day(folder: str, *, failing: bool) -> None:
        async def test() -> None:
            bad = {f"W{n}.0" for n in range(0, 300, 10) for n in (n, n + 1, n + 2)} if failing else set()
            feeds, said = Feeds(lambda source: FetchError("it hangs") if source.name in bad else None), []
            feeds.slow = dict.fromkeys(bad, 20.0)
            config = sources(300, every="60s")
            async with simulated_engine(
                config, tmp_path / folder, feeds, SimulatedClock(), monkeypatch, said
            ) as engine:
                await asyncio.sleep(30 * MINUTE)
                assert states(engine)["failing"] == len(bad)
                healthy = [name for name in engine._states if int(name[1:].split(".")[0]) % 10 > 2]
                polls.append(sum(len(feeds.asked[name]) for name in healthy))
                assert said == []

        simulated(test)

    day("without", failing=False)
    day("with", failing=True)
    without, beside = polls
    assert without == pytest.approx(210 * 30, rel=0.05)
    assert beside >= 0.98 * without


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_fault_064_waking_after_eight_hours_a_running_engine_asks_everybody_once_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        feeds, clock, said = Feeds(), SimulatedClock(), []
        async with simulated_engine(sources(300, every="10m"), tmp_path, feeds, clock, monkeypatch, said) as engine:
            await asyncio.sleep(25 * MINUTE)
            woke = loop_time()
            clock.wall += 8 * HOUR
            await asyncio.sleep(2 * MINUTE)
            asked = feeds.times(woke)
            assert len(asked) == 300, "each once"
            assert asked[-1] - woke < 40
            assert most_in(asked, 1.0) <= 12
            await asyncio.sleep(8 * MINUTE)
            assert len(feeds.times(woke)) == 300, "nothing is caught up on"
            assert states(engine) == {"ok": 300}
            assert said == []

    simulated(test)


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_fault_065_a_wall_clock_that_jumps_a_day_neither_stops_nor_floods_a_running_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    async def test() -> None:
        feeds, clock, said = Feeds(), SimulatedClock(), []
        async with simulated_engine(sources(100, every="5m"), tmp_path, feeds, clock, monkeypatch, said) as engine:
            await asyncio.sleep(12 * MINUTE)
            jumped = loop_time()
            clock.wall += jump
            feeds.edition = 1
            await asyncio.sleep(20 * MINUTE)
            for times in feeds.asked.values():
                after = [moment for moment in times if moment >= jumped]
                assert 4 <= len(after) <= 5
                assert max(later - earlier for earlier, later in pairwise([jumped, *after])) < 6 * MINUTE
            assert most_in(feeds.times(jumped), 1.0) <= 60
            assert states(engine) == {"ok": 100}
        with contextlib.closing(open_reader(tmp_path)) as reader:
            assert all(story.first_seen <= clock.now() for story in reader.newest(50) if story.id.endswith("-1"))

    simulated(test)


# -- supervision ------------------------------------------------------------------------------------------------------


async def test_fault_133_a_task_that_falls_over_is_logged_said_and_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    said: list[str] = []
    async with FeedFarm(feeds=2, items=3) as farm, noticed(settings(farm), tmp_path, said) as (_, writer):
        await eventually(lambda: farm.requests == 2)
        ask, falls = writer.poll_requests, [ValueError("one"), KeyError("two")]

        def fragile() -> list[str]:
            if falls:
                raise falls.pop()
            return ask()

        monkeypatch.setattr(writer, "poll_requests", fragile)
        await eventually(lambda: not falls)
        with contextlib.closing(open_reader(tmp_path)) as reader:
            reader.ask_poll(["*"])
        await eventually(lambda: farm.requests == 4)
    assert said == [
        "Housekeeping fell over (KeyError); begun again in 0 s.",
        "Housekeeping fell over (ValueError); begun again in 0 s.",
    ]
    assert "KeyError: 'two'" in caplog.text


async def test_fault_133_a_poll_that_falls_over_is_said_and_its_source_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine_module, "RETRY_FULL", 0.05)
    after, falls = schedule.after_success, [ValueError("one"), KeyError("two")]

    def fragile(source, *args, **more):
        if source.name == "Farm 1" and falls:
            raise falls.pop()
        return after(source, *args, **more)

    def broken(*_args, **_more):
        raise ZeroDivisionError("the engine's own way out fails too")

    said: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(schedule, "after_success", fragile)
        patch.setattr(schedule, "after_failure", broken)
        async with FeedFarm(feeds=3, items=2) as farm, noticed(settings(farm), tmp_path, said):
            await eventually(lambda: len(guids(tmp_path)) == 6)
    assert said == ["Polling Farm 1 fell over (ZeroDivisionError); it is tried again in 0 s."] * 2
    assert "KeyError: 'two'" in caplog.text


async def test_fault_133_what_the_engine_stumbles_over_is_that_sources_state_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = Parser.parse
    closed: list[int] = []

    def fragile(self, job):
        if job.source.name == "Farm 0":
            raise OSError("no more processes")
        return parse(self, job)

    close = Parser.close
    monkeypatch.setattr(Parser, "parse", fragile)
    monkeypatch.setattr(Parser, "close", lambda self: (closed.append(self.pid), close(self))[1])
    async with FeedFarm(feeds=3, items=2) as farm, running(settings(farm), tmp_path):
        await eventually(lambda: len(guids(tmp_path)) == 4)
        await eventually(lambda: len(etags(tmp_path)) == 3)
        with contextlib.closing(open_reader(tmp_path)) as reader:
            state = reader.states()["Farm 0"]
    assert (state.state, state.etag) == ("failing", None)
    assert "wirewatch stumbled over this source: OSError" in (state.reason or "")
    assert len(set(closed)) == 2, "a worker that can't be trusted is replaced"


async def test_a_source_taken_out_of_the_configuration_while_it_is_polled_keeps_nobody_awake(tmp_path: Path) -> None:
    async with FaultServer() as server:
        asked, go = asyncio.Event(), asyncio.Event()

        async def slow(exchange):
            asked.set()
            await go.wait()
            await exchange.answer(FEED)

        file = tmp_path / "config.toml"
        row = '[[source]]\nname = "{0}"\nurl = "{1}"\nevery = "5m"\n'
        file.write_text(row.format("slow", server.on("/slow", slow)) + row.format("fine", server.url("/feed")))
        async with running(configuration.load(file), tmp_path / "data") as engine:
            await asked.wait()
            file.write_text(row.format("fine", server.url("/feed")))
            await eventually(lambda: len(engine.config.sources) == 1)
            go.set()
            await eventually(lambda: "slow" not in engine._in_flight)
            await eventually(lambda: set(engine._timetable.due) == {"fine"})


def test_fault_134_the_log_is_five_files_of_two_megabytes_that_only_their_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (engine_log.LARGEST, engine_log.KEPT + 1) == (2 * 1024 * 1024, 5)
    monkeypatch.setattr(engine_log, "LARGEST", 20_000)
    path = tmp_path / "engine.log"
    handler = engine_log.log_to(path)
    try:
        for n in range(400):
            logging.getLogger("wirewatch.test").info("%d \x1b[31m http://me:s3cret@wire.example/ %s", n, "x" * 400)
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["engine.log", *(f"engine.log.{n}" for n in range(1, 5))]
    assert all(10_000 < file.stat().st_size <= 20_000 for file in files[1:])
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    text = "".join(file.read_text() for file in files)
    assert "s3cret" not in text
    assert "\x1b" not in text


def test_fault_134_a_log_that_a_full_disk_cannot_take_is_no_reason_to_stop_or_to_write_elsewhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = engine_log.log_to(tmp_path / "engine.log")
    try:
        logging.getLogger("wirewatch.test").info("one")
        monkeypatch.setattr(handler, "flush", lambda: os.write(os.open("/dev/full", os.O_WRONLY), b"x"))
        logging.getLogger("wirewatch.test").info("two")
        monkeypatch.undo()
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert capfd.readouterr().err == ""
