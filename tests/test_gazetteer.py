from __future__ import annotations

import re

import pytest

from wirewatch.alerts.hits import watched_hits
from wirewatch.config.read import parse
from wirewatch.config.settings import GAZETTEER, Entity, Watch
from wirewatch.errors import ConfigError
from wirewatch.flags import Flagger
from wirewatch.headline import read_body
from wirewatch.headline.gazetteer import GROUPS, entries, group
from wirewatch.model import GAZETTEER_RULE, Item, Placed

EVERY = Flagger(Watch(gazetteer=GROUPS))


def item(headline: str, **fields: object) -> Item:
    return read_body(Item(**({"id": "i", "source": "Harbour Post", "headline": headline, "received": 0.0} | fields)))  # type: ignore[arg-type]


def named(headline: str, flagger: Flagger = EVERY, **fields: object) -> set[str]:
    found = flagger.flags(item(headline, **fields))
    return {one.flag.partition(":")[2] for one in found if one.flag.startswith("entity:")}


def test_the_configuration_knows_every_group_by_its_name() -> None:
    assert GAZETTEER == GROUPS
    assert parse('[watch]\ngazetteer = ["firms", "countries"]\n', file="c").watch.gazetteer == ("firms", "countries")
    with pytest.raises(ConfigError, match=r"central-banks"):
        parse('[watch]\ngazetteer = ["central banks"]\n', file="c")


@pytest.mark.parametrize("name", GROUPS)
def test_every_row_says_where_it_is_from_and_when_it_was_true(name: str) -> None:
    rows = group(name)
    assert len(rows) >= 45
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.source
        assert re.fullmatch(r"20\d\d-(?:0[1-9]|1[0-2])", row.date)
        assert all(alias.strip() == alias and alias for _, alias in row.aliases)


def test_countries_have_names_in_all_languages_of_the_sources() -> None:
    for row in group("countries"):
        languages = {language for language, _ in row.aliases}
        assert len(row.aliases) >= 3, row.name
        assert "" in languages, row.name


@pytest.mark.parametrize(
    ("headline", "language", "names"),
    [
        ("Turkey raises rates", "en", {"Turkey"}),
        ("Turquie : la livre recule", "fr", {"Turkey"}),
        ("Die Türkei erhöht die Zinsen", "de", {"Turkey"}),
        ("Turcja podnosi stopy", "pl", {"Turkey"}),
        ("Dostawy do Turcji", "pl", {"Turkey"}),
        ("Турция повысила ставку", "ru", {"Turkey"}),
        ("土耳其加息", "zh", {"Turkey"}),
        ("トルコが利上げ", "ja", {"Turkey"}),
        ("تركيا ترفع الفائدة", "ar", {"Turkey"}),
        ("Turkish lira slips", "en", {"Turkey"}),
        ("Fed holds rates, Powell says", "en", {"Federal Reserve"}),
        ("EZB senkt den Leitzins", "de", {"European Central Bank"}),
        ("Putin-Xi call ends", "en", {"Vladimir Putin", "Xi Jinping"}),
        ("AAPL slips before results", "en", {"Apple"}),
        ("US-China talks open in Geneva", "en", {"United States", "China"}),
        ("Eurosatory opens in Paris", "en", {"Paris"}),
        ("ООН призвала к переговорам", "ru", {"United Nations"}),
        ("Papua New Guinea votes", "en", {"Papua New Guinea"}),
        ("印度尼西亚大选", "zh", {"Indonesia"}),
    ],
)
def test_names_are_found_in_the_language_that_has_them(headline: str, language: str, names: set[str]) -> None:
    assert named(headline, language=language) == names


@pytest.mark.parametrize(
    ("headline", "fields"),
    [
        ("Indie film wins in Leeds", {}),
        ("Tell us who they are", {}),
        ("TELL US WHO SHOT THE PIANIST", {}),
        ("Keepers fed the birds", {}),
        ("Michael Jordan sells his house", {}),
        ("Georgia wins again in Atlanta", {}),
        ("Turkey prices soar", {"summary": "Shops sell frozen turkey at a loss."}),
        ("New guinea pig rules for shelters", {}),
        ("A visa costs more", {}),
        ("Farmers burn the amazon card", {}),
    ],
)
def test_what_only_looks_like_a_name_is_none(headline: str, fields: dict[str, str]) -> None:
    assert named(headline, **fields) == set()


def test_an_ambiguous_country_is_known_by_what_stands_beside_it() -> None:
    assert named("Georgia votes", summary="Polls closed in Tbilisi.") >= {"Georgia"}


def test_no_group_is_on_by_itself() -> None:
    assert named("Turkey raises rates", Flagger(Watch())) == set()
    assert named("Turkey raises rates", Flagger(Watch(gazetteer=("firms",)))) == set()


def test_a_users_entity_gains_the_names_that_are_shipped_and_stays_his() -> None:
    watch = Watch(entities=("Turkey",), gazetteer=("countries",))
    flagger = Flagger(watch, (Entity("Turkey", not_=("Turkey Creek",)),))
    found = flagger.flags(item("La Turquie vote", language="fr"))
    assert [(one.flag, one.rule) for one in found] == [("entity:Turkey", "entity/alias")]
    assert named("Floods at Turkey Creek", flagger) == set()


def test_the_gazetteer_lifts_no_priority_and_raises_no_alert() -> None:
    of = item("Breaking: Turkey raises rates", kind="web")
    flags = EVERY.flags(of)
    assert [one.rule for one in flags if one.flag.startswith("entity:")] == [GAZETTEER_RULE]
    plain = Flagger(Watch())
    assert EVERY.priority(of, flags) == plain.priority(of, plain.flags(of))
    assert watched_hits(Placed(of, "s", "lead", flags=flags, priority=1)) == ()


def test_entries_of_two_groups_with_one_name_are_one() -> None:
    both = {row.name: row for row in entries(("countries", "demonyms"))}
    assert {("", "Turkish"), ("fr", "Turquie")} <= set(both["Turkey"].aliases)
