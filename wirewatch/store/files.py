"""The database file: begun, opened, brought up to date, set aside when it is none of ours; never overwritten."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import struct
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wirewatch.errors import NewerSchemaError, StoreError
from wirewatch.store import schema
from wirewatch.store.faults import explained, is_damage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "wirewatch.sqlite"
BUSY = 5000
"""Milliseconds to wait for another program's lock before giving up."""
_CHECK_SECONDS = 0.5
_MAGIC = b"SQLite format 3\x00"
_SUSPECT = "wirewatch.suspect"
"""Left by a process that met damage while it ran: the next start checks the whole file, however long it takes."""
_SALVAGE = "wirewatch.salvage"
"""Names the file that was set aside until a new database is in its place."""


_heads: dict[tuple[int, int], int] = {}
_heads_turn = threading.Lock()
_HEADS_MOST = 256
"""Databases that one process has looked at; only a test suite ever gets here."""


def prepare(data: Path, *, check: bool) -> str | None:
    """Makes sure that `data` holds a database of the newest version; what the user must be told, or None.

    A new directory is made 0700, the database 0600. An older database is copied to `wirewatch.sqlite.backup-v<old>` and
    migrated. A file that is damaged, empty or another program's is renamed to `wirewatch.sqlite.corrupt-<time>`, and
    what can be read of it is copied into a new database. With `check` a sound-looking file is searched for damage, for
    half a second at most. Raises NewerSchemaError (nothing was touched) and StoreError.
    """
    path = data / DATABASE
    with explained(data), _alone(data):
        header = _header(path)
        left = _left_over(data) if header is None else None
        if left is not None:
            return _renew(path, left, "wirewatch was stopped while it did this")
        if header is None:
            _begin(path)
            return None
        ours, version = header
        if ours and version > len(schema.MIGRATIONS):
            raise _newer(path, version)
        damage = "it isn't a wirewatch database" if not ours else _migrate_sound(path, check=check)
        return _renew(path, _set_aside(path), damage) if damage else None


def suspect(data: Path) -> None:
    """Notes that damage was met, so that the next start looks at the whole file."""
    with contextlib.suppress(OSError):
        (data / _SUSPECT).touch(0o600)


