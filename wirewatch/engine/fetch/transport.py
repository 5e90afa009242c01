"""httpx's transport over our own connections to one place.

httpx's own is built on httpcore's pool, which offers no way in for a network backend from httpx, looks through all of
its connections at every request, and loses connections for good when requests in it are cancelled, as every total
deadline does (encode/httpcore 1093). There are never more than a handful of connections to one host here and a turn is
taken before each request, so no pool is needed: a connection is idle, or it is one request's own and closed when that
one fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Transport(httpx.AsyncBaseTransport):
    """Sends requests as they are: no cookies, no redirects, no log of URLs.

    `maker` makes the connections; nothing else of it is used. Raises httpcore's errors and Trouble.
    """

    def __init__(self, maker: httpcore.AsyncConnectionPool) -> None:
        self._maker = maker
        self._idle: list[httpcore.AsyncConnectionInterface] = []
        self._busy: set[httpcore.AsyncConnectionInterface] = set()

    @property
    def connections(self) -> int:
        """How many are open or being opened."""
        return len(self._idle) + len(self._busy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one answer; the body is still to come."""
        url = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        connection = await self._waiting() or self._maker.create_connection(sent.url.origin)
        self._busy.add(connection)
        try:
            answer = await connection.handle_async_request(sent)
        except BaseException:
            self._busy.discard(connection)
            await connection.aclose()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(self, connection, answer),
            extensions=answer.extensions,
            request=request,
        )

    async def _waiting(self) -> httpcore.AsyncConnectionInterface | None:
        """The connection used last, if it is still good; what isn't is closed."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.has_expired() and not connection.is_closed():
                return connection
            await connection.aclose()
        return None

    async def back(self, connection: httpcore.AsyncConnectionInterface) -> None:
        """Keeps the connection of a finished answer for the next request, or closes it."""
        if connection not in self._busy:
            return
        self._busy.discard(connection)
        if connection.is_idle() and not connection.has_expired():
            self._idle.append(connection)
        else:
            await connection.aclose()

    async def drop_idle(self) -> None:
        """Closes what waits: the next request goes over a new connection."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.aclose()

    async def aclose(self) -> None:
        """Closes all connections, whoever uses them."""
        busy, self._busy = self._busy, set()
        await self.drop_idle()
        for connection in busy:
            await connection.aclose()


class _Stream(httpx.AsyncByteStream):
    """The body of an answer, which gives its connection back when closed."""

    def __init__(
        self, transport: Transport, connection: httpcore.AsyncConnectionInterface, answer: httpcore.Response
    ) -> None:
        self._transport = transport
        self._connection = connection
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        try:
            await self._answer.aclose()
        finally:
            await self._transport.back(self._connection)
