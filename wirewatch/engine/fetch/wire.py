"""Connections: resolve, check, then connect to the checked address and to no other; plain TCP and TLS over asyncio."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import TYPE_CHECKING, Any, cast

import httpcore

from wirewatch.engine.fetch import guard, head
from wirewatch.engine.fetch.trouble import Trouble, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.engine.fetch.resolve import Resolver

AHEAD = 256 * 1024
"""Bytes read ahead of the reader before the server has to wait."""
GOODBYE = 1.0
"""Seconds for the end of a TLS conversation."""


class Network(httpcore.AsyncNetworkBackend):
    """Makes connections for one host. What was resolved is what is checked is what is connected to (FAULTS 43, 44).

    `private`: the configured URL itself names this host and it is a private one. `proxy`: this is the way to a proxy
    that the user chose, so it may be anywhere; the name stands in every reason.
    """

    def __init__(self, resolver: Resolver, *, private: bool, proxy: str | None = None, eyeballs: float = 0.25) -> None:
        self._resolver = resolver
        self._private = private
        self._proxy = proxy
        self._eyeballs = eyeballs

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """A connection to the first address of the host that answers. Raises Trouble."""
        who = f"the proxy {self._proxy}" if self._proxy else host
        try:
            found = await self._addresses(host, port)
        except Trouble as trouble:
            if self._proxy:
                raise Trouble(f"the proxy {self._proxy} can't be found: {trouble.reason}") from None
            raise
        try:
            async with asyncio.timeout(timeout):
                connected = await _first(found, port, self._eyeballs)
                return await Stream.over(connected, who)
        except TimeoutError:
            reason = f"{who} didn't accept a connection within {seconds(timeout or 0)}"
            raise Trouble(reason) from None
        except OSError as error:
            raise _refusal(error, who) from None

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        literal = guard.read(host)
        found: Sequence[str] = (host,) if literal is not None else await self._resolver.addresses(host, port)
        if self._private or self._proxy:
            return found
        public = [address for address in found if (read := guard.read(address)) is not None and guard.is_public(read)]
        if not public:
            where = "is" if literal is not None else f"leads to {found[0]},"
            raise Trouble(f"refused to connect: {host} {where} an address inside a private network")
        return public

    async def sleep(self, seconds: float) -> None:
        """Part of httpcore's interface; used between retries, of which there are none."""
        await asyncio.sleep(seconds)


def _refusal(error: OSError, who: str) -> Trouble:
    if isinstance(error, ConnectionRefusedError):
        return Trouble(f"connection refused by {who}")
    if error.errno in (errno.ENETUNREACH, errno.ENETDOWN):
        return Trouble(f"no network that leads to {who}", offline=True)
    if error.errno == errno.EHOSTUNREACH:
        return Trouble(f"no route to {who}")
    if isinstance(error, ConnectionResetError):
        return Trouble(f"{who} dropped the connection while it was made")
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return Trouble("too many open files on this machine")
    return Trouble(f"no connection to {who} ({errno.errorcode.get(error.errno or 0, type(error).__name__)})")


