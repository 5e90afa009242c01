"""What a rule finds in an item, where it says so, and what its configuration may hold."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commandline import wirewatch
from tests.storing import an_item
from wirewatch import config
from wirewatch.config import Rule, View
from wirewatch.config.read import examine
from wirewatch.errors import ConfigError
from wirewatch.model import Flag, Placed, Story
from wirewatch.query import parse, regex, words
from wirewatch.rules import RuleSet, is_quiet

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.config import Config

HEAD = '[[rule]]\nname = "Gas"\nmatch = "gas leak"\n'


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, file="c.toml")
    return [(problem.line, problem.key, problem.message) for problem in caught.value.problems]


def placed(headline: str, *, flags: tuple[Flag, ...] = (), priority: int = 3, **fields: object) -> Placed:
    item = an_item(1, headline, **fields)  # type: ignore[arg-type]
    return Placed(item, f"s{item.id}", "lead", flags=flags, priority=priority)


def raised(rule: Rule, of: Placed, story: Story | None = None) -> list[tuple[str, str, str]]:
    """Flag, field and text of what one rule raises, after the promise of FLAGS.md on spans was looked at."""
    found = RuleSet([rule]).flags(of, story)
    for flag in found:
        value = getattr(of.item, flag.field)
        assert flag.text == value[flag.start : flag.end] != ""
        assert flag.rule == f"rule/{rule.name}"
    return [(flag.flag, flag.field, flag.text) for flag in found]


# --- the configuration -------------------------------------------------------------------------------------------


def test_every_key_of_a_rule_arrives() -> None:
    found = config.parse(
        '[[source]]\nname = "Wire One"\nurl = "https://a.example/f"\nweight = 0.5\n'
        + HEAD
        + """\
