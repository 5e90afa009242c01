"""The overlays that speak of one story: why it is one, who had it first, what changed. Each key shows its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from wirewatch.screens.overlays import Overlay
from wirewatch.widgets.bars import Bar
from wirewatch.widgets.cells import fit
from wirewatch.widgets.commands import COMMANDS, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import BindingType

    from wirewatch.model import Story
    from wirewatch.widgets.writer import Line

TITLES = {"why": "Why", "first": "Who was first", "changes": "What changed"}
"""The subjects (see `widgets/sections.py`) by the commands that show them."""
HEADLINE_LEAST = 16
"""Cells below which the head of the box names no story."""


class About(Overlay):
    """What is known of a story on one subject; the key of another subject shows that, the same key closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(command.keys, f"subject('{command.id}')", command.name, id=command.id, show=False)
        for command in COMMANDS
        if command.id in TITLES
    ]

    def __init__(
        self,
        story: Story,
        subject: str,
        ask: Callable[[str, int], None],
        keymap: Mapping[str, str],
    ) -> None:
        super().__init__()
        self._keymap = keymap
        self.story_id = story.id
        self.subject = subject
        self._headline = story.headline
        self._ask = ask
        self._lines: Sequence[Line] = ()
        self._width = 0

    def lines(self, width: int) -> Sequence[Line]:
        """What was laid out last; for another width it is asked for anew."""
        if width != self._width:
            self._width = width
            self._title()
            self._ask(self.subject, width)
        return self._lines

    def ask_again(self) -> None:
        """Has it laid out anew: the story changed."""
        if self._width:
            self._ask(self.subject, self._width)

    def show(self, subject: str, lines: Sequence[Line] | None) -> None:
        """Shows what was laid out; None where the story is gone."""
        if subject == self.subject and self.is_mounted:
            self._lines = [(("This story is gone.", "text"),)] if lines is None else lines
            self.refill()

    def action_subject(self, subject: str) -> None:
        """Turns to another subject, or closes when it is the one on screen."""
        if subject == self.subject:
            self.dismiss()
            return
        self.subject = subject
        self._lines = ()
        self.action_edge(-1)
        self._title()
        self.ask_again()

    def _title(self) -> None:
        others = [
            (f"{keys_of(command, self._keymap).partition(' ')[0]} {TITLES[command.id].lower()}", "muted")
            for command in COMMANDS
            if command.id in TITLES and command.id != self.subject
        ]
        head = self.query_one("#box-head", Bar)
        hints = [("Esc closes", "muted"), *others]
        room = head.size.width - sum(len(text) + 2 for text, _ in hints) - len(TITLES[self.subject]) - 4
        named = [(fit(self._headline, room).rstrip(), "muted")] if room > HEADLINE_LEAST else []
        head.show([(TITLES[self.subject], "strong"), *named], hints)
