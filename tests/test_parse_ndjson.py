"""Items one a line: what `pipe` prints it takes, and a bad line costs itself only."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from wirewatch.clock import parse_rfc3339, rfc3339
from wirewatch.engine.parse import Scene, ndjson, read
from wirewatch.errors import ParseError
from wirewatch.model import Item, Source

NOW = parse_rfc3339("2026-11-23T12:00:00Z")
SOURCE = Source(name="stdin", url="", kind="agency", language="en")
SCENE = Scene(source=SOURCE, received=NOW)


def line(**fields: Any) -> Item:
    document = read(json.dumps(fields).encode(), source=SOURCE, received=NOW)
    assert len(document.items) == 1
    return document.items[0]


def complaint(raw: str) -> str:
    complaints: list[ParseError] = []
    assert list(ndjson.read_lines([raw], SCENE, complaints.append)) == []
    assert len(complaints) == 1
    return str(complaints[0])


def test_a_headline_is_enough() -> None:
    item = line(headline="Flood in Brno")
    assert (item.headline, item.source, item.kind, item.language) == ("Flood in Brno", "stdin", "agency", "en")
    assert (item.received, item.published, item.format, item.version) == (NOW, None, "item", 1)
    assert len(item.id) == 16


def test_all_that_pipe_prints_comes_back_as_it_was() -> None:
    item = Item(
        id="a1b2",
        source="Wire",
        headline="UPDATE 1-Flood",
        received=NOW - 60,
        kind="official",
        guid="g-1",
        url="https://wire.example/1",
        summary="One.\n\nTwo.",
        body="Long.\n\nTwo.",
        byline="Ann Lee",
        published=NOW - 120.5,
        language="cs",
        format="rss",
        version=3,
        status="canceled",
        urgency=2,
        slug="FLOOD-BRNO/",
        subjects=("War", "Oil"),
        place="BRNO",
        dateline="BRNO, Nov 23 (Wire) -",
        credit="Wire",
        ednote="Adds quotes",
        embargo=NOW + 600,
    )
    printed = msgspec.to_builtins(item)
    for name in ("received", "published", "embargo"):
        printed[name] = rfc3339(printed[name])
    judged = {"v": 1, "story": "s1", "role": "lead", "copy_of": None, "score": 0, "why": [], "flags": [], "priority": 3}
    assert line(**printed, **judged) == item


def test_nulls_are_as_good_as_nothing() -> None:
    assert line(
        headline="A", **dict.fromkeys(("body", "published", "version", "subjects", "url", "id", "kind"))
    ) == line(headline="A")


def test_ids_are_kept() -> None:
    assert line(id="266998", headline="A").id == "266998"
    assert line(id=266998, headline="A").id == "266998"
    assert (
        line(id="with space \x1b", headline="A").id == line(id="with space \x1b", headline="B").id != "with space \x1b"
    )
    assert line(headline="A", guid="1").id == line(headline="B", guid="1").id


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ('{"headline": 3}', "line 1: headline: a whole number, not text"),
        ('{"headline": ["a"]}', "line 1: headline: a list, not text"),
        ("{}", "line 1: headline: is missing"),
        ('{"headline": " "}', "line 1: headline: is empty"),
        ('{"headline": "A", "version": "2"}', "line 1: version: text, not a whole number"),
        ('{"headline": "A", "version": true}', "line 1: version: true or false, not a whole number"),
        ('{"headline": "A", "version": 0}', "line 1: version: is less than 1"),
        ('{"headline": "A", "urgency": 1.5}', "line 1: urgency: a number, not a whole number"),
        ('{"headline": "A", "subjects": "War"}', "line 1: subjects: text, not a list"),
        ('{"headline": "A", "subjects": [1]}', "line 1: subjects: a whole number, not text"),
        ('{"headline": "A", "kind": "blog"}', "line 1: kind: “blog” is none of agency, web, press, official"),
        (
            '{"headline": "A", "received": "yesterday"}',
            "line 1: received: “yesterday” is no RFC 3339 time like 2023-03-13T09:02:00Z",
        ),
        ('{"headline": "A", "received": 1700000000}', "line 1: received: a whole number, not text"),
        ("[1]", "line 1: a list, not an object"),
        ("null", "line 1: null, not an object"),
    ],
)
def test_a_wrong_type_is_named_with_line_and_key(raw: str, reason: str) -> None:
    assert complaint(raw) == reason


def test_broken_json_is_named_with_its_line() -> None:
    assert complaint('{"headline": "A"').startswith("line 1: not JSON: ")
    assert complaint("[" * 100_000).startswith("line 1: not JSON: ")
    assert complaint("\x1b[31m").isprintable()


def test_the_rest_of_the_lines_goes_on() -> None:
    lines = [
        '{"headline": "A"}',
        "",
        "no json",
        '{"v": 1, "merged": "s1", "into": "s2"}',
        '{"headline": 1}',
        '{"headline": "B"}',
    ]
    complaints: list[str] = []
    items = list(ndjson.read_lines(lines, SCENE, lambda error: complaints.append(str(error))))
    assert [item.headline for item in items] == ["A", "B"]
    assert [complaint.split(":")[0] for complaint in complaints] == ["line 3", "line 5"]
    document = read("\n".join(lines).encode(), source=SOURCE, received=NOW)
    assert [item.headline for item in document.items] == ["A", "B"]
    assert document.complaints == tuple(complaints)
    assert (document.note or "").startswith("2 lines couldn't be read; line 3: not JSON")


def test_only_bad_lines_are_an_error() -> None:
    with pytest.raises(ParseError, match="line 1: headline: a whole number, not text; 2 such lines"):
        read(b'{"headline": 1}\n{"headline": 2}\n', source=SOURCE, received=NOW)


def test_lines_are_answered_one_by_one() -> None:
    asked: list[int] = []

    def lines() -> Any:
        for n in range(3):
            asked.append(n)
            yield json.dumps({"headline": f"n{n}"}).encode()

    items = ndjson.read_lines(lines(), SCENE, pytest.fail)
    assert next(items).headline == "n0"
    assert asked == [0]


def test_more_than_500_lines_are_all_kept() -> None:
    content = b"".join(b'{"headline": "n%d"}\n' % n for n in range(2_000))
    assert len(read(content, source=SOURCE, received=NOW).items) == 2_000


def test_times_come_from_the_input_and_are_judged_by_its_own_receipt() -> None:
    old = line(headline="A", received="2014-06-03T12:45:01Z", published="2014-06-03T12:46:00+00:00")
    assert (rfc3339(old.received), rfc3339(old.published or 0)) == ("2014-06-03T12:45:01Z", "2014-06-03T12:46:00Z")
    future = line(headline="A", received="2014-06-03T12:45:01Z", published="2014-06-03T13:45:01Z")
    assert (future.published, future.date_note) == (None, "in the future")


def test_text_is_plain_and_made_safe() -> None:
    item = line(
        headline="AT&amp;T <b>\x1b[31m", body="a < b\r\nc", byline="A\u202eB", url="javascript:x", source="S\x07"
    )
    assert (item.headline, item.body) == ("AT&amp;T <b>[31m", "a < b\nc")
    assert (item.byline, item.url, item.source) == ("AB", None, "S")
