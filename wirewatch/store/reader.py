"""A desk's side of the embedded store."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import msgspec

from wirewatch.clock import HOUR
from wirewatch.errors import StoreError
from wirewatch.ladder import as_told
from wirewatch.model import Change, Story, StoryDetail
from wirewatch.store import alerts, docs, files, fulltext, lease, pauses, rows
from wirewatch.store.contract import AlertsStanding, CursorTooOldError
from wirewatch.store.faults import explained, is_damage
from wirewatch.store.reading import items_numbered, items_of, numbers_since
from wirewatch.store.search import newest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from wirewatch.model import Alert, Placed, SourceState, Take
    from wirewatch.query import Query
    from wirewatch.store.contract import Word

_PATIENCE = 20
"""Milliseconds that a mark waits for another writer before it is kept for later: desks mark between two frames."""
_PAGE = 500


class SqliteReader:
    """A `Reader` on one SQLite file. It may be made in one thread and used in another, but in one at a time.

    No call holds a transaction open when it returns. `notice` is what the user must be told about the opening, or None.
    Queries measure age by `now`, the wall clock unless a test passes another.
    """

    def __init__(self, data: Path, *, read_only: bool = False, now: Callable[[], float] = time.time) -> None:
        self._data = data
        self._read_only = read_only
        self._now = now
        self._opened = 0
        self._marks: dict[str, tuple[bool | None, bool | None]] = {}
        self._requests: set[str] = set()
        self._pauses: dict[str, bool] = {}
        self._acks: set[int] = set()
        self._acked_up_to = 0
        self._words: list[Word] = []
        self.notice: str | None = None
        self._open()

    def version(self) -> int:
        """A number that differs after another process wrote: the cheap wake-up hint. Writes marks that had to wait."""
        self._write_pending()
        if self._inode() not in (None, self._file):
            # The file was replaced (it was damaged, or somebody restored a copy): follow the new one.
            self._db.close()
            self._open()
        with self._read() as db:
            return (self._opened << 32) + int(db.execute("PRAGMA data_version").fetchone()[0])

    def last_seq(self) -> int:
        """The log's newest sequence number; 0 while nothing was ever written."""
        with self._read() as db:
            return _last_seq(db)

    def newest(
        self, limit: int = 500, *, before: tuple[float, str] | None = None, query: Query | None = None
    ) -> list[Story]:
        """Stories by (at, id), highest first; `before` is the (at, id) of the last one already had."""
        with self._read() as db:
            return self._seen(newest(db, limit, before=before, query=query, now=self._now()))

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Changes with a higher sequence number, oldest first, each story as it stands now.

        Raises CursorTooOldError when entries after `after` were pruned or the log has begun anew.
        """
        with self._read() as db:
            (floor,) = db.execute("SELECT value FROM meta WHERE key = 'log_floor'").fetchone()
            if after < floor or after > _last_seq(db):
                raise CursorTooOldError(
                    f"The log doesn't reach back to change {after} any more: load the stories anew."
                )
            found = db.execute(
                "SELECT log.seq, log.what, log.story,"  # noqa: S608 - only our own column names
                f" coalesce((SELECT kept FROM aliases WHERE old = log.story), log.moved_to), {rows.COLUMNS}"
                " FROM log LEFT JOIN stories s ON s.id = log.story WHERE log.seq > ? ORDER BY log.seq LIMIT ?",
                (after, limit),
            ).fetchall()
        changes = []
        for seq, what, story_id, into, *row in found:
            story = None if row[0] is None else self._seen([rows.story(tuple(row))])[0]
            changes.append(Change(seq, what, story_id, story, None if story else into))
        return changes

    def story(self, story_id: str) -> StoryDetail | None:
        """A story with its items; a unique prefix of an id is enough. A merged story answers for its old id."""
        if not story_id:
            return None
        with self._read() as db:
            full = _full_id(db, story_id)
            row = full and db.execute(f"SELECT {rows.COLUMNS} FROM stories s WHERE s.id = ?", (full,)).fetchone()  # noqa: S608
            if not full or not row:
                return None
            takes: dict[str, tuple[Take, ...]] = {}
            for item, doc in db.execute(
                "SELECT i.id, t.doc FROM stories s JOIN items i ON i.story = s.n JOIN takes t ON t.item = i.n"
                " WHERE s.id = ? ORDER BY i.n, t.version",
                (full,),
            ):
                takes[item] = (*takes.get(item, ()), docs.unpack_take(doc))
            items = tuple(_since_first(placed, takes.get(placed.item.id)) for placed in items_of(db, full))
            story = self._seen([rows.story(row)])[0]
            return StoryDetail(story, as_told(items, story.lead), takes)

    def since(self, moment: float, query: Query | None = None) -> list[Story]:
        """Stories that received an item or a new take since a time, by (at, id), lowest first."""
        where, params = query.sql(self._now(), query.fts()) if query else ("1", [])
        with self._read() as db:
            found = db.execute(
                f"SELECT {rows.COLUMNS} FROM stories s WHERE s.n IN (SELECT story FROM items WHERE received >= ?)"  # noqa: S608
                f" AND ({where}) ORDER BY s.at, s.id",
                [moment, *params],
            )
            return self._seen([rows.story(row) for row in found])

    def recent(self, since: float) -> Iterator[Placed]:
        """All items received since a time, in order of arrival; read in pages, so the caller may take its time."""
        with self._read() as db:
            numbers = numbers_since(db, since)
        for start in range(0, len(numbers), _PAGE):
            with self._read() as db:
                page = items_numbered(db, numbers[start : start + _PAGE])
            yield from page

    def mentions(self, flags: Iterable[str], since: float) -> tuple[dict[str, list[tuple[float, str]]], float]:
        """When items of stories with these flags were received after a time, and from which source, by flag.

        Beside them, since when there are items at all.
        """
        with self._read() as db:
            found = {flag: _mentions(db, flag, since) for flag in flags}
            (first,) = db.execute("SELECT received FROM items ORDER BY n LIMIT 1").fetchone() or (since,)
        return found, float(first)

    def matching(self, story_ids: Iterable[str], query: Query) -> set[str]:
        """Which of these stories a query matches as they stand now; to filter changes without loading their items."""
        where, params = query.sql(self._now(), query.fts())
        ids = list(story_ids)
        found: set[str] = set()
        with self._read() as db:
            for start in range(0, len(ids), _PAGE):
                part = ids[start : start + _PAGE]
                marks = ",".join("?" * len(part))
                statement = f"SELECT s.id FROM stories s WHERE s.id IN ({marks}) AND ({where})"  # noqa: S608
                found.update(story for (story,) in db.execute(statement, [*part, *params]))
        return found

    def counts(self, now: float) -> dict[str, int]:
        """`stories`, `unread`, `starred`, `last_hour` (first seen in the last 60 minutes); no table is scanned."""
        with self._read() as db:
            stories, unread, starred = db.execute("SELECT stories, unread, starred FROM counters").fetchone()
            (hour,) = db.execute(
                "SELECT (SELECT count(*) FROM stories WHERE at > ?1)"
                " + (SELECT count(*) FROM stories WHERE at < first_seen AND first_seen > ?1 AND at <= ?1)",
                (now - HOUR,),
            ).fetchone()
        return {"stories": stories, "unread": unread, "starred": starred, "last_hour": hour}

    def states(self) -> dict[str, SourceState]:
        """The stored state of every source, by name; one that the user has paused is `paused`."""
        with self._read() as db:
            return pauses.shown(db, self._pauses)

    def engine(self) -> str | None:
        """Who polls (host and process id), or None while nobody does."""
        with explained(self._data):
            if not lease.is_held(self._data):
                return None
        with self._read() as db:
            holder: str = db.execute("SELECT holder FROM lease").fetchone()[0]
            return holder or None

    def mark(self, story_ids: Iterable[str], *, read: bool | None = None, starred: bool | None = None) -> None:
        """The user's marks; None leaves one as it is. Other desks see the change.

        While another program holds the database the marks are kept here, shown in what this reader returns, and written
        at a later call (`version` is called often enough). Raises StoreError for a store opened read-only.
        """
        self._refuse_read_only()
        for story in story_ids:
            old_read, old_starred = self._marks.pop(story, (None, None))
            self._marks[story] = (old_read if read is None else read, old_starred if starred is None else starred)
        self._write_pending()

    def alerts(self, *, after: int = 0, since: float | None = None, limit: int | None = None) -> list[Alert]:
        """Alerts with a higher number, decided since a time, in order of their numbers."""
        with self._read() as db:
            return alerts.read(db, after=after, since=since, limit=limit) if self._has_alerts(db) else []

    def newest_alerts(self, limit: int) -> list[Alert]:
        """The newest alerts, the last one first."""
        with self._read() as db:
            return alerts.read(db, limit=limit, newest=True) if self._has_alerts(db) else []

    def alerts_standing(self) -> AlertsStanding:
        """How many alerts there are to be acknowledged, and the newest of them."""
        with self._read() as db:
            return alerts.standing(db) if self._has_alerts(db) else AlertsStanding()

    def ack(self, numbers: Iterable[int] = (), *, up_to: int = 0) -> None:
        """Acknowledges alerts by number, or all up to one. Other desks see it. Waits like a mark."""
        self._refuse_read_only()
        self._acks.update(numbers)
        self._acked_up_to = max(self._acked_up_to, up_to)
        self._write_pending()

    def marked(self, since: float) -> dict[str, dict[str, float]]:
        """When each story was last `read` and `starred` since a time, by story id."""
        with self._read() as db:
            return alerts.marked(db, since) if self._has_alerts(db) else {}

    def speak(self, word: Word) -> None:
        """Has the engine do what the user says of stories. Waits like a mark while the database is held."""
        self._refuse_read_only()
        self._words.append(word)
        self._write_pending()

    def pause(self, sources: Iterable[str], *, paused: bool) -> None:
        """Pauses sources until they are resumed, or resumes them. Waits like a mark while the database is held."""
        self._refuse_read_only()
        self._pauses.update(dict.fromkeys(sources, paused))
        self._write_pending()

    def ask_poll(self, sources: Iterable[str]) -> None:
        """Asks the engine to poll these sources now; `*` means all. Waits like a mark while the database is held."""
        self._refuse_read_only()
        self._requests.update(sources)
        self._write_pending()

    def close(self) -> None:
        """Writes what had to wait, as far as it can be, and closes."""
        with contextlib.suppress(StoreError):
            self._write_pending()
        self._db.close()

    def _has_alerts(self, db: sqlite3.Connection) -> bool:
        """False only for an older database that is opened read-only, and so stays as it is."""
        return not self._read_only or alerts.are_in(db)

    def _open(self) -> None:
        if self._read_only:
            self._db, self.notice = files.connect_read_only(self._data)
        else:
            self.notice = files.prepare(self._data, check=False) or self.notice
            with explained(self._data):
                self._db = files.connect(self._data / files.DATABASE)
        fulltext.register(self._db)
        self._file = self._inode()
        self._opened += 1

    def _inode(self) -> int | None:
        try:
            return (self._data / files.DATABASE).stat().st_ino
        except FileNotFoundError:
            return None

    def _refuse_read_only(self) -> None:
        if self._read_only:
            raise StoreError(f"The data directory {self._data} is open read-only: nothing can be marked or asked for.")

    @contextlib.contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for all that the block reads."""
        with explained(self._data):
            self._db.execute("BEGIN")
            try:
                yield self._db
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    files.suspect(self._data)
                raise
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _seen(self, stories: list[Story]) -> list[Story]:
        """The stories with the marks that still wait to be written."""
        if not self._marks:
            return stories
        return [self._marked(story) for story in stories]

    def _marked(self, story: Story) -> Story:
        read, starred = self._marks.get(story.id, (None, None))
        return msgspec.structs.replace(
            story, read=story.read if read is None else read, starred=story.starred if starred is None else starred
        )

    def _write_pending(self) -> None:
        if not (self._marks or self._requests or self._pauses or self._acks or self._acked_up_to or self._words):
            return
        with explained(self._data):
            self._db.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY":
                    raise
                return
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {files.BUSY}")
            try:
                for story, (read, starred) in self._marks.items():
                    _mark(self._db, story, read, starred, int(self._now()))
                alerts.ack(self._db, self._acks, self._acked_up_to, self._now())
                pauses.put(self._db, self._pauses, self._now())
                self._db.executemany("INSERT OR IGNORE INTO poll_requests VALUES (?)", [(s,) for s in self._requests])
                if self._words:
                    from wirewatch.store import words

                    words.speak(self._db, self._words)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._marks.clear()
        self._requests.clear()
        self._pauses.clear()
        self._acks.clear()
        self._acked_up_to = 0
        self._words.clear()


