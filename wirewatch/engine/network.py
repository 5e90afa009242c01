"""Whether this machine has a network, judged by what the hosts of its sources say and don't say. Pure.

One host that can't be found is its own trouble. Several that were well a moment ago and can't be found all at once,
with no answer from anybody in between, mean that it is us (FAULT 3); several that all lead to one foreign host that has
no feed mean a sign-in page (FAULT 47).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from wirewatch.errors import FetchError, OfflineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirewatch.errors import ParseError
    from wirewatch.model import Source, SourceState

ENOUGH = 3
"""Hosts at once, or all there are."""
GRACE = 2.0
"""Seconds after the first sign in which an answer still shows that all is well."""


class Suspect(NamedTuple):
    """A failure that may turn out to be the network's: what was known of the source before it."""

    before: SourceState
    host: str
    at: float
    sign: str | None
    """What it is a sign of: `lookup`, or the host that all lead to; None for a failure that says nothing by itself."""
    reason: str


class Network:
    """Times are monotonic seconds. `hosts` is how many hosts there are in all."""

    def __init__(self) -> None:
        self.hosts = 0
        self.down: str | None = None
        """Why there is no network, in plain words; None while there is one."""
        self.suspects: dict[str, Suspect] = {}
        """Failures since the last answer, by source."""
        self.unwell: set[str] = set()
        """Hosts that were in trouble when others answered: until they answer themselves, they say nothing about us."""

    def answered(self, host: str) -> bool:
        """Notes an answer of a source's own host; True when this shows that the network is back."""
        back = self.down is not None
        self.unwell.update(suspect.host for suspect in self.suspects.values())
        self.unwell.discard(host)
        self.suspects.clear()
        self.down = None
        return back

    def failed(self, host: str, before: SourceState, error: FetchError | ParseError, tick: float) -> bool:
        """Notes a failure; True where it is the network's, which is known to be down. False leaves it open."""
        if is_answer(error) or getattr(error, "held_until", None) is not None:
            return False
        if self.down is None:
            sign = "lookup" if isinstance(error, OfflineError) else getattr(error, "led_to", None)
            self.suspects.setdefault(before.name, Suspect(before, host, tick, sign, str(error)))
        return self.down is not None

    def judge(self, tick: float, *, grace: float = GRACE) -> str | None:
        """Why there is no network, where that has just become clear: then the `suspects` are not to blame."""
        if self.down is not None:
            return None
        signs: dict[str, dict[str, Suspect]] = {}
        for suspect in self.suspects.values():
            if suspect.sign is not None and suspect.host not in self.unwell:
                signs.setdefault(suspect.sign, {}).setdefault(suspect.host, suspect)
        for sign, hosts in signs.items():
            enough = min(ENOUGH, max(self.hosts - len(self.unwell), 1 if sign == "lookup" else 2))
            if len(hosts) >= enough and tick - min(suspect.at for suspect in hosts.values()) >= grace:
                first = next(iter(hosts.values()))
                self.down = first.reason if sign == "lookup" else f"every address leads to {sign}: a sign-in page?"
                return self.down
        return None


def is_answer(error: FetchError | ParseError) -> bool:
    """True for a failure that the source itself sent, over a network that works.

    Not where a time to wait is named: that may be remembered from before, and nobody was asked.
    """
    if not isinstance(error, FetchError):
        return True
    return error.status is not None and error.led_to is None and error.held_until is None


def witnesses(sources: Iterable[Source]) -> dict[str, Source]:
    """The sources that tell whether there is a network: none on this machine or beside it, if there are others."""
    by_name = {source.name: source for source in sources}
    return {name: source for name, source in by_name.items() if not source.private} or by_name


def host_of(source: Source) -> str:
    """Host and port of a source's URL."""
    return _host_of(source.url)


@lru_cache(maxsize=4096)
def _host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
