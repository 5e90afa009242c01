"""FAULTS, "Network and HTTP": what hostile and broken networks do, and what wirewatch makes of it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import socket
import traceback
import tracemalloc

import pytest

from tests.faultd import FEED, Exchange, FaultServer, Names, blackhole, trusting
from wirewatch.engine import schedule
from wirewatch.engine.fetch import Fetcher, Limits, redact, wire
from wirewatch.errors import FetchError, OfflineError
from wirewatch.model import Source, SourceState

MB = 1024 * 1024
DNS_DOWN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.fixture
async def server():
    async with FaultServer() as running:
        yield running


@pytest.fixture
async def fetcher():
    async with Fetcher() as ready:
        yield ready


def source(url: str, name: str = "Harbour Wire", **more) -> Source:
    return Source(name, url, **more)


async def reason(fetcher: Fetcher, url: str, **more) -> str:
    """The reason for which a URL can't be fetched."""
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(source(url, **more))
    return caught.value.reason


def after(error: FetchError, *, failures: int = 0, now: float = 1e9, **more) -> SourceState:
    before = SourceState("Harbour Wire", "http://127.0.0.1/", failures=failures, **more)
    return schedule.after_failure(source("http://127.0.0.1/"), before, error, now=now, rng=random.Random(1))


# -- names and connections  -------------------------------------------------------------------------------------------


async def test_fault_001_unknown_host_is_named_and_backs_off():
    names = Names()
    async with Fetcher(lookup=names) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(source("https://nowhere.example/feed"))
        assert caught.value.reason == "no such host: nowhere.example"
        await reason(fetcher, "https://nowhere.example/feed")
    assert names.asked["nowhere.example"] == 1, "a failed lookup is remembered for a while"
    pauses = [after(caught.value, failures=n).next_poll - 1e9 for n in range(8)]
    for nth, pause in enumerate(pauses):
        assert 0.9 <= pause / min(120 * 2**nth, 3600) <= 1.1


async def test_fault_002_slow_lookup_is_given_up_and_holds_up_no_other_source(server):
    with Names(**{"fine.localhost": ["127.0.0.1"]}) as names:
        for n in range(20):
            names[f"slow{n}.example"] = "hang"
        async with Fetcher(lookup=names, limits=Limits(lookup=0.5)) as fetcher:
            stuck = [
                asyncio.create_task(reason(fetcher, f"http://slow{n}.example/", name=f"slow {n}")) for n in range(20)
            ]
            await asyncio.sleep(0)
            fine = await fetcher.fetch(source(server.url(host="fine.localhost")))
            assert fine.content == FEED
            assert not any(task.done() for task in stuck), "the healthy source was not kept waiting"
            assert set(await asyncio.gather(*stuck)) == {
                f"looking up slow{n}.example took longer than 0.5 s" for n in range(20)
            }


async def test_fault_003_without_any_name_server_sources_are_offline_and_not_to_blame():
    names = Names(**{f"wire{n}.example": DNS_DOWN for n in range(3)})
    async with Fetcher(lookup=names) as fetcher:
        for n in range(3):
            with pytest.raises(OfflineError) as caught:
                await fetcher.fetch(source(f"https://wire{n}.example/"))
            state = after(caught.value, failures=1)
            assert (state.state, state.failures) == ("offline", 1)
            assert 15 <= state.next_poll - 1e9 <= 16.5


async def test_fault_004_refused_connection_is_named(fetcher):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert await reason(fetcher, url) == "connection refused by 127.0.0.1"


async def test_fault_005_blackhole_is_given_up_at_the_connection_limit():
    with blackhole() as port:
        async with Fetcher(limits=Limits(connect=0.2)) as fetcher:
            got = await reason(fetcher, f"http://127.0.0.1:{port}/")
    assert got == "127.0.0.1 didn't accept a connection within 0.2 s"


async def test_fault_006_second_address_is_tried_beside_a_dead_first(server):
    names = Names(**{"two.localhost": ["127.0.0.2", "127.0.0.1"]})
    with blackhole("127.0.0.2", server.port):
        async with Fetcher(lookup=names, limits=Limits(connect=30, eyeballs=0.05)) as fetcher:
            response = await fetcher.fetch(source(server.url(host="two.localhost")))
    assert response.content == FEED


async def test_fault_006_first_address_that_refuses_costs_no_waiting(server):
    names = Names(**{"two.localhost": ["::1", "127.0.0.1"]})
    async with Fetcher(lookup=names, limits=Limits(connect=30, eyeballs=3600)) as fetcher:
        response = await fetcher.fetch(source(server.url(host="two.localhost")))
    assert response.content == FEED


