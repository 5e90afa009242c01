"""What the store promises to the engine that writes and the desks that read."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.storing import NOW, an_item, one, outcome_of, row_of
from wirewatch.clock import DAY
from wirewatch.errors import LeaseLostError, StoreError
from wirewatch.model import Flag, Item, Placed, SourceState, Story, Take
from wirewatch.query import parse
from wirewatch.store import CursorTooOldError, Outcome, StoreFullError, check, open_reader, open_writer
from wirewatch.store.docs import pack, unpack
from wirewatch.store.files import DATABASE
from wirewatch.store.retention import PASSING
from wirewatch.widgets.marks import FLAG_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wirewatch.store.contract import Reader, Writer
    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SqliteWriter]:
    opened = open_writer(tmp_path / "data", now=lambda: NOW)
    assert opened.claim("host pid 1") is not None
    yield opened
    opened.close()
    assert check(tmp_path / "data") == []


@pytest.fixture
def reader(tmp_path: Path, writer: SqliteWriter) -> Iterator[SqliteReader]:
    opened = open_reader(tmp_path / "data", now=lambda: NOW)
    yield opened
    opened.close()


def take_of(placed: Placed, **fields: object) -> Placed:
    """The item's next version."""
    item = msgspec.structs.replace(placed.item, version=placed.item.version + 1, **fields)  # type: ignore[arg-type]
    return msgspec.structs.replace(placed, item=item)


def test_both_sides_keep_their_contract(writer: SqliteWriter, reader: SqliteReader) -> None:
    engine: Writer = writer
    desk: Reader = reader
    assert engine.states() == desk.states() == {}


def test_every_field_of_an_item_comes_back_as_it_was(writer: SqliteWriter, reader: SqliteReader) -> None:
    sample: dict[str, object] = {"tuple": ("a", "b"), "str": "é 习", "float": NOW + 0.25, "int": 7}

    def of(kind: str) -> object:
        return next(value for name, value in sample.items() if name in kind)

    fields = {name: of(str(kind)) for name, kind in Item.__annotations__.items() if name != "kind"}
    item = Item(**{**fields, "id": "i1", "kind": "press"})  # type: ignore[arg-type]
    flag = Flag("exclusive", "tag", "headline", 0, 1, "é")
    placed = Placed(item, "si1", "copy", "i0", "i0", 88.5, ("same words",), (flag, flag), 1)
    writer.complete(outcome_of([placed]))
    assert writer.items_of("si1") == [placed]
    assert unpack(pack(placed), "i1", item.source, "si1") == placed
    detail = reader.story("si1")
    assert detail is not None
    assert detail.items == (msgspec.structs.replace(placed, role="lead", copy_of=None),), "a story shows one lead"


def test_a_story_is_a_row_with_all_its_fields(writer: SqliteWriter, reader: SqliteReader) -> None:
    odd = Story(
        "sx", 0, "Headline", "i7", "Source B", NOW - 5, NOW, NOW - 60, "https://e.example/", "press", "pl", 1, 4,
        ("Reuters", "AP"), ("exclusive", "entity:Xi"), 1, False, False, NOW - 90,
    )  # fmt: skip
    placed = Placed(an_item(1), "sx", "lead")
    (change,) = writer.complete(Outcome(SourceState("Wire"), (placed,), {}, {}, (odd,)))
    assert change.story == msgspec.structs.replace(odd, seq=1)
    assert reader.newest() == [change.story]


def test_the_same_outcome_twice_changes_nothing(writer: SqliteWriter, reader: SqliteReader) -> None:
    outcome = outcome_of(one(1), [*one(2, story="si2"), *one(3, story="si2")])
    assert [change.what for change in writer.complete(outcome)] == ["new", "new"]
    assert writer.complete(outcome) == []
    assert reader.last_seq() == 2
    assert len(writer.items_of("si2")) == 2


def test_an_earlier_take_is_kept_and_an_older_version_is_left_out(writer: SqliteWriter, reader: SqliteReader) -> None:
    first = one(1, "Fed may hike", summary="Perhaps.")
    second = [take_of(first[0], headline="Fed hikes", summary=None, received=NOW + 300)]
    writer.complete(outcome_of(first))
    (change,) = writer.complete(outcome_of(second))
    assert change.what == "edited"
    writer.complete(outcome_of(first))
    detail = reader.story("si1")
    assert detail is not None
    assert detail.items == (msgspec.structs.replace(second[0], since=first[0].item.received),)
    assert detail.takes == {"i1": (Take(1, NOW + 60, "Fed may hike", "Perhaps."),)}


