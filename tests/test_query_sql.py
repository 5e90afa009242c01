"""A query means the same to a story in memory and to the store."""

from __future__ import annotations

import contextlib
import os
import random
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storing import NOW, an_item, judged_week, outcome_of, row_of
from wirewatch.model import Flag, Placed
from wirewatch.query import parse
from wirewatch.store import open_reader, open_writer, search

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter

HEADLINES = (
    "Exclusive: Xi Jinping to visit Moscow next week – sources",
    "Präsident Xi reist nach Moskau",
    "习近平将于下周访问莫斯科",
    "Fed hikes rates 25bp; U.S. stocks fall",
    "ФРС повысила ставку ещё раз",
    "북한이 미사일을 발사했다",
    "Łódź: pożar w fabryce",
    "Storm kills nine in Malawi",
    "रूस के राष्ट्रपति",
)
FLAGS = ("exclusive", "update:2", "Entity:Xi Jinping", "entity:Fed", "keyword:rate hike", "kill", "entity:Łódź")
SOURCES = ("Reuters World News", "BBC", "新华网", "Süddeutsche Zeitung")
LANGUAGES = ("en", "en-GB", "DE", "zh-Hans", None)

terms = st.sampled_from(
    [
        "xi",
        "Moscow",
        "mosk*",
        "präsident",
        "习近平",
        "访问",
        "问访",
        '"visit moscow"',
        '"xi reist"',
        "25bp",
        "u.s",
        "stav*",
        "ставк*",
        "еще",
        "미사일",
        "lodz",
        "fabryce*",
        "kills",
        "kill",
        "राष्ट्रपति",
        "राष्ट्*",
        "body",
        "zeppelin",
        '"summary text"',
        "headline:xi",
        "headline:reist",
        "summary:xi",
        "summary:text",
        "body:fall",
        "/xi|fed/",
        "/^exclusive/",
        "headline:/[0-9]+bp/",
        "/(x+i+)+ /",
        "source:reuters",
        'source:"world news"',
        "source:sudd*",
        "source:新",
        "kind:agency",
        "kind:web",
        "lang:en",
        "lang:de",
        "lang:zh-hans",
        "flag:exclusive",
        "flag:update",
        "flag:entity",
        "flag:kill",
        "entity:xi",
        "entity:lodz",
        "entity:je*",
        "keyword:rate",
        "outlets:>1",
        "items:>=2",
        "priority:<=1",
        "priority:normal",
        "age:<30m",
        "age:>=20m",
        "age:<=1h",
        "story:si1",
        "story:si",
        "is:read",
        "is:starred",
        "is:unread",
    ]
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        inner.map(lambda part: f"-({part})"),
        st.tuples(inner, st.sampled_from([" ", " or ", " and ", " -"]), inner).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=6,
)


def invented(rng: random.Random, count: int) -> list[list[Placed]]:
    stories, n = [], 0
    for _ in range(count):
        story: list[Placed] = []
        for _ in range(rng.choice((1, 1, 2, 4))):
            texts = {
                "summary": rng.choice((None, "Summary text", rng.choice(HEADLINES))),
                "body": rng.choice((None, "Body. " + rng.choice(HEADLINES))),
                "kind": rng.choice(("agency", "web", "press")),
                "language": rng.choice(LANGUAGES),
                "source": rng.choice(SOURCES),
            }
            flags = tuple(
                Flag(name, "r", "headline", 0, 1, "x") for name in rng.sample(FLAGS, rng.choice((0, 0, 1, 2)))
            )
            item = an_item(n, rng.choice(HEADLINES), **texts)  # type: ignore[arg-type]
            story.append(Placed(item, f"s{story[0].item.id if story else item.id}", "lead", flags=flags))
            n += 1
        stories.append(story)
    return stories


