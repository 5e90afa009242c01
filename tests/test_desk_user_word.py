"""Taking items out of stories and joining stories, on the desk: keys, what it says, and what other desks then show."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk_double import FixedClock, desk, feed_rows, running, story, until
from tests.test_desk_unfold import a_wire, items_of
from tests.test_user_word import FERRY, FERRY_TOO, NOW, STRIKE, Wire
from wirewatch import store
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.screens.desk import Desk
from wirewatch.widgets.roll import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def status(app: Desk) -> str:
    return app.dashboard.query_one("#status").text


def head(app: Desk) -> str:
    return app.dashboard.query_one("#feed-head").text


async def test_x_takes_the_item_under_the_cursor_out_and_u_puts_it_back() -> None:
    memory = a_wire(99)
    app = desk(memory)
    async with running(app) as pilot:
        await pilot.press("x")
        assert "l unfolds it" in status(app)
        await pilot.press("l")
        await until(pilot, lambda: app.dashboard.feed.roll.is_unfolded(story(99).id))
        await pilot.press("j", "j", "j", "x")
        await until(pilot, lambda: len(memory.words) == 1)
        word = memory.words[0]
        assert (word.what, word.one, word.other) == ("part", f"{story(99).id}r", story(99).id)
        assert "u takes it back" in status(app)
        await pilot.press("m", "u")
        await pilot.press("u")
        await until(pilot, lambda: len(memory.words) == 2)
        assert (memory.words[1].what, memory.words[1].one) == ("undo", word.id)
        await pilot.press("u")
        assert "Nothing to undo" in status(app)


async def test_plus_picks_a_story_up_and_joins_it_with_another() -> None:
    memory = a_wire()
    app = desk(memory)
    async with running(app) as pilot:
        await pilot.press("plus")
        assert "⊕" in feed_rows(app)[0]
        assert "+ on another story joins" in head(app)
        await pilot.press("j", "j", "plus")
        await until(pilot, lambda: len(memory.words) == 1)
        word = memory.words[0]
        assert (word.what, word.one, word.other) == ("join", story(99).id, story(97).id)
        assert "⊕" not in feed_rows(app)[0]
        await pilot.press("u")
        await until(pilot, lambda: len(memory.words) == 2)
        assert (memory.words[1].what, memory.words[1].one) == ("undo", word.id)


async def test_a_story_that_was_picked_up_is_let_go_and_follows_its_story() -> None:
    memory = a_wire()
    app = desk(memory)
    async with running(app) as pilot:
        await pilot.press("plus", "plus")
        assert "Let go" in status(app)
        assert memory.words == []
        await pilot.press("plus", "escape")
        assert app.dashboard.feed.picked_up is None
        await pilot.press("plus", "j")
        memory.drop(story(99).id, into=story(90).id)
        await until(pilot, lambda: app.dashboard.feed.picked_up == story(90).id)


async def test_the_desk_says_when_no_engine_is_there_to_do_it() -> None:
    memory = a_wire()
    memory.holder = None
    app = desk(memory)
    async with running(app) as pilot:
        await until(pilot, lambda: app.dashboard.standing.engine is None)
        await pilot.press("plus", "j", "plus")
        assert "done as soon as an engine runs" in status(app)


async def test_what_cannot_be_written_is_said_and_not_to_be_undone() -> None:
    memory = a_wire()
    app = desk(memory)
    async with running(app) as pilot:
        await pilot.press("plus", "j")
        memory.broken = "The data directory is open read-only."
        await pilot.press("plus")
        await until(pilot, lambda: "That wasn't done: The data directory is open read-only." in status(app))
        memory.broken = None
        await pilot.press("u")
        assert "Nothing to undo" in status(app)


async def test_an_item_that_left_an_unfolded_story_leaves_the_reader_in_place() -> None:
    memory = a_wire(97)
    app = desk(memory)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "j", "l")
        await until(pilot, lambda: feed.roll.is_unfolded(story(97).id))
        one = memory.stories[story(97).id]
        memory.items[one.id] = items_of(one, more=3)
        memory.tell(replace(one, items=6, outlets=6), what="grown")
        await until(pilot, lambda: len(feed.roll) == 106)
        await pilot.press("j", "j", "j")
        under, line = feed.cursor, feed.cursor_row
        assert under == Spot(one.id, f"{one.id}r")
        memory.items[one.id] = [item for item in memory.items[one.id] if item.item.source != "Copy Post"]
        memory.tell(replace(one, items=5, outlets=5), what="edited")
        await until(pilot, lambda: len(feed.roll) == 105)
        assert feed.cursor == under
        assert feed.cursor_row - feed.top in (line, line - 1)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with closing(Wire(tmp_path / "data")) as wire:
        yield wire


async def test_two_desks_on_a_real_store_see_what_one_of_them_says_and_so_does_the_next_start(wire: Wire) -> None:
    home = wire.bring("Harbour News", FERRY)
    wire.bring("Gazette", FERRY_TOO)
    strike = wire.bring("Meridian", STRIKE)
    config = Config(path=wire.data / "config.toml", desk=DeskSettings(mark_read_after=None))
    one, two = (
        Desk(config, lambda: store.open_reader(wire.data), clock=FixedClock(NOW + 600), read_only=False)
        for _ in range(2)
    )
    async with running(one) as pilot, running(two):
        feed, other = one.dashboard.feed, two.dashboard.feed
        feed.move_to(feed.roll.row_of(Spot(home)))
        await pilot.press("l")
        await until(pilot, lambda: feed.roll.is_unfolded(home))
        await pilot.press("j", "j", "x")
        await until(pilot, lambda: bool(wire.writer.words()))
        wire.filing.hear()
        await until(pilot, lambda: len(feed.ledger) == len(other.ledger) == 3)
        await until(pilot, lambda: not feed.roll.is_unfolded(home))
        assert feed.cursor == Spot(home)
        await pilot.press("u")
        await until(pilot, lambda: bool(wire.writer.words()))
        wire.filing.hear()
        await until(pilot, lambda: len(feed.ledger) == len(other.ledger) == 2)
        feed.move_to(feed.roll.row_of(Spot(strike)))
        await pilot.press("plus")
        feed.move_to(feed.roll.row_of(Spot(home)))
        await pilot.press("plus")
        await until(pilot, lambda: bool(wire.writer.words()))
        wire.filing.hear()
        await until(pilot, lambda: len(feed.ledger) == len(other.ledger) == 1)
        assert feed.cursor == Spot(home)
    assert wire.stories() == {home: ["i1", "i2", "i3"]}
    wire.restart()
    assert wire.bring("Post", STRIKE) == home
