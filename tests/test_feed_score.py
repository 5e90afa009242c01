"""What those who run servers count: whether a reader asks politely, over days and restarts, header by header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.eventually import eventually
from tests.faultd.faults import FEED
from tests.faultd.server import FaultServer
from tests.test_engine import Clock, once, running_by
from wirewatch import config as configuration
from wirewatch.clock import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faultd.server import Exchange
    from wirewatch.config import Config

ETAG = 'W/"caf\xe9 --gzip;1"'
MODIFIED = "Thu, 32 Foo 2023 99:00:00 CEST"
"""Validators are opaque: neither is what a standard allows, and both come back as they are."""
STEP = 6 * HOUR


def settings(url: str) -> Config:
    return configuration.parse(f'[[source]]\nname = "scored"\nurl = "{url}"\n', file="scored.toml")


async def scored(exchange: Exchange) -> None:
    """A feed with validators, which also sets a cookie that nobody should send back."""
    validators = (f"ETag: {ETAG}", f"Last-Modified: {MODIFIED}", "Set-Cookie: id=1; Path=/")
    known = exchange.seen.headers.get("if-none-match") == ETAG
    await exchange.answer(b"" if known else FEED, *validators, status="304 Not Modified" if known else "200 OK")


async def test_nine_days_of_restarts_bring_one_unconditional_request_and_one_more_after_eight(tmp_path: Path) -> None:
    clock = Clock()
    begun = clock.wall
    moments = []
    async with FaultServer() as server:
        url = server.on("/scored", scored)
        while clock.wall - begun <= 9 * DAY:
            moments.append(clock.wall - begun)
            await once(settings(url), tmp_path, clock)
            clock.wall += STEP
        seen = server.to("/scored")
    assert len(seen) == len(moments)
    bare = [
        at
        for at, one in zip(moments, seen, strict=True)
        if not one.headers.keys() & {"if-none-match", "if-modified-since"}
    ]
    assert bare == [0.0, 8 * DAY]
    conditional = [one.headers for one in seen if "if-none-match" in one.headers]
    assert {(headers["if-none-match"], headers["if-modified-since"]) for headers in conditional} == {(ETAG, MODIFIED)}
    assert all(one.path == "/scored" for one in seen), "nothing is added to the address"
    assert not any(one.headers.keys() & {"cookie", "referer"} for one in seen)
    assert all("wirewatch" in one.headers["user-agent"] for one in seen)


async def test_a_restart_asks_no_source_before_its_time(tmp_path: Path) -> None:
    clock = Clock()
    async with FaultServer() as server:
        config = settings(server.on("/scored", scored))
        states = await once(config, tmp_path, clock)
        next_poll = states["scored"].next_poll
        assert next_poll is not None
        assert next_poll > clock.wall + 30
        clock.wall += 10
        async with running_by(clock, config, tmp_path) as engine:
            await eventually(lambda: "scored" in engine._timetable.due)
            wait = engine._timetable.due["scored"] - clock.monotonic()
        assert wait == pytest.approx(next_poll - clock.wall, abs=5)
        assert len(server.to("/scored")) == 1


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_who_asks_for_silence_has_it_over_a_restart_even_from_a_pass_over_all(
    tmp_path: Path, status: str
) -> None:
    clock = Clock()

    async def busy(exchange: Exchange) -> None:
        await exchange.answer(b"", "Retry-After: 3600", status=status)

    async with FaultServer() as server:
        config = settings(server.on("/busy", busy))
        await once(config, tmp_path, clock)
        clock.wall += 59 * MINUTE
        await once(config, tmp_path, clock)
        async with running_by(clock, config, tmp_path) as engine:
            await eventually(lambda: "scored" in engine._timetable.due)
            assert engine._timetable.due["scored"] - clock.monotonic() >= MINUTE - 5
        assert len(server.to("/busy")) == 1
