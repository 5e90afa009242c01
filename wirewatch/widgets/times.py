"""Times as the desk shows them: local, with the zone named wherever a day is."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

TODAY = 20 * 3600.0
"""Age up to which the time of day says enough."""


def local(moment: float, zone: tzinfo | None = None) -> datetime:
    """The moment in a zone; None is the machine's own."""
    return datetime.fromtimestamp(moment, zone).astimezone(zone)


def row_time(moment: float, now: float, *, seconds: bool = False, zone: tzinfo | None = None) -> str:
    """The clock time of what is less than 20 hours old, midnight or not; the day and month of what is older.

    Five cells, eight with seconds.
    """
    stamp = local(moment, zone)
    if now - moment < TODAY:
        return stamp.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{stamp.day:2}{stamp.strftime('%b')[:3]}" if not seconds else f"{stamp.day:2} {stamp.strftime('%b')[:3]}"


def clock_time(moment: float, zone: tzinfo | None = None) -> str:
    """`09:02:11`."""
    return local(moment, zone).strftime("%H:%M:%S")


def moment_label(moment: float, now: float, zone: tzinfo | None = None) -> str:
    """`21:44:50` today, `13 Mar 21:44` on another day, `13 Mar 2022 21:44` in another year. The zone isn't named."""
    stamp, today = local(moment, zone), local(now, zone)
    if stamp.date() == today.date():
        return f"{stamp:%H:%M:%S}"
    return f"{stamp.day} {stamp:%b}" + (f" {stamp.year}" if stamp.year != today.year else "") + f" {stamp:%H:%M}"


def zone_letters(moment: float, zone: tzinfo | None = None) -> str:
    """`CET`; `UTC+5:30` where the zone has no letters."""
    return zone_name(moment, zone).partition(" ")[0]


def day_and_time(moment: float, zone: tzinfo | None = None) -> str:
    """`Mon 13 Mar 2023 09:02:11 CET (UTC+1)`."""
    stamp = local(moment, zone)
    return f"{stamp:%a} {stamp.day} {stamp:%b %Y %H:%M:%S} {zone_name(moment, zone)}"


def zone_name(moment: float, zone: tzinfo | None = None) -> str:
    """`CET (UTC+1)`; just `UTC` where the zone is that."""
    stamp = local(moment, zone)
    offset = stamp.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    name = stamp.tzname() or ""
    if not minutes and name in ("UTC", "GMT", "Z"):
        return name
    hours, rest = divmod(abs(minutes), 60)
    distance = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return f"{name} ({distance})" if name and not name.startswith(("+", "-", "UTC")) else distance


def lag(seconds: float) -> str:
    """How much later, in at most seven cells: `+0s`, `+59s`, `+1m29s`, `+2h05m`, `+3d04h`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"+{whole}s"
    if whole < 3600:
        return f"+{whole // 60}m{whole % 60:02}s"
    if whole < 86_400:
        return f"+{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"+{min(whole // 86_400, 999)}d{whole % 86_400 // 3600:02}h"


def until(moment: float, now: float) -> str:
    """How long until a moment: `now`, `12s`, `5m`, `2h05m`."""
    whole = int(moment - now)
    if whole <= 0:
        return "now"
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
