"""FAULTS 62, 127, 128 and 131: whatever stands in the configuration, the user is told and the desk lives on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commandline import wirewatch
from wirewatch import config
from wirewatch.config import Config, Watcher
from wirewatch.config.watcher import SETTLED
from wirewatch.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '[[source]]\nname = "Good"\nurl = "https://good.example/feed"\n'


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///path",
        "http:feed",
        "feed.example/rss",
        "ftp://feed.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://feed.example:99999/",
        "http://feed.example:0/",
        "http://feed.example:x/",
        "http://xn--/",
        "http://xn--a.example/",
        "http://feed\\u001b[31m.example/",
        "http://feed.example/\\u0007",
        "http://feed.example/\\u009b31m",
        "http://feed.example/a b",
        " http://feed.example/",
        "http://feed.example/\\n",
        "http://feed..example/",
        "http://-feed.example/",
        "http://[::1/",
        "http://1.2.3.4.5/",
        "http://me:pa55word@feed.example:99999/",
        "",
    ],
)
def test_fault_062_bad_address_is_named_in_its_line_and_the_other_sources_run(tmp_path: Path, url: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[[source]]\nname = "Bad"\nurl = "{url}"\n\n{GOOD}', "utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (3, "source[1].url")
    assert str(problem).isprintable()
    assert "pa55word" not in str(problem)
    usable, problems = config.load_usable(path)
    assert [source.name for source in usable.sources] == ["Good"]
    assert problems == caught.value.problems


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        ('[watch]\nkeywords = ["a"', 2, "not valid TOML"),
        ("[watch\n", 1, "not valid TOML"),
        ("[watch]\nkeyword = []\n", 2, "did you mean 'keywords'?"),
        ("[watch]\nkeywords = 5\n", 2, "must be a list of texts"),
        ("[store]\nkeep_days = -1\n", 2, "more than 0"),
    ],
)
def test_fault_127_broken_edit_is_told_with_its_line_and_the_last_good_one_stays(
    tmp_path: Path, broken: str, line: int, words: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD, "utf-8")
    watcher = Watcher(config.load(path))
    watcher.check(0.0)
    watcher.check(1.0)
    path.write_text(broken, "utf-8")
    assert watcher.check(2.0) is None
    told = watcher.check(3.0)
    assert isinstance(told, ConfigError)
    assert told.problems[0].line == line
    assert words in str(told)
    assert [source.name for source in watcher.config.sources] == ["Good"]
    assert [watcher.check(now) for now in (4.0, 5.0, 6.0)] == [None, None, None], "told once"


def test_fault_127_catastrophic_pattern_is_a_literal_keyword() -> None:
    found = config.parse(
        r"""[watch]
keywords = ['(a+)+$', '(', '.*']""",
        file="x",
    )
    assert found.watch.keywords == ("(a+)+$", "(", ".*")


def test_fault_127_broken_configuration_names_every_line_and_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[watch]\nkeyword = []\n[desk]\ntheme = 1\n[[source]]\nname = "A"\n', "utf-8")
    ended = wirewatch(tmp_path, "config", "check", "--config", str(path))
    assert ended.code == 2
    assert ended.out == ""
    assert [line.split(": ")[0] for line in ended.err.splitlines()] == [f"{path}:2", f"{path}:4", f"{path}:5"]


def test_fault_128_half_written_file_is_left_alone_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD, "utf-8")
    watcher = Watcher(config.load(path))
    now = 0.0
    for now in (0.0, 1.0):
        assert watcher.check(now) is None
    whole = GOOD + '[[source]]\nname = "New"\nurl = "https://new.example/"\n'
    for end in range(5, len(whole), 7):  # cut in the middle of names, quotes and brackets
        path.write_text(whole[:end], "utf-8")
        os.utime(path, ns=(end, end))
        now += SETTLED * 0.8
        assert watcher.check(now) is None
    path.write_text(whole, "utf-8")
    assert watcher.check(now + 1) is None
    found = watcher.check(now + 2)
    assert isinstance(found, Config)
    assert [source.name for source in found.sources] == ["Good", "New"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_fault_131_secrets_that_others_can_read_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[source]]\nname = "Wire"\nurl = "https://me:pa55word@wire.example/?token=t0ken"\n', "utf-8")
    path.chmod(0o644)
    ended = wirewatch(tmp_path, "config", "check", "--config", str(path))
    assert ended.code == 0
    assert "chmod 600" in ended.err
    assert "Wire" in ended.err
    path.chmod(0o600)
    assert wirewatch(tmp_path, "config", "check", "--config", str(path)).err == ""
    path.write_text(GOOD, "utf-8")
    path.chmod(0o644)
    assert config.exposed(config.load(path)) is None


@pytest.mark.parametrize("command", [("config", "show"), ("sources",), ("doctor",), ("config", "check")])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_command_prints_a_password_or_a_token(
    tmp_path: Path, command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[source]]\nname = "Wire"\nurl = "https://me:pa55word@wire.example/?token=t0ken"\n', "utf-8")
    ended = wirewatch(tmp_path, *command, *form, "--config", str(path), "--data", str(tmp_path / "data"))
    assert ended.code == 0
    assert "pa55word" not in ended.out + ended.err
    assert "t0ken" not in ended.out + ended.err
