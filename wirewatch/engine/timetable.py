"""When each source is polled next, in seconds of the monotonic clock, which no setting of the wall clock moves."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wirewatch.clock import MINUTE
from wirewatch.engine import schedule

if TYPE_CHECKING:
    import random
    from collections.abc import Container, Iterable, Mapping, Sequence

    from wirewatch.clock import Clock
    from wirewatch.model import Source, SourceState

JUMP = MINUTE
"""Seconds by which the wall clock must have run ahead, or a poll be late, before the schedule is looked at anew."""


class Timetable:
    """Due times by the names of sources; a source that is being polled has none."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self.due: dict[str, float] = {}
        self._soonest = -inf
        """Nothing is due before, but for sources that are being polled: most looks at the table end here."""
        self._clock = clock
        self._rng = rng
        self._offset = clock.now() - clock.monotonic()

    def plan(self, sources: Sequence[Source], states: Mapping[str, SourceState]) -> None:
        """Every source its next moment, from the persisted schedule; no burst after a restart or a long sleep."""
        now, tick = self._clock.now(), self._clock.monotonic()
        moments = schedule.resume(sources, states, now=now, rng=self._rng)
        self.due = {name: tick + max(0.0, moment - now) for name, moment in moments.items()}
        self._soonest = -inf

    def put(self, name: str, delay: float = 0.0) -> None:
        """Has a source polled in so many seconds."""
        self._set(name, self._clock.monotonic() + max(0.0, delay))

    def _set(self, name: str, moment: float) -> None:
        self.due[name] = moment
        self._soonest = min(self._soonest, moment)

    def landed(self, name: str, *, still_there: bool = True) -> None:
        """Looks at a source again that isn't being polled any more, or forgets one that is no longer configured."""
        if still_there:
            self._soonest = min(self._soonest, self.due.get(name, inf))
        else:
            self.due.pop(name, None)

    def take(self, names: Container[str], busy: Container[str]) -> list[str]:
        """What is due now and not being polled; it has no due time any more, nor has what isn't among `names`."""
        tick = self._clock.monotonic()
        if tick < self._soonest:
            return []
        for name in [name for name in self.due if name not in names]:
            del self.due[name]
        found = [name for name, moment in self.due.items() if moment <= tick and name not in busy]
        for name in found:
            del self.due[name]
        self._soonest = min((moment for name, moment in self.due.items() if name not in busy), default=inf)
        return found

    def wait(self) -> float | None:
        """Seconds until something may be due, None when nothing will be."""
        return max(0.0, self._soonest - self._clock.monotonic()) if self._soonest < inf else None

    def slept(self, busy: Container[str]) -> bool:
        """True once after this machine slept or its clock was put forward (FAULTS 64, 65): time for a new plan."""
        tick = self._clock.monotonic()
        offset = self._clock.now() - tick
        jumped, self._offset = offset - self._offset > JUMP, offset
        late = self._soonest < tick - JUMP
        return jumped or (late and any(moment < tick - JUMP and name not in busy for name, moment in self.due.items()))

    def sweep(self, sources: Iterable[Source]) -> None:
        """Has these sources polled soon, now that the network is back."""
        for name, delay in schedule.sweep(sources, rng=self._rng).items():
            self.put(name, delay)

    def take_turns(self, names: Container[str], last: Container[str] = ()) -> None:
        """Makes probes of these sources: one every 15 s, however many they are; in the order of their due times."""
        tick = self._clock.monotonic()
        order = sorted((name in last, moment, name) for name, moment in self.due.items() if name in names)
        for turn, (_, _, name) in enumerate(order):
            self._set(name, tick + (turn + 1) * schedule.PROBE)

    def probe(self, name: str, names: Container[str]) -> None:
        """Gives a source its next turn as a probe, after those of these others (FAULT 3)."""
        tick = self._clock.monotonic()
        last = max((moment for other, moment in self.due.items() if other in names), default=tick)
        self._set(name, max(last, tick) + schedule.PROBE)