@pytest.mark.parametrize(
    ("certificate", "host", "expected"),
    [
        ("expired", "localhost", "the TLS certificate of localhost has expired"),
        ("self-signed", "localhost", "the TLS certificate of localhost is self-signed"),
        ("wrong-host", "localhost", "the TLS certificate is for another host than localhost"),
        ("wrong-host", "127.0.0.1", "the TLS certificate is for another host than 127.0.0.1"),
    ],
)
async def test_fault_007_bad_certificate_is_refused_and_its_fault_named(certificate, host, expected):
    names = Names(localhost=["127.0.0.1"])
    async with FaultServer(certificate=certificate) as server:
        async with Fetcher(ssl_context=trusting(), lookup=names) as fetcher:
            for _ in range(2):
                assert await reason(fetcher, server.url(host=host)) == expected
        assert server.requests == [], "nothing was sent to a server that isn't who it should be"


async def test_fault_007_unknown_authority_is_refused_by_default():
    async with FaultServer(certificate="good") as server:
        async with Fetcher() as fetcher:
            got = await reason(fetcher, server.url())
            assert got == "the TLS certificate of 127.0.0.1 was issued by nobody this machine trusts"
        async with Fetcher(ssl_context=trusting()) as fetcher:
            assert (await fetcher.fetch(source(server.url()))).content == FEED


async def test_fault_008_hanging_tls_handshake_is_given_up():
    async with FaultServer(silent=True) as server, Fetcher(limits=Limits(connect=0.2)) as fetcher:
        got = await reason(fetcher, server.url().replace("http:", "https:"))
    assert got == "the TLS handshake with 127.0.0.1 wasn't done within 0.2 s"


async def test_fault_008_server_that_speaks_no_tls_is_named():
    async with FaultServer(blunt=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server, Fetcher() as fetcher:
        got = await reason(fetcher, server.url().replace("http:", "https:"))
    assert got == "127.0.0.1 doesn't speak TLS that can be understood"


@pytest.mark.parametrize("path", ["/reset-before-headers", "/reset-in-headers", "/reset-in-body"])
async def test_fault_009_reset_connection_is_an_error_asked_once(server, fetcher, path):
    assert (await reason(fetcher, server.url(path))).startswith("127.0.0.1 dropped the connection")
    assert len(server.requests) == 1, "a fresh connection that breaks is not tried again"


async def test_fault_009_reset_of_a_reused_connection_is_retried_once(server, fetcher):
    url = source(server.url("/one-answer-a-connection"))
    assert (await fetcher.fetch(url)).content == FEED
    assert (await fetcher.fetch(url)).content == FEED
    assert [(seen.connection, seen.nth) for seen in server.requests] == [(1, 1), (1, 2), (2, 1)]


async def test_fault_010_idle_connection_closed_by_the_server_is_replaced_without_a_word(server, fetcher):
    url = source(server.url("/closes-at-second"))
    assert (await fetcher.fetch(url)).content == FEED
    assert (await fetcher.fetch(url)).content == FEED
    assert [(seen.connection, seen.nth) for seen in server.requests] == [(1, 1), (1, 2), (2, 1)]


async def test_fault_010_connection_closed_while_idle_costs_no_extra_request(server, fetcher):
    async def once(exchange: Exchange) -> None:
        await exchange.answer(FEED)
        exchange.close()

    url = source(server.on("/once", once))
    for _ in range(3):
        assert (await fetcher.fetch(url)).content == FEED
        await server.hung_up()
        await asyncio.sleep(0.01)
    assert [(seen.connection, seen.nth) for seen in server.requests] == [(1, 1), (2, 1), (3, 1)]


async def test_fault_011_silent_server_is_given_up_at_the_idle_limit(server):
    async with Fetcher(limits=Limits(idle=0.2)) as fetcher:
        assert await reason(fetcher, server.url("/silence")) == "127.0.0.1 didn't answer for 0.2 s"


async def over_the_deadline(server: FaultServer, path: str) -> None:
    async with Fetcher(limits=Limits(idle=30, total=0.4)) as fetcher:
        got = await reason(fetcher, server.url(path))
        assert got == "127.0.0.1 wasn't done with its answer within 0.4 s"
        assert (await fetcher.fetch(source(server.url(), "Other"))).content == FEED


async def test_fault_012_dripping_headers_end_at_the_deadline(server):
    await over_the_deadline(server, "/header-drip")


async def test_fault_013_dripping_body_ends_at_the_deadline(server):
    await over_the_deadline(server, "/body-drip")


async def test_fault_014_endless_body_ends_at_the_cap(server, fetcher):
    tracemalloc.start()
    try:
        assert await reason(fetcher, server.url("/endless-body")) == "too large: more than 5 MB"
        assert tracemalloc.get_traced_memory()[1] < 10 * MB
    finally:
        tracemalloc.stop()


async def test_fault_015_endless_informational_answers_end_at_the_deadline(server):
    await over_the_deadline(server, "/endless-1xx")


# -- lengths and chunks  ----------------------------------------------------------------------------------------------


async def test_fault_016_body_shorter_than_announced_is_an_error(server, fetcher):
    got = await reason(fetcher, server.url("/length-too-long"))
    assert got == "127.0.0.1 closed the connection in the middle of its answer"


async def test_fault_017_body_longer_than_announced_is_cut_where_announced(server, fetcher):
    for _ in range(3):
        assert (await fetcher.fetch(source(server.url("/length-too-short")))).content == FEED


@pytest.mark.parametrize("path", ["/chunk-cut", "/chunk-bad", "/chunks-without-end"])
async def test_fault_018_broken_chunks_are_an_error_and_touch_no_validators(server, fetcher, path):
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(source(server.url(path)), etag='"kept"')
    state = after(caught.value, etag='"kept"', body_hash="kept")
    assert (state.etag, state.body_hash, state.state) == ('"kept"', "kept", "failing")


@pytest.mark.parametrize("path", ["/length-twice", "/length-negative"])
async def test_fault_019_contradictory_lengths_are_an_error(server, fetcher, path):
    assert await reason(fetcher, server.url(path)) == "127.0.0.1 doesn't answer in valid HTTP"


async def test_fault_020_giant_header_is_an_error_and_many_headers_are_not(server, fetcher):
    assert await reason(fetcher, server.url("/header-1mb")) == "127.0.0.1 doesn't answer in valid HTTP"
    assert (await fetcher.fetch(source(server.url("/headers-5k")))).content == FEED


@pytest.mark.parametrize("path", ["/garbage", "/icy", "/http09"])
async def test_fault_021_what_is_not_http_is_an_error_that_quotes_nothing(server, fetcher, path):
    assert await reason(fetcher, server.url(path)) == "127.0.0.1 doesn't answer in valid HTTP"


@pytest.mark.parametrize("path", ["/http10", "/lf-only", "/no-reason"])
async def test_fault_022_old_and_sloppy_http_is_accepted(server, fetcher, path):
    assert (await fetcher.fetch(source(server.url(path)))).content == FEED


# -- packed bodies  ---------------------------------------------------------------------------------------------------


async def memory_of(fetcher: Fetcher, url: str) -> tuple[str, int]:
    """The reason a URL is refused for, and the bytes that refusing it took at most."""
    await fetcher.fetch(source(url.rpartition("/")[0] + "/feed", "first"))
    tracemalloc.start()
    try:
        return await reason(fetcher, url), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["/gzip-bomb", "/gzip-bomb-nested", "/gzip-bomb-unnamed"])
