"""Which stories a person is alerted to, how loudly and how often. Pure: no store, no network, no clock of its own."""

from wirewatch.alerts.decide import Decider, News
from wirewatch.alerts.hits import Hit, watched_hits
from wirewatch.alerts.quiet import Quiet

__all__ = ["Decider", "Hit", "News", "Quiet", "watched_hits"]
