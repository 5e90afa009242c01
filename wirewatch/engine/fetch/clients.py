"""A client for each host, kept for as long as it is used: connections stay open, hosts never meet."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx

    from wirewatch.engine.fetch.transport import Transport


class Place(NamedTuple):
    """What a client is for. A private host that may be reached and the same host that may not be are two places."""

    scheme: str
    host: str
    port: int | None
    private: bool
    proxy: str | None


def place_of(url: httpx.URL, *, private: bool, proxy: str | None) -> Place:
    """The place that a URL is asked at."""
    return Place(url.scheme, url.raw_host.decode("ascii"), url.port, private, proxy)


class Client:
    """The way to one place, and what is known of it."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.users = 0
        self.served = 0
        """Answers that came in whole."""
        self.used_at = 0.0


class Clients:
    """Clients by place, the ones used least lately closed when there are too many or they were idle for long."""

    def __init__(self, build: Callable[[Place], Transport], *, most: int, idle: float) -> None:
        self._build = build
        self._most = most
        self._idle = idle
        self._by_place: dict[Place, Client] = {}
        self.built = 0

    @property
    def connections(self) -> int:
        """Open connections to all places."""
        return sum(client.transport.connections for client in self._by_place.values())

    def __len__(self) -> int:
        return len(self._by_place)

    @asynccontextmanager
    async def lease(self, place: Place) -> AsyncIterator[Client]:
        """The client of a place, which isn't closed while it is used."""
        client = self._by_place.pop(place, None)
        if client is None:
            client = Client(self._build(place))
            self.built += 1
        self._by_place[place] = client
        client.users += 1
        try:
            yield client
        finally:
            client.users -= 1
            client.used_at = asyncio.get_running_loop().time()
        await self._tidy(client.used_at)

    async def _tidy(self, now: float) -> None:
        """Closes what has been idle for long, and the oldest ones beyond the limit; the dict is in order of use."""
        spent: list[Place] = []
        for place, client in self._by_place.items():
            if len(self._by_place) - len(spent) <= self._most and client.used_at + self._idle > now:
                break
            if not client.users:
                spent.append(place)
        for place in spent:
            await self._by_place.pop(place).transport.aclose()

    async def close(self) -> None:
        """Closes all, whoever uses them."""
        clients, self._by_place = self._by_place, {}
        for client in clients.values():
            await client.transport.aclose()
