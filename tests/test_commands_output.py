"""How a story looks on a line: within its width whatever the script, whole where nothing limits it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from wirewatch import text
from wirewatch.commands import output
from wirewatch.model import Change, Story

if TYPE_CHECKING:
    from wirewatch.model import What

NOW = 1_678_700_000.0
STORY = Story(
    id="s0123456789abcdef",
    seq=7,
    headline="Exclusive: Minister to visit Freedonia next week - sources",
    lead="0123456789abcdef",
    source="Agency One",
    first_seen=NOW - 60,
    updated=NOW,
    outlets=5,
    flags=("exclusive", "entity:Freedonia"),
    priority=1,
)


def story(**changed: object) -> Story:
    """The story with some of it changed."""
    import msgspec

    return msgspec.structs.replace(STORY, **changed)


def test_without_a_width_everything_is_there() -> None:
    line = output.story_line(STORY, NOW)
    for part in ("s0123456789", "!!", "Agency One +4", STORY.headline, "[exclusive, entity:Freedonia]"):
        assert part in line


@given(st.text(max_size=300), st.text(max_size=100), st.integers(20, 250), st.integers(1, 20_000))
def test_a_line_never_takes_more_than_its_width(headline: str, source: str, width: int, outlets: int) -> None:
    shown = story(headline=text.title(headline), source=text.name(source), outlets=outlets)
    assert cell_len(output.story_line(shown, NOW, width=width)) <= width


@pytest.mark.parametrize("source", ["朝日新聞", "العربية", "Agency 🇫🇷 👨‍👩‍👧", "A" * 100])
def test_headlines_stand_in_one_column_whatever_stands_before_them(source: str) -> None:
    plain, foreign = output.story_line(STORY, NOW), output.story_line(story(source=source), NOW)
    assert cell_len(plain.partition(STORY.headline)[0]) == cell_len(foreign.partition(STORY.headline)[0])


def test_the_outlets_are_counted_even_behind_a_long_name() -> None:
    assert " +4  " in output.story_line(story(source="A" * 100), NOW)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Change(7, "new", STORY.id, STORY), {"what": "new", "id": STORY.id, "outlets": 5}),
        (Change(8, "merged", "sold", None, STORY.id), {"merged": "sold", "into": STORY.id, "seq": 8}),
        (Change(9, "merged", "sold", None, None), {"expired": "sold", "seq": 9}),
    ],
)
def test_every_change_has_its_line_of_json(change: Change, shown: dict[str, object]) -> None:
    found = json.loads(output.change_line(change, as_json=True) or "")
    assert found["v"] == 1
    assert shown.items() <= found.items()


@pytest.mark.parametrize(("what", "told"), [("new", True), ("edited", True), ("grown", False), ("merged", False)])
def test_a_person_is_told_of_new_and_edited_stories_only(what: What, told: bool) -> None:
    assert bool(output.change_line(Change(7, what, STORY.id, STORY), as_json=False)) is told
