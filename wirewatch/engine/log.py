"""The engine's log: a rotating file in the data directory, without secrets, never on the terminal of a desk."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from wirewatch import text
from wirewatch.engine.fetch import redact

if TYPE_CHECKING:
    from io import TextIOWrapper
    from pathlib import Path

LARGEST = 2 * 1024 * 1024
KEPT = 4
"""Besides the current file: five files of 2 MB in all (FAULT 134)."""


class Redacting(logging.Formatter):
    """Formats a record without credentials and without control characters that a feed may have smuggled in."""

    def format(self, record: logging.LogRecord) -> str:
        """One line a record; a traceback keeps its lines."""
        lines = redact(super().format(record)).splitlines()
        return "\n".join(
            text.message(line) if number == 0 else f"    {text.message(line)}" for number, line in enumerate(lines)
        )


class _Log(RotatingFileHandler):
    """Files that only their owner can read, the rotated ones too. What a full disk can't take is left out."""

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, opener=opener)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A disk that is full is told of elsewhere; a bug in a log call is not to be hidden."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def log_to(path: Path, *, level: int = logging.INFO) -> logging.Handler:
    """Sends all of wirewatch's records to a rotating file, readable by its owner only; the handler, to be closed."""
    handler = _Log(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return handler
