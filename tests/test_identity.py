"""Identity: what makes two deliveries the same piece."""

from __future__ import annotations

import msgspec
import pytest

from wirewatch.model import Item
from wirewatch.stories import identity

MOMENT = 1_678_700_000.0


def item(**fields: object) -> Item:
    return Item(**({"id": "1", "source": "Wire", "headline": "Harbour reopens", "received": MOMENT} | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/world/harbour-reopens-123",
        "http://example.org/world/harbour-reopens-123",
        "https://example.org:443/world/harbour-reopens-123/",
        "https://EXAMPLE.org./world//harbour-reopens-123",
        "https://m.example.org/world/harbour-reopens-123",
        "https://amp.example.org/world/harbour-reopens-123",
        "https://www.example.org/amp/world/harbour-reopens-123",
        "https://www.example.org/world/harbour-reopens-123/amp/",
        "https://www.example.org/world/harbour-reopens-123.amp.html",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/world/harbour-reopens-123",
        "https://www.google.com/amp/s/www.example.org/world/harbour-reopens-123",
        "https://www.example.org/world/harbour-reopens-123?utm_source=rss&utm_medium=feed",
        "https://www.example.org/world/harbour-reopens-123?at_medium=RSS&at_campaign=K&fbclid=abc",
        "https://www.example.org/world/harbour-reopens-123#comments",
        "https://www.example.org/world/harbour-reopens-123#xtor=RSS-3208",
        "https://www.example.org/world/harbour-reopens-123#1",
        "https://www.example.org/world/harbour-reopens-123/index.html",
        "https://www.example.org/world/harbour%2Dreopens-123",
    ],
)
def test_all_ways_to_one_page_are_one_address(url: str) -> None:
    assert identity.canonical_url(url) == "http://example.org/world/harbour-reopens-123"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a", "https://example.net/a"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://example.org/#/story/1", "https://example.org/#/story/2"),
        ("https://example.org/live/storm#block-640f1a", "https://example.org/live/storm#block-640f2b"),
    ],
)
def test_different_pages_keep_different_addresses(one: str, other: str) -> None:
    assert identity.canonical_url(one) != identity.canonical_url(other)


def test_parameters_are_compared_whatever_their_order() -> None:
    assert identity.canonical_url("https://e.org/p?b=2&a=1") == identity.canonical_url(
        "https://e.org/p?a=1&utm_id=9&b=2"
    )


@pytest.mark.parametrize(
    "url", ["", "mailto:a@example.org", "javascript:alert(1)", "http://", "http://[::1", "https://example.org:99999/a"]
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert identity.canonical_url(url) == ""


def test_keys_run_from_guid_through_address_to_headline() -> None:
    found = identity.keys(item(guid="tag:1", url="https://e.org/a?utm_source=x"))
    assert [key[:2] for key in found] == ["g:", "u:", "t:"]
    assert found[0] == "g:Wire\0tag:1"


def test_fault_085_an_item_without_guid_is_known_by_its_address_and_headline() -> None:
    assert [key[:2] for key in identity.keys(item(url="https://e.org/a"))] == ["u:", "t:"]
    assert [key[:2] for key in identity.keys(item(guid="  "))] == ["t:"]


def test_a_front_page_is_nobodys_address() -> None:
    assert [key[:2] for key in identity.keys(item(url="https://e.org/"))] == ["t:"]


def test_the_headline_key_forgets_case_quotes_and_spaces_but_not_the_day() -> None:
    first = identity.keys(item(headline="“Harbour  reopens”", published=MOMENT))[-1]
    assert first == identity.keys(item(headline="harbour Reopens", published=MOMENT))[-1]
    next_day = item(headline="harbour Reopens", published=MOMENT + 86_400)
    assert first != identity.keys(next_day)[-1]
    assert first in identity.keys_nearby(next_day)


def test_fault_089_a_guid_of_a_megabyte_becomes_a_short_key() -> None:
    long = identity.keys(item(guid="ü" * 1_000_000))[0]
    assert len(long) < 60
    assert long != identity.keys(item(guid="ü" * 999_999))[0]


def test_keys_of_two_sources_never_meet() -> None:
    mine, theirs = item(guid="1", url="https://e.org/a"), item(guid="1", url="https://e.org/a", source="Other")
    assert not set(identity.keys(mine)) & set(identity.keys(theirs))


def test_content_changes_with_text_and_status_only() -> None:
    base = item(summary="Ships sail.", body="One.\n\nTwo.")
    assert identity.content(base) == identity.content(msgspec.structs.replace(base, received=0.0, body="One. Two."))
    for change in ({"headline": "Harbour closes"}, {"summary": "None sail."}, {"body": "One."}, {"status": "canceled"}):
        assert identity.content(msgspec.structs.replace(base, **change)) != identity.content(base)