flag = "gas"
priority = "urgent"
alert = "flash"
sources = ["wire one"]
kinds = "agency"
not_before = 2026-11-01T08:00:00Z
quiet = ["22:00-06:30", "12:00-13:00"]
cooldown = "10m"
sound = "bell"
channel = "notify"
""",
        file="c.toml",
    )
    assert found.rules == (
        Rule(
            "Gas",
            "gas leak",
            flag="gas",
            priority=1,
            alert=0,
            sources=("wire one",),
            kinds=("agency",),
            not_before=datetime.datetime(2026, 11, 1, 8, tzinfo=datetime.UTC).timestamp(),
            quiet=((1320, 390), (720, 780)),
            cooldown=600.0,
            sound="bell",
            channel=("notify",),
            line=5,
        ),
    )
    assert found.weights == {"Wire One": 0.5}
    assert found.lines == {"rule:Gas": 5}


def test_what_config_show_prints_says_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    text = (
        '[[source]]\nname = "Wire One"\nurl = "https://a.example/f"\nweight = 0.5\n' + HEAD + 'flag = "gas"\n'
        'priority = "urgent"\nalert = "flash"\nsources = ["Wire One"]\nkinds = "agency"\ncooldown = "10m"\n'
        'not_before = 2026-11-01T08:00:00Z\nquiet = ["22:00-06:30"]\nsound = "bell"\nchannel = "desktop"\n'
        '[[rule]]\nname = "a: b"\nmatch = "x"\n[[view]]\nname = "V"\nquery = "x"\n'
    )
    file = tmp_path / "config.toml"
    file.write_text(text)
    shown = wirewatch(tmp_path, "config", "show", "--config", str(file))
    assert shown.code == 0, shown.err

    def bare(config: Config) -> tuple[object, ...]:
        rules = tuple(msgspec.structs.replace(rule, line=0) for rule in config.rules)
        return rules, tuple(msgspec.structs.replace(view, line=0) for view in config.views), config.weights

    assert bare(config.parse(shown.out, file="x")) == bare(config.parse(text, file="x"))


def test_a_rule_needs_a_name_and_a_query_only() -> None:
    (rule,) = config.parse(HEAD, file="c.toml").rules
    assert (rule.raises, rule.priority, rule.alert, rule.line) == ("rule:Gas", None, False, 1)


def test_all_that_is_wrong_with_rules_is_said_at_once_with_line_key_and_column() -> None:
    found = problems(
        '[[source]]\nname = "Wire One"\nurl = "https://a.example/f"\n'
        + HEAD
        + 'prioriti = "urgent"\nalert = "urgant"\nquiet = "25:00-26:00"\nflag = "Gas"\nsources = ["Wire Two"]\n'
        '[[rule]]\nname = "gas"\nmatch = "gas flagg:exclusive"\n'
        '[[rule]]\nname = "Mine"\nmatch = "is:unread"\nnot_before = "soon"\n'
        '[[rule]]\nname = "Loose"\nmatch = "(gas"\n'
    )
    assert [(line, key) for line, key, _ in found] == [
        (7, "rule[1].prioriti"),
        (8, "rule[1].alert"),
        (9, "rule[1].quiet"),
        (10, "rule[1].flag"),
        (13, "rule[2].name"),
        (14, "rule[2].match"),
        (17, "rule[3].match"),
        (18, "rule[3].not_before"),
        (21, "rule[4].match"),
    ]
    said = [message for _, _, message in found]
    assert "did you mean 'priority'" in said[0]
    assert "did you mean 'urgent'" in said[1]
    assert "already the name of the rule on line 5" in said[4]
    assert said[5].startswith("column 5 of the query: there is no field 'flagg'; did you mean 'flag'?")
    assert "reader's own marks" in said[6]
    assert said[8].startswith("column 1 of the query: this ( is never closed")


def test_a_rule_names_sources_that_are_there() -> None:
    source = '[[source]]\nname = "Wire One"\nurl = "https://a.example/f"\n'
    assert problems(source + HEAD + 'sources = ["Wire Ona", "Wire One"]\n') == [
        (7, "rule[1].sources[1]", "there is no source named 'Wire Ona'; did you mean 'Wire One'?")
    ]
    assert config.parse(HEAD + 'sources = ["Anyone"]\n', file="c.toml").rules  # for `pipe`, sources are optional


def test_a_rule_at_fault_is_left_out_and_the_others_stay() -> None:
    found, wrong = examine(HEAD + '[[rule]]\nname = "Bad"\nmatch = "("\n', file="c.toml")
    assert found is not None
    assert [rule.name for rule in found.rules] == ["Gas"]
    assert [problem.line for problem in wrong] == [6]


def test_views_have_keys_each_once_and_the_rest_take_what_is_left() -> None:
    text = "".join(
        f'[[view]]\nname = "{name}"\nquery = "{name}"\n{more}' for name, more in (("A", ""), ("B", "key = 1\n"))
    )
    assert config.parse(text, file="c.toml").views == (View("A", "A", "2", 1), View("B", "B", "1", 4))
    assert problems(text.replace('query = "A"\n', 'query = "A"\nkey = "1"\n'))[0] == (
        8,
        "view[2].key",
        "'1' already opens the view on line 4",
    )
    assert "digit from 1 to 9" in problems('[[view]]\nname = "A"\nquery = "a"\nkey = "x"\n')[0][2]
    many = "".join(f'[[view]]\nname = "{n}"\nquery = "x"\n' for n in range(11))
    assert [view.key for view in config.parse(many, file="c.toml").views] == [*"123456789", "", ""]


# --- what a rule finds -------------------------------------------------------------------------------------------


def test_a_hit_carries_the_rule_the_field_and_the_exact_span() -> None:
    of = placed(
        "Gas leak near the port", summary="Crews look for the GAS-LEAK.", body="A gas smell. No leak: gas, leak."
    )
    assert raised(Rule("Gas", '"gas leak"'), of) == [
        ("rule:Gas", "headline", "Gas leak"),
        ("rule:Gas", "summary", "GAS-LEAK"),
        ("rule:Gas", "body", "gas, leak"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("headline:feuer*", [("headline", "Feuerwehr")]),
        ("lodz", [("headline", "Łódź")]),
        ("/l[oó]d(z|ź)/", []),  # to a pattern Ł is no l
        ("/(feuer|wasser)(wehr|werk)/", [("headline", "Feuerwehr")]),
        ("kind:agency", [("kind", "agency")]),
        ("source:wire lang:de", [("source", "Wire One"), ("language", "de")]),
        ("flag:exclusive", [("headline", "Exklusiv")]),
        ("flag:exclusive -flag:kill", [("headline", "Exklusiv")]),
        ("-zeppelin", [("headline", "Exklusiv: Feuerwehr in Łódź")]),
        ("zeppelin or feuerwehr", [("headline", "Feuerwehr")]),
        ("zeppelin", []),
        ("feuerwehr -lodz", []),
        ("priority:<=2", [("headline", "Exklusiv: Feuerwehr in Łódź")]),
    ],
)
def test_every_way_to_ask_has_its_place(query: str, expected: list[tuple[str, str]]) -> None:
    of = placed(
        "Exklusiv: Feuerwehr in Łódź",
        flags=(Flag("exclusive", "label/exclusive", "headline", 0, 8, "Exklusiv"),),
        priority=2,
        kind="agency",
        source="Wire One",
        language="de",
        summary=None,
        body=None,
    )
    assert [(field, text) for _, field, text in raised(Rule("r", query), of)] == expected


def test_a_rule_looks_only_where_and_when_it_was_told_to() -> None:
    of = placed("Gas leak", kind="agency", source="Wire One")
    assert raised(Rule("r", "gas", kinds=("agency",), sources=("wire one",)), of)
    assert not raised(Rule("r", "gas", kinds=("web",)), of)
    assert not raised(Rule("r", "gas", sources=("Wire Two",)), of)
    assert not raised(Rule("r", "gas", not_before=of.item.received + 1), of)
    assert raised(Rule("r", "gas", not_before=of.item.received), of)


def test_numbers_of_the_story_come_from_the_story() -> None:
    of = placed("Gas leak")
    story = Story("s", 1, "Gas leak", of.item.id, "A", 1.0, 2.0, outlets=5, items=9, at=of.item.received - 7200)
    rules = RuleSet([Rule("many", "gas outlets:>3"), Rule("old", "age:>1h"), Rule("plain", "gas")])
    assert rules.ask_story
    assert [flag.flag for flag in rules.flags(of)] == ["rule:plain"]
    assert [flag.flag for flag in rules.flags(of, story)] == ["rule:many", "rule:old", "rule:plain"]
    assert not RuleSet([Rule("plain", "gas flag:exclusive priority:<2")]).ask_story


def test_the_highest_priority_of_its_rules_is_the_items() -> None:
    rules = RuleSet([Rule("low", "gas", priority=4), Rule("high", "leak", priority=1), Rule("none", "gas")])
    of = rules.on(placed("Gas leak", priority=2))
    assert of.priority == 1
    assert rules.on(placed("Gas", priority=2)).priority == 4
    assert rules.on(placed("Water", priority=2)).priority == 2


def test_hits_are_read_from_the_flags_with_rule_and_line() -> None:
    rules = RuleSet([Rule("B", "leak", line=7), Rule("A", "gas", line=3)])
    both, one = rules.on(placed("Gas leak")), rules.on(placed("Gas"))
    hits = rules.hits([both, one])
    assert [(hit.rule.name, hit.rule.line, len(hit.items)) for hit in hits] == [("B", 7, 1), ("A", 3, 2)]
    assert RuleSet([]).hits([both]) == ()


def test_quiet_hours_go_over_midnight() -> None:
    rule = Rule("r", "x", quiet=((22 * 60, 6 * 60 + 30), (720, 780)))

    def at(hour: int, minute: int = 0) -> bool:
        return is_quiet(
            rule, datetime.datetime(2026, 11, 26, hour, minute, tzinfo=datetime.UTC).timestamp(), datetime.UTC
        )

    assert [at(22), at(3), at(6, 29), at(12, 30)] == [True] * 4
    assert [at(21, 59), at(6, 30), at(13), at(9)] == [False] * 4
    assert not is_quiet(Rule("r", "x"), 0.0)


# --- spans -------------------------------------------------------------------------------------------------------

letters = st.text(st.sampled_from("aAbłŁóéİßﬁ’'-. \u0301习近ﷺ한글"), max_size=20)


@given(letters, letters)
def test_the_span_of_words_holds_just_these_words(before: str, after: str) -> None:
    text = f"{before} Kílo-watt {after}"
    phrase = words.cut("kilo watt")
    found = words.spans(text, phrase)
    assert found
    assert all(words.cut(text[start:end]) == phrase for start, end in found)


@given(letters, st.sampled_from(["(a|b)+", "a+b+", r"\ba(b|A)*", "^(a|b)(a|b)", "(a|b)+$", "x(a|b)(c|d)"]))
def test_the_span_of_a_pattern_holds_the_pattern(text: str, pattern: str) -> None:
    span = regex.span(pattern, text)
    assert (span is not None) == regex.found(pattern, text)
    if span is not None:
        assert regex.found(pattern.strip("^$").removeprefix(r"\b"), text[slice(*span)])


def test_a_query_knows_what_only_the_story_can_tell() -> None:
    asked = "(a or outlets:>3) -age:<2h is:unread priority:1 story:ab items:2 flag:x"
    assert parse(asked).facts() == {"outlets", "age", "is", "priority", "story", "items"}
    assert parse("a flag:x /y/").facts() == frozenset()
