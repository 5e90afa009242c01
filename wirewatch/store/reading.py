"""What both sides of the store read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.model import SourceState
from wirewatch.store import docs

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from wirewatch.model import Placed

_state = msgspec.msgpack.Decoder(SourceState)


def states(db: sqlite3.Connection) -> dict[str, SourceState]:
    """The stored state of every source, by name."""
    return {
        name: _state.decode(state)
        for name, state in db.execute("SELECT name, state FROM sources WHERE state IS NOT NULL")
    }


def items_of(db: sqlite3.Connection, story: str) -> list[Placed]:
    """The items of a story, or of the one it was merged into, in order of arrival."""
    found = db.execute(
        f"SELECT {docs.COLUMNS} FROM stories s JOIN items i ON i.story = s.n"  # noqa: S608 - our own column names
        " WHERE s.id = coalesce((SELECT kept FROM aliases WHERE old = ?1), ?1) ORDER BY i.n",
        (story,),
    )
    return [docs.unpack(*row) for row in found]


def numbers_since(db: sqlite3.Connection, since: float) -> list[int]:
    """The numbers of the items received since a time, in order of arrival."""
    return [n for (n,) in db.execute("SELECT n FROM items WHERE received >= ? ORDER BY n", (since,))]


def numbers_having(db: sqlite3.Connection, since: float, words: Collection[str], flags: Collection[str]) -> list[int]:
    """The same of those that have one of these words or wait for the index, or whose story has one of the flags.

    A word with `*` after it stands for all that begin so.
    """
    marks = ",".join("?" * len(flags))
    params: list[object] = [since, *(flag.casefold() for flag in flags)]
    having = f"i.indexed = 0 OR i.story IN (SELECT story FROM story_flags WHERE name IN ({marks}))"  # noqa: S608 - marks
    if words:
        having += " OR i.n IN (SELECT rowid FROM fulltext WHERE fulltext MATCH ?)"
        params.append(" OR ".join(f'"{word.removesuffix("*")}"{" *" * word.endswith("*")}' for word in sorted(words)))
    found = db.execute(f"SELECT i.n FROM items i WHERE i.received >= ? AND ({having}) ORDER BY i.n", params)  # noqa: S608
    return [n for (n,) in found]


def items_numbered(db: sqlite3.Connection, numbers: list[int]) -> list[Placed]:
    """The items of these numbers, at most a page of them; those that are gone by now are left out."""
    found = db.execute(
        f"SELECT {docs.COLUMNS} FROM items i JOIN stories s ON s.n = i.story"  # noqa: S608 - only marks
        f" WHERE i.n IN ({','.join('?' * len(numbers))}) ORDER BY i.n",
        numbers,
    )
    return [docs.unpack(*row) for row in found]