@pytest.mark.parametrize("indexed", [False, True])
def test_search_finds_the_new_take_and_no_longer_the_old(
    writer: SqliteWriter, reader: SqliteReader, indexed: bool
) -> None:
    first = one(1, "Fed may hike")
    writer.complete(outcome_of(first))
    if indexed:
        assert writer.index_some() == 1
    writer.complete(outcome_of([take_of(first[0], headline="Fed cuts")]))
    for _ in range(2):
        assert [story.id for story in reader.newest(query=parse("cuts"))] == ["si1"]
        assert reader.newest(query=parse("hike")) == []
        writer.index_some()
    assert writer.index_some() == 0


def test_known_tells_stored_keys_only_for_their_source(writer: SqliteWriter) -> None:
    writer.complete(outcome_of(one(1), one(2)))
    known = writer.known("Wire", ["g:i1", "u:i2", "g:i9"])
    assert {
        key: (found.id, found.key, found.story, found.version, found.content, found.received)
        for key, found in known.items()
    } == {
        "g:i1": ("i1", "g:i1", "si1", 1, f"{1:016x}", NOW + 60),
        "u:i2": ("i2", "u:i2", "si2", 1, f"{1:016x}", NOW + 120),
    }
    assert writer.known("Other", ["g:i1"]) == {}
    assert len(writer.known("Wire", [f"g:i{n}" for n in range(2_000)])) == 2


def test_marks_survive_what_the_engine_writes(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1)))
    reader.mark(["si1", "nobody"], read=True, starred=True)
    (change,) = writer.complete(outcome_of([*one(1), *one(2, story="si1")]))
    assert change.what == "grown"
    assert change.story is not None
    assert (change.story.read, change.story.starred, change.story.items) == (True, True, 2)
    reader.mark(["si1"], read=False)
    (story,) = reader.newest()
    assert (story.read, story.starred) == (False, True)


def test_a_mark_reaches_other_desks_through_the_log_once(
    tmp_path: Path, writer: SqliteWriter, reader: SqliteReader
) -> None:
    writer.complete(outcome_of(one(1)))
    other = open_reader(tmp_path / "data")
    seen, version = other.last_seq(), other.version()
    assert other.version() == version
    reader.mark(["si1"], read=True)
    reader.mark(["si1"], read=True)
    assert other.version() != version
    (change,) = other.changes(seen)
    assert change.story is not None
    assert change.story.read
    assert change.story.seq == change.seq
    other.close()


def test_merged_stories_are_one_and_answer_for_all_their_ids(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1), one(2), one(3)))
    reader.mark(["si1"], starred=True, read=True)
    merged = [*one(1, story="si2"), *one(2, story="si2")]
    changes = writer.complete(outcome_of(merged, merged=(("si1", "si2"),)))
    assert [(change.what, change.story_id, change.into) for change in changes] == [
        ("grown", "si2", None),
        ("merged", "si1", "si2"),
        ("edited", "si2", None),
    ]
    everything = [*one(1, story="si3"), *one(2, story="si3"), *one(3, story="si3")]
    writer.complete(outcome_of(everything, merged=(("si2", "si3"),)))
    (story,) = reader.newest()
    assert (story.id, story.items, story.starred, story.read) == ("si3", 3, True, False)
    for old in ("si1", "si2", "si3"):
        detail = reader.story(old)
        assert detail is not None
        assert detail.story == story
        assert [placed.item.id for placed in detail.items] == ["i1", "i2", "i3"]
        assert {placed.story for placed in writer.items_of(old)} == {"si3"}
    assert {change.into for change in reader.changes(0) if change.story is None} == {"si3"}
    reader.mark(["si1"], starred=False)
    assert reader.counts(NOW)["starred"] == 0


def test_a_chain_of_merges_in_one_outcome_ends_at_its_last(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1)))
    everything = [*one(1, story="si3"), *one(2, story="si3"), *one(3, story="si3")]
    writer.complete(outcome_of(everything, merged=(("si1", "si2"), ("si2", "si3"))))
    assert [story.id for story in reader.newest()] == ["si3"]
    assert [placed.item.id for placed in writer.items_of("si1")] == ["i1", "i2", "i3"]


