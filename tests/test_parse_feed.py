"""RSS, Atom, RDF, CDF and JSON Feed: which part of a document becomes which field of an item."""

from __future__ import annotations

import gzip
import json

import pytest

from wirewatch import text
from wirewatch.engine.parse import read
from wirewatch.errors import ParseError
from wirewatch.model import Document, Item, Source

NOW = 1_700_000_000.0
SOURCE = Source(name="Wire", url="https://wire.example/feed", kind="agency", language="pl")
RSS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    " xmlns:media='http://search.yahoo.com/mrss/' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>"
)


def rss(item: str, channel: str = "") -> Document:
    content = f"{RSS}<channel><title>The Wire</title>{channel}<item>{item}</item></channel></rss>"
    return read(content.encode(), source=SOURCE, received=NOW)


def atom(entry: str, feed: str = "") -> Document:
    content = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>The Wire</title>{feed}<entry>{entry}</entry></feed>"
    return read(content.encode(), source=SOURCE, received=NOW)


def only(document: Document) -> Item:
    assert len(document.items) == 1
    return document.items[0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Plain", "Plain"),
        ("R&amp;D at AT&amp;T", "R&D at AT&T"),
        ("R&amp;amp;D", "R&D"),
        ("Fed&amp;#8217;s rise", "Fed’s rise"),
        ("<![CDATA[Fed&#8217;s &quot;rise&quot;]]>", 'Fed’s "rise"'),
        ("<![CDATA[A <b>bold</b> move]]>", "A bold move"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("5 &lt; 6 and 7 &gt; 6", "5 < 6 and 7 > 6"),
        ("How to use &lt;blink&gt;", "How to use <blink>"),
        ("[EXCLUSIVE] $1 [/x]", "[EXCLUSIVE] $1 [/x]"),
        ("two\n  lines", "two lines"),
        ("It&#146;s here", "It’s here"),
    ],
)
def test_an_rss_title_is_unescaped_exactly_once_whatever_it_is(written: str, shown: str) -> None:
    assert only(rss(f"<title>{written}</title>")).headline == shown


@pytest.mark.parametrize(
    ("kind", "written", "shown"),
    [
        ("text", "AT&amp;amp;T &lt;b&gt;", "AT&amp;T <b>"),
        ("html", "AT&amp;amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T x"),
        ("xhtml", "<div xmlns='http://www.w3.org/1999/xhtml'>AT&amp;T <b>x</b></div>", "AT&T x"),
    ],
)
def test_an_atom_title_is_what_its_type_says(kind: str, written: str, shown: str) -> None:
    assert only(atom(f"<title type='{kind}'>{written}</title>")).headline == shown


def test_description_is_the_summary_and_content_the_body() -> None:
    both = only(
        rss(
            "<title>T</title><description>Short</description><content:encoded>&lt;p>Long.&lt;/p>&lt;p>Two.&lt;/p></content:encoded>"
        )
    )
    assert (both.summary, both.body) == ("Short", "Long.\n\nTwo.")
    swapped = only(rss("<title>T</title><content:encoded>Long</content:encoded><description>Short</description>"))
    assert (swapped.summary, swapped.body) == ("Short", "Long")
    body = only(rss("<title>T</title><content:encoded>Long</content:encoded>"))
    assert (body.summary, body.body) == (None, "Long")
    long = only(rss(f"<title>T</title><description>{'word ' * 1000}</description>"))
    assert (len(long.summary or ""), long.body) == (4999, None)
    entry = only(
        atom("<title>T</title><summary>Short &amp; plain</summary><content type='html'>&lt;b>Long&lt;/b></content>")
    )
    assert (entry.summary, entry.body) == ("Short & plain", "Long")


def test_atom_text_that_is_html_after_all_is_read_as_html() -> None:
    assert only(atom("<title>T</title><summary>&lt;p>One&lt;/p>&lt;p>Two&lt;/p></summary>")).summary == "One\n\nTwo"
    assert only(atom("<title>T</title><summary>if a &lt; b</summary>")).summary == "if a < b"


