"""What is said of a source: that it fell silent, that it serves only old pieces, how late its news is."""

from __future__ import annotations

from msgspec.structs import replace

from wirewatch import vitals
from wirewatch.clock import DAY, HOUR
from wirewatch.model import SourceState

WEDNESDAY = 1_678_881_600.0
"""15 March 2023, 12:00 UTC."""


def a_source(daily: float, quiet: float, now: float = WEDNESDAY, **more: object) -> SourceState:
    """A source that used to bring so many items a day and has brought none for so long, though it answers."""
    fade = 2.718281828459045 ** (-quiet / (7 * DAY))
    state = SourceState(
        "One",
        state="ok",
        last_success=now,
        last_attempt=now,
        last_new=now - quiet,
        newest=now - quiet,
        rhythm=tuple([daily * fade / 24] * 24),
        items=100,
        since=now - 40 * DAY,
    )
    return replace(state, **more)  # type: ignore[arg-type]


def test_a_source_is_silent_by_its_own_rhythm_not_by_a_fixed_time() -> None:
    assert vitals.silent(a_source(200, 20 * HOUR), WEDNESDAY) is None
    found = vitals.silent(a_source(200, 26 * HOUR), WEDNESDAY)
    assert found == "silent: answers, but nothing new for 1 day; it used to bring about 200 a day"
    assert vitals.silent(a_source(2, 5 * DAY), WEDNESDAY) is None
    assert vitals.silent(a_source(2, 16 * DAY), WEDNESDAY) is not None


def test_a_weekend_makes_no_silence_of_a_source_that_rests_then() -> None:
    monday = WEDNESDAY - 2 * DAY
    assert vitals.silent(a_source(20, 2.7 * DAY, monday), monday) is None
    assert vitals.silent(a_source(20, 2.7 * DAY), WEDNESDAY) is not None
    assert vitals.silent(a_source(100, 2.7 * DAY, monday), monday) is not None


def test_a_source_that_hardly_ever_brings_anything_is_silent_after_a_month() -> None:
    assert vitals.silent(a_source(0, 29 * DAY), WEDNESDAY) is None
    assert vitals.silent(a_source(0, 50 * DAY), WEDNESDAY) is not None


def test_a_source_that_serves_only_old_pieces_is_stale() -> None:
    old = a_source(0, 60.0, newest=WEDNESDAY - 400 * DAY)
    assert vitals.stale(old, WEDNESDAY) == "stale: serves only old pieces, the newest of 8 Feb 2022"
    assert vitals.stale(a_source(5, 60.0, newest=WEDNESDAY - 13 * DAY), WEDNESDAY) is None
    assert vitals.stale(a_source(0, 60.0, newest=None), WEDNESDAY) is None


def test_only_a_source_that_answers_is_called_silent_or_stale() -> None:
    for state in ("failing", "held", "gone", "offline", "paused"):
        found = a_source(200, 90 * DAY, state=state)
        assert vitals.attention(found, WEDNESDAY) is None
        assert vitals.urgency(found, WEDNESDAY) in {0, 2}
    assert vitals.urgency(a_source(200, 90 * DAY), WEDNESDAY) == 1
    assert vitals.urgency(a_source(200, 60.0), WEDNESDAY) == 4
    assert vitals.urgency(None, WEDNESDAY) == vitals.urgency(SourceState("New"), WEDNESDAY) == 3


def test_figures_are_short_enough_for_their_columns() -> None:
    assert [vitals.size(count) for count in (0, 999, 1000, 9_949, 12_400, 999_499, 3_400_000, 10**18)] == [
        "0 B",
        "999 B",
        "1.0 KB",
        "9.9 KB",
        "12 KB",
        "999 KB",
        "3.4 MB",
        "lots",
    ]
    assert [vitals.short(seconds) for seconds in (-1, 59, 60, 3600, DAY, 10**12)] == [
        "0s",
        "59s",
        "1m",
        "1h",
        "1d",
        "999d",
    ]
    assert vitals.latency_words(SourceState("One", delays=tuple(range(0, 300, 6)))) == "2m/5m"
    assert vitals.latency_words(SourceState("One")) == ""
