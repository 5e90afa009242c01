"""What judging an item costs, counted: nothing is read, weighed or compared that can't change what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.config import Config
from wirewatch.engine.process import Process
from wirewatch.headline.labels import _scan
from wirewatch.model import Item
from wirewatch.stories import StoryIndex
from wirewatch.stories import normal as forms

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