def test_nothing_is_written_when_part_of_an_outcome_fails(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1), state=SourceState("Wire", etag="1")))
    stray = Placed(an_item(3), "nowhere", "lead")
    bad = outcome_of(one(2), state=SourceState("Wire", etag="2"))
    with pytest.raises(StoreError, match="nowhere"):
        writer.complete(msgspec.structs.replace(bad, placed=(*bad.placed, stray)))
    assert writer.states()["Wire"].etag == "1"
    assert [story.id for story in reader.newest()] == ["si1"]
    assert reader.last_seq() == 1


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1)))
    (pages,) = writer._db.execute("PRAGMA page_count").fetchone()
    writer._db.execute(f"PRAGMA max_page_count = {pages}")
    large = outcome_of(one(2, body=random.Random(1).randbytes(60_000).hex()), state=SourceState("Wire", etag="2"))
    with pytest.raises(StoreFullError, match="full"):
        writer.complete(large)
    assert [story.id for story in reader.newest()] == ["si1"]
    writer._db.execute("PRAGMA max_page_count = 1073741823")
    writer.complete(large)
    assert [story.id for story in reader.newest()] == ["si2", "si1"]


def test_nothing_is_written_without_the_lease(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    with pytest.raises(LeaseLostError):
        writer.complete(outcome_of(one(1)))
    writer.release()
    assert writer.claim("a") is not None
    writer.release()
    with pytest.raises(LeaseLostError):
        writer.index_some() or writer.complete(outcome_of(one(1)))
    writer.close()


def test_pages_follow_each_other_without_gap_or_repeat(writer: SqliteWriter, reader: SqliteReader) -> None:
    stories = [one(n, received=NOW + n // 7) for n in range(100)]  # many at the same moment
    writer.complete(outcome_of(*stories))
    seen: list[Story] = []
    before = None
    while page := reader.newest(9, before=before):
        seen += page
        before = (page[-1].at, page[-1].id)
    assert len({story.id for story in seen}) == 100
    assert seen == sorted(seen, key=lambda story: (story.at, story.id), reverse=True)


def test_rows_never_move_and_a_backlog_lies_at_its_publishing_time(writer: SqliteWriter, reader: SqliteReader) -> None:
    old = one(1)
    outcome = outcome_of(old, one(2))
    writer.complete(msgspec.structs.replace(outcome, stories=(row_of(old, at=NOW - DAY), outcome.stories[1])))
    writer.complete(msgspec.structs.replace(outcome, stories=(row_of(old, at=NOW, headline="Edited"),)))
    assert [(story.id, story.at) for story in reader.newest()] == [("si2", NOW + 120), ("si1", NOW - DAY)]
    assert reader.counts(NOW + 120)["last_hour"] == 2
    assert reader.counts(NOW + 120 + 3600)["last_hour"] == 0


def test_since_gives_stories_that_received_something(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(1), one(2), one(3)))
    writer.complete(outcome_of([*one(1), *one(9, "Late", story="si1")]))
    assert [story.id for story in reader.since(NOW + 180)] == ["si1", "si3"]
    assert [story.id for story in reader.since(NOW + 180, parse("late"))] == ["si1"]
    assert [placed.item.id for placed in writer.recent(NOW + 120)] == ["i2", "i3", "i9"]


def test_a_unique_beginning_of_an_id_is_enough(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(one(12), one(13), one(200)))
    writer.complete(outcome_of([*one(13), *one(200, story="si13")], merged=(("si200", "si13"),)))
    found = {prefix: reader.story(prefix) for prefix in ("si1", "si12", "si2", "si200", "x", "", "%", "si1_")}
    assert {prefix: detail.story.id for prefix, detail in found.items() if detail} == {
        "si12": "si12",
        "si2": "si13",
        "si200": "si13",
    }


def test_retention_drops_old_stories_with_all_that_is_theirs_and_tells_desks(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    old = [one(n, f"Old story {n}") for n in range(3)]
    writer.complete(outcome_of(*old, one(9_000, "New story")))
    writer.complete(outcome_of([take_of(old[0][0], headline="Edited")]))
    while writer.index_some():
        pass
    reader.mark(["si1"], starred=True)
    seen = reader.last_seq()
    assert writer.retain(now=NOW + 5 * DAY, days=4, most=100) == 2
    assert [story.id for story in reader.newest()] == ["si9000", "si1"]
    assert [(change.story_id, change.story) for change in reader.changes(seen)] == [("si0", None), ("si2", None)]
    assert reader.newest(query=parse("old")) == reader.newest(query=parse("story:si1"))
    assert [
        row[0] for row in writer._db.execute("SELECT count(*) FROM items UNION ALL SELECT count(*) FROM takes")
    ] == [2, 0]
    assert writer.retain(now=NOW + 5 * DAY, days=4, most=1) == 0  # the starred one stays
    assert writer.retain(now=NOW + 50 * DAY, days=4, most=1) == 1


def test_retention_keeps_flagged_stories_longer_and_drops_them_last(writer: Writer, reader: Reader) -> None:
    def flagged(n: int, *flags: str) -> Outcome:
        outcome = outcome_of(one(n))
        return msgspec.structs.replace(outcome, stories=(msgspec.structs.replace(outcome.stories[0], flags=flags),))

    writer.complete(flagged(1, "exclusive"))
    writer.complete(flagged(2, "video", "press-release"))
    writer.complete(flagged(3, "keyword:ferry"))
    writer.complete(flagged(4, "factbox", "rule:ships"))
    writer.complete(flagged(5))

    def kept() -> set[str]:
        return {story.id for story in reader.newest()}

    assert writer.retain(now=NOW + 5 * DAY, days=4, most=100, flagged_days=30) == 2
    assert kept() == {"si1", "si3", "si4"}
    assert writer.retain(now=NOW + 5 * DAY, days=4, most=2, flagged_days=30) == 0
    assert writer.retain(now=NOW + 5 * DAY, days=4, most=1, flagged_days=30) == 1  # twice as many as are kept
    assert kept() == {"si3", "si4"}
    assert writer.retain(now=NOW + 31 * DAY, days=4, most=100, flagged_days=30) == 2


def test_retention_and_the_desk_agree_on_which_flags_only_tell_the_kind_of_a_piece() -> None:
    assert {flag for flag, mark in FLAG_MARKS.items() if mark.family == "plain"} == PASSING


def test_retention_keeps_the_newest_so_many(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.complete(outcome_of(*[one(n) for n in range(1_300)]))
    assert writer.retain(now=NOW, days=30, most=100) == 1_200
    assert reader.newest()[-1].id == "si1200"
    assert reader.counts(NOW)["stories"] == 100


def test_an_item_that_was_dropped_is_still_known_and_does_not_come_back_as_news(writer: SqliteWriter) -> None:
    writer.complete(outcome_of(one(1)))
    writer.retain(now=NOW + 40 * DAY, days=30, most=100)
    known = writer.known("Wire", ["g:i1", "g:i2"])
    assert list(known) == ["g:i1"]
    assert known["g:i1"].story == ""
    writer.complete(Outcome(SourceState("Wire")))
    assert list(writer.known("Wire", ["g:i1"])) == ["g:i1"]


def test_a_desk_that_was_away_longer_than_the_log_reaches_is_told_to_load_anew(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    writer.complete(outcome_of(one(1), one(2)))
    assert len(reader.changes(0)) == 2
    writer.retain(now=NOW + 8 * DAY, days=30, most=100)
    for cursor in (0, 1, 3):
        with pytest.raises(CursorTooOldError):
            reader.changes(cursor)
    assert reader.changes(reader.last_seq()) == []
    writer.complete(outcome_of(one(3)))
    assert [change.seq for change in reader.changes(2)] == [3]


def test_new_rules_rewrite_flags_and_leave_the_rest(writer: SqliteWriter, reader: SqliteReader) -> None:
    story = one(1, "Fed hikes")
    writer.complete(outcome_of(story))
    writer.index_some()
    flag = Flag("keyword:hikes", "watch", "headline", 4, 9, "hikes")
    judged = [msgspec.structs.replace(story[0], flags=(flag,), priority=1)]
    (change,) = writer.replace_flags([*judged, *one(5)], [row_of(judged, priority=1), row_of(one(5))])
    assert change.what == "edited"
    assert writer.items_of("si1") == judged
    assert [found.id for found in reader.newest(query=parse("keyword:hikes hikes"))] == ["si1"]
    assert reader.newest(query=parse("flag:exclusive")) == []
    assert writer.replace_flags(judged, [row_of(judged, priority=1)]) == []


def test_desks_ask_for_a_poll_and_the_engine_takes_it_once(writer: SqliteWriter, reader: SqliteReader) -> None:
    reader.ask_poll(["BBC", "*"])
    reader.ask_poll(["BBC"])
    assert writer.poll_requests() == ["*", "BBC"]
    assert writer.poll_requests() == []


def test_directory_and_files_are_the_users_alone(tmp_path: Path, writer: SqliteWriter) -> None:
    writer.complete(outcome_of(one(1)))
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()} == dict.fromkeys(
        ["engine.lock", DATABASE, f"{DATABASE}-shm", f"{DATABASE}-wal"], 0o600
    )


def test_a_desk_may_open_first_and_follows_a_database_that_was_replaced(tmp_path: Path) -> None:
    reader = open_reader(tmp_path)
    assert reader.newest() == []
    with pytest.raises(StoreError, match="no database"):
        open_reader(tmp_path / "nothing", read_only=True)
    writer = open_writer(tmp_path)
    writer.claim("a")
    writer.complete(outcome_of(one(1), one(2)))
    cursor, version = reader.last_seq(), reader.version()
    writer.close()
    (tmp_path / DATABASE).write_bytes(b"nonsense" * 100)
    (tmp_path / DATABASE).rename(tmp_path / "moved")
    writer = open_writer(tmp_path)
    writer.claim("b")
    writer.complete(outcome_of(one(5)))
    assert reader.version() != version
    with pytest.raises(CursorTooOldError):
        reader.changes(cursor)
    assert [story.id for story in reader.newest()] == ["si5"]
    writer.close()
    reader.close()


def test_a_read_only_desk_reads_beside_the_engine_and_marks_nothing(tmp_path: Path, writer: SqliteWriter) -> None:
    reader = open_reader(tmp_path / "data", read_only=True)
    writer.complete(outcome_of(one(1)))
    assert len(reader.newest()) == 1
    with pytest.raises(StoreError, match="read-only"):
        reader.mark(["si1"], read=True)
    with pytest.raises(StoreError, match="read-only"):
        reader.ask_poll(["*"])
    reader.close()


def test_a_reader_made_in_one_thread_may_be_used_in_another(reader: SqliteReader, writer: SqliteWriter) -> None:
    writer.complete(outcome_of(one(1)))
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(len(reader.newest())))
    thread.start()
    thread.join()
    assert found == [1]


def test_a_changed_cut_of_words_indexes_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version, waiting in (("1/a", 2), ("1/a", 0), ("1/b", 2)):
        monkeypatch.setattr("wirewatch.query.words.VERSION", version)
        writer = open_writer(tmp_path)
        writer.claim("a")
        writer.complete(outcome_of(one(1, "Fed hikes"), one(2)))
        assert writer.index_some() == waiting
        writer.close()
    reader = open_reader(tmp_path)
    assert [story.id for story in reader.newest(query=parse("hikes"))] == ["si1"]
    reader.close()


def test_counts_and_takes_hold_through_random_steps(writer: SqliteWriter, reader: SqliteReader) -> None:
    dice = random.Random(8)
    items: dict[str, Placed] = {}
    into: dict[str, str] = {}
    for step in range(400):
        roll = dice.random()
        stories = sorted({placed.story for placed in items.values()})
        if roll < 0.5 or len(stories) < 3:
            story = dice.choice(stories) if stories and dice.random() < 0.5 else f"si{step}"
            items[f"i{step}"] = one(step, story=story)[0]
            writer.complete(outcome_of([placed for placed in items.values() if placed.story == story]))
        elif roll < 0.65:
            chosen = dice.choice(sorted(items))
            items[chosen] = take_of(items[chosen], headline=f"Edited in step {step}")
            story = items[chosen].story
            writer.complete(outcome_of([placed for placed in items.values() if placed.story == story]))
        elif roll < 0.75:
            old, kept = dice.sample(stories, 2)
            into[old] = kept
            for item_id, placed in items.items():
                if placed.story == old:
                    items[item_id] = msgspec.structs.replace(placed, story=kept)
            members = [placed for placed in items.values() if placed.story == kept]
            writer.complete(outcome_of(members, merged=((old, kept),)))
        elif roll < 0.9:
            reader.mark([dice.choice(stories)], read=dice.random() < 0.5, starred=dice.random() < 0.3)
        else:
            writer.index_some(dice.randrange(1, 20))
    rows = reader.newest(10_000)
    assert {story.id for story in rows} == {placed.story for placed in items.values()}
    assert {placed.item.id: placed for story in rows for placed in writer.items_of(story.id)} == items
    counts = reader.counts(NOW)
    assert counts["unread"] == sum(not story.read for story in rows)
    assert counts["starred"] == sum(story.starred for story in rows)
    for old in into:
        last = into[old]
        while last in into:
            last = into[last]
        assert {placed.story for placed in writer.items_of(old)} == {last}
    replayed: dict[str, Story] = {}
    after = 0
    while changes := reader.changes(after, 17):
        for change in changes:
            after = change.seq
            if change.story is None:
                replayed.pop(change.story_id, None)
            else:
                replayed[change.story_id] = change.story
    assert sorted(replayed.values(), key=lambda story: (story.at, story.id), reverse=True) == rows
