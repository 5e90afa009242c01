"""The desk's log: a file in the data directory. Nothing is ever written to the terminal that the desk is drawn on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 2 * 1024 * 1024
KEPT = 4
"""Files kept beside the current one."""

logger = logging.getLogger(__name__)


def silence() -> None:
    """From now on neither log records nor warnings reach the terminal, whoever makes them."""
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.addHandler(logging.NullHandler())
    root.setLevel(logging.INFO)


def log_to(path: Path) -> None:
    """Sends records to a rotating file that only its owner can read, each a line of clean text."""
    from logging.handlers import RotatingFileHandler

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
    except OSError as error:
        logger.warning("no log is kept: %s", error)
        return
    handler.setFormatter(_CleanFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


class _CleanFormatter(logging.Formatter):
    """Keeps control characters that came from outside out of the file."""

    def format(self, record: logging.LogRecord) -> str:
        """One line a record; a traceback keeps its lines."""
        from wirewatch import text

        return "\n    ".join(text.message(line) for line in super().format(record).splitlines())
