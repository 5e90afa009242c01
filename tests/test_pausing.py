"""A paused source: kept in the store, heeded by the engine, shown as paused, and resumed."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from bench.feedfarm import FeedFarm
from tests.commandline import wirewatch
from tests.eventually import eventually
from tests.storing import NOW, one, outcome_of
from tests.test_engine import Clock, once, running, settings
from wirewatch.model import SourceState
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = '[[source]]\nname = "Harbour"\nurl = "http://127.0.0.1:9/feed"\n'


def test_a_paused_source_is_paused_for_every_reader_until_it_is_resumed(tmp_path: Path) -> None:
    with contextlib.closing(open_writer(tmp_path, now=lambda: NOW)) as writer:
        assert writer.claim("x")
        writer.complete(outcome_of(one(1, source="A"), state=SourceState("A", state="failing", reason="no such host")))
        with contextlib.closing(open_reader(tmp_path)) as desk, contextlib.closing(open_reader(tmp_path)) as other:
            desk.pause(["A", "never asked"], paused=True)
            assert writer.paused() == {"A", "never asked"}
            shown = other.states()
            assert shown["A"].state == shown["never asked"].state == "paused"
            assert shown["A"].reason == "paused by hand; before that: no such host"
            assert shown["A"].next_poll is None
            assert writer.states()["A"].state == "failing"
            other.pause(["A"], paused=False)
            assert desk.states()["A"].state == "failing"
            assert writer.paused() == {"never asked"}


async def test_the_engine_leaves_a_paused_source_alone_and_asks_it_once_it_is_resumed(tmp_path: Path) -> None:
    async with FeedFarm(feeds=3, items=2) as farm:
        config = settings(farm, every="1s")
        with contextlib.closing(open_reader(tmp_path)) as desk:
            desk.pause(["Farm 1"], paused=True)
            async with running(config, tmp_path) as engine:
                await eventually(lambda: farm.requests >= 8)
                assert desk.states()["Farm 1"].state == "paused"
                assert "Farm 1" not in engine._states
                desk.pause(["Farm 1"], paused=False)
                await eventually(lambda: desk.states().get("Farm 1", SourceState("")).state == "ok")
                desk.pause(["Farm 0", "Farm 1", "Farm 2"], paused=True)
                await eventually(lambda: len(engine._paused) == 3 and not engine._in_flight)
                asked = farm.requests
                desk.ask_poll(["*"])
                await eventually(lambda: not engine._writer.poll_requests())
                for _ in range(20):
                    await eventually(lambda: True)
                assert farm.requests == asked


async def test_a_pause_outlives_a_restart_and_holds_for_a_single_pass(tmp_path: Path) -> None:
    async with FeedFarm(feeds=3, items=2) as farm:
        with contextlib.closing(open_reader(tmp_path)) as desk:
            desk.pause(["Farm 2"], paused=True)
        states = await once(settings(farm), tmp_path, Clock())
        assert sorted(states) == ["Farm 0", "Farm 1"]
        assert farm.requests == 2


def test_sources_are_paused_and_resumed_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(CONFIG)
    places = ("--config", str(tmp_path / "c.toml"), "--data", str(tmp_path / "data"))

    def state() -> str:
        return str(json.loads(wirewatch(tmp_path, "sources", "--json", *places).out)["state"])

    assert state() == "new"
    ended = wirewatch(tmp_path, "sources", "pause", "Harbour", *places)
    assert (ended.code, ended.out) == (0, "Harbour is paused until it is resumed\n")
    assert state() == "paused"
    assert wirewatch(tmp_path, "sources", "resume", "Harbour", "--json", *places).objects()[0]["state"] == "new"
    assert state() == "new"
    wrong = wirewatch(tmp_path, "sources", "pause", "Harbor", *places)
    assert wrong.code == 1
    assert "did you mean 'Harbour'?" in wrong.err