async def test_fault_023_gzip_bomb_is_defused_within_8_mb(server, fetcher, path):
    got, most = await memory_of(fetcher, server.url(path))
    assert got == "too large: more than 5 MB"
    assert most < 8 * MB


async def test_fault_023_endless_empty_gzip_members_are_refused(server, fetcher):
    assert await reason(fetcher, server.url("/gzip-empty-members")) == "the packed answer is in too many parts"


async def test_fault_024_brotli_is_never_asked_for_nor_unpacked(server, fetcher):
    got, most = await memory_of(fetcher, server.url("/br"))
    assert got.startswith("unsupported encoding")
    assert most < 8 * MB
    assert {seen.headers["accept-encoding"] for seen in server.requests} == {"gzip"}


async def test_fault_025_zstd_is_never_asked_for_nor_unpacked(server, fetcher):
    got, most = await memory_of(fetcher, server.url("/zstd"))
    assert got.startswith("unsupported encoding")
    assert most < 8 * MB
    assert {seen.headers["accept-encoding"] for seen in server.requests} == {"gzip"}


async def test_fault_026_two_layers_of_gzip_are_undone_and_three_are_not(server, fetcher):
    for path in ("/gzip-twice", "/gzip-twice-named-once"):
        assert (await fetcher.fetch(source(server.url(path)))).content == FEED
    for path in ("/gzip-thrice", "/gzip-thrice-unnamed"):
        assert await reason(fetcher, server.url(path)) == "packed more than 2 times over"


@pytest.mark.parametrize("path", ["/gzip-cut", "/gzip-cut-trailer"])
async def test_fault_027_truncated_gzip_is_noticed(server, fetcher, path):
    assert await reason(fetcher, server.url(path)) == "the packed answer breaks off before its end"


@pytest.mark.parametrize("path", ["/gzip-bad-crc", "/gzip-bad-header"])
async def test_fault_028_damaged_gzip_is_noticed(server, fetcher, path):
    assert await reason(fetcher, server.url(path)) == "the packed answer is damaged"


async def test_fault_029_unknown_encoding_is_refused(server, fetcher):
    assert (await reason(fetcher, server.url("/unknown-encoding"))).startswith("unsupported encoding")


