"""One-line bars: the heads of the panes, the status line and the footer. Plain text in styled parts, never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from wirewatch.widgets.cells import cut, line_breaks, steady
from wirewatch.widgets.inks import Inks
from wirewatch.widgets.messages import KeyClicked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from wirewatch.widgets.commands import Command

Part = tuple[str, str]
"""Text and the name of its ink."""


LEAST = 20
"""Cells that the beginning of a sentence needs; where there are fewer all of it goes to the second line."""


def spill(parts: Sequence[Part], room: int) -> tuple[list[Part], list[Part]]:
    """What of these parts a line of so many cells holds, and what goes on in a second line."""
    first: list[Part] = []
    used = 0
    for number, (text, style) in enumerate(parts):
        text = steady(text)  # noqa: PLW2901 (as it is shown)
        left = room - used - (2 if first else 0)
        size = cell_len(text)
        if size <= left:
            first.append((text, style))
            used = room - left + size
            continue
        start, end = line_breaks(text, max(1, left))[0] if left >= LEAST else (0, 0)
        if end > start:
            first.append((text[start:end], style))
        return first, [(text[end:].lstrip(), style), *parts[number + 1 :]]
    return first, []


class Bar(Widget):
    """Parts from the left and parts from the right; where room is short the right ones yield, the last one first."""

    def __init__(self, *, id: str | None = None, action: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self._action = action
        self.inks = Inks(self)
        self.left: tuple[Part, ...] = ()
        self.right: tuple[Part, ...] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Shows other parts; draws nothing when they are the same."""
        if (tuple(left), tuple(right)) != (self.left, self.right):
            self.left, self.right = tuple(left), tuple(right)
            self.refresh()

    @property
    def text(self) -> str:
        """All that the bar says, whether there is room for it or not."""
        return "  ".join(text for text, _ in (*self.left, *self.right))

    def render_line(self, y: int) -> Strip:
        """The bar; lines below it are blank."""
        width = self.size.width
        base = self.inks("text")
        if y:
            return Strip.blank(width, base)
        left, used = self._segments(self.left, width - 2)
        room = width - 2 - used - (2 if self.left else 0)
        right: list[Segment] = []
        right_used = 0
        for text, style in self.right:
            shown = steady(text)
            size = Segment(shown).cell_length + (2 if right else 0)
            if right_used + size > room:
                break
            if right:
                right.append(Segment("  ", base))
            right.append(Segment(shown, self.inks(style)))
            right_used += size
        gap = Segment(" " * max(0, width - 2 - used - right_used), base)
        edge = Segment(" ", base)
        return Strip([edge, *left, gap, *right, edge]).adjust_cell_length(width, base)

    def on_click(self, event: Click) -> None:
        """Runs the action that the bar stands for, if any."""
        if self._action is not None:
            self.post_message(KeyClicked(self._action))

    def notify_style_update(self) -> None:
        """Forgets the colours of an old theme."""
        super().notify_style_update()
        self.inks.clear()

    def _segments(self, parts: Sequence[Part], room: int) -> tuple[list[Segment], int]:
        segments: list[Segment] = []
        used = 0
        for text, style in parts:
            if used and room - used > 2:
                segments.append(Segment("  ", self.inks("text")))
                used += 2
            shown = steady(text)
            kept, size = cut(shown, room - used)
            if len(kept) < len(shown) and kept:
                kept, size = cut(shown, room - used - 1)
                kept, size = kept + "…", size + 1
            if kept:
                segments.append(Segment(kept, self.inks(style)))
                used += size
        return segments, used


class KeyBar(Bar):
    """The footer: a few commands with their keys; a click runs one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self._actions: list[tuple[int, int, str]] = []
        self._commands: list[Part] = []
        self._instead: tuple[Part, ...] = ()

    def show_commands(self, commands: Sequence[tuple[Command, str]]) -> None:
        """Shows commands with the keys that run them now."""
        parts: list[Part] = []
        self._actions = []
        at = 1
        for command, key in commands:
            parts += [(key, "key"), (command.name, "muted")]
            end = at + len(key) + 2 + len(command.name)
            self._actions.append((at, end, command.action))
            at = end + 2
        self._commands = parts
        self.show_instead(self._instead)

    def show_instead(self, parts: Sequence[Part]) -> None:
        """Shows the rest of what the line above says for as long as it says it; nothing brings the commands back."""
        self._instead = tuple(parts)
        self.show(self._instead or self._commands)

    def on_click(self, event: Click) -> None:
        """Runs the command that was clicked."""
        if self._instead:
            return
        for start, end, action in self._actions:
            if start <= event.x < end:
                self.post_message(KeyClicked(action))
