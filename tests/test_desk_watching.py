"""Saved views on their keys, and words that the desk puts on the watch list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk_double import MemoryStore, desk, feed_rows, running, screen_lines, story, until
from wirewatch import config
from wirewatch.screens.overlays import Help
from wirewatch.widgets.commands import key_problems, view_commands
from wirewatch.widgets.discussed import word_of
from wirewatch.widgets.marks import flag_codes, flag_words, matters
from wirewatch.widgets.messages import Noticed
from wirewatch.widgets.status import EDITED

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.screens.desk import Desk

TOML = """\
[watch]
keywords = ["strike", # remark
]
[[view]]
name = "Ferries"
query = "ferry"
key = 3
[[view]]
name = "It's [b]odd[/b]"
query = "outlets:>90"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(TOML)
    return path


def wire() -> MemoryStore:
    heads = ("Ferry runs aground off Skagen", "Harbour strike ends", "Ferry crew of Norland Lines walks out")
    return MemoryStore([story(n, head, at=1_700_000_000.0 + n) for n, head in enumerate(heads)])


def rows(app: Desk) -> int:
    return sum(bool(row.strip()) for row in feed_rows(app))


def status(lines: list[str]) -> str:
    return lines[-2]


async def test_a_digit_opens_its_view_and_closes_it_again(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Ferries" in screen_lines(app)[0] and rows(app) == 2)
        await pilot.press("1")
        await until(pilot, lambda: "It's [b]odd[/b]" in screen_lines(app)[0])
        assert [view.kind for view in app.dashboard.views.stack] == ["all", "view"]
        await pilot.press("1")
        await until(pilot, lambda: "All stories" in screen_lines(app)[0] and rows(app) == 3)
        await pilot.press("7")
        await until(pilot, lambda: "no view on 7" in status(screen_lines(app)))


async def test_a_search_stands_over_a_view_and_escape_leads_back(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: rows(app) == 2)
        await pilot.press("slash", *"norland", "enter")
        await until(pilot, lambda: rows(app) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: "Ferries" in screen_lines(app)[0])
        await pilot.press("escape")
        await until(pilot, lambda: "All stories" in screen_lines(app)[0])


async def test_digits_typed_into_a_query_open_no_view(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("slash", "3", "3", "enter")
        await until(pilot, lambda: "search “33”" in screen_lines(app)[0])


async def test_views_are_in_help_and_palette_by_their_names(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app, (120, 90)) as pilot:
        named = {command.title: command for command in app.get_system_commands(app.screen)}
        assert named["View: Ferries"].help == "3   ferry"
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await until(pilot, lambda: any("Ferries: ferry" in line for line in screen_lines(app)))
        assert any("It's [b]odd[/b]: outlets:>90" in line for line in screen_lines(app))
        await pilot.press("escape")
        named["View: Ferries"].callback()
        await until(pilot, lambda: "Ferries" in screen_lines(app)[0])


def test_a_key_that_a_view_and_a_command_want_is_said_to_clash(file: Path) -> None:
    views = config.load(file).views
    assert [command.keys for command in view_commands(views)] == ["1", "3"]
    assert key_problems({"star": "3"}, views) == ["[keys] 3 runs both star and view-3; star wins."]
    assert key_problems({"view-3": "f3"}, views) == []
    assert key_problems({"star": "4"}, views) == []


async def test_an_edit_of_the_file_brings_its_views_while_the_desk_runs(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        edit(file, TOML + '[[view]]\nname = "Strikes"\nquery = "strike"\nkey = 9\n')
        await until(pilot, lambda: any(view.name == "Strikes" for view in app.dashboard.saved_views))
        await pilot.press("9")
        await until(pilot, lambda: "Strikes" in screen_lines(app)[0] and rows(app) == 1)


async def test_w_puts_a_word_on_the_watch_list_shows_what_it_catches_and_u_takes_it_back(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: prompt(app) == "Norland Lines")
        await pilot.press("ctrl+a", "ctrl+k", *"ferry", "enter")
        await until(pilot, lambda: "ferry is watched from now on (line 3 of config.toml)" in status(screen_lines(app)))
        assert 'search “"ferry" age:<24h”' in screen_lines(app)[0]
        assert config.load(file).watch.keywords == ("strike", "ferry")
        assert "# remark" in held(file)
        await pilot.press("u")
        await until(pilot, lambda: held(file) == TOML)
        assert "ferry is watched no longer" in status(screen_lines(app))


async def test_an_at_sign_makes_it_a_name(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("w", "ctrl+a", "ctrl+k", "at", *"Norland Lines", "enter")
        await until(pilot, lambda: "@ Norland Lines is watched" in status(screen_lines(app)))
        assert config.load(file).watch.entities == ("Norland Lines",)


async def test_what_cannot_be_watched_is_said_and_nothing_is_written(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        await pilot.press("w", "ctrl+a", "ctrl+k", *"Strike", "enter")
        await until(pilot, lambda: "'strike' is watched already" in status(screen_lines(app)))
        assert held(file) == TOML


async def test_without_a_file_w_says_how_to_get_one() -> None:
    app = desk(wire(), config=config.Config())
    async with running(app) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: "wirewatch config init" in status(screen_lines(app)))


async def test_a_mended_edit_is_no_longer_said_to_be_broken(file: Path) -> None:
    app = desk(wire(), config=config.load(file))
    async with running(app) as pilot:
        app.dashboard.post_message(Noticed(f"{EDITED}, the last good one stays: …", stands=True))
        await until(pilot, lambda: EDITED in status(screen_lines(app)))
        edit(file, TOML + "# a remark\n[desk]\ntheme = 'nord'\n")
        await until(pilot, lambda: EDITED not in status(screen_lines(app)))


def test_a_flag_of_the_users_own_is_looked_for_and_a_kind_of_piece_is_not() -> None:
    assert [flag for flag in ("rule:Gas", "scoop-of-mine", "video", "repeat") if matters(flag)] == [
        "rule:Gas",
        "scoop-of-mine",
    ]
    assert [mark.code for mark in flag_codes(("rule:Gas leaks", "mine"), 2)] == ["GAS", "MINE"]
    assert flag_words("rule:Gas") == "Gas"


def prompt(app: Desk) -> str:
    assert app.dashboard.prompt is not None
    return app.dashboard.prompt._input.value


def edit(file: Path, text: str) -> None:
    file.write_text(text)


def held(file: Path) -> str:
    return file.read_text()


@pytest.mark.parametrize(
    ("headline", "asked", "word"),
    [
        ("Ferry crew of Norland Lines walks out", "", "Norland Lines"),
        ("Exclusive: Minister to visit Freedonia", "", "Freedonia"),
        ("UPDATE 2-Bank of Freedonia raises rates", "", "Bank of Freedonia"),
        ("Storm kills nine in the north", "", "Storm"),
        ("Police In Norland Seize Record Haul Of Counterfeit Banknotes", "", "Counterfeit"),
        ("Харьков без света после удара", "", "Харьков"),
        ("习近平将于下周访问莫斯科", "", "习近平将于下周访问莫斯科"),
        ("…", "", ""),
        ("Whatever", "rate  hike", "rate hike"),
        ("Norland votes", "flag:exclusive", "Norland"),
        ("Norland votes", "this or that", "Norland"),
    ],
)
def test_the_word_under_discussion(headline: str, asked: str, word: str) -> None:
    flags = ("exclusive",) if headline.startswith("Excl") else ("update:2",) if headline.startswith("UPD") else ()
    assert word_of(headline, flags, asked) == word