def fill(data: Path, stories: list[list[Placed]], rng: random.Random) -> tuple[SqliteWriter, SqliteReader]:
    """A store of these stories, half of them in the full-text index, some marked, some with an earlier take."""
    writer = open_writer(data)
    writer.claim("test")
    reader = open_reader(data, now=lambda: NOW + 6_000)
    half = len(stories) // 2
    for part in (stories[:half], stories[half:]):
        for story in part:
            outcome = outcome_of(story)
            row = msgspec.structs.replace(row_of(story), priority=rng.randrange(5))
            writer.complete(msgspec.structs.replace(outcome, stories=(row,)))
        if part is not stories[half:]:
            while writer.index_some(7):
                pass
    for story in rng.sample(stories[:half], half // 4):
        item = msgspec.structs.replace(story[0].item, headline=rng.choice(HEADLINES), version=2)
        story[0] = msgspec.structs.replace(story[0], item=item)
        writer.complete(outcome_of(story))
    ids = [story[0].story for story in stories]
    reader.mark(rng.sample(ids, len(ids) // 3), read=True)
    reader.mark(rng.sample(ids, len(ids) // 5), starred=True)
    return writer, reader


def agree(reader: SqliteReader, text: str) -> int:
    """Checks that both ways give the same stories; how many."""
    query = parse(text)
    details = [reader.story(story.id) for story in reader.newest(10_000)]
    meant = {d.story.id for d in details if d is not None and query.matches(d.story, d.items, NOW + 6_000)}
    assert {story.id for story in reader.newest(10_000, query=query)} == meant
    assert reader.matching([d.story.id for d in details if d is not None], query) == meant
    assert {story.id for story in reader.since(0, query)} == meant
    return len(meant)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteReader]:
    rng = random.Random(3)
    writer, reader = fill(tmp_path_factory.mktemp("data"), invented(rng, 60), rng)
    yield reader
    writer.close()
    reader.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries)
def test_predicate_and_sql_agree_on_invented_stories(desk: SqliteReader, query: str) -> None:
    agree(desk, query)


def test_every_kind_of_term_finds_some_stories_and_not_all(desk: SqliteReader) -> None:
    for term in (
        "xi",
        "lodz",
        "访问",
        "headline:xi",
        "source:reuters",
        "lang:de",
        "flag:update",
        "entity:xi",
        "is:read",
        "age:<30m",
    ):
        assert 0 < agree(desk, term) < 60, term


def asked_of(stories: list[list[Placed]], rng: random.Random) -> str:
    """A query over all fields, with words, names and numbers that these stories have."""
    item = rng.choice(rng.choice(stories)).item
    text = rng.choice([item.headline, item.summary or item.headline])
    words = [word for word in text.split() if word.isalnum() and word.lower() not in ("and", "or", "not")] or ["x"]
    at = rng.randrange(len(words))
    flags = sorted({flag.flag for story in stories for placed in story for flag in placed.flags})
    names = [flag.partition(":")[2] for flag in flags if flag.startswith(("entity:", "keyword:"))] or ["x"]
    leaves = (
        words[at].lower(),
        words[at][:3] + "*",
        f'"{" ".join(words[at : at + 2])}"',
        f'"{" ".join(words[at : at + 2])}"*',
        f"{rng.choice(('headline', 'summary', 'body'))}:{words[at]}",
        f"headline:({words[at]} or {rng.choice(words)})",
        f"/{words[at][:4]}[a-z]*/",
        f"summary:/{rng.choice(words)}|{rng.choice(words)}/",
        f"source:{rng.choice(item.source.split('.'))}",
        f"source:{item.source[:4]}*",
        f"kind:{rng.choice(('web', 'agency', 'official', 'press'))}",
        f"lang:{rng.choice(('en', 'de', 'fr', 'pl', 'en-us'))}",
        f'flag:"{rng.choice(flags)}"',
        f"flag:{rng.choice(flags).partition(':')[0]}",
        f'entity:"{rng.choice(names)}"',
        f"keyword:{rng.choice(rng.choice(names).split())}",
        f"outlets:{rng.choice(('>1', '>=2', '1', '<3'))}",
        f"items:{rng.choice(('>1', '<=2'))}",
        f"age:{rng.choice(('<', '>', '<=', '>='))}{rng.choice(('1h', '90m', '0.2d'))}",
        f"priority:{rng.choice(('<=2', '3', 'important', '>=normal'))}",
        f"story:sw{rng.randrange(10)}",
        f"is:{rng.choice(('unread', 'read', 'starred', 'unstarred'))}",
    )
    parts = [rng.choice(("", "", "-", "not ")) + leaf for leaf in rng.sample(leaves, rng.choice((1, 1, 2, 3)))]
    joined = rng.choice((" ", " and ", " or ")).join(parts)
    return f"({joined}) {rng.choice(leaves)}" if rng.random() < 0.2 else joined


WEEK = 300
"""Items of the captured week that the test takes; with WIREWATCH_WHOLE_WEEK=1 in the environment it takes all."""


@pytest.mark.slow
@pytest.mark.timeout(3600 if os.environ.get("WIREWATCH_WHOLE_WEEK") else 120)
def test_predicate_and_sql_agree_on_the_captured_week(tmp_path: Path) -> None:
    rng = random.Random(5)
    stories = judged_week(None if os.environ.get("WIREWATCH_WHOLE_WEEK") else WEEK)
    writer, reader = fill(tmp_path, stories, rng)
    now = max(placed.item.received for story in stories for placed in story)
    with contextlib.closing(writer), contextlib.closing(reader):
        reader._now = lambda: now
        details = [d for story in reader.newest(100_000) if (d := reader.story(story.id)) is not None]
        sizes = []
        for _ in range(500):
            text = asked_of(stories, rng)
            query = parse(text)
            meant = {d.story.id for d in details if query.matches(d.story, d.items, now)}
            assert {story.id for story in reader.newest(100_000, query=query)} == meant, text
            sizes.append(len(meant))
    assert sum(size > 0 for size in sizes) > 350, "too many of the queries find nothing"
    assert sum(size < len(details) for size in sizes) > 450, "too many find everything"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, limit=st.integers(1, 12), rare=st.sampled_from([-1, 5, 20]))
def test_pages_of_a_search_make_up_the_whole_whichever_way_it_goes(
    desk: SqliteReader, query: str, limit: int, rare: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_RARE", rare)
        paged, before = [], None
        while page := desk.newest(limit, before=before, query=parse(query)):
            paged += page
            before = (page[-1].at, page[-1].id)
    assert paged == desk.newest(10_000, query=parse(query))