async def test_fault_030_gzip_that_no_header_names_is_undone(server, fetcher):
    assert (await fetcher.fetch(source(server.url("/gzip-unnamed")))).content == FEED


# -- documents and validators  ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/empty", "/blank"])
async def test_fault_031_empty_answer_is_an_error_not_an_emptied_feed(server, fetcher, path):
    assert await reason(fetcher, server.url(path)) == "the answer is empty"


async def test_fault_032_web_page_is_told_from_a_feed(server, fetcher):
    assert await reason(fetcher, server.url("/html")) == "a web page, not a feed, at 127.0.0.1"
    assert "Cloudflare" in await reason(fetcher, server.url("/challenge"))


async def test_fault_033_unasked_304_is_asked_once_more_and_then_an_error(server, fetcher):
    got = await reason(fetcher, server.url("/always-304"))
    assert got == "the server says that nothing changed, without having been asked (304)"
    assert len(server.requests) == 2

    async def stumbling(exchange: Exchange) -> None:
        again = len(server.to("/stumbling")) > 1
        await (exchange.answer(FEED) if again else exchange.answer(status="304 Not Modified"))

    assert (await fetcher.fetch(source(server.on("/stumbling", stumbling)))).content == FEED


def test_fault_034_source_that_says_unchanged_for_ever_is_asked_afresh_every_8_days():
    day = 86400.0
    state = SourceState("a", "http://127.0.0.1/", etag='"x"', last_modified="then", last_full=0.0)
    assert schedule.validators(state, now=7.9 * day) == ('"x"', "then")
    assert schedule.validators(state, now=8 * day) == (None, None)


async def test_fault_035_new_etag_on_the_same_body_shows_by_the_hash(server, fetcher):
    async def churning(exchange: Exchange) -> None:
        await exchange.answer(FEED, f'ETag: "{len(server.requests)}"')

    url = source(server.on("/churning", churning))
    first = await fetcher.fetch(url)
    second = await fetcher.fetch(url, etag=first.etag)
    assert first.etag != second.etag
    assert first.body_hash == second.body_hash


async def test_fault_036_same_etag_on_a_new_body_is_taken(server, fetcher):
    async def lying(exchange: Exchange) -> None:
        await exchange.answer(FEED + b"<!-- %d -->" % len(server.requests), 'ETag: "same"')

    url = source(server.on("/lying", lying))
    first = await fetcher.fetch(url)
    second = await fetcher.fetch(url, etag=first.etag)
    assert first.etag == second.etag
    assert first.body_hash != second.body_hash
    assert second.content is not None


@pytest.mark.parametrize(
    "etag", ['W/"weak"', "unquoted", '"d\xe9j\xe0 vu \xff"', '"' + "x" * 1022 + '"', "''", 'W/"a", "b"', '"sp ace"']
)
async def test_fault_037_strange_etag_comes_back_byte_for_byte(server, fetcher, etag):
    async def strange(exchange: Exchange) -> None:
        if "if-none-match" in exchange.seen.headers:
            await exchange.answer(status="304 Not Modified")
        else:
            await exchange.answer(FEED, f"ETag: {etag}")

    url = source(server.on("/strange", strange))
    first = await fetcher.fetch(url)
    second = await fetcher.fetch(url, etag=first.etag)
    assert server.requests[1].headers["if-none-match"] == etag
    assert b"\r\nIf-None-Match: " + etag.encode("latin-1") + b"\r\n" in server.requests[1].head
    assert (second.status, second.content, second.conditional) == (304, None, True)


@pytest.mark.parametrize("date", ["yesterday", "0", "2023-03-13T09:02:00Z", "Mon, 13 Mar 2023 09:02:00 CET", "\xe4"])
async def test_fault_038_last_modified_that_is_no_date_comes_back_as_it_was(server, fetcher, date):
    async def strange(exchange: Exchange) -> None:
        await exchange.answer(FEED, f"Last-Modified: {date}")

    url = source(server.on("/strange", strange))
    first = await fetcher.fetch(url)
    await fetcher.fetch(url, last_modified=first.last_modified)
    assert server.requests[1].headers["if-modified-since"] == date


# -- redirects  -------------------------------------------------------------------------------------------------------


def redirect(server: FaultServer, path: str, location: str, status: int = 302, *more: str) -> str:
    """A path that redirects; its address."""

    async def away(exchange: Exchange) -> None:
        await exchange.answer(b"", f"Location: {location}", *more, status=f"{status} Elsewhere")

    return server.on(path, away)


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_fault_040_passing_redirect_is_followed_and_not_remembered(server, fetcher, status):
    response = await fetcher.fetch(source(redirect(server, "/moved", "/feed", status)))
    assert (response.content, response.url, response.permanent_url) == (FEED, server.url("/feed"), None)


