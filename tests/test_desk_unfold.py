"""Stories unfolded into their items, in a list that never moves its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk_double import MemoryStore, desk, feed_rows, placed, running, screen_lines, story, until
from wirewatch.model import Flag, Placed, Story
from wirewatch.widgets.ledger import Ledger
from wirewatch.widgets.roll import Branch, Roll, Spot

if TYPE_CHECKING:
    from wirewatch.screens.desk import Desk


def items_of(one: Story, *, more: int = 0) -> list[Placed]:
    """A lead, a copy, a report at second hand, and further reports."""
    start = one.first_seen
    lead = placed(one, published=start - 60)
    copy = placed(one, item_id=f"{one.id}c", source="Copy Post", received=start + 61, role="copy", copy_of=one.lead)
    told = placed(
        one,
        item_id=f"{one.id}r",
        source="Gazette",
        headline="Ferry aground, Harbour News reports",
        received=start + 1260,
        published=start + 1240,
        url="https://gazette.example/ferry",
        role="report",
        match=one.lead,
        score=80.0,
        flags=(Flag("second-hand:Harbour News", "sourcing", "headline", 15, 35, "Harbour News reports"),),
    )
    others = [
        placed(one, item_id=f"{one.id}m{n}", source=f"Paper {n}", headline=f"Ferry, {n}", received=start + 2000 + n)
        for n in range(more)
    ]
    for n, item in enumerate(others):
        others[n] = replace(item, role="report")
    return [lead, copy, told, *others]


def a_wire(*unfoldable: int, stories: int = 100) -> MemoryStore:
    store = MemoryStore(story(number) for number in range(stories))
    for number in unfoldable:
        one = replace(store.stories[story(number).id], outlets=3, items=3)
        store.stories[one.id] = one
        store.items[one.id] = items_of(one)
    return store


def shown_items(app: Desk) -> int:
    return sum("├" in row or "└" in row for row in feed_rows(app))


async def test_l_unfolds_a_story_into_its_items_with_roles_outlets_and_lags_and_h_folds_it() -> None:
    app = desk(a_wire(98))
    async with running(app) as pilot:
        before = feed_rows(app)
        await pilot.press("j", "l")
        await until(pilot, lambda: shown_items(app) == 3)
        rows = feed_rows(app)
        assert "▾" in rows[1]
        await until(pilot, lambda: any("▾×3" in line for line in screen_lines(app)))
        assert "×3" in rows[1]
        assert "first" in rows[2]
        assert "lead" in rows[2]
        for wanted in ("≤+2m01s", "copy", "the same headline", "Copy Post"):
            assert wanted in rows[3]
        for wanted in ("+21m40s", "report", "2ND Harbour News", "Gazette"):
            assert wanted in rows[4]
        assert rows[5:] == before[2:-3]
        await pilot.press("l", "j", "j", "h")
        assert feed_rows(app) == before
        assert app.dashboard.feed.cursor_story.id == story(98).id
        await pilot.press("right")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("left")
        assert shown_items(app) == 0


async def test_a_story_of_one_item_says_so() -> None:
    app = desk(a_wire())
    async with running(app) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: "one item only" in app.dashboard.query_one("#status").text)


async def test_the_item_under_the_cursor_is_what_is_read_opened_and_copied() -> None:
    opened: list[str] = []
    app = desk(a_wire(99), opener=lambda url: opened.append(url) or "firefox")
    async with running(app) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("j", "j", "j")
        await until(pilot, lambda: app.dashboard.detail.page.item == f"{story(99).id}r")
        text = "\n".join("".join(part for part, _ in line) for line in app.dashboard.detail.page.lines)
        for wanted in ("Ferry aground, Harbour News reports", "Gazette", "after   Harbour News", "gazette.example"):
            assert wanted in text
        await pilot.press("o", "y")
        await until(pilot, lambda: bool(opened))
        assert opened == ["https://gazette.example/ferry"]
        assert app.clipboard == "https://gazette.example/ferry"
        await pilot.press("r")
        await until(pilot, lambda: "Asked for Gazette" in app.dashboard.query_one("#status").text)
        await pilot.press("k", "k", "k")
        await until(pilot, lambda: app.dashboard.detail.page.item is None)


async def test_arrivals_move_nothing_for_a_reader_among_items() -> None:
    store = a_wire(95, 90)
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        for number in (95, 90):
            feed.move_to(feed.roll.row_of(Spot(story(number).id)))
            await pilot.press("l")
            await until(pilot, lambda number=number: feed.roll.is_unfolded(story(number).id))
        await pilot.press("j", "j")
        under, before = feed.cursor, feed_rows(app)
        assert under.item is not None
        store.tell(*(story(number) for number in range(100, 140)))
        await until(pilot, lambda: story(139).id in feed.ledger)
        assert feed_rows(app) == before
        assert feed.cursor == under
        assert feed.unseen == 40


@pytest.mark.parametrize("above", [True, False])
async def test_an_item_that_comes_in_shows_in_an_unfolded_story_and_the_reader_stays(above: bool) -> None:
    store = a_wire(95, 90)
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        for number in (95, 90):
            feed.move_to(feed.roll.row_of(Spot(story(number).id)))
            await pilot.press("l")
            await until(pilot, lambda number=number: feed.roll.is_unfolded(story(number).id))
        feed.move_to(feed.roll.row_of(Spot(story(90).id)) + 2)
        await pilot.pause()
        under, line = feed.cursor, feed.cursor_row - feed.top
        row = feed_rows(app)[line]
        grown = store.stories[story(95 if above else 90).id]
        store.items[grown.id] = items_of(grown, more=2)
        store.tell(replace(grown, items=5, outlets=5), what="grown")
        await until(pilot, lambda: len(feed.roll) == 100 + 3 + 5)
        assert feed.cursor == under
        assert feed.cursor_row - feed.top == line
        assert feed_rows(app)[line] == row


async def test_unfolded_stories_stay_so_in_a_filter_a_search_and_back() -> None:
    store = a_wire(98)
    one = replace(store.stories[story(98).id], headline="Ferry runs aground")
    store.stories[one.id] = one
    store.items[one.id] = items_of(one)
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "l")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("j", "j")
        await pilot.pause()
        before, under = feed_rows(app), feed.cursor
        await pilot.press("f", *"ferry", "enter")
        await until(pilot, lambda: len(feed.ledger) == 1)
        assert shown_items(app) == 3
        await pilot.press("slash", *"number", "enter")
        await until(pilot, lambda: len(feed.ledger) > 1)
        assert shown_items(app) == 0
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert feed_rows(app) == before
        assert feed.cursor == under


async def test_the_cursor_goes_with_its_item_into_the_story_that_another_is_merged_into() -> None:
    store = a_wire(98)
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "l")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("j", "j")
        item = feed.cursor.item
        kept = store.stories[story(90).id]
        store.items[kept.id] = [placed(kept), *(replace(it, story=kept.id) for it in store.items[story(98).id])]
        store.drop(story(98).id, into=kept.id)
        store.tell(replace(kept, items=4, outlets=4), what="grown")
        await until(pilot, lambda: feed.cursor == Spot(kept.id, item))
        await until(pilot, lambda: shown_items(app) == 4)
        assert feed.cursor_branch.item == item


async def test_a_story_left_with_one_item_is_folded_and_its_cursor_stays_with_it() -> None:
    store = a_wire(98)
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("j", "l")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("j", "j")
        one = store.stories[story(98).id]
        store.items[one.id] = store.items[one.id][:1]
        store.tell(replace(one, items=1, outlets=1), what="edited")
        await until(pilot, lambda: shown_items(app) == 0)
        assert feed.cursor == Spot(one.id)


async def test_the_next_unread_story_is_found_past_items() -> None:
    store = a_wire(98)
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("j", "l")
        await until(pilot, lambda: shown_items(app) == 3)
        await pilot.press("j", "J")
        assert app.dashboard.feed.cursor == Spot(story(97).id)
        await pilot.press("K")
        assert app.dashboard.feed.cursor == Spot(story(98).id)


async def test_headlines_with_brackets_are_shown_as_they_are_among_items() -> None:
    store = a_wire(99)
    one = store.stories[story(99).id]
    store.items[one.id][2] = replace(
        store.items[one.id][2], item=replace(store.items[one.id][2].item, headline="[/] [@click=app.quit]x[/] end")
    )
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: any("[/] [@click" in line for line in screen_lines(app)))


def a_branch(number: int) -> Branch:
    return Branch(f"b{number}", "report", "Post", "", None, 0.0, True, 0.0, (), False)


@given(
    st.integers(0, 30),
    st.dictionaries(st.integers(0, 40), st.integers(0, 5), max_size=6),
    st.lists(st.tuples(st.sampled_from(("new", "gone", "fold")), st.integers(0, 60)), max_size=12),
)
def test_rows_are_found_both_ways_whatever_is_unfolded(
    stories: int, unfolded: dict[int, int], steps: list[tuple[str, int]]
) -> None:
    roll = Roll()
    roll.ledger = Ledger(story(number) for number in range(stories))
    for number, count in unfolded.items():
        roll.unfold(story(number).id, tuple(a_branch(n) for n in range(count)))
    for what, number in [("", 0), *steps]:
        if what == "new":
            roll.ledger.put(story(number))
        elif what == "gone":
            roll.ledger.drop(story(number).id)
        elif what == "fold":
            roll.fold(story(number).id)
            unfolded.pop(number, None)
        wanted: list[Any] = []
        for one in roll.ledger:
            wanted.append(Spot(one.id))
            wanted += [Spot(one.id, f"b{n}") for n in range(unfolded.get(int(one.id[1:]), 0))]
        assert [roll.spot(row) for row in range(len(roll))] == wanted
        assert roll.spot(len(roll)) is None
        assert [roll.row_of(spot) for spot in wanted] == list(range(len(wanted)))
