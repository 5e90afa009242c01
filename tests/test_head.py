"""What is left of an answer's head before the HTTP library reads it, and what a server can't do with one."""

from __future__ import annotations

import asyncio

import pytest

from tests.faultd.faults import FEED
from tests.faultd.server import Exchange, FaultServer
from wirewatch.engine.fetch import Fetcher, head
from wirewatch.errors import FetchError
from wirewatch.model import Source

LENGTH = b"Content-Length: %d\r\n\r\n" % len(FEED)


def source(server: FaultServer) -> Source:
    return Source("Harbour News", server.url("/head"))


def test_only_what_is_asked_after_is_left() -> None:
    given = b'HTTP/1.1 200 OK\r\nServer: x\r\nETAG: "a"\r\nX-A:\r\nlast-modified : odd\r\nCONNECTION: close\r\n\r\n'
    assert head.asked(given) == b'HTTP/1.1 200 OK\r\nETAG: "a"\r\nlast-modified : odd\r\nCONNECTION: close\r\n\r\n'


@pytest.mark.parametrize("line", [b"no field", b"X A: name of two words", b": no name", b"X-A : blank", b"\x00: v"])
def test_what_is_no_field_is_left_for_the_library_to_judge(line: bytes) -> None:
    given = b"HTTP/1.1 200 OK\r\n" + line + b"\r\nX-B: v\r\n\r\n"
    assert head.asked(given) == b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"


def test_a_folded_field_stays_whole() -> None:
    given = b"HTTP/1.1 200 OK\nX-A: v\n\tmore\nX-B: v\nEtag: a\n b\n\n"
    assert head.asked(given) == b"HTTP/1.1 200 OK\nX-A: v\n\tmore\nEtag: a\n b\n\n"


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_end_is_found_wherever_the_pieces_are_cut(newline: bytes) -> None:
    whole = newline.join([b"HTTP/1.1 200 OK", b"A: b", b"", b""])
    for cut in range(1, len(whole)):
        assert head.end(bytearray(whole[:cut]), 0) is None
        assert head.end(bytearray(whole + b"\n\nbody"), cut) == len(whole)


async def test_a_head_is_read_alike_however_it_is_cut_into_pieces() -> None:
    whole = b'HTTP/1.1 200 OK\r\nX-A: v\r\nETag: "kept"\r\n folded\r\n' + LENGTH

    async def pieces(exchange: Exchange) -> None:
        for byte in whole:
            await exchange.send(bytes([byte]))
            await asyncio.sleep(0)
        await exchange.send(FEED)

    async with FaultServer() as server, Fetcher() as fetcher:
        server.on("/head", pieces)
        got = await fetcher.fetch(source(server))
    assert (got.content, got.etag) == (FEED, '"kept" folded')


async def test_a_flood_of_informational_answers_leaves_others_their_turns() -> None:
    flood = 5000

    async def informational(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * flood)
        await exchange.send(b"HTTP/1.1 200 OK\r\n" + LENGTH + FEED)

    async with FaultServer() as server, Fetcher() as fetcher:
        server.on("/head", informational)
        fetched = asyncio.create_task(fetcher.fetch(source(server)))
        turns = 0
        while not fetched.done():
            turns += 1
            await asyncio.sleep(0)
        assert (await fetched).content == FEED
    assert turns > flood


async def test_fields_that_are_asked_after_come_only_so_often() -> None:
    async def lengths(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n" + b"".join(b"ETag: %d\r\n" % n for n in range(5000)) + LENGTH + FEED)

    async with FaultServer() as server, Fetcher() as fetcher:
        server.on("/head", lengths)
        with pytest.raises(FetchError, match="sends the same header fields over and over"):
            await fetcher.fetch(source(server))
