"""One request to one place and its answer, read whole or let go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import httpcore

from wirewatch.engine.fetch import body, headers
from wirewatch.engine.fetch.trouble import Trouble

if TYPE_CHECKING:
    import httpx

    from wirewatch.engine.fetch.clients import Client, Clients, Place
    from wirewatch.engine.fetch.limits import Limits

DOCUMENTS = frozenset({200, 203, 226})
"""Statuses that bring a document. 226 (RFC 3229) brings only what is new; nothing is ever missed for being absent."""
SMALL = 16 * 1024
"""Bytes of an unwanted body that are read, so that the connection can be used again."""
STEPS = 4
"""Steps of unpacking, of 64 KB at most each, before others have their turn."""


class Answer(NamedTuple):
    """What came back. `content` and its hash are None unless the status brings a document."""

    status: int
    found: dict[str, str]
    content: bytes | None
    body_hash: str | None
    raw: int


async def exchange(clients: Clients, place: Place, request: httpx.Request, limits: Limits) -> Answer:
    """The answer; asked again once, on a new connection, when the server had dropped the old one (FAULTS 9, 10).

    Raises FetchError, Trouble, httpcore's errors.
    """
    async with clients.lease(place) as client:
        try:
            answer = await _answer(client, request, limits)
        except Trouble as trouble:
            if not trouble.stale:
                raise
            await client.transport.drop_idle()
            answer = await _answer(client, request, limits)
        client.served += 1
        return answer


async def _answer(client: Client, request: httpx.Request, limits: Limits) -> Answer:
    try:
        response = await client.transport.handle_async_request(request)
    except httpcore.RemoteProtocolError:
        # what a server sent beyond its last answer is taken for the next one: a new connection clears that up
        raise Trouble(
            f"{request.url.raw_host.decode('ascii')} doesn't answer in valid HTTP", stale=client.served > 0
        ) from None
    try:
        found = headers.fields(response.headers.raw)
        if response.status_code not in DOCUMENTS:
            await _let_go(response, found)
            return Answer(response.status_code, found, None, None, 0)
        taken = body.Body(body.codings(found.get("content-encoding")), limits.decoded)
        async for piece in response.stream:  # type: ignore[union-attr]
            for steps, _ in enumerate(taken.steps(piece), 1):
                if steps % STEPS == 0:
                    await asyncio.sleep(0)  # what unpacks to very much isn't unpacked at one go
        return Answer(response.status_code, found, taken.end(), taken.hash(), taken.raw)
    finally:
        await response.stream.aclose()  # type: ignore[union-attr]


async def _let_go(response: httpx.Response, found: dict[str, str]) -> None:
    """Reads a small rest that nobody wants; a large one is cut off with its connection."""
    length = found.get("content-length", "")
    if response.status_code in {204, 304} or (length.isdecimal() and int(length) <= SMALL):
        async for _ in response.stream:  # type: ignore[union-attr]
            pass
