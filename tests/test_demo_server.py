"""The demo's server: real feeds over loopback, validators, a day in fast motion, and the faults it was told to have."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from wirewatch.demo import config_text
from wirewatch.demo.pace import Pace
from wirewatch.demo.process import WireProcess, clock_time
from wirewatch.demo.server import NEWEST, DemoServer, time_of_day
from wirewatch.demo.wire import CLOSING, OPENING, bundled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()
ATOM = "{http://www.w3.org/2005/Atom}"
RSS_1 = "{http://purl.org/rss/1.0/}"


class HandClock:
    """A clock that tests turn by hand."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


async def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own: status, headers in lower case, body as sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return int(first.split()[1]), fields, body


def path(server: DemoServer, outlet: str) -> str:
    return server.url(outlet).removeprefix(f"http://127.0.0.1:{server.port}")


def titles(body: bytes) -> list[str]:
    return [title.text or "" for title in ET.fromstring(body).iterfind(".//item/title")]


async def test_an_unchanged_feed_is_answered_by_304_until_it_changes() -> None:
    clock = HandClock()
    async with DemoServer(clock=clock) as server:
        feed = path(server, "meridian")
        status, first, body = await get(server.port, feed)
        assert status == 200
        assert int(first["content-length"]) == len(body)
        same = await get(server.port, feed, If_None_Match=first["etag"])
        assert (same[0], same[2]) == (304, b"")
        assert (await get(server.port, feed, If_Modified_Since=first["last-modified"]))[0] == 304
        clock.time += 15.5  # 07:00:30: the bank rescue
        status, second, body = await get(server.port, feed, If_None_Match=first["etag"])
        assert status == 200
        assert second["etag"] != first["etag"]
        assert parsedate_to_datetime(second["last-modified"]) > parsedate_to_datetime(first["last-modified"])
        assert "FOR ONE POUND" in titles(body)[0]


async def test_a_wrong_etag_outweighs_a_fitting_date() -> None:
    async with DemoServer(clock=HandClock()) as server:
        feed = path(server, "ledger")
        _, headers, _ = await get(server.port, feed)
        both = {"If_None_Match": '"other"', "If_Modified_Since": headers["last-modified"]}
        assert (await get(server.port, feed, **both))[0] == 200


async def test_gzip_is_used_where_it_is_accepted() -> None:
    async with DemoServer(clock=HandClock()) as server:
        feed = path(server, "meridian")
        _, plain_headers, plain = await get(server.port, feed)
        _, headers, packed = await get(server.port, feed, Accept_Encoding="gzip, deflate")
        assert headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain_headers
        assert len(packed) < len(plain)
        assert gzip.decompress(packed) == plain


async def test_time_runs_sixty_times_faster_than_life() -> None:
    clock = HandClock()
    async with DemoServer(clock=clock) as server:
        feed = path(server, "meridian")
        _, _, before = await get(server.port, feed)
        assert not any("XI JINPING" in title for title in titles(before))
        clock.time += 75.0  # 08:00:00
        _, _, after = await get(server.port, feed)
        assert titles(after)[0].startswith("XI JINPING PLANS TO VISIT RUSSIA")
        clock.time += 2.0
        _, _, later = await get(server.port, feed)
        assert titles(later)[0].startswith("EXCLUSIVE-Xi plans Russia visit")
        clock.time -= 3600.0  # a wall clock that jumps back takes nothing before the beginning
        assert server.now() == OPENING


async def test_the_newest_item_is_always_now_and_none_lies_ahead() -> None:
    clock = HandClock()
    async with DemoServer(clock=clock) as server:
        for outlet in server.wire.outlets:
            clock.time = START + 75.0 + len(outlet)
            if server.wire.outlets[outlet].format != "rss" or server.wire.outlets[outlet].faults:
                continue
            _, _, body = await get(server.port, path(server, outlet))
            dates = [
                parsedate_to_datetime(date.text or "").timestamp()
                for date in ET.fromstring(body).iterfind(".//item/pubDate")
            ]
            assert dates == sorted(dates, reverse=True)
            assert dates[0] <= clock.time
        clock.time = START + 75.0
        _, _, body = await get(server.port, path(server, "meridian"))
        newest = ET.fromstring(body).findtext(".//item/pubDate") or ""
        assert clock.time - parsedate_to_datetime(newest).timestamp() <= 1.0


