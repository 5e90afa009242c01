"""What a feed looks like: its rows drawn line by line, and nothing drawn twice that looks as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

from wirewatch.widgets.cells import fit, line_breaks
from wirewatch.widgets.inks import Inks
from wirewatch.widgets.roll import Branch, Roll, Spot
from wirewatch.widgets.rows import SECONDS_FROM, paint, paint_branch
from wirewatch.widgets.rowview import RowView
from wirewatch.widgets.times import row_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.events import Blur, Focus

    from wirewatch.clock import Clock
    from wirewatch.model import Story
    from wirewatch.widgets.ledger import Ledger

GROUNDS = ("", "cursor", "cursor-blurred")
"""What a row stands on: nothing special, the cursor with the keyboard, the cursor without."""
STRIPS = 400
"""Drawn rows that are kept: some screenfuls. Each is about thirty objects for the garbage collector to look at."""

Seen = list[tuple["Story | None", "Branch | None", bool, bool]]
"""The rows on screen: story, item, whether the cursor is there, whether the story is unfolded."""


class FeedRows(RowView, inherit_bindings=False):
    """The rows of a feed, and the cursor that stands on a story or on an item of an unfolded one."""

    def __init__(self, clock: Clock, *, zone: tzinfo | None = None, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.inks = Inks(self)
        self.roll = Roll()
        self.painted = 0
        """Rows drawn anew since the start (what caching is measured by)."""
        self.picked_up: str | None = None
        """The story that waits to be joined with another."""
        self._clock = clock
        self._zone = zone
        self._cursor: Spot | None = None
        self._strips: LRUCache[tuple[Any, ...], Strip] = LRUCache(STRIPS)
        self._minute = int(clock.now() // 60)
        self._words: tuple[str, ...] = ()

    @property
    def ledger(self) -> Ledger:
        """The stories, folded or not."""
        return self.roll.ledger

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.roll)

    @property
    def cursor(self) -> Spot | None:
        """Where the cursor stands; None in an empty feed."""
        return self._cursor

    @property
    def cursor_story(self) -> Story | None:
        """The story under the cursor, which may stand on one of its items."""
        return self.ledger.get(self._cursor.story) if self._cursor else None

    @property
    def cursor_branch(self) -> Branch | None:
        """The item under the cursor; None where it stands on a story's own row."""
        return self.roll.branch(self._cursor)

    @property
    def cursor_link(self) -> str | None:
        """The link of the item under the cursor, or of the story."""
        one = self.cursor_branch or self.cursor_story
        return one.url if one else None

    @property
    def cursor_row(self) -> int:
        """The row of the cursor; 0 in an empty feed."""
        return self.roll.row_of(self._cursor) or 0

    def say(self, *words: str) -> None:
        """What an empty feed says: what is going on and what to press."""
        if words != self._words:
            self._words = words
            if not self.ledger:
                self.refresh()

    def tick(self) -> None:
        """Once a minute rows are looked at anew: a time of day may have become a date."""
        minute = int(self._clock.now() // 60)
        if minute != self._minute:
            self._minute = minute
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the screen, past Textual's own cache: rows have no border, and are kept as painted."""
        strips = [self.render_line(y) for y in crop.line_range]
        ground = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, ground) for strip in strips]
        if crop.column_span != (0, self.outer_size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One line of the screen; a row that looks as it did comes from the cache."""
        width = self.scrollable_content_region.width
        if not self.ledger:
            return self._empty_line(y, width)
        found = self.roll.at(self.top + y)
        if found is None:
            return Strip.blank(width, self.inks("text"))
        story, branch = found
        here = self._cursor is not None and self._cursor == (story.id, branch.item if branch else None)
        state = 0 if not here else 1 if self.has_focus else 2
        now, ink = self._clock.now(), lambda name: self.inks(name, GROUNDS[state])
        seconds = width >= SECONDS_FROM
        key: tuple[Any, ...]
        if branch is not None:
            time = row_time(branch.when, now, seconds=seconds, zone=self._zone)
            key = (branch, story.headline, width, state, time)
        else:
            time = row_time(story.at, now, seconds=seconds, zone=self._zone)
            unfolded, chosen = self.roll.is_unfolded(story.id), story.id == self.picked_up
            key = (story.id, story.seq, story.read, story.starred, width, state, time, unfolded, chosen)
        strip = self._strips.get(key)
        if strip is None:
            self.painted += 1
            if branch is not None:
                strip = paint_branch(branch, width, cursor=here, time=time, ink=ink, of=story)
            else:
                strip = paint(story, width, cursor=here, time=time, ink=ink, unfolded=unfolded, chosen=chosen)
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

    def on_focus(self, event: Focus) -> None:
        """The cursor's row shows that keys go here."""
        self.refresh_line(self.cursor_row)

    def on_blur(self, event: Blur) -> None:
        """The cursor's row shows that keys go elsewhere."""
        self.refresh_line(self.cursor_row)

    def _on_screen(self) -> Seen:
        """What is on screen now."""
        seen: Seen = []
        cursor = self.cursor_row if self._cursor else -1
        for row in range(self.top, self.top + self.height):
            story, branch = self.roll.at(row) or (None, None)
            seen.append((story, branch, row == cursor, story is not None and self.roll.is_unfolded(story.id)))
        return seen

    def _repaint_since(self, before: Seen) -> None:
        """Draws the lines that no longer show what they did."""
        after = self._on_screen()
        changed = [
            y
            for y, (old, new) in enumerate(zip(before, after, strict=False))
            if old[0] is not new[0] or old[1:] != new[1:]
        ]
        if len(before) != len(after) or len(changed) > len(after) // 2 or not any(seen[0] for seen in before):
            self.refresh()
            return
        width = self.size.width
        for y in changed:
            self.refresh(Region(0, y, width, 1))
