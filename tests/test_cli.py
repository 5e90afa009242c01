"""The command line's own promises: options before and after, exit codes, what goes to which stream."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commandline import environment, wirewatch
from wirewatch import __version__, cli

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ("demo", "poll", "pipe", "tail", "search", "story", "sources", "doctor", "config")


def test_version_is_one_line(tmp_path: Path) -> None:
    assert wirewatch(tmp_path, "--version") == (0, f"wirewatch {__version__}\n", "")


def test_help_names_every_command_and_every_exit_code(tmp_path: Path) -> None:
    ended = wirewatch(tmp_path, "--help")
    assert ended.code == 0
    assert all(f"\n    {command} " in ended.out for command in COMMANDS)
    assert (
        "0 done, 1 nothing matched or the run failed, 2 usage or configuration, 3 network, 130 interrupted" in ended.out
    )
    assert "==SUPPRESS==" not in ended.out


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--config", "a.toml"],
        ["--data", "here", "--config", "a.toml"],
        ["--config", "", "--data", "x"],
        ["--data", "one", "--data", "two"],
    ],
)
def test_the_usual_calls_mean_without_argparse_what_they_mean_with_it(given: list[str]) -> None:
    quick = cli._desk_alone(given)
    assert quick is not None
    assert vars(quick) == vars(cli.parser().parse_args(given))


@pytest.mark.parametrize(
    "given",
    [
        ["demo"],
        ["--config"],
        ["--config", "a", "b"],
        ["--config=a"],
        ["--read-only"],
        ["--data", "--read-only"],
        ["-h"],
    ],
)
def test_all_other_calls_are_left_to_argparse(given: list[str]) -> None:
    assert cli._desk_alone(given) is None


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert f"usage: wirewatch {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("--nonsense",),
        ("config",),
        ("config", "nonsense"),
        ("story",),
        ("search",),
        ("tail", "--since", "yesterday"),
        ("tail", "--since", "5"),
        ("search", "--limit", "0", "x"),
        ("tail", "--foll"),
        ("--config",),
    ],
)
def test_wrong_usage_ends_with_2_and_prints_nothing(args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(list(args)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err


@pytest.mark.parametrize(
    "args",
    [
        ("--config", "{file}", "config", "path"),
        ("config", "--config", "{file}", "path"),
        ("config", "path", "--config", "{file}"),
        ("--config", "/other", "config", "path", "--config", "{file}"),
    ],
)
def test_config_is_taken_before_and_after_the_command(tmp_path: Path, args: tuple[str, ...]) -> None:
    file = tmp_path / "mine.toml"
    ended = wirewatch(tmp_path, *(arg.format(file=file) for arg in args), WIREWATCH_CONFIG="/not/this")
    assert (ended.code, ended.out) == (0, f"{file}\n")


@pytest.mark.parametrize("args", [("--data", "{data}", "tail"), ("tail", "--data", "{data}")])
def test_data_is_taken_before_and_after_the_command(tmp_path: Path, args: tuple[str, ...]) -> None:
    data = tmp_path / "mine"
    ended = wirewatch(tmp_path, *(arg.format(data=data) for arg in args), WIREWATCH_DATA="/not/this")
    assert str(data) in ended.err


def test_environment_and_platform_say_where_things_lie_else(tmp_path: Path) -> None:
    assert wirewatch(tmp_path, "config", "path", WIREWATCH_CONFIG="/from/env.toml").out == "/from/env.toml\n"
    assert wirewatch(tmp_path, "tail", WIREWATCH_DATA="/from/env").err.count("/from/env ") == 1
    path = wirewatch(tmp_path, "config", "path").out
    assert path.startswith(str(tmp_path))
    assert path.endswith("config.toml\n")


def test_config_init_writes_a_right_configuration_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    first = wirewatch(tmp_path, "config", "init", "--config", str(path), "--json")
    assert first.objects() == [{"v": 1, "path": str(path), "written": True}]
    assert path.stat().st_mode & 0o777 == 0o600
    assert wirewatch(tmp_path, "config", "check", "--config", str(path)).code == 0
    path.write_text("# mine\n", "utf-8")
    again = wirewatch(tmp_path, "config", "init", "--config", str(path))
    assert (again.code, again.out) == (2, "")
    assert "--force" in again.err
    assert path.read_text("utf-8") == "# mine\n"
    assert wirewatch(tmp_path, "config", "init", "--force", "--config", str(path)).code == 0
    assert "[[source]]" in path.read_text("utf-8")
    assert list(path.parent.iterdir()) == [path], "no half-written file is left"


def test_config_check_names_every_line_at_fault_as_json_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[watch]\nkeyword = ["x"]\n\n[[source]]\nname = "A"\nurl = "nowhere"\n', "utf-8")
    ended = wirewatch(tmp_path, "config", "check", "--json", "--config", str(path))
    assert ended.code == 2
    assert ended.err == ""
    assert [(found["file"], found["line"], found["key"]) for found in ended.objects()] == [
        (str(path), 2, "watch.keyword"),
        (str(path), 6, "source[1].url"),
    ]


def test_config_show_prints_toml_that_wirewatch_reads_again(tmp_path: Path) -> None:
    path, again = tmp_path / "config.toml", tmp_path / "again.toml"
    wirewatch(tmp_path, "config", "init", "--config", str(path))
    shown = wirewatch(tmp_path, "config", "show", "--config", str(path)).out
    again.write_text(shown, "utf-8")
    (one,) = wirewatch(tmp_path, "config", "show", "--json", "--config", str(path)).objects()
    (other,) = wirewatch(tmp_path, "config", "show", "--json", "--config", str(again)).objects()
    assert {**one, "path": ""} == {**other, "path": ""}
    assert len(one["source"]) >= 35
    assert one["stories"] == {"preset": "strict", "semantic": True}


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_missing_configuration_ends_with_2(tmp_path: Path, command: str) -> None:
    ended = wirewatch(tmp_path, "config", command)
    assert (ended.code, ended.out) == (2, "")
    assert "config init" in ended.err


def test_letters_that_the_locale_hasnt_got_dont_end_a_command(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    wirewatch(tmp_path, "config", "init", "--config", str(path))
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    text = wirewatch(tmp_path, "config", "show", "--config", str(path), **poor)
    assert (text.code, text.err) == (0, "")
    (shown,) = wirewatch(tmp_path, "config", "show", "--json", "--config", str(path), **poor).objects()
    assert "El País" in {source["name"] for source in shown["source"]}, "JSON is UTF-8 whatever the locale"


def test_a_hostile_argument_reaches_the_terminal_harmless(tmp_path: Path) -> None:
    ended = wirewatch(tmp_path, "tail", "--data", f"{tmp_path}/\x1b]0;owned\x07")
    assert ended.code == 1
    assert "\x1b" not in ended.err


HEARING_INTERRUPTS = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from wirewatch.cli import main; sys.exit(main())"
)
"""The command line, also where the tests run in the background of a shell and so ignore interrupts."""


def test_an_interrupt_ends_with_130_and_without_a_word(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEARING_INTERRUPTS, "tail", "--follow", "--data", str(tmp_path / "none")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stderr
        process.stderr.readline()
        process.send_signal(2)
        assert process.stderr.read() == b""
        assert process.wait(20) == 130
