"""Textual's terminal driver, made to survive a terminal that goes away or stops reading."""

from __future__ import annotations

import logging
from typing import IO, TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

from wirewatch.streams import whole
from wirewatch.widgets.ending import terminal_out

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

HUNG_UP = 129
"""Exit code of a desk whose terminal was closed: what SIGHUP would give."""


class _LastingFile:
    """A terminal to write to that swallows what it can't write any more and says so once."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone
        self._lost = False

    def write(self, text: str) -> int:
        """Writes while there is a terminal; a lone surrogate becomes a question mark, not an end of the desk."""
        if not self._lost:
            try:
                return self._file.write(text)
            except UnicodeEncodeError:
                return self._file.write(text.encode("utf-8", "replace").decode("utf-8"))
            except (OSError, ValueError) as error:
                self._lose(error)
        return len(text)

    def flush(self) -> None:
        """Flushes while there is a terminal."""
        if not self._lost:
            try:
                self._file.flush()
            except (OSError, ValueError) as error:
                self._lose(error)

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """It is one, or was."""
        return True

    def _lose(self, error: Exception) -> None:
        self._lost = True
        logger.warning("the terminal can't be written to: %s", error)
        self._gone()


class DeskDriver(LinuxDriver):
    """Ends the app in order when its terminal is gone, where Textual's own would spin, hang or print a traceback."""

    def start_application_mode(self) -> None:
        """Takes the terminal over."""
        if not isinstance(self._file, _LastingFile):
            self._file = _LastingFile(whole(terminal_out()), self._hang_up)  # type: ignore[assignment]
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def _run_input_thread(self) -> None:
        """Reads keys until the terminal is closed; then the app ends."""
        try:
            self.run_input_thread()
        except OSError as error:
            logger.warning("the terminal can't be read: %s", error)
            self._hang_up()
        except Exception:
            logger.exception("reading the keyboard failed")
            self._hang_up()

    def _hang_up(self) -> None:
        self._app.call_later(self._app.exit, None, HUNG_UP)