async def test_an_edit_keeps_guid_and_date_and_changes_the_title() -> None:
    clock = HandClock()
    async with DemoServer(clock=clock) as server:

        async def seen() -> tuple[str, str, str]:
            _, _, body = await get(server.port, path(server, "lantern"))
            item = next(i for i in ET.fromstring(body).iterfind(".//item") if i.findtext("guid") == "lantern:ferry")
            return tuple(item.findtext(tag) or "" for tag in ("guid", "pubDate", "title"))  # type: ignore[return-value]

        clock.time += 60.0
        first = await seen()
        clock.time += 90.0
        second = await seen()
        assert first[:2] == second[:2]
        assert first[2].startswith("BREAKING: Ferry with 60")
        assert second[2].startswith("All 63 on ferry")


@pytest.mark.parametrize("outlet", sorted(bundled().outlets))
async def test_every_feed_is_well_formed_and_says_that_it_is_a_demo(outlet: str) -> None:
    async def no_wait(_seconds: float) -> None: ...

    async with DemoServer(sleep=no_wait, clock=HandClock()) as server:
        server.turn(time_of_day("19:30"))
        of = server.wire.outlets[outlet]
        feed = path(server, outlet).replace(".moved", ".atom")
        status, headers, body = await get(server.port, feed)
        assert status == 200
        expected = [take.headline for _, take in server.wire.feed(outlet, server.now(), NEWEST)]
        assert len(expected) <= NEWEST
        if of.trouble("broken", server.now()):
            with pytest.raises(ET.ParseError):
                ET.fromstring(body)
            assert f"{of.name} (demo)".encode() in body
            assert body.count(b"<item>") == len(expected)
            return
        if of.format == "json":
            document = json.loads(body)
            assert document["title"] == f"{of.name} (demo)"
            assert [item["title"] for item in document["items"]] == expected
            return
        root = ET.fromstring(body)
        space = {"rss": "", "atom": ATOM, "rdf": RSS_1}[of.format]
        entry = f".//{space}entry" if of.format == "atom" else f".//{space}item"
        title = root.findtext(f".//{space}title")
        assert title == f"{of.name} (demo)"
        assert [found.findtext(f"{space}title") for found in root.iterfind(entry)] == expected
        assert headers["content-type"].startswith(f"application/{of.format}")


async def test_a_dead_feed_answers_500_and_comes_back() -> None:
    async with DemoServer(clock=HandClock()) as server:
        feed = path(server, "examiner")
        answers = []
        for at in ("07:00", "07:06", "08:14", "08:15"):
            server.turn(time_of_day(at))
            answers.append((await get(server.port, feed))[0])
        assert answers == [200, 500, 500, 200]


async def test_a_closed_feed_answers_410() -> None:
    async with DemoServer(clock=HandClock()) as server:
        server.turn(time_of_day("19:59"))
        assert (await get(server.port, path(server, "semaphore")))[0] == 200
        server.turn(time_of_day("20:00"))
        assert (await get(server.port, path(server, "semaphore")))[0] == 410


async def test_a_moved_feed_redirects_to_where_it_is() -> None:
    async with DemoServer(clock=HandClock()) as server:
        status, headers, _ = await get(server.port, path(server, "sundial"))
        assert (status, headers["location"]) == (301, "/feeds/sundial.atom")
        assert (await get(server.port, headers["location"]))[0] == 200


async def test_a_slow_feed_thinks_before_it_answers() -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    sleep: Callable[[float], Awaitable[object]] = wait
    async with DemoServer(sleep=sleep, clock=HandClock()) as server:
        assert (await get(server.port, path(server, "beacon")))[0] == 200
        assert (await get(server.port, path(server, "ledger")))[0] == 200
    assert waited == [1.5]


