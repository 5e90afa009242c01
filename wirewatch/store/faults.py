"""SQLite's and the disk's errors as sentences for a user."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from typing import TYPE_CHECKING

from wirewatch.errors import StoreError
from wirewatch.store.contract import StoreBusyError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DAMAGE = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, as opposed to busy, full or out of reach."""
    return _family(error) in _DAMAGE


@contextlib.contextmanager
def explained(data: Path) -> Iterator[None]:
    """Turns what SQLite and the file system raise into a StoreError that says where and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(data, error) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(data) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise _not_writable(data, error.strerror or str(error)) from error
        raise StoreError(f"The data directory {data} can't be used: {error.strerror or error}.") from error


def _store_error(data: Path, error: sqlite3.Error) -> StoreError:
    family = _family(error)
    if family in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return StoreBusyError(f"The database in {data} is locked by another program; wirewatch will try again.")
    if family == "SQLITE_FULL":
        return _full(data)
    if family in ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"):
        return _not_writable(data, str(error))
    if family in _DAMAGE:
        return StoreError(
            f"The database in {data} is damaged ({error}): start wirewatch again, and it will set the file aside and"
            " keep what can still be read."
        )
    return StoreError(f"The database in {data} failed: {error}.")


def _full(data: Path) -> StoreFullError:
    return StoreFullError(f"The disk that holds {data} is full: free some space; wirewatch will try again.")


def _not_writable(data: Path, reason: str) -> StoreError:
    return StoreError(
        f"wirewatch can't write to its data directory {data} ({reason}): choose another with --data DIR, or look at"
        " what is there with --read-only."
    )


def _family(error: sqlite3.Error) -> str:
    """`SQLITE_BUSY` for SQLITE_BUSY_SNAPSHOT and its like."""
    name: str = getattr(error, "sqlite_errorname", None) or ""
    return "_".join(name.split("_")[:2])
