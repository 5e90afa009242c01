"""Who polls: a lock on a file that dies with its process, and a token that grows with each holder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "engine.lock"
_TRIES = 10
_PAUSE = 0.01
"""Seconds between tries: a desk that only looks (`held`) has the lock for some microseconds."""


class FileLock:
    """The lock of one process. It holds as long as the process lives and hasn't let go, however it ends.

    A child made by fork shares it, and would keep it alive: start children by spawn or exec.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / LOCK
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def take(self) -> bool:
        """Takes the lock; False while another process has it."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_PAUSE)
            if _lock(file, fcntl.LOCK_EX):
                self._file = file
                return True
        os.close(file)
        return False

    def release(self) -> None:
        """Lets go; harmless when nothing is held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def is_held(data: Path) -> bool:
    """Whether any living process holds the lock."""
    try:
        file = os.open(data / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _lock(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def _lock(file: int, kind: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, kind | fcntl.LOCK_NB)
        return True
    return False
