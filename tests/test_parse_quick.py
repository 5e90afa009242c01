"""The short way through a feed: it answers as feedparser does, or leaves the document to feedparser."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from bench.conformance import documents
from tests.shared import shared
from wirewatch.engine.parse import charset, entries, feed, repair, sniff
from wirewatch.engine.parse.build import Scene
from wirewatch.engine.parse.vocabulary import DoubtError
from wirewatch.errors import ParseError
from wirewatch.model import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.engine.parse.build import Raw

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:a="http://www.w3.org/2005/Atom" xmlns:own="urn:own"'
)
RECEIVED = 1_790_000_000.0


def rss(item: str, channel: str = "", root: str = "") -> str:
    return f'<rss version="2.0" {NAMESPACES} {root}><channel>{channel}<item>{item}</item></channel></rss>'


def atom(entry: str, root: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {root}><title>W</title><entry>{entry}</entry></feed>'


def parts(document: str) -> tuple[str, str, bytes]:
    document = repair.fit(document)
    begin, _ = sniff.root_of(document)
    return document[:begin], document[begin:], repair.eased(document[begin:]).encode()


def quickly(document: str) -> feed.Feed:
    prolog, _, content = parts(document)
    return feed.quickly(prolog, content)[:2]


def slowly(document: str) -> feed.Feed:
    prolog, rest, content = parts(document)
    scene = Scene(source=Source(name="Wire", url=""), received=RECEIVED)
    prepared, _, _ = feed._prepared(prolog, rest, content, scene)
    return feed.slowly(prepared, sniff.root_of(document)[1])[:2]


def told(channel: dict[str, Any]) -> tuple[object, ...]:
    title = entries.markup_of(channel, "title")
    return title, entries.text_of(channel, "link"), entries.text_of(channel, "language"), entries.ttl(channel)


def fields(raw: Raw) -> dict[str, object]:
    return {name: getattr(raw, name) for name in raw.__struct_fields__} | {
        "subjects": list(dict.fromkeys(raw.subjects))
    }


def differences(document: str) -> Iterator[str]:
    """What the two readers say differently. Raises DoubtError where only one of them answers."""
    channel, found = quickly(document)
    other, expected = slowly(document)
    if len(found) != len(expected):
        yield f"{len(found)} items, not {len(expected)}"
    if told(channel) != told(other):
        yield f"{told(channel)}, not {told(other)}"
    for ours, theirs in zip(found, expected, strict=False):
        mine, wanted = fields(entries.raw(ours)), fields(entries.raw(theirs))
        yield from (f"{name}: {mine[name]!r}, not {wanted[name]!r}" for name in mine if mine[name] != wanted[name])


def feeds() -> Iterator[tuple[str, str]]:
    """The XML documents of the corpora, by name."""
    for path in documents(shared("corpora/feeds")):
        content = path.read_bytes()
        try:
            content = sniff.unpacked(content)
            if sniff.format_of(content, None, path.name) == "feed":
                document = charset.decode(content)
                sniff.root_of(document)
                yield path.as_posix(), document
        except ParseError:
            continue


BETTER = {
    "rss_channel_item_uri_at_protocol.xml": "feedparser takes an address in another network for the page's",
    "rss_channel_item_guid_naked_markup.xml": "feedparser drops a guid that has tags in it",
}
"""Where `quick` is right and feedparser isn't, and why."""


def test_both_readers_agree_on_every_document_of_the_corpora() -> None:
    whole = taken = items = real = real_taken = 0
    unlike: dict[str, list[str]] = {}
    for name, document in feeds():
        whole += 1
        lived = "/real/" in name or "/captured/" in name
        real += lived
        try:
            found = list(differences(document))
        except DoubtError:
            continue
        taken += 1
        real_taken += lived
        items += len(quickly(document)[1])
        if found:
            unlike[name.rpartition("/")[2]] = found
    print(
        f"\n{taken:,} of {whole:,} documents, {real_taken} of {real} real ones, {items:,} items: {len(unlike)} unlike"
    )
    assert unlike.keys() == BETTER.keys(), unlike
    assert taken > whole * 0.45
    assert real_taken > real * 0.6


FIELD = re.compile(r"<((?:\w+:)?\w+)(?:\s[^<>]*)?(?:/>|>(?:<!\[CDATA\[.*?\]\]>|[^<])*</\1>)", re.DOTALL)


