"""The field's own words as structs: source, item, flag, story, and the changes that the log tells of.

All text in an `Item` has been through `wirewatch.text`; all times are seconds since the epoch, UTC. `published` is what
the publisher claims, `received` when wirewatch saw it; they are never mixed up.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["agency", "web", "press", "official"]
Role = Literal["lead", "copy", "version", "report"]
What = Literal["new", "grown", "edited", "merged"]
State = Literal["new", "ok", "failing", "held", "gone", "offline", "paused"]
AlertWhy = Literal["new", "grown", "raised", "corrected", "killed", "flood", "quiet"]
AlertState = Literal["told", "held", "folded", "cooling", "late"]


GAZETTEER_RULE = "entity/gazetteer"
"""The rule of a flag that only the gazetteer raises: it names what a piece is about, and lifts no priority."""


class Source(msgspec.Struct, frozen=True, gc=False):
    """One feed or wire as the configuration names it. `name` is its identity everywhere."""

    name: str
    url: str
    kind: Kind = "web"
    language: str | None = None
    every: float | None = None
    """Seconds between polls when the user said so; None leaves it to the schedule."""
    tags: tuple[str, ...] = ()
    private: bool = False
    """The configured URL itself names a loopback or private host, so connecting there is what the user wants."""


class Item(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One piece as one source delivered it. The keys are those that `pipe` prints (DESIGN, Command line)."""

    id: str
    source: str
    headline: str
    received: float
    kind: Kind = "web"
    guid: str | None = None
    url: str | None = None
    summary: str | None = None
    body: str | None = None
    byline: str | None = None
    published: float | None = None
    """None where the publisher gave no time or one that can't be trusted (see `date_note`)."""
    date_note: str | None = None
    """Why the publisher's time isn't trusted: `in the future`, `too old`, `unreadable`; None otherwise."""
    language: str | None = None
    format: str = "item"
    """The format it was read from: rss, atom, rdf, json-feed, item (NDJSON) …"""
    version: int = 1
    status: str | None = None
    urgency: int | None = None
    slug: str | None = None
    subjects: tuple[str, ...] | None = None
    place: str | None = None
    dateline: str | None = None
    credit: str | None = None
    ednote: str | None = None
    embargo: float | None = None


class Flag(msgspec.Struct, frozen=True, gc=False):
    """A named finding on one item: `text` is exactly `field[start:end]` in code points of the field as printed."""

    flag: str
    rule: str
    field: str
    start: int
    end: int
    text: str


class Placed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An item with every judgement on it: which story it belongs to and why, its flags, its priority."""

    item: Item
    story: str
    role: Role
    copy_of: str | None = None
    match: str | None = None
    """The id of the item it was joined by."""
    score: float = 0.0
    """0-100."""
    why: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    priority: int = 3
    """0 flash, 1 urgent, 2 important, 3 normal, 4 routine."""
    since: float | None = None
    """When its first take was received; None while it is the only one."""
    issued: float | None = None
    """The trusted publisher's time of its first take, where `since` is set."""

    @property
    def arrived(self) -> float:
        """When its first take was received; an edit makes no item younger."""
        return self.item.received if self.since is None else self.since

    @property
    def dated(self) -> float | None:
        """When its publisher says that its first take came out; None where nothing trusted is known."""
        return self.item.published if self.since is None else self.issued


class Story(msgspec.Struct, frozen=True, gc=False):
    """A story as a row of the desk shows it. `seq` is the log's number of its last change."""

    id: str
    seq: int
    headline: str
    lead: str
    """Id of the lead item."""
    source: str
    """Name of the lead item's source."""
    first_seen: float
    """When wirewatch received the story's first item."""
    updated: float
    """When its last item or version was received."""
    published: float | None = None
    """The lead item's trusted publisher time."""
    url: str | None = None
    kind: Kind = "web"
    language: str | None = None
    items: int = 1
    outlets: int = 1
    originators: tuple[str, ...] = ()
    """Outlets that the story comes from, the first one first; copies and credits point to them."""
    flags: tuple[str, ...] = ()
    """Names of the flags of its items, each once, the most telling first."""
    priority: int = 3
    read: bool = False
    starred: bool = False
    at: float = 0.0
    """What rows are ordered by: `first_seen`, or for a source's backlog (first poll, long gap) the publisher's time.
    Set when the story is first stored and never changed, so that no row moves under the reader."""


class Take(msgspec.Struct, frozen=True, gc=False):
    """An earlier take of an edited item, kept as it was."""

    version: int
    received: float
    headline: str
    summary: str | None = None
    body: str | None = None
    published: float | None = None


