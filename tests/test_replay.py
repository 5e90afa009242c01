"""The captured week, replayed: each feed is served as it stood, and whoever steps through the week sees every item."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bench.replay import SEED_AT, Replay, read_week
from tests.shared import shared

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


class HandClock:
    """A clock that tests turn by hand."""

    time = 1_700_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


async def poll(replay: Replay, slug: str, etag: str = "") -> tuple[int, str, bytes]:
    """One request: status, ETag, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", replay.port)
    asked = f"GET /{slug}.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: {etag}\r\n\r\n"
    writer.write(asked.encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    lines = head.decode("latin-1").split("\r\n")
    tags = [line.partition(": ")[2] for line in lines if line.startswith("ETag")]
    return int(lines[0].split()[1]), "".join(tags), body


def small_week(folder: Path, *, items: int = 6) -> Path:
    path = folder / "week.jsonl.gz"
    rows = [
        {
            "source": f"https://www.{host}.example/rss",
            "title": f"{host} \x0bnumber {number} & more",
            "description": "<p>text</p>",
            "link": f"https://{host}.example/{number}?a=1&b=2",
            "date_published": f"2023-03-13 08:{number:02d}:00+00:00",
            "language": "en-US",
        }
        for number in range(items)
        for host in ("one", "two")
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


async def test_a_feed_holds_what_was_published_by_then_newest_first(tmp_path: Path) -> None:
    async with Replay(small_week(tmp_path), newest=3) as replay:
        replay.advance("2023-03-13T08:01:30Z")
        status, etag, body = await poll(replay, "f01")
        assert status == 200
        root = ET.fromstring(body)
        assert [item.findtext("title") for item in root.iterfind(".//item")] == [
            "one number 1 & more",
            "one number 0 & more",
        ]
        assert root.findtext(".//item/guid") == "https://one.example/1?a=1&b=2"
        assert root.findtext(".//item/pubDate") == "Mon, 13 Mar 2023 08:01:00 GMT"
        assert (await poll(replay, "f01", etag))[0] == 304
        assert replay.advance("2023-03-13T08:04:00Z") == ["f01", "f02"]
        status, _, body = await poll(replay, "f01", etag)
        assert status == 200
        assert len(list(ET.fromstring(body).iterfind(".//item"))) == 3
        assert replay.requests == {"f01": 3, "f02": 0}


async def test_a_step_that_would_lose_an_item_is_refused(tmp_path: Path) -> None:
    async with Replay(small_week(tmp_path), newest=3) as replay:
        with pytest.raises(ValueError, match=r"^5 items of one\.example/rss came up by 2023-03-13T08:05:00Z"):
            replay.advance("2023-03-13T08:05:00Z")
        replay.advance("2023-03-13T08:02:00Z")
        with pytest.raises(ValueError, match="doesn't run back"):
            replay.advance("2023-03-13T08:01:00Z")


async def test_the_synthetic_agency_publishes_the_document_at_nine(tmp_path: Path) -> None:
    seed = tmp_path / "seed.txt"
    seed.write_text("Exclusive: A & B – sources\n\nFirst paragraph.\n\nLeave a Reply\n", "utf-8")
    async with Replay(small_week(tmp_path), seed=seed) as replay:
        replay.advance(SEED_AT - 1)
        assert b"<item>" not in (await poll(replay, "agency"))[2]
        assert replay.advance(SEED_AT) == ["agency"]
        item = ET.fromstring((await poll(replay, "agency"))[2]).find(".//item")
        assert item is not None
        assert item.findtext("title") == "Exclusive: A & B – sources"
        assert item.findtext(CONTENT) == "<p>First paragraph.</p>\n<p>Leave a Reply</p>"


async def test_a_week_by_the_clock_looks_live(tmp_path: Path) -> None:
    clock = HandClock()
    async with Replay(small_week(tmp_path), factor=60.0, clock=clock) as replay:
        clock.time += 2.0
        root = ET.fromstring((await poll(replay, "f02"))[2])
        titles = [item.findtext("title") for item in root.iterfind(".//item")]
        assert titles[0] == "two number 2 & more"
        assert root.findtext(".//item/pubDate") == "Tue, 14 Nov 2023 22:13:22 GMT"
        with pytest.raises(ValueError, match="runs by the clock"):
            replay.advance(replay.last)


async def test_its_configuration_names_every_feed(tmp_path: Path) -> None:
    from wirewatch import config

    async with Replay(small_week(tmp_path)) as replay:
        read = config.parse(replay.config_text(), file="replay.toml")
        assert [(source.name, source.url) for source in read.sources] == [
            ("one.example/rss", replay.url("f01")),
            ("two.example/rss", replay.url("f02")),
        ]


@pytest.mark.slow
async def test_stepping_through_the_captured_week_shows_every_item() -> None:
    path = shared("corpora/captured/week-2023-03-11.jsonl.gz")
    seed = next(shared("corpora/seed").glob("*.txt"))
    wanted = Counter((feed.name, item.link) for feed in read_week(path) for item in feed.items)
    assert sum(wanted.values()) == 13_878
    assert max(wanted.values()) == 1
    seen: set[tuple[str, str]] = set()
    async with Replay(path, seed=seed) as replay:
        etags: dict[str, str] = {}
        grown = list(replay.feeds)
        moments = 0
        steps = replay.steps()
        while True:
            for slug in grown:
                status, etags[slug], body = await poll(replay, slug, etags.get(slug, ""))
                assert status == 200
                name = replay.feeds[slug].name
                seen |= {(name, item.findtext("guid") or "") for item in ET.fromstring(body).iterfind(".//item")}
            moment = next(steps, None)
            if moment is None:
                break
            grown = replay.advance(moment)
            moments += 1
    assert seen - set(wanted) == {("Agency", "https://agency.example/seed")}
    assert set(wanted) <= seen
    assert moments >= 28
