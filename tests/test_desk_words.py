"""What the desk says of itself and of a story: in plain words, in the right place, and for as long as it is so."""

from __future__ import annotations

import gc
import os
from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.style import Style

from tests.desk_double import (
    NOON,
    FixedClock,
    MemoryStore,
    desk,
    feed_rows,
    placed,
    running,
    screen_lines,
    story,
    until,
)
from wirewatch.app import _can_only_be_read
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import Change, Source, SourceState, StoryDetail, Take
from wirewatch.widgets.bars import spill
from wirewatch.widgets.cells import pointing
from wirewatch.widgets.feedrows import STRIPS
from wirewatch.widgets.marks import flag_codes
from wirewatch.widgets.messages import Noticed, Tallied
from wirewatch.widgets.page import lay_out
from wirewatch.widgets.rows import columns, paint
from wirewatch.widgets.status import EDITED, GRACE, HINT, Standing, empty_words, status_line
from wirewatch.widgets.times import moment_label

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.screens.desk import Desk


def bar(app: Desk, name: str = "#status") -> str:
    return app.dashboard.query_one(name).text  # type: ignore[attr-defined, no-any-return]


def standing(*states: SourceState, names: tuple[str, ...] | None = None) -> Standing:
    """The wire at noon with these sources, all configured unless told otherwise, and an engine."""
    found = Standing(names if names is not None else tuple(state.name for state in states), NOON - 60)
    found.engine = "desk.example:4711"
    found.take_states({state.name: state for state in states})
    return found


def said(of: Standing, now: float = NOON) -> str:
    return "  ".join(text for text, _ in status_line(of, now, UTC)[0])


def asked(name: str, state: str = "failing", reason: str | None = "connection refused") -> SourceState:
    return SourceState(name, state=state, reason=reason, last_attempt=NOON - 5, next_poll=NOON + 30)  # type: ignore[arg-type]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_the_headline_is_the_widest_thing_in_a_row() -> None:
    for width in range(50, 300):
        room = columns(width)
        assert room.headline > 2 * room.source


@pytest.mark.parametrize("size", [(110, 30), (120, 35), (159, 40), (160, 50), (200, 60)])
async def test_beside_the_text_the_list_has_more_than_three_fifths_of_the_screen(size: tuple[int, int]) -> None:
    app = desk(MemoryStore(story(number) for number in range(5)))
    async with running(app, size):
        assert 0.61 <= app.dashboard.query_one("#feed-pane").region.width / size[0] <= 0.65
        if size[0] == 120:
            assert columns(app.dashboard.feed.scrollable_content_region.width).headline >= 48


def test_a_row_spells_out_the_most_telling_flags_and_one_of_each_family_first() -> None:
    flags = ("alert", "breaking", "urgent", "exclusive", "sourced-anonymous", "entity:Xi", "keyword:visit")
    assert [mark.code for mark in flag_codes(flags, 1)] == ["EXCL+", "@#"]
    assert [mark.code for mark in flag_codes(flags, 2)] == ["EXCL", "BRK+", "@#"]
    assert [mark.code for mark in flag_codes(("photo", "correction", "kill"), 2)] == ["KILL", "CORR+"]
    assert [mark.code for mark in flag_codes(("update:2",), 2)] == ["UPD2"]


def test_a_row_is_drawn_in_few_pieces() -> None:
    inks: dict[str, Style] = {}
    strip = paint(story(1), 120, cursor=False, time="12:00:00", ink=lambda name: inks.setdefault(name, Style()))
    assert len(strip) <= 8
    assert strip.cell_length == 120


async def test_press_releases_and_pictures_are_no_flagged_stories_to_go_to() -> None:
    plain = [story(number, flags=("press-release", "photo")) for number in range(20)]
    app = desk(MemoryStore([*plain[:5], story(5, flags=("keyword:rate",)), *plain[6:]]))
    async with running(app) as pilot:
        await pilot.press("]")
        assert app.dashboard.feed.cursor_story.id == story(5).id


# --- times and the text of a story -----------------------------------------------------------------------------------


def test_times_of_today_have_no_date_and_others_no_weekday_and_no_zone() -> None:
    assert moment_label(NOON - 10, NOON, UTC) == "09:59:50"
    assert moment_label(NOON - 86_400, NOON, UTC) == "12 Mar 10:00"
    assert moment_label(NOON - 365 * 86_400, NOON, UTC) == "13 Mar 2022 10:00"
    assert moment_label(NOON - 6 * 3600, NOON, timezone(timedelta(hours=-8))) == "12 Mar 20:00"


