"""The row of a story: who leads it, who had it, who it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from wirewatch.model import Flag, Item, Placed
from wirewatch.stories import summarise

MOMENT = 1_678_700_000.0


def placed(
    number: int,
    source: str,
    *,
    role: str = "report",
    flags: tuple[str, ...] = (),
    copy_of: str | None = None,
    **fields: Any,
) -> Placed:
    item = Item(
        **({"id": f"i{number}", "source": source, "headline": f"Take {number}", "received": MOMENT + number} | fields)
    )
    raised = tuple(Flag(name, "rule", "headline", 0, 4, "Take") for name in flags)
    return Placed(item, "si1", role, copy_of=copy_of, flags=raised, priority=fields.get("urgency") or 3)  # type: ignore[arg-type]


def test_the_first_own_item_leads_and_copies_add_outlets() -> None:
    story = summarise(
        [placed(1, "Wire", role="lead"), placed(2, "Mirror", role="copy", copy_of="i1"), placed(3, "Wire")]
    )
    assert (story.id, story.lead, story.source) == ("si1", "i1", "Wire")
    assert (story.items, story.outlets) == (3, 2)
    assert (story.first_seen, story.updated) == (MOMENT + 1, MOMENT + 3)


def test_a_copy_credits_the_agency_it_comes_from() -> None:
    story = summarise(
        [placed(1, "Mirror", role="lead", credit="Reuters"), placed(2, "Reuters World", role="copy", copy_of="i1")]
    )
    assert story.originators == ("Reuters",)


def test_a_second_hand_report_points_to_its_originator_and_does_not_lead() -> None:
    story = summarise(
        [placed(1, "Daily", role="lead", flags=("second-hand:Reuters",)), placed(2, "Reuters"), placed(3, "Post")]
    )
    assert story.lead == "i2"
    assert story.originators == ("Reuters", "Post")


def test_a_story_told_only_at_second_hand_comes_from_whom_it_credits() -> None:
    story = summarise(
        [placed(1, "Daily", role="lead", flags=("second-hand:WSJ",)), placed(2, "Post", flags=("second-hand:WSJ",))]
    )
    assert (story.lead, story.originators) == ("i1", ("WSJ",))


def test_an_unnamed_credit_leaves_the_outlet_as_the_only_one_known() -> None:
    assert summarise([placed(1, "Daily", role="lead", flags=("second-hand",))]).originators == ("Daily",)


def test_the_headline_is_that_of_the_leads_newest_take() -> None:
    story = summarise(
        [placed(1, "Wire", role="lead"), placed(2, "Post"), placed(3, "Wire", role="version", headline="Newest")]
    )
    assert (story.lead, story.headline) == ("i1", "Newest")


ALERT = "XI PLANS TO VISIT RUSSIA NEXT WEEK - SOURCES"


def test_an_alert_in_capitals_gives_way_to_its_sources_first_full_headline() -> None:
    alert = placed(1, "Wire", role="lead", headline=ALERT)
    other = placed(2, "Post", headline="Xi may visit Russia")
    full = placed(3, "Wire", headline="Exclusive: Xi plans to visit Russia as soon as next week - sources")
    later = placed(4, "Wire", headline="Kremlin welcomes news of Xi visit")
    assert summarise([alert, other]).headline == ALERT
    assert summarise([alert, other, full]).headline == full.item.headline
    assert summarise([alert, other, full, later]).headline == full.item.headline
    assert summarise([alert, other, full]).lead == "i1"


def test_the_newest_take_of_the_full_report_stands_for_an_alert_with_its_label() -> None:
    alert = placed(1, "Wire", role="lead", headline=ALERT)
    second = placed(2, "Wire", role="version", headline="XI TO MEET PUTIN IN MOSCOW - SOURCES")
    full = placed(3, "Wire", role="version", headline="Xi plans to visit Russia next week - sources")
    update = placed(4, "Wire", role="version", headline="UPDATE 1-Xi plans to visit Russia next week - sources")
    more = placed(5, "Wire", role="version", headline="XI VISIT COULD COME ON MONDAY - SOURCE")
    assert summarise([alert, second]).headline == second.item.headline
    assert summarise([alert, second, full, update]).headline == update.item.headline
    assert summarise([alert, second, full, update, more]).headline == update.item.headline


def test_an_alert_with_a_body_under_it_keeps_its_headline() -> None:
    alert = placed(1, "Wire", role="lead", headline=ALERT, body="Beijing, March 13.")
    assert summarise([alert, placed(2, "Wire", headline="Xi plans to visit Russia")]).headline == ALERT


def test_a_translation_that_credits_nobody_is_its_own_source() -> None:
    original = placed(1, "Wire", role="lead", language="en")
    translated = placed(2, "Agentur", role="copy", copy_of="i1", language="de")
    assert summarise([original, translated]).originators == ("Wire", "Agentur")
    credited = placed(2, "Agentur", role="copy", copy_of="i1", language="de", credit="Wire")
    assert summarise([original, credited]).originators == ("Wire",)


def test_flags_are_united_each_once_and_the_priority_is_the_highest() -> None:
    story = summarise(
        [
            placed(1, "Wire", role="lead", flags=("video", "exclusive")),
            placed(2, "Post", flags=("kill", "exclusive"), urgency=1),
        ]
    )
    assert story.flags == ("kill", "exclusive", "video")
    assert story.priority == 1


def test_a_story_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        summarise([])
