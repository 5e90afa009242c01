"""The one place that asks a terminal for attention: bell, title of the window, desktop notification (OSC 9, 777, 99).

These are control sequences, so nothing that a feed sent may end one or begin another. Text goes through `plain`, which
leaves printable characters only; what a protocol gives a meaning to beyond that is taken out or sent as base64.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from wirewatch import text as safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

logger = logging.getLogger(__name__)

BELL = "\a"
TITLE_MOST = 80
BODY_MOST = 300
_ESC = "\x1b"
_END = "\x1b\\"
_SAVE_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
_OWN = "wirewatch"

PROGRAMS: dict[str, str] = {
    "iTerm.app": "osc9",
    "WezTerm": "osc777",
    "ghostty": "osc777",
    "rxvt": "osc777",
    "foot": "osc777",
}
"""What a terminal understands, by `$TERM_PROGRAM` or by how `$TERM` begins. Others might print what they are sent."""


def plain(said: str, most: int) -> str:
    """One line of at most so many characters that are all printable: no control, no line break, no bidi override."""
    line = "".join(char for char in safe.title(said) if char.isprintable())
    return line if len(line) <= most else line[: most - 1] + "…"


def protocol(setting: str, environ: Mapping[str, str]) -> str:
    """`osc9`, `osc777`, `osc99` or `off`: what the setting says, or by `auto` what this terminal is known to take."""
    if setting != "auto":
        return setting
    if environ.get("KITTY_WINDOW_ID") or environ.get("TERM", "").startswith("xterm-kitty"):
        return "osc99"
    names = (environ.get("TERM_PROGRAM", ""), environ.get("LC_TERMINAL", ""), environ.get("TERM", ""))
    for program, found in PROGRAMS.items():
        if any(name.casefold().startswith(program.casefold().removesuffix(".app")) for name in names):
            return found
    return "off"


def notification(way: str, title: str, body: str, *, number: int = 0) -> str:
    """The sequence that asks for a desktop notification; empty for `off`. `number` tells one from another."""
    title, body = plain(title, TITLE_MOST), plain(body, BODY_MOST)
    if way == "osc9":
        # A text that began with a digit and a semicolon would be a command of ConEmu's and Windows Terminal's.
        return f"{_ESC}]9;{_OWN}: {title}: {body}{_END}"
    if way == "osc777":
        return f"{_ESC}]777;notify;{title.replace(';', ',')};{body.replace(';', ',')}{_END}"
    if way == "osc99":
        return (
            f"{_ESC}]99;i={_OWN}{number}:d=0:p=title:e=1;{_base64(title)}{_END}"
            f"{_ESC}]99;i={_OWN}{number}:d=1:p=body:e=1;{_base64(body)}{_END}"
        )
    return ""


def window_title(title: str) -> str:
    """The sequence that names the window."""
    return f"{_ESC}]2;{plain(title, TITLE_MOST)}{_END}"


def passed_through(sequence: str, environ: Mapping[str, str]) -> str:
    """The sequence as the terminal outside gets it from within tmux (with `allow-passthrough on`) or screen."""
    if not sequence:
        return ""
    if environ.get("TMUX"):
        return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC + _ESC)}{_END}"
    if environ.get("TERM", "").startswith("screen") or environ.get("STY"):
        return "".join(f"{_ESC}P{part}{BELL}{_END}" for part in sequence.split(_END) if part)
    return sequence


class Signals:
    """What is sent to the terminal of one app, between its frames."""

    def __init__(self, app: App[None], environ: Mapping[str, str], *, desktop: str = "auto") -> None:
        self._app = app
        self._environ = environ
        self.use(desktop)
        self._title: str | None = None

    def use(self, desktop: str) -> None:
        """From now on asks for notifications as the setting says."""
        self._way = protocol(desktop, self._environ)

    def ring(self, times: int = 1) -> None:
        """Rings the bell; several times with a pause between, since a terminal makes one of what comes at once."""
        self._write(BELL)
        for number in range(1, times):
            self._app.set_timer(0.35 * number, lambda: self._write(BELL))

    def notify(self, title: str, body: str, *, number: int) -> None:
        """Asks for a desktop notification, where the terminal knows how."""
        self._write(passed_through(notification(self._way, title, body, number=number), self._environ))

    def mark_title(self, mark: str) -> None:
        """Puts a mark into the window's title, or takes it away again; the title from before is kept for the end."""
        if mark == (self._title or ""):
            return
        before = _SAVE_TITLE if self._title is None else ""
        self._title = mark
        self._write(before + window_title(f"{mark} {_OWN}".strip()))

    def restore_title(self) -> None:
        """Gives the window the title that it had before, or none where the terminal keeps no titles."""
        if self._title is not None:
            self._title = None
            self._write(window_title("") + _RESTORE_TITLE)

    def _write(self, sequence: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - Textual has no other way to send a sequence
        if sequence and driver is not None and not self._app.is_headless:
            driver.write(sequence)
            driver.flush()


def _base64(said: str) -> str:
    import base64

    return base64.b64encode(said.encode()).decode()
