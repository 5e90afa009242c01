"""A story's priority: what speaks for it, how much, and that the sum is shown."""

from __future__ import annotations

import pytest

from tests.storing import NOW, an_item
from wirewatch.config import Rule
from wirewatch.model import Flag, Item, Placed
from wirewatch.rules import RuleSet
from wirewatch.rules.bursts import Mention, measured
from wirewatch.rules.exclusive import evidence
from wirewatch.rules.score import Score, score
from wirewatch.rules.weights import weight
from wirewatch.stories import summarise

NO_RULES = RuleSet()


def flag(name: str, field: str = "headline") -> Flag:
    return Flag(name, "r", field, 0, 4, "Head")


def placed(n: int, source: str, *names: str, role: str = "report", **fields: object) -> Placed:
    kind = fields.pop("kind", "web")
    item = an_item(n, source=source, kind=kind, **fields)  # type: ignore[arg-type]
    return Placed(item, "s1", role, flags=tuple(flag(name) for name in names))  # type: ignore[arg-type]


def scored(*items: Placed, rules: RuleSet = NO_RULES, **weights: float) -> Score:
    return score(summarise(items), items, rules, weights)


def test_an_agencys_exclusive_outranks_a_tabloids() -> None:
    agency = scored(placed(1, "Reuters", "exclusive", kind="agency"))
    tabloid = scored(placed(1, "Daily Mail", "exclusive"))
    assert (agency.priority, tabloid.priority) == (2, 3)
    assert agency.points > tabloid.points


def test_the_user_says_what_a_source_counts() -> None:
    assert scored(placed(1, "Local", "exclusive")).points < scored(placed(1, "Local", "exclusive"), Local=1.0).points
    assert weight(Item("i", "Local", "H", NOW), {"Local": 0.2}) == 0.2


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("Reuters (Google News)", "web", 1.0),
        ("BBC World", "web", 0.9),
        ("Fox News", "web", 0.35),
        ("Sunderland Echo", "web", 0.7),
        ("Mirror Lake Gazette", "web", 0.35),  # named like another: the user's `weight` mends it
        ("Ministry", "official", 1.0),
        ("Reuters releases", "press", 0.4),
        ("Some Agency", "agency", 1.0),
    ],
)
def test_a_source_counts_by_its_name_or_its_kind(source: str, kind: str, expected: float) -> None:
    assert weight(Item("i", source, "H", NOW, kind=kind), {}) == expected  # type: ignore[arg-type]


def test_the_arithmetic_adds_up_and_can_be_read() -> None:
    found = scored(
        placed(1, "Reuters", "breaking", "entity:Freedonia", kind="agency"),
        placed(2, "BBC World", "entity:Freedonia"),
        placed(3, "Daily Mail", "correction", role="copy"),
    )
    assert found.points == pytest.approx(sum(part.points for part in found.parts))
    assert found.sentence() == (
        "60 for urgent by itself (Reuters) + 4 for breaking (Reuters) + 3.5 for correction (Daily Mail at 0.35)"
        " + 12 for @ Freedonia + 7.9 for 3 outlets, 1 with copies only + 6 for 3 originators"
        " + 6 for rising: 3 outlets in its last hour = 99.4: urgent (flash only by an outlet's own word)"
    )


def test_only_an_outlets_own_word_makes_a_flash() -> None:
    many = [placed(n, f"Outlet {n}", "breaking", "keyword:ferry", kind="agency") for n in range(20)]
    assert scored(*many).priority == 1
    assert scored(*many, placed(99, "Reuters", "alert", kind="agency")).priority == 0


def test_a_plain_story_is_normal_and_a_press_release_or_an_opinion_routine() -> None:
    assert scored(placed(1, "BBC World")).priority == 3
    assert scored(placed(1, "Wire", "press-release", kind="press")).priority == 4
    assert scored(placed(1, "BBC World", "opinion")).priority == 4


def test_a_watched_word_in_the_text_alone_counts_less_than_in_the_headline() -> None:
    headline, body = placed(1, "BBC World", "keyword:ferry"), placed(1, "BBC World")
    body = Placed(body.item, body.story, body.role, flags=(flag("keyword:ferry", "body"),))
    assert scored(headline).priority == 2
    assert scored(body).priority == 3


