"""The sources screen: every source with its state in words, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from wirewatch.config import has_secret, redacted
from wirewatch.widgets.bars import Bar, KeyBar
from wirewatch.widgets.cells import steady
from wirewatch.widgets.commands import COMMANDS, bindings, keys_of
from wirewatch.widgets.linepane import LinePane
from wirewatch.widgets.sourcelines import SORTS, Row, detail_lines, list_lines, ordered, site_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click, Resize
    from textual.timer import Timer

    from wirewatch.model import Source, SourceState
    from wirewatch.widgets.backstage import Backstage
    from wirewatch.widgets.messages import KeyClicked

MOVES = ("down", "up", "newest", "oldest", "page-down", "page-up", "half-down", "half-up", "palette")
"""The desk's commands that move here as they do there."""
PARTS = 5
FLASH = 6.0
"""Seconds that a notice stands in the head."""
NONE = "No sources are configured: run  wirewatch config init."


class SourceList(LinePane):
    """Lines with a cursor, which moves and is kept in sight."""

    cursor = 0

    def put_cursor(self, row: int) -> None:
        """Moves the cursor to a row, or as near as there is."""
        self.cursor = max(0, min(row, len(self.lines) - 1))
        height, top = max(1, self.scrollable_content_region.height), int(self.scroll_offset.y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen; the cursor's has a ground of its own."""
        row = int(self.scroll_offset.y) + y
        if row != self.cursor or row >= len(self.lines):
            return super().render_line(y)
        segments = [Segment(steady(text), self.inks(ink, "cursor")) for text, ink in self.lines[row]]
        return Strip(segments).adjust_cell_length(self.line_width, self.inks("text", "cursor"))


class Sources(ModalScreen[None]):
    """Every source and all that is known of the one under the cursor.

    Rows are sorted when the screen opens and when the reader says how; what comes in since moves none of them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,S", "dismiss", "Close", show=False),
        *(
            Binding(command.keys, command.action, command.name, id=command.id, show=False)
            for command in COMMANDS
            if command.id in MOVES
        ),
        *bindings(everywhere=False, where="sources"),
    ]
    AUTO_FOCUS = "#source-list"
    WHERE = "sources"

    def __init__(
        self,
        backstage: Backstage,
        names: Sequence[str],
        *,
        keymap: Mapping[str, str] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__()
        self._backstage = backstage
        config = backstage.keeper.config
        self._configured: dict[str, Source] = {one.name: one for one in config.sources} if config else {}
        self._names = names
        self._keymap = keymap or {}
        self._zone = zone
        self._sort = 0
        self._order: list[str] = []
        self._states: dict[str, SourceState] = {}
        self._now = 0.0
        self._flash: tuple[str, bool] | None = None
        self._flash_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Head, columns, list, what is known of one source, keys."""
        with Vertical(id="sources-box"):
            for part in (
                Bar(id="sources-head"),
                Bar(id="sources-columns"),
                SourceList(id="source-list"),
                LinePane(id="source-detail"),
                KeyBar(id="sources-keys"),
            ):
                part.add_class("part")
                yield part

    def on_mount(self) -> None:
        """Fills the screen as soon as it has its size."""
        footer = [(one, keys_of(one, self._keymap).split(" ")[0]) for one in COMMANDS if one.where == "sources"]
        self.query_one("#sources-keys", KeyBar).show_commands(footer)
        self.call_after_refresh(self.refill)

    def on_resize(self, event: Resize) -> None:
        """Fills the screen for its new size."""
        self.call_after_refresh(self.refill)

    def show_states(self, states: dict[str, SourceState], now: float) -> None:
        """Takes the states as they are now. New sources stand at the end."""
        self._states, self._now = states, now
        if not self._order:
            self._order = ordered(self._names, states, now, SORTS[self._sort][1])
        self._order += [name for name in states if name not in set(self._order)]
        self.refill()

    @property
    def _is_there(self) -> bool:
        """The parts of the screen are there: not yet while it opens, not any more while it closes."""
        return self.is_mounted and len(self.query(".part")) == PARTS

    def say(self, text: str, *, error: bool = False) -> None:
        """Shows a notice in the head for a while."""
        if not self._is_there:
            return
        self._flash = (text, error)
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(FLASH, self._end_flash)
        self._write_head()

    def _end_flash(self) -> None:
        self._flash = None
        if self._is_there:
            self._write_head()

    @property
    def row(self) -> Row | None:
        """The source under the cursor."""
        if not self._order:
            return None
        name = self._order[min(self.query_one(SourceList).cursor, len(self._order) - 1)]
        return Row(name, self._states.get(name), self._now)

    def refill(self) -> None:
        """Writes everything anew; the cursor stays on its source."""
        if not self._is_there or not self.query_one(SourceList).line_width:
            return
        pane = self.query_one(SourceList)
        self._write_head()
        rows = [Row(name, self._states.get(name), self._now) for name in self._order]
        head, lines = list_lines(rows, pane.line_width)
        self.query_one("#sources-columns", Bar).show([(head[0][0].rstrip(), "heading")] if rows else [])
        pane.show_lines(lines or [((NONE, "text"),)], keep_place=True)
        self._write_detail()

    def _write_head(self) -> None:
        rows = [Row(name, self._states.get(name), self._now) for name in self._order]
        bad, odd, idle, new, well = (sum(row.urgency == n for row in rows) for n in range(5))
        counts = [
            (f"{count} {word}", ink)
            for count, word, ink in (
                (bad, "failing", "bad"),
                (odd, "silent or stale", "warn"),
                (idle, "held or paused", "muted"),
                (new, "waiting", "muted"),
                (well, "ok", "good"),
            )
            if count
        ]
        told = [(self._flash[0], "bad" if self._flash[1] else "strong")] if self._flash else counts
        right = [("Esc closes", "muted"), (SORTS[self._sort][0], "muted")]
        self.query_one("#sources-head", Bar).show([("Sources", "strong"), *told], right)

    def _write_detail(self) -> None:
        pane, row = self.query_one("#source-detail", LinePane), self.row
        if row is None or not pane.line_width:
            return
        pane.show_lines(detail_lines(row, self._configured.get(row.name), pane.line_width, self._zone))

    # --- commands ------------------------------------------------------------------------------------------------

    def _put(self, row: int) -> None:
        self.query_one(SourceList).put_cursor(row)
        self._write_detail()

    def action_move(self, rows: int) -> None:
        """Moves the cursor by rows."""
        self._put(self.query_one(SourceList).cursor + rows)

    def action_page(self, pages: float) -> None:
        """Moves the cursor by parts of a screenful."""
        pane = self.query_one(SourceList)
        self._put(pane.cursor + int(pages * max(1, pane.scrollable_content_region.height - 1)))

    def action_edge(self, edge: int) -> None:
        """Moves the cursor to the first or the last row."""
        self._put(0 if edge < 0 else len(self._order))

    def on_click(self, event: Click) -> None:
        """Puts the cursor on the row that was clicked."""
        pane = self.query_one(SourceList)
        if event.widget is pane and (row := pane.line_at(event)) >= 0:
            self._put(row)

    async def on_key_clicked(self, message: KeyClicked) -> None:
        """Runs the command."""
        message.stop()
        await self.run_action(message.action)

    def action_source_poll(self) -> None:
        """Asks for the source to be polled now."""
        row = self.row
        if row is None:
            return
        state = row.state.state if row.state else "new"
        if state == "paused":
            self.say(f"{row.name} is paused; resume it to have it polled.", error=True)
            return
        held = row.state.held_until if row.state else None
        if state == "held" and held is not None and held > self._now:
            self.say(
                f"The server of {row.name} asked to be left alone; it is asked when that time is over.", error=True
            )
            return
        self._backstage.ask_poll([row.name], f"Asked for {row.name} to be polled now.")

    def action_source_pause(self) -> None:
        """Pauses the source, or resumes it."""
        row = self.row
        if row is not None:
            pause = row.state is None or row.state.state != "paused"
            told = "is paused until you resume it." if pause else "is polled again."
            self._backstage.pause(row.name, f"{row.name} {told}", paused=pause)

    def action_source_site(self) -> None:
        """Opens the site that the source's newest story is on, or the front page of the feed's own host."""
        url = self._url()
        if url:
            self._backstage.open_site(self._order[self.query_one(SourceList).cursor], site_of(url))

    def action_source_feed(self) -> None:
        """Opens the feed itself."""
        url = self._url()
        if url and has_secret(url):
            self.say("This address holds a secret, which the browser would keep; o opens the site.", error=True)
        elif url:
            self._backstage.open(url)

    def action_source_copy(self) -> None:
        """Copies the feed's address, without what is secret in it."""
        url = self._url()
        if url:
            self.app.copy_to_clipboard(redacted(url))
            self.say("Address copied, without what is secret in it." if has_secret(url) else "Address copied.")

    def action_source_sort(self) -> None:
        """Sorts in the next way; the cursor goes to the top."""
        self._sort = (self._sort + 1) % len(SORTS)
        self._order = ordered(self._names, self._states, self._now, SORTS[self._sort][1])
        self.query_one(SourceList).put_cursor(0)
        self.refill()

    def _url(self) -> str | None:
        row = self.row
        if row is None:
            return None
        source = self._configured.get(row.name)
        url = source.url if source else row.state.url if row.state else ""
        if not url:
            self.say(f"{row.name} has no address any more.", error=True)
        return url or None
