"""What judging an item costs, counted: nothing is read, weighed or compared that can't change what comes out."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wirewatch.config import Config
from wirewatch.engine.process import Process
from wirewatch.headline.labels import _scan
from wirewatch.model import Item
from wirewatch.stories import StoryIndex, contrast, spelling
from wirewatch.stories import heaviest as neighbours
from wirewatch.stories import normal as forms
from wirewatch.stories.heaviest import heaviest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

MOMENT = 1_678_700_000.0
SUMMARY = "Three creditors have until the end of August to answer, the ministry said."


def item(number: int, headline: str, summary: str | None = SUMMARY) -> Item:
    return Item(
        id=f"i{number}",
        source=f"Outlet {number}",
        headline=headline,
        received=MOMENT + 60.0 * number,
        summary=summary,
    )


def test_summaries_are_weighed_only_where_they_can_make_a_story_related(monkeypatch: pytest.MonkeyPatch) -> None:
    index = StoryIndex()
    index.place(item(1, "Minister meets lenders over dam at Kessel"))
    weighed: list[set[str]] = []
    weigh = index.window.weights.of

    def counted(tokens: Iterable[int]) -> list[float]:
        listed = list(tokens)
        weighed.append({index.window.words[token] for token in listed})
        return weigh(listed)

    monkeypatch.setattr(index.window.weights, "of", counted)
    index.place(item(2, "Kessel beats Varn in cup final after extra time", "The striker scored twice in the rain."))
    unlike = [words for words in weighed if "ministry" in words]
    weighed.clear()
    index.place(item(3, "Minister meets lenders over Kessel dam again"))
    assert unlike == []
    assert [words for words in weighed if "ministry" in words] != []


def test_a_word_is_looked_up_once_however_many_texts_have_it() -> None:
    forms.normal("Zorvath master closes Lindqua quay", "en")
    before = forms._pieces.cache_info()
    forms.normal("Lindqua quay closes Zorvath master", "en")
    again = forms._pieces.cache_info()
    forms.normal("Lindqua quay closes Zorvath Umbrathi master", "en")
    assert again.misses == before.misses
    assert forms._pieces.cache_info().misses == again.misses + 1


def test_a_headline_is_scanned_for_labels_once_whichever_way_its_language_was_found() -> None:
    judging = Process(Config())
    read = _scan.cache_info().misses
    judging.place(item(1, "Ombrath council sells Veldine quay to the harbour board", summary=None))
    assert _scan.cache_info().misses == read + 1


def test_what_can_be_no_copy_is_scored_only_beside_other_items_of_its_story() -> None:
    index = StoryIndex()
    index.place(item(1, "Kessel dam fails inspection as river rises"))
    index.place(item(2, "Kessel dam fails inspection, river rises further"))
    index.place(item(3, "Varn mayor names new police chief after scandal"))
    near = [0, 1, 2]
    assert index.window.cluster_of(0) == index.window.cluster_of(1) != index.window.cluster_of(2)
    form = forms.normal("River rises over Kessel as Varn police search for mayor", "en")
    assert set(index.copies.scores(form, near, len(near))) == {0, 1}


def test_a_word_is_looked_up_once_for_headlines_and_summaries() -> None:
    forms.normal("Ophrenta ferry calls at Dunmarrow", "en")
    before = forms._pieces.cache_info()
    forms.running("Ophrenta ferry calls at Dunmarrow", "en")
    assert forms._pieces.cache_info().misses == before.misses


def test_slips_of_the_pen_are_looked_for_in_words_that_nobody_knows() -> None:
    spelling.respelt.cache_clear()
    forms.normal("Goverment closes harbour after storm at Velmorra", "en")
    asked = spelling.respelt.cache_info()
    assert asked.hits + asked.misses == 2


def test_once_enough_neighbours_are_found_no_others_are_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[int] = []

    class Entered(dict[int, float]):
        @classmethod
        def fromkeys(cls, numbers: Iterable[int], weight: float) -> dict[int, float]:  # type: ignore[override]
            entered.extend(numbers)
            return dict.fromkeys(numbers, weight)

    monkeypatch.setattr(neighbours, "dict", Entered, raising=False)
    lists = [(array("I", range(10)), 49.0), (array("I", range(5, 400)), 25.0), (array("I", range(300)), 9.0)]
    assert heaviest(lists, 5) == [9, 8, 7, 6, 5]
    assert max(entered) == 9


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 30), max_size=12), st.integers(0, 200)), max_size=8), st.integers(1, 12)
)
def test_the_neighbours_of_an_item_are_those_that_weigh_most_however_far_one_reads(
    lists: list[tuple[set[int], int]], most: int
) -> None:
    by_weight = [(array("I", sorted(numbers)), weight / 4) for numbers, weight in lists]
    by_weight.sort(key=lambda entry: -entry[1])
    sums: dict[int, float] = {}
    for numbers, weight in by_weight:
        for number in numbers:
            sums[number] = sums.get(number, 0.0) + weight
    assert heaviest(by_weight, most) == sorted(sums, key=lambda number: (-sums[number], -number))[:most]


def test_two_words_in_use_are_not_asked_whether_they_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    ask = contrast._one_word

    def counted(token: str, candidate: str, mine: int, theirs: int) -> bool:
        asked.append((token, candidate))
        return ask(token, candidate, mine, theirs)

    monkeypatch.setattr(contrast, "_one_word", counted)
    contrast.Contrast(forms.normal("Storm closes harbour", "en"), forms.normal("Judge rejects appeal", "en"))
    assert asked == []


def test_a_token_is_weighed_once_for_all_the_witnesses_of_an_item(monkeypatch: pytest.MonkeyPatch) -> None:
    index = StoryIndex()
    for number in range(4):
        index.place(item(number, "Minister meets lenders over dam at Kessel"))
    squares = index.witnesses._squares
    weighed: list[int] = []
    weigh = squares.weight

    def counted(token: int) -> float:
        weighed.append(token)
        return weigh(token)

    monkeypatch.setattr(squares, "weight", counted)
    index.witnesses.begin()
    for number in range(4):
        index.witnesses._of(number)
    assert len(weighed) == len(set(weighed)) > 0
