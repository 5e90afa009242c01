"""A look at everything in the database, for `doctor`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from wirewatch.errors import StoreError
from wirewatch.store import files, rows

if TYPE_CHECKING:
    from pathlib import Path

_PROMISES: tuple[tuple[str, str], ...] = (
    ("items without a story", "SELECT count(*) FROM items WHERE story NOT IN (SELECT n FROM stories)"),
    ("stories without an item", "SELECT count(*) FROM stories WHERE n NOT IN (SELECT story FROM items)"),
    ("keys without an item", "SELECT count(*) FROM keys WHERE item NOT IN (SELECT n FROM items)"),
    ("earlier takes without an item", "SELECT count(*) FROM takes WHERE item NOT IN (SELECT n FROM items)"),
    ("merged stories that lead nowhere", "SELECT count(*) FROM aliases WHERE kept NOT IN (SELECT id FROM stories)"),
    (
        "counts that differ from the stories",
        (
            "SELECT count(*) FROM counters WHERE (stories, unread, starred) IS NOT"
            " (SELECT count(*), coalesce(sum(1 - read), 0), coalesce(sum(starred), 0) FROM stories)"
        ),
    ),
)


def check(data: Path) -> list[str]:
    """What is wrong, one sentence each; an empty list for a sound store."""
    try:
        db, notice = files.connect_read_only(data)
    except StoreError as error:
        return [str(error)]
    problems = [notice] if notice else []
    try:
        damage = files.quick_check(db, None)
        if damage:
            problems.append(f"The database in {data} is damaged: {damage}.")
        for what, count in _PROMISES:
            (found,) = db.execute(count).fetchone()
            if found:
                problems.append(f"The database in {data} has {found:,} {what}.")
        for row in db.execute(f"SELECT {rows.COLUMNS} FROM stories s ORDER BY s.n DESC LIMIT 1"):  # noqa: S608
            rows.story(row)
    except sqlite3.DatabaseError as error:
        problems.append(f"The database in {data} can't be read to the end: {error}.")
    finally:
        db.close()
    return problems