def test_the_page_of_a_story_names_the_zone_once() -> None:
    one = story(1, first_seen=NOON - 60, at=NOON - 60, items=2, outlets=2, originators=("A", "B", "C", "D", "E"))
    first = placed(one, published=NOON - 70)
    copy = placed(one, item_id="c", source="Copy Post", received=NOON - 30, published=NOON - 90_000, role="copy")
    detail = StoryDetail(one, (first, copy), {one.lead: (Take(1, NOON - 50, "An earlier headline"),)})
    text = "\n".join("".join(part for part, _ in line) for line in lay_out(detail, 60, now=NOON, zone=UTC).lines)
    assert text.count("UTC") == 1
    assert "2023" not in text
    for wanted in (
        "first   09:59:00 UTC, Harbour News",
        "issued  09:58:50\n",
        "issued 12 Mar 09:00",
        "take 1, 09:59:10",
        "from    A, B, C and 2 more",
    ):
        assert wanted in text


def test_a_story_that_comes_from_its_own_source_does_not_say_so_again() -> None:
    one = story(1, originators=("Harbour News",))
    lines = lay_out(StoryDetail(one, (placed(one),), {}), 60, now=NOON, zone=UTC).lines
    assert not any(line and line[0][0].startswith("from") for line in lines)


async def test_at_midnight_the_times_in_the_text_get_their_date() -> None:
    clock = FixedClock(NOON)
    one = story(1, first_seen=NOON - 60, at=NOON - 60)
    app = desk(MemoryStore([one]), clock=clock)
    async with running(app) as pilot:
        await until(pilot, lambda: app.dashboard.detail.page is not None)
        assert any("09:59:00 UTC" in line for line in screen_lines(app))
        clock.moment += 86_400
        await until(pilot, lambda: any("13 Mar 09:59 UTC" in line for line in screen_lines(app)))


# --- the wire as a whole ---------------------------------------------------------------------------------------------


def test_when_every_source_fails_the_status_says_so_and_what_to_press() -> None:
    assert said(standing(asked("One"), asked("Two"))) == "all 2 sources bring nothing: S says why, R asks again"
    assert said(standing(asked("One"))) == "the only source brings nothing: S says why, R asks again"
    assert said(standing(asked("One"), asked("Two", "ok", None))) == "1 ok  1 failing (S)"
    assert "OFFLINE" in said(standing(asked("One", "offline"), asked("Two", "offline")))
    assert "R tries now" in said(standing(asked("One", "offline"), asked("Two", "offline")))


def test_when_nothing_is_polled_the_status_says_why() -> None:
    found = standing(asked("One", "ok", None))
    found.engine = None
    assert "nothing is polled: the engine isn't running" in said(found)
    assert "wirewatch doctor" in said(found)
    found.started = NOON - GRACE / 2
    assert "nothing is polled" not in said(found)
    found.read_only = True
    assert "nothing is polled: the data directory can't be written" in said(found)
    assert said(standing()) == "nothing is polled: no sources are configured"


def test_sources_that_are_no_longer_configured_are_not_counted() -> None:
    gone = replace(asked("Gone"), last_attempt=NOON - 9000)
    added = asked("Added")
    found = standing(asked("One", "ok", None), gone, added, names=("One",))
    assert set(found.states) == {"One", "Added"}
    assert found.sources == 2


def test_an_empty_feed_names_the_reasons_of_those_that_bring_nothing() -> None:
    failing = [asked(f"Source {number}", reason=f"reason {number}") for number in range(6)]
    words = "\n".join(empty_words(standing(*failing), NOON, asked=None, reading=False))
    assert "All 6 sources bring nothing:" in words
    assert "Source 0: reason 0" in words
    assert "and 2 more" in words
    found = standing()
    found.config = "/etc/mine.toml"
    assert "/etc/mine.toml names none" in "\n".join(empty_words(found, NOON, asked=None, reading=False))


def test_what_two_threads_complain_of_is_said_once() -> None:
    found = standing(asked("One", "ok", None))
    found.troubles = {"desk-follower": "The disk is full.", "desk-lookups": "The disk is full."}
    assert empty_words(found, NOON, asked=None, reading=False).count("The disk is full.") == 1
    assert said(found).count("The disk is full.") == 1