async def test_fault_041_loops_and_long_ways_are_errors(server, fetcher):
    assert await reason(fetcher, server.url("/loop")) == "redirects in a circle"
    assert (await fetcher.fetch(source(server.url("/long-way?5")))).content == FEED
    assert await reason(fetcher, server.url("/long-way?6")) == "redirects more than 5 times"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/", "data:text/xml,<rss/>", "javascript:alert(1)", "gopher:x"]
)
async def test_fault_042_redirect_to_another_scheme_is_refused(server, fetcher, location):
    got = await reason(fetcher, redirect(server, "/away", location))
    assert got == f"redirects to a {location.partition(':')[0]}: address, which is never followed"


@pytest.mark.parametrize(
    "location", ["http://", "http:///x", "http://xn--/", "http://[::1", "http://h:99999/", "http://0177.0.0.1/", "//"]
)
async def test_fault_042_redirect_to_an_unreadable_address_is_an_error(server, fetcher, location):
    await reason(fetcher, redirect(server, "/away", location))
    assert len(server.requests) <= 2


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "localhost",
        "[::1]",
        "0.0.0.0",
        "0",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "[fc00::1]",
        "[fe80::1]",
        "224.0.0.1",
        "inside.example.com",
    ],
)
async def test_fault_043_redirect_to_private_address_is_refused(server, monkeypatch, host):
    dialled: list[str] = []
    dial = wire._dial

    async def watched(address: str, port: int) -> socket.socket:
        dialled.append(address)
        return await dial(address, port)

    def lookup(name: str, port: int) -> list[str]:
        if name == "inside.example.com":
            return ["10.1.2.3"]
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]

    monkeypatch.setattr(wire, "_dial", watched)
    async with Fetcher(lookup=lookup) as fetcher:
        url = redirect(server, "/away", f"http://{host}:{server.port}/feed")
        got = await reason(fetcher, url)
    assert got.startswith("refused to connect: "), got
    assert got.endswith("an address inside a private network")
    assert set(dialled) == {"127.0.0.1"}, "only the configured host was ever connected to"


async def test_fault_043_private_source_may_redirect_within_its_own_host(server, fetcher):
    async with FaultServer() as other:
        assert (await fetcher.fetch(source(redirect(server, "/a", other.url("/feed"))))).content == FEED


async def test_fault_044_name_that_turns_private_after_the_check_gains_nothing(monkeypatch):
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []
    dialled: list[str] = []

    def rebinding(name: str, port: int) -> list[str]:
        asked.append(name)
        return next(answers)

    async def refused(address: str, port: int) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(wire, "_dial", refused)
    async with Fetcher(lookup=rebinding, proxy_for=lambda _url: None) as fetcher:
        assert await reason(fetcher, "http://rebinder.example/") == "connection refused by rebinder.example"
        assert (asked, dialled) == (["rebinder.example"], ["93.184.216.34"])
        fetcher._resolver._known.clear()
        got = await reason(fetcher, "http://rebinder.example/")
    assert got == "refused to connect: rebinder.example leads to 127.0.0.1, an address inside a private network"
    assert dialled == ["93.184.216.34"]


async def test_fault_044_of_mixed_answers_only_public_ones_are_connected_to(monkeypatch):
    dialled: list[str] = []

    async def refused(address: str, port: int) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(wire, "_dial", refused)
    names = Names(**{"mixed.example": ["10.0.0.1", "93.184.216.34", "::1"]})
    async with Fetcher(lookup=names, proxy_for=lambda _url: None) as fetcher:
        await reason(fetcher, "http://mixed.example/")
    assert dialled == ["93.184.216.34"]


async def test_fault_045_downgrade_to_http_is_refused_with_a_password_and_noted_without(server):
    async with FaultServer(certificate="good") as secure, Fetcher(ssl_context=trusting()) as fetcher:
        url = redirect(secure, "/down", server.url("/feed"))
        assert (await fetcher.fetch(source(url))).note == "redirected from https to unencrypted http (127.0.0.1)"
        with_password = url.replace("127.0.0.1", "user:s3cret@127.0.0.1")
        assert "refused for a source with a password" in await reason(fetcher, with_password)
    assert len(server.requests) == 1


async def test_fault_046_credentials_stay_with_the_host_they_were_given_for(server, fetcher):
    async with FaultServer() as other:
        redirect(server, "/same", "/feed")
        redirect(server, "/other", other.url("/feed"))
        for path in ("/same", "/other"):
            await fetcher.fetch(source(server.url(path).replace("127.0.0.1", "user:p%40ss@127.0.0.1")))
    assert {seen.headers["authorization"] for seen in server.requests} == {"Basic dXNlcjpwQHNz"}
    assert "authorization" not in other.requests[0].headers


# -- statuses  --------------------------------------------------------------------------------------------------------


async def refused(server: FaultServer, fetcher: Fetcher, status: int, *lines: str, path: str = "/status") -> FetchError:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(b"no", *lines, status=f"{status} No")

    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(source(server.on(path, answer)))
    assert caught.value.status == status
    return caught.value


