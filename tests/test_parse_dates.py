"""Reading dates as publishers write them, and when they are trusted (faults 94-97 have the rest)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.clock import DAY, HOUR, parse_rfc3339, rfc3339
from wirewatch.engine.parse import dates

NOW = parse_rfc3339("2026-11-23T12:00:00Z")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("1 Jan 04 19:48 EST", "2004-01-02T00:48:00Z"),
        ("Thu, 01 Jan 2004 19:48:21 GMT+01:00", "2004-01-01T18:48:21Z"),
        ("Fri, 15 Sep 2006 12:34:56 Etc/GMT", "2006-09-15T12:34:56Z"),
        ("2003-12-31T10:14:55.123-08:00", "2003-12-31T18:14:55Z"),
        ("20190121T104233+0000", "2019-01-21T10:42:33Z"),
        ("20190121T102708", "2019-01-21T10:27:08Z"),
        ("2020-03-03 10:00:00 UTC", "2020-03-03T10:00:00Z"),
        ("2020-03-03", "2020-03-03T00:00:00Z"),
        ("2020-03", "2020-03-01T00:00:00Z"),
        ("2020-03-01T24:00:00Z", "2020-03-02T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("1600000000", "2020-09-13T12:26:40Z"),
        ("1600000000500", "2020-09-13T12:26:40.500Z"),
        ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
        ("March 3, 2020, 5:04 p.m. ET", "2020-03-03T22:04:00Z"),
        ("3 mars 2020 à 10h30", "2020-03-03T10:30:00Z"),
        ("5 de marzo de 2020 10:00", "2020-03-05T10:00:00Z"),
        ("mar., 03 nov. 2020 10:00:00 +0100", "2020-11-03T09:00:00Z"),
        ("03.04.2020 10.30 Uhr", "2020-04-03T10:30:00Z"),
        ("13/11/2020 10:00", "2020-11-13T10:00:00Z"),
        ("2004년 5월 28일  01:31:15", "2004-05-28T01:31:15Z"),
        ("2004-05-28 오후 11:23:17", "2004-05-28T23:23:17Z"),
        ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
    ],
)
def test_a_date_is_read_as_it_is_meant(written: str, meant: str) -> None:
    moment = dates.read(written, NOW)
    assert moment is not None
    assert rfc3339(moment) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "now",
        "yesterday",
        "25:61",
        "2020-13-01",
        "2020-02-30",
        "Mon, 01 Xyz 2020 10:00 GMT",
        "1 2 3",
        "9" * 5000,
        "+",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert dates.read(written, NOW) is None


def test_an_ambiguous_zone_or_day_does_not_lead_into_the_future() -> None:
    assert dates.read("Mon, 23 Nov 2026 19:00:00 CST", NOW) == NOW - HOUR  # Beijing; in Chicago it is not yet that late
    assert dates.read("Mon, 23 Nov 2026 05:00:00 CST", NOW) == NOW - HOUR  # Chicago
    assert dates.read("11/12/2026 10:00", NOW) == parse_rfc3339("2026-11-12T10:00:00Z")
    assert dates.read("12/11/2026 10:00", NOW) == parse_rfc3339("2026-11-12T10:00:00Z")


def test_ten_years_are_trusted_and_no_more() -> None:
    assert dates.trusted(NOW - 3652 * DAY, NOW) == (NOW - 3652 * DAY, None)
    assert dates.trusted(NOW - 3654 * DAY, NOW) == (None, "too old")


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_it(written: str) -> None:
    moment, note = dates.judge(written, NOW)
    assert moment is None or (note is None and NOW - 11 * 366 * DAY < moment <= NOW)


@given(st.datetimes(min_value=__import__("datetime").datetime(1971, 1, 1)))
def test_what_clock_writes_is_read_back(moment: object) -> None:
    stamp = moment.replace(microsecond=0).isoformat() + "Z"  # type: ignore[attr-defined]
    assert dates.read(stamp, NOW) == parse_rfc3339(stamp)
