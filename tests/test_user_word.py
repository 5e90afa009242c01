"""The user's word is final: items parted, stories joined, taken back; remembered, and evidence for what comes later."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch.clock import DAY, SystemClock
from wirewatch.config import Config
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.engine.storing import Storing
from wirewatch.errors import StoreError
from wirewatch.model import Document, Item, SourceState
from wirewatch.store import Word, check, open_reader, open_writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Change, StoryDetail
    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter

NOW = 1_678_700_000.0
FERRY = "Ferry with 212 aboard runs aground off Skarholm island"
FERRY_TOO = "Skarholm island ferry runs aground with 212 aboard"
FERRY_REPORT = "Ferry aground off Skarholm: passengers brought ashore, all 212 safe"
BANK = "Norland central bank lowers key rate by a quarter point"
BANK_REPORT = "Norland rate cut surprises markets, key rate down a quarter point"
STRIKE = "Dockers in Port Alva vote to strike from Monday over wages"


class Wire:
    """An engine's filing on a real store, and a desk's reader beside it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.writer: SqliteWriter = open_writer(data)
        assert self.writer.claim("test")
        self.filing = Filing(Process(Config()), self.writer)
        self.filing.rebuild(0)
        self.reader: SqliteReader = open_reader(data)
        self.count = 0
        self.words = 0

    def bring(self, source: str, headline: str, *, item_id: str = "", **fields: object) -> str:
        """An item comes in from a source; the id of its story."""
        self.count += 1
        item_id = item_id or f"i{self.count}"
        item = Item(item_id, source, headline, NOW + 60 * self.count, guid=item_id, **fields)  # type: ignore[arg-type]
        document = Document("rss", (item,))
        self.filing.file(document, SourceState(source, last_success=NOW), heard=NOW + 60 * self.count - 10)
        return self.story_of(item_id)

    def say(self, what: str, one: str, other: str = "") -> tuple[str, list[Change], list[str]]:
        """The user says something, and the engine does it."""
        self.words += 1
        word = Word(f"w{self.words}", what, one, other)  # type: ignore[arg-type]
        self.reader.speak(word)
        return (word.id, *self.filing.hear())

    def story_of(self, item_id: str) -> str:
        return next(story for story, items in self.stories().items() if item_id in items)

    def stories(self) -> dict[str, list[str]]:
        """The items of each story, as a desk reads them."""
        found = {}
        for story in self.reader.newest(1000):
            detail = self.reader.story(story.id)
            assert detail is not None
            assert story.items == len(detail.items)
            assert story.outlets == len({placed.item.source for placed in detail.items})
            assert story.lead in {placed.item.id for placed in detail.items}
            assert sum(placed.role == "lead" for placed in detail.items) == 1
            found[story.id] = [placed.item.id for placed in detail.items]
        return found

    def detail(self, story: str) -> StoryDetail:
        detail = self.reader.story(story)
        assert detail is not None
        return detail

    def grouping(self) -> dict[str, str]:
        """Which story the index has each item in."""
        window = self.filing.process.index.window
        return {
            item: window.story(window.cluster_of(number))
            for item in (f"i{n}" for n in range(1, self.count + 1))
            if (number := window.number_of(item)) is not None
        }

    def restart(self) -> None:
        """The engine begins anew, with nothing but what is stored."""
        self.filing.start_over(Config(), 0)

    def close(self) -> None:
        self.reader.close()
        self.writer.close()
        assert check(self.data) == []


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with closing(Wire(tmp_path / "data")) as wire:
        yield wire


def a_story_of_three(wire: Wire) -> str:
    story = wire.bring("Harbour News", FERRY)
    assert wire.bring("Meridian", FERRY) == story
    assert wire.bring("Gazette", FERRY_TOO) == story
    return story


def test_an_item_taken_out_of_a_story_is_one_of_its_own_for_every_desk(wire: Wire) -> None:
    story = a_story_of_three(wire)
    wire.reader.mark([story], read=True)
    after = wire.reader.last_seq()
    _, changes, refused = wire.say("part", "i3", story)
    assert refused == []
    assert {change.what for change in changes} == {"new", "edited"}
    assert wire.stories() == {story: ["i1", "i2"], "si3": ["i3"]}
    assert {change.story_id for change in wire.reader.changes(after)} == {story, "si3"}
    (placed,) = wire.detail("si3").items
    assert (placed.role, placed.copy_of, placed.match) == ("lead", None, None)
    assert placed.why == ("taken out of another story by hand",)
    assert wire.detail("si3").story.read, "the reader has seen it where it was"


def test_the_first_item_of_a_story_can_be_taken_out_and_the_story_keeps_its_id(wire: Wire) -> None:
    story = wire.bring("Harbour News", FERRY)
    wire.bring("Gazette", FERRY_REPORT)
    if wire.story_of("i2") != story:
        wire.say("join", story, wire.story_of("i2"))
    wire.say("part", "i1", story)
    stories = wire.stories()
    assert stories[story] == ["i2"]
    assert stories[f"{story}.2"] == ["i1"]
    assert wire.grouping() == {"i1": f"{story}.2", "i2": story}
    wire.restart()
    assert wire.grouping() == {"i1": f"{story}.2", "i2": story}


