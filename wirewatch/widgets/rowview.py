"""Scrolling by whole rows without a layout of the screen: rows get new numbers while what is drawn stays as it is."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView


class RowView(ScrollView, inherit_bindings=False):
    """A view of many rows of one line each."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self._thumb: tuple[int, int] = (0, 0)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def height(self) -> int:
        """Rows that the screen has room for."""
        return self.scrollable_content_region.height

    @property
    def top(self) -> int:
        """The first row on screen."""
        return int(self.scroll_offset.y)

    def _set_size(self) -> None:
        """Tells the scrolling how many rows there are, without a layout of the screen.

        A short list that stays where it is while rows arrive above it leaves blank lines below.
        """
        rows = max(self.row_count, self.top + self.height if self.top else 0)
        self.set_reactive(ScrollView.virtual_size, Size(0, rows))
        self._move_thumb()

    def _place_scroll(self, y: int) -> None:
        self.set_reactive(ScrollView.virtual_size, Size(0, self.row_count))
        self.scroll_to(y=min(max(0, y), self.max_scroll_y), animate=False)
        self._move_thumb()

    def _shift_scroll(self, rows: int) -> None:
        """Gives the rows on screen new numbers; what is drawn stays as it is."""
        top = max(0, self.top + rows)
        self.set_reactive(ScrollView.scroll_target_y, float(top))
        self.set_reactive(ScrollView.scroll_y, float(top))
        self._set_size()

    def _move_thumb(self) -> None:
        """Moves the scrollbar's thumb when it would stand elsewhere by at least an eighth of a cell."""
        if not self.show_vertical_scrollbar or not self.height:
            return
        total, height = max(1, self.row_count), self.height
        thumb = (height * 8 * self.top // total, height * 8 * min(height, total) // total)
        if thumb != self._thumb:
            self._thumb = thumb
            bar = self.vertical_scrollbar
            bar.window_virtual_size = self.row_count
            bar.window_size = height
            bar.position = self.top
