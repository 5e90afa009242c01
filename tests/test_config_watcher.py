"""Edits while wirewatch runs: taken when they are finished and right, told once when they aren't."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wirewatch import config
from wirewatch.config import Config, Watcher
from wirewatch.config.watcher import GONE, SETTLED
from wirewatch.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[[source]]\nname = "A"\nurl = "https://a.example/"\n'


class Watched:
    """A file, its watcher and a clock that is turned by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_text(SOURCE, "utf-8")
        self.watcher = Watcher(config.load(path))
        self.now = 100.0
        self.edits = 0

    def write(self, text: str) -> None:
        """An edit in place, with a modification time of its own however coarse the file system's clock is."""
        self.path.write_text(text, "utf-8")
        self.touch()

    def touch(self) -> None:
        self.edits += 1
        moment = 1_700_000_000 + self.edits
        os.utime(self.path, (moment, moment))

    def after(self, seconds: float) -> Config | ConfigError | None:
        self.now += seconds
        return self.watcher.check(self.now)

    def settled(self) -> Config | ConfigError | None:
        """What the watcher says once the file has rested."""
        first = self.after(0.1)
        return first if first is not None else self.after(SETTLED)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "config.toml")


def test_an_untouched_file_says_nothing(watched: Watched) -> None:
    assert [watched.after(1.0) for _ in range(5)] == [None] * 5


def test_an_edit_is_taken_once_the_file_has_rested(watched: Watched) -> None:
    watched.settled()
    watched.write(SOURCE + 'every = "30s"\n')
    assert watched.after(0.1) is None
    assert watched.after(SETTLED / 2) is None
    found = watched.after(SETTLED / 2)
    assert isinstance(found, Config)
    assert found.sources[0].every == 30.0
    assert watched.after(1.0) is None


def test_an_edit_between_loading_and_watching_isnt_missed(watched: Watched) -> None:
    watched.write(SOURCE + 'every = "30s"\n')
    assert isinstance(watched.settled(), Config)


def test_a_file_that_keeps_being_written_is_left_until_it_rests(watched: Watched) -> None:
    watched.settled()
    for seconds in range(20):
        watched.write(SOURCE + f'every = "{seconds + 1}s"\n')
        assert watched.after(SETTLED * 0.9) is None
    found = watched.after(SETTLED)
    assert isinstance(found, Config)
    assert found.sources[0].every == 20.0


def test_an_edit_of_remarks_only_says_nothing(watched: Watched) -> None:
    watched.settled()
    watched.write("# a remark\n" + SOURCE)
    assert watched.settled() is None
    watched.touch()
    assert watched.settled() is None


def test_a_file_saved_by_renaming_is_followed(watched: Watched) -> None:
    watched.settled()
    new = watched.path.with_suffix(".new")
    new.write_text(SOURCE + 'every = "9s"\n', "utf-8")
    watched.path.unlink()
    assert watched.after(0.1) is None
    assert watched.after(1.0) is None
    new.rename(watched.path)
    assert isinstance(watched.settled(), Config)


def test_a_file_that_stays_away_is_told_once_and_taken_again_when_it_is_back(watched: Watched) -> None:
    watched.settled()
    text = watched.path.read_text("utf-8")
    watched.path.unlink()
    assert watched.after(0.1) is None
    assert isinstance(watched.after(GONE), ConfigError)
    assert watched.after(GONE) is None
    watched.write(text)
    assert isinstance(watched.settled(), Config)


def test_the_old_text_after_a_broken_edit_is_news(watched: Watched) -> None:
    watched.settled()
    watched.write("[broken")
    assert isinstance(watched.settled(), ConfigError)
    watched.write(SOURCE)
    assert isinstance(watched.settled(), Config)


def test_what_was_said_at_the_start_isnt_said_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SOURCE + '[[source]]\nname = "B"\nurl = "ftp://b.example/"\n', "utf-8")
    usable, problems = config.load_usable(path)
    watcher = Watcher(usable, said=ConfigError(problems))
    assert [watcher.check(now) for now in (0.0, 1.0, 2.0)] == [None, None, None]


def test_a_configuration_without_a_file_is_never_news() -> None:
    assert Watcher(Config()).check(1.0) is None