def test_content_that_is_no_text_is_left_out() -> None:
    entry = only(atom("<title>T</title><content type='image/png'>iVBORw0KGgo=</content>"))
    assert (entry.summary, entry.body) == (None, None)


def test_a_caption_is_no_summary_unless_there_is_nothing_else() -> None:
    caption = "<media:title>IMG_1</media:title><media:description type='html'>A dog</media:description>"
    caption = f"<media:content url='x'>{caption}</media:content>"
    item = only(rss(f"{caption}<title>T</title><description>The story</description>"))
    assert (item.headline, item.summary, item.body) == ("T", "The story", None)
    after = only(rss(f"<title>T</title><description>The story</description>{caption}"))
    assert (after.headline, after.summary, after.body) == ("T", "The story", None)
    alone = only(rss(caption))
    assert (alone.headline, alone.summary) == ("IMG_1", "A dog")


@pytest.mark.parametrize(
    ("authors", "byline"),
    [
        ("<author>a@wire.example (Ann Lee)</author>", "Ann Lee"),
        ("<author>a@wire.example</author>", "a@wire.example"),
        ("<dc:creator><![CDATA[Ann Lee]]></dc:creator><dc:creator>Bo Ek &amp; Co</dc:creator>", "Ann Lee, Bo Ek & Co"),
        ("", None),
    ],
)
def test_the_byline_has_the_names(authors: str, byline: str | None) -> None:
    assert only(rss(f"<title>T</title>{authors}")).byline == byline
    two = "<author><name>Ann Lee</name><email>a@x.example</email></author><author><name>Bo Ek</name></author>"
    assert only(atom(f"<title>T</title>{two}")).byline == "Ann Lee, Bo Ek"


def test_the_language_is_the_items_else_the_feeds_else_the_sources() -> None:
    assert only(rss("<title>T</title>")).language == "pl"
    assert only(rss("<title>T</title>", "<language>en-US</language>")).language == "en-us"
    assert only(rss("<title>T</title><dc:language>de</dc:language>", "<language>en-US</language>")).language == "de"
    assert only(atom("<title xml:lang='fr_CA'>T</title>")).language == "fr-ca"
    assert only(rss("<title>T</title>", "<language>English (all)</language>")).language == "pl"


def test_categories_are_subjects() -> None:
    item = only(
        rss("<title>T</title><category>War</category><category>Oil &amp;amp; gas</category><category>War</category>")
    )
    assert item.subjects == ("War", "Oil & gas")


def test_the_feed_tells_its_title_and_how_often_to_ask() -> None:
    assert (rss("", "<ttl>15</ttl>").title, rss("", "<ttl>15</ttl>").ttl) == ("The Wire", 900.0)
    hourly = "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert rss("", hourly).ttl == 900.0
    for nothing in ("", "<ttl>-1</ttl>", "<ttl>0</ttl>", "<ttl>soon</ttl>", "<ttl>99999999999</ttl>"):
        assert rss("", nothing).ttl is None


def test_an_item_without_a_title_takes_its_first_words() -> None:
    assert (
        only(rss("<description>&lt;p>A quake. It was felt.&lt;/p>&lt;p>More&lt;/p></description>")).headline
        == "A quake. It was felt."
    )
    long = only(rss(f"<description>First sentence here. {'word ' * 60}</description>"))
    assert long.headline == "First sentence here."
    assert only(rss("<link>https://wire.example/a</link>")).headline == "https://wire.example/a"
    assert rss("<pubDate>2020-01-01</pubDate>").items == ()


def test_a_guid_counts_as_link_only_when_it_is_an_address() -> None:
    assert only(rss("<title>T</title><guid>https://wire.example/1</guid>")).url == "https://wire.example/1"
    assert only(rss("<title>T</title><guid>abc123</guid>")).url is None
    assert only(rss("<title>T</title><guid isPermaLink='false'>https://wire.example/1</guid>")).url is None
    assert only(rss("<title>T</title><guid>a</guid><link>https://wire.example/2</link>")).guid == "a"


