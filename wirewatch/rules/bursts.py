"""What is suddenly talked about: a name's mentions of the last hour against its own week."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wirewatch.clock import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK = 7 * DAY
LEAST = 5
"""Mentions in the last hour below which nothing is a burst."""
TIMES = 3.0
"""How many times the usual number it takes."""
SOURCES = 2
"""Sources that it takes: one outlet's series is no burst."""


class Mention(NamedTuple):
    """A story that names something: when it came, from which source."""

    at: float
    source: str


class Burst(NamedTuple):
    """How often something was named in the last hour, and how often it usually is in one."""

    name: str
    last_hour: int
    usual: float
    """Mentions an hour over the week before."""
    sources: int

    @property
    def bursting(self) -> bool:
        """True when that is much more than usual."""
        return self.last_hour >= LEAST and self.last_hour > TIMES * self.usual and self.sources >= SOURCES


def measured(name: str, mentions: Sequence[Mention], now: float, *, known_since: float = 0.0) -> Burst:
    """The last hour's mentions against the week before it; of a shorter past (`known_since`) only what there is."""
    hour = [mention for mention in mentions if now - HOUR < mention.at <= now]
    begin = max(now - WEEK, known_since)
    before = sum(begin <= mention.at <= now - HOUR for mention in mentions)
    hours = max(1.0, (now - HOUR - begin) / HOUR)
    return Burst(name, len(hour), before / hours, len({mention.source for mention in hour}))
