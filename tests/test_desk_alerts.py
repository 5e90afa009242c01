"""Alerts at the desk: said where nothing has to move for them, sounded as asked, acknowledged for every desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk_double import NOON, MemoryStore, desk, feed_rows, running, screen_lines, story, until
from wirewatch.config import AlertSettings
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import Alert, Source
from wirewatch.screens.alertlog import AlertLog
from wirewatch.widgets.alarm import Alarm
from wirewatch.widgets.backstage import FIRST_PAGE
from wirewatch.widgets.messages import Configured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.pilot import Pilot

    from wirewatch.screens.desk import Desk


def alert(number: int, **more: object) -> Alert:
    settled: dict[str, object] = {
        "n": 0,
        "at": NOON - 5 + number / 100,
        "why": "new",
        "state": "told",
        "headline": f"Dam breaks above town {number}",
        "story": f"s{number:06}",
        "source": "Meridian",
        "rule": "Dams",
        "reason": "“dam” in the headline",
        "priority": 1,
        "channels": ("bell", "title"),
    }
    return Alert(**settled | more)  # type: ignore[arg-type]


class Heard:
    """Takes the place of the terminal's signals."""

    def __init__(self) -> None:
        self.rings: list[int] = []
        self.notes: list[tuple[str, str]] = []
        self.titles: list[str] = []
        self.uses: list[str] = []

    def ring(self, times: int = 1) -> None:
        self.rings.append(times)

    def notify(self, title: str, body: str, *, number: int) -> None:
        self.notes.append((title, body))

    def mark_title(self, mark: str) -> None:
        if self.titles[-1:] != [mark]:
            self.titles.append(mark)

    def use(self, desktop: str) -> None:
        self.uses.append(desktop)

    def restore_title(self) -> None:
        self.titles.append("restored")


def a_desk(store: MemoryStore, **more: object) -> tuple[Desk, Heard]:
    app, heard = desk(store, **more), Heard()
    app.dashboard.alarm.signals = heard  # type: ignore[assignment]
    return app, heard


def status(app: Desk) -> str:
    return app.dashboard.query_one("#status").text  # type: ignore[attr-defined,no-any-return]


async def told(pilot: Pilot[None], store: MemoryStore, *alerts: Alert) -> None:
    """Alerts enter the log, and the desk has said so."""
    app = pilot.app
    store.alert(*alerts)
    await until(pilot, lambda: app.dashboard.alarm.standing.last == len(store.alerts))  # type: ignore[attr-defined]
    await pilot.pause()


async def test_an_alert_is_said_in_the_status_line_and_nothing_moves_for_it() -> None:
    store = MemoryStore([story(n) for n in range(60)])
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await pilot.press("j", "j", "j")
        before = screen_lines(app)
        await told(pilot, store, alert(7))
        after = screen_lines(app)
        assert [row for row, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [33]
        assert " 1 ALERT " in after[33]
        assert "Meridian: Dam breaks above town 7" in after[33]
    assert (heard.rings, heard.titles) == ([1], ["(1)"])


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (80, 24), (120, 35), (200, 60)])
async def test_in_every_size_the_number_of_alerts_is_to_be_seen_and_the_line_stays_a_line(
    size: tuple[int, int],
) -> None:
    store = MemoryStore([story(n) for n in range(60)])
    app, _ = a_desk(store)
    async with running(app, size) as pilot:
        await told(pilot, store, alert(1, headline="Dam breaks " * 40))
        lines = screen_lines(app)
        assert " 1 ALERT " in "".join(lines[-2:])
        assert all(len(line) <= size[0] for line in lines)
        assert app.dashboard.query_one("#keys").text.startswith("Enter")  # type: ignore[attr-defined]


async def test_what_is_wrong_with_the_wire_is_said_beside_the_number_of_alerts() -> None:
    store = MemoryStore()
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, alert(1))
        app.dashboard.standing.troubles["x"] = "The disk is full."
        app.dashboard._refresh_words()
        assert " 1 ALERT   The disk is full." in status(app)


async def test_alerts_from_before_the_desk_came_up_are_said_but_make_no_noise() -> None:
    store = MemoryStore()
    store.alert(alert(1), alert(2, state="folded", channels=()))
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await pilot.pause(0.2)
        assert " 2 ALERTS " in status(app)
        await told(pilot, store, alert(3))
    assert heard.rings == [1]


