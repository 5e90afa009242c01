"""The detail pane: everything there is about the story under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.widgets.linepane import LinePane
from wirewatch.widgets.messages import DetailTurned, LinkClicked, PageWanted

if TYPE_CHECKING:
    from textual.events import Click, Resize

    from wirewatch.widgets.page import Page


class Detail(LinePane):
    """Shows pages that were laid out elsewhere, and asks for another when its width changes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.page: Page | None = None
        self.add_class("-blank", update=False)

    def show_page(self, page: Page | None) -> None:
        """Shows a story's page. When it is the same story grown, the line the reader is at stays where it is."""
        old, top = self.page, int(self.scroll_offset.y)
        same = old is not None and page is not None and (old.story_id, old.item) == (page.story_id, page.item)
        self.page = page
        self.set_class(page is None, "-blank")
        lines = page.lines if page else ()
        self.show_lines(lines, keep_place=same)
        if same and old is not None and old.width == self.line_width and 0 < top < len(old.lines):
            line = old.lines[top]
            again = [row for row, other in enumerate(lines) if other == line]
            if again:
                self.move_to(min(again, key=lambda row: abs(row - top)))
        self.post_message(DetailTurned())

    def on_resize(self, event: Resize) -> None:
        """Has the page laid out for the new width."""
        if self.page is None or self.page.width != self.line_width:
            self.post_message(PageWanted())
        self.post_message(DetailTurned())

    def on_click(self, event: Click) -> None:
        """Opens the link that was clicked."""
        url = self.page.links.get(self.line_at(event)) if self.page else None
        if url:
            self.post_message(LinkClicked(url))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Says where the reader is."""
        super().watch_scroll_y(old_value, new_value)
        if self.is_attached:
            self.post_message(DetailTurned())