def test_the_copies_of_an_item_go_with_it(wire: Wire) -> None:
    story = wire.bring("Harbour News", FERRY)
    wire.bring("Gazette", FERRY_REPORT)
    wire.bring("Mirror", FERRY_REPORT)
    for item in ("i2", "i3"):
        if wire.story_of(item) != story:
            wire.say("join", story, wire.story_of(item))
    assert wire.detail(story).items[2].copy_of == "i2"
    wire.say("part", "i2", story)
    assert sorted(wire.stories().values()) == [["i1"], ["i2", "i3"]]


def test_a_copy_that_comes_later_goes_with_the_item_it_copies_and_merges_nothing(wire: Wire) -> None:
    story = a_story_of_three(wire)
    wire.say("part", "i3", story)
    assert wire.bring("Mirror", FERRY_TOO) == "si3"
    assert wire.bring("Kestrel", FERRY) == story
    wire.restart()
    assert wire.bring("Post", FERRY_TOO) == "si3"
    assert wire.bring("Ledger", FERRY) == story
    for n, source in enumerate(("One", "Two", "Three")):
        wire.bring(source, f"{FERRY}, {FERRY_REPORT.lower()}", summary=f"{FERRY}. {FERRY_TOO}. {n}")
    assert wire.story_of("i1") == story
    assert wire.story_of("i3") == "si3"


def test_a_later_take_of_a_parted_item_stays_with_it(wire: Wire) -> None:
    story = a_story_of_three(wire)
    wire.say("part", "i3", story)
    take = Item("i3", "Gazette", FERRY + ", Gazette has learnt", NOW + 9000, guid="i3")
    wire.filing.file(Document("rss", (take,)), SourceState("Gazette", last_success=NOW), heard=NOW + 8990)
    assert wire.story_of("i3") == "si3"
    assert wire.detail("si3").items[0].item.version == 2


def test_what_is_all_that_a_story_has_stays(wire: Wire) -> None:
    story = wire.bring("Harbour News", FERRY)
    wire.bring("Mirror", FERRY)
    before = wire.stories()
    _, changes, refused = wire.say("part", "i1", story)
    assert changes == []
    assert "there is nothing in the story but this item" in refused[0]
    assert wire.stories() == before
    _, _, refused = wire.say("part", "nothing", story)
    assert "isn't part of that story any more" in refused[0]


def test_joined_stories_are_one_whatever_comes_later(wire: Wire) -> None:
    ferry, strike = wire.bring("Harbour News", FERRY), wire.bring("Meridian", STRIKE)
    assert ferry != strike
    wire.reader.mark([strike], starred=True)
    _, changes, refused = wire.say("join", strike, ferry)
    assert refused == []
    assert [change.into for change in changes if change.what == "merged"] == [ferry]
    assert wire.stories() == {ferry: ["i1", "i2"]}
    assert wire.detail(strike).story.id == ferry, "the old id answers for the story"
    assert wire.detail(ferry).story.starred
    joined = wire.detail(ferry).items[1]
    assert (joined.role, joined.match, joined.score) == ("report", "i1", 100.0)
    assert "joined with this story by hand" in joined.why
    assert wire.bring("Post", STRIKE) == ferry
    wire.restart()
    assert wire.bring("Ledger", STRIKE) == ferry


def test_joining_what_is_one_or_gone_is_refused(wire: Wire) -> None:
    ferry = wire.bring("Harbour News", FERRY)
    assert "one story already" in wire.say("join", ferry, ferry)[2][0]
    assert "gone" in wire.say("join", ferry, "snothing")[2][0]


def test_parting_is_taken_back_with_the_judgements_there_were(wire: Wire) -> None:
    story = a_story_of_three(wire)
    before = wire.detail(story)
    word, _, _ = wire.say("part", "i2", story)
    wire.bring("Mirror", FERRY_TOO)
    _, _, refused = wire.say("undo", word)
    assert refused == []
    assert set(wire.stories()[story]) >= {"i1", "i2", "i3"}
    after = {placed.item.id: placed for placed in wire.detail(story).items}
    for placed in before.items:
        assert (after[placed.item.id].role, after[placed.item.id].why) == (placed.role, placed.why)
    assert wire.writer.apart() == []
    assert "nothing to take back" in wire.say("undo", word)[2][0]


def test_joining_is_taken_back_and_the_row_stands_where_it_stood(wire: Wire) -> None:
    ferry, strike = wire.bring("Harbour News", FERRY), wire.bring("Meridian", STRIKE)
    wire.reader.mark([strike], starred=True)
    before, row = wire.stories(), wire.detail(strike).story
    word, _, _ = wire.say("join", ferry, strike)
    wire.bring("Mirror", STRIKE)
    wire.say("undo", word)
    assert wire.stories() == {**before, strike: ["i2", "i3"]}
    again = wire.detail(strike).story
    assert (again.at, again.starred, again.headline) == (row.at, True, row.headline)
    assert wire.bring("Post", STRIKE) == strike
    wire.restart()
    assert wire.bring("Ledger", STRIKE) == strike