async def _dial(address: str, port: int) -> socket.socket:
    """A connected socket. Raises OSError."""
    host, _, zone = address.partition("%")
    six = ":" in host
    connecting = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        scope = int(zone) if zone.isdecimal() else socket.if_nametoindex(zone) if zone else 0
        await asyncio.get_running_loop().sock_connect(connecting, (host, port, 0, scope) if six else (host, port))
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _first(addresses: Sequence[str], port: int, stagger: float) -> socket.socket:
    """A socket to whichever address answers first; the next one is begun when one fails or is slow (RFC 8305)."""
    if len(addresses) == 1:
        return await _dial(addresses[0], port)
    waiting = _alternating(addresses)
    running: set[asyncio.Task[socket.socket]] = set()
    failure: OSError | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_dial(waiting.pop(0), port)))
            done, running = await asyncio.wait(
                running, timeout=stagger if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            won = [task for task in done if task.exception() is None]
            for task in won[1:]:
                task.result().close()
            if won:
                return won[0].result()
            for task in done:
                error = task.exception()
                failure = error if isinstance(error, OSError) else failure
        raise failure or OSError("no address answered")
    finally:
        for task in running:
            task.cancel()
        for late in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()


def _alternating(addresses: Sequence[str]) -> list[str]:
    """The addresses with the two families taking turns, the system's favourite first, at most six."""
    favourite = ":" in addresses[0]
    ours = [address for address in addresses if (":" in address) == favourite]
    others = [address for address in addresses if (":" in address) != favourite]
    mixed: list[str] = []
    for index in range(max(len(ours), len(others))):
        mixed += ours[index : index + 1] + others[index : index + 1]
    return mixed[:6]


class _Wire(asyncio.Protocol):
    """Bytes that have come and not been taken yet."""

    def __init__(self) -> None:
        self.arrived = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self.transport: asyncio.Transport | None = None
        self._halted = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self.full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.arrived += data
        if len(self.arrived) > AHEAD and not self._halted and self.transport is not None:
            self._halted = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self.ended = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self.error = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        _wake(self._writer)

    async def arrival(self, beyond: int) -> None:
        """Returns when there are more than so many bytes to take or no more will come."""
        while len(self.arrived) <= beyond and not self.ended:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None

    async def drained(self) -> None:
        """Returns when what was written is on its way or never will be."""
        while self.full and not self.ended:
            self._writer = asyncio.get_running_loop().create_future()
            try:
                await self._writer
            finally:
                self._writer = None

    def take(self, most: int) -> bytes:
        taken = bytes(self.arrived[:most])
        del self.arrived[:most]
        if self._halted and len(self.arrived) <= AHEAD // 2 and self.transport is not None and not self.ended:
            self._halted = False
            self.transport.resume_reading()
        return taken


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


class Stream(httpcore.AsyncNetworkStream):
    """One connection as httpcore wants it. Knows whether it served before, so that a dropped one can be told."""

    def __init__(self, wire: _Wire, who: str) -> None:
        self._wire = wire
        self._who = who
        self._served = 0
        self._answered = False
        """Something has come since the last request went out."""
        self._heading = False
        """The head of an answer comes next, or is on its way."""

    @classmethod
    async def over(cls, connected: socket.socket, who: str) -> Stream:
        """A stream over a connected socket, which it owns from then on."""
        try:
            _, wire = await asyncio.get_running_loop().create_connection(_Wire, sock=connected)
        except BaseException:
            connected.close()
            raise
        return cls(wire, who)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        """What has come, a head in one piece, `b""` at a proper end. Raises Trouble."""
        wire = self._wire
        await self._arrival(0, timeout)
        if self._heading and (whole := await self._head(timeout)):
            return whole
        if wire.arrived:
            return wire.take(max_bytes)
        if wire.error is not None:
            where = "in the middle of its answer" if self._answered else "without an answer"
            raise Trouble(f"{self._who} dropped the connection {where}", stale=self._stale)
        if not self._answered:
            raise Trouble(f"{self._who} closed the connection without an answer", stale=self._stale)
        return b""

    async def _arrival(self, beyond: int, timeout: float | None) -> None:  # noqa: ASYNC109 - handed on
        wire = self._wire
        if len(wire.arrived) <= beyond and not wire.ended:
            try:
                async with asyncio.timeout(timeout):
                    await wire.arrival(beyond)
            except TimeoutError:
                silence = "stopped in the middle of its answer" if self._answered else "didn't answer"
                raise Trouble(f"{self._who} {silence} for {seconds(timeout or 0)}") from None
        if wire.arrived:
            self._answered = True

    async def _head(self, timeout: float | None) -> bytes:  # noqa: ASYNC109 - handed on
        """The head of the answer as far as it is asked after; nothing where none comes. Raises Trouble."""
        whole = await self._next_head(timeout)
        while head.goes_before(whole):
            await asyncio.sleep(0)  # there may be no end of them
            whole = await self._next_head(timeout)
        self._heading = False
        asked = head.asked(whole)
        if asked.count(b"\n") > head.MOST:
            raise Trouble(f"{self._who} sends the same header fields over and over")
        return asked

    async def _next_head(self, timeout: float | None) -> bytes:  # noqa: ASYNC109 - handed on
        """Takes a head off what comes; nothing where what comes can't be one, or none that is allowed."""
        wire = self._wire
        seen = 0
        while (end := head.end(wire.arrived, seen)) is None:
            seen = len(wire.arrived)
            if wire.ended or seen > head.LONGEST or not b"H".startswith(wire.arrived[:1]):
                return b""
            await self._arrival(seen, timeout)
        return wire.take(end)

    @property
    def _stale(self) -> bool:
        return self._served > 1

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        """Sends a part of a request. Raises httpcore.WriteError, upon which httpcore still reads what came back."""
        if not buffer:
            return
        if self._answered or not self._served:
            self._served += 1
            self._answered = False
            self._heading = True
        transport = self._wire.transport
        if self._wire.ended or transport is None or transport.is_closing():
            raise httpcore.WriteError
        transport.write(buffer)
        if not self._wire.full:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._wire.drained()
        except TimeoutError:
            raise Trouble(f"{self._who} doesn't take the request") from None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> Stream:
        """The same connection, encrypted, the certificate checked for the host of the URL. Raises Trouble."""
        loop = asyncio.get_running_loop()
        inner = self._wire.transport
        if inner is None or self._wire.ended:
            raise Trouble(f"{self._who} dropped the connection before the TLS handshake")
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    inner,
                    self._wire,
                    ssl_context,
                    server_hostname=server_hostname,
                    ssl_handshake_timeout=timeout or 60.0,
                    ssl_shutdown_timeout=GOODBYE,
                )
        except TimeoutError:
            inner.abort()
            reason = f"the TLS handshake with {self._who} wasn't done within {seconds(timeout or 0)}"
            raise Trouble(reason) from None
        except (OSError, ssl.CertificateError) as error:
            inner.abort()
            raise Trouble(_tls_reason(error, server_hostname or self._who)) from None
        except BaseException:
            inner.abort()
            raise
        if transport is None:
            raise Trouble(f"{self._who} dropped the connection during the TLS handshake")
        self._wire.connection_made(transport)
        encrypted = Stream(self._wire, server_hostname or self._who)
        encrypted._wire.ended = False
        return encrypted

    async def aclose(self) -> None:
        """Closes at once; an answer still on its way is not waited for."""
        transport = self._wire.transport
        if transport is not None and not transport.is_closing():
            transport.abort()
        # one turn of the loop lets asyncio close the socket
        await asyncio.sleep(0)

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` is how httpcore asks whether an idle connection has been closed from the other side."""
        if info == "is_readable":
            return bool(self._wire.arrived) or self._wire.ended
        if info == "ssl_object":
            return self._wire.transport.get_extra_info("ssl_object") if self._wire.transport is not None else None
        return None


def _tls_reason(error: Exception, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return {
            9: f"the TLS certificate of {host} is not valid yet",
            10: f"the TLS certificate of {host} has expired",
            18: f"the TLS certificate of {host} is self-signed",
            19: f"the TLS certificate of {host} is self-signed",
            20: f"the TLS certificate of {host} was issued by nobody this machine trusts",
            21: f"the TLS certificate of {host} was issued by nobody this machine trusts",
            62: f"the TLS certificate is for another host than {host}",
            64: f"the TLS certificate is for another host than {host}",
        }.get(error.verify_code, f"the TLS certificate of {host} can't be trusted")
    if isinstance(error, ssl.SSLError):
        return f"{host} doesn't speak TLS that can be understood"
    return f"{host} dropped the connection during the TLS handshake"
