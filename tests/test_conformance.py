"""Other projects' suites over the shared corpora; `-s` shows the numbers, `python -m bench.conformance` all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import conformance
from bench.conformance import RECEIVED, SOURCE, documents, sweep, table
from bench.expects import feedparser_suite
from tests.shared import shared
from wirewatch import text
from wirewatch.engine.parse import read
from wirewatch.engine.worker import ParseJob, Parser
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirewatch.model import Document


@pytest.mark.parametrize("part", ["feeds", "wires"])
def test_every_document_is_read_or_refused_and_every_field_is_clean(part: str) -> None:
    result = sweep(shared(f"corpora/{part}"))
    print(f"\n{part}: {result.documents:,} documents, {result.items:,} items, {result.refused.total():,} refused")
    assert result.documents > 300
    assert result.items > 200
    assert result.unclean == []


def test_feedparsers_expectations_hold_on_what_wirewatch_reads() -> None:
    tally = feedparser_suite(shared("corpora/feeds/feedparser/tests"))
    print(f"\n{table('feedparser Expect', tally)}")
    for reason, count in tally.excluded.most_common(20):
        print(f"    {count:>5} excluded: {reason}")
    print("    fail:", *tally.failed, sep="\n      ")
    assert tally.mappable > 700
    assert tally.share >= 0.95


def test_gofeeds_expectations_hold_on_what_wirewatch_reads() -> None:
    tallies = conformance.gofeed_suite(shared("corpora/feeds/gofeed"))
    print()
    for name, tally in tallies.items():
        print(table(f"gofeed {name}", tally))
    held, mappable = (sum(getattr(tally, what) for tally in tallies.values()) for what in ("held", "mappable"))
    assert mappable > 80
    assert held / mappable >= 0.95


def read_job(job: ParseJob) -> Document:
    return read(job.content, source=job.source, received=job.received, file=job.file)


def outcome(parse: Callable[[ParseJob], Document], job: ParseJob) -> Document | str:
    try:
        return parse(job)
    except ParseError as error:
        return text.message(str(error))


def test_a_sample_through_the_worker_is_read_alike() -> None:
    paths = list(documents(shared("corpora/feeds")))[::40] + list(documents(shared("corpora/wires")))[::20]
    with Parser(parses=50) as parser:
        for path in paths:
            content = path.read_bytes()
            job = ParseJob(content=content, source=SOURCE, received=RECEIVED, file=path.name)
            assert outcome(parser.parse, job) == outcome(read_job, job)
