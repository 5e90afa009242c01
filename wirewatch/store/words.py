"""What the user says of stories: kept until the engine does it, and what it did for as long as it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.clock import DAY
from wirewatch.store.contract import Deed, Word

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from wirewatch.model import Change
    from wirewatch.store.contract import Settled
    from wirewatch.store.filing import Filing

TABLES: tuple[str, ...] = (
    # What the user said of stories: `done` is when, NULL while it waits; `deed` what it did, NULL for nothing.
    """CREATE TABLE words (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        what TEXT NOT NULL,
        one TEXT NOT NULL,
        other TEXT NOT NULL,
        done INTEGER,
        deed BLOB
    )""",
    "CREATE INDEX words_waiting ON words (n) WHERE done IS NULL",
    # Stories that the user parted, by the ids they had then; aliases tell what became of them.
    "CREATE TABLE apart (one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID",
)

DAYS = 7.0
"""Days after which what a word did can't be taken back any more."""
_encoder = msgspec.msgpack.Encoder()
_deed = msgspec.msgpack.Decoder(Deed)
_NOW = "coalesce((SELECT kept FROM aliases WHERE old = {0}), {0})"
_ONE, _OTHER = _NOW.format("apart.one"), _NOW.format("apart.other")


def speak(db: sqlite3.Connection, words: Iterable[Word]) -> None:
    """Puts words down for the engine."""
    db.executemany(
        "INSERT OR IGNORE INTO words (id, what, one, other) VALUES (?, ?, ?, ?)",
        [(word.id, word.what, word.one, word.other) for word in words],
    )


def waiting(db: sqlite3.Connection) -> list[Word]:
    """What nobody has done yet, oldest first."""
    found = db.execute("SELECT id, what, one, other FROM words WHERE done IS NULL ORDER BY n")
    return [Word(word, what, one, other) for word, what, one, other in found]


def deed(db: sqlite3.Connection, word: str) -> Deed | None:
    """What a word did; None where it did nothing, or was taken back."""
    row = db.execute("SELECT deed FROM words WHERE id = ?", (word,)).fetchone()
    return _deed.decode(row[0]) if row is not None and row[0] is not None else None


def apart(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The stories that are kept apart, by the ids that they have now."""
    return db.execute(f"SELECT {_ONE}, {_OTHER} FROM apart ORDER BY one, other").fetchall()  # noqa: S608 - our own names


def settle(db: sqlite3.Connection, filing: Filing, settled: Settled, now: int) -> list[Change]:
    """Does a word in the caller's transaction; nothing where it is done already."""
    row = db.execute("SELECT done FROM words WHERE id = ?", (settled.word.id,)).fetchone()
    if row is not None and row[0] is not None:
        return []
    speak(db, [settled.word])
    done, undone = settled.deed, settled.undone
    if done is not None and done.word.what == "join":
        done = _with_what_goes(db, done)
    if undone is not None and undone.word.what == "join":
        db.execute("DELETE FROM aliases WHERE old = ?", (undone.story,))
        db.executemany("UPDATE aliases SET kept = ? WHERE old = ?", [(undone.story, old) for old in undone.aliases])
    filing.put_stories(settled.stories, settled.merged)
    filing.merge(settled.merged)
    for placed in settled.placed:
        filing.put_item(placed, (), settled.content[placed.item.id])
    if done is not None and done.word.what == "part":
        _as_its_home(db, done)
    if undone is not None:
        db.execute("UPDATE words SET deed = NULL WHERE id = ?", (undone.word.id,))
        if undone.word.what == "join":
            db.execute(
                "UPDATE stories SET at = ?, read = ?, starred = ? WHERE id = ?",
                (undone.at, undone.read, undone.starred, undone.story),
            )
    db.executemany("INSERT OR IGNORE INTO apart VALUES (?, ?)", settled.apart)
    db.execute(f"DELETE FROM apart WHERE {_ONE} = {_OTHER}")  # noqa: S608 - our own names
    db.execute(
        "UPDATE words SET done = ?, deed = ? WHERE id = ?",
        (now, _encoder.encode(done) if done is not None else None, settled.word.id),
    )
    return filing.changes()


def prune(db: sqlite3.Connection, *, now: float) -> None:
    """Forgets what was done long ago, and stories kept apart of which one is gone. In the caller's transaction."""
    db.execute("DELETE FROM words WHERE done < ?", (int(now - DAYS * DAY),))
    db.execute(
        f"DELETE FROM apart WHERE NOT EXISTS (SELECT 1 FROM stories WHERE id = {_ONE})"  # noqa: S608 - our own names
        f" OR NOT EXISTS (SELECT 1 FROM stories WHERE id = {_OTHER})"
    )


def _with_what_goes(db: sqlite3.Connection, done: Deed) -> Deed:
    """The deed with place, marks and former ids of the story that is about to go, to give them back."""
    at, read, starred = db.execute("SELECT at, read, starred FROM stories WHERE id = ?", (done.story,)).fetchone()
    former = db.execute("SELECT old FROM aliases WHERE kept = ? ORDER BY old", (done.story,)).fetchall()
    parted = db.execute(
        f"SELECT one, other FROM apart WHERE ({_ONE}, {_OTHER}) IN (VALUES (?1, ?2), (?2, ?1))",  # noqa: S608 - our own
        (done.story, done.home),
    ).fetchall()
    return msgspec.structs.replace(
        done,
        at=at,
        read=bool(read),
        starred=bool(starred),
        aliases=tuple(old for (old,) in former),
        apart=tuple((one, other) for one, other in parted),
    )


def _as_its_home(db: sqlite3.Connection, done: Deed) -> None:
    """A parted story is as read as the one it was part of, and stands by the publisher's time where that one does."""
    db.execute(
        "UPDATE stories SET read = home.read, at = CASE WHEN home.at < home.first_seen"
        " THEN min(stories.at, coalesce(stories.published, home.at)) ELSE stories.at END"
        " FROM stories home WHERE stories.id = ? AND home.id = ?",
        (done.story, done.home),
    )
