"""What counts as new: guid, link and headline, none of them trusted blindly."""

from __future__ import annotations

import msgspec
import pytest

from wirewatch.engine.arrivals import as_polled, candidates, churned, decide, names_one_piece, reused_guid
from wirewatch.model import Document, Item
from wirewatch.store.contract import Known
from wirewatch.stories import identity

DAY = 1_678_700_000.0


def item(
    headline: str, *, guid: str | None = None, url: str | None = None, summary: str = "", received: float = DAY
) -> Item:
    return Item(
        id=guid or url or headline,
        source="Farm",
        headline=headline,
        received=received,
        guid=guid,
        url=url,
        summary=summary,
    )


def stored(*items: Item) -> dict[str, Known]:
    """What a store would answer for these items."""
    return {
        key: Known(each.id, key, f"s{each.id}", 1, identity.content(each), each.received)
        for each in items
        for key in identity.keys(each)
    }


def test_everything_in_a_first_document_is_new() -> None:
    news = [
        item(f"Minister {number} resigns", guid=f"g{number}", url=f"http://a.example/{number}") for number in range(3)
    ]
    arrivals = decide(candidates(news), {})
    assert [arrival.item for arrival in arrivals] == news
    assert [arrival.previous for arrival in arrivals] == [None] * 3


def test_fault_085_items_without_a_guid_are_known_again_by_their_link() -> None:
    before = [item(f"Minister {n} resigns", url=f"http://a.example/news/article-{n}") for n in range(3)]
    assert decide(candidates(before), stored(*before)) == []
    edited = item("Minister 1 resigns after row", url="http://a.example/news/article-1?utm_source=rss")
    (arrival,) = decide(candidates([edited]), stored(*before))
    assert arrival.previous is not None
    assert arrival.previous.id == before[1].id


def test_fault_086_the_same_guid_on_all_items_hides_none_of_them() -> None:
    news = [item(f"Minister {n} resigns", guid="feed", url=f"http://a.example/{n}") for n in range(5)]
    arrivals = decide(candidates(news), {})
    assert len(arrivals) == 5
    assert all(not key.startswith("g:") for arrival in arrivals for key in arrival.keys)


def test_fault_087_new_guids_on_known_items_raise_nothing() -> None:
    before = [item(f"Minister {n} resigns", guid=f"old{n}", url=f"http://a.example/{n}") for n in range(10)]
    after = [item(f"Minister {n} resigns", guid=f"new{n}", url=f"http://a.example/{n}") for n in range(10)]
    assert churned(candidates(after), stored(*before))
    assert decide(candidates(after), stored(*before)) == []


def test_fault_088_a_guid_given_to_another_story_makes_a_new_item() -> None:
    old = item("Minister resigns over leaked letter", guid="7", url="http://a.example/minister")
    new = item("Storm floods harbour", guid="7", url="http://a.example/storm")
    assert reused_guid(new, old)
    assert not reused_guid(item("Minister resigns over leaked memo", guid="7", url="http://a.example/m2"), old)


def test_fault_089_a_guid_that_counts_its_edits_is_a_later_take_of_its_link() -> None:
    before = item(
        "Minister under pressure", guid="http://a.example/world-64899045#0", url="http://a.example/world-64899045"
    )
    after = item("Minister resigns", guid="http://a.example/world-64899045#1", url="http://a.example/world-64899045")
    (arrival,) = decide(candidates([after]), stored(before))
    assert arrival.previous is not None
    assert arrival.previous.id == before.id


def test_alerts_that_all_link_to_one_page_are_all_new() -> None:
    before = item("Gale warning for the north", guid="a1", url="http://alerts.example/status")
    after = item("Flood warning for the south", guid="a2", url="http://alerts.example/status")
    (arrival,) = decide(candidates([after]), stored(before))
    assert arrival.previous is None


def test_two_pieces_with_one_headline_and_links_of_their_own_are_two_items() -> None:
    before = item("Morning briefing", guid="http://a.example/briefing-1", url="http://a.example/briefing-1")
    after = item("Morning briefing", guid="http://a.example/briefing-2", url="http://a.example/briefing-2")
    (arrival,) = decide(candidates([after]), stored(before))
    assert arrival.previous is None


