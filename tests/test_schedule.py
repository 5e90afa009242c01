"""When sources are asked next: properties that hold for any state, and the words that explain it."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.engine import cadence, schedule
from wirewatch.engine.fetch import Response
from wirewatch.errors import FetchError, OfflineError, ParseError
from wirewatch.model import Document, Item, Source, SourceState

NOW = 1_700_000_000.0
DAY = 86400.0

kinds = st.sampled_from(["agency", "web", "press", "official"])
moments = st.floats(NOW - 400 * DAY, NOW + 400 * DAY)
seconds = st.one_of(st.none(), st.floats(-1e12, 1e12), st.sampled_from([math.inf, 0.0, 31536000.0]))
sources = st.builds(
    Source,
    name=st.just("Harbour Wire"),
    url=st.just("https://wire.example/feed"),
    kind=kinds,
    every=st.one_of(st.none(), st.floats(1.0, 7 * DAY)),
)
states = st.builds(
    SourceState,
    name=st.just("Harbour Wire"),
    url=st.just("https://wire.example/feed"),
    state=st.sampled_from(["new", "ok", "failing", "held", "offline"]),
    etag=st.one_of(st.none(), st.text()),
    last_attempt=st.one_of(st.none(), moments),
    last_success=st.one_of(st.none(), moments),
    last_full=st.one_of(st.none(), moments),
    next_poll=st.one_of(st.none(), moments),
    held_until=st.one_of(st.none(), moments),
    failures=st.integers(0, 10**6),
    hint=st.one_of(st.none(), st.floats(1.0, DAY)),
    rate=st.one_of(st.none(), st.floats(0.0, 1e6)),
)
responses = st.builds(
    Response,
    status=st.sampled_from([200, 304]),
    url=st.just("https://wire.example/feed"),
    content=st.one_of(st.none(), st.just(b"<rss/>")),
    etag=st.one_of(st.none(), st.text()),
    max_age=seconds,
    size=st.integers(0, 10**7),
)
errors = st.one_of(
    st.builds(
        FetchError,
        st.just("reason"),
        status=st.one_of(st.none(), st.integers(100, 999)),
        held_until=st.one_of(st.none(), st.floats(NOW + 60, NOW + DAY)),
    ),
    st.builds(ParseError, st.just("reason")),
)
seeds = st.integers(0, 1000).map(random.Random)


def usual(source: Source) -> float:
    return source.every or cadence.FLOOR[source.kind]


@given(sources, states, responses, seconds, seeds)
def test_after_an_answer_a_source_is_healthy_and_due_between_its_pace_and_a_day(source, state, response, ttl, rng):
    document = Document("rss", (), ttl=ttl)
    for after in (
        schedule.after_success(source, state, response, document, now=NOW, rng=rng),
        schedule.after_unchanged(source, state, response, now=NOW, rng=rng),
    ):
        assert (after.state, after.reason, after.failures, after.held_until) == ("ok", None, 0, None)
        assert after.next_why
        pause = after.next_poll - NOW
        if source.every is not None:
            assert pause == pytest.approx(source.every)
        else:
            assert usual(source) <= pause + 1e-6
            assert pause <= DAY * 1.1
        assert after.hint is None or 0 < after.hint <= DAY


@given(sources, states, errors, seeds)
def test_after_a_failure_a_source_is_asked_again_unless_it_is_gone(source, state, error, rng):
    after = schedule.after_failure(source, state, error, now=NOW, rng=rng)
    assert after.reason == "reason"
    assert after.next_why
    assert (after.etag, after.last_modified, after.body_hash) == (state.etag, state.last_modified, state.body_hash)
    if getattr(error, "status", None) == 410:
        assert (after.state, after.next_poll) == ("gone", None)
        return
    assert after.failures == state.failures + 1
    pause = after.next_poll - NOW
    pace = cadence.interval(source, state)[0]
    assert min(pace, usual(source)) * 0.9 <= pause <= max(6 * 3600, pace, DAY + 60) * 1.1
    held = getattr(error, "held_until", None)
    if held is not None:
        assert after.next_poll >= held
        assert schedule.held_back(after, held - 1)
        assert not schedule.held_back(after, held)


@given(sources, errors, st.integers(0, 40), seeds)
def test_back_off_never_shrinks_by_more_than_its_jitter(source, error, failures, rng):
    if getattr(error, "status", None) == 410:
        return
    fewer, more = (
        schedule.after_failure(source, SourceState("a", failures=n), error, now=NOW, rng=rng).next_poll - NOW
        for n in (failures, failures + 1)
    )
    assert more >= fewer * 0.9 / 1.1 - 60


@given(st.lists(states, max_size=40), st.floats(-2 * DAY, 2 * DAY), seeds)
def test_every_source_gets_a_moment_at_a_start_and_none_lies_in_the_past(stored, jump, rng):
    named = {f"s{n}": msgspec.structs.replace(state, name=f"s{n}", url="http://a/") for n, state in enumerate(stored)}
    configured = [Source(name, "http://a/") for name in named]
    now = NOW + jump
    moments = schedule.resume(configured, named, now=now, rng=rng)
    assert set(moments) == set(named)
    assert all(now <= moment <= now + DAY + 61 for moment in moments.values())
    at_once = [moment for name, moment in moments.items() if (named[name].next_poll or 0) <= now]
    assert len(set(at_once)) == len(at_once), "no two overdue sources at the same moment"


@pytest.mark.parametrize(
    ("source", "state", "why"),
    [
        ({"every": 30.0}, {}, "every 30 s as configured"),
        ({"every": 30.0}, {"hint": 600.0, "rate": 0.01}, "every 30 s as configured"),
        ({"kind": "agency"}, {}, "every 60 s, as for all sources of kind agency"),
        ({"kind": "official"}, {"rate": 0.01}, "every 60 s, as for all sources of kind official"),
        ({}, {"rate": 40.0}, "every 2 min, as for all sources of kind web"),
        ({}, {"rate": 0.5}, "every 6 min, because it brings about 12 items a day"),
        ({}, {"rate": 0.0}, "every 30 min, because it brings less than two items a day"),
        ({}, {"rate": 40.0, "etag": "x"}, "every 60 s, because it brings about 40 items an hour"),
        ({"kind": "agency"}, {"rate": 4.0, "etag": "x"}, "every 45 s, because it brings about 4 items an hour"),
        (
            {"kind": "agency"},
            {"rate": 40.0, "last_modified": "x"},
            "every 30 s, because it brings about 40 items an hour",
        ),
        ({"kind": "agency"}, {"rate": 40.0, "etag": "x", "hint": 50.0}, "every 50 s, as the server asks"),
        ({}, {"hint": 600.0}, "every 10 min, as the server asks"),
    ],
)
def test_pace_is_explained_in_plain_words(source, state, why):
    made = Source("a", "http://a/", **source)
    assert cadence.interval(made, SourceState("a", **state))[1] == why


def test_source_is_asked_often_in_the_hours_in_which_it_brings_news_and_a_little_before():
    midnight = NOW - NOW % DAY
    rhythm = tuple(12.0 if hour == 9 else 0.0 for hour in range(24))

    def pace(minutes):
        state = SourceState("a", rate=0.2, rhythm=rhythm, etag="x", last_attempt=midnight + minutes * 60)
        return cadence.interval(Source("a", "http://a/"), state)

    assert pace(9 * 60 + 30) == (60.0, "every 60 s, because at this hour it brings about 12 items an hour")
    assert pace(8 * 60 + 50)[0] == 60.0
    assert pace(8 * 60 + 30) == (900.0, "every 15 min, because it brings about 5 items a day")
    assert pace(10 * 60)[0] == 900.0


def test_rhythm_is_learnt_from_a_weeks_news_and_fades_without_it():
    source, rng = Source("a", "http://a/"), random.Random(1)
    response = Response(status=200, url="", content=b"x")
    nine = NOW - NOW % DAY + 9 * 3600
    old = Document("rss", tuple(Item(str(n), "a", f"h{n}", NOW, published=nine - n * DAY - 5) for n in range(1, 4)))
    state = SourceState("a")
    for day in range(14):
        for hour in range(24):
            now = nine + day * DAY + hour * 3600
            state = schedule.after_success(source, state, response, old, now=now, rng=rng)
            state = cadence.counted(state, 10 if hour == 0 else 0, old)
    assert state.rhythm[9] == pytest.approx(10, rel=0.25)
    assert max(news for hour, news in enumerate(state.rhythm) if hour not in {8, 9}) == 0.0
    later = cadence.aged(state, state.last_success + 30 * DAY)
    assert later.rhythm[9] < 0.2


def test_latency_is_read_from_the_newest_items_that_came_within_a_day():
    state = SourceState("a", rate=1.0, last_success=NOW)
    assert state.latency(0.5) is None
    for start in range(0, 100, 10):
        delays = [*range(start, start + 10), 3 * DAY]
        state = cadence.counted(state, 11, Document("rss", ()), delays)
    assert len(state.delays) == 50
    assert (state.latency(0.5), state.latency(0.95)) == (75.0, 97.0)


def test_failures_are_explained_in_plain_words():
    rng = random.Random(1)
    rng.random = lambda: 0.5
    source = Source("a", "http://a/")

    def why(error, failures):
        return schedule.after_failure(source, SourceState("a", failures=failures), error, now=NOW, rng=rng).next_why

    assert why(FetchError("x"), 0) == "1st failure, retry in 2 min"
    assert why(FetchError("x"), 2) == "3rd failure in a row, retry in 8 min"
    assert why(FetchError("x"), 21) == "22nd failure in a row, retry in 60 min"
    assert why(FetchError("x", status=429, held_until=NOW + 600), 0) == "the server asked for 10 min"
    assert why(FetchError("x", status=404), 12) == "13th failure in a row, retry in 6 h"
    assert why(OfflineError("x"), 0) == "no network, tried every 15 s"


def test_caller_that_knows_the_network_is_up_holds_a_lookup_failure_against_the_source():
    state = schedule.after_failure(
        Source("a", "http://a/"), SourceState("a"), OfflineError("x"), now=NOW, rng=random.Random(1), offline=False
    )
    assert (state.state, state.failures) == ("failing", 1)


def test_validators_are_kept_on_a_304_and_taken_from_a_document():
    source, rng = Source("a", "http://a/"), random.Random(1)
    before = SourceState("a", etag='"old"', last_modified="then", last_full=NOW - 10)
    same = schedule.after_unchanged(source, before, Response(status=304, url=""), now=NOW, rng=rng)
    assert (same.etag, same.last_modified, same.last_full, same.unchanged) == ('"old"', "then", NOW - 10, 1)
    newer = schedule.after_unchanged(source, before, Response(status=304, url="", etag='"new"'), now=NOW, rng=rng)
    assert (newer.etag, newer.last_modified) == ('"new"', "then")
    whole = Response(status=200, url="", content=b"x", etag='"new"', body_hash="h")
    full = schedule.after_success(source, before, whole, Document("rss", ()), now=NOW, rng=rng)
    assert (full.etag, full.last_modified, full.last_full, full.body_hash) == ('"new"', None, NOW, "h")


def test_moved_source_starts_over_without_the_old_servers_validators():
    before = SourceState(
        "a", "http://old/", etag='"x"', body_hash="h", failures=9, state="gone", items=7, held_until=9e9
    )
    after = schedule.moved(before, Source("a", "http://new/"))
    assert after == SourceState("a", "http://new/", items=7)
    assert schedule.moved(SourceState("a"), Source("a", "http://new/")).url == "http://new/"


def test_ttl_of_a_feed_counts_up_to_ten_minutes_and_caching_headers_in_full():
    source, rng = Source("a", "http://a/"), random.Random(1)

    def hint(ttl, max_age):
        response = Response(status=200, url="", content=b"x", max_age=max_age)
        return schedule.after_success(
            source, SourceState("a"), response, Document("rss", (), ttl=ttl), now=NOW, rng=rng
        ).hint

    assert hint(3600.0, None) == 600.0
    assert hint(300.0, None) == 300.0
    assert hint(None, 3600.0) == 3600.0
    assert hint(60.0, 60.0) is None


def test_rate_is_read_from_a_first_document_and_then_observed():
    source, rng = Source("a", "http://a/"), random.Random(1)
    response = Response(status=200, url="", content=b"x")
    items = tuple(Item(str(n), "a", f"h{n}", NOW, published=NOW - n * 1800) for n in range(49))
    document = Document("rss", items)
    state = schedule.after_success(source, SourceState("a"), response, document, now=NOW, rng=rng)
    state = cadence.counted(state, 49, document)
    assert state.rate == pytest.approx(49 / 24, rel=0.05)
    assert state.items == 49
    for hour in range(1, 73):
        now = NOW + hour * 3600
        state = schedule.after_success(source, state, response, document, now=now, rng=rng)
        state = cadence.counted(state, 6, document)
    assert state.rate == pytest.approx(6, rel=0.15)
    for hour in range(73, 145):
        state = schedule.after_unchanged(source, state, response, now=NOW + hour * 3600, rng=rng)
    assert state.rate < 0.01


def test_held_source_stays_held_by_hand_and_a_paused_one_does_not():
    held = SourceState("a", state="held", held_until=NOW + 60)
    assert schedule.held_back(held, NOW)
    assert schedule.held_back(held, NOW, by_hand=True)
    assert not schedule.held_back(held, NOW + 60)
    assert not schedule.held_back(held, NOW - 3 * DAY), "the clock was set back; nobody asks for silence that long"
    assert schedule.held_back(SourceState("a", state="paused"), NOW)
    assert not schedule.held_back(SourceState("a", state="paused"), NOW, by_hand=True)
    assert not schedule.held_back(None, NOW)


def test_sources_never_asked_come_first_at_a_start_and_agencies_before_the_web():
    configured = [Source(f"w{n}", "http://a/") for n in range(5)] + [
        Source(f"a{n}", "http://a/", "agency") for n in range(5)
    ]
    moments = schedule.resume(configured, {}, now=NOW, rng=random.Random(1))
    order = sorted(moments, key=moments.__getitem__)
    assert {name[0] for name in order[:5]} == {"a"}
    assert moments[order[-1]] <= NOW + 0.2
