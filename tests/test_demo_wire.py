"""The bundled wire is what it says: a whole day, all kinds of outlets, everything that a desk must cope with."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from wirewatch.demo.server import NEWEST
from wirewatch.demo.wire import CLOSING, DAY, OPENING, Piece, Wire, WireError, bundled, read

REAL = (
    "Reuters|AP|Associated Press|AFP|dpa|Bloomberg|Wall Street Journal|WSJ|Financial Times|FT|New York Times|NYT|"
    "Washington Post|CNN|CNBC|BBC|Axios|Politico|Nikkei|Kyodo|Yonhap|Xinhua|TASS|ТАСС|РИА|Interfax|Spiegel|"
    "Handelsblatt|Le Monde|El Pa[ií]s|Kommersant|Al Jazeera|Sky News|Guardian|Telegraph|Fox News|MSN|NPR|EFE|ANSA|"
    "PAP|新华社"
)
MONDAY = DAY.timestamp()


@pytest.fixture(scope="module")
def wire() -> Wire:
    return bundled()


def showing(wire: Wire, what: str) -> list[Piece]:
    return [piece for piece in wire.pieces if what in piece.shows]


def texts(wire: Wire) -> list[str]:
    return [
        text
        for piece in wire.pieces
        for take in piece.takes
        for text in (take.headline, take.summary or "", *take.body, piece.byline or "")
    ]


def test_the_day_has_enough_items_outlets_kinds_and_languages(wire: Wire) -> None:
    assert len(wire.pieces) >= 240
    assert len(wire.outlets) >= 24
    assert {outlet.kind for outlet in wire.outlets.values()} == {"agency", "web", "press", "official"}
    assert {outlet.format for outlet in wire.outlets.values()} == {"rss", "atom", "rdf", "json"}
    by_language = Counter(piece.language for piece in wire.pieces)
    assert {"en", "de", "fr", "es", "ru", "zh", "pl"} <= set(by_language)
    assert min(by_language[language] for language in ("de", "fr", "es", "ru", "zh", "pl")) >= 6


def test_every_outlet_publishes_and_every_piece_has_an_outlet(wire: Wire) -> None:
    assert {piece.outlet for piece in wire.pieces} == set(wire.outlets)
    assert len({outlet.name for outlet in wire.outlets.values()}) == len(wire.outlets)


def test_no_real_outlet_is_a_source_or_is_quoted(wire: Wire) -> None:
    real = re.compile(rf"(?<!\w)(?:{REAL})(?!\w)")
    assert [outlet.name for outlet in wire.outlets.values() if real.search(outlet.name)] == []
    assert "Bild" not in {outlet.name for outlet in wire.outlets.values()}
    assert [text for text in texts(wire) if real.search(text)] == []


@pytest.mark.parametrize(
    ("what", "least"),
    [
        ("alert", 12),
        ("exclusive", 3),
        ("update", 2),
        ("verbatim-copy", 10),
        ("chrome", 10),
        ("second-hand", 15),
        ("independent", 6),
        ("translation", 30),
        ("denial", 4),
        ("no-comment", 5),
        ("correction", 4),
        ("kill", 2),
        ("embargo", 1),
        ("burst", 25),
        ("look-alike", 30),
        ("quake", 8),
        ("results", 8),
        ("release", 5),
        ("live", 3),
        ("opinion", 4),
        ("analysis", 2),
        ("factbox", 2),
        ("timeline", 1),
        ("wrapup", 1),
        ("refile", 1),
        ("tabloid", 8),
        ("edited-headline", 10),
        ("escapes", 6),
    ],
)
def test_the_day_shows(wire: Wire, what: str, least: int) -> None:
    assert len(showing(wire, what)) >= least


def test_each_fault_has_an_outlet(wire: Wire) -> None:
    troubles = {fault.trouble for outlet in wire.outlets.values() for fault in outlet.faults}
    assert troubles == {"down", "gone", "slow", "redirect", "broken"}


def test_the_exclusive_comes_within_ninety_seconds_of_running(wire: Wire) -> None:
    first = min(piece.at for piece in wire.pieces if piece.guid.startswith("xi-alert"))
    assert 60 <= (first - OPENING) / 60.0 <= 90


def test_the_exclusive_goes_from_alert_to_updates(wire: Wire) -> None:
    xi = next(piece for piece in wire.pieces if piece.guid == "xi-visit")
    alerts = [piece for piece in wire.pieces if piece.guid.startswith("xi-alert")]
    assert all(alert.takes[0].headline.isupper() and not alert.takes[0].body for alert in alerts)
    assert max(alert.at for alert in alerts) < xi.at
    labels = [take.headline.partition("Xi plans")[0] for take in xi.takes]
    assert labels == ["EXCLUSIVE-", "UPDATE 1-EXCLUSIVE-", "UPDATE 2-EXCLUSIVE-"]
    others = {piece.language for piece in wire.pieces if piece.topic == "exclusive" and "translation" in piece.shows}
    assert {"de", "fr", "es", "ru", "zh"} <= others


def test_copies_carry_the_agencys_text_to_the_letter(wire: Wire) -> None:
    xi = next(piece for piece in wire.pieces if piece.guid == "xi-visit")
    copy = next(piece for piece in wire.pieces if piece.guid == "xi-plans-russia-visit")
    assert set(xi.takes[0].body) < set(copy.takes[0].body)
    chrome = set(copy.takes[0].body) - set(xi.takes[0].body)
    assert "Leave a Reply" in chrome
    assert any(line.startswith("See also") for line in chrome)
    assert any("appeared first on" in line for line in chrome)


def test_the_burst_is_one(wire: Wire) -> None:
    times = [piece.at for piece in showing(wire, "burst")]
    assert max(times) - min(times) <= 11 * 60
    assert min(times) > OPENING
    assert len({piece.outlet for piece in showing(wire, "burst")}) >= 20


def test_the_desk_is_not_empty_at_the_start(wire: Wire) -> None:
    night = [piece for piece in wire.pieces if piece.at <= OPENING]
    assert len(night) >= 50
    assert {piece.outlet for piece in night} == set(wire.outlets)


def test_the_kill_follows_the_story_it_withdraws(wire: Wire) -> None:
    killed = next(piece for piece in wire.pieces if piece.guid == "merrick-quits")
    assert killed.takes[1].headline == f"STORY WITHDRAWN: {killed.takes[0].headline}"


def test_every_piece_and_every_edit_is_in_its_feed_when_it_happens(wire: Wire) -> None:
    for piece in wire.pieces:
        for take in piece.takes:
            feed = wire.feed(piece.outlet, take.at, NEWEST)
            assert (piece, take) in feed, f"{piece.outlet}/{piece.guid}"


def test_no_outlet_is_down_for_good_while_it_publishes(wire: Wire) -> None:
    for piece in wire.pieces:
        outlet = wire.outlets[piece.outlet]
        assert not outlet.trouble("gone", piece.at), f"{piece.outlet}/{piece.guid}"


def test_control_characters_stand_only_where_they_are_the_point(wire: Wire) -> None:
    control = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
    found = {
        (piece.outlet, "escapes" in piece.shows)
        for piece in wire.pieces
        for take in piece.takes
        if any(control.search(text) for text in (take.headline, take.summary or "", *take.body))
    }
    assert found == {("bitwise", True)}
    assert wire.outlets["bitwise"].format == "json"  # XML has no way to write them
    assert any("[/x]" in piece.takes[0].headline for piece in showing(wire, "escapes"))


def test_all_times_lie_between_the_eve_and_the_end_of_the_day(wire: Wire) -> None:
    times = [take.at for piece in wire.pieces for take in piece.takes]
    assert min(times) >= MONDAY - 12 * 3600
    assert max(times) < CLOSING


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ('at = 08:00:00\noutlet = "a"\nguid = "1"', "'headline' is missing"),
        ('at = 08:00:00\noutlet = "b"\nguid = "1"\nheadline = "x"', "no outlet 'b'"),
        ('at = "08:00"\noutlet = "a"\nguid = "1"\nheadline = "x"', "is no time"),
        ('at = 08:00:00\noutlet = "a"\nguid = "1"\nheadline = "x"\nsumary = "y"', "unknown key 'sumary'"),
        ('at = 08:00:00\noutlet = "a"\nguid = "1"\nheadline = "x"\ncopies = "a/2"', "isn't published yet"),
        ('at = 08:00:00\noutlet = "a"\nguid = "1"\nheadline = "x"\n[[item.edit]]\nat = 07:00:00', "order of time"),
    ],
)
def test_a_mistake_in_the_data_is_named_with_its_file_and_piece(row: str, complaint: str) -> None:
    outlets = '[[outlet]]\nid = "a"\nname = "A"\nkind = "web"\nlanguage = "en"\n'
    with pytest.raises(WireError, match=r"^day\.toml: \w/1: .*") as error:
        read({"outlets.toml": outlets, "day.toml": f"[[item]]\n{row}\n"})
    assert complaint in str(error.value)
