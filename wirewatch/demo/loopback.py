"""A small HTTP/1.1 server for feeds on the loopback interface: keep-alive, validators, gzip; asyncio, nothing else."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    Handler = Callable[["Request"], Awaitable["Reply"]]

LARGEST_HEAD = 16_384
"""Bytes of request line and headers; more is answered by 431."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its body; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. Content-Length and Date are added on the way out."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def sentence(status: int, text: str) -> Reply:
    """A reply of one line of plain text."""
    return Reply(status, text.encode() + b"\n", {"Content-Type": "text/plain; charset=utf-8"})


def document(request: Request, body: bytes, content_type: str, modified: float) -> Reply:
    """A document with its validators, or 304 where the client has it already (RFC 9110, 13.2.2), gzipped if it may be.

    `modified` is the wall time of its last change; HTTP knows whole seconds.
    """
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {
        "ETag": etag,
        "Last-Modified": formatdate(int(modified), usegmt=True),
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
    if _unchanged(request.headers, etag, modified):
        return Reply(304, b"", headers)
    headers["Content-Type"] = content_type
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 5, mtime=0)
    return Reply(200, body, headers)


def _unchanged(headers: dict[str, str], etag: str, modified: float) -> bool:
    if (known := headers.get("if-none-match")) is not None:
        return etag in (tag.strip() for tag in known.split(",")) or known.strip() == "*"
    if (since := headers.get("if-modified-since")) is not None:
        with suppress(ValueError):  # an unreadable date counts as none (RFC 9110, 13.1.3)
            return int(modified) <= parsedate_to_datetime(since).timestamp()
    return False


class Loopback:
    """Serves one handler on 127.0.0.1 while its context is open; port 0 takes a free one, `port` tells which."""

    def __init__(self, handler: Handler, *, port: int = 0) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.port = port

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        self._server.close()
        waiting = list(self._open)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open[task] = writer
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as clients do
        except asyncio.CancelledError:
            pass  # the server closes; asyncio would log a cancelled connection as an error
        finally:
            if task is not None:
                self._open.pop(task, None)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; whether the connection stays open."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            await _send(writer, "GET", sentence(431, "request header fields too large"), stay=False)
            return False
        request, stay = _request(head)
        if request is None:
            reply = sentence(400, "that is no HTTP request")
        elif request.method not in {"GET", "HEAD"}:
            reply, stay = sentence(405, "only GET and HEAD are served here"), False
        else:
            reply = await self._handler(request)
        await _send(writer, request.method if request else "GET", reply, stay=stay)
        return stay


def _request(head: bytes) -> tuple[Request | None, bool]:
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None, False
    pairs = (line.partition(":") for line in rest if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    default = "close" if words[2] == "HTTP/1.0" else "keep-alive"
    return Request(words[0], words[1].partition("?")[0], headers), headers.get("connection", default).lower() != "close"


async def _send(writer: asyncio.StreamWriter, method: str, reply: Reply, *, stay: bool) -> None:
    headers = {
        "Date": formatdate(usegmt=True),
        **reply.headers,
        "Connection": "keep-alive" if stay else "close",
    }
    if reply.status != HTTPStatus.NOT_MODIFIED:
        headers["Content-Length"] = str(len(reply.body))
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if method == "HEAD" else reply.body))
    await writer.drain()
