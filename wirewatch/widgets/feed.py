"""The live feed: a virtual list that draws the rows on screen and nothing else, and never moves its reader.

Rows are known by story, not by number: the cursor stands on a story, and what the reader sees stays where it is when
stories arrive above it. Only at the very top, with nothing held, does the newest story come into view by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

from wirewatch.widgets.cells import fit, line_breaks
from wirewatch.widgets.inks import Inks
from wirewatch.widgets.ledger import Ledger
from wirewatch.widgets.messages import EndNeared, FeedTurned, StoryEntered, StoryPicked
from wirewatch.widgets.rows import SECONDS_FROM, paint
from wirewatch.widgets.rowview import RowView
from wirewatch.widgets.times import row_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from textual.events import Blur, Click, Focus, Resize

    from wirewatch.clock import Clock
    from wirewatch.model import Change, Story

FLUSH = 0.1
"""Seconds at least between two times that arrivals change the screen."""
BREATH = 0.03
"""Seconds after which more of the log may be read: by then the screen is painted, and reading delays no painting."""
NEAR_END = 200
"""Rows from the bottom at which older stories are asked for."""
GROUNDS = ("", "cursor", "cursor-blurred")
"""What a row stands on: nothing special, the cursor with the keyboard, the cursor without."""
STRIPS = 400
"""Drawn rows that are kept: some screenfuls. Each is about thirty objects for the garbage collector to look at."""
RESIDENT = 20_000
"""Rows kept while following; older ones are read again from the store when the reader goes down to them."""


class Feed(RowView, can_focus=True, inherit_bindings=False):
    """The list of stories, newest first."""

    def __init__(self, clock: Clock, *, zone: tzinfo | None = None, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.inks = Inks(self)
        self.ledger = Ledger()
        self.more = False
        """Whether the store may hold stories older than the last row."""
        self.frozen = False
        """The reader stopped the tape: nothing follows, wherever the cursor stands."""
        self.unseen = 0
        """Stories that came in above the screen since the reader left the top."""
        self.painted = 0
        """Rows drawn anew since the start (what caching is measured by)."""
        self._clock = clock
        self._zone = zone
        self._cursor: str | None = None
        self._held = False
        self._pending: list[tuple[Change, bool]] = []
        self._takers: list[Callable[[], None]] = []
        self._armed = False
        self._last_flush = -FLUSH
        self._strips: LRUCache[tuple[Any, ...], Strip] = LRUCache(STRIPS)
        self._minute = int(clock.now() // 60)
        self._words: tuple[str, ...] = ()
        self._face: tuple[object, ...] = ()

    # --- what it shows -------------------------------------------------------------------------------------------

    @property
    def cursor_story(self) -> Story | None:
        """The story under the cursor."""
        return self.ledger.get(self._cursor) if self._cursor else None

    @property
    def cursor_row(self) -> int:
        """The row of the cursor; 0 in an empty feed."""
        return (self.ledger.row_of(self._cursor) or 0) if self._cursor else 0

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.ledger)

    @property
    def following(self) -> bool:
        """Whether the newest story comes into view by itself."""
        return not self.frozen and not self._held and self.top == 0 and self.cursor_row == 0

    def show(self, ledger: Ledger, *, more: bool, cursor: str | None = None, offset: int = 0) -> None:
        """Shows these stories from now on. With `cursor` the reader stands there again, `offset` rows down."""
        self.ledger = ledger
        self.more = more
        self.unseen = 0
        self._pending.clear()
        self._release_takers()
        self._set_size()
        row = self.ledger.row_of(cursor) if cursor else None
        first = self.ledger.at(row or 0)
        self._cursor = first.id if first else None
        self._held = bool(row)
        self._place_scroll(max(0, (row or 0) - offset) if row else 0)
        self.refresh()
        self._turned(picked=True)

    def add_older(self, stories: Iterable[Story], *, more: bool) -> None:
        """Adds a page at the bottom; nothing on screen moves."""
        self.more = more
        before = len(self.ledger)
        self.ledger.extend_older(stories)
        if self._cursor is None:
            self._cursor = first.id if (first := self.ledger.at(0)) else None
        self._set_size()
        if before < self.top + self.height:
            self.refresh()
        self._turned(picked=before == 0)

    def say(self, *words: str) -> None:
        """What an empty feed says: what is going on and what to press."""
        if words != self._words:
            self._words = words
            if not self.ledger:
                self.refresh()

    def take(self, changes: list[Change], matching: frozenset[str] | None, taken: Callable[[], None]) -> None:
        """Takes in what the log tells; the screen follows at most ten times a second."""
        self._pending.extend((change, matching is None or change.story_id in matching) for change in changes)
        self._takers.append(taken)
        if not self._armed:
            self._armed = True
            wait = self._last_flush + FLUSH - self._clock.monotonic()
            if wait > 0:
                self.set_timer(min(wait, FLUSH), self.flush)
            else:
                self.call_next(self.flush)

    def replace(self, stories: Iterable[Story]) -> None:
        """Shows a changed state of stories that are in the feed (a mark, at once)."""
        screen = self._on_screen()
        for story in stories:
            if story.id in self.ledger:
                self.ledger.put(story)
        self._repaint_since(screen, self.top)

    def flush(self) -> None:
        """Brings what was taken in onto the screen."""
        self._armed = False
        self._last_flush = self._clock.monotonic()
        pending, self._pending = self._pending, []
        if not pending:
            self._release_takers()
            return
        following = self.following
        screen, old_top = self._on_screen(), self.top
        picked = self.cursor_story
        anchor, anchor_row = self._anchor()
        ahead = self.ledger.at(old_top)
        gained = 0
        absorb = self.ledger.absorb
        for change, matches in pending:
            if change.story is None:
                absorb(change, matches=matches, more=self.more)
                if change.into and change.story_id in (self._cursor, anchor):
                    # The story goes on under another id; the reader stays with it.
                    self._cursor = change.into if self._cursor == change.story_id else self._cursor
                    anchor = change.into if anchor == change.story_id else anchor
            else:
                gained += (
                    self._came_above(anchor, change.story) if absorb(change, matches=matches, more=self.more) else 0
                )
        self.set_timer(BREATH, self._release_takers)
        if following:
            self._cursor = newest.id if (newest := self.ledger.at(0)) else None
            if self.ledger.drop_oldest(RESIDENT):
                self.more = True
            self._set_size()
        else:
            if self._cursor is None or self._cursor not in self.ledger:
                nearest = self.ledger.at(min(anchor_row, len(self.ledger) - 1))
                self._cursor = nearest.id if nearest else None
            row = self.ledger.row_of(anchor) if anchor else None
            if row is None and ahead is not None:
                row, anchor_row = self.ledger.row_of(ahead.id), old_top
            self._set_size()
            if row is not None and row != anchor_row:
                self._shift_scroll(row - anchor_row)
            self.unseen = min(self.unseen + gained, self.top)
        self._repaint_since(screen, old_top)
        self._turned(picked=picked is not self.cursor_story)

    # --- what the reader does ------------------------------------------------------------------------------------

    def move_to(self, row: int) -> None:
        """Puts the cursor into a row, or the nearest there is. The top row lets go: the newest is followed again."""
        story = self.ledger.at(min(max(0, row), len(self.ledger) - 1))
        if story is None:
            return
        old_row, old_id = self.cursor_row, self._cursor
        self._cursor = story.id
        row = self.cursor_row
        self._held = row > 0
        if row != old_row:
            self.refresh_line(old_row)
            self.refresh_line(row)
        self.reveal()
        self._turned(picked=old_id != story.id)

    def move_by(self, rows: int) -> None:
        """Moves the cursor by rows."""
        self.move_to(self.cursor_row + rows)

    def page_by(self, pages: float) -> None:
        """Moves the cursor and the screen by parts of a screenful."""
        rows = max(1, int(abs(pages) * self.height) - (abs(pages) == 1)) * (1 if pages > 0 else -1)
        self._place_scroll(self.top + rows)
        self.move_by(rows)

    def move_to_next(self, wanted: Callable[[Story], bool], step: int) -> bool:
        """Moves to the next story down (`step` 1) or up (-1) of this kind; false when there is none."""
        row = self.cursor_row + step
        while (story := self.ledger.at(row)) is not None:
            if wanted(story):
                self.move_to(row)
                return True
            row += step
        return False

    def hold(self) -> None:
        """The reader is doing something with the story under the cursor: it stays there from now on."""
        if not self._held:
            self._held = True
            self._turned()

    def freeze(self, frozen: bool) -> None:
        """Stops the tape, or lets it go on; at the top it is followed again at once."""
        self.frozen = frozen
        if not frozen and self.cursor_row <= self.unseen + 1 and self.top <= self.unseen:
            self.move_to(0)
        self._turned()

    def reveal(self) -> None:
        """Scrolls as little as brings the cursor onto the screen."""
        height = self.height
        if not height:
            return
        row, top = self.cursor_row, self.top
        if row < top:
            self._place_scroll(row)
        elif row >= top + height:
            self._place_scroll(row - height + 1)

    def tick(self) -> None:
        """Once a minute rows are looked at anew: a time of day may have become a date."""
        minute = int(self._clock.now() // 60)
        if minute != self._minute:
            self._minute = minute
            self.refresh()

    # --- drawing -------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen; a row that looks as it did comes from the cache."""
        width = self.scrollable_content_region.width
        if not self.ledger:
            return self._empty_line(y, width)
        story = self.ledger.at(self.top + y)
        if story is None:
            return Strip.blank(width, self.inks("text"))
        state = 0 if story.id != self._cursor else 1 if self.has_focus else 2
        time = row_time(story.at, self._clock.now(), seconds=width >= SECONDS_FROM, zone=self._zone)
        key = (story.id, story.seq, story.read, story.starred, width, state, time)
        strip = self._strips.get(key)
        if strip is None:
            self.painted += 1
            strip = paint(
                story,
                width,
                cursor=state > 0,
                time=time,
                ink=lambda name: self.inks(name, GROUNDS[state]),
            )
            self._strips[key] = strip
        return strip

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = [text[start:end] for text in self._words for start, end in line_breaks(text, width - 4)]
        above = max(0, (self.height - len(lines)) // 3)
        text = lines[y - above] if 0 <= y - above < len(lines) else ""
        return Strip([Segment(fit("  " + text, width), self.inks("soft"))], width)

    def notify_style_update(self) -> None:
        """Forgets what was drawn in the colours of an old theme."""
        super().notify_style_update()
        self._strips.clear()
        self.inks.clear()

    def on_resize(self, event: Resize) -> None:
        """Keeps the cursor on screen when the terminal changes its size."""
        self._set_size()
        if self.ledger and not self.following:
            self.reveal()

    def on_focus(self, event: Focus) -> None:
        """The cursor's row shows that keys go here."""
        self.refresh_line(self.cursor_row)

    def on_blur(self, event: Blur) -> None:
        """The cursor's row shows that keys go elsewhere."""
        self.refresh_line(self.cursor_row)

    def on_click(self, event: Click) -> None:
        """Selects the row; a second click at once opens it."""
        row = self.top + event.y
        if self.ledger.at(row) is None:
            return
        self.move_to(row)
        self.hold()
        if event.chain == 2 and (story := self.cursor_story):
            self.post_message(StoryEntered(story.id))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Takes note of what the reader has now seen, and asks for older stories in time."""
        super().watch_scroll_y(old_value, new_value)
        self.unseen = min(self.unseen, round(new_value))
        self._turned()

    # --- the parts of it -----------------------------------------------------------------------------------------

    def _came_above(self, anchor: str | None, story: Story) -> int:
        """1 when the story stands above the anchor, else 0."""
        at_anchor = self.ledger.get(anchor) if anchor else None
        return int(at_anchor is None or (story.at, story.id) > (at_anchor.at, at_anchor.id))

    def _anchor(self) -> tuple[str | None, int]:
        """The story that stays where it is: the cursor's when it is on screen, else the first one on screen."""
        row = self.cursor_row
        if not self.top <= row < self.top + max(1, self.height):
            row = self.top
        story = self.ledger.at(row)
        return (story.id if story else None), row

    def _on_screen(self) -> list[tuple[Story | None, bool]]:
        """The rows on screen, and which one the cursor is in."""
        rows = [self.ledger.at(row) for row in range(self.top, self.top + self.height)]
        return [(story, story is not None and story.id == self._cursor) for story in rows]

    def _repaint_since(self, before: list[tuple[Story | None, bool]], old_top: int) -> None:
        """Draws the lines that no longer show what they did."""
        after = self._on_screen()
        changed = [
            y
            for y, (old, new) in enumerate(zip(before, after, strict=False))
            if old[0] is not new[0] or old[1] != new[1]
        ]
        if len(before) != len(after) or len(changed) > len(after) // 2 or not any(story for story, _ in before):
            self.refresh()
            return
        width = self.size.width
        for y in changed:
            self.refresh(Region(0, y, width, 1))

    def _release_takers(self) -> None:
        takers, self._takers = self._takers, []
        for taken in takers:
            taken()

    def _turned(self, *, picked: bool = False) -> None:
        """Tells the screen that the head of the feed or the story under the cursor may read differently."""
        if not self.is_attached:
            return
        face = (self.following, self.frozen, self.unseen, len(self.ledger), self.more)
        if face != self._face:
            self._face = face
            self.post_message(FeedTurned())
        if picked:
            self.post_message(StoryPicked(self._cursor))
        if self.more and len(self.ledger) - self.top - self.height < NEAR_END:
            self.post_message(EndNeared(self.ledger.oldest()))
