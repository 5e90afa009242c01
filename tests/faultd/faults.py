"""What can go wrong between a request and its answer. Numbers are those of the fault specification."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faultd.server import Exchange, Fault

FEED = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Harbour Wire</title>'
    b"<item><title>Ferries resume after two-day storm</title><guid>hw-1</guid></item></channel></rss>"
)
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please log in</body></html>"
MEGABYTE = 1024 * 1024
FAULTS: dict[str, Fault] = {}


def fault(path: str) -> object:
    def named(function: Fault) -> Fault:
        FAULTS[path] = function
        return function

    return named


def raw(path: str, whole: bytes) -> None:
    """A fault that is nothing but certain bytes and the end."""

    async def send(exchange: Exchange) -> None:
        await exchange.send(whole)
        exchange.close()

    FAULTS[path] = send


def packed(path: str, body: bytes, encoding: str | None = "gzip") -> None:
    """A proper answer with a certain body under a certain Content-Encoding."""

    async def send(exchange: Exchange) -> None:
        await exchange.answer(body, *([f"Content-Encoding: {encoding}"] if encoding else []))

    FAULTS[path] = send


@fault("/feed")
async def feed(exchange: Exchange) -> None:
    await exchange.answer(FEED, "Content-Type: application/rss+xml")


@fault("/cached")
async def cached(exchange: Exchange) -> None:
    """Answers 304 to the right validators, as a good server does."""
    if exchange.seen.headers.get("if-none-match") == '"v1"':
        await exchange.answer(status="304 Not Modified")
    else:
        await exchange.answer(FEED, 'ETag: "v1"', "Last-Modified: Mon, 13 Mar 2023 09:02:00 GMT")


# -- broken connections -----------------------------------------------------------------------------------------------


@fault("/reset-before-headers")
async def reset_before(exchange: Exchange) -> None:
    exchange.reset()


@fault("/reset-in-headers")
async def reset_in_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-")
    await asyncio.sleep(0)
    exchange.reset()


@fault("/reset-in-body")
async def reset_in_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + FEED)
    await asyncio.sleep(0)
    exchange.reset()


@fault("/one-answer-a-connection")
async def one_answer(exchange: Exchange) -> None:
    """Breaks every connection at its second request, as servers do whose keep-alive has run out just then."""
    if exchange.seen.nth == 1:
        await exchange.answer(FEED)
    else:
        exchange.reset()


@fault("/closes-at-second")
async def closes_at_second(exchange: Exchange) -> None:
    if exchange.seen.nth == 1:
        await exchange.answer(FEED)
    else:
        exchange.close()


@fault("/silence")
async def silence(exchange: Exchange) -> None:
    await exchange.hang()


@fault("/header-drip")
async def header_drip(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not await exchange.gone():
        await exchange.send(b"a")
        await asyncio.sleep(0.02)


@fault("/body-drip")
async def body_drip(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not await exchange.gone():
        await exchange.send(b"<")
        await asyncio.sleep(0.02)


@fault("/endless-1xx")
async def endless_informational(exchange: Exchange) -> None:
    while not await exchange.gone():
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")
        await asyncio.sleep(0.01)


# -- lengths and chunks -----------------------------------------------------------------------------------------------


@fault("/endless-body")
async def endless_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
    while not await exchange.gone():
        await exchange.send(b"x" * 65536)


raw("/length-too-long", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + FEED)
raw("/chunk-cut", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + FEED)
raw("/chunk-bad", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n" + FEED + b"\r\n0\r\n\r\n")
raw("/chunks-without-end", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n")
raw("/length-twice", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n<rss></rss>")
raw("/length-negative", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<rss></rss>")


@fault("/length-too-short")
async def length_too_short(exchange: Exchange) -> None:
    """More bytes than announced, on a connection that stays open: the rest must not become the next answer."""
    await exchange.send(
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(FEED)}\r\n\r\n".encode() + FEED + b"<!-- and more -->"
    )


# -- heads ------------------------------------------------------------------------------------------------------------

raw("/header-1mb", b"HTTP/1.1 200 OK\r\nX-Large: " + b"a" * MEGABYTE + b"\r\n\r\n" + FEED)
raw(
    "/headers-5k",
    b"HTTP/1.1 200 OK\r\n"
    + b"".join(b"X-%d: v\r\n" % n for n in range(5000))
    + b"Content-Length: %d\r\n\r\n" % len(FEED)
    + FEED,
)
raw("/garbage", b"\x00\xff\x13\x37 not even close\r\n\r\n\x1b[31m")
raw("/icy", b"ICY 200 OK\r\nicy-name: radio\r\n\r\n")
raw("/http09", FEED)
raw("/http10", b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + FEED)
raw("/lf-only", b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(FEED) + FEED)
raw("/no-reason", b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED)

# -- packed bodies ----------------------------------------------------------------------------------------------------


def _bomb(size: int) -> bytes:
    pack = zlib.compressobj(9, wbits=31)
    return b"".join([*(pack.compress(bytes(MEGABYTE)) for _ in range(size)), pack.flush()])


BOMB = _bomb(40)
packed("/gzip", gzip.compress(FEED))
packed("/gzip-bomb", BOMB)
packed("/gzip-bomb-nested", gzip.compress(BOMB))
packed("/gzip-bomb-unnamed", BOMB, None)
packed("/gzip-empty-members", gzip.compress(b"") * 100_000)
packed("/br", b"\x1b\x03\x00\xf8\xff\x07" * 20, "br")
packed("/zstd", b"\x28\xb5\x2f\xfd\x04\x58\x09\x00\x00", "zstd")
packed("/unknown-encoding", FEED, "sdch, x-made-up")
packed("/gzip-twice", gzip.compress(gzip.compress(FEED)), "gzip, gzip")
packed("/gzip-twice-named-once", gzip.compress(gzip.compress(FEED)), "gzip")
packed("/gzip-thrice", gzip.compress(gzip.compress(gzip.compress(FEED))), "gzip, gzip, gzip")
packed("/gzip-thrice-unnamed", gzip.compress(gzip.compress(gzip.compress(FEED))), None)
packed("/gzip-cut", gzip.compress(FEED)[:-12])
packed("/gzip-cut-trailer", gzip.compress(FEED)[:-3])
packed("/gzip-bad-crc", gzip.compress(FEED)[:-8] + b"\0\0\0\0" + gzip.compress(FEED)[-4:])
packed("/gzip-bad-header", b"\x1f\x8b\xff\xff" + gzip.compress(FEED)[4:])
packed("/gzip-unnamed", gzip.compress(FEED), None)
packed("/gzip-members", gzip.compress(FEED[:50]) + gzip.compress(FEED[50:]))
packed("/gzip-padded", gzip.compress(FEED) + bytes(64))

# -- statuses and documents  ------------------------------------------------------------------------------------------

packed("/empty", b"", None)
packed("/blank", b"  \r\n ", None)
packed("/html", HTML, None)


@fault("/challenge")
async def challenge(exchange: Exchange) -> None:
    await exchange.answer(HTML, "cf-mitigated: challenge", "Content-Type: text/html", status="403 Forbidden")


@fault("/always-304")
async def always_not_modified(exchange: Exchange) -> None:
    await exchange.answer(status="304 Not Modified")


@fault("/loop")
async def loop(exchange: Exchange) -> None:
    await exchange.answer(b"", "Location: /loop", status="302 Found")


@fault("/long-way")
async def long_way(exchange: Exchange) -> None:
    """Redirects `?left` more times, then answers."""
    left = int(exchange.seen.path.partition("?")[2])
    if left:
        await exchange.answer(b"", f"Location: /long-way?{left - 1}", status="302 Found")
    else:
        await exchange.answer(FEED)
