"""The dashboard: what it says, what its keys do, and that it reads the store off the event loop."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from tests.desk_double import NOON, MemoryStore, desk, feed_rows, placed, running, screen_lines, story, until
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.errors import OpenError
from wirewatch.model import Flag, Source, SourceState
from wirewatch.widgets.backstage import FIRST_PAGE
from wirewatch.widgets.commands import COMMANDS, key_problems

if TYPE_CHECKING:
    from pathlib import Path


def status(app: object) -> str:
    return app.dashboard.query_one("#status").text  # type: ignore[attr-defined, no-any-return]


def a_hundred() -> MemoryStore:
    return MemoryStore(story(number) for number in range(100))


async def test_the_text_of_the_story_under_the_cursor_stands_beside_the_list() -> None:
    store = a_hundred()
    headline = "Exclusive: Norland to cut rates"
    one = story(100, headline, flags=("exclusive", "entity:Norland"), outlets=2, items=2)
    flags = (
        Flag("exclusive", "label", "headline", 0, 9, "Exclusive"),
        Flag("entity:Norland", "entity", "headline", 11, 18, "Norland"),
    )
    store.stories[one.id] = one
    copy = placed(
        one,
        item_id="c1",
        source="Copy Post",
        headline="Norland to cut",
        received=one.first_seen + 61,
        role="copy",
        match="i100",
        score=97.0,
        why=("same text",),
    )
    store.items[one.id] = [placed(one, flags=flags), copy]
    app = desk(store)
    async with running(app) as pilot:
        await until(pilot, lambda: app.dashboard.detail.page is not None)
        text = "\n".join("".join(part for part, _ in line) for line in app.dashboard.detail.page.lines)
        for wanted in (
            headline,
            "Harbour News",
            "+1m01s",
            "Copy Post",
            "joined at 97: same text",
            "“Norland” in the headline",
            "What is known",
            "https://news.example/100",
            "UTC",
        ):
            assert wanted in text
        runs = [run for line in app.dashboard.detail.page.lines for run in line]
        assert ("Norland", "hit-watch") in runs
        assert ("Exclusive", "hit-scoop") in runs


async def test_nothing_reads_the_store_on_the_event_loop_after_the_first_paint() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        store.threads.clear()
        for key in ("j", "enter", "escape", "m", "s", "u", "r", "R", "G", "slash", "x", "enter"):
            await pilot.press(key)
        await until(pilot, lambda: "*" in store.asked)
        assert store.threads <= {"desk-follower", "desk-lookups"}


async def test_marks_show_at_once_are_written_and_can_be_taken_back() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("j", "m")
        assert app.dashboard.feed.cursor_story.read
        await until(pilot, lambda: store.stories[story(98).id].read)
        await pilot.press("s")
        await until(pilot, lambda: store.stories[story(98).id].starred)
        assert "★" in feed_rows(app)[1]
        await pilot.press("u", "u")
        await until(pilot, lambda: not store.stories[story(98).id].read)
        assert not app.dashboard.feed.cursor_story.starred
        await pilot.press("u")
        assert "Nothing to undo" in status(app)


async def test_a_mark_that_cannot_be_written_is_taken_back_with_its_reason() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        store.broken = "The data directory is read-only."
        await pilot.press("m")
        await until(pilot, lambda: "wasn't kept: The data directory is read-only." in status(app))
        assert not app.dashboard.feed.cursor_story.read


async def test_what_is_wrong_with_the_store_stands_in_the_status_line_until_it_is_well() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        store.broken = "The disk went away."
        await until(pilot, lambda: "The disk went away." in status(app))
        store.broken = None
        await until(pilot, lambda: "The disk went away." not in status(app))
        store.tell(story(100))
        await until(pilot, lambda: story(100).id in app.dashboard.feed.ledger)


async def test_a_filter_narrows_the_list_takes_in_what_matches_and_is_left_as_it_was_entered() -> None:
    store = MemoryStore(
        story(number, f"{'Ferry' if number % 10 == 0 else 'Train'} report {number}") for number in range(300)
    )
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        feed.move_by(120)
        await pilot.pause()
        before, under = feed_rows(app), feed.cursor_story
        await pilot.press("f", *"ferry", "enter")
        await until(pilot, lambda: len(feed.ledger) == 30)
        assert all("Ferry" in row for row in feed_rows(app)[:30])
        store.tell(story(300, "Ferry report 300"), story(301, "Train report 301"))
        await until(pilot, lambda: story(300).id in feed.ledger)
        assert story(301).id not in feed.ledger
        await pilot.press("escape")
        await pilot.pause()
        assert feed_rows(app) == before
        assert feed.cursor_story == under
        assert story(301).id in feed.ledger


async def test_a_search_over_a_filter_is_left_first() -> None:
    store = MemoryStore(
        story(number, f"{'Ferry' if number % 10 == 0 else 'Train'} report {number}") for number in range(300)
    )
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("f", *"ferry", "enter")
        await pilot.press("slash", *"train", "enter")
        await until(pilot, lambda: len(app.dashboard.feed.ledger) == FIRST_PAGE)
        assert "search “train”" in app.dashboard.query_one("#feed-head").text
        await pilot.press("escape")
        assert "filter “ferry”" in app.dashboard.query_one("#feed-head").text
        assert len(app.dashboard.feed.ledger) == 30
        await pilot.press("escape")
        assert "All stories" in app.dashboard.query_one("#feed-head").text


async def test_keys_typed_right_after_the_prompts_key_belong_to_the_query() -> None:
    app = desk(
        MemoryStore(story(number, f"{'Ferry' if number % 10 == 0 else 'Train'} {number}") for number in range(300))
    )
    async with running(app) as pilot:
        for key in ("slash", *"ferry", "enter"):
            app.simulate_key(key)
        await until(pilot, lambda: "search “ferry”" in app.dashboard.query_one("#feed-head").text)
        await until(pilot, lambda: len(app.dashboard.feed.ledger) == 30)


async def test_a_query_that_cannot_be_read_says_where_and_stays_open() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        await pilot.press("slash", *"(ferry", "enter")
        assert "column" in status(app)
        await pilot.press("escape")
        assert app.dashboard.feed.has_focus
        assert "All stories" in app.dashboard.query_one("#feed-head").text


async def test_a_search_that_finds_nothing_says_so_and_what_to_press() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        await pilot.press("slash", *"zebra", "enter")
        await until(pilot, lambda: any("No story matches" in line for line in screen_lines(app)))
        assert any("Esc" in line for line in screen_lines(app))


@pytest.mark.parametrize(
    ("sources", "states", "said"),
    [
        ((), {}, "wirewatch config init"),
        (("One",), {}, "Waiting for the first poll of 1 source"),
        (("One",), {"One": SourceState("One", state="offline", last_attempt=NOON - 5, next_poll=NOON + 15)}, "Offline"),
        (
            ("One",),
            {"One": SourceState("One", state="failing", reason="404", last_attempt=NOON - 5)},
            "One: 404",
        ),
        (("One",), {"One": SourceState("One", state="ok", last_attempt=NOON - 5)}, "as soon as a source has one"),
    ],
)
async def test_an_empty_desk_says_what_is_going_on(
    sources: tuple[str, ...], states: dict[str, SourceState], said: str
) -> None:
    store = MemoryStore()
    store.sources = states
    config = Config(sources=tuple(Source(name, "https://x.example/") for name in sources))
    app = desk(store, config=config)
    async with running(app) as pilot:
        await until(pilot, lambda: any(said in line for line in screen_lines(app)))


async def test_failing_sources_are_counted_and_their_reasons_one_key_away() -> None:
    store = a_hundred()
    store.sources = {
        "Harbour News": SourceState("Harbour News", state="ok", last_attempt=NOON - 12, last_success=NOON - 12),
        "Meridian": SourceState("Meridian", state="failing", reason="no such host", next_poll=NOON + 130),
    }
    app = desk(store)
    async with running(app) as pilot:
        assert "1 ok" in status(app)
        assert "1 failing (S)" in status(app)
        assert "polled 12s ago" in status(app)
        await pilot.press("S")
        await until(pilot, lambda: any("no such host" in line and "2m" in line for line in screen_lines(app)))
        store.sources["Meridian"] = SourceState("Meridian", state="ok")
        await pilot.press("escape")
        assert app.screen is app.dashboard


async def test_the_help_lists_every_command_with_the_users_own_keys() -> None:
    config = Config(keys={"star": "x"}, desk=DeskSettings(mark_read_after=None))
    app = desk(a_hundred(), config=config)
    async with running(app, (120, 100)) as pilot:
        await pilot.press("x")
        assert app.dashboard.feed.cursor_story.starred
        await pilot.press("question_mark")
        await until(pilot, lambda: any("retention never drops" in line for line in screen_lines(app)))
        text = "\n".join(screen_lines(app))
        for command in COMMANDS:
            assert command.about in text
        assert " x  " in next(line for line in screen_lines(app) if "retention never drops" in line)


def test_keys_that_clash_or_belong_to_no_command_are_told() -> None:
    problems = key_problems({"star": "m", "fly": "z"})
    assert any("fly" in problem for problem in problems)
    assert any("mark" in problem and "star" in problem for problem in problems)
    assert key_problems({}) == []
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


async def test_opening_a_link_marks_the_story_read_and_says_what_happened() -> None:
    opened: list[str] = []

    def opener(url: str) -> str:
        opened.append(url)
        if len(opened) > 1:
            raise OpenError("There is no browser on this machine.")
        return "firefox"

    app = desk(a_hundred(), opener=opener)
    async with running(app) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "Opened in firefox." in status(app))
        assert opened == ["https://news.example/99"]
        assert app.dashboard.feed.cursor_story.read
        await pilot.press("o")
        await until(pilot, lambda: "no browser" in status(app))


async def test_links_and_headlines_are_copied() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        await pilot.press("y")
        assert app.clipboard == "https://news.example/99"
        await pilot.press("Y")
        assert app.clipboard.splitlines()[0] == story(99).headline
        assert app.clipboard.splitlines()[-1] == story(99).url
        assert "UTC" in app.clipboard


async def test_polls_are_asked_for_one_source_or_all() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        await pilot.press("r", "R")
        await until(pilot, lambda: store.asked == ["Harbour News", "*"])
        await until(pilot, lambda: "all sources" in status(app))


async def test_unread_and_flagged_stories_are_found() -> None:
    store = MemoryStore(
        story(number, read=number % 10 > 0, flags=("exclusive",) if number == 50 else ()) for number in range(100)
    )
    app = desk(store)
    async with running(app) as pilot:
        feed = app.dashboard.feed
        await pilot.press("J", "J")
        assert feed.cursor_story.id == story(80).id
        await pilot.press("K")
        assert feed.cursor_story.id == story(90).id
        await pilot.press("]")
        assert feed.cursor_story.id == story(50).id
        await pilot.press("]")
        assert "No flagged story" in status(app)


async def test_a_story_that_stayed_in_the_pane_counts_as_read_but_never_one_that_is_only_followed() -> None:
    store = a_hundred()
    app = desk(store, config=Config(desk=DeskSettings(mark_read_after=0.01)))
    async with running(app) as pilot:
        await pilot.press("j")
        await until(pilot, lambda: store.stories[story(98).id].read)
        await pilot.press("g")
        store.tell(story(100))
        await until(pilot, lambda: app.dashboard.detail.page and app.dashboard.detail.page.story_id == story(100).id)
        await pilot.pause(0.1)
        assert not store.stories[story(100).id].read


async def test_the_text_keeps_its_readers_place_when_the_story_grows() -> None:
    store = a_hundred()
    one = replace(story(99), items=1)
    body = "\n\n".join(f"Paragraph {number} of the text." for number in range(60))
    store.items[one.id] = [placed(one, body=body)]
    app = desk(store)
    async with running(app) as pilot:
        detail = app.dashboard.detail
        await until(pilot, lambda: detail.page is not None)
        await pilot.press("enter")
        await until(pilot, lambda: detail.has_focus)
        await pilot.press("pagedown", "pagedown")
        top = detail.render_line(0).text
        assert "Paragraph" in top or detail.render_line(1).text.startswith("Paragraph")
        store.items[one.id] = [
            placed(one, body=body),
            placed(one, item_id="c1", source="Copy", role="copy", headline="Other"),
        ]
        old = detail.page
        store.tell(replace(one, items=2, outlets=2), what="grown")
        await until(pilot, lambda: detail.page is not old)
        await pilot.pause()
        assert detail.render_line(0).text == top


@pytest.mark.parametrize(
    ("size", "beside"), [((120, 35), True), ((110, 30), True), ((109, 30), False), ((80, 24), False)]
)
async def test_the_text_stands_beside_the_list_or_below_it(size: tuple[int, int], beside: bool) -> None:
    app = desk(a_hundred())
    async with running(app, size):
        feed, detail = app.dashboard.feed.region, app.dashboard.detail.region
        assert (detail.x >= feed.right) is beside
        assert (detail.y >= feed.bottom) is not beside


async def test_a_low_terminal_shows_the_pane_that_has_the_keyboard() -> None:
    app = desk(a_hundred())
    async with running(app, (60, 14)) as pilot:
        assert app.dashboard.feed.region.height >= 10
        await pilot.press("enter")
        await until(pilot, lambda: app.dashboard.detail.has_focus)
        assert app.dashboard.detail.region.height >= 10
        await pilot.press("escape")
        await until(pilot, lambda: app.dashboard.feed.has_focus)


async def test_every_theme_draws_the_desk() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        for name in app.available_themes:
            app.theme = name
            await pilot.pause()
            assert "Story number 99 " in feed_rows(app)[0]


async def test_a_log_that_no_longer_reaches_back_is_read_anew() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        from wirewatch.widgets.messages import Restarted

        store.stories[story(200).id] = story(200)
        app.dashboard.post_message(Restarted())
        await until(pilot, lambda: story(200).id in app.dashboard.feed.ledger)
        assert len(app.dashboard.feed.ledger) == 101


async def test_a_store_that_is_not_there_yet_is_waited_for() -> None:
    store = a_hundred()
    store.broken = "no database yet"
    app = desk(store)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: any("no database yet" in line for line in screen_lines(app)))
        store.broken = None
        await until(pilot, lambda: len(app.dashboard.feed.ledger) == 100)
        await until(pilot, lambda: "no database yet" not in status(app))
    app.backstage.stop()


async def test_the_engine_is_started_after_the_first_paint_heard_and_ended() -> None:
    calls: list[str] = []

    class Engine:
        said = iter(["The engine was killed (signal 9); starting it again."])

        def start(self) -> None:
            calls.append("start")

        def poll(self) -> str | None:
            return next(self.said, None)

        def stop(self) -> None:
            calls.append("stop")

    app = desk(a_hundred(), engine=Engine())
    assert calls == []
    async with running(app) as pilot:
        await until(pilot, lambda: "The engine was killed" in status(app))
    assert calls == ["start", "stop"]


async def test_the_palette_offers_every_command() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        offered = {command.title for command in app.get_system_commands(app.screen)}
        own = {command.name for command in COMMANDS if not command.where}
        assert own - {"Commands", "Quit now"} <= offered
        await pilot.press("colon")
        await until(pilot, lambda: app.screen is not app.dashboard)
        await pilot.press("escape")


async def test_a_flood_of_changes_waits_for_the_screen_and_arrives_whole() -> None:
    store = a_hundred()
    app = desk(store)
    async with running(app) as pilot:
        store.tell(*(story(1000 + number) for number in range(3000)))
        await until(pilot, lambda: len(app.dashboard.feed.ledger) == 3100)
        assert app.dashboard.feed.following


async def test_what_the_store_said_at_opening_stands_until_it_is_dismissed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.desk_double.MemoryReader.notice", "The database was damaged and set aside.")
    app = desk(a_hundred())
    async with running(app) as pilot:
        await until(pilot, lambda: "set aside" in status(app))
        await pilot.press("escape")
        assert "set aside" not in status(app)


async def test_a_frozen_list_is_told_in_the_status_line() -> None:
    app = desk(a_hundred())
    async with running(app) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: "FROZEN" in status(app))


def test_the_desk_loads_neither_network_nor_parsers_nor_the_matcher() -> None:
    code = (
        "import sys, wirewatch.app, wirewatch.screens.desk, wirewatch.widgets.driver, wirewatch.store.reader\n"
        "print({'httpx', 'httpcore', 'feedparser', 'rapidfuzz', 'selectolax', 'webbrowser'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


async def test_the_stall_meter_writes_what_it_saw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_STALLS", str(tmp_path / "stalls.json"))
    app = desk(a_hundred())
    async with running(app):
        pass
    assert set(msgspec.json.decode((tmp_path / "stalls.json").read_bytes())) == {
        "max_ms",
        "max_at_s",
        "over_50_ms",
        "ticks",
    }
