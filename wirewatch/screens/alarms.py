"""The commands that have to do with alerts, and what the threads tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.screens.commands import Commands
from wirewatch.widgets.roll import Spot

if TYPE_CHECKING:
    from wirewatch.model import Alert, Story
    from wirewatch.screens.alertlog import AlertLog
    from wirewatch.widgets import messages
    from wirewatch.widgets.alarm import Alarm
    from wirewatch.widgets.bars import Part


class Alarms(Commands):
    """A dashboard that alerts are told at."""

    alarm: Alarm
    alert_log: AlertLog | None = None
    """The log, while it is open."""

    def on_alerted(self, message: messages.Alerted) -> None:
        """Says and sounds what is new in the alert log."""
        self.alarm.take(message.alerts, message.standing)
        if self.alert_log is not None and self.alert_log.is_attached:
            self.backstage.read_alerts()
        self._refresh_words()

    def on_configured(self, message: messages.Configured) -> None:
        """Takes over how an edited configuration wants notifications; Textual calls every class's handler."""
        if self.alarm.signals is not None:
            self.alarm.signals.use(message.config.alerts.desktop)

    def on_alerts_read(self, message: messages.AlertsRead) -> None:
        """Shows the log as it stands."""
        if self.alert_log is not None:
            self.alert_log.show(message.alerts)

    def action_alerts(self) -> None:
        """Opens the alert log."""
        from wirewatch.screens.alertlog import AlertLog

        self.alert_log = AlertLog(self._act, self._clock, self._zone)
        self.app.push_screen(self.alert_log)
        self.backstage.read_alerts()

    def action_ack(self) -> None:
        """Acknowledges the alert that the status line says."""
        newest = self.alarm.standing.newest
        if newest is None:
            self.say("There is no alert to acknowledge.")
        else:
            self.backstage.ack([newest.n])

    def action_ack_all(self) -> None:
        """Acknowledges all alerts that there are now."""
        standing = self.alarm.standing
        if not standing.unacked:
            self.say("There is no alert to acknowledge.")
        else:
            self.backstage.ack(up_to=standing.last)
            self.say(f"{standing.unacked} alert{'s' * (standing.unacked != 1)} acknowledged.")

    def on_story_found(self, message: messages.StoryFound) -> None:
        """Goes to the story of an alert, wherever it is."""
        if message.story is None:
            self.say("That story isn't stored any more.", error=True)
        else:
            self.go_to(message.story)

    def go_to(self, story: Story) -> None:
        """Puts the cursor on a story: in the list, or in a search for it where the list doesn't reach."""
        self.leave_text()
        row = self.feed.roll.row_of(Spot(story.id))
        if row is None and self.views.now.kind != "all":
            while (view := self.views.leave()) is not None:
                self.show_view(view)
            row = self.feed.roll.row_of(Spot(story.id))
        if row is None:
            self.ask_for("search", f"story:{story.id}")
            return
        self.feed.move_to(row)
        self.feed.hold()

    def ask_for(self, kind: str, text: str, query: str | None = None) -> None:
        """Goes into the view that a query asks for."""
        raise NotImplementedError

    def _refresh_words(self) -> None:
        """Writes anew whatever speaks of the wire as a whole."""
        raise NotImplementedError

    def with_alerts(self, left: list[Part], flash: tuple[str, bool] | None, room: int) -> list[Part]:
        """What stands at the left: the alerts, or a notice; beside what is wrong with the wire only their number."""
        frozen: list[Part] = [(" FROZEN ", "badge")] if self.feed.frozen else []
        if flash is not None:
            return [*self.alarm.words(0)[:1], (flash[0], "bad" if flash[1] else "strong")]
        badges = self.standing.demo + self.standing.read_only
        ahead, rest = [*frozen, *left[:badges]], left[badges:]
        words = self.alarm.words(room - sum(len(text) + 2 for text, _ in ahead))
        if not words:
            return [*ahead, *rest]
        wrong = any(ink in ("bad", "flash", "warn") and "failing" not in text for text, ink in rest)
        return [*ahead, words[0], *rest] if wrong else [*ahead, *words]

    def _act(self, what: str, alert: Alert | None) -> None:
        """Does what the reader of the log wants."""
        if what == "ack-all":
            self.action_ack_all()
        elif alert is not None:
            if alert.acked is None:
                self.backstage.ack([alert.n])
            if what == "link" and alert.url:
                self.backstage.open(alert.url)
            if what == "open" and alert.story:
                if self.alert_log is not None:
                    self.alert_log.dismiss()
                self.backstage.find_story(alert.story)
