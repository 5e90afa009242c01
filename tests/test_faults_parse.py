"""Faults 68-86 and 94-99: hostile and broken documents, through the real worker where they could cost time."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from wirewatch import text
from wirewatch.clock import DAY, HOUR, MINUTE, parse_rfc3339
from wirewatch.engine.parse import read, repair
from wirewatch.engine.worker import CPU_MOST, ParseJob, Parser
from wirewatch.errors import ParseError, ParserDiedError
from wirewatch.model import Document, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = parse_rfc3339("2026-11-23T12:00:00Z")
SOURCE = Source(name="Wire", url="https://wire.example/feeds/all.xml")
GOOD = b"<rss version='2.0'><channel><title>Wire</title><item><title>Flood in Brno</title></item></channel></rss>"


def feed(*items: str, head: str = "") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'>{head}<channel><title>Wire</title>{inner}</channel></rss>".encode()


def document(content: bytes, **how: str) -> Document:
    return read(content, source=SOURCE, received=NOW, **how)


def headlines(content: bytes, **how: str) -> list[str]:
    return [item.headline for item in document(content, **how).items]


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser(cpu=0.7) as parser:
        yield parser


def job(content: bytes) -> ParseJob:
    return ParseJob(content=content, source=SOURCE, received=NOW)


def assert_survives(parser: Parser, content: bytes) -> str | Document:
    """The document costs an error or is read; the parser reads the next one all the same."""
    try:
        outcome: str | Document = parser.parse(job(content))
    except ParseError as error:
        outcome = str(error)
        assert text.is_clean(outcome)
    assert [item.headline for item in parser.parse(job(GOOD)).items] == ["Flood in Brno"]
    return outcome


# --- bodies that aren't feeds


def test_fault_031_an_empty_body_is_an_error_and_no_emptied_feed() -> None:
    for content in (b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0\0\0"):
        with pytest.raises(ParseError, match="empty document"):
            document(content)


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>",
        b"\n\n<HTML>\n<body>",
        b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html xmlns='http://www.w3.org/1999/xhtml'>",
        b"<!-- saved --><script>location='/login'</script><html>",
        b"<div>please wait</div>",
    ],
)
def test_fault_032_a_web_page_is_named_without_being_parsed(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser

    monkeypatch.setattr(feedparser, "parse", None)
    with pytest.raises(ParseError, match=r"^web page, not a feed$"):
        document(page + b"<p>text" * 300_000)


def test_fault_068_a_body_that_names_a_file_never_opens_it(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(GOOD)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)  # opening it would hang
    for name in (str(secret), str(fifo), "/dev/zero", "/etc/passwd", f"file://{secret}", "http://127.0.0.1:1/feed"):
        with pytest.raises(ParseError, match="not a feed"):
            document(name.encode())


# --- entity bombs


def test_fault_069_billion_laughs_stay_unexpanded(parser: Parser) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">{entities}]>'.encode()
    outcome = assert_survives(parser, bomb + feed("<title>ha &l9;</title>"))
    assert isinstance(outcome, Document)
    assert outcome.items[0].headline == "ha &l9;"


def test_fault_070_quadratic_entities_stay_small(parser: Parser) -> None:
    for size in (150, 50_000):
        bomb = f'<!DOCTYPE a [<!ENTITY a "{"a" * size}">]>'.encode()
        outcome = assert_survives(parser, bomb + feed(f"<title>x</title><description>{'&a;' * 50_000}</description>"))
        assert isinstance(outcome, Document)
        assert len(outcome.items[0].summary or "") <= 20_100


def test_fault_071_external_entities_and_dtds_are_neither_fetched_nor_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SESAME")
    for declaration in (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>',
        f'<!DOCTYPE a [<!ENTITY % p SYSTEM "file://{secret}"> %p; <!ENTITY x "&#37;p;">]>',
        f'<!DOCTYPE a SYSTEM "file://{secret}">',
        f'<!DOCTYPE a PUBLIC "-//N//DTD" "file://{secret}">',
    ):
        got = document(declaration.encode() + feed("<title>pre &x; post</title>"))
        assert got.items[0].headline == "pre &x; post"
        assert "SESAME" not in repr(got)


# --- documents that cost feedparser seconds to minutes


def test_fault_072_an_author_that_explodes_the_address_search_is_dropped(parser: Parser) -> None:
    author = "a@" + "a." * 32_000 + "!"
    for element in ("author", "dc:creator", "AUTHOR"):
        outcome = assert_survives(parser, feed(f"<title>A</title><{element}>{author}</{element}>", "<title>B</title>"))
        assert isinstance(outcome, Document)
        assert [item.headline for item in outcome.items] == ["A", "B"]
        assert outcome.items[0].byline is None


def test_fault_072_an_endless_author_is_one_outside_of_sections_only() -> None:
    endless = "<author>" + "a." * 1_000 + "</author>"
    section = f"<title><![CDATA[{endless}]]></title>"
    shown = '<author a="<![CDATA[">B</author>'
    for kept in ("", section, shown, "<![CDATA[ <author> ]]>", section + shown + section):
        assert repair.eased(kept) == kept
        assert repair.eased(f"{kept}{endless}{kept}") == f"{kept}<author></author>{kept}"
    assert repair.eased(f"<![CDATA[{endless}") == f"<![CDATA[{endless}"
    assert repair.eased(f"{endless}<![CDATA[{endless}") == f"<author></author><![CDATA[{endless}"


@pytest.mark.parametrize("unfit", ["\0", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_xml_forbids_are_left_out(unfit: str) -> None:
    for fit in ("", "a\tb\r\nc", "Ünïcödé 🌍 \ufffd"):
        assert repair.fit(fit) == fit
        assert repair.fit(f"{fit}{unfit}{fit}") == fit + fit


def test_fault_073_an_element_with_20_000_attributes_is_refused(parser: Parser) -> None:
    attributes = " ".join(f"a{n}='1'" for n in range(20_000))
    assert "attributes" in str(assert_survives(parser, feed(f"<title {attributes}>A</title>")))
    assert "tag is longer" in str(assert_survives(parser, feed("<title>A</b>", f"<title {attributes}>B</title>")))


def test_fault_074_a_million_open_tags_cost_one_document(parser: Parser) -> None:
    tags = "<a>" * 1_000_000
    assert "deep" in str(assert_survives(parser, feed(f"<title>A</title><description>{tags}")))
    assert "left open" in str(assert_survives(parser, feed(f"<title>A</b></title><description>{tags}")))
    escaped = assert_survives(parser, feed(f"<title>A</title><description><![CDATA[{tags}]]></description>"))
    assert isinstance(escaped, str | Document)


def test_fault_075_fifty_thousand_nested_divs_cost_one_document(parser: Parser) -> None:
    divs = "<div>" * 50_000 + "deep" + "</div>" * 50_000
    assert "deep" in str(assert_survives(parser, feed(f"<title>A</title><description>{divs}</description>")))
    escaped = assert_survives(parser, feed(f"<title>A</title><description><![CDATA[{divs}]]></description>"))
    assert isinstance(escaped, Document)
    assert escaped.items[0].headline == "A"


def test_fault_076_what_takes_too_long_is_killed_and_costs_one_document(parser: Parser) -> None:
    assert CPU_MOST == 5
    slow = feed(*(f"<title>{n}</title><x:y a=&b>{'<i><b>word</i></b> & ' * 50}" for n in range(2_000)))
    before = parser.pid
    with pytest.raises(ParserDiedError, match=r"^the parser used more than 0\.7 s$"):
        parser.parse(job(slow))
    assert parser.pid != before
    assert parser.parse(job(GOOD)).items


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGTERM])
def test_fault_077_a_dead_worker_is_replaced_at_once(number: signal.Signals) -> None:
    with Parser() as parser:
        first = parser.pid
        os.kill(first, number)  # between documents: nobody's fault, nothing lost
        assert parser.parse(job(GOOD)).items
        assert parser.pid != first


def test_fault_077_memory_is_bounded_and_its_end_costs_one_document() -> None:
    with Parser(memory=150 * 1024 * 1024, cpu=5) as parser:
        bomb = gzip.compress(b"<rss>" + b" " * 60_000_000)
        with pytest.raises(ParserDiedError, match=r"^the parser (?:ran out of memory|crashed)$"):
            parser.parse(job(bomb))
        assert parser.parse(job(GOOD)).items


# --- documents that are merely broken


def test_fault_078_of_100_000_items_the_newest_500_are_kept() -> None:
    def item(n: int) -> str:
        moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(NOW - 100 * DAY + n))
        return f"<title>n{n}</title><pubDate>{moment}</pubDate>"

    got = document(feed(*(item(n) for n in range(20_000))))
    assert [entry.headline for entry in got.items] == [f"n{n}" for n in range(19_500, 20_000)]
    assert got.note == "cut to the newest 500 items of 20,000"
    undated = document(feed(*(f"<title>n{n}</title>" for n in range(100_000))))
    assert [entry.headline for entry in undated.items] == [f"n{n}" for n in range(500)]
    entries = [{"id": str(n), "title": f"n{n}", "date_published": f"2026-11-{1 + n % 20:02}"} for n in range(2_000)]
    feed_1_1 = document(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries}).encode())
    assert len(feed_1_1.items) == 500
    assert {int(entry.headline[1:]) % 20 for entry in feed_1_1.items} == {15, 16, 17, 18, 19}


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Bank&nbsp;rates &mdash; up", "Bank rates — up"),
        ("AT&T buys B&B", "AT&T buys B&B"),
        ("Q3 < Q2 & Q1", "Q3 < Q2 & Q1"),
        ("Profit <5% & falling", "Profit <5% & falling"),
        ("&unheard; of", "&unheard; of"),
        ("Bell \x07 and &#27;[31m", "Bell and [31m"),
        ("<![CDATA[R&D &amp; AT&T]]>", "R&D & AT&T"),
    ],
)
def test_fault_079_mistakes_in_titles_are_mended_as_meant(title: str, headline: str) -> None:
    got = document(feed(f"<title>{title}</title><link>https://wire.example/1?a=1&b=2</link>", "<title>Next</title>"))
    assert [item.headline for item in got.items] == [headline, "Next"]
    assert got.items[0].url == "https://wire.example/1?a=1&b=2"


def test_fault_080_the_right_charset_is_found_whoever_declares_a_wrong_one() -> None:
    title = "Žižkov – “Überfall”, 习近平"
    latin = "Überfall – “café”"
    for said, meant, content, how in (
        ("utf-8", title, "utf-8", None),
        ("iso-8859-1", title, "utf-8", None),
        ("utf-16", title, "utf-16", None),
        ("utf-8", title, "utf-16-le", None),
        ("utf-8", title, "utf-16-be", None),
        ("utf-8", title, "utf-32", None),
        ("utf-8", title, "utf-8-sig", "text/xml; charset=iso-8859-1"),
        ("gbk", "习近平将访问俄罗斯", "gbk", None),
        ("gb2312", "习近平将访问俄罗斯", "gb18030", "text/xml; charset=utf-8"),
        ("big5", "習近平訪問", "big5", "application/xml"),
        ("shift_jis", "東京で地震", "shift_jis", None),
        ("iso-2022-jp", "東京で地震", "iso-2022-jp", None),
        ("euc-kr", "서울 지진", "euc-kr", None),
        ("windows-1251", "Путин", "windows-1251", None),
        ("koi8-r", "Путин", "koi8-r", None),
        ("iso-8859-2", "Žižkov", "iso-8859-2", None),
        ("utf-8", latin, "cp1252", None),
        ("iso-8859-1", latin, "cp1252", None),
        ("no-such-charset", latin, "cp1252", None),
        ("unicode_escape", title, "utf-8", None),
    ):
        whole = f'<?xml version="1.0" encoding="{said}"?>' + feed(f"<title>{meant}</title>").decode()
        assert headlines(whole.encode(content), **({"content_type": how} if how else {})) == [meant], (said, content)


def test_fault_080_stray_bytes_cost_a_character_and_not_the_text_round_them() -> None:
    assert headlines(feed("<title>習近平 X caf\xe9</title>").replace("é".encode(), b"\xe9")) == ["習近平 X café"]
    broken = b'<?xml version="1.0" encoding="gbk"?>' + feed("<title>T</title>").replace(b"T", b"\xcf\xb0\xff\x80x")
    assert headlines(broken)[0].startswith("习")


@pytest.mark.parametrize("label", ["utf-7", "UTF7", "unicode-1-1-utf-7", "x-imap4-modified-utf7"])
def test_fault_080_utf_7_is_refused_whoever_declares_it(label: str) -> None:
    hidden = "+ADw-script+AD4-"
    with pytest.raises(ParseError, match="UTF-7"):
        document(f'<?xml version="1.0" encoding="{label}"?>'.encode() + feed(f"<title>{hidden}</title>"))
    with pytest.raises(ParseError, match="UTF-7"):
        document(feed(f"<title>{hidden}</title>"), content_type=f"text/xml; charset={label}")


@pytest.mark.parametrize(
    "before",
    [
        b"\r\n\r\n  ",
        b"<br />\n<b>Warning</b>:  include(): failed in <b>/var/www/feed.php</b> on line <b>3</b><br />\n",
        b"PHP Notice:  Undefined index\n",
        b"\xef\xbb\xbf\xef\xbb\xbf\n",
        b"<!-- made by hand: <rss> -->\n",
    ],
)
def test_fault_081_what_stands_before_or_behind_the_feed_is_passed_over(before: bytes) -> None:
    first = b'<?xml version="1.0"?>' + feed("<title>First</title>")
    second = b'<?xml version="1.0"?>' + feed("<title>Second</title>")
    for after in (b"", second, b"<script>track()</script>", b"<!-- cached --> & more < junk"):
        assert headlines(before + first + after) == ["First"]


def test_fault_082_of_a_truncated_document_the_complete_items_are_kept() -> None:
    whole = feed(*(f"<title>n{n} &amp; more</title><description><![CDATA[<b>x</b>]]></description>" for n in range(4)))
    ends = [found.end() for found in re.finditer(b"</item>", whole)]
    for cut in range(ends[0], len(whole) - 1, 7):
        got = document(whole[:cut])
        assert len(got.items) == sum(end <= cut for end in ends)
        assert got.note == "the document was cut short; its complete items were kept"
    with pytest.raises(ParseError, match="cut short before its first item was complete"):
        document(whole[: ends[0] - 10])
    almost = document(whole[:-1])
    assert (len(almost.items), almost.note) == (4, None)
    bad = document(feed("<title>A</b></title>", "<title>B</title>").replace(b"</channel></rss>", b"<item><title>C"))
    assert [item.headline for item in bad.items] == ["A", "B"]
    assert "cut short" in (bad.note or "")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (
            "rss",
            "<rss version='0.91'><channel><item><title>T</title><link>https://e.example/1</link></item></channel></rss>",
        ),
        (
            "rss",
            "<rss version='0.92'><channel><item><title>T</title><link>https://e.example/1</link></item></channel></rss>",
        ),
        (
            "rss",
            "<rss version='2.0'><channel><item><title>T</title><link>https://e.example/1</link></item></channel></rss>",
        ),
        (
            "rdf",
            (
                "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                "<channel><title>C</title></channel><item><title>T</title><link>https://e.example/1</link></item></rdf:RDF>"
            ),
        ),
        (
            "atom",
            (
                "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>T</title>"
                "<link rel='alternate' type='text/html' href='https://e.example/1'/></entry></feed>"
            ),
        ),
        (
            "atom",
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><link href='https://e.example/1'/></entry></feed>",
        ),
        (
            "atom",
            (
                "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>T</a:title>"
                "<a:link href='https://e.example/1'/></a:entry></a:feed>"
            ),
        ),
        (
            "cdf",
            "<CHANNEL HREF='https://e.example/'><ITEM HREF='https://e.example/1'><TITLE>T</TITLE></ITEM></CHANNEL>",
        ),
        (
            "json-feed",
            '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7, "title": "T", "url": "https://e.example/1"}]}',
        ),
        (
            "json-feed",
            (
                '{"version": "https://jsonfeed.org/version/1.1", "title": "C", "items": [{"id": "7", "title": "T",'
                ' "external_url": "https://e.example/1"}]}'
            ),
        ),
    ],
)
def test_fault_083_every_kind_of_feed_is_read(kind: str, content: str) -> None:
    got = document(content.encode())
    assert got.format == kind
    assert [(item.headline, item.url, item.format) for item in got.items] == [("T", "https://e.example/1", kind)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<?xml version='1.0'?><catalog><book/></catalog>", "XML, not a feed: it begins with <catalog>"),
        (b"<newsMessage><html>x</html></newsMessage>", "XML, not a feed: it begins with <newsMessage>"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>", "it begins with <urlset>"),
        (b"<feed><animal/></feed>", "XML, not a feed"),
        (b'{"error": "not found"}', "JSON, but neither"),
        (b"[1, 2]", "a JSON list, not a feed"),
        (b"Not Found \x1b[31m", "not a feed: it begins with “Not Found"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a feed"),
    ],
)
def test_fault_084_what_is_valid_but_no_feed_is_an_error(content: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as error:
        document(content)
    assert reason in str(error.value)
    assert text.is_clean(str(error.value))


# --- identity


def test_fault_085_without_a_guid_the_address_and_then_the_headline_name_an_item() -> None:
    linked = "<title>{}</title><link>https://wire.example/{}</link>"
    first = document(feed(linked.format("Old headline", 1), "<title>Alone</title>")).items
    again = document(feed("<title>Alone</title>", linked.format("New headline", 1))).items
    assert [item.guid for item in first] == [None, None]
    assert {item.id for item in first} == {item.id for item in again}
    assert all(re.fullmatch("[0-9a-f]{16}", item.id) for item in first)
    other = read(feed("<title>Alone</title>"), source=Source(name="Other", url=""), received=NOW).items
    assert other[0].id not in {item.id for item in first}


def test_fault_086_a_guid_that_all_items_share_names_none_of_them() -> None:
    guid = "<guid isPermaLink='false'>same</guid>"
    by_link = document(
        feed(*(f"<title>n{n}</title><link>https://wire.example/{n}</link>{guid}" for n in range(5)))
    ).items
    by_title = document(feed(*(f"<title>n{n}</title><link>https://wire.example/</link>{guid}" for n in range(5)))).items
    for items in (by_link, by_title):
        assert len({item.id for item in items}) == 5
        assert {item.guid for item in items} == {None}
    twice = f"<title>n</title><link>https://wire.example/</link>{guid}"
    assert [item.guid for item in document(feed(twice, twice)).items] == ["same"]


# --- dates


def dated(date: str) -> tuple[float | None, str | None]:
    item = document(feed(f"<title>T</title><pubDate>{date}</pubDate>")).items[0]
    assert item.received == NOW
    return item.published, item.date_note


def test_fault_094_a_missing_date_leaves_only_the_time_of_receipt() -> None:
    item = document(feed("<title>T</title>")).items[0]
    assert (item.published, item.date_note, item.received) == (None, None, NOW)
    assert dated(" ") == (None, None)


def test_fault_095_a_date_in_the_future_is_not_trusted() -> None:
    for date in ("Sat, 23 Nov 2126 12:00:00 GMT", "Mon, 23 Nov 2026 13:00:00 GMT", "Thu, 31 Dec 9999 00:00:00 GMT"):
        assert dated(date) == (None, "in the future")
    assert dated("Mon, 23 Nov 2026 12:14:00 GMT") == (NOW, None)  # a clock that is a little ahead: not after receipt
    assert dated("Mon, 23 Nov 2026 11:59:00 GMT") == (NOW - MINUTE, None)


def test_fault_096_years_long_past_are_not_trusted() -> None:
    for date in (
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "1763-01-01T00:00:00Z",
        "2015-01-01T00:00:00Z",
    ):
        assert dated(date) == (None, "too old")
    old = read(feed("<title>T</title><pubDate>1970-06-01</pubDate>"), source=SOURCE, received=3 * 365 * DAY).items[0]
    assert (old.published, old.date_note) == (None, "too old")
    assert dated("1764000000")[1] is None or dated("1764000000") == (1764000000.0, None)


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("Mon, 23 Nov 2026 10:00:00 CET", 9),
        ("Mon, 23 Nov 2026 20:00:00 JST", 11),
        ("Mon, 23 Nov 2026 10:00:00", 10),
        ("Lun, 23 nov. 2026 10:00:00 +0100", 9),
        ("23 listopada 2026 10:00", 10),
        ("понедельник, 23 ноября 2026 10:00 MSK", 7),
        ("Mon,23 Nov 2026 10:00:00 GMT", 10),
        ("11/23/2026 10:00", 10),
        ("2026年11月23日 10:00", 10),
        ("Mon, 23 Nov 2026 05:00:00 EST", 10),
        ("Mon, 23 Nov 2026 18:00:00 CST", 10),
    ],
)
def test_fault_097_zone_names_missing_zones_and_foreign_months_are_read(date: str, hour: int) -> None:
    assert dated(date) == (parse_rfc3339("2026-11-23T00:00:00Z") + hour * HOUR, None)


@pytest.mark.parametrize(
    "date",
    ["Mon, 23 Nov 2026 10:00:00 XYZ", "now", "25:61", "Mon, 31 Feb 2026 10:00:00 GMT", "2026-11-23T10:00:00+99:99"],
)
def test_fault_097_a_date_that_cannot_be_read_is_marked(date: str) -> None:
    assert dated(date) == (None, "unreadable")


# --- links


def test_fault_098_relative_links_are_resolved_or_there_is_none() -> None:
    def links(content: bytes, **how: str) -> list[str | None]:
        return [item.url for item in document(content, **how).items]

    item = "<title>T</title><link>/a/1?x=1</link>"
    assert links(feed(item)) == ["https://wire.example/a/1?x=1"]
    assert links(feed(item), url="https://other.example/feed/") == ["https://other.example/a/1?x=1"]
    atom = (
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://base.example/x/'><entry xml:base='y/'>"
        b"<title>T</title><link href='1'/></entry></feed>"
    )
    assert links(atom) == ["https://base.example/x/y/1"]
    nowhere = read(feed(item, "<title>U</title>"), source=Source(name="F", url=""), received=NOW)
    assert [item.url for item in nowhere.items] == [None, None]
    home = "<link>https://home.example/</link><item>"
    content = feed(item).replace(b"<item>", home.encode())
    assert read(content, source=Source(name="F", url=""), received=NOW).items[0].url == "https://home.example/a/1?x=1"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "--help",
        "https://e.example/\nx",
        "mailto:a@e.example",
    ],
)
def test_fault_099_a_dangerous_link_is_no_link_and_its_item_stays(link: str) -> None:
    for place in (f"<link>{link}</link>", f"<guid>{link}</guid>", f"<guid isPermaLink='true'>{link}</guid>"):
        item = document(feed(f"<title>T</title>{place}")).items[0]
        assert item.headline == "T"
        assert item.url is None or item.url.startswith("https://wire.example/")
    action = document(feed("<title>T</title><link>https://e.example/%action</link>")).items[0]
    assert action.url == "https://e.example/%ACtion"
