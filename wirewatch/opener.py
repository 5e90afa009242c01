"""The one place where a link leaves for a browser: http and https only, an argument list, never a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.errors import OpenError
from wirewatch.text import link

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 2.0
"""Seconds in which a browser that can't start has failed; one that runs longer is taken to have opened the link."""

_running: list[subprocess.Popen[bytes]] = []
"""Browsers that were started and not yet seen to end, so that they are reaped."""


def open_link(url: str, *, browser: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """Opens a link and returns the name of the program that took it. Waits up to two seconds: not for the event loop.

    `browser` comes from the configuration and goes before `$BROWSER`; either names an executable, which gets the link
    as its only argument. Raises OpenError with a sentence for the user.
    """
    environ = os.environ if environ is None else environ
    safe = link(url)
    if safe is None:
        raise OpenError("This link can't be opened: only http and https addresses with a host are.")
    program = find_browser(browser, environ)
    try:
        process = subprocess.Popen(
            [program, safe],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=dict(environ),
        )
    except OSError as error:
        raise OpenError(f"{program} can't be started: {error.strerror}.") from error
    _running[:] = [other for other in _running if other.poll() is None]
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _running.append(process)
        code = 0
    if code:
        raise OpenError(f"{Path(program).name} couldn't open the link (exit code {code}).")
    return Path(program).name


def find_browser(browser: str | None, environ: Mapping[str, str]) -> str:
    """The path of the program that opens links here. Raises OpenError where there is none."""
    path = environ.get("PATH")
    for chosen, where in ((browser, "desk.browser in the configuration"), (environ.get("BROWSER"), "$BROWSER")):
        if chosen:
            found = shutil.which(os.path.expanduser(chosen), path=path)  # noqa: PTH111 (a bare name is looked up in PATH)
            if found is None:
                raise OpenError(f"{where} is {chosen!r}, which isn't an executable; it gets the link as its argument.")
            return found
    names: tuple[str, ...]
    if sys.platform == "darwin":
        names = ("open",)
    elif environ.get("WSL_DISTRO_NAME"):
        names = ("wslview", "xdg-open")
    elif environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        names = ("xdg-open",)
    else:
        # Without a display xdg-open would start a text browser in the desk's own terminal.
        raise OpenError("There is no browser on this machine: set $BROWSER, or press y to copy the link.")
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise OpenError(f"{names[0]} isn't installed: set $BROWSER, or press y to copy the link.")
