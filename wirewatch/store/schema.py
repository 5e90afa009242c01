"""The tables, their versions and how an older database becomes a newer one.

Append to MIGRATIONS; never change what was released. Each step is a list of statements that runs inside the one
transaction of `migrate`, so a crash in the middle leaves the old version whole.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wirewatch.store import alerts, pauses, words

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID = 0x57495245
"""`WIRE` in ASCII, at offset 68 of the file: tells our database from another program's."""

FIRST: tuple[str, ...] = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID",
    # The name of every source that ever delivered; `state` is the SourceState, NULL where only items are known.
    "CREATE TABLE sources (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state BLOB)",
    """CREATE TABLE stories (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        seq INTEGER NOT NULL,
        at REAL NOT NULL,
        first_seen REAL NOT NULL,
        updated REAL NOT NULL,
        published REAL,
        source INTEGER NOT NULL,
        kind TEXT NOT NULL,
        language TEXT,
        items INTEGER NOT NULL,
        outlets INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        read INTEGER NOT NULL DEFAULT 0,
        starred INTEGER NOT NULL DEFAULT 0,
        lead TEXT,
        headline TEXT NOT NULL,
        url TEXT,
        originators TEXT,
        flags TEXT NOT NULL
    )""",
    "CREATE INDEX stories_newest ON stories (at, id)",
    # `at` is never after `first_seen` and mostly the same; together with these few, stories_newest finds by first_seen.
    "CREATE INDEX stories_backlog ON stories (first_seen) WHERE at < first_seen",
    "CREATE INDEX stories_starred ON stories (at, id) WHERE starred = 1",
    # Case-folded flag names, to find stories by flag without reading them all.
    "CREATE TABLE story_flags (name TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (name, story)) WITHOUT ROWID",
    # `keys` holds the item's rows in the table keys, eight bytes each; `indexed` is 1 once the full text knows it.
    """CREATE TABLE items (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        story INTEGER NOT NULL REFERENCES stories (n),
        source INTEGER NOT NULL,
        kind TEXT NOT NULL,
        language TEXT,
        received REAL NOT NULL,
        version INTEGER NOT NULL,
        indexed INTEGER NOT NULL DEFAULT 0,
        content ANY NOT NULL,
        keys BLOB NOT NULL,
        doc BLOB NOT NULL
    )""",
    "CREATE INDEX items_story ON items (story, source)",
    "CREATE INDEX items_received ON items (received)",
    "CREATE INDEX items_waiting ON items (n) WHERE indexed = 0",
    # Keyed 64-bit hashes of identity keys: a tenth of the space of the keys themselves (see writer.hashed).
    "CREATE TABLE keys (hash INTEGER PRIMARY KEY, item INTEGER NOT NULL)",
    # Keys of items that retention dropped, so that a feed that still lists them doesn't bring them back as news.
    "CREATE TABLE gone (hash INTEGER PRIMARY KEY, at INTEGER NOT NULL)",
    """CREATE TABLE takes (
        item INTEGER NOT NULL REFERENCES items (n) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        doc BLOB NOT NULL,
        PRIMARY KEY (item, version)
    ) WITHOUT ROWID""",
    "CREATE TABLE aliases (old TEXT PRIMARY KEY, kept TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX aliases_kept ON aliases (kept)",
    """CREATE TABLE log (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        story TEXT NOT NULL,
        moved_to TEXT
    )""",
    "CREATE TABLE lease (one INTEGER PRIMARY KEY CHECK (one = 1), token INTEGER NOT NULL, holder TEXT NOT NULL)",
    "INSERT INTO lease VALUES (1, 0, '')",
    "CREATE TABLE poll_requests (source TEXT PRIMARY KEY) WITHOUT ROWID",
    # Counts kept by triggers: a desk asks for them every second, and counting a million rows takes 28 ms.
    """CREATE TABLE counters (
        one INTEGER PRIMARY KEY CHECK (one = 1), stories INTEGER NOT NULL, unread INTEGER NOT NULL,
        starred INTEGER NOT NULL
    )""",
    "INSERT INTO counters VALUES (1, 0, 0, 0)",
    """CREATE TRIGGER story_added AFTER INSERT ON stories BEGIN
        UPDATE counters SET stories = stories + 1, unread = unread + 1 - NEW.read, starred = starred + NEW.starred;
    END""",
    """CREATE TRIGGER story_gone AFTER DELETE ON stories BEGIN
        UPDATE counters SET stories = stories - 1, unread = unread - 1 + OLD.read, starred = starred - OLD.starred;
    END""",
    """CREATE TRIGGER story_marked AFTER UPDATE OF read, starred ON stories BEGIN
        UPDATE counters SET unread = unread - NEW.read + OLD.read, starred = starred + NEW.starred - OLD.starred;
    END""",
    # Holds words that wirewatch.query.words has already cut and folded; the ASCII tokenizer then only splits at spaces,
    # so SQL and predicate agree on what a word is, whatever Unicode version SQLite was built with.
    """CREATE VIRTUAL TABLE fulltext USING fts5 (
        headline, summary, body, content = '', columnsize = 0, tokenize = 'ascii'
    )""",
)

RECENT_ITEMS = (
    "INSERT OR IGNORE INTO recent SELECT n, received, NULL FROM items"
    " WHERE received >= (SELECT max(received) FROM items) - 4 * 86400"
)
"""Items of the last days that aren't in the table `recent`, put there."""

RECENT: tuple[str, ...] = (
    # Items of the last days in order of arrival, and what the same-story index makes of each: only the engine reads it.
    "CREATE TABLE recent (item INTEGER PRIMARY KEY, arrived REAL NOT NULL, form BLOB)",
    RECENT_ITEMS,
    "CREATE INDEX recent_arrived ON recent (arrived)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, alerts.TABLES, RECENT, words.TABLES, pauses.TABLES)
"""MIGRATIONS[i] turns version i into version i + 1; version 0 is an empty file."""


def migrate(db: sqlite3.Connection) -> None:
    """Brings the open database to the newest version in one transaction; all or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for step in MIGRATIONS[version:]:
            for statement in step:
                db.execute(statement)
        if version == 0:
            db.execute("INSERT INTO meta VALUES ('secret', ?)", (os.urandom(16),))
            db.execute("INSERT INTO meta VALUES ('log_floor', 0)")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
