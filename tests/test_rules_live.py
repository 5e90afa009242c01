"""Rules in the engine: on what comes in, on what is stored after an edit, and on stories as they grow."""

from __future__ import annotations

import contextlib
import random
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from tests.storing import NOW, an_item
from tests.test_engine import running
from wirewatch import config as configuration
from wirewatch.config import Config, Entity, Rule, Watch
from wirewatch.engine.edits import Reflag, between
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.model import Document, Item, SourceState
from wirewatch.query import parse
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wirewatch.model import Story
    from wirewatch.store.writer import SqliteWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SqliteWriter]:
    made = open_writer(tmp_path, now=lambda: NOW)
    assert made.claim("test")
    yield made
    made.close()


def the_story(tmp_path: Path) -> Story:
    with contextlib.closing(open_reader(tmp_path)) as reader:
        (story,) = reader.newest(5)
    return story


def filed(filing: Filing, item: Item) -> None:
    filing.file(Document("item", (item,)), SourceState(item.source), heard=item.received - 60)


async def test_a_saved_rule_flags_what_is_stored_and_a_broken_one_leaves_the_old_ones_at_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, data = tmp_path / "config.toml", tmp_path / "data"
    async with FeedFarm(feeds=1, items=3, now=time.time() - 60) as farm:
        word = farm.feeds[0][0][1].split()[0]
        rule = f'[[rule]]\nname = "First"\nmatch = "headline:{word}"\npriority = "urgent"\n'
        file.write_text(farm.config(every="5m"))
        async with running(configuration.load(file), data):
            with contextlib.closing(open_reader(data)) as reader:

                def flagged(query: str) -> list[Story]:
                    return reader.newest(10, query=parse(query))

                await eventually(lambda: len(reader.newest(10)) == 3)
                file.write_text(rule + farm.config(every="5m"))
                await eventually(lambda: flagged('flag:"rule:First" priority:urgent'))
                file.write_text(rule + '[[rule]]\nname = "Second"\nmatch = "flagg:x"\n' + farm.config(every="5m"))
                await eventually(lambda: "isn't taken over" in caplog.text)
                assert f"{file}:7: rule[2].match: column 1 of the query" in caplog.text
                assert flagged('flag:"rule:First"')
                file.write_text(rule.replace("headline", "-headline") + farm.config(every="5m"))
                await eventually(lambda: len(flagged('flag:"rule:First"')) == 2)
                file.write_text(farm.config(every="5m"))
                await eventually(lambda: not flagged('flag:"rule:First" or priority:urgent'))


def test_a_rule_on_the_number_of_outlets_flags_the_story_once_it_has_them(tmp_path: Path, writer: SqliteWriter) -> None:
    text = "Ferry with 40 aboard runs aground off Skagen, coast guard says"
    filing = Filing(Process(Config(rules=(Rule("Spread", "ferry outlets:>=2"),))), writer)
    filed(filing, an_item(1, text, source="Wire One", summary="The ferry Skagen Star ran aground."))
    assert the_story(tmp_path).flags == ()
    filed(filing, an_item(2, text, source="Wire Two", summary="The ferry Skagen Star ran aground."))
    assert the_story(tmp_path).outlets == 2
    assert the_story(tmp_path).flags == ("rule:Spread",)
    assert [bool(placed.flags) for placed in writer.items_of(the_story(tmp_path).id)] == [True, True]
    filing.process.reload(Config(rules=(Rule("Spread", "ferry outlets:>=3"),)))
    filing.reflag(0.0, Reflag(rules=frozenset(["Spread"]), flags=frozenset(["rule:Spread"])))
    assert the_story(tmp_path).flags == ()


def test_an_edit_of_one_rule_comes_to_the_same_as_reading_everything_anew(writer: SqliteWriter) -> None:
    before = (Rule("A", "ferry"), Rule("B", "aground", priority=1), Rule("C", "skagen"))
    after = (Rule("C", "skagen"), Rule("B", "headline:ferry", flag="boat"), Rule("D", "runs", priority=2))
    filing = Filing(Process(Config(rules=before)), writer)
    item = an_item(1, "Ferry runs aground off Skagen")
    filed(filing, item)
    filing.process.reload(Config(rules=after))
    filing.reflag(0.0, Reflag(rules=frozenset("ABD"), flags=frozenset(["rule:A", "rule:B"])))
    (stored,) = writer.recent(0.0)
    afresh = Process(Config(rules=after)).place(item)[0]
    assert (stored.flags, stored.priority) == (afresh.flags, afresh.priority)
    assert [flag.flag for flag in stored.flags] == ["rule:C", "boat", "rule:D"]


