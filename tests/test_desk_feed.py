"""The feed never moves its reader, costs the same however long it is, and keeps its columns."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.desk_double import MemoryStore, desk, feed_rows, running, story, until
from wirewatch.model import Change
from wirewatch.widgets.backstage import FIRST_PAGE, OLDER_PAGE
from wirewatch.widgets.cells import fit, line_breaks, steady
from wirewatch.widgets.ledger import Ledger
from wirewatch.widgets.marks import flag_codes, own_label
from wirewatch.widgets.rows import columns


def test_the_newest_story_stands_in_row_0_and_rows_find_their_stories() -> None:
    ledger = Ledger(story(number) for number in range(50))
    assert ledger.at(0) == story(49)
    assert [ledger.row_of(story(number).id) for number in (49, 48, 0)] == [0, 1, 49]
    assert ledger.at(50) is None
    assert ledger.at(-1) is None


def test_a_ledger_agrees_with_a_sorted_list_after_any_changes() -> None:
    chance = random.Random(7)
    ledger, known = Ledger(), {}
    for step in range(2000):
        number = chance.randrange(300)
        if chance.random() < 0.2:
            ledger.drop(story(number).id)
            known.pop(story(number).id, None)
        else:
            one = replace(story(number), at=float(chance.randrange(100)), seq=step)
            gained = ledger.put(one)
            assert gained == (one.id not in known)
            known[one.id] = one
    wanted = sorted(known.values(), key=lambda one: (one.at, one.id), reverse=True)
    assert list(ledger) == wanted
    assert [ledger.row_of(one.id) for one in wanted] == list(range(len(wanted)))


def test_an_older_page_goes_to_the_bottom_and_overlaps_count_once() -> None:
    ledger = Ledger(story(number) for number in range(100, 150))
    assert ledger.extend_older(story(number) for number in range(80, 110)) == 20
    assert [one.id for one in ledger] == [story(number).id for number in range(149, 79, -1)]


def test_a_change_of_a_story_older_than_the_last_row_waits_for_its_page() -> None:
    ledger = Ledger(story(number) for number in range(100, 110))
    old = Change(1, "grown", story(5).id, story(5))
    assert not ledger.absorb(old, matches=True, more=True)
    assert story(5).id not in ledger
    assert ledger.absorb(old, matches=True, more=False)


async def test_the_newest_story_is_on_the_screen_at_the_start() -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app):
        assert "Story number 99 " in feed_rows(app)[0]
        assert app.dashboard.feed.following


async def test_at_the_top_new_stories_come_into_view_and_the_cursor_stays_on_the_newest() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        store.tell(story(100), story(101))
        await until(pilot, lambda: story(101).id in app.dashboard.feed.ledger)
        assert "Story number 101 " in feed_rows(app)[0]
        assert app.dashboard.feed.cursor_row == 0
        assert app.dashboard.feed.unseen == 0


@pytest.mark.parametrize("down", [1, 3, 30, 200])
async def test_down_the_list_arrivals_move_neither_the_text_nor_the_cursor(down: int) -> None:
    store = MemoryStore(story(number) for number in range(400))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        feed.move_by(down)
        await pilot.pause()
        before, under, painted = feed_rows(app), feed.cursor_story, feed.painted
        screen_row = feed.cursor_row - feed.top
        store.tell(*(story(400 + number) for number in range(7)))
        await until(pilot, lambda: story(406).id in feed.ledger)
        await pilot.pause()
        assert feed_rows(app) == before
        assert feed.cursor_story == under
        assert feed.cursor_row - feed.top == screen_row
        assert feed.unseen == min(7, feed.top)
        assert feed.painted == painted, "rows that look the same were drawn again"
        assert "▲ 7 new" in app.dashboard.query_one("#feed-head").text


async def test_a_short_list_stays_where_it_is_too() -> None:
    store = MemoryStore(story(number) for number in range(5))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "j")
        before = feed_rows(app)
        store.tell(story(5), story(6))
        await until(pilot, lambda: story(6).id in feed.ledger)
        await pilot.pause()
        assert feed_rows(app) == before
        assert feed.cursor_story.id == story(2).id
        await pilot.press("g")
        assert "Story number 6 " in feed_rows(app)[0]
        assert feed.unseen == 0
        assert feed.following


async def test_a_story_that_arrives_in_the_middle_moves_nothing_above_the_cursor() -> None:
    store = MemoryStore(story(number) for number in range(0, 200, 2))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        feed.move_by(10)
        under, row = feed.cursor_story, feed.cursor_row - feed.top
        above = feed_rows(app)[: row + 1]
        store.tell(story(101), story(21))
        await until(pilot, lambda: story(21).id in feed.ledger)
        await pilot.pause()
        assert feed.cursor_story == under
        assert feed_rows(app)[: row + 1] == above


async def test_a_story_that_grows_changes_in_place() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "j", "j")
        painted = feed.painted
        store.tell(replace(story(98), outlets=7, updated=story(98).updated + 60), what="grown")
        await until(pilot, lambda: "×7" in feed_rows(app)[1])
        assert [feed.cursor_row, feed.top, feed.unseen] == [3, 0, 0]
        assert feed.painted == painted + 1


async def test_a_held_top_row_stays_and_letting_go_follows_again() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("s")
        store.tell(story(100))
        await until(pilot, lambda: story(100).id in feed.ledger)
        assert feed.cursor_story.id == story(99).id
        assert feed.unseen == 1
        await pilot.press("g")
        assert feed.cursor_story.id == story(100).id
        assert feed.following


async def test_a_frozen_list_follows_nothing_until_it_is_let_go() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("space")
        before = feed_rows(app)
        store.tell(*(story(100 + number) for number in range(30)))
        await until(pilot, lambda: feed.unseen == 30)
        assert feed_rows(app) == before
        assert "FROZEN" in app.dashboard.query_one("#feed-head").text
        await pilot.press("space")
        assert "Story number 129 " in feed_rows(app)[0]
        assert feed.following


async def test_the_cursor_goes_with_a_story_that_turned_out_to_be_another() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "j", "j", "j")
        assert feed.cursor_story.id == story(95).id
        store.drop(story(95).id, into=story(90).id)
        await until(pilot, lambda: story(95).id not in feed.ledger)
        await pilot.pause()
        assert feed.cursor_story.id == story(90).id


async def test_when_the_story_under_the_cursor_expires_its_neighbour_takes_its_place() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "j")
        store.drop(story(97).id)
        await until(pilot, lambda: story(97).id not in feed.ledger)
        assert feed.cursor_story.id == story(96).id


async def test_keys_draw_two_rows_whatever_the_number_of_stories() -> None:
    app = desk(MemoryStore(story(number) for number in range(20_000)))
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j")
        painted = feed.painted
        await pilot.press("j")
        assert feed.painted - painted <= 2


async def test_older_stories_are_read_as_the_reader_goes_down() -> None:
    store = MemoryStore(story(number) for number in range(5000))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        assert len(feed.ledger) == FIRST_PAGE
        for rows in (FIRST_PAGE + number * OLDER_PAGE for number in (1, 2, 3)):
            await pilot.press("G")
            await until(pilot, lambda rows=rows: len(feed.ledger) >= rows)
        assert len(feed.ledger) < 5000
        assert [one.id for one in feed.ledger] == [
            story(number).id for number in range(4999, 4999 - len(feed.ledger), -1)
        ]


async def test_rows_in_memory_are_bounded_while_the_newest_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirewatch.widgets.feed.RESIDENT", 300)
    store = MemoryStore(story(number) for number in range(250))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        store.tell(*(story(250 + number) for number in range(400)))
        await until(pilot, lambda: story(649).id in feed.ledger)
        await pilot.pause()
        assert len(feed.ledger) == 300
        assert feed.more
        await pilot.press("G")
        await until(pilot, lambda: len(feed.ledger) == 650)


async def test_a_click_selects_and_a_double_click_opens_the_text() -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app) as pilot:
        await pilot.click("#feed", offset=(20, 4))
        assert app.dashboard.feed.cursor_row == 4
        await pilot.click("#feed", offset=(20, 6), times=2)
        await until(pilot, lambda: app.dashboard.detail.has_focus)
        assert app.dashboard.feed.cursor_row == 6


async def test_a_click_on_the_new_mark_goes_to_the_newest_story() -> None:
    store = MemoryStore(story(number) for number in range(100))
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "enter")
        store.tell(story(100))
        await until(pilot, lambda: feed.unseen == 1)
        await pilot.click("#feed-head")
        await until(pilot, lambda: feed.following)
        assert feed.has_focus


@pytest.mark.parametrize("width", [1, 2, 7, 10, 11])
@pytest.mark.parametrize("text", ["plain words", "習近平訪問モスクワ", "a👨‍👩‍👧b🇷🇺c⚡️d", "e\u0301" * 30, "", "日"])
def test_fitted_text_is_exactly_as_wide_as_asked_for(text: str, width: int) -> None:
    assert cell_len(fit(steady(text), width)) == width


@pytest.mark.parametrize("width", [1, 2, 5, 20])
@pytest.mark.parametrize(
    "text",
    [
        "several words of different lengths here",
        "北方中央銀行、木曜日に利下げへ関係者",
        "x" * 99,
        "a  b   c",
        "",
        "日 x 本",
    ],
)
def test_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    lines = [text[start:end] for start, end in line_breaks(text, width)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= max(2, width) for line in lines)


def test_every_width_has_columns_that_fill_it() -> None:
    for width in range(20, 300):
        room = columns(width)
        assert room.headline >= width // 4


def test_a_label_in_the_headline_is_not_said_twice() -> None:
    assert own_label("UPDATE 2-Parliament votes", ("update:2",)) == (9, "update")
    assert own_label("Exclusif : le ministre", ("exclusive",)) == (10, "exclusive")
    assert own_label("Exclusive Resorts files for IPO", ("entity:Exclusive",)) == (0, "")
    assert [mark.code for mark in flag_codes(("exclusive", "breaking", "entity:Xi"), 1)] == ["EXCL+", "@"]
    assert [mark.code for mark in flag_codes(("exclusive", "keyword:x"), 1, but="exclusive")] == ["#"]
