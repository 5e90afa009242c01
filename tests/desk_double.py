"""A store in memory behind the reader's contract, and stories for it: what the desk's tests use for a disk."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wirewatch.config.settings import Config, DeskSettings
from wirewatch.errors import StoreError
from wirewatch.model import Change, Item, Placed, Source, SourceState, Story, StoryDetail
from wirewatch.screens.desk import Desk
from wirewatch.store.contract import AlertsStanding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from textual.app import App
    from textual.pilot import Pilot

    from wirewatch.model import Alert, Flag, Take
    from wirewatch.query import Query
    from wirewatch.store.contract import Word

NOON = 1_678_701_600.0
"""13 March 2023, 10:00 UTC."""
PATIENCE = 60.0
"""Seconds after which what a test waits for counts as never coming."""


class FixedClock:
    """A clock that stands still until it is turned."""

    def __init__(self, moment: float = NOON) -> None:
        self.moment = moment

    def now(self) -> float:
        return self.moment

    def monotonic(self) -> float:
        return self.moment


def story(number: int, headline: str | None = None, **more: object) -> Story:
    """The story with this number; a higher one came later."""
    at = NOON - 100_000 + number
    settled: dict[str, object] = {
        "seq": number,
        "headline": headline if headline is not None else f"Story number {number} about something that happened",
        "lead": f"i{number}",
        "source": "Harbour News",
        "first_seen": at,
        "updated": at,
        "at": at,
        "url": f"https://news.example/{number}",
    }
    return Story(id=f"s{number:06}", **(settled | more))  # type: ignore[arg-type]


def placed(of: Story, *, flags: tuple[Flag, ...] = (), item_id: str | None = None, **more: object) -> Placed:
    """An item of a story, its lead unless told otherwise."""
    settled: dict[str, object] = {
        "source": of.source,
        "headline": of.headline,
        "received": of.first_seen,
        "summary": "What is known so far about it.",
        "url": of.url,
    }
    role = more.pop("role", "lead")
    judged = {key: more.pop(key) for key in ("copy_of", "match", "score", "why") if key in more}
    item = Item(id=item_id or of.lead, **(settled | more))  # type: ignore[arg-type]
    return Placed(item=item, story=of.id, role=role, flags=flags, **judged)  # type: ignore[arg-type]


class MemoryStore:
    """What all readers of one store see. Thread-safe in the large: every method takes the lock."""

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self.stories: dict[str, Story] = {one.id: one for one in stories}
        self.items: dict[str, list[Placed]] = {}
        self.takes: dict[str, tuple[Take, ...]] = {}
        self.log: list[Change] = []
        self.sources: dict[str, SourceState] = {}
        self.holder: str | None = "desk.example:4711"
        self.asked: list[str] = []
        self.words: list[Word] = []
        self.marks: list[tuple[tuple[str, ...], bool | None, bool | None]] = []
        self.broken: str | None = None
        self.threads: set[str] = set()
        self.lock = threading.RLock()
        self.seq = 1_000_000
        self.alerts: list[Alert] = []

    def reader(self) -> MemoryReader:
        """Another reader."""
        self.check()
        return MemoryReader(self)

    def check(self) -> None:
        """Fails like a store that can't be read, and notes which threads read."""
        self.threads.add(threading.current_thread().name)
        if self.broken:
            raise StoreError(self.broken)

    def tell(self, *stories: Story, what: str = "new") -> list[Story]:
        """New or changed stories enter the log."""
        told = []
        with self.lock:
            for one in stories:
                self.seq += 1
                changed = replace(one, seq=self.seq)
                self.stories[one.id] = changed
                self.log.append(Change(self.seq, what, one.id, changed))  # type: ignore[arg-type]
                told.append(changed)
        return told

    def alert(self, *alerts: Alert) -> list[Alert]:
        """Alerts enter the log."""
        with self.lock:
            told = [replace(alert, n=len(self.alerts) + 1 + number) for number, alert in enumerate(alerts)]
            self.alerts += told
            self.seq += 1
        return told

    def drop(self, story_id: str, into: str | None = None) -> None:
        """A story is gone: merged or expired."""
        with self.lock:
            self.seq += 1
            self.stories.pop(story_id, None)
            self.log.append(Change(self.seq, "merged", story_id, None, into))


