"""The sources screen: every source in words, and what its keys do."""

from __future__ import annotations

import threading
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk_double import NOON, FixedClock, MemoryStore, desk, placed, running, screen_lines, story, until
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import Source, SourceState
from wirewatch.widgets.sourcelines import SORTS, Row, detail_lines, list_lines, ordered, site_of

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from wirewatch.screens.desk import Desk

DAY = 86400.0


def well(name: str, **more: object) -> SourceState:
    """A source that works, last asked half a minute ago."""
    state = SourceState(
        name,
        url=f"https://{name.split(' ', maxsplit=1)[0].casefold()}.example/feed",
        state="ok",
        last_attempt=NOON - 30,
        last_success=NOON - 30,
        next_poll=NOON + 90,
        next_why="every 2 min, as for all sources of kind web",
        items=400,
        requests=1000,
        unchanged=900,
        bytes=3_400_000,
        saved=88_000_000,
        since=NOON - 20 * DAY,
        last_new=NOON - 600,
        newest=NOON - 700,
        rhythm=tuple([1.0] * 24),
        delays=(40, 60, 300),
        title=f"{name} | World",
    )
    return replace(state, **more)  # type: ignore[arg-type]


def a_wire() -> MemoryStore:
    """Sources in every state."""
    store = MemoryStore(story(number, source="Zeta") for number in range(3))
    store.sources = {
        one.name: one
        for one in (
            well("Alpha"),
            well(
                "Beta",
                state="failing",
                reason="no such host: beta.example",
                failures=5,
                next_why="5th failure in a row",
            ),
            well("Gamma", last_new=NOON - 40 * DAY, newest=NOON - 3 * DAY),
            well("Delta", newest=NOON - 500 * DAY),
            well("Epsilon", state="held", reason="HTTP 429", held_until=NOON + 3000, next_poll=NOON + 3010),
            well("Eta", state="gone", reason="HTTP 410: gone", next_poll=None, next_why="never by itself"),
            well("Zeta", state="paused", reason="paused by hand", next_poll=None),
            well("Theta", next_poll=NOON - 600),
        )
    }
    return store


NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Eta", "Zeta", "Theta", "Iota")


def a_desk(store: MemoryStore, **more: object) -> Desk:
    sources = tuple(Source(name, f"https://user:pw@{name.casefold()}.example/feed?token=s3cret") for name in NAMES[:1])
    sources += tuple(Source(name, f"https://{name.casefold()}.example/feed") for name in NAMES[1:])
    return desk(store, config=Config(sources=sources, desk=DeskSettings(mark_read_after=None)), **more)


async def opened(pilot: Pilot[None], app: Desk) -> None:
    await pilot.press("S")
    await until(pilot, lambda: any("trouble first" in line for line in screen_lines(app)))
    await until(pilot, lambda: any("address" in line for line in screen_lines(app)))


def test_trouble_stands_first_and_every_source_has_its_state_in_words() -> None:
    store = a_wire()
    names = ordered(NAMES, store.sources, NOON, SORTS[0][1])
    assert names == ["Beta", "Eta", "Delta", "Gamma", "Epsilon", "Zeta", "Iota", "Alpha", "Theta"]
    words = [Row(name, store.sources.get(name), NOON).word for name in names]
    assert words == ["failing", "gone", "stale", "silent", "held back", "paused", "waiting", "works", "works"]
    polls = [Row(name, store.sources.get(name), NOON).next_poll for name in names]
    assert polls == ["1m", "never", "1m", "1m", "50m", "never", "", "1m", "late"]


@pytest.mark.parametrize(("_way", "key"), SORTS)
def test_sorting_never_drops_a_source(_way: str, key: object) -> None:
    store = a_wire()
    assert sorted(ordered(NAMES, store.sources, NOON, key)) == sorted(NAMES)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [20, 40, 78, 118, 198])
def test_lines_are_as_wide_as_they_may_be(width: int) -> None:
    store = a_wire()
    rows = [Row(name, store.sources.get(name), NOON) for name in NAMES]
    heading, lines = list_lines(rows, width)
    assert len(heading[0][0]) <= width
    assert len(lines) == len(NAMES)
    if width > 40:
        assert all(sum(len(text) for text, _ in line) <= width for line in lines)
    for row in rows:
        assert all(sum(len(text) for text, _ in line) <= width for line in detail_lines(row, None, width, UTC))


