"""Two lanes of parser workers: a document that takes long holds up no source but its own kind."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from tests.eventually import eventually
from wirewatch.engine import readers
from wirewatch.engine.readers import LARGE, LONG, PENANCE, Readers
from wirewatch.engine.worker import ParseJob
from wirewatch.errors import ParseError
from wirewatch.model import Document, Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Double:
    """A worker whose documents take as long as they say."""

    made: list[Double]
    gate: threading.Event

    def __init__(self, *, nice: int = 0) -> None:
        self.nice = nice
        self.read: list[str] = []
        self.closed = False
        self.took = 0.0
        Double.made.append(self)

    def parse(self, job: ParseJob) -> Document:
        self.read.append(job.source.name)
        self.took = 2 * LONG if job.content.startswith(b"long") else 0.0
        if job.content.startswith(b"wait"):
            assert Double.gate.wait(30)
        elif job.content.startswith(b"bad"):
            raise ParseError("bad")
        return Document("rss", ())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    Double.made, Double.gate = [], threading.Event()
    monkeypatch.setattr(readers, "Parser", Double)
    yield Double.gate
    Double.gate.set()


@pytest.fixture
async def lanes(gate: threading.Event) -> AsyncIterator[Readers]:
    found = Readers()
    yield found
    gate.set()
    found.close()
    assert all(double.closed for double in Double.made)


def job(source: str, content: bytes = b"short") -> ParseJob:
    return ParseJob(content=content, source=Source(source, "https://wire.example/"), received=0.0)


async def test_a_source_that_took_long_once_waits_for_itself_alone(lanes: Readers, gate: threading.Event) -> None:
    await lanes.read(job("hostile", b"long"))
    hostile = asyncio.create_task(lanes.read(job("hostile", b"wait")))
    for _ in range(3):
        await lanes.read(job("fine"))
    assert not hostile.done()
    gate.set()
    await hostile
    assert [double.read for double in Double.made] == [["hostile", "fine", "fine", "fine"], ["hostile"]]


async def test_a_large_document_waits_with_the_slow_ones(lanes: Readers) -> None:
    await lanes.read(job("large", b"x" * (LARGE + 1)))
    await lanes.read(job("large"))
    assert sorted(len(double.read) for double in Double.made) == [1, 1]


async def test_a_slow_source_is_trusted_again_after_some_short_documents(lanes: Readers) -> None:
    await lanes.read(job("once", b"long"))
    for number in range(PENANCE):
        if number % 2:
            with pytest.raises(ParseError):
                await lanes.read(job("once", b"bad"))
        else:
            await lanes.read(job("once"))
    await lanes.read(job("once"))
    quick, slow = Double.made
    assert (len(quick.read), len(slow.read)) == (2, PENANCE)


async def test_the_slow_lane_stands_back_behind_all_else(lanes: Readers) -> None:
    await lanes.read(job("once", b"long"))
    await lanes.read(job("once"))
    assert [double.nice for double in Double.made] == [0, readers.NICE]


async def test_the_slow_lane_ends_when_it_has_nothing_to_do(lanes: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "REST", 0.0)
    await lanes.read(job("once", b"long"))
    await lanes.read(job("once"))
    await eventually(lambda: Double.made[1].closed)
    await lanes.read(job("once"))
    assert len(Double.made) == 3
