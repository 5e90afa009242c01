"""The overlays: lines in a box over the dashboard; Esc closes them. The help is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from wirewatch.widgets.bars import Bar
from wirewatch.widgets.cells import fit, line_breaks
from wirewatch.widgets.commands import COMMANDS, keys_of
from wirewatch.widgets.linepane import LinePane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from wirewatch.widgets.commands import Command
    from wirewatch.widgets.writer import Line


LEGENDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "What a query may say": (
        ("ferry aground", "key", 'Both words; "ferry aground" the phrase; /ferr(y|ies)/ a pattern.'),
        ("source:bbc", "key", "Also flag:exclusive  entity:xi  keyword:ceasefire."),
        ("outlets:>3", "key", "Also age:<2h  is:unread  is:starred."),
        ("and or not ( )", "key", "Joins them: (ferry or ship) and not source:bbc."),
    ),
    "Marks in a row": (
        ("•", "text", "Not read yet; ★ starred."),
        ("!!  !  +", "alarm", "Flash, urgent, important."),
        ("EXCL BRK ALRT", "scoop", "Labels of the outlet itself; the text pane says all of them in full."),
        ("CORR UPD2 KILL", "amend", "Corrected, second update, withdrawn."),
        ("ANON 2ND DENY", "doubt", "Unnamed sources, from another outlet, denied or no comment."),
        ("@  #", "watch", "A watched entity, a watched keyword."),
        ("×12", "text", "Outlets that carry the story; ▾ its items are unfolded below it."),
        ("Meridian +2", "source", "Whom the story comes from, and how many others have it of their own."),
        (
            "+2m  ≤+2m",
            "muted",
            "How much later an item came out, by its publisher's time, or by its arrival at the latest.",
        ),
    ),
    "Above the list": (
        ("LIVE", "good", "New stories come in at the top."),
        ("HELD", "muted", "They wait above, and nothing moves while you read; g goes back to the top."),
        ("FROZEN", "warn", "They wait above until Space lets go."),
        ("DOWN", "bad", "No source brings anything: S says why."),
    ),
}
"""What the help explains besides keys: a mark, its ink and what it means."""


class Overlay(ModalScreen[None]):
    """Lines in a box that are scrolled with the keys of the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark,S", "dismiss", "Close"),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,ctrl+d,ctrl+f,space", "page(1.0)", show=False),
        Binding("pageup,ctrl+u,ctrl+b", "page(-1.0)", show=False),
        Binding("g,home", "edge(-1)", show=False),
        Binding("G,end", "edge(1)", show=False),
    ]
    HEAD = ""

    def compose(self) -> ComposeResult:
        """The box: a head and the lines."""
        with Vertical(id="box"):
            head = Bar(id="box-head")
            head.show([(self.HEAD, "strong")], [("Esc closes", "muted")])
            yield head
            yield LinePane(id="box-lines")

    def lines(self, width: int) -> Sequence[Line]:
        """What the overlay says, for a width in cells."""
        raise NotImplementedError

    def refill(self) -> None:
        """Lays the lines out again; the reader keeps their place."""
        pane = self.query_one(LinePane)
        if pane.line_width:
            pane.show_lines(self.lines(pane.line_width), keep_place=True)

    def on_mount(self) -> None:
        """Fills the box as soon as it has its size."""
        self.call_after_refresh(self.refill)

    def on_resize(self, event: Resize) -> None:
        """Fills the box for its new size."""
        self.call_after_refresh(self.refill)

    def action_move(self, lines: int) -> None:
        """Scrolls by lines."""
        self.query_one(LinePane).move_by(lines)

    def action_page(self, pages: float) -> None:
        """Scrolls by pages."""
        self.query_one(LinePane).page_by(pages)

    def action_edge(self, edge: int) -> None:
        """Scrolls to the first or the last line."""
        pane = self.query_one(LinePane)
        pane.move_to(0 if edge < 0 else len(pane.lines))


def _beside(lead: tuple[str, str], about: str, width: int) -> list[Line]:
    """A key or a mark with what is said of it beside it, on as many lines as that takes."""
    room = " " * cell_len(lead[0])
    parts = line_breaks(about, max(1, width - len(room)))
    return [((room, "text") if at else lead, (about[start:end], "text")) for at, (start, end) in enumerate(parts)]


class Help(Overlay):
    """All commands with their keys, in groups, and what the marks of a row mean."""

    HEAD = "Keys"

    def __init__(self, keymap: Mapping[str, str], views: Sequence[Command] = ()) -> None:
        super().__init__()
        self._keymap = keymap
        self._commands = (*COMMANDS, *views)

    def lines(self, width: int) -> Sequence[Line]:
        """The commands, then the marks."""
        found: list[Line] = []
        for group in dict.fromkeys(command.group for command in self._commands):
            if found:
                found.append(())
            found.append(((group, "heading"),))
            for command in self._commands:
                if command.group == group:
                    keys = fit(keys_of(command, self._keymap), 16)
                    about = f"{command.name}: {command.about}" if command not in COMMANDS else command.about
                    found += _beside((f"  {keys}", "key"), about, width)
        for heading, rows in LEGENDS.items():
            found += [(), ((heading, "heading"),)]
            for mark, style, about in rows:
                found += _beside((f"  {fit(mark, 16)}", style), about, width)
        return found
