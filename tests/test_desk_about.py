"""The overlays that speak of one story: why it is one, who had it first, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.desk_double import MemoryStore, desk, placed, running, screen_lines, story, until

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
            "71 of 100, with “Exclusive: Norland to cut rates” (Copy Post)",
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


async def test_an_overlay_follows_its_story_and_says_when_it_is_gone() -> None:
    store, one = a_story()
    app = desk(store)
    async with running(app) as pilot:
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
