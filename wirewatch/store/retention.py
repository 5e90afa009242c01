"""What the store lets go of: stories past their days or beyond the newest so many, and the log's old end."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirewatch.clock import DAY
from wirewatch.store import alerts, docs, fulltext

if TYPE_CHECKING:
    import sqlite3

PASSING = frozenset(
    (
        *("wrapup", "live", "analysis", "opinion", "factbox", "timeline", "video", "photo", "press-release"),
        *("repeat", "brief", "advisory"),
    )
)
"""Flags that only tell what kind of piece a story is: not what retention takes for flagged."""
FLAGGED_TIMES = 2
"""Flagged stories go only beyond so many times the number of stories that is kept."""
BATCH = 500
"""Stories dropped in one transaction: the engine's next outcome waits no longer than that takes."""
LOG_DAYS = 7.0
"""Days after which log entries go. A reader that was away for longer loads anew."""
RECENT_DAYS = 4.0
"""Days for which the same-story index can be filled again: a day more than it reaches back."""
GONE_DAYS = 400.0
"""Days for which the keys of dropped items are remembered after their feed was last seen to list them."""


def drop(db: sqlite3.Connection, *, now: float, days: float, most: int, flagged_days: float = 0.0) -> int:
    """Drops up to BATCH stories that nothing arrived for in so many days, or that lie beyond the newest `most`.

    Starred stories stay. Flagged ones stay for `flagged_days` where that is longer, and within the newest two times
    `most`. Desks learn of each from the log. Returns how many went. Runs in the caller's transaction.
    """
    db.create_function("is_flagged", 1, is_flagged, deterministic=True)
    chosen = db.execute(
        "SELECT n, id FROM stories WHERE starred = 0 AND at < ?1 AND updated < ?1"
        " AND ((at < ?2 AND updated < ?2) OR NOT is_flagged(flags)) ORDER BY at, id LIMIT ?3",
        (now - days * DAY, now - max(days, flagged_days) * DAY, BATCH),
    ).fetchall()
    (stored,) = db.execute("SELECT stories FROM counters").fetchone()
    for newest, too in ((most, 0), (most * FLAGGED_TIMES if flagged_days else most, 1)):
        if not chosen and stored > newest:
            chosen = db.execute(
                "SELECT n, id FROM stories WHERE starred = 0 AND (? OR NOT is_flagged(flags)) AND (at, id) <= ("
                " SELECT at, id FROM stories ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?)"
                " ORDER BY at, id LIMIT ?",
                (too, newest, BATCH),
            ).fetchall()
    for n, story in chosen:
        _drop_items(db, n, now)
        remove_story(db, n)
        db.execute("DELETE FROM aliases WHERE kept = ?", (story,))
        db.execute("INSERT INTO log (at, what, story) VALUES (?, 'edited', ?)", (int(now), story))
    return len(chosen)


def is_flagged(flags: str) -> bool:
    """Whether a story's flags, as they are stored, say more than what kind of piece it is."""
    return any(flag.partition(":")[0] not in PASSING for flag in flags.split("\x1f") if flag)


def remove_story(db: sqlite3.Connection, n: int) -> None:
    """Takes the row of a story without items out, with its flags."""
    (flags,) = db.execute("SELECT flags FROM stories WHERE n = ?", (n,)).fetchone()
    db.executemany(
        "DELETE FROM story_flags WHERE name = ? AND story = ?", [(name.casefold(), n) for name in flags.split("\x1f")]
    )
    db.execute("DELETE FROM stories WHERE n = ?", (n,))


def prune(db: sqlite3.Connection, *, now: float) -> None:
    """Cuts the log's old end and the alert log's; forgets long-gone keys and old forms. In the caller's transaction."""
    (floor,) = db.execute(
        "SELECT coalesce((SELECT seq - 1 FROM log WHERE at >= ? ORDER BY seq LIMIT 1), (SELECT max(seq) FROM log), 0)",
        (int(now - LOG_DAYS * DAY),),
    ).fetchone()
    if floor:
        db.execute("DELETE FROM log WHERE seq <= ?", (floor,))
        db.execute("UPDATE meta SET value = max(value, ?) WHERE key = 'log_floor'", (floor,))
    db.execute("DELETE FROM recent WHERE arrived < ?", (now - RECENT_DAYS * DAY,))
    db.execute("DELETE FROM gone WHERE at < ?", (int(now - GONE_DAYS * DAY),))
    alerts.prune(db, now=now)


def _drop_items(db: sqlite3.Connection, story: int, now: float) -> None:
    for n, indexed, keys, doc in db.execute(
        "SELECT n, indexed, keys, doc FROM items WHERE story = ?", (story,)
    ).fetchall():
        if indexed:
            fulltext.take_out(db, n, docs.text_of(doc))
        for (key,) in struct.iter_unpack(">q", keys):
            if db.execute("DELETE FROM keys WHERE hash = ? AND item = ?", (key, n)).rowcount:
                db.execute("INSERT OR REPLACE INTO gone VALUES (?, ?)", (key, int(now)))
        db.execute("DELETE FROM recent WHERE item = ?", (n,))
        db.execute("DELETE FROM items WHERE n = ?", (n,))
