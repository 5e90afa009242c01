"""`wirewatch pipe`: the contract that other programs build on, kept by the real command."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.commandline import Ended, environment, wirewatch
from tests.shared import shared

if TYPE_CHECKING:
    from pathlib import Path

KEYS = [
    *("v", "id", "source", "kind", "guid", "url", "headline", "summary", "body", "byline", "published", "received"),
    *("language", "format", "version", "status", "urgency", "slug", "subjects", "place", "dateline", "credit"),
    *("ednote", "embargo", "story", "copy_of", "role", "match", "score", "why", "flags", "priority"),
]
RSS = """\
<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Freedonia Gazette</title>
<item><title>Second &lt;b&gt;story&lt;/b&gt;</title><guid>g2</guid><link>https://gazette.example/2</link></item>
<item><title>First \x1b[31mstory</title><guid>g1</guid><link>https://gazette.example/1</link>
<pubDate>Mon, 13 Mar 2023 09:02:00 GMT</pubDate></item>
</channel></rss>
"""


def lines(*items: dict[str, Any]) -> str:
    """Items as NDJSON."""
    return "".join(json.dumps(item) + "\n" for item in items)


def pipe(home: Path, *args: str, stdin: str | bytes = b"") -> Ended:
    return wirewatch(home, "pipe", *args, stdin=stdin)


def test_an_item_comes_out_with_exactly_the_keys_of_the_contract_in_their_order(tmp_path: Path) -> None:
    ended = pipe(tmp_path, stdin=lines({"headline": "Parliament passes the budget"}))
    assert (ended.code, ended.err) == (0, "")
    (item,) = ended.objects()
    assert list(item) == KEYS
    assert item["headline"] == "Parliament passes the budget"
    assert item["role"] == "lead"
    assert item["received"].endswith("Z")
    for unknown in ("guid", "url", "summary", "body", "published", "language", "status", "urgency", "copy_of", "match"):
        assert item[unknown] is None, unknown
    assert isinstance(item["why"], list)
    assert isinstance(item["flags"], list)
    assert 0 <= item["score"] <= 100
    assert 0 <= item["priority"] <= 4


def test_what_went_in_comes_out(tmp_path: Path) -> None:
    given = {
        "id": "given-1",
        "source": "Agency One",
        "kind": "agency",
        "guid": "urn:1",
        "url": "https://one.example/1",
        "headline": "Ministers meet in Sylvania",
        "summary": "They met.",
        "byline": "A. Reporter",
        "published": "2023-03-13T10:02:00+01:00",
        "received": "2023-03-13T09:03:00.5Z",
        "language": "en",
        "urgency": 3,
        "slug": "SYLVANIA-MEETING/",
        "subjects": ["politics"],
    }
    (item,) = pipe(tmp_path, "-", stdin=lines(given)).objects()
    again = {**given, "published": "2023-03-13T09:02:00Z", "received": "2023-03-13T09:03:00.500Z"}
    assert {key: item[key] for key in again} == again


def test_with_received_in_the_input_two_runs_are_the_same(tmp_path: Path) -> None:
    stdin = lines(
        *(
            {
                "source": f"S{number}",
                "headline": f"Exclusive: Minister {number % 3} resigns",
                "received": "2023-03-13T09:00:00Z",
            }
            for number in range(12)
        )
    )
    assert pipe(tmp_path, stdin=stdin) == pipe(tmp_path, stdin=stdin)


def test_a_copy_joins_its_story(tmp_path: Path) -> None:
    stdin = lines(
        {
            "source": "One",
            "headline": "Minister to visit Freedonia next week, sources say",
            "received": "2023-03-13T09:00:00Z",
        },
        {
            "source": "Two",
            "headline": "Minister to visit Freedonia next week, sources say",
            "received": "2023-03-13T09:05:00Z",
        },
        {"source": "Three", "headline": "Harvest begins in Sylvania", "received": "2023-03-13T09:06:00Z"},
    )
    first, second, third = pipe(tmp_path, stdin=stdin).objects()
    assert second["story"] == first["story"] != third["story"]
    assert (second["role"], second["copy_of"], second["match"]) == ("copy", first["id"], first["id"])
    assert second["score"] > 0
    assert second["why"]


def test_flags_are_objects_whose_text_is_what_stands_at_their_span(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[watch]\nkeywords = ["ceasefire"]\n', "utf-8")
    stdin = lines({"source": "One", "headline": "Ceasefire holds in Freedonia"})
    (item,) = pipe(tmp_path, "--config", str(config), stdin=stdin).objects()
    flag = next(flag for flag in item["flags"] if flag["flag"] == "keyword:ceasefire")
    assert list(flag) == ["flag", "rule", "field", "start", "end", "text"]
    assert item[flag["field"]][flag["start"] : flag["end"]] == flag["text"] == "Ceasefire"


def test_a_document_adds_its_file_and_its_items_keep_their_order(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(RSS, "utf-8")
    ended = pipe(tmp_path, str(feed))
    second, first = ended.objects()
    assert list(second) == [*KEYS, "file"]
    assert (second["file"], second["headline"], second["guid"]) == (str(feed), "Second story", "g2")
    assert (first["headline"], first["published"]) == ("First [31mstory", "2023-03-13T09:02:00Z")
    assert {first["source"], second["source"]} == {"The Freedonia Gazette"}
    assert "\x1b" not in ended.out
    assert "u001b" not in ended.out


def test_a_document_on_standard_input_is_read_like_a_file(tmp_path: Path) -> None:
    found = pipe(tmp_path, "-", stdin=RSS).objects()
    assert [item["file"] for item in found] == ["-", "-"]


def test_a_json_feed_on_one_line_is_a_feed(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "F",
        "items": [{"id": "1", "title": "One", "content_text": "x"}],
    }
    (item,) = pipe(tmp_path, stdin=json.dumps(feed)).objects()
    assert (item["format"], item["headline"]) == ("json-feed", "One")


def test_a_bad_document_is_named_on_stderr_and_the_rest_goes_on(tmp_path: Path) -> None:
    good, bad, empty = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "empty.xml"
    good.write_text(RSS, "utf-8")
    bad.write_text("<html><body>Log in</body></html>", "utf-8")
    empty.write_bytes(b"")
    names = [str(path) for path in (bad, tmp_path / "missing.xml", tmp_path, empty, good)]
    ended = pipe(tmp_path, *names)
    assert ended.code == 1
    assert [item["file"] for item in ended.objects()] == [str(good), str(good)]
    complaints = ended.err.splitlines()
    assert len(complaints) == 4
    for name, complaint in zip(names, complaints, strict=False):
        assert f"{name}: " in complaint


def test_a_bad_line_is_named_with_its_number_and_costs_itself_only(tmp_path: Path) -> None:
    stdin = (
        "nonsense\n"
        + lines({"headline": "One"})
        + '\n{"no": "headline"}\n'
        + lines({"headline": "Two"})
        + '{"headline": "cut'
    )
    ended = pipe(tmp_path, stdin=stdin)
    assert ended.code == 1
    assert [item["headline"] for item in ended.objects()] == ["One", "Two"]
    assert [line.split(":")[2] for line in ended.err.splitlines()] == ["1", "4", "6"]


def test_nothing_in_is_nothing_out(tmp_path: Path) -> None:
    assert pipe(tmp_path, stdin=b"") == Ended(0, "", "")
    assert pipe(tmp_path, stdin=b"\n\n") == Ended(0, "", "")


def test_what_pipe_prints_pipe_reads(tmp_path: Path) -> None:
    stdin = lines(
        {"source": "One", "headline": "Ministers meet", "received": "2023-03-13T09:00:00Z", "summary": "They met."},
        {"source": "Two", "headline": "Harvest begins in Sylvania", "received": "2023-03-13T09:06:00Z"},
    )
    once = pipe(tmp_path, stdin=stdin)
    merged = '{"v":1,"merged":"sx","into":"sy"}\n'
    assert pipe(tmp_path, stdin=once.out + merged).out == once.out


def test_packed_items_are_read_as_they_would_be_unpacked(tmp_path: Path) -> None:
    stdin = lines({"source": "One", "headline": "Ministers meet", "received": "2023-03-13T09:00:00Z"})
    plain, packed = tmp_path / "a.ndjson", tmp_path / "a.ndjson.gz"
    plain.write_text(stdin, "utf-8")
    packed.write_bytes(gzip.compress(stdin.encode()))
    (one,), (other,) = pipe(tmp_path, str(plain)).objects(), pipe(tmp_path, str(packed)).objects()
    assert {**one, "file": ""} == {**other, "file": ""}
    packed.write_bytes(packed.read_bytes()[:-12])
    cut = pipe(tmp_path, str(packed))
    assert (cut.code, cut.out) == (1, "")
    assert "Traceback" not in cut.err


def test_every_line_is_answered_before_the_next_one_is_asked_for(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "pipe"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(lines({"headline": f"Budget vote number {number}"}).encode())
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert answer["headline"] == f"Budget vote number {number}"
        process.stdin.close()
        assert process.wait(20) == 0


def test_neither_store_nor_configuration_is_needed_or_made(tmp_path: Path) -> None:
    pipe(tmp_path, "--data", str(tmp_path / "data"), stdin=lines({"headline": "One"}))
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_was_asked_for_has_to_be_right(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[wacth]\n", "utf-8")
    for given in (str(config), str(tmp_path / "missing.toml")):
        ended = pipe(tmp_path, "--config", given, stdin=lines({"headline": "One"}))
        assert (ended.code, ended.out) == (2, "")


def test_a_reader_that_goes_away_ends_pipe_quietly(tmp_path: Path) -> None:
    many = tmp_path / "many.ndjson"
    many.write_text(lines(*({"headline": f"Item number {number}"} for number in range(3000))), "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "pipe", str(many)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110 a device
def test_a_full_disk_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 a device
        done = subprocess.run(
            [sys.executable, "-m", "wirewatch", "pipe"],
            input=lines({"headline": "One"}).encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_captured_feeds_come_out_without_a_control_byte(tmp_path: Path) -> None:
    files = sorted(path for path in shared("corpora/feeds/captured").iterdir() if path.suffix == ".xml")
    ended = pipe(tmp_path, *(str(path) for path in files))
    found = ended.objects()
    assert len(found) > 100
    assert not any(char != "\n" and not char.isprintable() and char not in "\u200c\u200d" for char in _all_text(found))


def _all_text(found: list[dict[str, Any]]) -> str:
    return "".join(value for item in found for value in item.values() if isinstance(value, str))


def test_the_order_of_what_came_in_together_changes_no_story(tmp_path: Path) -> None:
    received = "2023-03-13T09:00:00Z"
    given = [
        {
            "id": f"i{at}",
            "source": source,
            "headline": headline,
            "received": received,
            "published": f"2023-03-13T08:{at}:00Z",
        }
        for at, (source, headline) in enumerate(
            [
                ("Meridian", "Exclusive: Norland central bank to cut key rate on Thursday, three officials say"),
                ("Harbour News", "Norland central bank to cut key rate on Thursday, officials say"),
                ("Tagesbogen", "Ferry with 212 aboard runs aground off Skarholm"),
                (
                    "Northern Post",
                    "Norland central bank to cut its key rate on Thursday, three officials say - Meridian",
                ),
                ("Radio Kestrel", "Ferry with 212 people aboard runs aground off Skarholm"),
            ],
            start=10,
        )
    ]
    later = {"id": "last", "source": "Late", "headline": "Rain expected", "received": "2023-03-13T10:00:00Z"}

    def stories(items: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
        (tmp_path / "items.ndjson").write_text(lines(*items, later), encoding="utf-8")
        for ended in (pipe(tmp_path, str(tmp_path / "items.ndjson")), pipe(tmp_path, stdin=lines(*items, later))):
            found = [one for one in ended.objects() if "id" in one]
            assert [one["id"] for one in found] == [*(item["id"] for item in items), "last"]
        return {one["id"]: (one["story"], one["role"]) for one in found}

    first = stories(given)
    assert len({story for story, _ in first.values()}) == 3
    for turned in (given[::-1], given[2:] + given[:2], [given[at] for at in (3, 0, 4, 1, 2)]):
        assert stories(turned) == first
