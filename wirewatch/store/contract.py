"""The seam between engine and desks: what a store can be asked. `SqliteWriter` and `SqliteReader` are ours.

The store is an ordered log of changes to stories. Sequence numbers are the truth, wake-ups are hints: a reader that
asks `changes(after)` with the last number it has seen misses nothing, however often it was away. It begins with
`last_seq()`, then `newest()`, then `changes()` from that number; and begins again so when CursorTooOldError is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from wirewatch.errors import StoreError
from wirewatch.model import Alert, Change, Placed, Role, SourceState, Story

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from wirewatch.model import StoryDetail
    from wirewatch.query import Query


class StoreBusyError(StoreError):
    """Another program holds the database; nothing was written, and the same call may be made again later."""


class StoreFullError(StoreError):
    """The disk is full; nothing was written, and the same call may be made again once there is room."""


class CursorTooOldError(StoreError):
    """The log no longer reaches back to the reader's number: take `last_seq()`, load anew, follow from there."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """An item the store has already: enough to tell an unchanged one from a new take.

    `story` is empty (and so are `id` and `content`) for an item that retention dropped: its source still lists it, but
    it is old news and is to be left alone.
    """

    id: str
    key: str
    """The identity key it was found by."""
    story: str
    version: int
    content: str
    """Hash of headline, summary, body and status, to tell an edit."""
    received: float


class Outcome(msgspec.Struct, frozen=True):
    """All that one poll changes: written in one transaction or not at all."""

    state: SourceState
    placed: tuple[Placed, ...] = ()
    """New items, and new takes of known ones (same id, higher version)."""
    keys: dict[str, tuple[str, ...]] = {}
    """Identity keys of each placed item, by item id."""
    content: dict[str, str] = {}
    """Content hash of each placed item, by item id."""
    stories: tuple[Story, ...] = ()
    """Every story touched, as it now stands; `seq`, `read` and `starred` are the store's to fill in."""
    merged: tuple[tuple[str, str], ...] = ()
    """(old, kept): stories that turned out to be one."""
    alerts: tuple[Alert, ...] = ()
    """What a person is to be alerted to because of it; their numbers are the store's to fill in."""
    forms: dict[str, bytes] = {}
    """What the same-story index makes of each placed item, by item id, to fill it again without reading texts."""


class AlertsStanding(msgspec.Struct, frozen=True, gc=False):
    """How the alert log stands."""

    last: int = 0
    """Its newest number."""
    unacked: int = 0
    """How many alerts nobody has acknowledged."""
    newest: Alert | None = None
    """The newest of those; one that was told goes before those that were not."""


class Recent(msgspec.Struct, frozen=True, gc=False):
    """An item of the last days as the same-story index needs it: its form, or where that is no use the whole item."""

    id: str
    source: str
    story: str
    arrived: float
    form: bytes | None
    placed: Placed | None


class Word(msgspec.Struct, frozen=True):
    """What the user says of stories. It is final: the engine does it, and nothing that arrives later undoes it."""

    id: str
    """Given by whoever says it, and never twice."""
    what: Literal["part", "join", "undo"]
    one: str
    """`part`: the item that doesn't belong to its story; `join`: a story; `undo`: the id of the word to take back."""
    other: str = ""
    """`part`: the story that the item is in; `join`: the story that it is one with."""


class Judged(msgspec.Struct, frozen=True):
    """How an item was judged before a word moved it, to be put back."""

    item: str
    role: Role
    copy_of: str | None
    match: str | None
    score: float
    why: tuple[str, ...]


class Deed(msgspec.Struct, frozen=True):
    """What a word did: enough to take it back."""

    word: Word
    story: str = ""
    """`part`: the story that the items came to; `join`: the story that went."""
    home: str = ""
    """`part`: the story that they were taken out of; `join`: the story that stayed."""
    before: tuple[Judged, ...] = ()
    """The items that were moved or judged otherwise, as they had been."""
    moved: tuple[str, ...] = ()
    at: float = 0.0
    read: bool = False
    starred: bool = False
    """Place and marks of the story that went."""
    aliases: tuple[str, ...] = ()
    """Former ids of the story that went."""
    apart: tuple[tuple[str, str], ...] = ()
    """Stories that were kept apart until it joined them."""


