"""The full-text index over headline, summary and body of each item, and the functions that SQL conditions call.

Filled in batches after the items are stored and shown. A condition looks at items that wait for it one by one, so
nothing is missed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.query import words
from wirewatch.store import docs

if TYPE_CHECKING:
    import sqlite3

    from wirewatch.model import Item

_ADD = "INSERT INTO fulltext (rowid, headline, summary, body) VALUES (?, ?, ?, ?)"
_TAKE_OUT = "INSERT INTO fulltext (fulltext, rowid, headline, summary, body) VALUES ('delete', ?, ?, ?, ?)"
FIELDS = ("headline", "summary", "body")


def words_of(item: Item) -> tuple[str, str, str]:
    """The words of headline, summary and body as the index holds them."""
    return words.cut(item.headline), words.cut(item.summary), words.cut(item.body)


def index(db: sqlite3.Connection, limit: int) -> int:
    """Puts up to so many waiting items into the index, the newest first; how many. Runs in the caller's transaction."""
    waiting = db.execute("SELECT n, doc FROM items WHERE indexed = 0 ORDER BY n DESC LIMIT ?", (limit,)).fetchall()
    db.executemany(_ADD, [(n, *words_of(docs.text_of(doc))) for n, doc in reversed(waiting)])
    db.executemany("UPDATE items SET indexed = 1 WHERE n = ?", [(n,) for n, _ in waiting])
    return len(waiting)


def take_out(db: sqlite3.Connection, n: int, item: Item) -> None:
    """Takes an indexed item out; `item` must be the very text that was put in."""
    db.execute(_TAKE_OUT, (n, *words_of(item)))


def start_over_if_cut_changed(db: sqlite3.Connection) -> None:
    """Empties the index when words are cut otherwise than when it was filled; all items wait then."""
    row = db.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()
    if row is not None and row[0] == words.VERSION:
        return
    db.execute("INSERT INTO fulltext (fulltext) VALUES ('delete-all')")
    db.execute("UPDATE items SET indexed = 0 WHERE indexed = 1")
    db.execute("INSERT OR REPLACE INTO meta VALUES ('words', ?)", (words.VERSION,))


def register(db: sqlite3.Connection) -> None:
    """Gives a connection the functions that `Query.sql` uses."""
    db.create_function("item_holds", 4, _item_holds, deterministic=True)
    db.create_function("item_matches", 3, _item_matches, deterministic=True)
    db.create_function("name_holds", 3, _name_holds, deterministic=True)


def _item_holds(doc: bytes, field: str, phrase: str, prefix: int) -> bool:
    item = docs.text_of(doc)
    return any(
        words.holds(words.cut(getattr(item, name)), phrase, prefix=bool(prefix))
        for name in ([field] if field else FIELDS)
    )


def _item_matches(doc: bytes, field: str, pattern: str) -> bool:
    item = docs.text_of(doc)
    from wirewatch.query import regex

    return any(regex.found(pattern, getattr(item, name)) for name in ([field] if field else FIELDS))


def _name_holds(name: str, phrase: str, prefix: int) -> bool:
    return words.holds(words.cut(name), phrase, prefix=bool(prefix))
