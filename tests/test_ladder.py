"""Who was first: publishers' times and arrivals together, and what makes it uncertain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.clock import HOUR, MINUTE
from wirewatch.ladder import as_told, climb, lead, originators, ranked, role, said
from wirewatch.model import Flag, Item, Placed

NINE = 1_678_698_000.0
"""09:00 UTC."""


def placed(
    source: str,
    arrived: float,
    published: float | None = None,
    *,
    role: str = "report",
    copy_of: str | None = None,
    after: str | None = None,
    item_id: str = "",
    **fields: Any,
) -> Placed:
    """An item that arrived so many minutes after nine; `after` is whom it tells its story after."""
    item = Item(
        item_id or source,
        source,
        f"{source} on it",
        NINE + arrived * MINUTE,
        published=None if published is None else NINE + published * MINUTE,
        **fields,
    )
    flags = (Flag(f"second-hand:{after}", "sourcing", "headline", 0, 4, "says"),) if after else ()
    return Placed(item, "s1", role, copy_of=copy_of, flags=flags)  # type: ignore[arg-type]


def clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M}"


def words(*items: Placed) -> str:
    return " ".join(said(climb(items), clock))


def test_the_publishers_times_rank_outlets_that_were_polled_in_another_order() -> None:
    ladder = climb([placed("Bloomberg", 24.5, 24, after="Reuters"), placed("Reuters", 25, 2, role="lead")])
    assert [(rung.source, rung.after / MINUTE) for rung in ladder.rungs] == [("Reuters", 0), ("Bloomberg", 22)]
    assert ladder.rungs[1].credits == ("Reuters",)
    assert ladder.first.source == "Reuters"
    assert ladder.arrived.item.source == "Bloomberg"


def test_arrival_and_publishers_time_are_told_apart_and_a_disagreement_is_said() -> None:
    text = words(placed("Bloomberg", 24.5, 24, after="Reuters"), placed("Reuters", 25, 2))
    assert "Reuters at 09:02 by its own time; it came in at 09:25." in text
    assert "First by arrival: Bloomberg at 09:24, 30 s before Reuters's." in text
    agreed = words(placed("Reuters", 3, 2), placed("Bloomberg", 24.5, 24))
    assert "It came in first, too." in agreed
    assert "First by arrival" not in agreed


def test_an_item_without_a_trusted_time_ranks_by_its_arrival_and_may_have_been_earlier() -> None:
    ladder = climb([placed("Reuters", 3, 2), placed("Post", 10, None, date_note="in the future")])
    assert not ladder.rungs[1].stated
    assert ladder.rungs[1].when == NINE + 10 * MINUTE
    assert "Post gives no time that can be used (in the future): it may have been out before it came in." in words(
        placed("Reuters", 3, 2), placed("Post", 10, None, date_note="in the future")
    )
    assert "Reuters gives no time that can be used: it was out by then" in words(placed("Reuters", 3))


def test_a_time_long_before_anybody_had_it_is_not_believed_of_an_item_that_came_late() -> None:
    live_page = placed("Post", 30, -180)
    ladder = climb([placed("Reuters", 3, 2), live_page])
    assert ladder.first.source == "Reuters"
    assert not ladder.rungs[1].stated
    assert "Post says 06:00, but its item came in at 09:30 only" in words(placed("Reuters", 3, 2), live_page)
    backlog = climb([placed("Reuters", 3, -240), placed("Post", 3.5, -180)])
    assert [rung.stated for rung in backlog.rungs] == [True, True]


def test_what_lies_within_a_minute_is_too_close_to_call() -> None:
    assert "Post says only 40 s later: too close to call." in words(placed("Reuters", 3, 2), placed("Post", 3, 2.67))
    assert "Post says the same time: too close to call." in words(
        placed("Reuters", 3, 2, item_id="a"), placed("Post", 3, 2, item_id="b")
    )


def test_copies_fold_under_whom_they_copy_and_an_outlet_has_one_rung() -> None:
    ladder = climb(
        [
            placed("Reuters", 1, 0, role="lead", item_id="r1"),
            placed("Mirror", 2, 1, role="copy", copy_of="r1"),
            placed("Reuters", 5, 4, role="version", item_id="r2"),
            placed("Herald", 6, 5, role="copy", copy_of="r2"),
            placed("Post", 9, 8),
        ]
    )
    assert [rung.source for rung in ladder.rungs] == ["Reuters", "Post"]
    first = ladder.rungs[0]
    assert [copy.item.source for copy in first.copies] == ["Mirror", "Herald"]
    assert [later.item.id for later in first.later] == ["r2"]
    assert ladder.repeaters == ("Mirror", "Herald")


def test_a_copy_that_came_before_its_original_does_not_take_its_place() -> None:
    ladder = climb(
        [
            placed("Mirror", 2, 1, role="lead", item_id="m", credit="Reuters"),
            placed("Reuters", 5, 0, role="copy", copy_of="m"),
        ]
    )
    assert ladder.first.source == "Reuters"
    assert [copy.item.source for copy in ladder.first.copies] == ["Mirror"]


def test_where_all_credit_somebody_that_is_said() -> None:
    text = words(placed("Daily", 3, 2, after="WSJ"), placed("Post", 9, 8, after="WSJ"))
    assert "It tells the story after WSJ, whose own item hasn't come in." in text
    assert "crediting" not in text


def test_who_credits_another_is_not_first_however_early_it_came() -> None:
    text = words(placed("Daily", 3, 2, after="WSJ"), placed("WSJ", 9, 8))
    assert text.startswith("WSJ at 09:08 by its own time")
    assert "Daily was earlier, crediting WSJ." in text


def test_an_edit_makes_no_item_younger() -> None:
    edited = Placed(
        Item("r1", "Reuters", "Take two", NINE + 2 * HOUR, published=NINE + 2 * HOUR, version=2),
        "s1",
        "lead",
        since=NINE + MINUTE,
        issued=NINE,
    )
    ladder = climb([edited, placed("Post", 9, 8)])
    assert ladder.first.source == "Reuters"
    assert ladder.first.when == NINE
    assert ladder.first.placed.arrived == NINE + MINUTE


def test_originators_are_whom_copies_and_credits_point_to_each_once() -> None:
    items = [
        placed("Daily", 3, 2, after="Reuters"),
        placed("Reuters World", 4, 1, item_id="r"),
        placed("Mirror", 5, 4, role="copy", copy_of="r"),
        placed("Post", 6, 5),
    ]
    assert originators(items) == ("Reuters", "Post")


def test_an_originator_that_is_called_by_a_shorter_name_later_stays_the_first() -> None:
    items = [
        placed("Meridian Newswire", 3, 2),
        placed("Post", 6, 5),
        placed("Mirror", 9, 8, after="Meridian"),
        placed("Meridian Asia", 9, 8),
    ]
    assert originators(items) == ("Meridian", "Post")


def test_who_was_polled_later_is_no_copy_of_who_was_polled_first() -> None:
    items = [
        placed("Mirror", 3, 2.5, role="lead", item_id="m"),
        placed("Wire", 3.1, 1, role="copy", copy_of="m", item_id="w"),
        placed("Post", 3.2, 3, role="copy", copy_of="m", item_id="p"),
    ]
    assert lead(items).item.id == "w"
    told = {one.item.id: (one.role, one.copy_of) for one in as_told(items, "w")}
    assert told == {"w": ("lead", None), "m": ("copy", "w"), "p": ("copy", "w")}
    assert originators(items) == ("Wire",)


def test_where_it_is_too_close_to_call_an_agency_wrote_the_text() -> None:
    items = [
        placed("Mirror", 3, 2, role="lead", item_id="m"),
        placed("Wire", 3.1, 2.4, role="copy", copy_of="m", item_id="w", kind="agency"),
    ]
    assert lead(items).item.id == "w"
    assert [(one.role, one.copy_of) for one in as_told(items, "w")] == [("copy", "w"), ("lead", None)]
    late = [items[0], placed("Wire", 5, 4, role="copy", copy_of="m", item_id="w", kind="agency")]
    assert lead(late).item.id == "m"


def test_a_copy_without_its_original_does_not_lead_while_another_can() -> None:
    items = [placed("Mirror", 3, 2, role="copy", copy_of="gone"), placed("Post", 9, 8)]
    assert lead(items).item.source == "Post"
    assert [(one.role, one.copy_of) for one in as_told(items, "Post")] == [("copy", "gone"), ("lead", None)]


def test_a_story_shows_one_lead() -> None:
    first, second = placed("Daily", 3, role="lead"), placed("Reuters", 4)
    assert role(first, "Reuters") == "report"
    assert role(second, "Reuters") == "lead"
    assert role(placed("Mirror", 5, role="copy"), "Reuters") == "copy"


def test_no_items_have_no_ladder() -> None:
    with pytest.raises(ValueError, match="at least one"):
        climb([])


moments = st.one_of(st.none(), st.integers(-600, 600).map(float))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABCDE"),
            st.integers(0, 600),
            moments,
            st.sampled_from(("copy", "report", "version")),
            st.integers(0, 9),
            st.sampled_from((None, "A", "Z")),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_every_item_stands_on_one_rung_whatever_the_order_they_are_given_in(rows: list[tuple[Any, ...]]) -> None:
    items = [
        placed(
            source,
            arrived,
            None if published is None else min(published, arrived),
            role=kind,
            copy_of=f"i{of}" if kind == "copy" else None,
            after=after,
            item_id=f"i{number}",
        )
        for number, (source, arrived, published, kind, of, after) in enumerate(rows)
    ]
    ladder = climb(items)
    held = [one.item.id for rung in ladder.rungs for one in (rung.placed, *rung.copies, *rung.later)]
    assert sorted(held) == sorted(one.item.id for one in items)
    assert len({rung.source for rung in ladder.rungs}) == len(ladder.rungs)
    assert [rung.when for rung in ladder.rungs] == sorted(rung.when for rung in ladder.rungs)
    assert climb(items[::-1]) == ladder
    told = as_told(items, lead(items).item.id)
    assert sum(one.role == "lead" for one in told) == 1
    assert lead(items[::-1]) == lead(items)
    assert ranked(items[::-1]) == ranked(items)
    assert said(ladder, clock)
