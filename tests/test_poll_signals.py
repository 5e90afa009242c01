"""`wirewatch poll` is told to end: what is there is flushed, the lease is free, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from bench.feedfarm import FeedFarm
from tests.commandline import environment
from tests.eventually import eventually
from tests.test_kill_engine import stored
from wirewatch.store import check, open_reader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_fault_132_an_engine_alone_flushes_and_leaves_when_told_to(how: signal.Signals, tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with FeedFarm(feeds=6, items=8) as farm:
        config = tmp_path / "config.toml"
        config.write_text(farm.config(every="1s").replace("http://127", "http://reader:pa55word@127"))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "wirewatch", "poll", "--config", str(config), "--data", str(data)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(tmp_path),
        )
        try:
            await eventually((data / "wirewatch.sqlite").exists)
            with contextlib.closing(open_reader(data)) as reader:
                await eventually(lambda: len(stored(reader)) == 48)
                farm.publish(20)
                before = reader.last_seq()
                await eventually(lambda: reader.last_seq() > before)
                acknowledged = set(stored(reader))
            process.send_signal(how)
            out, err = await asyncio.wait_for(process.communicate(), 30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    assert process.returncode == 0, err.decode()  # nothing else ends it: being told to is no failure
    assert b"Traceback" not in out + err
    assert b"pa55word" not in out + err
    assert not (wal := data / "wirewatch.sqlite-wal").exists() or wal.stat().st_size == 0
    with contextlib.closing(open_reader(data)) as reader:
        assert reader.engine() is None, "the lease is free"
        after = stored(reader)
    assert acknowledged <= set(after)
    assert max(after.values()) == 1
    assert check(data) == []
    assert all("pa55word" not in log.read_text() for log in data.glob("*.log*"))
