"""What judging an item costs, counted: nothing is read, weighed or compared that can't change what comes out."""

from __future__ import annotations

from wirewatch.stories import normal as forms


def test_a_word_is_looked_up_once_however_many_texts_have_it() -> None:
    forms.normal("Zorvath master closes Lindqua quay", "en")
    before = forms._pieces.cache_info()
    forms.normal("Lindqua quay closes Zorvath master", "en")
    again = forms._pieces.cache_info()
    forms.normal("Lindqua quay closes Zorvath Umbrathi master", "en")
    assert again.misses == before.misses
    assert forms._pieces.cache_info().misses == again.misses + 1