class Settled(msgspec.Struct, frozen=True):
    """All that a word changes: written in one transaction or not at all."""

    word: Word
    refused: str | None = None
    """Why nothing can be done, in plain words; then nothing else is set."""
    deed: Deed | None = None
    placed: tuple[Placed, ...] = ()
    """Items that are moved or judged otherwise."""
    content: dict[str, str] = {}
    """Content hash of each of them."""
    stories: tuple[Story, ...] = ()
    """Every story touched, as it then stands."""
    merged: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    """Stories that from now on are kept apart."""
    undone: Deed | None = None
    """The deed that is taken back."""


class Lease(msgspec.Struct, frozen=True):
    """The right to poll into this store. `token` grows with each holder and fences off a late writer."""

    token: int
    holder: str


class Writer(Protocol):
    """The engine's side. One at a time; not shared between threads."""

    alerts_written: int
    """How many alerts it has written so far; may be looked at from any thread."""

    def claim(self, holder: str) -> Lease | None:
        """The lease, or None while a living engine holds it."""
        ...

    def release(self) -> None:
        """Gives the lease back; harmless when it isn't held."""
        ...

    def states(self) -> dict[str, SourceState]:
        """The stored state of every source, by name, configured or not."""
        ...

    def known(self, source: str, keys: Iterable[str]) -> dict[str, Known]:
        """Which of these identity keys of a source are stored, by key."""
        ...

    def complete(self, outcome: Outcome) -> list[Change]:
        """Writes an outcome in one transaction. Raises LeaseLostError, StoreError; then nothing was written."""
        ...

    def put_states(self, states: Iterable[SourceState]) -> None:
        """Writes the states of sources whose polls brought nothing, in one transaction. Raises as `complete`."""
        ...

    def items_of(self, story: str) -> list[Placed]:
        """The items of a story in order of arrival."""
        ...

    def recent(
        self, since: float, *, words: Collection[str] | None = None, flags: Collection[str] = ()
    ) -> Iterator[Placed]:
        """All items received since a time, in order of arrival.

        With `words` (as `query.words` cuts them, with `*` after a beginning) only those that may have one of them, and
        those of stories with one of these `flags`: what an edit of the rules can concern.
        """
        ...

    def count_recent(self, since: float) -> int:
        """How many items arrived since a time."""
        ...

    def to_index(self, since: float, stamp: bytes) -> Iterator[Recent]:
        """The items from the first one on that arrived since a time, in order of arrival, to fill the same-story index.

        Forms that don't begin with `stamp` (16 bytes) are of no use any more.
        """
        ...

    def put_forms(self, forms: Mapping[str, bytes]) -> None:
        """Keeps the forms of stored items, by item id."""
        ...

    def replace_flags(self, placed: Iterable[Placed], stories: Iterable[Story]) -> list[Change]:
        """Writes new flags and priorities of stored items and their stories (after a change of rules)."""
        ...

    def put_alerts(self, alerts: Iterable[Alert]) -> None:
        """Writes alerts that no poll brought about: summaries of floods and quiet hours."""
        ...

    def alerts(self, *, after: int = 0, since: float | None = None) -> list[Alert]:
        """Alerts with a higher number, decided since a time, in order of their numbers."""
        ...

    def handed(self, up_to: int = 0) -> int:
        """The number up to which alerts were handed to hooks and services; with `up_to` it is noted first."""
        ...

    def seen(self, stories: Iterable[str]) -> set[str]:
        """Which of these stories a reader has opened or starred."""
        ...

    def index_some(self, limit: int = 500) -> int:
        """Puts up to `limit` waiting items into the full-text index; how many it did."""
        ...

    def retain(self, *, now: float, days: float, most: int, flagged_days: float = 0.0) -> int:
        """Drops stories older than `days` or beyond the newest `most`, except starred ones; how many went.

        Flagged ones stay for `flagged_days` where that is longer, and within the newest two times `most`.
        """
        ...

    def words(self) -> list[Word]:
        """What the user said and nobody has done yet, oldest first."""
        ...

    def deed(self, word: str) -> Deed | None:
        """What a word did; None where it did nothing, or was taken back."""
        ...

    def settle(self, settled: Settled) -> list[Change]:
        """Does a word, in one transaction; a word that is done already changes nothing. Raises as `complete` does."""
        ...

    def apart(self) -> list[tuple[str, str]]:
        """The stories that the user keeps apart, by the ids that they have now."""
        ...

    def paused(self) -> set[str]:
        """The sources that the user has paused: they are not to be polled."""
        ...

    def poll_requests(self) -> list[str]:
        """Takes the sources that desks asked to poll now; `*` means all."""
        ...

    def close(self) -> None:
        """Checkpoints and closes."""
        ...