async def test_held_and_folded_alerts_are_counted_and_make_no_noise() -> None:
    store = MemoryStore()
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, alert(1, state="held", channels=()), alert(2, state="folded", channels=()))
        assert " 2 LOGGED " in status(app)
    assert (heard.rings, heard.notes) == ([], [])


@pytest.mark.parametrize(
    ("alerts", "rings"),
    [
        ([alert(1, sound="none")], []),
        ([alert(1, channels=("title",))], []),
        ([alert(1), alert(2, sound="alarm"), alert(3)], [3]),
        ([alert(1, at=NOON - 3600)], []),
    ],
    ids=["no sound", "no bell", "the loudest of several", "an hour old"],
)
async def test_the_bell_rings_as_the_alerts_ask(alerts: Sequence[Alert], rings: list[int]) -> None:
    store = MemoryStore()
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, *alerts)
    assert heard.rings == rings


async def test_notifications_are_few_at_a_time() -> None:
    store = MemoryStore()
    app, heard = a_desk(store)
    async with running(app) as pilot:
        killed = alert(1, why="killed", channels=("desktop",), source="Kestrel", headline="KILL: town 1")
        await told(pilot, store, killed, *(alert(n, channels=("desktop",)) for n in range(2, 9)))
    assert heard.notes == [
        ("KILLED Kestrel", "KILL: town 1"),
        ("ALERT Meridian", "Dam breaks above town 2"),
        ("ALERT Meridian", "Dam breaks above town 3"),
        ("More alerts", "5 more"),
    ]


async def test_a_acknowledges_the_alert_that_is_said_and_the_next_one_follows_until_the_title_is_clean() -> None:
    store = MemoryStore()
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, alert(1), alert(2))
        await pilot.press("a")
        await until(pilot, lambda: "town 1" in status(app))
        await pilot.press("a")
        await until(pilot, lambda: "ALERT" not in status(app))
        await pilot.press("a")
        assert "no alert" in status(app)
        assert heard.titles == ["(2)", "(1)", ""]
    assert all(one.acked for one in store.alerts)


async def test_one_key_acknowledges_all_and_none_that_came_after() -> None:
    store = MemoryStore()
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, *(alert(n) for n in range(1, 30)))
        await pilot.press("ctrl+a")
        await until(pilot, lambda: all(one.acked for one in store.alerts))
        await told(pilot, store, alert(30))
        await until(pilot, lambda: app.dashboard.alarm.standing.unacked == 1)


async def test_what_another_desk_acknowledges_is_acknowledged_here() -> None:
    store = MemoryStore()
    app, heard = a_desk(store)
    async with running(app) as pilot:
        await told(pilot, store, alert(1))
        store.reader().ack([1])
        await until(pilot, lambda: "ALERT" not in status(app))
    assert heard.rings == [1]


# --- the log ----------------------------------------------------------------------------------------------------------


async def log_of(pilot: Pilot[None]) -> AlertLog:
    await pilot.press("exclamation_mark")
    await until(pilot, lambda: isinstance(pilot.app.screen, AlertLog) and pilot.app.screen.alerts is not None)
    await pilot.pause()
    log = pilot.app.screen
    assert isinstance(log, AlertLog)
    return log


async def test_the_log_has_every_alert_the_newest_first_and_says_why_it_was_not_heard() -> None:
    store = MemoryStore()
    store.alert(alert(1), alert(2, state="folded", channels=()), alert(3, why="killed", reason="Kestrel withdrew it"))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        log = await log_of(pilot)
        text = "\n".join(screen_lines(app))
        assert text.index("town 3") < text.index("town 2") < text.index("town 1")
        assert "3 to acknowledge" in text
        assert "KILLED" in text
        assert "Kestrel withdrew it" in text
        await pilot.press("j")
        await pilot.pause()
        assert log.cursor is not None
        assert log.cursor.story == "s000002"
        assert "not heard: over the budget" in "\n".join(screen_lines(app))


async def test_the_log_can_be_acknowledged_line_by_line_and_as_a_whole() -> None:
    store = MemoryStore()
    store.alert(*(alert(n) for n in range(1, 6)))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await log_of(pilot)
        await pilot.press("j", "a")
        await until(
            pilot, lambda: [one.acked is not None for one in store.alerts] == [False, False, False, True, False]
        )
        await pilot.press("A")
        await until(pilot, lambda: all(one.acked for one in store.alerts))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.dashboard)