def connect(path: Path) -> sqlite3.Connection:
    """A connection set up as all of ours are: WAL, commits that survive a killed process, explicit transactions."""
    db = sqlite3.connect(path, timeout=BUSY / 1000, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (
            f"busy_timeout = {BUSY}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "journal_size_limit = 67108864",
            "cache_size = -8192",
            "temp_store = MEMORY",
            "secure_delete = OFF",
            "trusted_schema = OFF",
        ):
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def connect_read_only(data: Path) -> tuple[sqlite3.Connection, str | None]:
    """A connection that writes nothing, even where the directory can't be written to; and what the user must be told.

    Raises StoreError when there is no database of the present version.
    """
    path = data / DATABASE
    with explained(data):
        header = _header(path)
        if header is None:
            raise StoreError(f"There is no database in {data} yet, and --read-only begins none.")
        ours, version = header
        if not ours:
            raise StoreError(f"{path} isn't a wirewatch database.")
        if version > len(schema.MIGRATIONS):
            raise _newer(path, version)
        notice = None
        try:
            db = _open_uri(path, "mode=ro")
        except sqlite3.OperationalError:
            # A WAL database needs its side files; where they can't be made, what was checkpointed can still be read.
            db = _open_uri(path, "mode=ro&immutable=1")
            wal = path.with_name(path.name + "-wal")
            if wal.exists() and wal.stat().st_size:
                notice = f"The newest stories in {wal.name} can't be read while {data} can't be written to."
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != len(schema.MIGRATIONS):
            db.close()
            raise StoreError(f"{path} was written by an older wirewatch: open it once without --read-only.")
        return db, notice


def _open_uri(path: Path, options: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}",
        uri=True,
        timeout=BUSY / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        db.execute("SELECT one FROM lease").fetchone()
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Holds the directory for the moment of opening, so that two processes don't begin or move a database at once."""
    if not data.is_dir():
        data.mkdir(parents=True, mode=0o700, exist_ok=True)
    folder = os.open(data, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _header(path: Path) -> tuple[bool, int] | None:
    """Whether the file is ours, and its schema version, read without SQLite so that nothing is touched."""
    try:
        head = os.pread(_kept_open(path), 100, 0)
    except FileNotFoundError:
        return None
    if len(head) < 100 or not head.startswith(_MAGIC):
        return False, 0
    version, application = struct.unpack_from(">i4xi", head, 60)
    return application == schema.APPLICATION_ID, version


def _kept_open(path: Path) -> int:
    """A descriptor of the file that stays open for the life of the process.

    Closing any descriptor of a file drops all of the process's POSIX locks on it, those of its SQLite connections too:
    another process would then take itself for the last one and delete the log under us (sqlite.org/howtocorrupt, 2.2).
    """
    with _heads_turn:
        found = path.stat()
        key = (found.st_dev, found.st_ino)
        if key not in _heads:
            _heads[key] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            if len(_heads) > _HEADS_MOST:
                os.close(_heads.pop(next(iter(_heads))))
        return _heads[key]


def _begin(path: Path, damaged: Path | None = None) -> int:
    """A new database, whole from the moment it has its name; how many rows of the damaged one are in it."""
    from wirewatch.store.salvage import salvage

    draft = path.with_name(f"{path.name}.new")
    for stale in path.parent.glob(
        f"{draft.name}*"
    ):  # a killed process's; nobody else is at it while we hold the directory
        stale.unlink()
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        db = sqlite3.connect(draft, isolation_level=None)
        try:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            schema.migrate(db)
            rows = salvage(damaged, db) if damaged else 0
        finally:
            db.close()
        for side in ("-wal", "-shm"):  # of a database that is no longer there; SQLite would replay them into this one
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + side).rename(_free_name(path, "stray", side))
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return rows


def _renew(path: Path, aside: Path, damage: str) -> str:
    """A new database with what can be read of the one set aside; the sentence for the user."""
    rows = _begin(path, aside)
    for note in (_SUSPECT, _SALVAGE):
        (path.parent / note).unlink(missing_ok=True)
    kept = f" with the {rows:,} rows that could still be read" if rows else ""
    return (
        f"The database {path} couldn't be used ({damage}): it was set aside as {aside.name} and a new one begun{kept}."
    )


def _left_over(data: Path) -> Path | None:
    """The database that an interrupted start had set aside without putting a new one in its place."""
    try:
        aside = data / (data / _SALVAGE).read_text()
    except FileNotFoundError:
        return None
    return aside if aside.is_file() else None


def _migrate_sound(path: Path, *, check: bool) -> str | None:
    """Migrates the database where it is older; what is wrong with it, or None. Other errors are raised."""
    thorough = (path.parent / _SUSPECT).exists()
    try:
        db = connect(path)
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > len(schema.MIGRATIONS):
                raise _newer(path, version)
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if check or thorough:
                problem = quick_check(db, None if thorough else _CHECK_SECONDS)
                if problem:
                    return problem
            if version < len(schema.MIGRATIONS):
                _back_up(db, path.with_name(f"{path.name}.backup-v{version}"))
                schema.migrate(db)
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        raise
    if thorough:
        (path.parent / _SUSPECT).unlink(missing_ok=True)
    return None


def quick_check(db: sqlite3.Connection, seconds: float | None) -> str | None:
    """The first thing that SQLite's own check finds wrong within so many seconds (None: all it takes), or None."""
    if seconds is not None:
        deadline = time.monotonic() + seconds
        db.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
    try:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return None
    finally:
        db.set_progress_handler(None, 0)
    return None if found == "ok" else str(found).replace("\n", " ")


def _back_up(db: sqlite3.Connection, backup: Path) -> None:
    draft = backup.with_name(f"{backup.name}.new")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    copy = sqlite3.connect(draft)
    try:
        db.backup(copy)
    finally:
        copy.close()
    draft.rename(backup)


def _set_aside(path: Path) -> Path:
    """Renames the database and its side files; their new name."""
    aside = _free_name(path, "corrupt", "")
    (path.parent / _SALVAGE).write_text(aside.name)
    for side in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
    return aside


def _free_name(path: Path, word: str, side: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name, count = f"{path.name}.{word}-{stamp}", 1
    while path.with_name(name + side).exists():
        count += 1
        name = f"{path.name}.{word}-{stamp}.{count}"
    return path.with_name(name + side)


def _newer(path: Path, version: int) -> NewerSchemaError:
    return NewerSchemaError(
        f"{path} was written by a newer wirewatch (schema {version}, this one knows {len(schema.MIGRATIONS)}):"
        " install that version, or choose another directory with --data."
    )
