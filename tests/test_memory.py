"""What was used for one document or one poll is let go of at once, and what was freed is the system's again."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faultd import FaultServer
from wirewatch import config as configuration
from wirewatch.engine.engine import Engine
from wirewatch.engine.fetch.body import Body
from wirewatch.engine.parse import quick, shape
from wirewatch.engine.parse.vocabulary import DoubtError
from wirewatch.errors import ParseError
from wirewatch.store import open_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ITEMS = b"<item><title>Flood in Brno</title><link>https://wire.example/1</link></item>" * 3
DOCUMENTS = {
    "whole": b"<rss version='2.0'><channel><title>Wire</title>" + ITEMS + b"</channel></rss>",
    "broken": b"<rss version='2.0'><channel><title>A & B</title>" + ITEMS + b"</channel></rss>",
    "deep": b"<rss version='2.0'><channel>" + b"<a>" * 400 + ITEMS,
}
HOLES = """
import sys
from wirewatch.engine.memory import give_back

if sys.argv[1] == "told":
    give_back()


def held():
    pages = open("/proc/self/statm").read().split()[1]
    return int(pages) * 4096


del [bytearray(b"x") * 30_000_000 for _ in range(2)][:]
before = held()
large, small = [], []
for _ in range(300):
    large.append(bytearray(b"x") * 200_000)
    small.append(bytearray(b"x") * 20_000)
large.clear()
print(held() - before - 300 * 20_000)
"""


@pytest.fixture
def no_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collections")
@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("read", [shape.look, quick.read])
def test_a_document_that_was_read_is_let_go_of_at_once(kind: str, read: Callable[[bytes], object]) -> None:
    content = DOCUMENTS[kind]
    before = sys.getrefcount(content)
    with contextlib.suppress(DoubtError, ParseError):
        read(content)
    assert sys.getrefcount(content) == before
    assert not [thing for thing in gc.get_objects() if isinstance(thing, quick._Reader)]


@pytest.mark.usefixtures("no_collections")
async def test_a_poll_that_failed_leaves_nothing_of_its_answer(tmp_path: Path) -> None:
    async with FaultServer() as server:
        config = configuration.parse(f'[[source]]\nname = "Hostile"\nurl = "{server.url("/gzip-bomb")}"\n', file="test")
        with contextlib.closing(open_writer(tmp_path)) as writer:
            writer.claim("test")
            states = await Engine(config, tmp_path, writer).once()
        await asyncio.sleep(0)
    assert states["Hostile"].reason == "too large: more than 5 MB"
    assert not [thing for thing in gc.get_objects() if isinstance(thing, Body)]


@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="needs glibc")
def test_what_lies_between_blocks_still_in_use_is_given_back_to_the_system() -> None:
    kept = {
        told: int(subprocess.run([sys.executable, "-c", HOLES, told], check=True, capture_output=True).stdout)
        for told in ("told", "untold")
    }
    assert kept["told"] < 5_000_000 < kept["untold"]
