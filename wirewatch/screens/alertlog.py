"""The alert log: every alert, the newest first, whether it was heard or not; Enter goes to its story."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from wirewatch.screens.overlays import Overlay
from wirewatch.widgets.alarm import INKS, SHORT
from wirewatch.widgets.bars import Bar
from wirewatch.widgets.cells import fit, line_breaks, steady
from wirewatch.widgets.linepane import LinePane
from wirewatch.widgets.marks import PRIORITY_MARKS
from wirewatch.widgets.rows import PRIORITY_INKS
from wirewatch.widgets.times import moment_label, row_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click

    from wirewatch.clock import Clock
    from wirewatch.model import Alert
    from wirewatch.widgets.writer import Line

STATES = {
    "told": "",
    "held": "held in quiet hours",
    "folded": "over the budget",
    "cooling": "its rule had its say a moment ago",
    "late": "old news when it came",
}
"""Why an alert wasn't heard."""
EMPTY = (
    "No alerts yet.",
    "",
    (
        "A story alerts when a [[rule]] with `alert` hits it. While there is none, it alerts when it is urgent and "
        "names what you watch, or an agency labels it so."
    ),
)
WORD_CELLS = 9
RULE_FROM = 72
"""Width from which the rule has a column."""


class AlertLog(Overlay):
    """The newest alerts as lines with a cursor; `act` gets what the reader wants: `open`, `link`, `ack`, `ack-all`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "dismiss", "Close"),
        Binding("enter", "act('open')", "Story"),
        Binding("o", "act('link')", "Open"),
        Binding("a", "act('ack')", "Acknowledge"),
        Binding("A,ctrl+a", "act('ack-all')", "Acknowledge all"),
    ]
    HEAD = "Alerts"

    def __init__(self, act: Callable[[str, Alert | None], None], clock: Clock, zone: tzinfo | None) -> None:
        super().__init__()
        self._act = act
        self._clock = clock
        self._zone = zone
        self.alerts: Sequence[Alert] | None = None
        self.at = 0

    def compose(self) -> ComposeResult:
        """The box, with a line below it that says more of the alert under the cursor."""
        yield from super().compose()

    def on_mount(self) -> None:
        """Puts the line for the cursor's alert into the box."""
        super().on_mount()
        self.query_one("#box").mount(Bar(id="box-foot"))

    @property
    def cursor(self) -> Alert | None:
        """The alert under the cursor."""
        return self.alerts[self.at] if self.alerts and self.at < len(self.alerts) else None

    def show(self, alerts: Sequence[Alert]) -> None:
        """Shows the log as it stands now; the cursor stays on its alert."""
        stood = self.cursor.n if self.cursor else None
        first = self.alerts is None
        self.alerts = alerts
        waiting = next((row for row, alert in enumerate(alerts) if alert.acked is None), 0)
        kept = next((row for row, alert in enumerate(alerts) if alert.n == stood), min(self.at, len(alerts) - 1))
        self.at = max(0, waiting if first else kept)
        if self.is_mounted:
            self.refill()

    def lines(self, width: int) -> Sequence[Line]:
        """A line an alert."""
        if self.alerts is None:
            return [(("Reading the alert log …", "muted"),)]
        if not self.alerts:
            return [
                ((text[start:end], "text" if number == 0 else "muted"),)
                for number, text in enumerate(EMPTY)
                for start, end in line_breaks(text, max(1, width)) or [(0, 0)]
            ]
        return [self._line(alert, width, here=row == self.at) for row, alert in enumerate(self.alerts)]

    def refill(self) -> None:
        """Lays the lines out again, and says more of the one under the cursor."""
        if len(self.query("#box-head, #box-lines")) < 2:  # it is being closed, and what it is made of goes one by one
            return
        super().refill()
        head, foot = self.query_one("#box-head", Bar), self.query("#box-foot")
        waiting = sum(alert.acked is None for alert in self.alerts or ())
        count = [(f"{waiting} to acknowledge", "warn")] if waiting else []
        head.show(
            [(self.HEAD, "strong"), *count],
            [("Esc closes", "muted"), ("Enter story", "muted"), ("a acknowledges", "muted"), ("A all", "muted")],
        )
        for bar in foot.results(Bar):
            bar.show(self._about(self.cursor) if self.cursor else [])

    def action_move(self, lines: int) -> None:
        """Moves the cursor by lines."""
        self._go(self.at + lines)

    def action_page(self, pages: float) -> None:
        """Moves the cursor by pages."""
        self._go(self.at + int(pages * max(1, self.query_one(LinePane).scrollable_content_region.height - 1)))

    def action_edge(self, edge: int) -> None:
        """Moves the cursor to the first or the last alert."""
        self._go(0 if edge < 0 else len(self.alerts or ()) - 1)

    def action_act(self, what: str) -> None:
        """Tells what the reader wants with the alert under the cursor."""
        if self.cursor is not None:
            self._act(what, self.cursor)

    def on_click(self, event: Click) -> None:
        """Puts the cursor where the reader clicked."""
        pane = self.query_one(LinePane)
        if event.widget is pane and 0 <= (row := pane.line_at(event)) < len(self.alerts or ()):
            self._go(row)

    def _go(self, row: int) -> None:
        last = len(self.alerts or ()) - 1
        if last < 0:
            return
        self.at = min(max(0, row), last)
        self.refill()
        pane = self.query_one(LinePane)
        top, height = int(pane.scroll_offset.y), pane.scrollable_content_region.height
        if not top <= self.at < top + height:
            pane.move_to(self.at if self.at < top else self.at - height + 1)

    def _line(self, alert: Alert, width: int, *, here: bool) -> Line:
        """An alert: cursor, whether it waits, time, urgency, what kind, its rule, source and headline."""
        dim = alert.acked is not None
        level = min(max(alert.priority, 0), 4)
        time = row_time(alert.at, self._clock.now(), seconds=width >= RULE_FROM, zone=self._zone)
        cells = 8 if width >= RULE_FROM else 5
        word = SHORT[alert.why] or (
            "SUM" if alert.why in ("flood", "quiet") else alert.state.upper() * bool(STATES[alert.state])
        )
        said = f"{alert.source}: {alert.headline}" if alert.source else alert.headline
        rule = fit(steady(alert.rule), 12) + " " if width >= RULE_FROM else ""
        room = width - 3 - cells - 1 - 3 - WORD_CELLS - 1 - len(rule)
        return (
            ("▌" if here else " ", "key"),
            ("  " if dim else "● ", "warn"),
            (fit(time, cells) + " ", "faint" if dim else "muted"),
            (PRIORITY_MARKS[level], "faint" if dim else PRIORITY_INKS[level]),
            (" " + fit(word, WORD_CELLS) + " ", "faint" if dim else INKS.get(alert.why, "muted")),
            (rule, "faint" if dim else "watch"),
            (fit(steady(said), max(1, room)), ("strong" if here else "faint") if dim else "strong" if here else "text"),
        )

    def _about(self, alert: Alert) -> list[tuple[str, str]]:
        """Why it is an alert, why it wasn't heard, and who acknowledged it when."""
        now = self._clock.now()
        parts = [(f"{alert.rule}: {alert.reason}" if alert.rule else alert.reason, "text")] if alert.reason else []
        if STATES[alert.state]:
            parts.append((f"not heard: {STATES[alert.state]}", "warn"))
        if alert.outlets > 1:
            parts.append((f"×{alert.outlets}", "strong"))
        if alert.acked is not None and alert.state != "late":
            parts.append((f"acknowledged {moment_label(alert.acked, now, self._zone)}", "muted"))
        return parts
