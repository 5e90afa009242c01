"""The live feed: a virtual list that draws the rows on screen and nothing else, and never moves its reader.

Rows are known by story and item, not by number: the cursor stands on one of these, and what the reader sees stays where
it is when stories arrive above it. Only at the very top, with nothing held, does the newest story come into view by
itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.widgets.feedrows import FeedRows
from wirewatch.widgets.messages import EndNeared, FeedTurned, StoryEntered, StoryPicked
from wirewatch.widgets.roll import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from textual.events import Click, Resize

    from wirewatch.clock import Clock
    from wirewatch.model import Change, Story
    from wirewatch.widgets.ledger import Ledger
    from wirewatch.widgets.roll import Branch

FLUSH = 0.1
"""Seconds at least between two times that arrivals change the screen."""
BREATH = 0.03
"""Seconds after which more of the log may be read: by then the screen is painted, and reading delays no painting."""
NEAR_END = 200
"""Rows from the bottom at which older stories are asked for."""
RESIDENT = 20_000
"""Rows kept while following; older ones are read again from the store when the reader goes down to them."""


class Feed(FeedRows, can_focus=True, inherit_bindings=False):
    """The list of stories, newest first."""

    def __init__(self, clock: Clock, *, zone: tzinfo | None = None, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(clock, zone=zone, id=id)
        self.more = False
        """Whether the store may hold stories older than the last row."""
        self.frozen = False
        """The reader stopped the tape: nothing follows, wherever the cursor stands."""
        self.unseen = 0
        """Stories that came in above the screen since the reader left the top."""
        self._held = False
        self._pending: list[tuple[Change, bool]] = []
        self._takers: list[Callable[[], None]] = []
        self._armed = False
        self._last_flush = -FLUSH
        self._face: tuple[object, ...] = ()

    # --- what it shows -------------------------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether the newest story comes into view by itself."""
        return not self.frozen and not self._held and self.top == 0 and self.cursor_row == 0

    def show(self, ledger: Ledger, *, more: bool, cursor: Spot | None = None, offset: int = 0) -> None:
        """Shows these stories from now on. With `cursor` the reader stands there again, `offset` rows down."""
        self.roll.ledger = ledger
        self.more = more
        self.unseen = 0
        self._pending.clear()
        self._release_takers()
        self._set_size()
        row = self.roll.row_of(cursor)
        self._cursor = self.roll.spot(row or 0)
        self._held = bool(row)
        self._place_scroll(max(0, (row or 0) - offset) if row else 0)
        self.refresh()
        self._turned(picked=True)

    def add_older(self, stories: Iterable[Story], *, more: bool) -> None:
        """Adds a page at the bottom; nothing on screen moves."""
        self.more = more
        before = len(self.roll)
        self.ledger.extend_older(stories)
        if self._cursor is None:
            self._cursor = self.roll.spot(0)
        self._set_size()
        if before < self.top + self.height:
            self.refresh()
        self._turned(picked=before == 0)

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
        self._repaint_since(screen)

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
        ahead = self.roll.spot(old_top)
        gained = 0
        absorb = self.ledger.absorb
        for change, matches in pending:
            if change.story is None:
                absorb(change, matches=matches, more=self.more)
                self.roll.fold(change.story_id)
                # The story goes on under another id; the reader stays with it.
                self._cursor = _followed(self._cursor, change)
                anchor = _followed(anchor, change)
            else:
                gained += (
                    self._came_above(anchor, change.story) if absorb(change, matches=matches, more=self.more) else 0
                )
        self.set_timer(BREATH, self._release_takers)
        if following:
            self._cursor = self.roll.spot(0)
            if self.ledger.drop_oldest(RESIDENT):
                self.more = True
            self._set_size()
        else:
            if self.roll.row_of(self._cursor) is None:
                self._cursor = self.roll.spot(min(anchor_row, len(self.roll) - 1))
            self._stay(anchor, anchor_row, ahead, old_top)
            self.unseen = min(self.unseen + gained, self.top)
        self._repaint_since(screen)
        self._turned(picked=picked is not self.cursor_story)

    def unfold(self, story_id: str, branches: tuple[Branch, ...]) -> None:
        """Shows the items of a story below it, or what has become of them; what the reader looks at stays in place."""
        self._refold(lambda: self.roll.unfold(story_id, branches))

    def fold(self, story_id: str) -> None:
        """Shows a story's own row only; the cursor goes there from its items."""
        if self._cursor is not None and self._cursor.story == story_id:
            self._cursor = Spot(story_id)
        self._refold(lambda: self.roll.fold(story_id))
        self._place_scroll(self.top)
        self.reveal()

    def _refold(self, fold: Callable[[], None]) -> None:
        screen, old_top, old_branch = self._on_screen(), self.top, self.cursor_branch
        anchor, anchor_row = self._anchor()
        ahead = self.roll.spot(old_top)
        fold()
        self._stay(anchor, anchor_row, ahead, old_top)
        self._repaint_since(screen)
        self._turned(picked=old_branch != self.cursor_branch)

    # --- what the reader does ------------------------------------------------------------------------------------

    def move_to(self, row: int) -> None:
        """Puts the cursor into a row, or the nearest there is. The top row lets go: the newest is followed again."""
        spot = self.roll.spot(min(max(0, row), len(self.roll) - 1))
        if spot is None:
            return
        old_row, old = self.cursor_row, self._cursor
        self._cursor = spot
        row = self.cursor_row
        self._held = row > 0
        if row != old_row:
            self.refresh_line(old_row)
            self.refresh_line(row)
        self.reveal()
        self._turned(picked=old != spot)

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
        row = (self.ledger.row_of(self._cursor.story) or 0) + step if self._cursor else 0
        while (story := self.ledger.at(row)) is not None:
            if wanted(story):
                self.move_to(self.roll.row_of(Spot(story.id)) or 0)
                return True
            row += step
        return False

    def hold(self) -> None:
        """The reader is doing something with the story under the cursor: it stays there from now on."""
        if not self._held:
            self._held = True
            self._turned()

    def pick_up(self, story_id: str | None) -> None:
        """Marks the story that waits to be joined with another."""
        if story_id != self.picked_up:
            self.picked_up = story_id
            self.refresh()
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

    def on_resize(self, event: Resize) -> None:
        """Keeps the cursor on screen when the terminal changes its size."""
        self._set_size()
        if self.ledger and not self.following:
            self.reveal()

    def on_click(self, event: Click) -> None:
        """Selects the row; a second click at once opens it."""
        row = self.top + event.y
        if self.roll.at(row) is None:
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

    def _came_above(self, anchor: Spot | None, story: Story) -> int:
        """1 when the story stands above the anchor, else 0."""
        at_anchor = self.ledger.get(anchor.story) if anchor else None
        return int(at_anchor is None or (story.at, story.id) > (at_anchor.at, at_anchor.id))

    def _anchor(self) -> tuple[Spot | None, int]:
        """What stays where it is: the row of the cursor when it is on screen, else the first one on screen."""
        row = self.cursor_row
        if not self.top <= row < self.top + max(1, self.height):
            row = self.top
        return self.roll.spot(row), row

    def _stay(self, anchor: Spot | None, anchor_row: int, ahead: Spot | None, old_top: int) -> None:
        """Scrolls so that the anchor stays in its line; where it is gone, what stood first on screen."""
        row = self.roll.row_of(anchor)
        if row is None and ahead is not None:
            row, anchor_row = self.roll.row_of(ahead), old_top
        self._set_size()
        if row is not None and row != anchor_row:
            self._shift_scroll(row - anchor_row)

    def _release_takers(self) -> None:
        takers, self._takers = self._takers, []
        for taken in takers:
            taken()

    def _turned(self, *, picked: bool = False) -> None:
        """Tells the screen that the head of the feed or the story under the cursor may read differently."""
        if not self.is_attached:
            return
        face = (self.following, self.frozen, self.unseen, len(self.roll), self.more, self.picked_up)
        if face != self._face:
            self._face = face
            self.post_message(FeedTurned())
        if picked:
            self.post_message(StoryPicked(self._cursor.story if self._cursor else None))
        if self.more and len(self.roll) - self.top - self.height < NEAR_END:
            self.post_message(EndNeared(self.ledger.oldest()))


def _followed(spot: Spot | None, change: Change) -> Spot | None:
    """Where a spot is after a story became part of another one."""
    if spot is None or change.into is None or spot.story != change.story_id:
        return spot
    return Spot(change.into, spot.item)