async def test_enter_goes_to_the_story_and_acknowledges_its_alert() -> None:
    store = MemoryStore([story(n) for n in range(60)])
    store.alert(alert(12), alert(40))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await log_of(pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.screen is app.dashboard)
        await until(pilot, lambda: (one := app.dashboard.feed.cursor_story) is not None and one.id == "s000012")
        assert not app.dashboard.feed.following
        await until(pilot, lambda: [one.acked is not None for one in store.alerts] == [True, False])


async def test_enter_goes_to_a_story_that_the_list_does_not_reach() -> None:
    store = MemoryStore([story(n) for n in range(900)])
    store.alert(alert(12))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await log_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: (one := app.dashboard.feed.cursor_story) is not None and one.id == "s000012")
        assert len(feed_rows(app)[0]) > 0
        await pilot.press("escape")
        await until(
            pilot, lambda: app.dashboard.views.now.kind == "all" and len(app.dashboard.feed.ledger) >= FIRST_PAGE
        )


async def test_enter_on_a_story_that_is_gone_says_so() -> None:
    store = MemoryStore()
    store.alert(alert(12))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        await log_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "isn't stored any more" in status(app))


async def test_an_alert_that_comes_while_the_log_is_open_leaves_the_cursor_on_its_alert() -> None:
    store = MemoryStore()
    store.alert(alert(1), alert(2))
    app, _ = a_desk(store)
    async with running(app) as pilot:
        log = await log_of(pilot)
        await pilot.press("j")
        await told(pilot, store, alert(3))
        await until(pilot, lambda: log.alerts is not None and len(log.alerts) == 3)
        assert log.cursor is not None
        assert log.cursor.story == "s000001"


async def test_an_empty_log_says_what_would_be_in_it() -> None:
    app, _ = a_desk(MemoryStore())
    async with running(app, (80, 24)) as pilot:
        await log_of(pilot)
        await pilot.press("j", "k", "G", "enter", "a", "o")
        assert "No alerts yet." in "\n".join(screen_lines(app))


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 60)])
async def test_headlines_of_the_log_are_text_and_fit(size: tuple[int, int]) -> None:
    store = MemoryStore()
    store.alert(
        alert(1, headline="[/x] [@click=app.quit]渡船擱淺 🚢[link=x]", rule="[/rule]"), alert(2, count=9, story="")
    )
    app, _ = a_desk(store)
    async with running(app, size) as pilot:
        await log_of(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert all(len(line) <= size[0] for line in screen_lines(app))
        if size[0] > 40:
            assert "[/x] [@click=app.quit]" in "\n".join(screen_lines(app))


# --- leaving ----------------------------------------------------------------------------------------------------------


def config(**more: object) -> Config:
    return Config(
        sources=(Source("Harbour News", "https://one.example/feed"),),
        desk=DeskSettings(mark_read_after=None),
        alerts=AlertSettings(**more),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("settings", "presses"), [({}, 1), ({"confirm_quit": True}, 2)])
async def test_q_leaves_at_once_unless_the_configuration_asks_for_a_second_one(
    settings: dict[str, bool], presses: int
) -> None:
    store = MemoryStore()
    store.alert(alert(1))
    app, heard = a_desk(store, config=config(**settings))
    async with running(app) as pilot:
        for _ in range(presses - 1):
            await pilot.press("q")
            assert app.is_running
            assert "q again leaves" in status(app)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert heard.titles[-1] == "restored"


async def test_an_edit_of_the_configuration_counts_for_a_running_desk() -> None:
    app, heard = a_desk(MemoryStore())
    async with running(app) as pilot:
        app.dashboard.post_message(Configured(config(desktop="osc9")))
        await until(pilot, lambda: "osc9" in heard.uses)


async def test_without_alerts_q_never_asks_and_ctrl_c_never_does() -> None:
    for key, alerts in (("q", []), ("ctrl+c", [alert(1)])):
        store = MemoryStore()
        store.alert(*alerts)
        app, _ = a_desk(store, config=config(confirm_quit=True))
        async with running(app) as pilot:
            await pilot.press(key)
            await until(pilot, lambda app=app: not app.is_running)  # type: ignore[misc]


def test_a_desk_without_signals_keeps_count_all_the_same() -> None:
    from tests.desk_double import FixedClock
    from wirewatch.store.contract import AlertsStanding

    alarm = Alarm(FixedClock())
    alarm.take([alert(1)], AlertsStanding(1, 1, alert(1)))
    assert alarm.words(80)[0] == (" 1 ALERT ", "flash")