@pytest.mark.parametrize(("status", "says"), [(401, "wants a login (401)"), (403, "refuses access (403)")])
async def test_fault_048_refusal_backs_off_to_6_hours(server, fetcher, status, says):
    error = await refused(server, fetcher, status)
    assert says in error.reason
    assert 0.9 <= (after(error, failures=30).next_poll - 1e9) / (6 * 3600) <= 1.1


async def test_fault_049_missing_document_backs_off_to_6_hours_and_is_tried_for_ever(server, fetcher):
    state = after(await refused(server, fetcher, 404), failures=1000)
    assert state.state == "failing"
    assert 0.9 <= (state.next_poll - 1e9) / (6 * 3600) <= 1.1


async def test_fault_050_gone_source_is_asked_no_more_until_the_user_says_so(server, fetcher):
    state = after(await refused(server, fetcher, 410))
    assert (state.state, state.next_poll) == ("gone", None)
    assert schedule.held_back(state, 2e9)
    assert not schedule.held_back(state, 2e9, by_hand=True)
    gone = source("http://127.0.0.1/")
    assert schedule.resume([gone], {gone.name: state}, now=2e9, rng=random.Random(1)) == {}


class StoppedClock:
    def __init__(self, now: float) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
WAITS = [
    (["Retry-After: 300"], 300),
    (["Retry-After: 5"], 60),
    (["Retry-After: -5"], 60),
    (["Retry-After: 315360000"], 86400),
    (["Retry-After: soon"], 600),
    (["Retry-After: 1e400"], 600),
    (["Retry-After: Tue, 14 Nov 2023 22:23:20 GMT"], 600),
    (["Retry-After: Tue, 14 Nov 2023 22:43:20 GMT", "Date: Tue, 14 Nov 2023 22:13:20 GMT"], 1800),
    (["Retry-After: Mon, 13 Nov 2023 22:13:20 GMT"], 60),
    (["Retry-After: Tue, 14 Nov 2033 22:13:20 GMT"], 86400),
    (["Retry-After: Tue, 99 Foo 2023 22:13:20 GMT"], 600),
    ([], 600),
]


@pytest.mark.parametrize(("lines", "seconds"), WAITS)
async def test_fault_051_too_many_requests_silences_the_whole_host(server, lines, seconds):
    clock = StoppedClock(NOW)
    async with Fetcher(clock=clock) as fetcher:
        error = await refused(server, fetcher, 429, *lines)
        assert error.held_until == NOW + seconds
        state = after(error, now=NOW)
        assert state.next_poll >= NOW + seconds
        assert schedule.held_back(state, NOW + seconds - 1, by_hand=True)
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(source(server.url("/feed"), "Another source of the host"))
        assert caught.value.held_until == NOW + seconds
        assert len(server.requests) == 1
        clock.time = NOW + seconds
        assert (await fetcher.fetch(source(server.url("/feed")))).content == FEED


@pytest.mark.parametrize(("lines", "seconds"), [wait for wait in WAITS if wait[0]])
async def test_fault_052_unavailable_with_a_time_silences_the_whole_host_too(server, lines, seconds):
    async with Fetcher(clock=StoppedClock(NOW)) as fetcher:
        assert (await refused(server, fetcher, 503, *lines)).held_until == NOW + seconds
        await reason(fetcher, server.url("/feed"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_fault_053_failing_server_backs_off_and_is_forgiven_on_success(server, fetcher, status):
    error = await refused(server, fetcher, status)
    assert error.held_until is None
    state = after(error, failures=2)
    assert (state.state, state.failures) == ("failing", 3)
    assert 0.9 <= (state.next_poll - 1e9) / 480 <= 1.1
    assert state.next_why.startswith("3rd failure in a row, retry in ")
    response = await fetcher.fetch(source(server.url("/feed")))
    well = schedule.after_unchanged(source(server.url()), state, response, now=1e9, rng=random.Random(1))
    assert (well.state, well.failures, well.reason) == ("ok", 0, None)


@pytest.mark.parametrize("status", [999, 600, 299, 418, 305])
async def test_fault_054_unknown_status_is_an_error(server, fetcher, status):
    assert f"({status})" in (await refused(server, fetcher, status)).reason


async def test_fault_055_partial_content_is_an_error(server, fetcher):
    assert "a part only" in (await refused(server, fetcher, 206)).reason


async def test_fault_056_delta_answer_is_taken_as_a_document(server, fetcher):
    async def delta(exchange: Exchange) -> None:
        await exchange.answer(FEED, "IM: feed", status="226 IM Used")

    assert (await fetcher.fetch(source(server.on("/delta", delta)))).content == FEED


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        (["Cache-Control: max-age=31536000"], 86400),
        (["Cache-Control: max-age=-1"], None),
        (["Cache-Control: max-age=banana"], None),
        (["Cache-Control: public, MAX-AGE=600"], 600),
        (["Cache-Control: max-age=600", "Age: 200"], 400),
        (["Cache-Control: no-cache, max-age=600"], None),
        (["Cache-Control: max-age=10"], None),
        (["Expires: Thu, 01 Jan 2099 00:00:00 GMT"], 86400),
        (["Expires: 0"], None),
        (["Expires: Tue, 14 Nov 2023 22:23:20 GMT"], 600),
    ],
)
async def test_fault_057_absurd_freshness_is_clamped(server, lines, seconds):
    async def fresh(exchange: Exchange) -> None:
        await exchange.answer(FEED, *lines)

    async with Fetcher(clock=StoppedClock(NOW)) as fetcher:
        url = source(server.on("/fresh", fresh))
        response = await fetcher.fetch(url)
    state = schedule.after_unchanged(url, SourceState(url.name), response, now=NOW, rng=random.Random(1))
    assert state.hint == seconds
    assert (seconds or 120) <= state.next_poll - NOW <= (seconds or 120) * 1.1
    own = source(url.url, every=45.0)
    state = schedule.after_unchanged(own, SourceState(url.name), response, now=NOW, rng=random.Random(1))
    assert state.next_poll == NOW + 45


