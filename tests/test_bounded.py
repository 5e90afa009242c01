"""What runs for weeks holds as much as its last three days need, however long it has run; and decides the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_stories import EVENTS
from wirewatch.clock import HOUR
from wirewatch.config import Config
from wirewatch.engine import process
from wirewatch.engine.process import Process
from wirewatch.model import Item
from wirewatch.stories import StoryIndex, spelling, window
from wirewatch.stories.window import SPAN

if TYPE_CHECKING:
    from collections.abc import Iterator

HOURS = int(SPAN / HOUR)


def new_words(chance: random.Random, count: int) -> str:
    """Words that nobody has seen before."""
    return " ".join(f"{''.join(chance.choices('bdfgklmnprtvz', k=5))}o" for _ in range(count))


def unheard_of(first: int, last: int) -> Iterator[Item]:
    """An item an hour, each from a source of its own and in words of its own."""
    for hour in range(first, last):
        chance = random.Random(hour)
        headline, summary = new_words(chance, 4), new_words(chance, 4)
        yield Item(f"i{hour}", f"S{hour}", headline, hour * HOUR, summary=f"{summary}.")


def lengths(index: StoryIndex) -> dict[str, int]:
    """How long everything is that the index keeps by item, word, story or source."""
    parts = {"window": index.window, "scales": index.scales, "word": index.word, "ids": index.window._ids}
    return {
        f"{part}.{name}": len(value)
        for part, whole in parts.items()
        for name, value in vars(whole).items()
        if hasattr(value, "__len__")
    }


def test_an_index_that_moved_on_twelve_windows_holds_no_more_than_one_that_moved_on_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window, "SPENT", 20)
    index = StoryIndex()
    for item in unheard_of(0, 3 * HOURS):
        index.place(item)
    before = lengths(index)
    for item in unheard_of(3 * HOURS, 12 * HOURS):
        index.place(item)
    after = lengths(index)
    assert {name: size for name, size in after.items() if size > before[name] + 8 * HOURS} == {}
    assert len(index.window.words) - index.window._shipped < 2 * 8 * HOURS
    assert len(index.window.sources) < 2 * HOURS


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_words_that_take_over_the_numbers_of_forgotten_ones_change_no_decision(seed: int) -> None:
    def said(spent: int) -> list[object]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(window, "SPENT", spent)
            index, found = StoryIndex(), []
            for item, take in changing(seed):
                index.retake(item) if take else found.append(index.place(item))
            assert bool(index.window._free or index.window.base) == (spent < 100)
            return found

    assert said(spent=3) == said(spent=10**6)


def changing(seed: int) -> Iterator[tuple[Item, bool]]:
    """Reports of few events in words that change from day to day, over five windows; later takes among them."""
    chance = random.Random(seed)
    sent: list[Item] = []
    for number in range(150):
        at = number * SPAN / 30
        if sent and chance.random() < 0.2:
            old = chance.choice(sent[-20:])
            yield Item(old.id, old.source, f"{old.headline} {new_words(chance, 1)}", at, summary=old.summary), True
            continue
        day = random.Random(seed + number // 10)
        names = [new_words(day, 1).capitalize() for _ in range(3)]
        headline = f"{chance.choice(chance.choice(EVENTS))} {chance.choice(names)} {chance.choice(names)}"
        summary = (
            f"{chance.choice(names)} {new_words(chance, 2)} {chance.choice(names)}." if chance.random() < 0.5 else ""
        )
        sent.append(Item(f"i{number}", f"Outlet {chance.randint(1, 5)}", headline, at, summary=summary or None))
        yield sent[-1], False


def test_a_word_that_only_a_summary_has_is_kept_for_as_long_as_its_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SPENT", 5)
    index = StoryIndex()
    for item in unheard_of(0, HOURS):
        index.place(item)
    late = Item("late", "A", "Ships wait", HOURS * HOUR, summary="Zorbatexo plimbrako.")
    index.place(late)
    kept = index.memory("late")
    for item in unheard_of(HOURS + 1, 2 * HOURS):
        index.place(item)
    assert index.window.base > 0
    assert index.memory("late") == kept


def test_stories_kept_apart_are_forgotten_with_their_items() -> None:
    index = StoryIndex()
    for item in unheard_of(0, 5 * HOURS):
        placement = index.place(item)
        before = f"si{int(item.received / HOUR) - 1}"
        index.word.keep_apart(placement.story, before)
    assert len(index.word._apart) <= HOURS + 2
    assert sum(map(len, index.word._apart.values())) <= 2 * (HOURS + 2)
    assert index.word.forbids(*(index.window.cluster_of(index.window._ids.number(f"i{n}") or 0) for n in (359, 358)))


def test_takes_under_ids_of_their_own_are_forgotten_with_what_they_are_takes_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "ROOTS", 20)
    judging = Process(Config())
    for item in unheard_of(0, 6 * HOURS):
        placed, _ = judging.place(item)
        take = Item(f"{item.id}-2", item.source, f"UPDATE 1-{item.headline}", item.received, version=2)
        again = judging.retake(take, placed)
        judging.retake(Item(f"{item.id}-3", item.source, item.headline, item.received, version=3), again)
        assert judging._roots[f"{item.id}-3"] == item.id
    assert len(judging._roots) <= 2 * 2 * (HOURS + 2)


def test_guesses_at_a_misspelt_word_are_not_remembered_as_words() -> None:
    before = spelling.lemma.cache_info().currsize
    spelling.respelt.cache_clear()
    assert spelling.respelt("goverment") == "government"
    spelling.respelt("xqwertasdings")
    assert spelling.lemma.cache_info().currsize == before