def test_copies_of_one_agency_carry_a_story_less_far_than_outlets_of_their_own() -> None:
    own = [placed(n, f"Outlet {n}") for n in range(8)]
    copies = [own[0], *(placed(n, f"Outlet {n}", role="copy") for n in range(1, 8))]
    assert scored(*own).points > scored(*copies).points > scored(own[0]).points


def test_speed_is_measured_on_the_story_itself_not_on_the_clock() -> None:
    fast = [placed(n, f"Outlet {n}", received=NOW + n * 60) for n in range(6)]
    slow = [placed(n, f"Outlet {n}", received=NOW + n * 7200) for n in range(6)]
    assert any(part.why == "burst: 6 outlets in its last hour" for part in scored(*fast).parts)
    assert not any("outlets in its last hour" in part.why for part in scored(*slow).parts)


def test_a_kill_is_no_less_for_who_sends_it() -> None:
    assert scored(placed(1, "Daily Mail", "kill")).priority == 0


def test_a_rule_sets_the_priority_and_says_so() -> None:
    rules = RuleSet([Rule("Low", "headline", priority=4), Rule("High", "headline", priority=1)])
    found = scored(rules.on(placed(1, "Reuters", kind="agency")), rules=rules)
    assert (found.priority, found.rule) == (1, "High")
    assert found.sentence() == "15 for normal by itself (Reuters) = 15: normal (from 10); the rule High makes it urgent"
    low = RuleSet([Rule("Low", "headline", priority=4)])
    assert scored(low.on(placed(1, "Reuters", "alert", kind="agency")), rules=low).priority == 4


# --- exclusives --------------------------------------------------------------------------------------------------

TAGGED = placed(1, "Wire One", "exclusive", role="lead")


@pytest.mark.parametrize(
    ("others", "after", "grade"),
    [
        ([], 60, "tagged"),
        ([], 1800, "sole"),
        ([placed(2, "Paper", role="copy")], 3600, "sole"),
        ([placed(2, "Paper", "second-hand:Wire One")], 3600, "sole"),
        ([placed(2, "Wire One", role="version")], 3600, "sole"),
        ([placed(2, "Paper")], 60, "matched"),
        ([placed(2, "Ministry", kind="official")], 60, "confirmed"),
        ([placed(2, "Paper", headline="Minister confirms talks")], 60, "confirmed"),
        ([placed(2, "Paper"), placed(3, "Daily", "denial")], 60, "denied"),
    ],
)
def test_an_exclusive_is_graded_by_what_followed(others: list[Placed], after: float, grade: str) -> None:
    found = evidence([*others, TAGGED], NOW + 60 + after)
    assert found is not None
    assert found.grade == grade
    assert (found.by is None) == (grade in ("tagged", "sole"))


def test_what_was_there_before_bears_no_exclusive_out() -> None:
    found = evidence([placed(0, "Paper"), TAGGED], NOW + 90)
    assert found is not None
    assert found.grade == "tagged"
    assert evidence([placed(0, "Paper")], NOW) is None


# --- bursts ------------------------------------------------------------------------------------------------------


def test_a_burst_is_many_times_the_usual_from_more_than_one_source() -> None:
    week = [Mention(NOW - hour * 3600 - 1800, "A") for hour in range(1, 168)]
    hour = [Mention(NOW - n * 60, f"Source {n % 2}") for n in range(6)]
    found = measured("Freedonia", [*week, *hour], NOW)
    assert (found.last_hour, found.sources, found.bursting) == (6, 2, True)
    assert found.usual == pytest.approx(1.0, abs=0.02)
    assert not measured("Freedonia", [*week, *week, *week, *hour], NOW).bursting
    assert not measured("Freedonia", [*week, *hour[:4]], NOW).bursting
    assert not measured("Freedonia", [*week, *(Mention(at, "A") for at, _ in hour)], NOW).bursting
    assert measured("Freedonia", [*hour, Mention(NOW - 7200, "A")], NOW, known_since=NOW - 10800).usual == 0.5