class MemoryReader:
    """One reader, as the contract has it."""

    notice: str | None = None

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def version(self) -> int:
        self._store.check()
        return self._store.seq

    def last_seq(self) -> int:
        self._store.check()
        return self._store.seq

    def newest(
        self, limit: int = 500, *, before: tuple[float, str] | None = None, query: Query | None = None
    ) -> list[Story]:
        self._store.check()
        with self._store.lock:
            found = sorted(self._store.stories.values(), key=lambda one: (one.at, one.id), reverse=True)
            kept = [one for one in found if before is None or (one.at, one.id) < before]
            if query is not None:
                kept = [one for one in kept if query.matches(one, self._items(one), NOON)]
            return kept[:limit]

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        self._store.check()
        with self._store.lock:
            return [change for change in self._store.log if change.seq > after][:limit]

    def story(self, story_id: str) -> StoryDetail | None:
        self._store.check()
        with self._store.lock:
            one = self._store.stories.get(story_id)
            if one is None:
                return None
            items = self._items(one)
            return StoryDetail(one, tuple(items), {key: self._store.takes[key] for key in self._store.takes})

    def since(self, moment: float, query: Query | None = None) -> list[Story]:
        return [one for one in self.newest(1_000_000, query=query) if one.updated >= moment][::-1]

    def mentions(self, flags: Iterable[str], since: float) -> tuple[dict[str, list[tuple[float, str]]], float]:
        with self._store.lock:
            stories = list(self._store.stories.values())
        return {
            flag: [(one.updated, one.source) for one in stories if flag in one.flags and one.updated > since]
            for flag in flags
        }, since

    def matching(self, story_ids: Iterable[str], query: Query) -> set[str]:
        with self._store.lock:
            found = [self._store.stories[one] for one in story_ids if one in self._store.stories]
            return {one.id for one in found if query.matches(one, self._items(one), NOON)}

    def counts(self, now: float) -> dict[str, int]:
        self._store.check()
        with self._store.lock:
            found = self._store.stories.values()
            return {
                "stories": len(found),
                "unread": sum(not one.read for one in found),
                "starred": sum(one.starred for one in found),
                "last_hour": sum(one.first_seen > now - 3600 for one in found),
            }

    def states(self) -> dict[str, SourceState]:
        return dict(self._store.sources)

    def engine(self) -> str | None:
        return self._store.holder

    def mark(self, story_ids: Iterable[str], *, read: bool | None = None, starred: bool | None = None) -> None:
        self._store.check()
        ids = tuple(story_ids)
        self._store.marks.append((ids, read, starred))
        for one in ids:
            old = self._store.stories[one]
            self._store.tell(
                replace(
                    old,
                    read=old.read if read is None else read,
                    starred=old.starred if starred is None else starred,
                ),
                what="edited",
            )

    def alerts(self, *, after: int = 0, since: float | None = None, limit: int | None = None) -> list[Alert]:
        self._store.check()
        found = [one for one in self._store.alerts if one.n > after and one.at >= (since or 0.0)]
        return found[:limit]

    def newest_alerts(self, limit: int) -> list[Alert]:
        self._store.check()
        return self._store.alerts[::-1][:limit]

    def alerts_standing(self) -> AlertsStanding:
        self._store.check()
        waiting = [one for one in self._store.alerts if one.acked is None]
        newest = max(waiting, key=lambda one: (one.state == "told", one.n), default=None)
        return AlertsStanding(len(self._store.alerts), len(waiting), newest)

    def ack(self, numbers: Iterable[int] = (), *, up_to: int = 0) -> None:
        self._store.check()
        wanted = set(numbers)
        with self._store.lock:
            self._store.alerts = [
                replace(one, acked=one.acked or NOON) if one.n in wanted or one.n <= up_to else one
                for one in self._store.alerts
            ]
            self._store.seq += 1

    def marked(self, since: float) -> dict[str, dict[str, float]]:
        return {}

    def speak(self, word: Word) -> None:
        self._store.check()
        self._store.words.append(word)

    def pause(self, sources: Iterable[str], *, paused: bool) -> None:
        self._store.check()
        for name in sources:
            old = self._store.sources.get(name) or SourceState(name)
            self._store.sources[name] = replace(old, state="paused" if paused else "ok")

    def ask_poll(self, sources: Iterable[str]) -> None:
        self._store.check()
        self._store.asked += sources

    def close(self) -> None:
        pass

    def _items(self, one: Story) -> list[Placed]:
        return self._store.items.get(one.id) or [placed(one)]


def desk(store: MemoryStore, **more: object) -> Desk:
    """The desk on a store in memory, at noon, in UTC, with two sources unless told otherwise."""
    sources = (Source("Harbour News", "https://one.example/feed"), Source("Meridian", "https://two.example/feed"))
    settled: dict[str, object] = {
        "config": Config(path=Path("config.toml"), sources=sources, desk=DeskSettings(mark_read_after=None)),
        "clock": FixedClock(),
        "zone": UTC,
    }
    settled |= more
    return Desk(settled.pop("config"), store.reader, **settled)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(app: Desk, size: tuple[int, int] = (120, 35)) -> AsyncIterator[Pilot[None]]:
    """The desk under a pilot; its threads are ended with it."""
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.dashboard.is_mounted and app.dashboard.prompt is not None)
            await pilot.pause()
            yield pilot
    finally:
        app.backstage.stop()


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Waits for what the desk's threads bring about; gives up only where even a busy machine would have brought it."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            seen = "\n".join(screen_lines(pilot.app))
            raise AssertionError(f"what was waited for never came; on the screen:\n{seen}")
        await pilot.pause(0.01)


def screen_lines(app: App[None]) -> list[str]:
    """The text on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def feed_rows(app: Desk) -> list[str]:
    """The rows of the feed on the screen, without what marks the cursor."""
    feed = app.dashboard.feed
    return [feed.render_line(y).text[1:] for y in range(feed.height)]