async def test_a_desk_whose_sources_all_fail_does_not_call_itself_live() -> None:
    store = MemoryStore(story(number) for number in range(5))
    store.sources = {name: asked(name) for name in ("Harbour News", "Meridian")}
    app = desk(store)
    async with running(app) as pilot:
        await until(pilot, lambda: "DOWN" in bar(app, "#feed-head"))
        well = {**store.sources, "Meridian": asked("Meridian", "ok", None)}
        app.dashboard.post_message(Tallied({"stories": 5}, well, store.holder))
        await until(pilot, lambda: "LIVE" in bar(app, "#feed-head"))


async def test_a_held_list_says_which_key_follows_again() -> None:
    app = desk(MemoryStore(story(number) for number in range(5)))
    async with running(app) as pilot:
        await pilot.press("j")
        await until(pilot, lambda: "g follows" in screen_lines(app)[0])
        await pilot.press("space")
        await until(pilot, lambda: "Space goes on" in screen_lines(app)[0])


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 60)])
async def test_the_demo_says_what_is_about_to_happen_for_a_minute(size: tuple[int, int]) -> None:
    clock = FixedClock()
    app = desk(MemoryStore(story(number) for number in range(5)), demo=True, clock=clock)
    async with running(app, size) as pilot:
        await until(pilot, lambda: "exclusive in about a minute  Space freezes, ? helps" in screen_lines(app)[0])
        assert " DEMO " in screen_lines(app)[-2]
        clock.moment += HINT
        await until(pilot, lambda: "exclusive" not in screen_lines(app)[0])


async def test_the_demos_hint_goes_with_escape() -> None:
    app = desk(MemoryStore(story(number) for number in range(5)), demo=True)
    async with running(app) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: "exclusive" not in screen_lines(app)[0])


# --- notices ---------------------------------------------------------------------------------------------------------


async def test_a_notice_too_long_for_its_line_goes_on_in_the_next_and_moves_nothing() -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app, (80, 24)) as pilot:
        before = feed_rows(app)
        app.dashboard.post_message(Noticed("word " * 25 + "the end", error=True))
        await until(pilot, lambda: "the end" in screen_lines(app)[-1])
        assert feed_rows(app) == before
        await pilot.press("escape")
        await until(pilot, lambda: "Quit" in screen_lines(app)[-1])


async def test_a_broken_edit_is_said_until_it_is_dismissed_and_only_the_last_one() -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app) as pilot:
        for line in (3, 7):
            app.dashboard.post_message(
                Noticed(f"{EDITED}, the last good one stays: c.toml:{line}: sorces", stands=True)
            )
        await until(pilot, lambda: "c.toml:7" in bar(app))
        await pilot.press("m")
        await until(pilot, lambda: "Marked read" in bar(app))
        app.dashboard._end_flash()
        assert "the last good one stays: c.toml:7" in bar(app)
        await pilot.press("escape")
        await until(pilot, lambda: "c.toml" not in bar(app))


