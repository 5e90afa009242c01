"""How the wire's day runs against the clock on the wall.

Time on the wire runs `factor` times faster than life from `begin` on, which falls on the wall time `started`. The times
that feeds print are mapped so that a desk looks live:

- a piece from after `begin` carries the wall time at which it came up, so the newest one is always "now" and none is
  ever in the future;
- a piece from before `begin` lies as long before the start as it did in life: what was two hours old at `begin` is two
  hours old when the demo starts.

The mapping never changes while a server runs, so a piece keeps its time, and with it its feed keeps its validators.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """A day's speed. `begin` is a moment of the wire, `started` of the wall; both seconds since the epoch, UTC."""

    begin: float
    started: float
    """A whole second is best: feeds print no fractions, so a time would come back a second short."""
    factor: float = 60.0
    """Seconds of the wire in one of life. Infinite means that all has happened at once, before the start."""

    def wire(self, now: float) -> float:
        """The moment of the wire at a wall time; never before `begin`, whatever the wall clock does."""
        if math.isinf(self.factor):
            return self.begin
        return self.begin + max(0.0, now - self.started) * self.factor

    def shown(self, at: float) -> float:
        """The wall time that a moment of the wire is shown as."""
        if at <= self.begin or math.isinf(self.factor):
            return self.started - (self.begin - at)
        return self.started + (at - self.begin) / self.factor

    def happened(self, shown: float) -> float:
        """The moment of the wire behind a time as shown: the inverse of `shown`."""
        if shown <= self.started or math.isinf(self.factor):
            return self.begin - (self.started - shown)
        return self.begin + (shown - self.started) * self.factor
