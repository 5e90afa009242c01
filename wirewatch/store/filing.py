"""One outcome written into the tables: stories, items with their takes and keys, merges, the log."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

from wirewatch.errors import StoreError
from wirewatch.model import Change, Take
from wirewatch.store import docs, fulltext, retention, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from wirewatch.model import Placed, SourceState, Story, What

_WEEK = 7 * 86400
_encoder = msgspec.msgpack.Encoder()


class Filing:
    """What one transaction does to the tables. Works in the caller's transaction and never ends it.

    `now` (seconds since the epoch, UTC) dates log entries; `hashed` turns (source, identity key) into a number.
    """

    def __init__(self, db: sqlite3.Connection, now: float, hashed: Callable[[str, str], int]) -> None:
        self._db = db
        self._now = int(now)
        self._hashed = hashed
        self._changes: list[Change] = []
        self._sources: dict[str, int] = {}
        self._stories: dict[str, int] = {}
        row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone()
        self._seq: int = row[0] if row else 0

    def changes(self) -> list[Change]:
        """What was logged, oldest first, each story as it stands at the end."""
        last = {change.story_id: change.story for change in self._changes}
        return [msgspec.structs.replace(change, story=last[change.story_id]) for change in self._changes]

    def put_state(self, state: SourceState) -> None:
        """The state of a source, validators and all."""
        self._db.execute(
            "INSERT INTO sources (name, state) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state",
            (state.name, _encoder.encode(state)),
        )

    def put_stories(
        self, stories: Iterable[Story], merged: Iterable[tuple[str, str]], *, only_known: bool = False
    ) -> None:
        """New stories and what became of known ones; `read`, `starred` and `at` stay as they are stored."""
        passing = {old for old, _ in merged}
        for story in stories:
            if story.id not in passing and not self._alias(story.id):
                self._put_story(story, only_known=only_known)

    def put_item(self, placed: Placed, keys: Iterable[str], content: str, form: bytes | None = None) -> None:
        """A new item or a new take of a stored one, whose earlier text is kept."""
        item = placed.item
        story = self._story(placed.story)
        row = self._db.execute(
            "SELECT n, version, content, indexed, keys, doc, story FROM items WHERE id = ?", (item.id,)
        ).fetchone()
        hashes = sorted({self._hashed(item.source, key) for key in keys})
        stored_as = rows.shortest(content)
        if row is None:
            added = self._db.execute(
                "INSERT INTO items (id, story, source, kind, language, received, version, content, keys, doc)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    item.id,
                    story,
                    self._source(item.source),
                    item.kind,
                    item.language,
                    item.received,
                    item.version,
                    stored_as,
                    _packed(hashes),
                    docs.pack(placed),
                ),
            )
            self._put_keys(hashes, int(added.lastrowid or 0))
            self._db.execute("INSERT INTO recent VALUES (?, ?, ?)", (added.lastrowid, placed.arrived, form))
            return
        n, version, stored_content, indexed, stored_keys, stored_doc, stored_story = row
        hashes = sorted({*_unpacked(stored_keys), *hashes})
        self._put_keys(hashes, n)
        if item.version < version:
            return
        doc = docs.pack(placed)
        if (doc, stored_as, story, _packed(hashes)) == (stored_doc, stored_content, stored_story, stored_keys):
            return
        self._db.execute("UPDATE recent SET form = ? WHERE item = ?", (form, n))
        earlier = docs.text_of(stored_doc)
        if item.version > version:
            take = Take(version, earlier.received, earlier.headline, earlier.summary, earlier.body, earlier.published)
            self._db.execute("INSERT OR IGNORE INTO takes VALUES (?, ?, ?)", (n, version, docs.pack_take(take)))
        if indexed and fulltext.words_of(earlier) != fulltext.words_of(item):
            fulltext.take_out(self._db, n, earlier)
            indexed = 0
        self._db.execute(
            "UPDATE items SET story = ?, kind = ?, language = ?, received = ?, version = ?, indexed = ?, content = ?,"
            " keys = ?, doc = ? WHERE n = ?",
            (story, item.kind, item.language, item.received, item.version, indexed, stored_as, _packed(hashes), doc, n),
        )

    def put_judgement(self, placed: Placed) -> None:
        """New flags and priority of a stored item; its text and place stay."""
        row = self._db.execute("SELECT n, doc FROM items WHERE id = ?", (placed.item.id,)).fetchone()
        if row is None:
            return
        stored = docs.unpack(row[1], placed.item.id, placed.item.source, placed.story)
        judged = msgspec.structs.replace(stored, flags=placed.flags, priority=placed.priority)
        if judged != stored:
            self._db.execute("UPDATE items SET doc = ? WHERE n = ?", (docs.pack(judged), row[0]))

    def merge(self, merged: Iterable[tuple[str, str]]) -> None:
        """Stories that turned out to be one: items move, the old id answers for the kept one, a star is kept.

        The kept story counts as read only if both were.
        """
        into = dict(merged)
        for old, kept in into.items():
            to = kept
            while to in into and to != old:
                to = into[to]
            to = self._alias(to) or to
            if old == to:
                raise StoreError(f"A story can't be merged into itself ({old}).")
            if not self._alias(old):
                self._db.execute("UPDATE aliases SET kept = ? WHERE kept = ?", (to, old))
                self._db.execute("INSERT INTO aliases VALUES (?, ?)", (old, to))
            row = self._db.execute("SELECT n, read, starred FROM stories WHERE id = ?", (old,)).fetchone()
            if row is None:
                continue
            n, read, starred = row
            target = self._story(to)
            self._db.execute("UPDATE items SET story = ? WHERE story = ?", (target, n))
            retention.remove_story(self._db, n)
            self._stories.pop(old, None)
            self._log("merged", old, None, to)
            story = self._read_story(to)
            marked = msgspec.structs.replace(
                story, read=story.read and bool(read), starred=story.starred or bool(starred)
            )
            if marked != story:
                self._db.execute(
                    "UPDATE stories SET read = ?, starred = ? WHERE n = ?", (marked.read, marked.starred, target)
                )
                self._log("edited", to, marked)

    def still_listed(self, hashes: Iterable[int]) -> None:
        """Dropped items that their feeds still list, so that their keys are remembered longer."""
        self._db.executemany(
            "UPDATE gone SET at = ?1 WHERE hash = ?2 AND at < ?1 - ?3", [(self._now, h, _WEEK) for h in hashes]
        )

    def _put_story(self, story: Story, *, only_known: bool) -> None:
        row = self._db.execute(f"SELECT {rows.COLUMNS}, s.n FROM stories s WHERE s.id = ?", (story.id,)).fetchone()  # noqa: S608
        if row is None:
            if only_known:
                return
            fresh = msgspec.structs.replace(
                story,
                seq=self._seq + 1,
                read=False,
                starred=False,
                at=min(story.at or story.first_seen, story.first_seen),
            )
            added = self._db.execute(rows.INSERT, rows.values(fresh, self._source(story.source)))
            self._stories[story.id] = int(added.lastrowid or 0)
            self._put_flags(self._stories[story.id], (), fresh.flags)
            self._log("new", story.id, fresh)
            return
        before = rows.story(row[:-1])
        self._stories[story.id] = row[-1]
        now = msgspec.structs.replace(story, seq=before.seq, read=before.read, starred=before.starred, at=before.at)
        if now == before:
            return
        now = msgspec.structs.replace(now, seq=self._seq + 1)
        self._db.execute(rows.UPDATE, (*rows.values(now, self._source(story.source))[1:-3], story.id))
        self._put_flags(row[-1], before.flags, now.flags)
        self._log("grown" if now.items > before.items else "edited", story.id, now)

    def _put_flags(self, n: int, before: tuple[str, ...], now: tuple[str, ...]) -> None:
        old, new = {flag.casefold() for flag in before}, {flag.casefold() for flag in now}
        if old != new:
            self._db.executemany(
                "DELETE FROM story_flags WHERE name = ? AND story = ?", [(name, n) for name in old - new]
            )
            self._db.executemany("INSERT OR IGNORE INTO story_flags VALUES (?, ?)", [(name, n) for name in new - old])

    def _put_keys(self, hashes: Iterable[int], n: int) -> None:
        # The newest item wins a key that two claim: feeds reuse them, and what they list now is the newer one.
        self._db.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?)", [(h, n) for h in hashes])
        self._db.executemany("DELETE FROM gone WHERE hash = ?", [(h,) for h in hashes])

    def _log(self, what: What, story_id: str, story: Story | None, into: str | None = None) -> None:
        self._seq += 1
        self._db.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?)", (self._seq, self._now, what, story_id, into))
        if story is not None:
            story = msgspec.structs.replace(story, seq=self._seq)
            self._db.execute("UPDATE stories SET seq = ? WHERE id = ? AND seq <> ?", (self._seq, story_id, self._seq))
        self._changes.append(Change(self._seq, what, story_id, story, into))

    def _alias(self, story_id: str) -> str | None:
        row = self._db.execute("SELECT kept FROM aliases WHERE old = ?", (story_id,)).fetchone()
        return str(row[0]) if row else None

    def _read_story(self, story_id: str) -> Story:
        return rows.story(
            self._db.execute(f"SELECT {rows.COLUMNS} FROM stories s WHERE s.id = ?", (story_id,)).fetchone()  # noqa: S608
        )

    def _story(self, story_id: str) -> int:
        n = self._stories.get(story_id)
        if n is None:
            row = self._db.execute(
                "SELECT n FROM stories WHERE id = coalesce((SELECT kept FROM aliases WHERE old = ?1), ?1)", (story_id,)
            ).fetchone()
            if row is None:
                raise StoreError(f"An item was filed under the story {story_id}, which isn't stored.")
            n = self._stories[story_id] = int(row[0])
        return n

    def _source(self, name: str) -> int:
        n = self._sources.get(name)
        if n is None:
            row = self._db.execute("SELECT n FROM sources WHERE name = ?", (name,)).fetchone()
            if row is None:
                n = int(self._db.execute("INSERT INTO sources (name) VALUES (?)", (name,)).lastrowid or 0)
            else:
                n = int(row[0])
            self._sources[name] = n
        return n


def _packed(hashes: list[int]) -> bytes:
    return struct.pack(f">{len(hashes)}q", *hashes)


def _unpacked(blob: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(blob) // 8}q", blob)
