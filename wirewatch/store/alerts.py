"""The alert log in the database, and what readers did with stories and when. Runs in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from wirewatch.clock import DAY
from wirewatch.model import Alert
from wirewatch.store.contract import AlertsStanding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

KEPT_DAYS = 60.0
KEPT_MOST = 50_000
"""Alerts kept: so many days, and no more than this."""
_COLUMNS = "n, acked, doc"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Alert)

TABLES: tuple[str, ...] = (
    # The alert log. `doc` is the Alert without what columns hold; an outcome written twice alerts once.
    """CREATE TABLE alerts (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        story TEXT NOT NULL,
        why TEXT NOT NULL,
        told INTEGER NOT NULL,
        acked REAL,
        doc BLOB NOT NULL,
        UNIQUE (story, why, at)
    )""",
    "CREATE INDEX alerts_open ON alerts (n) WHERE acked IS NULL",
    "CREATE INDEX alerts_at ON alerts (at)",
    # When stories were opened and starred: a shift hands over what it did with them.
    "CREATE TABLE marked (n INTEGER PRIMARY KEY, at REAL NOT NULL, story TEXT NOT NULL, what TEXT NOT NULL)",
    "CREATE INDEX marked_at ON marked (at)",
    "INSERT INTO meta VALUES ('alerts_handed', 0)",
)
"""The statements that make them; a step of `schema.MIGRATIONS`."""


def are_in(db: sqlite3.Connection) -> bool:
    """Whether the database has these tables: an older one, opened read-only, hasn't."""
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alerts'").fetchone() is not None


def put(db: sqlite3.Connection, alerts: Iterable[Alert]) -> None:
    """New alerts, in order; their numbers are the log's."""
    db.executemany(
        "INSERT OR IGNORE INTO alerts (at, story, why, told, acked, doc) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (alert.at, alert.story, alert.why, alert.state == "told", alert.acked, _encoder.encode(alert))
            for alert in alerts
        ],
    )


def read(
    db: sqlite3.Connection,
    *,
    after: int = 0,
    since: float | None = None,
    limit: int | None = None,
    newest: bool = False,
) -> list[Alert]:
    """Alerts with a higher number, decided since a time, lowest first; with `newest` the last ones, highest first."""
    found = db.execute(
        f"SELECT {_COLUMNS} FROM alerts WHERE n > ? AND at >= ? ORDER BY n {'DESC' if newest else 'ASC'} LIMIT ?",  # noqa: S608
        (after, -1.0 if since is None else since, -1 if limit is None else limit),
    )
    return [_alert(row) for row in found]


def standing(db: sqlite3.Connection) -> AlertsStanding:
    """How the log stands: its newest number, how many nobody acknowledged, and the newest told one of those."""
    (last,) = db.execute("SELECT coalesce(max(n), 0) FROM alerts").fetchone()
    (unacked,) = db.execute("SELECT count(*) FROM alerts WHERE acked IS NULL").fetchone()
    for which in ("AND told = 1", ""):  # from the end of the open ones: nothing is sorted
        row = db.execute(
            f"SELECT {_COLUMNS} FROM alerts WHERE acked IS NULL {which} ORDER BY n DESC LIMIT 1"  # noqa: S608
        ).fetchone()
        if row:
            return AlertsStanding(last, unacked, _alert(row))
    return AlertsStanding(last, unacked)


def ack(db: sqlite3.Connection, numbers: Iterable[int], up_to: int, at: float) -> None:
    """Acknowledges these alerts, and all up to a number."""
    db.executemany("UPDATE alerts SET acked = ? WHERE n = ? AND acked IS NULL", [(at, n) for n in numbers])
    if up_to:
        db.execute("UPDATE alerts SET acked = ? WHERE n <= ? AND acked IS NULL", (at, up_to))


def handed(db: sqlite3.Connection) -> int:
    """The number up to which alerts were handed to hooks and services."""
    row = db.execute("SELECT value FROM meta WHERE key = 'alerts_handed'").fetchone()
    return int(row[0]) if row else 0


def set_handed(db: sqlite3.Connection, number: int) -> None:
    """Notes up to which number they were."""
    db.execute("UPDATE meta SET value = max(value, ?) WHERE key = 'alerts_handed'", (number,))


def seen(db: sqlite3.Connection, stories: Iterable[str]) -> set[str]:
    """Which of these stories somebody has opened or starred."""
    return {
        story
        for story in stories
        if db.execute("SELECT 1 FROM stories WHERE id = ? AND (read = 1 OR starred = 1)", (story,)).fetchone()
    }


def note_mark(db: sqlite3.Connection, story: str, *, read: bool | None, starred: bool | None, at: float) -> None:
    """Notes that a story was opened or starred."""
    db.executemany(
        "INSERT INTO marked (at, story, what) VALUES (?, ?, ?)",
        [(at, story, what) for what, set_ in (("read", read), ("starred", starred)) if set_],
    )


def marked(db: sqlite3.Connection, since: float) -> dict[str, dict[str, float]]:
    """What was done with stories since a time: when each was last `read` and `starred`, by its id."""
    found: dict[str, dict[str, float]] = {}
    for story, what, at in db.execute(
        "SELECT coalesce((SELECT kept FROM aliases WHERE old = marked.story), story), what, at FROM marked"
        " WHERE at >= ? ORDER BY n",
        (since,),
    ):
        found.setdefault(story, {})[what] = at
    return found


def prune(db: sqlite3.Connection, *, now: float) -> None:
    """Drops what is past its days or beyond the newest so many."""
    db.execute(
        "DELETE FROM alerts WHERE at < ? OR n <= (SELECT n FROM alerts ORDER BY n DESC LIMIT 1 OFFSET ?)",
        (now - KEPT_DAYS * DAY, KEPT_MOST),
    )
    db.execute("DELETE FROM marked WHERE at < ?", (now - KEPT_DAYS * DAY,))


def _alert(row: tuple[Any, ...]) -> Alert:
    n, acked, doc = row
    return msgspec.structs.replace(_decoder.decode(doc), n=n, acked=acked)
