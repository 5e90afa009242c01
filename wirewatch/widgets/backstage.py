"""All that the desk does away from the event loop: reading, marking, following the log, minding the engine."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Literal

from wirewatch.errors import OpenError, StoreError
from wirewatch.widgets.keeper import Keeper
from wirewatch.widgets.lanes import Follower, Lane, Watchman
from wirewatch.widgets.messages import (
    AlertsRead,
    BranchesRead,
    LinesRead,
    MarkFailed,
    Noticed,
    PageRead,
    StoryFound,
    StoryRead,
    WordFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from textual.message import Message

    from wirewatch.clock import Clock
    from wirewatch.config import Config
    from wirewatch.config.edit import Edit
    from wirewatch.model import Story
    from wirewatch.query import Query
    from wirewatch.store.contract import Reader, Word
    from wirewatch.widgets.messages import Engine

logger = logging.getLogger(__name__)

FIRST_PAGE = 260
"""Stories in a view's first page."""
ALERTS = 500
"""Alerts that the log shows."""
SITE_LOOK = 20
"""Newest stories of a source that are looked through for one with a link."""
OLDER_PAGE = 1000
"""Stories read at once when the reader goes down."""


class Backstage:
    """The desk's threads behind one face. Every method returns at once; what is found comes as a message."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        clock: Clock,
        *,
        after: int | None = None,
        alerts_after: int | None = None,
        engine: Engine | None = None,
        opener: Callable[[str], str] | None = None,
        zone: tzinfo | None = None,
        config: Config | None = None,
    ) -> None:
        self.keeper = Keeper(config, self._post)
        self._post_to: Callable[[Message], object] | None = None
        self._opener = opener
        self._clock = clock
        self._zone = zone
        self._lookups = Lane("lookups", open_reader, self._post)
        self._follower = Follower(open_reader, self._post, clock, after=after, alerts_after=alerts_after)
        self._watchman = Watchman(engine, self._post) if engine is not None else None

    def start(self, post: Callable[[Message], object]) -> None:
        """Starts the threads; what they find is posted there."""
        self._post_to = post
        for thread in (self._lookups, self._follower, self._watchman):
            if thread is not None:
                thread.start()

    def stop(self, patience: float = 1.5) -> None:
        """Ends the threads and the engine; marks that were made are written first. Waits no longer than it has to.

        An engine that takes its time over its last transaction isn't waited for: it sees that the desk is gone.
        """
        threads = [
            thread
            for thread in (self._watchman, self._follower, self._lookups)
            if thread is not None and thread.is_alive()
        ]
        for thread in threads:
            thread.stop()
        end = time.monotonic() + patience
        for thread in reversed(threads):
            thread.join(max(0.0, end - time.monotonic()))
        self._post_to = None

    def watch(self, queries: dict[int, Query]) -> None:
        """From now on has changed stories judged by these queries, by view."""
        self._follower.watch(queries)

    def read_first(self, view: int, query: Query | None) -> None:
        """Asks for the newest stories of a view."""

        def job(reader: Reader) -> None:
            stories = reader.newest(FIRST_PAGE, query=query)
            self._post(PageRead(view, stories, first=True, more=len(stories) == FIRST_PAGE))

        self._lookups.ask(job, f"first {view}")

    def read_older(self, view: int, query: Query | None, before: tuple[float, str] | None) -> None:
        """Asks for the next page of older stories."""

        def job(reader: Reader) -> None:
            stories = reader.newest(OLDER_PAGE, before=before, query=query)
            self._post(PageRead(view, stories, first=False, more=len(stories) == OLDER_PAGE))

        self._lookups.ask(job, "older")

    def read_story(self, story_id: str, width: int, item: str | None = None) -> None:
        """Asks for the page of a story, or of one of its items; of several asked for, only the last is read."""

        def job(reader: Reader) -> None:
            from wirewatch.widgets.page import lay_out

            detail = reader.story(story_id)
            page = None
            if detail is not None and detail.items:
                page = lay_out(detail, width, item=item, now=self._clock.now(), zone=self._zone)
            self._post(StoryRead(story_id, page))

        self._lookups.ask(job, "story")

    def read_branches(self, story_id: str) -> None:
        """Asks for the items of a story, as rows below it."""

        def job(reader: Reader) -> None:
            from wirewatch.widgets.branches import branches_of

            detail = reader.story(story_id)
            self._post(BranchesRead(story_id, branches_of(detail) if detail is not None else ()))

        self._lookups.ask(job, f"branches {story_id}")

    def read_lines(self, story_id: str, subject: str, item: str | None, width: int) -> None:
        """Asks for what an overlay says of a story (see `sections.SUBJECTS`), of one of its items first if told."""

        def job(reader: Reader) -> None:
            from wirewatch.widgets.sections import lay_out
            from wirewatch.widgets.shown import look_up

            shown = look_up(reader, story_id, item, now=self._clock.now(), zone=self._zone, config=self.keeper.config)
            self._post(LinesRead(story_id, subject, lay_out(subject, shown, width) if shown is not None else None))

        self._lookups.ask(job, "overlay")

    def mark(self, before: list[Story], *, read: bool | None = None, starred: bool | None = None) -> None:
        """Writes marks of stories; `before` is what they were, for the case that they can't be written."""

        def job(reader: Reader) -> None:
            try:
                reader.mark([story.id for story in before], read=read, starred=starred)
            except StoreError as error:
                self._post(MarkFailed(before, str(error)))

        self._follower.ask(job)

    def speak(self, word: Word) -> None:
        """Hands on what the user says of stories; what comes of it is told by the log."""

        def job(reader: Reader) -> None:
            try:
                reader.speak(word)
            except StoreError as error:
                self._post(WordFailed(word, str(error)))

        self._follower.ask(job)

    def read_alerts(self) -> None:
        """Asks for the newest alerts."""
        self._lookups.ask(lambda reader: self._post(AlertsRead(reader.newest_alerts(ALERTS))), "alerts")

    def find_story(self, story_id: str) -> None:
        """Asks for the story of an alert, which may have become part of another."""

        def job(reader: Reader) -> None:
            detail = reader.story(story_id)
            self._post(StoryFound(detail.story if detail is not None else None))

        self._lookups.ask(job, "found")

    def ack(self, numbers: Sequence[int] = (), *, up_to: int = 0) -> None:
        """Acknowledges alerts by number, or all up to one."""

        def job(reader: Reader) -> None:
            try:
                reader.ack(numbers, up_to=up_to)
            except StoreError as error:
                self._post(Noticed(str(error), error=True))

        self._follower.ask(job)

    def ask_poll(self, sources: list[str], said: str) -> None:
        """Asks the engine to poll, then says so."""

        def job(reader: Reader) -> None:
            try:
                reader.ask_poll(sources)
                self._post(Noticed(said))
            except StoreError as error:
                self._post(Noticed(str(error), error=True))

        self._follower.ask(job)

    def look_at_config(self) -> None:
        """Has the configuration's file looked at; an edit that is right comes as a message."""
        if self.keeper.has_file:
            self._lookups.ask(lambda _: self.keeper.look(), "configuration")

    def watch_word(self, word: str, kind: Literal["keywords", "entities"]) -> None:
        """Puts a word on the watch list in the user's file; what it would have caught comes as a message."""
        self._follower.ask(lambda reader: self.keeper.watch(reader, word, kind))

    def take_back(self, edit: Edit) -> None:
        """Takes a word off the watch list again."""
        self._follower.ask(lambda _: self.keeper.take_back(edit))

    def pause(self, source: str, said: str, *, paused: bool) -> None:
        """Has a source paused or resumed, then says so."""

        def job(reader: Reader) -> None:
            try:
                reader.pause([source], paused=paused)
                self._post(Noticed(said))
            except StoreError as error:
                self._post(Noticed(str(error), error=True))

        self._follower.ask(job)

    def open_site(self, source: str, otherwise: str) -> None:
        """Opens the front page of the host that a source's newest story is on, or the other one where there is none."""

        def job(reader: Reader) -> None:
            from wirewatch.query import parse
            from wirewatch.widgets.sourcelines import site_of

            named = source.replace('"', " ").replace("\\", " ")
            stories = reader.newest(SITE_LOOK, query=parse(f'source:"{named}"'))
            link = next((story.url for story in stories if story.source == source and story.url), None)
            self.open(site_of(link) if link else otherwise)

        self._lookups.ask(job, "site")

    def open(self, url: str) -> None:
        """Opens a link in the browser."""
        if self._opener is not None:
            threading.Thread(target=self._open, args=(url, self._opener), name="desk-browser", daemon=True).start()

    def _open(self, url: str, opener: Callable[[str], str]) -> None:
        try:
            self._post(Noticed(f"Opened in {opener(url)}."))
        except OpenError as error:
            self._post(Noticed(str(error), error=True))
        except Exception:  # a thread of the desk never ends in silence
            logger.exception("opening a link failed")
            self._post(Noticed("The link couldn't be opened; the desk's log says why.", error=True))

    def _post(self, message: Message) -> None:
        if self._post_to is not None:
            self._post_to(message)