def test_a_word_said_while_no_engine_runs_is_done_by_the_next_and_only_once(tmp_path: Path) -> None:
    wire = Wire(tmp_path)
    story = a_story_of_three(wire)
    wire.reader.speak(Word("w", "part", "i3", story))
    wire.reader.speak(Word("w", "part", "i3", story))
    wire.close()
    wire = Wire(tmp_path)
    changes, refused = wire.filing.hear()
    assert changes
    assert refused == []
    assert wire.stories() == {story: ["i1", "i2"], "si3": ["i3"]}
    assert wire.filing.hear() == ([], [])
    wire.close()


async def test_the_engine_does_it_tells_what_changed_and_says_what_it_refuses(tmp_path: Path) -> None:
    with closing(Wire(tmp_path)) as wire:
        story = a_story_of_three(wire)
        told: list[Change] = []
        said: list[str] = []
        storing = Storing(
            Config(),
            tmp_path,
            wire.writer,
            clock=SystemClock(),
            say=said.append,
            tell=told.extend,
            on_late=lambda _: None,
        )
        await storing.begin()
        wire.reader.speak(Word("w1", "part", "i3", story))
        wire.reader.speak(Word("w2", "join", story, "snothing"))
        wire.reader.ask_poll(["Gazette"])
        assert await storing.attend() == ["Gazette"]
        assert {change.story_id for change in told} == {story, "si3"}
        assert said == ["That couldn't be done: the story is gone."]
        assert wire.stories() == {story: ["i1", "i2"], "si3": ["i3"]}


def test_a_store_open_read_only_says_so(tmp_path: Path) -> None:
    with closing(Wire(tmp_path)) as wire:
        story = a_story_of_three(wire)
        with closing(open_reader(tmp_path, read_only=True)) as reader, pytest.raises(StoreError, match="read-only"):
            reader.speak(Word("w", "part", "i3", story))


def test_parted_stories_that_are_dropped_leave_no_trace(wire: Wire) -> None:
    story = a_story_of_three(wire)
    wire.say("part", "i3", story)
    assert wire.writer.apart() == [("si1", "si3")]
    wire.writer.retain(now=NOW + 100 * DAY, days=30, most=1000)
    assert wire.writer.apart() == []


def test_what_parted_stories_are_merged_into_stays_apart_too(wire: Wire) -> None:
    story = a_story_of_three(wire)
    wire.say("part", "i3", story)
    strike = wire.bring("Meridian", STRIKE)
    wire.say("join", "si3", strike)
    assert wire.writer.apart() == [(story, "si3")]
    index = wire.filing.process.index
    pair = index.window.named(story), index.window.named("si3")
    assert index.word.forbids(*pair)
    wire.restart()
    index = wire.filing.process.index
    assert index.word.forbids(index.window.named(story), index.window.named("si3"))
    wire.say("join", story, "si3")
    assert wire.writer.apart() == []


HEADLINES = (FERRY, FERRY_TOO, FERRY_REPORT, BANK, BANK_REPORT, STRIKE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("bring"), st.sampled_from(("A", "B", "C")), st.sampled_from(HEADLINES)),
        st.tuples(st.just("part"), st.integers(1, 8), st.just(0)),
        st.tuples(st.just("join"), st.integers(1, 8), st.integers(1, 8)),
        st.tuples(st.just("undo"), st.integers(1, 8), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_whatever_is_said_leaves_a_sound_store_and_an_index_like_one_built_from_it(
    steps: list[tuple[str, object, object]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Wire(Path(folder))) as wire:
        for source, headline in zip("ABCAB", HEADLINES, strict=False):
            wire.bring(source, headline)
        stored: dict[str, str] = {}
        for what, one, other in steps:
            if what == "bring":
                wire.bring(str(one), str(other))
            elif what == "restart":
                wire.restart()
            elif what == "undo":
                wire.say("undo", f"w{one}")
            elif what == "part":
                item = f"i{min(int(str(one)), wire.count)}"
                wire.say("part", item, wire.story_of(item))
            else:
                stories = [wire.story_of(f"i{min(int(str(n)), wire.count)}") for n in (one, other)]
                wire.say("join", *stories)
            stored = {item: story for story, items in wire.stories().items() for item in items}
            assert len(stored) == wire.count
            assert wire.grouping() == stored
            assert all(stored_one != other_one for stored_one, other_one in wire.writer.apart())
        live = wire.filing.process.index.window
        originals = [live.original[n - live.base] for n in range(live.first, live.first + len(live))]
        wire.restart()
        again = wire.filing.process.index.window
        assert wire.grouping() == stored
        assert [again.original[n - again.base] for n in range(again.first, again.first + len(again))] == originals
