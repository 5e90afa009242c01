"""Real days of real feeds through the real engine: each item is stored exactly once, and the exclusive is one story."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bench.replay import SEED_AT, Replay
from tests.shared import shared
from wirewatch import config as configuration
from wirewatch.clock import DAY, HOUR, parse_rfc3339
from wirewatch.commands.poll import holder
from wirewatch.engine.engine import Engine
from wirewatch.engine.fetch import Fetcher
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.model import StoryDetail

UNTIL = parse_rfc3339("2023-03-14T00:00:00Z") + DAY * int(os.environ.get("WIREWATCH_DAYS", "0"))
"""The suite takes the first three days, with the day of the seed; WIREWATCH_DAYS=4 takes the whole week."""


class Turned:
    """Wall time as the test turns it."""

    wall = 0.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return time.monotonic()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_captured_days_are_stored_exactly_once_and_the_exclusive_is_one_story(tmp_path: Path) -> None:
    week = shared("corpora/captured/week-2023-03-11.jsonl.gz")
    seed = shared("corpora/seed") / "000_647a6111658d6202.txt"
    clock = Turned()
    writer = open_writer(tmp_path, now=clock.now)
    assert writer.claim(holder())
    async with Replay(week, newest=100, seed=seed) as replay, Fetcher() as fetcher:
        config = configuration.parse(replay.config_text("1s"), file="replay.toml")
        engine = Engine(config, tmp_path, writer, clock=clock)
        engine._fetcher = fetcher
        await engine._begin()
        for moment in (step for step in replay.steps(6 * HOUR) if step < UNTIL):
            clock.wall = moment
            replay.advance(moment)
            await asyncio.gather(*(engine._poll(source) for source in config.sources))
        assert {state.state for state in engine._states.values()} == {"ok"}
        await engine._end()
        served = Counter(
            (feed.name, item.link) for feed in replay.feeds.values() for item in feed.items if item.at <= clock.wall
        )
    writer.close()
    with contextlib.closing(open_reader(tmp_path)) as reader:
        details = [reader.story(story.id) for story in reader.newest(100_000)]
    stored = Counter((placed.item.source, placed.item.url) for detail in details if detail for placed in detail.items)
    assert sum(stored.values()) == sum(served.values())
    assert set(stored.values()) == {1}
    story = _seed_story([detail for detail in details if detail])
    joined = {placed.item.headline for placed in story.items}
    assert "Xi May Visit Russia as Early as Next Week, Reuters Reports" in joined


def _seed_story(details: list[StoryDetail]) -> StoryDetail:
    (found,) = [
        detail
        for detail in details
        if any("Xi plans to visit Russia" in p.item.headline and p.item.received >= SEED_AT for p in detail.items)
    ]
    return found