async def test_fault_058_cookies_are_neither_kept_nor_sent(server, fetcher):
    async def cookies(exchange: Exchange) -> None:
        await exchange.answer(FEED, "Set-Cookie: id=1; Path=/", "Set-Cookie: track=2")

    url = redirect(server, "/a", server.on("/cookies", cookies), 302, "Set-Cookie: early=1")
    for _ in range(2):
        await fetcher.fetch(source(url))
    assert len(server.requests) == 4
    for seen in server.requests:
        assert set(seen.headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert "?" not in seen.path


async def test_fault_059_one_host_sees_two_requests_at_once_and_a_breath_between_them(monkeypatch):
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(wire.guard, "is_public", lambda _address: True)
    names = Names(**{"busy.example": ["127.0.0.1"]})
    async with FaultServer() as server, Fetcher(lookup=names, sleep=sleep, proxy_for=lambda _url: None) as fetcher:

        async def slow(exchange: Exchange) -> None:
            await asyncio.sleep(0.005)
            await exchange.answer(FEED)

        server.on("/slow", slow)
        url = server.url("/slow", host="busy.example")
        await asyncio.gather(*(fetcher.fetch(source(url, f"feed {n}")) for n in range(50)))
        assert (len(server.requests), server.peak) == (50, 2)
        assert len(waits) == 49, "each but the first waited for its turn"
        assert max(waits) > 0.2


async def test_fault_059_private_host_has_no_breath_but_a_limit(server):
    async def never(_seconds: float) -> None:
        raise AssertionError("no waiting on a loopback server")

    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.005)
        await exchange.answer(FEED)

    async with Fetcher(sleep=never) as fetcher:
        url = server.on("/slow", slow)
        await asyncio.gather(*(fetcher.fetch(source(url, f"feed {n}")) for n in range(50)))
    assert server.peak == 8


