"""What is alerted, how loudly and how often: the decider alone, by a clock that is turned by hand."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch.alerts import Decider, Hit, News, Quiet, watched_hits
from wirewatch.config import AlertSettings
from wirewatch.model import Flag, Item, Placed, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Alert

NOW = datetime.datetime(2026, 3, 12, 14, 0, tzinfo=datetime.UTC).timestamp()
HIT = Hit("exclusives", "says Exclusive")


def story(number: int = 1, **more: object) -> Story:
    settled: dict[str, object] = {"priority": 1, "outlets": 1, "source": "Meridian", "headline": f"Headline {number}"}
    return Story(f"s{number}", 0, lead=f"i{number}", first_seen=NOW, updated=NOW, **settled | more)  # type: ignore[arg-type]


def decider(**settings: object) -> Decider:
    return Decider(AlertSettings(zone="UTC", **settings))  # type: ignore[arg-type]


def brought(number: int = 1, *, hits: Sequence[Hit] = (HIT,), **more: object) -> News:
    """A story with a new item that hit."""
    of = {key: more.pop(key) for key in ("priority", "outlets", "headline") if key in more}
    return News(story(number, **of), tuple(hits), **more)  # type: ignore[arg-type]


def states(alerts: Sequence[Alert]) -> list[tuple[str, str]]:
    return [(alert.why, alert.state) for alert in alerts]


def told(alerts: Sequence[Alert]) -> int:
    return sum(alert.state == "told" for alert in alerts)


# --- one alert a story ------------------------------------------------------------------------------------------------


def test_a_story_that_a_rule_hits_is_told_where_the_settings_say() -> None:
    (alert,) = decider(channels=("bell", "hook")).decide([brought()], NOW)
    assert (alert.why, alert.state, alert.channels, alert.sound) == ("new", "told", ("bell", "hook"), "bell")
    assert (alert.rule, alert.reason, alert.source, alert.headline) == (
        "exclusives",
        "says Exclusive",
        "Meridian",
        "Headline 1",
    )


def test_a_rule_has_its_own_sound_channel_and_level() -> None:
    hit = Hit("quakes", level=0, sound="alarm", channels=("desktop",))
    (alert,) = decider().decide([brought(hits=[hit], priority=3)], NOW)
    assert (alert.sound, alert.channels, alert.priority) == ("alarm", ("desktop",), 0)


def test_a_story_that_nothing_hits_is_no_alert() -> None:
    assert decider().decide([brought(hits=[], priority=0)], NOW) == []


def test_more_items_of_a_story_that_alerted_alert_no_more() -> None:
    at = decider()
    assert len(at.decide([brought()], NOW)) == 1
    assert at.decide([brought(outlets=2), brought(outlets=4)], NOW + 30) == []


def test_a_story_alerts_again_at_each_number_of_outlets_that_it_passes_and_once_for_two_at_a_time() -> None:
    at = decider(grow=(5, 20))
    at.decide([brought()], NOW)
    grown = [at.decide([brought(outlets=number, hits=[])], NOW + number) for number in (4, 5, 6, 19)]
    assert [states(alerts) for alerts in grown] == [[], [("grown", "told")], [], []]
    other = decider(grow=(5, 20))
    other.decide([brought()], NOW)
    assert states(other.decide([brought(outlets=30, hits=[])], NOW + 9)) == [("grown", "told")]
    assert other.decide([brought(outlets=31, hits=[])], NOW + 10) == []


def test_a_story_that_becomes_urgent_alerts_again_once() -> None:
    at = decider()
    at.decide([brought(priority=2)], NOW)
    assert states(at.decide([brought(hits=[], priority=1)], NOW + 90)) == [("raised", "told")]
    assert at.decide([brought(hits=[], priority=1)], NOW + 95) == []
    assert states(at.decide([brought(hits=[], priority=0)], NOW + 99)) == [("raised", "told")]


def test_a_story_whose_rule_alerts_it_below_its_own_urgency_isnt_raised_by_it() -> None:
    at = decider()
    at.decide([brought(hits=[Hit("football", level=3)], priority=1)], NOW)
    assert at.decide([brought(hits=[], priority=1, outlets=2)], NOW + 5) == []


def test_killed_and_corrected_stories_that_were_shown_alert_again() -> None:
    at = decider()
    at.decide([brought(1), brought(2)], NOW)
    corrected = brought(1, hits=[], corrected=True, by="Kestrel", headline="CORRECTED-Headline 1")
    assert states(at.decide([corrected], NOW + 60)) == [("corrected", "told")]
    (kill,) = at.decide([News(story(2), killed=True, by="Kestrel", headline="KILL: Headline 2")], NOW + 99)
    assert (kill.why, kill.source, kill.headline, kill.reason) == (
        "killed",
        "Kestrel",
        "KILL: Headline 2",
        "Kestrel withdrew what was shown",
    )


def test_a_story_that_was_opened_alerts_when_it_is_killed_though_no_rule_ever_hit_it() -> None:
    assert states(decider().decide([brought(hits=[], killed=True, seen=True)], NOW)) == [("killed", "told")]
    assert decider().decide([brought(hits=[], killed=True, seen=False)], NOW) == []


def test_a_correction_that_ten_outlets_take_over_alerts_once_and_a_kill_after_it_all_the_same() -> None:
    at = decider(budget=60)
    at.decide([brought()], NOW)
    for second in range(10):
        at.decide([brought(hits=[], corrected=True)], NOW + 60 + second)
    assert at.decide([brought(hits=[], corrected=True)], NOW + 90) == []
    assert states(at.decide([brought(hits=[], killed=True)], NOW + 95)) == [("killed", "told")]
    assert at.decide([brought(hits=[], killed=True), brought(outlets=50)], NOW + 99) == []
    later = at.decide([brought(hits=[], corrected=True)], NOW + 8000)
    assert states(later) == [("corrected", "told")]


def test_stories_that_turn_out_to_be_one_alert_no_second_time() -> None:
    at = decider()
    at.decide([brought(1)], NOW)
    at.merged("s1", "s2")
    assert at.decide([brought(2, outlets=3)], NOW + 10) == []


# --- old news ---------------------------------------------------------------------------------------------------------


def test_old_news_is_in_the_log_without_a_sound_and_needs_no_acknowledgement() -> None:
    at = decider()
    (alert,) = at.decide([brought(late=True)], NOW)
    assert (alert.state, alert.acked, alert.channels) == ("late", NOW, ())
    assert at.decide([brought(late=True, outlets=9, priority=0)], NOW + 1) == []


def test_fresh_news_on_a_story_that_was_old_news_is_told() -> None:
    at = decider()
    at.decide([brought(late=True)], NOW)
    assert states(at.decide([brought(outlets=2)], NOW + 600)) == [("new", "told")]


# --- cooldown and budget ----------------------------------------------------------------------------------------------


def test_a_rule_that_had_its_say_keeps_still_for_its_cooldown_and_others_dont() -> None:
    at = decider(cooldown=300.0)
    other = Hit("quakes", cooldown=0.0)
    assert states(at.decide([brought(1)], NOW)) == [("new", "told")]
    assert states(at.decide([brought(2), brought(3, hits=[other])], NOW + 200)) == [("new", "cooling"), ("new", "told")]
    assert states(at.decide([brought(4)], NOW + 301)) == [("new", "told")]


def test_a_kill_waits_for_no_cooldown() -> None:
    at = decider(cooldown=300.0)
    at.decide([brought(1)], NOW)
    assert states(at.decide([brought(1, hits=[], killed=True)], NOW + 1)) == [("killed", "told")]


def test_a_flood_raises_the_budget_and_one_summary_and_nothing_is_lost() -> None:
    at = decider(budget=6)
    alerts = [alert for n in range(500) for alert in at.decide([brought(n)], NOW + n * 0.1)]
    assert len(alerts) == 500
    assert told(alerts) == 6
    assert at.owes
    assert at.due(NOW + 59) == []
    (summary,) = at.due(NOW + 61)
    assert (summary.why, summary.state, summary.count) == ("flood", "told", 494)
    assert summary.headline == "494 alerts more at once: exclusives 494"
    assert not at.owes
    assert at.due(NOW + 200) == []


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 90), st.integers(1, 9)), max_size=60),
    st.integers(1, 8),
)
def test_no_minute_ever_tells_more_than_the_budget_and_summaries_stand_for_every_folded_one(
    pauses: list[tuple[float, int]], budget: int
) -> None:
    at = decider(budget=budget)
    found: list[Alert] = []
    now, number = NOW, 0
    for pause, count in pauses:
        now += pause
        found += at.due(now)
        found += at.decide([brought(number + extra) for extra in range(count)], now)
        number += count
    for _ in range(3):
        now += 61
        found += at.due(now)
    heard = [alert.at for alert in found if alert.state == "told"]
    assert all(sum(moment <= other < moment + 60 for other in heard) <= budget for moment in heard)
    assert sum(alert.why == "new" for alert in found) == number
    folded = sum(alert.state == "folded" for alert in found)
    assert sum(alert.count for alert in found if alert.why == "flood") == folded


def test_in_one_poll_kills_come_first_and_the_most_urgent_before_the_rest() -> None:
    at = decider(budget=2)
    at.decide([brought(9)], NOW - 100)
    found = at.decide([brought(1, priority=2), brought(2, priority=0), brought(9, hits=[], killed=True)], NOW)
    assert [(alert.story, alert.state) for alert in found] == [("s9", "told"), ("s2", "told"), ("s1", "folded")]


# --- quiet hours ------------------------------------------------------------------------------------------------------

NIGHT = ((22 * 60 + 30, 6 * 60 + 30),)


def at_clock(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


def test_what_comes_in_quiet_hours_is_held_and_summed_up_when_they_are_over() -> None:
    at = decider(quiet=NIGHT)
    held = at.decide([brought(1), brought(2)], at_clock("2026-03-12T23:10Z"))
    held += at.decide([brought(3)], at_clock("2026-03-13T04:00Z"))
    assert [alert.state for alert in held] == ["held"] * 3
    assert all(alert.channels == () and alert.acked is None for alert in held)
    assert at.due(at_clock("2026-03-13T06:29Z")) == []
    (summary,) = at.due(at_clock("2026-03-13T06:30Z"))
    assert (summary.why, summary.state, summary.count) == ("quiet", "told", 3)
    assert at.due(at_clock("2026-03-13T07:00Z")) == []


def test_a_flash_comes_through_the_quiet_unless_nothing_may() -> None:
    night = at_clock("2026-03-12T23:10Z")
    assert states(decider(quiet=NIGHT).decide([brought(priority=0)], night)) == [("new", "told")]
    assert states(decider(quiet=NIGHT, quiet_level=-1).decide([brought(priority=0)], night)) == [("new", "held")]


def test_a_rules_own_quiet_hours_hold_its_alerts_until_they_end_while_others_are_told() -> None:
    at = decider()
    hit = Hit("football", quiet=((14 * 60, 18 * 60),))
    assert [alert.state for alert in at.decide([brought(1, hits=[hit]), brought(2)], NOW)] == ["held", "told"]
    assert at.due(NOW + 3 * 3600) == []
    assert [alert.count for alert in at.due(NOW + 4 * 3600)] == [1]


def test_a_flood_whose_summary_falls_into_the_quiet_is_in_the_summary_of_the_quiet() -> None:
    at = decider(quiet=NIGHT, budget=1)
    evening = at_clock("2026-03-12T22:29:30Z")
    found = at.decide([brought(n) for n in range(4)], evening)
    assert [alert.state for alert in found] == ["told", "folded", "folded", "folded"]
    (flood,) = at.due(evening + 61)
    assert (flood.why, flood.state) == ("flood", "held")
    (quiet,) = at.due(at_clock("2026-03-13T06:30Z"))
    assert quiet.count == 3


@pytest.mark.parametrize(
    ("hours", "moment", "end"),
    [
        ((22, 6), "2026-03-12T21:59", None),
        ((22, 6), "2026-03-12T22:00", "2026-03-13T06:00"),
        ((22, 6), "2026-03-13T05:59", "2026-03-13T06:00"),
        ((22, 6), "2026-03-13T06:00", None),
        ((12, 24), "2026-03-12T23:30", "2026-03-13T00:00"),
        ((0, 24), "2026-03-12T23:30", "round the clock"),
        # Berlin puts its clocks forward at 02:00 on 29 March 2026, and back at 03:00 on 25 October.
        ((22, 2.5), "2026-03-29T01:30", "2026-03-29T03:30"),
        ((22, 2.5), "2026-10-25T02:10", "2026-10-25T02:30"),
        ((22, 6), "2026-03-28T23:00", "2026-03-29T06:00"),
    ],
)
def test_quiet_hours_are_hours_of_the_local_day(hours: tuple[float, float], moment: str, end: str | None) -> None:
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    quiet = Quiet([(int(hours[0] * 60), int(hours[1] * 60))], zone)
    at = datetime.datetime.fromisoformat(moment).replace(tzinfo=zone).timestamp()
    found = quiet.until(at)
    if end == "round the clock":
        assert found is not None
        assert found - at > 86400
    else:
        assert found == (end and datetime.datetime.fromisoformat(end).replace(tzinfo=zone).timestamp())


def test_an_hour_that_the_clock_goes_through_twice_is_quiet_both_times() -> None:
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    quiet = Quiet([(22 * 60, 150)], zone)
    second = datetime.datetime(2026, 10, 25, 2, 10, tzinfo=zone, fold=1)
    assert quiet.until(second.timestamp()) == second.replace(minute=30).timestamp()


def test_spans_that_follow_on_each_other_end_together() -> None:
    quiet = Quiet([(0, 60), (60, 120)], datetime.UTC)
    assert quiet.until(at_clock("2026-03-12T00:30Z")) == at_clock("2026-03-12T02:00Z")


# --- what the log remembers -------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 4000), st.integers(0, 12), st.booleans(), st.integers(1, 30)), max_size=40))
def test_a_decider_that_read_the_log_decides_like_the_one_that_wrote_it(
    happenings: list[tuple[float, int, bool, int]],
) -> None:
    settings = AlertSettings(zone="UTC", budget=3, cooldown=20.0, quiet=((15 * 60, 16 * 60),))
    lasting, log, now = Decider(settings), [], NOW
    for pause, number, killed, outlets in happenings:
        now += pause
        news = [News(story(number, outlets=outlets, priority=number % 4), (HIT,), killed=killed, late=number % 5 == 0)]
        fresh = Decider(settings)
        fresh.load(log)
        decided = lasting.decide(news, now)
        assert fresh.decide(news, now) == decided
        log += [msgspec.structs.replace(alert, n=len(log) + 1) for alert in decided]


# --- the rule that needs no writing -----------------------------------------------------------------------------------


def placed(*flags: tuple[str, str], kind: str = "web", priority: int = 1) -> Placed:
    item = Item("i1", "Meridian", "A headline", NOW, kind=kind)  # type: ignore[arg-type]
    return Placed(
        item,
        "s1",
        "lead",
        flags=tuple(Flag(name, rule, "headline", 0, 1, "A") for name, rule in flags),
        priority=priority,
    )


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (placed(("entity:Ida Solheim", "entity")), "names Ida Solheim"),
        (placed(("keyword:ceasefire", "keyword")), "says ceasefire"),
        (placed(("exclusive", "label/exclusive"), kind="agency"), "exclusive from an agency source"),
        (placed(("breaking", "label/breaking"), kind="official"), "breaking from an official source"),
        (placed(("exclusive", "label/exclusive")), None),
        (placed(("exclusive", "label/exclusive"), ("keyword:Exclusive", "keyword/label")), None),
        (placed(("entity:Ida Solheim", "entity"), priority=2), None),
        (placed(("exclusive", "label/exclusive"), kind="agency", priority=2), None),
        (placed(("kill", "label/kill"), ("entity:Ida Solheim", "entity"), kind="agency"), None),
        (placed(("correction", "label"), ("alert", "label"), kind="agency"), None),
        (placed(kind="agency", priority=0), None),
    ],
)
def test_without_rules_what_is_watched_and_urgent_alerts_and_labels_of_those_who_may_shout(
    found: Placed, reason: str | None
) -> None:
    assert [hit.reason for hit in watched_hits(found)] == ([reason] if reason else [])


def test_without_rules_what_is_watched_alerts_once_the_story_has_become_urgent() -> None:
    found = placed(("entity:Ida Solheim", "entity"), priority=2)
    assert watched_hits(found, story(priority=2)) == ()
    assert [hit.reason for hit in watched_hits(found, story(priority=1))] == ["names Ida Solheim"]