RULES = (
    "ferry",
    '"gas leak"',
    "gas or strike",
    "lodz -strike",
    "bank*",
    "/str(ike|eet)/",
    "flag:exclusive",
    "headline:ferry summary:gas",
    "source:wire",
    "-ferry",
    "习近",
    "priority:<=2 or zeppelin",
)
HEADLINES = (
    "Exclusive: Ferry strike ends in Łódź",
    "Gas leak shuts bank in Freedonia",
    "Gas: leak of papers",
    "习近平访问",
    "Street market opens",
    "Strike closes ferry port",
    "Skagen re-opens to ferries",
    "Cafés reopen as Xi’s envoy visits Lodz",
)


KEYWORDS = ("ferry", "leak", "re-opens", "reopens", "strike", "rate hike", "Exclusive", "习近", "papers")
ENTITIES = (
    Entity("Łódź"),
    Entity("Xi Jinping", ("习近平", "Xi")),
    Entity("Freedonia", not_=("Gas leak shuts bank in Freedonia",)),
    Entity("Freedonia", ("Sylvania",)),
    Entity("Skagen", context=("ferry",)),
)


@pytest.mark.parametrize("seed", range(16))
def test_only_what_an_edit_can_concern_is_read_anew_and_nothing_is_missed(writer: SqliteWriter, seed: int) -> None:
    rng = random.Random(seed)

    def rules() -> tuple[Rule, ...]:
        names = rng.sample("ABCD", rng.randint(1, 3))
        return tuple(Rule(name, rng.choice(RULES), priority=rng.choice((None, 1, 4))) for name in names)

    def settings() -> Config:
        entities = tuple(rng.sample(ENTITIES, rng.randint(0, 2)))
        watch = Watch(tuple(rng.sample(KEYWORDS, rng.randint(0, 3))), tuple(entity.name for entity in entities))
        return Config(rules=rules(), watch=watch if seed % 2 else Watch(), entities=entities if seed % 2 else ())

    before, after = settings(), settings()
    filing = Filing(Process(before), writer)
    for n in range(24):
        summary = rng.choice((None, rng.choice(HEADLINES)))
        headline = f"{rng.choice(HEADLINES)} {n * 7}"
        filed(filing, an_item(n, headline, source=f"Wire {n % 3}", summary=summary, language="en"))
        if n == 16:
            writer.index_some(rng.choice((0, 5, 100)))
    filing.process.reload(after)
    filing.reflag(0.0, between(before, after))
    afresh = Process(after)
    for stored in writer.recent(0.0):
        again = afresh.reflag(stored)
        assert (stored.flags, stored.priority) == (again.flags, again.priority), (before, after)


def test_names_of_the_gazetteer_that_are_switched_on_are_read_in_all_items() -> None:
    off, on = Config(), Config(watch=Watch(gazetteer=("countries",)))
    assert between(off, on).words is None
    named = Config(watch=Watch(entities=("Germany",), gazetteer=("countries",)))
    assert between(on, named).words is None, "the gazetteer lends its aliases"
    assert between(off, Config(watch=Watch(("ferry",)))).words == {"f", "fe", "fer*"}
    assert between(off, off) == Reflag()


def test_a_source_that_counts_less_lowers_its_stories(tmp_path: Path, writer: SqliteWriter) -> None:
    filing = Filing(Process(Config()), writer)
    filed(filing, an_item(1, "Exclusive: Ferry firm hid engine faults for years", source="Reuters", kind="agency"))
    assert the_story(tmp_path).priority == 2
    filing.process.reload(Config(weights={"Reuters": 0.1}))
    filing.reflag(0.0, Reflag(every=True))
    assert the_story(tmp_path).priority == 3


def test_pipe_asks_the_rules_too_and_counts_outlets_as_they_come() -> None:
    text = "Ferry with 40 aboard runs aground off Skagen, coast guard says"
    process = Process(Config(rules=(Rule("Spread", "ferry outlets:>=2", priority=0), Rule("Boat", "ferry"))))
    first, _ = process.take(an_item(1, text, source="Wire One"))
    second, _ = process.take(msgspec.structs.replace(an_item(2, text, source="Wire Two"), summary="More."))
    assert second.story == first.story
    assert [flag.flag for flag in first.flags] == ["rule:Boat"]
    assert [flag.flag for flag in second.flags] == ["rule:Spread", "rule:Boat"]
    assert (first.priority, second.priority) == (3, 0)
