"""Fetching when the network is kind, and the parts that make it safe when it isn't."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import ipaddress
import itertools
import logging
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faultd import FEED, Exchange, FaultServer, Names, trusting
from wirewatch import __version__
from wirewatch.engine.fetch import Fetcher, Limits, body, guard, headers, proxies, quiet_loggers, redact, wire
from wirewatch.engine.fetch.exchange import STEPS
from wirewatch.engine.fetch.resolve import Resolver
from wirewatch.engine.fetch.trouble import Trouble
from wirewatch.errors import FetchError
from wirewatch.model import Source


@pytest.fixture
async def server():
    async with FaultServer() as running:
        yield running


@pytest.fixture
async def fetcher():
    async with Fetcher() as ready:
        yield ready


async def test_document_comes_with_all_that_the_engine_needs(server, fetcher):
    async def whole(exchange: Exchange) -> None:
        packed = gzip.compress(FEED)
        await exchange.answer(
            packed,
            'ETag: W/"v1"',
            "Last-Modified: Mon, 13 Mar 2023 09:02:00 GMT",
            "Content-Type: application/rss+xml; charset=utf-8",
            "Content-Encoding: gzip",
            "Cache-Control: max-age=300",
        )

    response = await fetcher.fetch(Source("a", server.on("/whole", whole)))
    assert response.status == 200
    assert response.url == server.url("/whole")
    assert response.content == FEED
    assert (response.etag, response.last_modified) == ('W/"v1"', "Mon, 13 Mar 2023 09:02:00 GMT")
    assert response.content_type == "application/rss+xml; charset=utf-8"
    assert response.max_age == 300
    assert response.size == len(gzip.compress(FEED))
    assert response.body_hash is not None
    assert not response.conditional


async def test_server_learns_who_asks_and_nothing_more(server):
    async with Fetcher(contact="desk@harbour.example") as fetcher:
        await fetcher.fetch(Source("a", server.url("/feed?page=2")))
    (seen,) = server.requests
    assert seen.headers["user-agent"] == f"wirewatch/{__version__} (+desk@harbour.example)"
    assert seen.path == "/feed?page=2"
    assert set(seen.headers) == {"host", "user-agent", "accept", "accept-encoding"}


async def test_connection_is_kept_and_used_again(server, fetcher):
    for _ in range(5):
        await fetcher.fetch(Source("a", server.url("/cached")), etag='"v1"')
    assert server.connections == 1
    assert [seen.nth for seen in server.requests] == [1, 2, 3, 4, 5]


async def test_tls_connection_is_kept_too_and_the_context_made_once():
    async with FaultServer(certificate="good") as secure, Fetcher(ssl_context=trusting()) as fetcher:
        for _ in range(3):
            assert (await fetcher.fetch(Source("a", secure.url()))).content == FEED
        assert fetcher.tls is fetcher.tls
    assert secure.connections == 1


async def test_unwanted_small_answers_leave_the_connection_open(server, fetcher):
    for _ in range(2):
        with pytest.raises(FetchError):
            await fetcher.fetch(Source("a", server.url("/nothing-here")))
    assert server.connections == 1


async def test_not_modified_brings_fresh_validators_and_no_content(server, fetcher):
    async def unchanged(exchange: Exchange) -> None:
        await exchange.answer(b"", 'ETag: "v2"', "Cache-Control: max-age=90", status="304 Not Modified")

    response = await fetcher.fetch(Source("a", server.on("/unchanged", unchanged)), etag='"v1"')
    assert (response.status, response.content, response.body_hash) == (304, None, None)
    assert (response.etag, response.max_age, response.conditional) == ('"v2"', 90, True)


async def test_permanent_redirects_alone_are_reported_as_the_new_address(server, fetcher):
    def redirect(path: str, location: str, status: int) -> None:
        async def away(exchange: Exchange) -> None:
            await exchange.answer(b"", f"Location: {location}", status=f"{status} Elsewhere")

        server.on(path, away)

    redirect("/one", "/two", 301)
    redirect("/two", "/three", 308)
    redirect("/three", "/feed", 302)
    redirect("/secret", "/feed?token=SEKRET", 301)
    response = await fetcher.fetch(Source("a", server.url("/one")))
    assert (response.url, response.permanent_url) == (server.url("/feed"), server.url("/three"))
    assert (await fetcher.fetch(Source("b", server.url("/three")))).permanent_url is None
    assert (await fetcher.fetch(Source("c", server.url("/secret")))).permanent_url is None


async def test_validators_go_to_the_url_they_came_from_and_to_no_other(server, fetcher):
    async def away(exchange: Exchange) -> None:
        await exchange.answer(b"", "Location: /cached", status="302 Found")

    url = Source("a", server.on("/away", away))
    first = await fetcher.fetch(url)
    assert (await fetcher.fetch(url, etag=first.etag)).status == 304
    asked = [(seen.path, seen.headers.get("if-none-match")) for seen in server.requests[2:]]
    assert asked == [("/away", None), ("/cached", '"v1"')]


async def test_clients_are_few_and_the_oldest_go_first():
    few = Limits(clients=2)
    async with FaultServer() as one, FaultServer() as two, FaultServer() as three, Fetcher(limits=few) as fetcher:
        for server in (one, two, three, two):
            await fetcher.fetch(Source("a", server.url()))
        assert (fetcher.clients.built, len(fetcher.clients), fetcher.clients.connections) == (3, 2, 2)
        await one.hung_up()


async def test_host_held_before_a_restart_stays_held(server, fetcher):
    fetcher.hold(server.url("/other"), fetcher.clock.now() + 600)
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(Source("a", server.url()))
    assert "asked to be left alone for another 10 min" in caught.value.reason
    assert caught.value.status == 429
    assert server.requests == []


async def test_requests_to_all_hosts_together_are_bounded(server):
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.005)
        await exchange.answer(FEED)

    async with Fetcher(limits=Limits(in_flight=3, private_per_host=50)) as fetcher:
        url = server.on("/slow", slow)
        await asyncio.gather(*(fetcher.fetch(Source(f"s{n}", url)) for n in range(20)))
    assert server.peak == 3


async def test_a_silent_host_keeps_no_other_host_waiting(server):
    async with FaultServer() as other, Fetcher(limits=Limits(private_per_host=2, in_flight=4)) as fetcher:
        stuck = [asyncio.create_task(fetcher.fetch(Source(f"s{n}", server.url("/silence")))) for n in range(20)]
        assert (await fetcher.fetch(Source("a", other.url()))).content == FEED
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_cancelled_fetch_is_cancelled_and_closes_its_connection(server, fetcher):
    task = asyncio.create_task(fetcher.fetch(Source("a", server.url("/silence"))))
    await server.asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert fetcher.clients.connections == 0
    await server.hung_up()


async def test_failure_nobody_foresaw_is_the_sources_own_and_leaves_a_trace(server, fetcher, monkeypatch, caplog):
    def stumble(_raw: object) -> dict[str, str]:
        raise ZeroDivisionError

    monkeypatch.setattr(headers, "fields", stumble)
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(Source("a", server.url()))
    assert caught.value.reason == "asking 127.0.0.1 failed in an unforeseen way (ZeroDivisionError)"
    assert "stumble" in caplog.text
    assert fetcher.clients.connections == 0


# -- resolving ---------------------------------------------------------------------------------------------------------


async def test_name_is_asked_for_once_by_many_at_a_time_and_then_remembered():
    names = Names(**{"wire.example": ["93.184.216.34"]})
    resolver = Resolver(names)
    answers = await asyncio.gather(*(resolver.addresses("wire.example", 443) for _ in range(50)))
    assert set(answers) == {("93.184.216.34",)}
    await resolver.addresses("wire.example", 443)
    assert names.asked["wire.example"] == 1
    resolver.close()


async def test_lookup_that_hangs_leaves_the_programs_own_threads_alone():
    with Names(**{f"slow{n}.example": "hang" for n in range(40)}) as names:
        resolver = Resolver(names, limit=0.2)
        stuck = [asyncio.create_task(resolver.addresses(f"slow{n}.example", 80)) for n in range(40)]
        await asyncio.sleep(0)
        assert await asyncio.to_thread(lambda: "free") == "free"
        results = await asyncio.gather(*stuck, return_exceptions=True)
        assert all(isinstance(result, Trouble) and result.offline for result in results)
        resolver.close()


async def test_addresses_of_both_families_take_turns():
    found = ["2606::1", "2606::2", "2606::3", "1.1.1.1", "1.0.0.1"]
    assert wire._alternating(found) == ["2606::1", "1.1.1.1", "2606::2", "1.0.0.1", "2606::3"]


async def test_losing_connections_of_a_race_are_closed(monkeypatch):
    made: list[socket.socket] = []
    gate = asyncio.Event()

    async def dial(address: str, port: int) -> socket.socket:
        if len(made) == 0:
            made.append(socket.socket())
            await gate.wait()
            return made[0]
        made.append(socket.socket())
        gate.set()
        return made[1]

    monkeypatch.setattr(wire, "_dial", dial)
    won = await wire._first(["2606::1", "1.1.1.1"], 80, 0.0)
    won.close()
    await asyncio.sleep(0)
    for one in made:
        if one is not won and one.fileno() != -1:
            one.close()  # cancelled while dialling: the real one closes it itself
    assert len(made) == 2


# -- guarding ----------------------------------------------------------------------------------------------------------

INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "2001:0:7f00:1::80ff:fffe",
]
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_told_from_public_ones(address):
    assert not guard.is_public(guard.read(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_public(address):
    assert guard.is_public(guard.read(address))


@given(st.ip_addresses(v=4))
def test_mapped_address_is_as_public_as_what_it_maps(address):
    assert guard.is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == guard.is_public(address)


# -- bodies ------------------------------------------------------------------------------------------------------------


def pieces(whole: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[start:end] for start, end in itertools.pairwise(edges)]


def feed(taken: body.Body, piece: bytes) -> int:
    return sum(1 for _ in taken.steps(piece))


@given(st.binary(max_size=4000), st.integers(0, 2), st.booleans(), st.lists(st.integers(0, 10**6), max_size=12))
def test_body_is_the_same_however_it_is_packed_and_cut(content, layers, named, cuts):
    if content.startswith(body.MAGIC):
        return
    packed = content
    for _ in range(layers):
        packed = gzip.compress(packed)
    taken = body.Body(layers if named else 0, 10**6)
    for piece in pieces(packed, cuts):
        feed(taken, piece)
    assert taken.end() == content
    assert taken.decoded == len(content)


@given(st.binary(max_size=3000), st.lists(st.integers(0, 10**6), max_size=5), st.integers(0, 2))
def test_no_bytes_whatever_raise_anything_but_a_fetch_error(content, cuts, layers):
    for start in (b"", gzip.compress(b"x" * 100)[:-4], gzip.compress(b"") * 3):
        taken = body.Body(layers, 2000)
        with contextlib.suppress(FetchError):
            for piece in pieces(start + content, cuts):
                feed(taken, piece)
            taken.end()
        assert taken.decoded <= 2000 + body.STEP


def test_gzip_members_are_one_body_and_padding_is_none():
    for packed in (gzip.compress(b"ab") + gzip.compress(b"cd"), gzip.compress(b"abcd") + bytes(100)):
        taken = body.Body(1, 1000)
        feed(taken, packed)
        assert taken.end() == b"abcd"


@pytest.mark.parametrize("layers", [1, 2])
def test_a_piece_that_unpacks_to_very_much_is_taken_in_small_steps(layers):
    packed = bytes(40 * body.STEP)
    for _ in range(layers):
        packed = gzip.compress(packed)
    taken = body.Body(layers, 10**9)
    reached = [0, *(taken.decoded for _ in taken.steps(packed))]
    assert max(after - before for before, after in itertools.pairwise(reached)) <= body.STEP
    assert taken.end() == bytes(40 * body.STEP)
    assert taken.hash() == hashlib.blake2b(bytes(40 * body.STEP), digest_size=20).hexdigest()


async def test_others_have_their_turn_while_a_bomb_is_unpacked(server, fetcher):
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(other())
    await fetcher.fetch(Source("a", server.url("/gzip")))
    usual, turns = turns, 0
    with pytest.raises(FetchError, match="too large"):
        await fetcher.fetch(Source("a", server.url("/gzip-bomb")))
    beside.cancel()
    assert turns > usual + 5_000_000 // body.STEP // STEPS // 2


# -- headers -----------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(["retry-after", "date"]), st.text(max_size=40)))
def test_wait_is_always_between_a_minute_and_a_day(found):
    assert 60 <= headers.wait(found, 1.7e9) <= 86400


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age"]), st.text(max_size=60)))
def test_freshness_is_never_negative(found):
    age = headers.max_age(found, 1.7e9)
    assert age is None or age >= 0


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=300))
def test_validator_is_echoed_byte_for_byte(value):
    assert headers.echo(value) == value.encode("latin-1")


def test_validator_that_no_server_can_have_sent_is_not_sent():
    assert headers.echo("a\r\nHost: evil") is None
    assert headers.echo("日本") is None
    assert headers.validator("x" * 9000) is None


# -- secrets and proxies -----------------------------------------------------------------------------------------------


def test_redact_leaves_harmless_text_as_it_is():
    for text in ("BBC World: no such host", "https://wire.example/feed?page=2#top", "at 10:30", "a@b.example wrote"):
        assert redact(text) == text


def test_loggers_of_the_http_library_are_quiet_and_redacted(caplog):
    quiet_loggers()
    logging.getLogger("httpx").info("GET http://wire.example/?token=SEKRET")
    assert caplog.text == ""
    logging.getLogger("httpcore.http11").warning("GET %s", "http://u:s3cret@wire.example/?token=SEKRET")
    assert "SEKRET" not in caplog.text
    assert "s3cret" not in caplog.text
    assert "wire.example" in caplog.text


def test_proxy_comes_from_the_environment_except_for_hosts_that_are_exempt(monkeypatch):
    import httpx

    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    url = httpx.URL("https://wire.example/feed")
    assert proxies.from_environment(url) is None
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    assert proxies.from_environment(url) == "http://proxy.example:3128"
    monkeypatch.setenv("no_proxy", "wire.example")
    assert proxies.from_environment(url) is None


async def test_kind_of_proxy_that_cannot_be_used_is_said(server):
    async with Fetcher(proxy_for=lambda _url: "socks5://u:s3cret@127.0.0.1:1080") as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Source("a", "https://wire.example/"))
    assert "only http and https proxies" in caught.value.reason
    assert "s3cret" not in caught.value.reason
