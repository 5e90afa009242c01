"""The engine's log: a rotating file in the data directory, without secrets, never on the terminal of a desk."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from wirewatch import text
from wirewatch.engine.fetch import redact

if TYPE_CHECKING:
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


def log_to(path: Path, *, level: int = logging.INFO) -> logging.Handler:
    """Sends all of wirewatch's records to a rotating file, readable by its owner only; the handler, to be closed."""
    handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    path.touch(mode=0o600, exist_ok=True)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return handler
