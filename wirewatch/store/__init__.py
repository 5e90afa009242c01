"""The log: written by the engine, read by desks. `contract` says what a store can be asked; ours is a SQLite file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wirewatch.store.contract import (
    CursorTooOldError,
    Known,
    Lease,
    Outcome,
    Reader,
    StoreBusyError,
    StoreFullError,
    Word,
    Writer,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter

__all__ = [
    "CursorTooOldError",
    "Known",
    "Lease",
    "Outcome",
    "Reader",
    "StoreBusyError",
    "StoreFullError",
    "Word",
    "Writer",
    "check",
    "open_reader",
    "open_writer",
]


def open_writer(data: Path, *, now: Callable[[], float] = time.time) -> SqliteWriter:
    """The engine's side of the store in this directory, which is made where it isn't there.

    `now` (seconds since the epoch, UTC) dates log entries. Look at `notice` afterwards. Nothing can be written before
    `claim`. Raises StoreError, NewerSchemaError.
    """
    from wirewatch.store.writer import SqliteWriter

    return SqliteWriter(data, now=now)


def open_reader(data: Path, *, read_only: bool = False, now: Callable[[], float] = time.time) -> SqliteReader:
    """A desk's side of the store in this directory; begins an empty one where there is none, unless read-only.

    `now` is what queries measure `age:` from. Look at `notice` afterwards. Raises StoreError, NewerSchemaError.
    """
    from wirewatch.store.reader import SqliteReader

    return SqliteReader(data, read_only=read_only, now=now)


def check(data: Path) -> list[str]:
    """What is wrong with the store in this directory, one sentence each; reads everything and writes nothing."""
    from wirewatch.store.checkup import check as look

    return look(data)
