"""The extra `semantic`: what the table of word meanings adds, and that nothing depends on its being there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_stories import item, stream
from wirewatch.model import Placed
from wirewatch.stories import StoryIndex, meaning
from wirewatch.stories.window import SPAN

if TYPE_CHECKING:
    from wirewatch.stories.meaning import Meaning

INSTALLED = meaning.load()
needs_extra = pytest.mark.skipif(INSTALLED is None, reason="the extra `semantic` isn't installed")


def table() -> Meaning:
    assert INSTALLED is not None
    return INSTALLED


def test_without_the_extra_stories_are_told_apart_by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "find_spec", lambda name: None)
    assert meaning.load() is None
    index = StoryIndex("strict", meaning.load())
    index.place(item(1, "Hapag buys Zim for $4bn"))
    assert index.place(item(2, "UPDATE 1-Hapag buys Zim for $4bn", at=60)).copy_of == "i1"


@needs_extra
def test_words_of_one_matter_point_the_same_way() -> None:
    crude, oil, wedding = (
        table().direction([(word, 1) for word in headline.split()])
        for headline in ("crude climb", "oil price rise", "singer marry actress")
    )
    assert table().cosine(crude, oil) > table().cosine(crude, wedding) + 0.1
    assert table().cosine(oil, oil) == pytest.approx(1.0, abs=1e-5)
    assert table().cosine(table().direction([("#5usd", 1)]), oil) == 0.0
    assert table().cosine(table().direction([]), oil) == 0.0


@needs_extra
def test_reports_that_share_few_words_meet() -> None:
    headlines = (
        "Gunman opens fire in Tampere shopping centre",
        "Shooting at Tampere mall leaves shoppers hiding in stores",
    )

    def together(index: StoryIndex) -> bool:
        return len({index.place(item(at, line, at=60.0 * at)).story for at, line in enumerate(headlines)}) == 1

    assert not together(StoryIndex("strict"))
    assert together(StoryIndex("strict", table()))


@needs_extra
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 59))
def test_a_restart_in_the_middle_changes_nothing_with_the_extra_either(seed: int, cut: int) -> None:
    items = stream(seed)
    index, rebuilt = StoryIndex("broad", table()), StoryIndex("broad", table())
    whole = [(member, index.place(member)) for member in items]
    into = {old: kept for _, placement in whole[:cut] for old, kept in placement.merged}
    for member, placement in whole[:cut]:
        if member.received < items[cut - 1].received - SPAN:
            continue
        story = placement.story
        while story in into:
            story = into[story]
        rebuilt.load(Placed(member, story, placement.role, copy_of=placement.copy_of))
    assert [rebuilt.place(member) for member in items[cut:]] == [placement for _, placement in whole[cut:]]


@needs_extra
def test_the_table_is_read_without_the_network_and_without_its_packages_code() -> None:
    code = "import sys; from wirewatch.stories import meaning; meaning.load().direction([('oil', 1)]); "
    code += "print(sorted({'wordllama', 'huggingface_hub', 'requests', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