class StoryDetail(msgspec.Struct, frozen=True, gc=False):
    """A story with all its items in order of arrival, and the earlier takes of each (by item id)."""

    story: Story
    items: tuple[Placed, ...]
    takes: dict[str, tuple[Take, ...]]


class Change(msgspec.Struct, frozen=True, gc=False):
    """One entry of the log. `story` is None when the story is gone: merged into `into`, or expired by retention."""

    seq: int
    what: What
    story_id: str
    story: Story | None = None
    into: str | None = None


class Alert(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of the alert log: a story that a person should look at now, as it stood when that was decided."""

    n: int
    """The log's number; 0 before it is stored."""
    at: float
    """When it was decided, seconds since the epoch, UTC."""
    why: AlertWhy
    """`new`: a rule hit; `grown`: many more outlets have it; `raised`: it became more urgent; `flood` and `quiet` sum
    up the alerts that were folded, or held in quiet hours, and belong to no story."""
    state: AlertState
    """`told`: sounded where `channels` says. The others are in the log only: `held` (quiet hours), `folded` (over the
    budget), `cooling` (its rule had its say a moment ago), `late` (old news: a first poll, a gap, an old piece)."""
    headline: str
    story: str = ""
    rule: str = ""
    reason: str = ""
    """What the rule found, in plain words."""
    source: str = ""
    url: str | None = None
    priority: int = 3
    """As which it is alerted: the rule's level, or the story's own."""
    own: int = 3
    """The story's own."""
    outlets: int = 1
    flags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    sound: str = "bell"
    count: int = 0
    """How many alerts a summary stands for."""
    until: float = 0.0
    """When the quiet hours end that it is held in."""
    acked: float | None = None
    """When somebody acknowledged it; None while nobody did."""


class SourceState(msgspec.Struct, frozen=True, gc=False):
    """What is known of a source between polls; written in the same transaction as the items it vouches for."""

    name: str
    url: str = ""
    state: State = "new"
    reason: str | None = None
    """Why it isn't `ok`, in plain words; None when it is."""
    etag: str | None = None
    """The validators as the server sent them, to be echoed to the character."""
    last_modified: str | None = None
    body_hash: str | None = None
    last_attempt: float | None = None
    last_success: float | None = None
    last_full: float | None = None
    """When it was last asked without validators and answered."""
    next_poll: float | None = None
    next_why: str | None = None
    """Why then, in plain words."""
    held_until: float | None = None
    """The server asked not to be polled before this time (Retry-After)."""
    failures: int = 0
    """Failed polls in a row."""
    hint: float | None = None
    """Seconds that the feed or its server asked to leave between polls (ttl, max-age), already clamped."""
    rate: float | None = None
    """New items an hour, smoothed."""
    rhythm: tuple[float, ...] = ()
    """New items in each hour of the day (UTC, 24 figures), smoothed over days; empty while nothing is known."""
    delays: tuple[int, ...] = ()
    """Seconds from the publisher's time to arrival of the newest items, oldest first (see `latency`)."""
    title: str | None = None
    """What the feed calls itself, sanitised."""
    note: str | None = None
    """Something to know though it works: cut to the newest 500 items, truncated document, stale …"""
    moved_to: str | None = None
    """Where the last answer's permanent redirects alone led to; None when there were none."""
    moved_since: float | None = None
    """Since when every answer has led there."""
    moves: int = 0
    """How many answers in a row have."""
    items: int = 0
    requests: int = 0
    unchanged: int = 0
    """Requests answered by 304 or by the same bytes."""
    bytes: int = 0
    size: int = 0
    """Bytes that its last whole document took on the wire."""
    saved: int = 0
    """Bytes that didn't have to come because the server said that nothing had changed."""
    since: float | None = None
    """When it was first asked."""
    last_new: float | None = None
    """When its last new item came in."""
    newest: float | None = None
    """The newest trusted publisher's time in its last document."""

    def latency(self, share: float) -> float | None:
        """Seconds within which this share (0-1) of its newest items arrived after their publisher's time, or None."""
        if not self.delays:
            return None
        ordered = sorted(self.delays)
        return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])


class Document(msgspec.Struct, frozen=True, gc=False):
    """What a parser read from one document: items in document order, cleaned, not yet placed."""

    format: str
    items: tuple[Item, ...]
    title: str | None = None
    ttl: float | None = None
    """Seconds between polls that the document itself asks for."""
    note: str | None = None
    """What the reader should know: recovered from broken XML, truncated, cut to the newest 500 …"""
    listed: bytes = b""
    """A fingerprint of each item that the document lists, read or known already (see `engine/parse/fresh.py`)."""
    complaints: tuple[str, ...] = ()
    """One for each line of NDJSON that couldn't be read, with its number, in plain words."""
