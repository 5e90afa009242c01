"""Links leave for a browser as one argument of an argv list, never through a shell, and only http and https do."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from wirewatch.errors import OpenError
from wirewatch.opener import find_browser, open_link

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """An executable that writes down its arguments, one a line, and what its standard streams are."""
    program = tmp_path / "my browser"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" > "{tmp_path}/got"\nif [ -t 1 ]; then echo tty >> "{tmp_path}/got"; fi\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def got(browser: Path) -> list[str]:
    return (browser.parent / "got").read_text().splitlines()


def test_the_link_is_the_only_argument_of_the_browser_in_the_environment(browser: Path) -> None:
    name = open_link("https://news.example/a?b=c", environ={"BROWSER": str(browser), "PATH": os.environ["PATH"]})
    assert name == "my browser"
    assert got(browser) == ["1", "https://news.example/a?b=c"]


def test_the_configured_browser_goes_before_the_environment(browser: Path) -> None:
    open_link("https://x.example/", browser=str(browser), environ={"BROWSER": "/nonexistent", "PATH": "/bin:/usr/bin"})
    assert got(browser) == ["1", "https://x.example/"]


@pytest.mark.parametrize("value", ["firefox; rm -rf ~", "sh -c 'id' %s", "/nonexistent/browser", "a:b"])
def test_a_browser_that_is_no_executable_is_refused_never_run_by_a_shell(value: str) -> None:
    with pytest.raises(OpenError, match=r"\$BROWSER is .* isn't an executable"):
        open_link("https://x.example/", environ={"BROWSER": value, "PATH": "/bin:/usr/bin"})


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://x.example/",
        "-P evil",
        "--help",
        "%action--incognito",
        "http://",
        "https:///path",
        "https://x.example/\nrm",
        "https://x.example/" + "a" * 3000,
        "",
    ],
)
def test_fault_099_what_is_no_web_link_is_not_opened(url: str, browser: Path) -> None:
    with pytest.raises(OpenError, match="only http and https"):
        open_link(url, environ={"BROWSER": str(browser)})
    assert not (browser.parent / "got").exists()


def test_odd_characters_arrive_percent_encoded_and_never_as_an_option(browser: Path) -> None:
    open_link('https://x.example/$(id)/`id`/"q"/ä b', environ={"BROWSER": str(browser), "PATH": "/bin:/usr/bin"})
    count, url = got(browser)
    assert count == "1"
    assert url.startswith("https://x.example/")
    assert not set(url) & set('`" ä')


def test_without_a_display_no_text_browser_is_started_in_the_desks_terminal() -> None:
    with pytest.raises(OpenError, match="press y to copy"):
        find_browser(None, {"PATH": os.environ["PATH"]})


def test_a_browser_that_fails_is_told() -> None:
    with pytest.raises(OpenError, match="false couldn't open the link"):
        open_link("https://x.example/", browser="false", environ={"PATH": "/bin:/usr/bin"})


def test_a_browser_that_stays_has_opened_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wirewatch import opener

    monkeypatch.setattr(opener, "PATIENCE", 0.05)
    program = tmp_path / "stays"
    program.write_text("#!/bin/sh\nexec sleep 3\n")
    program.chmod(0o700)
    assert open_link("https://x.example/", browser=str(program), environ={"PATH": "/bin:/usr/bin"}) == "stays"
    running = opener._running.pop()
    running.kill()
    running.wait()