def test_all_that_is_known_of_a_source_is_said() -> None:
    store = a_wire()
    said = "\n".join(
        "".join(text for text, _ in line)
        for line in detail_lines(Row("Beta", store.sources["Beta"], NOON), None, 118, UTC)
    )
    for part in (
        "failing: no such host: beta.example; 5 failures in a row",
        "5th failure in a row",
        "400 since 21 Feb 10:00 UTC; about 24 a day",
        "half within 1 minute, 95 % within 5 minutes",
        "1,000, 90 % brought nothing to read; 3.4 MB came, 88 MB didn't have to",
        "last new item",
        "https://beta.example/feed",
    ):
        assert part in said


async def test_the_cursors_source_is_polled_paused_and_resumed_with_a_key() -> None:
    store = a_wire()
    app = a_desk(store)
    async with running(app) as pilot:
        await opened(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: store.asked == ["Beta"])
        await pilot.press("p")
        await until(pilot, lambda: store.sources["Beta"].state == "paused")
        await until(pilot, lambda: any("Beta is paused until you resume it" in line for line in screen_lines(app)))
        await until(pilot, lambda: any("- Beta" in line and "paused" in line for line in screen_lines(app)))
        await pilot.press("r")
        await until(pilot, lambda: any("resume it to have it polled" in line for line in screen_lines(app)))
        await pilot.press("p")
        await until(pilot, lambda: store.sources["Beta"].state == "ok")
        assert store.asked == ["Beta"]
        await pilot.press("q")
        assert app.screen is app.dashboard


async def test_what_comes_in_moves_no_row_under_the_cursor() -> None:
    store = a_wire()
    clock = FixedClock()
    app = a_desk(store, clock=clock)
    async with running(app) as pilot:
        await opened(pilot, app)
        await pilot.press("j", "j")
        assert app.dashboard.sources_overlay is not None
        assert app.dashboard.sources_overlay.row.name == "Delta"  # type: ignore[union-attr]
        store.sources["Alpha"] = well("Alpha", state="failing", reason="connection refused")
        clock.moment += 2
        store.tell(story(99))
        await until(pilot, lambda: any("connection refused" in line for line in screen_lines(app)))
        assert app.dashboard.sources_overlay.row.name == "Delta"  # type: ignore[union-attr]
        await pilot.press("s")
        assert app.dashboard.sources_overlay.row.name == "Alpha"  # type: ignore[union-attr]


async def test_site_feed_and_address_of_the_source_are_opened_and_copied_without_a_secret() -> None:
    opened_links: list[str] = []
    taken = threading.Event()

    def opener(url: str) -> str:
        opened_links.append(url)
        taken.set()
        return "browser"

    store = a_wire()
    one = story(7, source="Beta", url="https://www.beta-news.example/a/b?c")
    store.tell(one)
    store.items[one.id] = [placed(one)]
    app = a_desk(store, opener=opener)
    async with running(app) as pilot:
        await opened(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: opened_links == ["https://www.beta-news.example/"])
        await pilot.press("O")
        await until(pilot, lambda: opened_links[1:] == ["https://beta.example/feed"])
        await pilot.press("y")
        assert app.clipboard == "https://beta.example/feed"
        for _ in range(7):
            await pilot.press("j")
        assert app.dashboard.sources_overlay is not None
        assert app.dashboard.sources_overlay.row.name == "Alpha"  # type: ignore[union-attr]
        await pilot.press("y")
        assert "s3cret" not in app.clipboard
        assert "pw" not in app.clipboard
        await pilot.press("O")
        await until(pilot, lambda: any("holds a secret" in line for line in screen_lines(app)))
        await pilot.press("o")
        await until(pilot, lambda: opened_links[2:] == ["https://alpha.example/"])
        assert not any("s3cret" in line for line in screen_lines(app))


async def test_the_palette_over_the_list_has_its_commands() -> None:
    app = a_desk(a_wire())
    async with running(app) as pilot:
        await opened(pilot, app)
        names = [command.title for command in app.get_system_commands(app.screen)]
        assert names == ["Retry now", "Pause/resume", "Site", "Feed", "Copy address", "Sort"]
        assert "Pause/resume" not in [command.title for command in app.get_system_commands(app.dashboard)]


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 60)])
async def test_the_list_fits_any_terminal_and_closes(size: tuple[int, int]) -> None:
    app = a_desk(a_wire())
    async with running(app, size) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: any("Beta" in line for line in screen_lines(app)))
        await pilot.press("G", "g", "pagedown", "escape")
        assert app.screen is app.dashboard


def test_the_site_of_an_address_has_no_password() -> None:
    assert site_of("https://a:b@feeds.example:8080/x?y=z") == "https://feeds.example:8080/"
