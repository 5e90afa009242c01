"""What can still be read of a damaged database, row by row, into a new one."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from wirewatch.store.schema import APPLICATION_ID, RECENT_ITEMS

if TYPE_CHECKING:
    from pathlib import Path

# In an order that lets each row find what it refers to. The full text is indexed anew; the log starts again, and desks
# load again because its numbers do.
_TABLES = (
    *("sources", "stories", "story_flags", "items", "keys", "gone", "takes", "aliases"),
    *("alerts", "marked", "recent", "words", "apart", "paused"),
)


def salvage(damaged: Path, target: sqlite3.Connection) -> int:
    """Copies rows from the damaged file, from both ends of each table, to `target`; how many stories and items came.

    The damaged file is only read.
    """
    source = _opened(damaged)
    if source is None:
        return 0
    try:
        target.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            _copy(source, target, table)
        _copy_secret(source, target)
        for orphan in (
            "DELETE FROM items WHERE story NOT IN (SELECT n FROM stories)",
            "DELETE FROM stories WHERE n NOT IN (SELECT story FROM items)",
            "DELETE FROM story_flags WHERE story NOT IN (SELECT n FROM stories)",
            "DELETE FROM keys WHERE item NOT IN (SELECT n FROM items)",
            "DELETE FROM takes WHERE item NOT IN (SELECT n FROM items)",
            "DELETE FROM recent WHERE item NOT IN (SELECT n FROM items)",
            RECENT_ITEMS,
            # Validators must never vouch for items that are lost: every source is asked for all it has.
            "UPDATE sources SET state = NULL",
            "UPDATE items SET indexed = 0",
        ):
            target.execute(orphan)
        (rows,) = target.execute("SELECT (SELECT count(*) FROM stories) + (SELECT count(*) FROM items)").fetchone()
        target.execute("COMMIT")
        return int(rows)
    finally:
        source.close()


def _opened(damaged: Path) -> sqlite3.Connection | None:
    for options in ("mode=ro", "mode=ro&immutable=1"):
        source = sqlite3.connect(f"{damaged.resolve().as_uri()}?{options}", uri=True, isolation_level=None)
        try:
            if source.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,):
                return source
        except sqlite3.DatabaseError:
            pass  # without its side files a WAL database can only be opened as immutable; a broken header not at all
        source.close()
    return None


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    try:
        columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    except sqlite3.DatabaseError:
        return
    names = ", ".join(column for column in columns if column in there)
    if not names:
        return
    key = columns[0]
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * (names.count(',') + 1))})"  # noqa: S608 - our own names
    for direction in ("ASC", "DESC"):
        try:
            for row in source.execute(f"SELECT {names} FROM {table} NOT INDEXED ORDER BY {key} {direction}"):  # noqa: S608
                target.execute(insert, row)
        except sqlite3.DatabaseError:
            continue  # the damaged part; the other direction reads what lies behind it
        return


def _copy_secret(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Keys are hashed with the secret: without it they are of no use and every item would come in again as new."""
    try:
        row = source.execute("SELECT value FROM meta WHERE key = 'secret'").fetchone()
    except sqlite3.DatabaseError:
        row = None
    if row is None:
        target.execute("DELETE FROM keys")
    else:
        target.execute("UPDATE meta SET value = ? WHERE key = 'secret'", row)
