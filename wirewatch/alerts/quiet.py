"""Hours in which nothing is to be heard: times of the local day, over midnight and through changes of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Hours = tuple[int, int]
"""Minutes of the local day, begin and end; one that ends before it begins goes over midnight."""


class Quiet:
    """Spans of the day in one zone; None is the machine's own."""

    def __init__(self, hours: Sequence[Hours], zone: tzinfo | None = None) -> None:
        self.hours = tuple(hours)
        self._zone = zone

    def __bool__(self) -> bool:
        return bool(self.hours)

    def until(self, moment: float) -> float | None:
        """When the quiet hours end that this moment falls into (both seconds since the epoch, UTC); None outside them.

        Spans that follow on each other without a gap are one.
        """
        end = None
        while (later := self._end(moment if end is None else end)) is not None:
            end = later
            if end - moment > 2 * 86400:  # they go round the clock
                break
        return end

    def _end(self, moment: float) -> float | None:
        stamp = self._local(moment)
        minute = stamp.hour * 60 + stamp.minute
        ends = []
        for begin, end in self.hours:
            if begin < end:
                inside, days = begin <= minute < end, 0
            else:
                inside, days = minute >= begin or minute < end, int(minute >= begin)
            if inside:
                ends.append(self._at(stamp, days, end, after=moment))
        return max(ends, default=None)

    def _local(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self._zone).astimezone(self._zone)

    def _at(self, day: datetime, days: int, minute: int, *, after: float) -> float:
        """The first moment after another at which the local clock shows a minute; 1440 is midnight at the day's end.

        An hour that the clock goes through twice is quiet both times.
        """
        date = day.date() + timedelta(days=days + minute // 1440)
        for fold in (0, 1):
            bare = datetime(date.year, date.month, date.day, minute % 1440 // 60, minute % 60, fold=fold)  # noqa: DTZ001
            found = (bare.replace(tzinfo=self._zone) if self._zone is not None else bare.astimezone()).timestamp()
            if found > after:
                return found
        return after + 60.0
