"""Same input, same output: restarts in the middle, through the real store, and equal times in any order."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storing import week_items
from tests.test_stories import EVENTS
from wirewatch.clock import DAY, HOUR
from wirewatch.config import Config
from wirewatch.engine import forms
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.engine.storing import WINDOW
from wirewatch.model import Document, Item, SourceState
from wirewatch.store import open_writer
from wirewatch.store.writer import SqliteWriter
from wirewatch.stories import Memory, arrival_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.model import Change

START = 1_700_000_000.0
BODY = (
    "The harbour master said on Monday that all berths had been closed until further notice.",
    "Two ferries with several hundred passengers were still waiting outside the breakwater at noon.",
    "Insurers put the damage to cranes and warehouses along the quay at nine million crowns.",
    "A spokeswoman for the port authority declined to say when the first ships might sail again.",
)

Poll = tuple[str, float, tuple[Item, ...]]


class Desk:
    """One store, filled poll by poll; `restart` fills a new index from it."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.writer = open_writer(folder, now=lambda: self.now)
        assert self.writer.claim("test")
        self.filing = Filing(Process(Config()), self.writer)
        self.states: dict[str, SourceState] = {}

    def file(self, poll: Poll) -> list[tuple[object, ...]]:
        """What the log says of a poll, and how the items of its stories are placed."""
        source, self.now, items = poll
        state = self.states.get(source, SourceState(source))
        changes, after = self.filing.file(Document("rss", items), state, heard=state.last_success)
        self.states[source] = msgspec.structs.replace(after, last_success=self.now)
        return [(change.what, change.story_id, change.into, *self._placed(change)) for change in changes]

    def _placed(self, change: Change) -> Iterable[object]:
        return [(one.item.id, one.item.version, one.role, one.copy_of, one.why) for one in self.items(change.story_id)]

    def items(self, story: str) -> Sequence[object]:
        return self.writer.items_of(story)  # type: ignore[return-value]

    def restart(self, *, texts: bool = False) -> None:
        """A new index; with `texts` from what the items say and not from the forms that were kept."""
        if texts:
            assert isinstance(self.writer, SqliteWriter)
            self.writer._db.execute("UPDATE recent SET form = NULL")
        self.filing = Filing(Process(Config()), self.writer)
        self.filing.rebuild(self.now - WINDOW)

    def close(self) -> None:
        self.writer.close()


def news(seed: int) -> list[Poll]:
    """Polls of six sources over five days: copies, edits, kills, items without time, old ones, twice the same."""
    chance = random.Random(seed)
    listed: dict[str, list[Item]] = {}
    polls: list[Poll] = []
    now = START
    for number in range(36):
        now += chance.choice([0.0, 60.0, 4 * HOUR, 7 * HOUR])
        source = f"Outlet {chance.randint(1, 6)}"
        known = listed.setdefault(source, [])
        items = [_item(chance, f"{number}-{k}", source, now) for k in range(chance.randint(1, 3))]
        if known and chance.random() < 0.5:
            items.append(_take(chance, chance.choice(known), now))
        items += [items[0]] * (chance.random() < 0.2)
        known += items
        polls.append((source, now, tuple(items)))
    return polls


def _item(chance: random.Random, name: str, source: str, now: float) -> Item:
    return Item(
        id=f"{chance.getrandbits(64):016x}" if chance.random() < 0.7 else f"id-{name}",
        source=source,
        headline=chance.choice(chance.choice(EVENTS)),
        received=now,
        guid=f"g{name}",
        summary=" ".join(chance.sample(BODY, 2)) if chance.random() < 0.5 else None,
        body="\n".join(chance.sample(BODY, 3)) if chance.random() < 0.3 else None,
        published=chance.choice([None, now - 60.0, now - 3 * HOUR, now - 400 * HOUR]),
    )


def _take(chance: random.Random, item: Item, now: float) -> Item:
    status = chance.choice([None, None, "canceled"])
    headline = chance.choice([f"UPDATE 2-{item.headline}", chance.choice(chance.choice(EVENTS))])
    return msgspec.structs.replace(item, headline=headline, received=now, status=status, body=None)


def as_filed(polls: Sequence[Poll], restarts: Iterable[int] = (), *, texts: bool = False) -> list[object]:
    """What became of each poll where the engine was started again before some of them."""
    before = set(restarts)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        found = []
        for number, poll in enumerate(polls):
            if number in before:
                desk.now = poll[1]
                desk.restart(texts=texts)
            found.append(desk.file(poll))
        desk.close()
    return found


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 100_000), cuts=st.sets(st.integers(1, 35), min_size=1, max_size=4), texts=st.booleans())
def test_restarts_in_the_middle_change_nothing_that_is_filed_after(seed: int, cuts: set[int], texts: bool) -> None:
    polls = news(seed)
    assert as_filed(polls, cuts, texts=texts) == as_filed(polls)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_equal_times_in_any_order_give_the_same_stories(seed: int) -> None:
    polls = news(seed)
    shuffled = [(source, now, tuple(random.Random(seed).sample(items, len(items)))) for source, now, items in polls]
    assert as_filed(shuffled) == as_filed(polls)


def test_a_captured_week_cut_anywhere_ends_in_the_same_stories() -> None:
    chance = random.Random(1)
    items = sorted(chance.sample(week_items(), 500), key=arrival_order)
    polls = [(item.source, item.received, (item,)) for item in items]
    cuts = chance.sample(range(1, len(polls)), 5)
    assert as_filed(polls, cuts) == as_filed(polls)


def test_what_was_kept_of_an_item_is_what_its_text_says() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for poll in news(7):
            desk.file(poll)
        kept = _memories(desk)
        desk.restart(texts=True)
        assert len(kept) > 10
        assert _memories(desk) == kept
        desk.close()


def _memories(desk: Desk) -> dict[str, Memory]:
    """What is kept of the items of the window, but for what they copy, which may lie before it."""
    found = desk.writer.to_index(desk.now - WINDOW, forms.stamp())
    memories = {one.id: forms.unpack(one.form) for one in found if one.form is not None}
    return {item_id: msgspec.structs.replace(memory, copy_of=None) for item_id, memory in memories.items()}


def test_forms_that_other_code_made_are_of_no_use() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for poll in news(8):
            desk.file(poll)
        found = list(desk.writer.to_index(desk.now - WINDOW, b"x" * 16))
        desk.close()
    assert found
    assert all(one.form is None and one.placed is not None for one in found)


def test_the_forms_of_items_that_nothing_can_join_any_more_are_dropped() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for poll in news(9):
            desk.file(poll)
        desk.writer.retain(now=desk.now + 30 * DAY, days=365, most=10_000)
        assert desk.writer.count_recent(0.0) == 0
        assert desk.filing.rebuild(0.0) == 0
        desk.close()
