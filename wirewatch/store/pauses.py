"""Which sources the user has paused: written by desks and commands, obeyed by the engine, kept until resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.model import SourceState
from wirewatch.store.reading import states

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

TABLES: tuple[str, ...] = ("CREATE TABLE paused (source TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",)
REASON = "paused by hand"
WHY = "never by itself: paused until it is resumed"


def paused(db: sqlite3.Connection) -> dict[str, float]:
    """Since when which sources are paused."""
    return dict(db.execute("SELECT source, at FROM paused"))


def put(db: sqlite3.Connection, wanted: Mapping[str, bool], now: float) -> None:
    """Pauses or resumes sources; one that is paused already keeps its time. In the caller's transaction."""
    for source, pause in wanted.items():
        if pause:
            db.execute("INSERT OR IGNORE INTO paused VALUES (?, ?)", (source, now))
        else:
            db.execute("DELETE FROM paused WHERE source = ?", (source,))


def shown(db: sqlite3.Connection, waiting: Mapping[str, bool] | None = None) -> dict[str, SourceState]:
    """The state of every source as a user is to see it: paused ones are `paused`, whatever they were before.

    `waiting` says which are to be paused or resumed as soon as that can be written.
    """
    found = states(db)
    for source in _names(paused(db), waiting or {}):
        state = found.get(source) or SourceState(source)
        reason = f"{REASON}; before that: {state.reason}" if state.reason else REASON
        found[source] = msgspec.structs.replace(state, state="paused", reason=reason, next_poll=None, next_why=WHY)
    return found


def _names(stored: Iterable[str], waiting: Mapping[str, bool]) -> list[str]:
    return [name for name in dict.fromkeys((*stored, *waiting)) if waiting.get(name, True)]