async def test_what_is_no_feed_is_refused_in_words() -> None:
    async with DemoServer(clock=HandClock()) as server:
        assert (await get(server.port, "/feeds/nobody.xml"))[0] == 404
        assert (await get(server.port, "/"))[0] == 404
        assert (await get(server.port, "/feeds/meridian.xml", X="y" * 20_000))[0] == 431


async def test_a_connection_serves_many_requests() -> None:
    async with DemoServer(clock=HandClock()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(3):
            writer.write(b"HEAD /feeds/meridian.xml HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK")
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 405 ")
        writer.close()
        await writer.wait_closed()
        assert server.requests == {"meridian": 3}


async def test_closing_the_server_ends_open_connections() -> None:
    async with DemoServer(clock=HandClock()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /feeds/ledger.xml HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
    await reader.read()
    assert reader.at_eof()
    writer.close()
    await writer.wait_closed()


def test_times_are_mapped_there_and_back() -> None:
    pace = Pace(OPENING, START, 60.0)
    assert pace.shown(OPENING - 7200) == START - 7200  # the night keeps its distances
    assert pace.shown(OPENING + 4500) == START + 75  # the day is sixty times faster
    for at in (OPENING - 30_000, OPENING, OPENING + 1, CLOSING):
        assert pace.happened(pace.shown(at)) == pytest.approx(at)
    at_once = Pace(CLOSING, START, float("inf"))
    assert at_once.wire(START + 1e6) == CLOSING
    assert at_once.shown(CLOSING) == START
    assert at_once.happened(at_once.shown(OPENING)) == OPENING


def test_the_whole_day_can_be_served_at_once_by_a_process_that_ends_with_its_parent(tmp_path: Path) -> None:
    with WireProcess(tmp_path / "server.log", factor=float("inf")) as wire:
        assert wire.port > 0
        assert wire.pace.begin == CLOSING
        status, _, body = asyncio.run(get(wire.port, "/feeds/clarion.xml"))
        assert status == 200
        assert len(titles(body)) == len(bundled().feed("clarion", CLOSING))
        wire.turn("06:45")
        body = asyncio.run(get(wire.port, "/feeds/clarion.xml"))[2]
        assert len(titles(body)) == len(bundled().feed("clarion", OPENING))
        process = wire._process
        assert process is not None
    assert process.returncode == 0
    assert (tmp_path / "server.log").read_text() == ""


def test_the_server_says_its_port_and_answers_nonsense_with_a_sentence() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "wirewatch.demo.server", "--factor", "60"],
        input=b'{"at": "25:99"}\n{"at": "12:00"}\n',
        capture_output=True,
        timeout=60,
        check=True,
    )
    first, second, third = (json.loads(line) for line in process.stdout.splitlines())
    assert first["v"] == 1
    assert first["port"] > 0
    assert second["error"].startswith("not an order")
    assert third["at"] == "12:00:00"


def test_the_server_loads_neither_textual_nor_httpx_nor_feedparser() -> None:
    heavy = ["textual", "rich", "httpx", "feedparser", "rapidfuzz"]
    probe = f"import sys, wirewatch.demo.server; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_configuration_is_read_without_a_complaint() -> None:
    from wirewatch import config

    read = config.parse(config_text(43210), file="demo.toml")
    assert len(read.sources) == len(bundled().outlets)
    assert {source.kind for source in read.sources} == {"agency", "web", "press", "official"}
    assert all(source.url.startswith("http://127.0.0.1:43210/feeds/") for source in read.sources)
    assert all(source.every is not None and source.every <= 5 for source in read.sources)
    assert "Xi Jinping" in read.watch.entities
    named = {entity.name for entity in read.entities}
    assert named <= set(read.watch.entities)


def test_the_eve_is_told_from_the_day() -> None:
    assert clock_time(OPENING) == "06:45"
    assert clock_time(OPENING - 8.5 * 3600) == "Sun 22:15"