def _since_first(placed: Placed, takes: tuple[Take, ...] | None) -> Placed:
    """An item as it is, with the times of its first take where it was stored before these were kept with it."""
    if takes is None or placed.since is not None:
        return placed
    return msgspec.structs.replace(placed, since=takes[0].received, issued=takes[0].published)


def _mark(db: sqlite3.Connection, story_id: str, read: bool | None, starred: bool | None, at: int) -> None:
    row = db.execute(
        "UPDATE stories SET read = coalesce(?1, read), starred = coalesce(?2, starred)"
        " WHERE id = coalesce((SELECT kept FROM aliases WHERE old = ?3), ?3)"
        " AND (read <> coalesce(?1, read) OR starred <> coalesce(?2, starred)) RETURNING id",
        (read, starred, story_id),
    ).fetchone()
    if row is not None:
        seq = db.execute("INSERT INTO log (at, what, story) VALUES (?, 'edited', ?)", (at, row[0])).lastrowid
        db.execute("UPDATE stories SET seq = ? WHERE id = ?", (seq, row[0]))
        alerts.note_mark(db, row[0], read=read, starred=starred, at=at)


def _mentions(db: sqlite3.Connection, flag: str, since: float) -> list[tuple[float, str]]:
    return [
        (received, source)
        for received, source in db.execute(
            "SELECT i.received, (SELECT name FROM sources WHERE sources.n = i.source) FROM story_flags f"
            " JOIN items i ON i.story = f.story WHERE f.name = ? AND i.received > ?",
            (flag.casefold(), since),
        )
    ]


def _last_seq(db: sqlite3.Connection) -> int:
    row: Any = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone()
    return int(row[0]) if row else 0


def _full_id(db: sqlite3.Connection, prefix: str) -> str | None:
    """The one story whose id, present or former, is or starts with this; None where there is none or more than one."""
    row = db.execute(
        "SELECT id FROM stories WHERE id = ?1 UNION ALL SELECT kept FROM aliases WHERE old = ?1 LIMIT 1", (prefix,)
    ).fetchone()
    if row is not None:
        return str(row[0])
    beyond = prefix + "\U0010ffff"
    found = db.execute(
        "SELECT id FROM (SELECT id FROM stories WHERE id >= ?1 AND id < ?2 LIMIT 2) UNION"
        " SELECT kept FROM (SELECT DISTINCT kept FROM aliases WHERE old >= ?1 AND old < ?2 LIMIT 2) LIMIT 2",
        (prefix, beyond),
    ).fetchall()
    return str(found[0][0]) if len(found) == 1 else None
