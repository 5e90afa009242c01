"""Only what is new in a changed document is read, unless the rest could matter."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from bench.conformance import documents
from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from tests.shared import shared
from tests.test_engine import running, settings
from wirewatch.engine.listed import WHOLE, Listed
from wirewatch.engine.parse import charset, fresh, read, shape
from wirewatch.engine.worker import ParseJob, Parser
from wirewatch.errors import ParseError
from wirewatch.model import Document, Placed, Source
from wirewatch.store import open_reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wirewatch.store.contract import Reader

RECEIVED = 1_790_000_000.0
SOURCE = Source(name="Wire", url="https://wire.example/feed")
Piece = tuple[str, str, str]


def rss(pieces: Sequence[Piece], extra: str = "") -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>{title}</title></item>"
        for guid, link, title in pieces
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{extra}{items}</channel></rss>".encode()


def broken(pieces: Sequence[Piece]) -> bytes:
    return rss(pieces, "<copyright>A & B</copyright>")


def atom(pieces: Sequence[Piece]) -> bytes:
    entries = "".join(
        f"<entry><id>{guid}</id><link href='{link}'/><title>{title}</title></entry>" for guid, link, title in pieces
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Wire</title>{entries}</feed>".encode()


def json_feed(pieces: Sequence[Piece]) -> bytes:
    items = [{"id": guid, "url": link, "title": title} for guid, link, title in pieces]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def document(content: bytes, known: bytes = b"") -> Document:
    return read(content, source=SOURCE, received=RECEIVED, known=known)


def headlines(document: Document) -> list[str]:
    return [item.headline for item in document.items]


OLD = [(f"urn:{n}", f"https://wire.example/story/{n}", f"Story {n}") for n in range(6)]
NEW = ("urn:new", "https://wire.example/story/new", "News")
FORMATS = pytest.mark.parametrize("write", [rss, broken, atom, json_feed])


@FORMATS
def test_only_the_new_item_of_a_changed_document_is_read(write) -> None:
    before = document(write(OLD))
    assert len(before.items) == len(OLD)
    after = document(write([NEW, *OLD[:-1]]), before.listed)
    assert headlines(after) == ["News"]
    assert after.items[0] == document(write([NEW, *OLD[:-1]])).items[0]
    assert len(after.listed) == len(before.listed)
    assert headlines(document(write([NEW, *OLD[:-1]]), after.listed)) == []


@FORMATS
def test_an_edited_item_is_read_again(write) -> None:
    before = document(write(OLD))
    guid, link, _ = OLD[2]
    edited = [*OLD[:2], (guid, link, "Story 2, corrected"), *OLD[3:]]
    assert headlines(document(write(edited), before.listed)) == ["Story 2, corrected"]


@FORMATS
@pytest.mark.parametrize(
    "sharing",
    [
        ("urn:3", "https://wire.example/story/new", "The guid of another one"),
        ("urn:new", "https://wire.example/story/3", "The link of another one"),
        ("urn:new", "https://wire.example/story/3?from=feed#live", "All but the link of another one"),
    ],
)
def test_a_new_item_that_shares_its_name_has_the_whole_document_read(write, sharing: Piece) -> None:
    before = document(write(OLD))
    content = write([sharing, *OLD])
    assert document(content, before.listed) == document(content)


@FORMATS
def test_a_document_that_is_mostly_new_is_read_whole(write) -> None:
    before = document(write(OLD))
    renamed = [(f"{guid}-again", link, title) for guid, link, title in OLD[:4]] + OLD[4:]
    content = write(renamed)
    assert document(content, before.listed) == document(content)


@FORMATS
def test_an_endless_feed_gives_the_news_only_and_stays_cut(write) -> None:
    many = [(f"urn:{n}", f"https://wire.example/story/{n}", f"Story {n}") for n in range(700)]
    before = document(write(many))
    assert len(before.items) == 500
    after = document(write([NEW, *many]), before.listed)
    assert headlines(after) == ["News"]
    assert "500" in (after.note or "")


def test_what_is_left_out_of_a_real_document_is_what_was_there_before() -> None:
    compared = 0
    for path in [*documents(shared("corpora/feeds/real")), *documents(shared("corpora/feeds/captured"))]:
        content = path.read_bytes()
        try:
            whole = document(content)
        except ParseError:
            continue
        count = len(whole.listed) // fresh.SIZE
        if count < 4 or count != len(whole.items):
            continue
        # as if the first item hadn't been there
        after = document(content, whole.listed[fresh.SIZE :])
        assert after.listed == whole.listed
        assert list(after.items) in ([whole.items[0]], list(whole.items)), path.name
        compared += 1
    print(f"\n{compared} documents")
    assert compared > 40


def test_where_items_are_is_told_by_their_tags_alone_as_it_is_by_a_whole_look() -> None:
    told = 0
    for path in [*documents(shared("corpora/feeds/real")), *documents(shared("corpora/feeds/captured"))]:
        content = charset.decode(path.read_bytes()).encode()
        content = content[max(content.find(b"<rss"), content.find(b"<feed"), content.find(b"<rdf:RDF"), 0) :]
        with contextlib.suppress(ParseError):
            looked = shape.look(content)
            items = shape.items_plainly(content)
            if not looked.error and items is not None:
                assert items == looked.items, path.name
                told += 1
    print(f"\n{told} documents")
    assert told > 40


ITEM = b"<item><title>A</title></item>"


@pytest.mark.parametrize(
    "inside",
    [
        b"<!-- " + ITEM + b" -->" + ITEM,
        b"<?php " + ITEM + b" ?>" + ITEM,
        b"<description><![CDATA[" + ITEM + b"]]></description>" + ITEM,
        b"<item><description><![CDATA[ </item> <item> ]]></description></item>",
        b"<item><description><![CDATA[" + ITEM + b"]]></description></item>",
        b"<item>" + ITEM + b"</item>",
        b"<ITEM><title>A</title></ITEM>",
        b"<item><title>A</title>",
        b"<item><title>A</title></items>",
    ],
)
def test_tags_that_could_be_something_else_tell_nothing(inside: bytes) -> None:
    assert shape.items_plainly(b"<rss><channel>" + inside + b"</channel></rss>") is None


def test_tags_tell_items_beside_whole_sections_and_a_list_of_them() -> None:
    content = b"<rdf:RDF><items/><items></items><t><![CDATA[<b>]]></t><item a='1'>B]]></item ><item>C</item></rdf:RDF>"
    items = shape.items_plainly(content)
    assert items is not None
    assert [content[begun:end] for begun, end in items] == [b"<item a='1'>B]]></item >", b"<item>C</item>"]


def test_a_known_document_is_not_looked_over_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    look = shape.look
    monkeypatch.setattr(shape, "look", lambda content: looks.append(1) or look(content))
    before = document(rss(OLD))
    assert headlines(document(rss([NEW, *OLD[:-1]]), before.listed)) == ["News"]
    assert not looks
    assert headlines(document(rss([NEW, *OLD[:-1]], "<!-- -->"), before.listed)) == ["News"]
    assert looks == [1]


def test_what_was_listed_is_forgotten_after_a_day_and_on_request() -> None:
    listed = Listed()
    assert listed.known("Wire", 0.0) == b""
    listed.stored("Wire", b"12345678", 0.0)
    listed.stored("Wire", b"abcdefgh", WHOLE - 1)
    assert listed.known("Wire", WHOLE - 1) == b"abcdefgh"
    assert listed.known("Wire", WHOLE) == b""
    listed.stored("Wire", b"abcdefgh", WHOLE)
    assert listed.known("Wire", WHOLE + 1) == b"abcdefgh"
    listed.forget("Wire")
    assert listed.known("Wire", WHOLE + 1) == b""


async def test_the_engine_reads_only_what_is_new_of_a_changed_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_now: list[int] = []
    parse = Parser.parse

    def counted(self: Parser, job: ParseJob) -> Document:
        document = parse(self, job)
        read_now.append(len(document.items))
        return document

    monkeypatch.setattr(Parser, "parse", counted)
    async with FeedFarm(feeds=2, items=30) as farm, running(settings(farm, "1s"), tmp_path):
        await eventually(lambda: read_now == [30, 30])
        guid = farm.publish_in(0)
        await eventually(lambda: len(read_now) == 3)
        with contextlib.closing(open_reader(tmp_path)) as reader:
            await eventually(lambda: reader.newest(1)[0].lead in {item.item.id for item in found(reader, guid)})
    assert read_now == [30, 30, 1]


def found(reader: Reader, guid: str) -> list[Placed]:
    detail = reader.story(reader.newest(1)[0].id)
    return [placed for placed in detail.items if placed.item.guid == guid] if detail else []