def test_both_readers_agree_when_fields_are_moved_doubled_and_dropped() -> None:
    dice = random.Random(5)
    compared = 0
    small = (one for name, one in feeds() if len(one) < 20_000 and not name.endswith(tuple(BETTER)))
    sample = list(small)[::9]
    for document in sample:
        pieces = [found.span() for found in FIELD.finditer(document)]
        for _ in range(4 if len(pieces) > 1 else 0):
            (start, end), (at, _) = dice.choice(pieces), dice.choice(pieces)
            moved = document[start:end]
            cut = document[:start] + document[end:] if dice.random() < 0.5 else document
            at = min(at, len(cut)) if cut is document or at <= start else at - (end - start)
            mutant = cut if dice.random() < 0.2 else cut[:at] + moved + cut[at:]
            try:
                assert list(differences(mutant)) == [], mutant
            except (DoubtError, ParseError):
                continue
            compared += 1
    print(f"\n{compared} mutants compared")
    assert compared > 250


@pytest.mark.parametrize(
    "item",
    [
        "<title>A</title><link>http://x.example/a</link><guid>http://x.example/b</guid>",
        "<guid>http://x.example/b</guid><title>A</title>",
        "<guid isPermaLink='false'>b</guid><title>A &amp;amp; B</title><title>C</title>",
        "<title/><title>B</title><description>D</description><content:encoded>E</content:encoded>",
        "<title>A</title><content:encoded>E</content:encoded><description>&lt;p>D&lt;/p></description>",
        "<title>A</title><description>D</description><description>E</description>",
        "<title>A</title><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><author>Cy</author>",
        "<title>A</title><author>a@x.example (Ann)</author>",
        "<title>A</title><category domain='d'>one</category><category>two</category><category domain='d'/>",
        "<title>A</title><media:content url='u'><media:title>caption</media:title></media:content>",
        "<media:group><media:description type='html'>B</media:description></media:group><own:date>1</own:date>",
        "<title>A</title><a:updated>2026-01-01T00:00:00Z</a:updated><pubDate>1 Jan 2026 00:00:00 GMT</pubDate>",
        "<title>A</title><enclosure url='http://x.example/a.mp3'/><link>http://x.example/a.mp3</link>",
        "<title>Ã¤</title><pubdate>x</pubdate><thumb><small>u</small></thumb>",
    ],
)
def test_both_readers_agree_on(item: str) -> None:
    assert list(differences(rss(item))) == []


@pytest.mark.parametrize(
    "document",
    [
        rss("<title>A</title><link>b</link>", root='xml:base="http://x.example/"'),
        rss("<title>A &nbsp; B</title>"),
        rss("<title>A<b>B</b></title>"),
        rss("<title>A</title><foo:bar/>"),
        rss("<title>It\x92s</title>"),
        rss("<title>A</title><link>http:////x.example/a</link>"),
        rss("<title>A</title><thumb><title>B</title></thumb>"),
        rss("<title>A</title><description mode='base64'>QQ==</description>"),
        rss("<title>A</title>", channel="<title>V</title><title>W</title>"),
        rss("<title>A</title>", root='xmlns="http://x.example/"'),
        rss("<title>A &lt;blink>&lt;/blink></title>"),
        rss("<title>A</title>")[:-3],
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("<title>A</title>"),
        rss("</item>".join(["<title>A</title>", *["<item><title>A</title>"] * 500])),
        rss("<title>A</title><author>a@x.example (Ann)</author><dc:creator>Bob</dc:creator>"),
        rss("<x>" * 40 + "</x>" * 40),
        atom("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A</div></title>"),
        atom("<content type='image/png'>QQ==</content>"),
    ],
)
def test_what_is_in_doubt_is_left_to_feedparser(document: str) -> None:
    with pytest.raises(DoubtError):
        quickly(document)


def test_the_plain_feed_is_read_without_feedparser() -> None:
    channel, found = quickly(rss("<title>A</title><link>http://x.example/a</link>", "<title>W</title><ttl>5</ttl>"))
    assert (channel["title"], entries.ttl(channel)) == ("W", 300)
    assert [(entry["title"], entry["link"]) for entry in found] == [("A", "http://x.example/a")]
