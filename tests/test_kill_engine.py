"""Kill -9 of the engine at random during polling: nothing acknowledged is lost, nothing is double."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from wirewatch.commands import desk
from wirewatch.commands.desk import EngineChild
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.store.contract import Reader

KILLS = int(os.environ.get("WIREWATCH_KILLS", "6"))


def stored(reader: Reader) -> Counter[str]:
    """How often each guid is stored."""
    return Counter(
        placed.item.guid or ""
        for story in reader.newest(100_000)
        for placed in (reader.story(story.id) or pytest.fail(f"{story.id} is a row without a story")).items
    )


@pytest.mark.slow
@pytest.mark.timeout(60 + 10 * KILLS)
async def test_killing_the_engine_at_random_loses_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "RESTART_AFTER", (0.05,))  # or the pauses between restarts would be most of the test
    dice = random.Random(4)
    async with FeedFarm(feeds=12, items=10) as farm:
        config = tmp_path / "config.toml"
        config.write_text(farm.config(every="1s"))
        engine = EngineChild(config, tmp_path / "data")
        engine.start()
        await eventually((tmp_path / "data" / "wirewatch.sqlite").exists)
        reader = open_reader(tmp_path / "data")
        acknowledged: set[str] = set()
        notices = 0
        try:
            for _ in range(KILLS):
                farm.publish(15)
                before = reader.last_seq()
                await eventually(lambda seen=before: reader.last_seq() > seen, why="the engine wrote nothing")
                acknowledged |= set(stored(reader))
                for _ in range(dice.randint(0, 25)):
                    await eventually(lambda: True)
                assert engine.pid is not None
                os.kill(engine.pid, signal.SIGKILL)
                said: list[str] = []
                await eventually(lambda said=said: said.append(engine.poll() or "") or said[-1])
                assert "killed (signal 9)" in said[-1]
                await eventually(lambda said=said: said.append(engine.poll() or "") or "again" in said[-1])
                notices += 1
            farm.publish(5)
            await eventually(lambda: set(stored(reader)) >= farm.guids(), why="items of the feeds never arrived")
            after = stored(reader)
            assert acknowledged <= set(after)
            assert [guid for guid, times in after.items() if times > 1] == []
            assert notices == KILLS
        finally:
            engine.stop()
            reader.close()
