"""How the desk ends when it is told to from outside: in order if it can, by force before two seconds are over."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import FrameType

logger = logging.getLogger(__name__)

PATIENCE = 1.7
"""Seconds after a signal in which the desk has to end by itself."""
RESTORE = (
    b"\x1b[<u\x1b[?2004l\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?7h"
    b"\x1b[23;2t\x1b[?1049l\x1b[?25h"
)
"""Undoes what Textual's driver asks of a terminal, and gives the window back the title it had."""


class Ending:
    """Turns SIGTERM, SIGHUP and SIGINT into the end of the app, and sees to it that the end comes."""

    def __init__(self) -> None:
        self.code: int | None = None
        """The exit code that the signal asks for, 128 + its number; None while there was none."""
        self._exit: Callable[[int], object] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: dict[int, Any] = {}
        self._terminal: list[Any] | None = None
        self._over = threading.Event()

    def install(self) -> None:
        """Takes the signals over, from the main thread, before the terminal is taken over."""
        self._terminal = _attributes()
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, self._on_signal)

    def attach(self, loop: asyncio.AbstractEventLoop, leave: Callable[[int], object]) -> None:
        """From now on a signal makes this loop leave the app."""
        self._loop, self._exit = loop, leave
        if self.code is not None:
            leave(self.code)

    def remove(self) -> None:
        """Gives the signals back: the app has ended."""
        self._over.set()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.code is not None:
            return
        self.code = 128 + number
        threading.Thread(target=self._see_to_it, name="desk-ending", daemon=True).start()
        if self._loop is not None and self._exit is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the end is under way
                self._loop.call_soon_threadsafe(self._exit, self.code)

    def _see_to_it(self) -> None:
        """The terminal may have stopped reading, and the event loop with it: then nothing but this ends the desk."""
        if not self._over.wait(PATIENCE):
            restore(self._terminal)
            os._exit(self.code or 1)


def terminal_out() -> IO[str]:
    """Where the desk draws: standard error as Textual does, or standard output where that one goes elsewhere."""
    for stream in (sys.__stderr__, sys.__stdout__):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None and stream.isatty():
                return stream
    return sys.stderr


def restore(attributes: list[Any] | None) -> None:
    """Puts the terminal back as it was, without waiting for it."""
    fd = terminal_out().fileno()
    with contextlib.suppress(OSError, ValueError):
        os.set_blocking(fd, False)
        os.write(fd, RESTORE)
    if attributes is not None:
        import termios

        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, attributes)


def _attributes() -> list[Any] | None:
    """The terminal's settings; None where there is no terminal or no such thing."""
    try:
        import termios

        return termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ is not None else None
    except (ImportError, OSError, ValueError) as error:
        logger.debug("no terminal settings: %s", error)
        return None
    except Exception as error:  # termios.error is no OSError
        logger.debug("no terminal settings: %s", error, exc_info=True)
        return None
