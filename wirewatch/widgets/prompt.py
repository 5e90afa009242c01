"""The line in which a search or a filter is typed. Its input is made when it is first wanted, not at start-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal

from wirewatch.widgets.bars import Bar
from wirewatch.widgets.messages import Asked, AskingEnded

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widgets import Input


class Prompt(Horizontal):
    """Hidden until it is opened; Enter asks, Esc leaves."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.kind = "search"
        self._input: Input | None = None

    def compose(self) -> ComposeResult:
        """The label in front of the input."""
        yield Bar(id="prompt-label")

    async def open(self, kind: str, text: str = "") -> None:
        """Shows the line and takes the keyboard."""
        from textual.widgets import Input

        self.kind = kind
        self.query_one("#prompt-label", Bar).show([(kind, "strong")])
        if self._input is None:
            self._input = Input(placeholder='words, "a phrase", source:name, flag:exclusive', compact=True)
            await self.mount(self._input)
            self.watch(self._input, "value", self._typed, init=False)
        self._input.value = text
        self.add_class("open")
        self._input.focus()

    def close(self) -> None:
        """Hides the line."""
        self.remove_class("open")

    def fault(self, column: int) -> None:
        """Puts the cursor where the query can't be read."""
        if self._input is not None:
            self._input.add_class("wrong")
            self._input.cursor_position = column

    def _typed(self) -> None:
        if self._input is not None:
            self._input.remove_class("wrong")

    def on_key(self, event: Key) -> None:
        """Enter asks; Esc leaves."""
        if self._input is None or event.key not in ("enter", "escape"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(Asked(self.kind, self._input.value.strip()))
        else:
            self.post_message(AskingEnded())
