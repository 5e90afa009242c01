"""The engine's side of the embedded store."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import struct
import time
from typing import TYPE_CHECKING

from wirewatch.errors import LeaseLostError
from wirewatch.store import alerts, docs, files, fulltext, pauses, retention, rows, words
from wirewatch.store.contract import Known, Lease, Recent
from wirewatch.store.faults import explained, is_damage
from wirewatch.store.filing import Filing
from wirewatch.store.lease import FileLock
from wirewatch.store.reading import items_numbered, items_of, numbers_having, numbers_since, states

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from wirewatch.model import Alert, Change, Placed, SourceState, Story
    from wirewatch.store.contract import Deed, Outcome, Settled, Word

_WAL_LIMIT = 16 * 1024 * 1024
"""Bytes at which the write-ahead log is folded back at once, far below the 64 MB it may never exceed for long."""
_PATIENCE = 50
"""Commits until the next try where a reader stood in the way."""
_PAGE = 500
_TO_INDEX = """
    SELECT r.item, i.id, (SELECT name FROM sources WHERE sources.n = i.source), s.id, r.arrived,
        CASE WHEN substr(r.form, 1, 16) = ?1 THEN r.form END,
        CASE WHEN substr(r.form, 1, 16) = ?1 THEN NULL ELSE i.doc END
    FROM recent r JOIN items i ON i.n = r.item JOIN stories s ON s.n = i.story
    WHERE r.item >= ?2 ORDER BY r.item LIMIT ?3"""


class SqliteWriter:
    """A `Writer` on one SQLite file. It may be made in one thread and used in another, but in one at a time.

    `notice` is what the user must be told about the opening (a damaged database was set aside), or None.
    """

    def __init__(self, data: Path, *, now: Callable[[], float] = time.time) -> None:
        self._data = data
        self._wal = os.fspath(data / (files.DATABASE + "-wal"))
        self._now = now
        self.notice = files.prepare(data, check=True)
        self._lock = FileLock(data)
        self._token: int | None = None
        self._quiet_until = 0
        self._commits = 0
        self._seen_gone: set[int] = set()
        self.alerts_written = 0
        with explained(data):
            self._db = files.connect(data / files.DATABASE)
            fulltext.register(self._db)
            (self._secret,) = self._db.execute("SELECT value FROM meta WHERE key = 'secret'").fetchone()

    # The lease.

    def claim(self, holder: str) -> Lease | None:
        """The lease, or None while a living engine holds it. `holder` is shown to people: `<host> pid <n>`."""
        with explained(self._data):
            if not self._lock.take():
                return None
        try:
            with self._write(leased=False) as db:
                (token,) = db.execute(
                    "UPDATE lease SET token = token + 1, holder = ? RETURNING token", (holder,)
                ).fetchone()
                fulltext.start_over_if_cut_changed(db)
        except BaseException:
            self._lock.release()  # or nobody could poll for as long as this process lives
            raise
        self._token = token
        return Lease(token=token, holder=holder)

    def release(self) -> None:
        """Gives the lease back; harmless when it isn't held."""
        self._token = None
        self._lock.release()

    # Reading.

    def states(self) -> dict[str, SourceState]:
        """The stored state of every source, by name, configured or not."""
        with self._read() as db:
            return states(db)

    def known(self, source: str, keys: Iterable[str]) -> dict[str, Known]:
        """Which of these identity keys of a source are stored, by key. Items that retention dropped are known too."""
        by_hash = {hashed(self._secret, source, key): key for key in keys}
        found: dict[str, Known] = {}
        hashes = list(by_hash)
        with self._read() as db:
            for start in range(0, len(hashes), _PAGE):
                part = hashes[start : start + _PAGE]
                marks = ",".join("?" * len(part))
                for (gone,) in db.execute(f"SELECT hash FROM gone WHERE hash IN ({marks})", part):  # noqa: S608 - marks
                    found[by_hash[gone]] = Known("", by_hash[gone], "", 0, "", 0.0)
                    self._seen_gone.add(gone)
                for h, item, story, version, content, received in db.execute(
                    "SELECT keys.hash, i.id, s.id, i.version, i.content, i.received FROM keys"  # noqa: S608 - marks
                    " JOIN items i ON i.n = keys.item JOIN stories s ON s.n = i.story"
                    f" WHERE keys.hash IN ({marks})",
                    part,
                ):
                    found[by_hash[h]] = Known(item, by_hash[h], story, version, rows.full(content), received)
        return found

    def items_of(self, story: str) -> list[Placed]:
        """The items of a story in order of arrival; a merged story answers for its old id."""
        with self._read() as db:
            return items_of(db, story)

    def recent(
        self, since: float, *, words: Collection[str] | None = None, flags: Collection[str] = ()
    ) -> Iterator[Placed]:
        """All items received since a time, in order of arrival. Reads in pages, so the caller may take its time.

        With `words` (as `query.words` cuts them, with `*` after a beginning) only those that have one of them or wait
        for the index, and those of stories with one of these `flags`.
        """
        with self._read() as db:
            numbers = numbers_since(db, since) if words is None else numbers_having(db, since, words, flags)
        for start in range(0, len(numbers), _PAGE):
            with self._read() as db:
                page = items_numbered(db, numbers[start : start + _PAGE])
            yield from page

    def count_recent(self, since: float) -> int:
        """How many items arrived since a time."""
        with self._read() as db:
            return int(db.execute("SELECT count(*) FROM recent WHERE arrived >= ?", (since,)).fetchone()[0])

    def to_index(self, since: float, stamp: bytes) -> Iterator[Recent]:
        """The items from the first one on that arrived since a time, in order of arrival, to fill the same-story index.

        Forms that don't begin with `stamp` (16 bytes) are of no use any more. Reads in pages.
        """
        with self._read() as db:
            (first,) = db.execute("SELECT min(item) FROM recent WHERE arrived >= ?", (since,)).fetchone()
        while first is not None:
            with self._read() as db:
                page = db.execute(_TO_INDEX, (stamp, first, _PAGE)).fetchall()
            for n, item_id, source, story, arrived, form, doc in page:
                placed = None if doc is None else docs.unpack(doc, item_id, source, story)
                yield Recent(item_id, source, story, arrived, form, placed)
                first = n + 1
            if not page:
                break

    # Writing.

    def put_forms(self, forms: Mapping[str, bytes]) -> None:
        """Keeps the forms of stored items, by item id."""
        with self._write() as db:
            db.executemany(
                "UPDATE recent SET form = ? WHERE item = (SELECT n FROM items WHERE id = ?)",
                [(form, item_id) for item_id, form in forms.items()],
            )

    def complete(self, outcome: Outcome) -> list[Change]:
        """Writes an outcome in one transaction. Raises LeaseLostError, StoreError; then nothing was written.

        The same outcome twice changes nothing the second time. A version below the stored one is left out. Where a
        story is as it was, nothing is logged.
        """
        with self._write() as db:
            filing = Filing(db, self._now(), lambda source, key: hashed(self._secret, source, key))
            filing.put_state(outcome.state)
            filing.put_stories(outcome.stories, outcome.merged)
            filing.merge(outcome.merged)
            for placed in outcome.placed:
                item_id = placed.item.id
                keys, content = outcome.keys.get(item_id, ()), outcome.content.get(item_id, "")
                filing.put_item(placed, keys, content, outcome.forms.get(item_id))
            if self._seen_gone:
                filing.still_listed(self._seen_gone)
            alerts.put(db, outcome.alerts)
            changes = filing.changes()
        self._seen_gone.clear()
        self.alerts_written += len(outcome.alerts)
        return changes

    def put_states(self, states: Iterable[SourceState]) -> None:
        """Writes the states of sources whose polls brought nothing, in one transaction. Raises as `complete`."""
        with self._write() as db:
            filing = Filing(db, self._now(), lambda source, key: hashed(self._secret, source, key))
            for state in states:
                filing.put_state(state)

    def replace_flags(self, placed: Iterable[Placed], stories: Iterable[Story]) -> list[Change]:
        """Writes new flags and priorities of stored items and their stories; items that aren't stored are left out."""
        with self._write() as db:
            filing = Filing(db, self._now(), lambda source, key: hashed(self._secret, source, key))
            for one in placed:
                filing.put_judgement(one)
            filing.put_stories(tuple(stories), (), only_known=True)
            return filing.changes()

    def put_alerts(self, news: Iterable[Alert]) -> None:
        """Writes alerts that no poll brought about: summaries of floods and quiet hours."""
        written = list(news)
        with self._write() as db:
            alerts.put(db, written)
        self.alerts_written += len(written)

    def alerts(self, *, after: int = 0, since: float | None = None) -> list[Alert]:
        """Alerts with a higher number, decided since a time, in order of their numbers."""
        with self._read() as db:
            return alerts.read(db, after=after, since=since)

    def handed(self, up_to: int = 0) -> int:
        """The number up to which alerts were handed to hooks and services; with `up_to` it is noted first."""
        if up_to:
            with self._write() as db:
                alerts.set_handed(db, up_to)
        with self._read() as db:
            return alerts.handed(db)

    def seen(self, stories: Iterable[str]) -> set[str]:
        """Which of these stories a reader has opened or starred."""
        with self._read() as db:
            return alerts.seen(db, stories)

    def index_some(self, limit: int = 500) -> int:
        """Puts up to `limit` waiting items into the full-text index, the newest first; how many it did."""
        with self._read() as db:
            if db.execute("SELECT 1 FROM items WHERE indexed = 0 LIMIT 1").fetchone() is None:
                return 0
        with self._write() as db:
            return fulltext.index(db, limit)

    def retain(self, *, now: float, days: float, most: int, flagged_days: float = 0.0) -> int:
        """Drops stories older than `days` or beyond the newest `most`, except starred ones; how many went.

        Flagged ones stay for `flagged_days` where that is longer, and within the newest two times `most`.
        Works in transactions of a few hundred stories. Prunes the log too: a reader that was away for longer than
        `retention.LOG_DAYS` has to load anew.
        """
        dropped = 0
        while True:
            with self._write() as db:
                part = retention.drop(db, now=now, days=days, most=most, flagged_days=flagged_days)
            dropped += part
            if part < retention.BATCH:
                break
        with self._write() as db:
            retention.prune(db, now=now)
            words.prune(db, now=now)
        if dropped:
            with explained(self._data):
                self._db.execute("PRAGMA incremental_vacuum(1000)").fetchall()
        return dropped

    def words(self) -> list[Word]:
        """What the user said of stories and nobody has done yet, oldest first."""
        with self._read() as db:
            return words.waiting(db)

    def deed(self, word: str) -> Deed | None:
        """What a word did; None where it did nothing, or was taken back."""
        with self._read() as db:
            return words.deed(db, word)

    def apart(self) -> list[tuple[str, str]]:
        """The stories that the user keeps apart, by the ids that they have now."""
        with self._read() as db:
            return words.apart(db)

    def settle(self, settled: Settled) -> list[Change]:
        """Does a word, in one transaction; a word that is done already changes nothing."""
        with self._write() as db:
            filing = Filing(db, self._now(), lambda source, key: hashed(self._secret, source, key))
            return words.settle(db, filing, settled, int(self._now()))

    def paused(self) -> set[str]:
        """The sources that the user has paused: they are not to be polled."""
        with self._read() as db:
            return set(pauses.paused(db))

    def poll_requests(self) -> list[str]:
        """Takes the sources that desks asked to poll now; `*` means all."""
        with self._read() as db:
            if db.execute("SELECT 1 FROM poll_requests LIMIT 1").fetchone() is None:
                return []
        with self._write() as db:
            return sorted(source for (source,) in db.execute("DELETE FROM poll_requests RETURNING source").fetchall())

    def close(self) -> None:
        """Checkpoints, gives the lease back and closes."""
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA optimize")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()
        self.release()

    @contextlib.contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with explained(self._data):
            try:
                yield self._db
            except sqlite3.DatabaseError as error:
                self._note_damage(error)
                raise

    @contextlib.contextmanager
    def _write(self, *, leased: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block or nothing. With `leased` it only starts for the holder of the lease."""
        with explained(self._data):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                if leased:
                    self._check_lease()
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.DatabaseError):
                    self._note_damage(error)
                raise
            self._bound_wal()

    def _check_lease(self) -> None:
        token, holder = self._db.execute("SELECT token, holder FROM lease").fetchone()
        if self._token is None or token != self._token:
            whose = f"{holder} polls into it" if self._token is not None else "this process hasn't claimed it"
            raise LeaseLostError(f"Another engine has taken over the data directory {self._data} ({whose}).")

    def _note_damage(self, error: sqlite3.DatabaseError) -> None:
        if is_damage(error):
            files.suspect(self._data)

    def _bound_wal(self) -> None:
        """Folds a long write-ahead log back; where a reader is in the way, tries again some commits later."""
        self._commits += 1
        if self._commits < self._quiet_until:
            return
        try:
            size = os.stat(self._wal).st_size  # noqa: PTH116 - after every commit
        except FileNotFoundError:
            return
        if size > _WAL_LIMIT:
            self._db.execute("PRAGMA busy_timeout = 50")
            try:
                (blocked, _, _) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {files.BUSY}")
            self._quiet_until = self._commits + _PATIENCE * blocked


def hashed(secret: bytes, source: str, key: str) -> int:
    """An identity key as the signed 64-bit number of the table keys. The secret keeps feeds from making two alike."""
    digest = hashlib.blake2b(f"{source}\0{key}".encode(), digest_size=8, key=secret).digest()
    return int(struct.unpack(">q", digest)[0])