class Reader(Protocol):
    """A desk's side. Any number at a time, while an engine writes; reads are short."""

    def version(self) -> int:
        """A number that differs after another process wrote: the cheap wake-up hint."""
        ...

    def last_seq(self) -> int:
        """The log's newest sequence number."""
        ...

    def newest(
        self, limit: int = 500, *, before: tuple[float, str] | None = None, query: Query | None = None
    ) -> list[Story]:
        """Stories by (`at`, `id`), highest first; `before` is the (at, id) of the last one already had."""
        ...

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Changes with a higher sequence number, oldest first, each story as it stands now.

        Raises CursorTooOldError when the log no longer reaches back that far (long away, or the database was replaced).
        """
        ...

    def story(self, story_id: str) -> StoryDetail | None:
        """A story with its items; a unique prefix of an id is enough. A merged story answers for its old id."""
        ...

    def since(self, moment: float, query: Query | None = None) -> list[Story]:
        """Stories that received an item or a new take since a time, by (`at`, `id`), lowest first."""
        ...

    def recent(self, since: float) -> Iterator[Placed]:
        """All items received since a time, in order of arrival; read in pages, so the caller may take its time."""
        ...

    def mentions(self, flags: Iterable[str], since: float) -> tuple[dict[str, list[tuple[float, str]]], float]:
        """When items of stories with these flags were received after a time, and from which source, by flag.

        Beside them, since when there are items at all.
        """
        ...

    def matching(self, story_ids: Iterable[str], query: Query) -> set[str]:
        """Which of these stories a query matches as they stand now; to filter changes without loading their items."""
        ...

    def counts(self, now: float) -> dict[str, int]:
        """`stories`, `unread`, `starred`, `last_hour` (stories first seen in the last 60 minutes)."""
        ...

    def states(self) -> dict[str, SourceState]:
        """The stored state of every source, by name; one that the user has paused is `paused`."""
        ...

    def engine(self) -> str | None:
        """Who polls (host and process id), or None while nobody does."""
        ...

    def mark(self, story_ids: Iterable[str], *, read: bool | None = None, starred: bool | None = None) -> None:
        """The user's marks; None leaves one as it is. Other desks see the change."""
        ...

    def alerts(self, *, after: int = 0, since: float | None = None, limit: int | None = None) -> list[Alert]:
        """Alerts with a higher number, decided since a time, in order of their numbers."""
        ...

    def newest_alerts(self, limit: int) -> list[Alert]:
        """The newest alerts, the last one first."""
        ...

    def alerts_standing(self) -> AlertsStanding:
        """How many alerts there are to be acknowledged, and the newest of them."""
        ...

    def ack(self, numbers: Iterable[int] = (), *, up_to: int = 0) -> None:
        """Acknowledges alerts by number, or all up to one. Other desks see it."""
        ...

    def marked(self, since: float) -> dict[str, dict[str, float]]:
        """When each story was last `read` and `starred` since a time, by story id."""
        ...

    def speak(self, word: Word) -> None:
        """Has the engine do what the user says; where none runs, the next one does. Other desks see what came of it."""
        ...

    def pause(self, sources: Iterable[str], *, paused: bool) -> None:
        """Pauses sources until they are resumed, or resumes them. The engine heeds it within a second."""
        ...

    def ask_poll(self, sources: Iterable[str]) -> None:
        """Asks the engine to poll these sources now; `*` means all."""
        ...

    def close(self) -> None:
        """Closes."""
        ...
