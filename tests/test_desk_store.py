"""The desk on a real store: what it shows, marks that other desks see, arrivals from an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.desk_double import NOON, FixedClock, feed_rows, placed, running, story, until
from wirewatch import store
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import SourceState
from wirewatch.screens.desk import Desk
from wirewatch.store.contract import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.model import Story
    from wirewatch.store.contract import Writer


def complete(writer: Writer, stories: list[Story]) -> None:
    items = tuple(placed(one) for one in stories)
    writer.complete(
        Outcome(
            SourceState("Harbour News", state="ok", last_attempt=NOON),
            items,
            {one.item.id: (f"g:{one.item.id}",) for one in items},
            {one.item.id: one.item.id for one in items},
            tuple(stories),
        )
    )


async def test_a_desk_shows_follows_marks_and_searches_a_real_store(tmp_path: Path) -> None:
    writer = store.open_writer(tmp_path)
    assert writer.claim("test")
    complete(writer, [story(number) for number in range(700)])
    config = Config(path=tmp_path / "config.toml", desk=DeskSettings(mark_read_after=None))
    app = Desk(config, lambda: store.open_reader(tmp_path), clock=FixedClock())
    async with running(app) as pilot:
        feed = app.dashboard.feed
        assert "Story number 699 " in feed_rows(app)[0]
        complete(writer, [story(700, "A ferry ran aground")])
        await until(pilot, lambda: "A ferry ran aground" in feed_rows(app)[0])
        await pilot.press("s")
        other = store.open_reader(tmp_path)
        await until(pilot, lambda: other.counts(NOON)["starred"] == 1)
        other.mark([story(699).id], read=True)
        other.close()
        await until(pilot, lambda: feed.ledger.get(story(699).id).read)
        await pilot.press("slash", *"ferry", "enter")
        await until(pilot, lambda: len(feed.ledger) == 1)
        complete(writer, [story(701, "Second ferry adrift"), story(702, "A train is late")])
        await until(pilot, lambda: len(feed.ledger) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: story(702).id in feed.ledger)
        await until(pilot, lambda: app.dashboard.standing.engine == "test")
    writer.release()
    writer.close()


async def test_two_desks_on_one_store_see_the_same(tmp_path: Path) -> None:
    writer = store.open_writer(tmp_path)
    assert writer.claim("test")
    complete(writer, [story(number) for number in range(20)])
    config = Config(path=tmp_path / "config.toml", desk=DeskSettings(mark_read_after=None))
    one, two = (Desk(config, lambda: store.open_reader(tmp_path), clock=FixedClock()) for _ in range(2))
    async with running(one) as first:
        await first.press("j", "m")
        await until(first, lambda: one.dashboard.standing.counts["unread"] == 19)
    async with running(two) as second:
        assert two.dashboard.feed.ledger.get(story(18).id).read
        grown = replace(two.dashboard.feed.ledger.get(story(18).id), outlets=5)
        complete(writer, [grown])
        await until(second, lambda: "×5" in feed_rows(two)[1])
        assert two.dashboard.feed.ledger.get(story(18).id).read
    writer.release()
    writer.close()