def test_fault_090_an_archive_published_again_with_new_dates_is_nothing_new() -> None:
    before = [item(f"Minister {n} resigns", guid=f"g{n}", url=f"http://a.example/{n}") for n in range(50)]
    again = [item(each.headline, guid=each.guid, url=each.url, received=DAY + 90_000) for each in before]
    assert decide(candidates(again), stored(*before)) == []


def test_fault_091_an_edited_headline_is_a_later_take_and_no_new_item() -> None:
    before = item("Minister resigns", guid="g", url="http://a.example/minister")
    after = item("UPDATE 2-Minister resigns, successor named", guid="g", url="http://a.example/minister")
    (arrival,) = decide(candidates([after]), stored(before))
    assert arrival.previous is not None
    assert arrival.previous.version == 1


def undated(headline: str, *, later: float = 0.0, summary: str = "") -> Item:
    return item(headline, received=DAY + later, summary=summary)


def test_fault_094_a_feed_of_bare_headlines_brings_nothing_new_at_midnight_or_a_week_later() -> None:
    before = [undated(f"Minister {n} resigns") for n in range(6)]
    for later in (3600.0, 86_400.0, 7 * 86_400.0):
        again = [undated(f"Minister {n} resigns", later=later) for n in range(6)]
        assert decide(candidates(again), stored(*before)) == []


def test_a_bare_headline_with_another_text_is_a_later_take_for_a_day_and_then_a_new_item() -> None:
    before = undated("Morning briefing", summary="Trams stand still.")
    (same_day,) = decide(candidates([undated("Morning briefing", summary="Trams run.", later=7200.0)]), stored(before))
    assert same_day.previous is not None
    (next_day,) = decide(
        candidates([undated("Morning briefing", summary="Bridges shut.", later=90_000.0)]), stored(before)
    )
    assert next_day.previous is None


def test_a_headline_that_is_dated_anew_over_midnight_is_the_same_item_within_a_day() -> None:
    midnight = DAY // 86_400 * 86_400
    before = msgspec.structs.replace(item("Harbour shut by storm", received=midnight - 600), published=midnight - 900)
    after = msgspec.structs.replace(item("Harbour shut by storm", received=midnight + 600), published=midnight + 300)
    assert decide(candidates([after]), stored(before)) == []
    next_day = msgspec.structs.replace(after, received=midnight + 100_000, published=midnight + 99_000)
    (arrival,) = decide(candidates([next_day]), stored(before))
    assert arrival.previous is None


def test_an_entry_of_a_live_page_is_no_take_of_another_entry_that_left_the_feed() -> None:
    before = item("Ferry towed in", guid="a", url="http://a.example/live/storm-2026#post-101")
    after = item("Bridge reopens to trams", guid="b", url="http://a.example/live/storm-2026#post-102")
    (arrival,) = decide(candidates([after]), stored(before))
    assert arrival.previous is None


def test_what_a_polled_document_says_of_itself_is_not_taken_for_granted() -> None:
    foreign = Item(id="i7", source="Another", headline="Harbour reopens", received=DAY + 1e9)
    (own,) = as_polled(Document("item", (foreign,)), "Farm", DAY).items
    assert (own.source, own.received, own.guid) == ("Farm", DAY, "i7")
    assert own.id != "i7"
    plain = Document("rss", (item("Harbour reopens"),))
    assert as_polled(plain, "Farm", DAY) is plain


def test_an_item_twice_in_one_document_arrives_once() -> None:
    twice = item("Minister resigns", guid="g", url="http://a.example/minister")
    assert len(decide(candidates([twice, twice]), {})) == 1


@pytest.mark.parametrize(
    ("url", "one_piece"),
    [
        ("http://a.example/", False),
        ("http://a.example/alerts", False),
        ("http://a.example/news/12345", True),
        ("http://a.example/news/minister-resigns-over-letter", True),
        ("http://a.example/story?id=77", True),
    ],
)
def test_a_link_to_a_front_page_names_no_piece(url: str, one_piece: bool) -> None:
    assert names_one_piece(url) is one_piece
