"""Peace with hosts: few requests at once, a breath between them, and silence for as long as a host asked for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

HOLDS_MOST = 4096


class _Host:
    __slots__ = ("free_at", "slots", "users")

    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.free_at = 0.0
        self.users = 0


class Pace:
    """Gives turns to requests: `in_flight` in all, fewer to each host. `now` is monotonic seconds; `sleep` waits."""

    def __init__(
        self,
        in_flight: int,
        *,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._all = asyncio.Semaphore(in_flight)
        self._now = now
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._holds: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str, *, at_once: int, spacing: float) -> AsyncIterator[None]:
        """Waits for a turn with a host and keeps it; turns begin in order, `spacing` seconds apart."""
        now = self._now or asyncio.get_running_loop().time
        entry = self._hosts.get(host)
        if entry is None:
            self._tidy(now())
            entry = self._hosts[host] = _Host(at_once)
        entry.users += 1
        try:
            # whoever waits for a host holds up nobody else; whoever may ask waits at most for the breath between two
            async with entry.slots, self._all:
                begin = max(now(), entry.free_at)
                entry.free_at = begin + spacing
                if begin > now():
                    await self._sleep(begin - now())
                yield
        finally:
            entry.users -= 1

    def _tidy(self, now: float) -> None:
        if len(self._hosts) >= HOLDS_MOST:
            self._hosts = {host: entry for host, entry in self._hosts.items() if entry.users or entry.free_at > now}

    def hold(self, host: str, until: float, now: float) -> None:
        """No request to a host before `until` (wall time), unless a longer silence was asked for before."""
        self._holds[host] = max(until, self._holds.get(host, until))
        if len(self._holds) > HOLDS_MOST:
            self._holds = {host: until for host, until in self._holds.items() if until > now}

    def held_until(self, host: str, now: float) -> float | None:
        """The time before which the host wants no request, None when it may be asked."""
        until = self._holds.get(host)
        if until is not None and until <= now:
            del self._holds[host]
            return None
        return until
