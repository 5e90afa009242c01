"""Which modules each entry point loads: what start-up costs, counted in names rather than in milliseconds."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.commandline import environment
from wirewatch.store import open_writer

if TYPE_CHECKING:
    from pathlib import Path

SHOW = "import sys; sys.stderr.write('\\n'.join(sorted(sys.modules)))"
HEAVY = {
    *("textual", "rich", "httpx", "httpcore", "feedparser", "rapidfuzz", "msgspec", "selectolax", "ahocorasick_rs"),
    *("platformdirs", "tomlkit", "sqlite3", "asyncio", "ssl", "logging", "tomllib", "difflib", "importlib.metadata"),
}
UNREAD = {"httpx", "httpcore", "feedparser", "rapidfuzz"}
"""What reads the network, its documents and their likeness: the engine's alone."""


def loaded(home: Path, code: str) -> set[str]:
    """The modules that a new interpreter has loaded after running some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SHOW}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(home),
        timeout=60,
        check=True,
    )
    return set(done.stderr.split("\n"))


def command(home: Path, *args: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    return loaded(home, f"from wirewatch.cli import main\nmain({list(args)!r})")


@pytest.mark.parametrize("args", [("--version",), ("--help",), ("tail", "--help")])
def test_version_and_help_load_next_to_nothing(tmp_path: Path, args: tuple[str, ...]) -> None:
    found = command(tmp_path, *args)
    assert not found & HEAVY
    assert {name for name in found if name.startswith("wirewatch")} == {
        "wirewatch",
        "wirewatch.cli",
        "wirewatch.errors",
    }


FIRST_FRAME = """
import asyncio
from pathlib import Path
import wirewatch.cli, wirewatch.commands.desk, wirewatch.app
from wirewatch import store
from wirewatch.config import Config
from wirewatch.screens.desk import Desk

async def frame(data):
    app = Desk(Config(), lambda: store.open_reader(data))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()

asyncio.run(frame(Path({data!r})))
"""


def test_the_desks_first_frame_loads_neither_network_nor_parsers_nor_matcher(tmp_path: Path) -> None:
    with closing(open_writer(tmp_path / "data")):
        pass
    found = loaded(tmp_path, FIRST_FRAME.format(data=str(tmp_path / "data")))
    assert "textual.app" in found
    assert not found & UNREAD
    assert not {name for name in found if name.startswith(("wirewatch.engine", "wirewatch.stories", "wirewatch.flags"))}


def test_the_desk_starts_without_openssl_and_argparse_and_leaves_both_to_whoever_needs_them(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        """
import sys
from wirewatch import app, cli
args = cli._desk_alone([])
app._load_asyncio()
import wirewatch.screens.desk, wirewatch.commands.desk
assert args is not None and args.command == "desk"
""",
    )
    assert "asyncio.sslproto" in found
    assert not found & {"ssl", "argparse"}
    later = loaded(tmp_path, "from wirewatch import app\napp._load_asyncio()\nimport ssl\nssl.create_default_context()")
    assert "ssl" in later


@pytest.mark.parametrize(
    "args",
    [
        ("tail", "--json"),
        ("tail",),
        ("search", "--json", "x"),
        ("story", "s1"),
        ("sources", "--json"),
        ("doctor",),
        ("alerts",),
        ("export",),
    ],
)
def test_reading_the_store_loads_neither_textual_nor_network_nor_parsers(tmp_path: Path, args: tuple[str, ...]) -> None:
    with closing(open_writer(tmp_path / "data")):
        pass
    found = command(tmp_path, "--data", str(tmp_path / "data"), *args)
    assert "sqlite3" in found
    assert not found & {*UNREAD, "textual", "asyncio", "ssl", "selectolax", "ahocorasick_rs", "tomlkit"}


def test_checking_the_configuration_loads_nothing_that_it_doesnt_need(tmp_path: Path) -> None:
    found = command(tmp_path, "config", "check")
    assert not found & {
        *UNREAD,
        "textual",
        "rich",
        "sqlite3",
        "asyncio",
        "ssl",
        "selectolax",
        "tomlkit",
        "ahocorasick_rs",
    }


def test_pipe_loads_neither_network_nor_textual_nor_the_parsers_of_documents(tmp_path: Path) -> None:
    found = command(tmp_path, "pipe")
    assert "rapidfuzz" in found
    assert not found & {"textual", "rich", "httpx", "httpcore", "ssl", "feedparser", "sqlite3"}


def test_the_engine_never_sees_the_terminal(tmp_path: Path) -> None:
    # httpx loads a command line of its own, and rich with it, where click is installed, as it is for developers only.
    found = loaded(
        tmp_path, "import sys\nsys.modules['click'] = None\nimport wirewatch.commands.poll, wirewatch.engine.engine"
    )
    assert "httpx" in found
    assert not found & {"textual", "rich", "feedparser", "wirewatch.app"}