async def test_fault_060_secrets_of_a_url_show_up_nowhere(server, fetcher, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    secrets = ("s3cret", "SEKRET", "k3y")
    redirect(server, "/moved", "/feed?token=SEKRET&n=1", 301)
    said = []
    async with Fetcher() as quiet:
        for path in ("/feed", "/moved", "/loop", "/html", "/gzip-cut", "/garbage", "/silence", "/reset-in-body"):
            url = server.url(path).replace("127.0.0.1", "user:s3cret@127.0.0.1") + "?token=SEKRET&api_key=k3y"
            try:
                async with asyncio.timeout(0.5):
                    response = await quiet.fetch(source(url), etag='"x"')
                said += [repr(response)]
            except (FetchError, TimeoutError) as error:
                said += [str(error), repr(error), "".join(traceback.format_exception(error))]
    said += [record.getMessage() for record in caplog.records] + [caplog.text]
    assert all(secret not in text for secret in secrets for text in said)
    assert server.requests[0].headers["authorization"] == "Basic dXNlcjpzM2NyZXQ="
    assert "token=SEKRET" in server.requests[0].path, "the server itself gets what the URL holds"


def test_fault_060_redact_blanks_secrets_of_every_url_in_a_text():
    text = redact("GET http://bob:s3cret@wire.example/a?token=SEKRET&page=2 failed; Authorization: Basic c2VjcmV0")
    assert "s3cret" not in text
    assert "SEKRET" not in text
    assert "c2VjcmV0" not in text
    assert "wire.example/a" in text
    assert "page=2" in text


async def test_fault_061_proxy_that_is_down_is_named_without_its_password():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with Fetcher(proxy_for=lambda _url: f"http://me:s3cret@127.0.0.1:{port}") as fetcher:
            for url in ("http://wire.example/", "https://wire.example/"):
                assert await reason(fetcher, url) == f"connection refused by the proxy 127.0.0.1:{port}"


async def test_fault_061_proxy_that_refuses_is_named(server):
    async def no(exchange: Exchange) -> None:
        await exchange.answer(b"", status="407 Proxy Authentication Required")

    server.on("wire.example:443", no)
    async with Fetcher(proxy_for=lambda _url: server.url("")) as fetcher:
        got = await reason(fetcher, "https://wire.example/")
    assert got == f"the proxy 127.0.0.1:{server.port} refused to connect to wire.example (407)"


async def test_fault_061_working_proxy_is_used_except_for_private_sources(server):
    async def forward(exchange: Exchange) -> None:
        await exchange.answer(FEED)

    server.on("http://wire.example/feed", forward)
    async with Fetcher(proxy_for=lambda _url: server.url("")) as fetcher:
        assert (await fetcher.fetch(source("http://wire.example/feed"))).content == FEED
        assert (await fetcher.fetch(source(server.url("/feed")))).content == FEED
        assert "inside a private network" in await reason(
            fetcher, redirect(server, "/in", f"http://127.0.0.2:{server.port}/feed")
        )


@pytest.mark.parametrize(
    "url", ["http://", "http://h:99999/", "http://xn--/", "http://a\x1b[31m/", "http://a b/", "", "x", "file:///etc/x"]
)
async def test_fault_062_impossible_url_is_that_sources_own_error(fetcher, url):
    got = await reason(fetcher, url)
    assert "\x1b" not in got


# -- schedule  --------------------------------------------------------------------------------------------------------


def test_fault_063_restart_honours_what_was_planned_and_causes_no_burst():
    sources = [source(f"http://127.0.0.1/{n}", f"s{n}") for n in range(300)]
    states = {
        one.name: SourceState(one.name, one.url, last_attempt=900.0, next_poll=1100.0 if n % 2 else 950.0)
        for n, one in enumerate(sources)
    }
    moments = schedule.resume(sources, states, now=1000.0, rng=random.Random(1))
    assert all(moments[f"s{n}"] == 1100.0 for n in range(1, 300, 2))
    overdue = sorted(moments[f"s{n}"] for n in range(0, 300, 2))
    assert len(set(overdue)) == 150
    assert min(later - earlier for earlier, later in itertools.pairwise(overdue)) > 0.09
    assert overdue[-1] <= 1030.0


def test_fault_064_waking_after_8_hours_is_one_staggered_sweep():
    sources = [source(f"http://127.0.0.1/{n}", f"s{n}", every=30.0) for n in range(300)]
    states = {one.name: SourceState(one.name, one.url, last_attempt=1000.0, next_poll=1030.0) for one in sources}
    now = 1000.0 + 8 * 3600
    moments = sorted(schedule.resume(sources, states, now=now, rng=random.Random(1)).values())
    assert len(moments) == 300
    assert moments[0] >= now
    assert moments[-1] <= now + 30
    assert len(set(moments)) == 300


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_fault_065_clock_that_jumps_a_day_neither_stops_nor_floods_a_source(jump):
    one = source("http://127.0.0.1/", every=30.0)
    state = SourceState(one.name, one.url, last_attempt=1e9, next_poll=1e9 + 30)
    now = 1e9 + 10 + jump
    moment = schedule.resume([one], {one.name: state}, now=now, rng=random.Random(1))[one.name]
    assert now <= moment <= now + 31


async def test_fault_067_time_limits_that_strike_leave_no_dead_connection_behind(server):
    async with Fetcher(limits=Limits(total=0.05, private_per_host=4)) as fetcher:
        for _ in range(3):
            results = await asyncio.gather(
                *(fetcher.fetch(source(server.url("/silence"), f"s{n}")) for n in range(12)), return_exceptions=True
            )
            assert all(isinstance(result, FetchError) for result in results)
        assert fetcher.clients.connections == 0
        fetcher.limits = Limits()
        for n in range(12):
            assert (await fetcher.fetch(source(server.url("/feed"), f"s{n}"))).content == FEED
        assert fetcher.clients.connections == 1


async def test_fault_067_fetches_cancelled_at_any_moment_leave_the_host_reachable(server, fetcher):
    rng = random.Random(67)
    for _ in range(10):
        tasks = [asyncio.create_task(fetcher.fetch(source(server.url("/feed"), f"s{n}"))) for n in range(20)]
        for _ in range(rng.randrange(40)):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert fetcher.clients.connections <= fetcher.limits.private_per_host
    for n in range(20):
        assert (await fetcher.fetch(source(server.url("/feed"), f"s{n}"))).content == FEED