async def test_several_notices_are_read_one_after_the_other() -> None:
    app = desk(MemoryStore())
    async with running(app) as pilot:
        for number in range(3):
            app.dashboard.post_message(Noticed(f"Left out: source {number}", stands=True))
        await until(pilot, lambda: "(1 of 3) Left out: source 0" in bar(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "Left out: source 2" in bar(app))


async def test_what_lasts_is_kept_and_what_only_happened_passes() -> None:
    class Engine:
        said = iter([f"{EDITED}, the last good one stays: x", "Online again."])

        def start(self) -> None:
            pass

        def poll(self) -> str | None:
            return next(self.said, None)

        def stop(self) -> None:
            pass

    app = desk(MemoryStore(), engine=Engine())
    async with running(app) as pilot:
        await until(pilot, lambda: "Online again." in bar(app))
        app.dashboard._end_flash()
        assert "the last good one stays" in bar(app)


async def test_an_engine_that_cannot_be_started_says_why_in_words() -> None:
    class Engine:
        def start(self) -> None:
            raise PermissionError(13, "Permission denied", "/nowhere")

        def poll(self) -> str | None:
            return None

        def stop(self) -> None:
            pass

    app = desk(MemoryStore(), engine=Engine())
    async with running(app) as pilot:
        await until(pilot, lambda: "can't be started: Permission denied." in bar(app))


def test_parts_that_do_not_fit_go_to_the_second_line_whole() -> None:
    first, rest = spill([("a" * 10, "x"), ("some words that are too long for it", "y"), ("end", "z")], 40)
    assert first == [("a" * 10, "x"), ("some words that are too long", "y")]
    assert rest == [("for it", "y"), ("end", "z")]
    assert spill([("a" * 30, "x"), ("too late to begin", "y")], 40) == ([("a" * 30, "x")], [("too late to begin", "y")])


# --- the prompt ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("cell", [0, 5, 20, 39])
@pytest.mark.parametrize("words", [1, 5, 30])
def test_a_pointer_stands_in_its_cell_and_the_line_fits(width: int, cell: int, words: int) -> None:
    line = pointing("wörter 北 " * words, cell, width)
    assert cell_len(line[: line.index("▼")]) == cell
    assert cell_len(line) <= width


@pytest.mark.parametrize(
    ("query", "under"), [("is:unread and (source:", ""), ("flags:x", "f"), ("日本 and and x", "a")]
)
async def test_an_error_in_a_query_points_at_its_column_until_the_query_is_changed(query: str, under: str) -> None:
    app = desk(MemoryStore(story(number) for number in range(5)))
    async with running(app) as pilot:
        await pilot.press("f")
        app.dashboard.prompt._input.value = query
        await pilot.press("enter")
        await until(pilot, lambda: "▼" in screen_lines(app)[-2])
        above, below = screen_lines(app)[-2:]
        cell = cell_len(above[: above.index("▼")])
        assert cell_len(below[: app.dashboard.prompt._input.cursor_position + 9]) <= cell + 1
        column = app.dashboard.prompt.cell_of(app.dashboard.prompt._input.cursor_position)
        assert cell == column
        if under:
            assert query[app.dashboard.prompt._input.cursor_position] == under
        await pilot.press("x")
        await until(pilot, lambda: "▼" not in screen_lines(app)[-2])


# --- colours, terminals, threads -------------------------------------------------------------------------------------


async def test_the_first_change_of_theme_changes_the_colours() -> None:
    app = desk(MemoryStore(story(number) for number in range(5)))
    async with running(app) as pilot:
        dark = app.dashboard.query_one("#status").render_line(0)._segments[0].style
        app.theme = "wirewatch-light"
        await until(pilot, lambda: app.dashboard.query_one("#status").render_line(0)._segments[0].style != dark)
        assert app.has_class("-light-mode")


async def test_a_desk_that_starts_light_is_light() -> None:
    settings = DeskSettings(theme="wirewatch-light", mark_read_after=None)
    app = desk(MemoryStore(), config=Config(sources=(Source("One", "https://x.example/"),), desk=settings))
    async with running(app):
        assert app.has_class("-light-mode")
        assert not app.has_class("-dark-mode")


def test_a_store_that_can_only_be_read_is_known_by_its_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _can_only_be_read(tmp_path), "there is nothing to read yet"
    (tmp_path / "wirewatch.sqlite").touch()
    assert not _can_only_be_read(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    assert _can_only_be_read(tmp_path)


async def test_the_log_is_read_on_only_when_the_screen_shows_what_came() -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app) as pilot:
        feed, seen = app.dashboard.feed, []
        before = feed.painted
        one = story(100)
        feed.take([Change(1, "new", one.id, one)], None, lambda: seen.append(feed.painted))
        await until(pilot, lambda: seen)
        assert seen[0] > before


async def test_no_collection_of_garbage_has_many_objects_to_look_at() -> None:
    app = desk(MemoryStore(story(number) for number in range(2000)))
    async with running(app) as pilot:
        feed = app.dashboard.feed
        for _ in range(20):
            await pilot.press("pagedown")
        assert gc.get_threshold()[0] * gc.get_threshold()[1] <= 20_000
        assert len(feed._strips) <= STRIPS


def test_an_edited_configuration_takes_sources_out_of_the_list_and_mended_notices_away() -> None:
    found = standing(
        SourceState("One", state="ok", last_attempt=NOON - 5),
        SourceState("Two", state="failing", last_attempt=NOON - 5),
        SourceState("Three", state="ok", last_attempt=NOON - 5),
        names=("One", "Two"),
    )
    found.keep("The edited configuration isn't taken over, the last good one stays: line 3")
    found.keep("A damaged database was set aside.")
    found.take_config(("One", "Four"))
    assert set(found.states) == {"One", "Three"}, "what another engine polls stays"
    assert found.sources == 3
    assert found.notices == ["A damaged database was set aside."]
    found.take_config(("One", "Two"))
    found.take_states({"Two": SourceState("Two", state="ok")})
    assert set(found.states) == {"Two"}
