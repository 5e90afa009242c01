"""The line in which a search or a filter is typed. It is made after the first paint and hidden until it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import Horizontal

from wirewatch.widgets.bars import Bar
from wirewatch.widgets.messages import Asked, AskingChanged, AskingEnded

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widgets import Input


PLACEHOLDERS = {"watch": "a word or phrase; @ before the name of a person, firm or place"}
"""What stands in the empty line, by kind; else that of a query."""
QUERY = 'words, "a phrase", source:name, flag:exclusive'


class Prompt(Horizontal):
    """Enter asks, Esc leaves."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        from textual.widgets import Input

        super().__init__(id=id)
        self.kind = "search"
        self._label = Bar(id="prompt-label")
        self._input: Input = Input(placeholder=QUERY, compact=True)

    def compose(self) -> ComposeResult:
        """The label and the input."""
        yield self._label
        yield self._input

    def on_mount(self) -> None:
        """A query that was wrong isn't while it is being changed."""
        self.watch(self._input, "value", self._changed, init=False)

    def open(self, kind: str, text: str = "") -> None:
        """Shows the line and takes the keyboard at once: the next key is already part of the query."""
        self.kind = kind
        self._label.show([(kind, "strong")])
        self._input.placeholder = PLACEHOLDERS.get(kind, QUERY)
        self._input.value = text
        self._input.cursor_position = len(text)
        self.display = True
        self.screen.set_focus(self._input)

    def close(self) -> None:
        """Hides the line."""
        self.display = False

    def _changed(self) -> None:
        self._input.remove_class("wrong")
        self.post_message(AskingChanged())

    def fault(self, column: int) -> None:
        """Puts the cursor where the query can't be read."""
        self._input.add_class("wrong")
        self._input.cursor_position = column

    def cell_of(self, column: int) -> int:
        """The cell of the screen's line in which a column of the query stands."""
        region = self._input.content_region
        return min(region.x + cell_len(self._input.value[:column]) - int(self._input.scroll_x), region.right - 1)

    def on_key(self, event: Key) -> None:
        """Enter asks; Esc leaves."""
        if event.key not in ("enter", "escape"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(Asked(self.kind, self._input.value.strip()))
        else:
            self.post_message(AskingEnded())
