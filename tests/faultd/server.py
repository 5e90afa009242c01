"""The server: raw sockets under asyncio, counters of all that was asked."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Fault = Callable[["Exchange"], Awaitable[None]]

CERTS = Path(__file__).parent / "certs"
Certificate = Literal["good", "expired", "self-signed", "wrong-host"]


def trusting() -> ssl.SSLContext:
    """A client's TLS context that trusts the test authority and nobody else."""
    return ssl.create_default_context(cafile=str(CERTS / "ca.pem"))


@dataclass
class Seen:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    """By lower-case name, one character a byte."""
    head: bytes
    connection: int
    """Which connection it came over, counted from 1."""
    nth: int
    """Which request of that connection it was, counted from 1."""
    at: float
    """The loop's time when it was there."""


@dataclass
class Exchange:
    """What a fault can do with a request."""

    server: FaultServer
    seen: Seen
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    keep: bool = field(default=True)
    """The connection stays open for another request."""

    async def send(self, piece: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(piece)
        await self.writer.drain()

    async def answer(
        self, body: bytes = b"", *headers: str, status: str = "200 OK", length: bool = True, version: str = "1.1"
    ) -> None:
        """Sends a proper answer; each header is a whole line."""
        lines = [f"HTTP/{version} {status}", *headers]
        if length and not status.startswith(("304", "204", "1")):
            lines.append(f"Content-Length: {len(body)}")
        await self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def close(self) -> None:
        """Ends the connection after this answer."""
        self.keep = False

    def reset(self) -> None:
        """Breaks the connection with a RST."""
        self.keep = False
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def hang(self) -> None:
        """Does nothing until the client goes away or the test ends."""
        self.keep = False
        await self.reader.read()

    async def gone(self) -> bool:
        """True as soon as the client has hung up; checked without waiting."""
        await asyncio.sleep(0)
        return self.reader.at_eof() or self.writer.transport.is_closing()


class FaultServer:
    """`async with FaultServer() as server: server.url("/gzip-bomb")`. Paths that are no fault are set with `on`."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificate: Certificate | None = None,
        silent: bool = False,
        blunt: bytes | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.requests: list[Seen] = []
        self.connections = 0
        self.in_flight = 0
        self.peak = 0
        """Most requests at once."""
        self._certificate = certificate
        self._silent = silent
        self._blunt = blunt
        """What it says to whatever comes, HTTP or not."""
        self._news = asyncio.Condition()
        self._own: dict[str, Fault] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        tls = None
        if self._certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(str(CERTS / f"{self._certificate}.pem"))
        # a plain callback: asyncio then makes no task of its own whose cancelling it would complain about
        self._server = await asyncio.start_server(self._accept, self.host, self.port, ssl=tls, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def url(self, path: str = "/feed", *, host: str | None = None) -> str:
        """The address of a path, by the server's own address or by another name for it."""
        return f"{'https' if self._certificate else 'http'}://{host or self.host}:{self.port}{path}"

    def on(self, path: str, fault: Fault) -> str:
        """Answers a path in a test's own way; the path's address."""
        self._own[path] = fault
        return self.url(path)

    def to(self, path: str) -> list[Seen]:
        """The requests to a path, in order of arrival."""
        return [seen for seen in self.requests if seen.path.partition("?")[0] == path]

    async def asked(self, times: int) -> None:
        """Returns when so many requests have come in."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.requests) >= times)

    async def hung_up(self) -> None:
        """Returns when the server is through with every connection."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._connection(reader, writer, self.connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        try:
            if self._silent:
                await reader.read()
                return
            if self._blunt is not None:
                await reader.read(1)
                writer.write(self._blunt)
                await writer.drain()
                await reader.read()
                return
            for nth in itertools.count(1):
                head = await reader.readuntil(b"\r\n\r\n")
                seen = _read(head, number, nth)
                self.requests.append(seen)
                async with self._news:
                    self._news.notify_all()
                exchange = Exchange(self, seen, reader, writer)
                self.in_flight += 1
                self.peak = max(self.peak, self.in_flight)
                try:
                    await self._fault(seen.path)(exchange)
                finally:
                    self.in_flight -= 1
                if not exchange.keep:
                    return
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return  # the client went away, which is what most faults make it do
        finally:
            writer.transport.abort()

    def _fault(self, path: str) -> Fault:
        from tests.faultd.faults import FAULTS

        plain = path.partition("?")[0]
        return self._own.get(plain) or FAULTS.get(plain) or _nothing_there


async def _nothing_there(exchange: Exchange) -> None:
    await exchange.answer(b"", status="404 Not Found")


def _read(head: bytes, connection: int, nth: int) -> Seen:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    return Seen(first.split(" ")[1], headers, head, connection, nth, asyncio.get_running_loop().time())