def test_a_very_long_guid_still_tells_items_apart() -> None:
    guids = [f"{'ż' * 100_000}{n}" for n in range(2)]
    items = [only(rss(f"<title>T</title><guid isPermaLink='false'>{guid}</guid>")) for guid in guids]
    assert items[0].id != items[1].id
    assert items[0].guid != items[1].guid
    assert all(len(item.guid or "") < 60 and text.is_clean(item.guid or "") for item in items)


def test_the_source_gives_name_and_kind() -> None:
    item = only(rss("<title>T</title>"))
    assert (item.source, item.kind, item.received) == ("Wire", "agency", NOW)


def test_gzip_is_unpacked_under_a_cap_and_never_half() -> None:
    content = f"{RSS}<channel><item><title>T</title></item></channel></rss>".encode()
    packed = gzip.compress(content)
    for twice in (packed, gzip.compress(packed)):
        assert only(read(twice, source=SOURCE, received=NOW)).headline == "T"
    for broken, reason in (
        (packed[:-10], "cut short"),
        (packed[:-8] + b"\0" * 8, "broken gzip"),
        (gzip.compress(gzip.compress(packed)), "more than twice"),
        (gzip.compress(b"\0" * 80_000_000), "more than 64 MB"),
    ):
        with pytest.raises(ParseError, match=reason):
            read(broken, source=SOURCE, received=NOW)


def test_a_json_feed_gives_all_its_fields() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Wire",
        "home_page_url": "https://home.example/",
        "language": "en-GB",
        "items": [
            {
                "id": "1",
                "url": "/a/1",
                "title": "R&D <b>",
                "summary": "Short",
                "content_html": "<p>Long.</p><p>Two &amp; more.</p>",
                "date_published": "2023-11-14T20:00:00+01:00",
                "authors": [{"name": "Ann Lee"}, {"url": "x"}, {"name": "Bo Ek"}],
                "tags": ["War", 3],
            },
            {"id": 2.5, "content_text": "Only text & no title", "author": {"name": "Cy"}, "title": None, "url": 7},
            {"title": [], "id": {}},
            "nothing",
        ],
    }
    got = read(json.dumps(feed).encode(), source=Source(name="J", url=""), received=NOW)
    first, second = got.items
    assert (got.title, got.format) == ("The Wire", "json-feed")
    assert (first.guid, first.url, first.headline) == ("1", "https://home.example/a/1", "R&D <b>")
    assert (first.summary, first.body) == ("Short", "Long.\n\nTwo & more.")
    assert (first.published, first.byline, first.language) == (1_699_988_400.0, "Ann Lee, Bo Ek", "en-gb")
    assert first.subjects == ("War",)
    assert (second.guid, second.headline, second.byline) == ("2.5", "Only text & no title", "Cy")


@pytest.mark.parametrize(
    "content", ['{"version": "https://jsonfeed.org/version/1", "items": 3}', '{"items": [', '{"items": []} x']
)
def test_a_broken_json_feed_is_an_error(content: str) -> None:
    with pytest.raises(ParseError, match="JSON"):
        read(content.encode(), source=SOURCE, received=NOW)


def test_every_field_is_clean_whatever_was_in_it() -> None:
    evil = "A\u202eB &amp;#27;[31m \u200bC \u009b1m &#x9d;0;x"
    document = rss(
        f"<title>{evil}</title><description>{evil} too</description><guid>{evil}</guid><author>{evil}</author>"
        f"<category>{evil}</category><dc:language>{evil}</dc:language><content:encoded>{evil}</content:encoded>"
    )
    item = only(document)
    for value in (item.headline, item.guid, item.byline, item.summary, item.body, *(item.subjects or ())):
        assert value
        assert text.is_clean(value, multiline=True)
