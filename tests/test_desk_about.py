"""The overlays that speak of one story: why it is one, who had it first, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk_double import MemoryStore, desk, placed, running, screen_lines, story, until
from wirewatch.model import Take
from wirewatch.widgets.changes import compared

if TYPE_CHECKING:
    from wirewatch.model import Story


def a_story() -> tuple[MemoryStore, Story]:
    store = MemoryStore(story(number) for number in range(30))
    one = story(100, "Exclusive: Norland to cut rates", outlets=3, items=3, source="Meridian")
    store.stories[one.id] = one
    copy = placed(
        one,
        item_id="c1",
        source="Copy Post",
        headline="Exclusive: Norland to cut rates",
        received=one.first_seen + 61,
        role="copy",
        copy_of="i100",
        match="i100",
        score=97.0,
        why=("same text",),
    )
    report = placed(
        one,
        item_id="r1",
        source="Harbour News",
        headline="Norland bank seen lowering [b]rate[/b] by a quarter",
        received=one.first_seen + 300,
        role="report",
        match="c1",
        score=71.4,
        why=("shares norland, rate", "although the numbers differ", "related to s000007: other place"),
    )
    store.items[one.id] = [placed(one), copy, report]
    return store, one


async def test_i_says_why_the_items_are_one_story_and_what_was_looked_at() -> None:
    store, _one = a_story()
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: any("97 of 100" in line for line in screen_lines(app)))
        text = " ".join(" ".join(screen_lines(app)).split())
        for wanted in (
            "same text",
            "looked at nothing",
            "71 of 100, with Copy Post's item",
            "the numbers differ",
            "outweighed",
            "seen",
            "“Story number 7 about something that happened”",
            "[b]rate[/b]",
            "the story began with it",
        ):
            assert wanted in text
        await pilot.press("i")
        assert app.screen is app.dashboard


async def test_i_on_an_item_begins_with_why_that_one_is_here() -> None:
    store, _one = a_story()
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: len(app.dashboard.feed.roll) == 34)
        await pilot.press("j", "j", "j", "i")
        await until(pilot, lambda: any("71 of 100" in line for line in screen_lines(app)))
        lines = [line.strip() for line in screen_lines(app)]
        begins = next(n for n, line in enumerate(lines) if "Why these are one story" in line)
        assert "▸" in lines[begins + 2]
        assert "Harbour News" in lines[begins + 2]


async def test_an_overlay_follows_its_story_and_says_when_it_is_gone() -> None:
    store, one = a_story()
    app = desk(store)
    async with running(app, (120, 60)) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: any("97 of 100" in line for line in screen_lines(app)))
        late = placed(one, item_id="l1", source="Late Post", received=one.first_seen + 900, role="copy", match="i100")
        store.items[one.id] = [*store.items[one.id], late]
        store.tell(one, what="grown")
        await until(pilot, lambda: any("Late Post" in line for line in screen_lines(app)))
        store.drop(one.id)
        await until(pilot, lambda: any("This story is gone." in line for line in screen_lines(app)))
        await pilot.press("escape")
        assert app.screen is app.dashboard


async def test_c_says_who_was_first_who_copied_and_what_is_uncertain() -> None:
    store, one = a_story()
    lead, copy, report = store.items[one.id]
    early = one.first_seen - 1400
    dated = replace(report, item=replace(report.item, published=early, credit=None))
    store.items[one.id] = [lead, copy, dated]
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: any("by its own time" in line for line in screen_lines(app)))
        text = " ".join(" ".join(screen_lines(app)).split())
        for wanted in (
            "Harbour News at 12 Mar 05:51 by its own time",
            "First by arrival: Meridian at",
            "Meridian gives no time that can be used: it may have been out before it came in.",
            "×2",
            "copied by Copy Post +1m01s",
            "repeated by 1 outlet: Copy Post",
        ):
            assert wanted in text
        await pilot.press("i")
        await until(pilot, lambda: any("97 of 100" in line for line in screen_lines(app)))
        await pilot.press("q")
        assert app.screen is app.dashboard


async def test_the_text_pane_says_who_was_first_where_arrival_says_otherwise() -> None:
    store, one = a_story()
    lead, copy, report = store.items[one.id]
    store.items[one.id] = [lead, copy, replace(report, item=replace(report.item, published=one.first_seen - 90))]
    app = desk(store)
    async with running(app) as pilot:
        await until(pilot, lambda: any("but     Harbour News, " in line for line in screen_lines(app)))
        assert any("first" in line and "Meridian" in line for line in screen_lines(app))


async def test_d_shows_what_changed_between_takes_sentence_by_sentence() -> None:
    store, one = a_story()
    lead = store.items[one.id][0]
    body = "The bank will act on Thursday. [b]Nothing[/b] else is known. The crown fell 3 percent."
    edited = replace(lead, item=replace(lead.item, version=2, body=body, received=one.first_seen + 700))
    store.items[one.id][0] = edited
    before = "The bank may act on Thursday. [b]Nothing[/b] else is known."
    store.takes[lead.item.id] = (Take(1, one.first_seen, "Norland may cut rates", lead.item.summary, before),)
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: any("take 1" in line for line in screen_lines(app)))
        lines = [line.strip() for line in screen_lines(app)]
        text = "\n".join(lines)
        for wanted in (
            "− Norland may cut rates",
            "+ Exclusive: Norland to cut rates",
            "− The bank may act on Thursday.",
            "+ The bank will act on Thursday.",
            "+ The crown fell 3 percent.",
            "1 sentence as before",
        ):
            assert wanted in text
        assert "[b]Nothing[/b]" not in text


async def test_d_says_so_where_nothing_was_edited() -> None:
    store, _one = a_story()
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: any("no item of this story was edited" in line for line in screen_lines(app)))


@given(st.text(), st.text())
def test_a_comparison_keeps_every_sentence_of_both_texts(before: str, after: str) -> None:
    pieces = list(compared(before, after))
    old = [text for sign, text, _ in pieces if sign in " −"]
    new = [text for sign, text, _ in pieces if sign in " +"]
    assert "".join("".join(old).split()) == "".join(before.split())
    assert "".join("".join(new).split()) == "".join(after.split())
    for _, text, spans in pieces:
        assert all(0 <= start < end <= len(text) or start == end == 0 for start, end, _ in spans)
