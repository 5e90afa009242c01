"""A pane that shows lines laid out beforehand, and draws only those on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wirewatch.widgets.cells import steady
from wirewatch.widgets.inks import Inks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click
    from textual.geometry import Region

    from wirewatch.widgets.writer import Line


class LinePane(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines of (text, ink)."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.inks = Inks(self)
        self.lines: Sequence[Line] = ()
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(256)

    @property
    def line_width(self) -> int:
        """Cells that a line has; 0 before the first layout of the screen."""
        return self.scrollable_content_region.width

    @property
    def position(self) -> str:
        """Where the reader is: empty when all lines are on screen, else `12-40 of 93`."""
        total, height = len(self.lines), self.scrollable_content_region.height
        if total <= height:
            return ""
        top = int(self.scroll_offset.y)
        return f"{top + 1}-{min(total, top + height)} of {total}"

    def show_lines(self, lines: Sequence[Line], *, keep_place: bool = False) -> None:
        """Shows other lines, from the first one on unless told to stay in place."""
        self.lines = lines
        self._strips.clear()
        self.virtual_size = Size(0, len(lines))
        if not keep_place:
            self.scroll_to(y=0, animate=False)
        self.refresh()

    def move_by(self, lines: int) -> None:
        """Scrolls by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def page_by(self, pages: float) -> None:
        """Scrolls by parts of a screenful."""
        self.move_by(int(pages * max(1, self.scrollable_content_region.height - 1)))

    def move_to(self, line: int) -> None:
        """Scrolls to a line, or as near as there is."""
        self.scroll_to(y=line, animate=False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the pane; an empty one is not looked at line by line."""
        if not self.lines:
            return [Strip.blank(crop.width, self.visual_style.rich_style)] * crop.height
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.line_width
        row = int(self.scroll_offset.y) + y
        blank = self.inks("text")
        if not 0 <= row < len(self.lines):
            return Strip.blank(width, blank)
        strip = self._strips.get((row, width))
        if strip is None:
            segments = [Segment(steady(text), self.inks(style)) for text, style in self.lines[row]]
            strip = Strip(segments).adjust_cell_length(width, blank)
            self._strips[row, width] = strip
        return strip

    def notify_style_update(self) -> None:
        """Forgets what was drawn in the old colours."""
        super().notify_style_update()
        self._strips.clear()
        self.inks.clear()

    def line_at(self, event: Click) -> int:
        """The line that was clicked."""
        offset = event.get_content_offset(self)
        return int(self.scroll_offset.y) + offset.y if offset is not None else -1
