"""What a desk does about alerts: it says them in the status line, rings, marks the title, asks for notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from wirewatch.clock import MINUTE
from wirewatch.store.contract import AlertsStanding
from wirewatch.widgets.cells import fit, steady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.clock import Clock
    from wirewatch.model import Alert
    from wirewatch.widgets.bars import Part
    from wirewatch.widgets.signals import Signals

FRESH = 10 * MINUTE
"""An alert that a desk hears of later than this (it was suspended) is shown but makes no noise."""
NOTES_MOST = 3
"""Notifications at once; the rest are a number in one more."""
RINGS = {"none": 0, "bell": 1, "alarm": 3}
FIGURES = 26
"""Cells that a wide status line keeps for its figures."""

SHORT = {
    "new": "",
    "grown": "GROWING",
    "raised": "RAISED",
    "corrected": "CORRECTED",
    "killed": "KILLED",
    "flood": "",
    "quiet": "",
}
"""What is said before the headline of an alert that isn't a story's first."""
INKS = {"killed": "alarm", "corrected": "amend", "grown": "watch", "raised": "alarm", "flood": "warn", "quiet": "warn"}


class Alarm:
    """The alerts that wait for a reader, and what they were told of."""

    def __init__(self, clock: Clock, signals: Signals | None = None) -> None:
        self.standing = AlertsStanding()
        self.signals = signals
        self._clock = clock
        self._title = False

    def take(self, news: Sequence[Alert], standing: AlertsStanding) -> None:
        """Takes over how the log stands, and makes the noise that is asked for."""
        self.standing = standing
        now = self._clock.now()
        told = [alert for alert in news if alert.state == "told" and now - alert.at <= FRESH and alert.acked is None]
        self._title = self._title or any("title" in alert.channels for alert in told)
        self._mark_title()
        if self.signals is None:
            return
        rings = max((RINGS.get(alert.sound, 1) for alert in told if "bell" in alert.channels), default=0)
        if rings:
            self.signals.ring(rings)
        self._notify([alert for alert in told if "desktop" in alert.channels])

    def words(self, room: int) -> list[Part]:
        """What the status line says of alerts in so many cells: how many wait, and the newest; empty for none."""
        newest = self.standing.newest
        if newest is None:
            return []
        found = [self.badge]
        used = cell_len(found[0][0]) + 2
        hint = "  a  !"
        if room >= 100:
            room -= FIGURES
        if lead := SHORT[newest.why]:
            found.append((lead, INKS[newest.why]))
            used += len(lead) + 2
        said = steady(f"{newest.source}: {newest.headline}" if newest.source else newest.headline)
        left = room - used - len(hint)
        if left >= 8:
            found.append((fit(said, left).rstrip(), "strong"))
        return [*found, ("a", "key"), ("!", "key")] if left >= 8 else found

    @property
    def badge(self) -> Part:
        """How many alerts nobody has acknowledged."""
        number = self.standing.unacked
        heard = self.standing.newest is not None and self.standing.newest.state == "told"
        return (f" {number} ALERT{'S' * (number != 1)} ", "flash") if heard else (f" {number} LOGGED ", "badge")

    def _mark_title(self) -> None:
        if self.signals is not None and self._title:
            number = self.standing.unacked
            self.signals.mark_title(f"({number})" if number else "")

    def _notify(self, alerts: list[Alert]) -> None:
        if self.signals is None:
            return
        for alert in alerts[:NOTES_MOST]:
            lead = SHORT[alert.why] or "ALERT"
            self.signals.notify(f"{lead} {alert.source}".strip(), alert.headline, number=alert.n)
        if len(alerts) > NOTES_MOST:
            self.signals.notify("More alerts", f"{len(alerts) - NOTES_MOST} more", number=alerts[-1].n)
