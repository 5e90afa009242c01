from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from wirewatch import text
from wirewatch.config.settings import Entity, Watch
from wirewatch.flags import LABEL_FLAGS, Flagger
from wirewatch.headline import read_body
from wirewatch.model import Item


def item(headline: str = "Port sold to fund", **fields: object) -> Item:
    return Item(**({"id": "i", "source": "Harbour Post", "headline": headline, "received": 0.0} | fields))  # type: ignore[arg-type]


def watching(*names: str | Entity, keywords: tuple[str, ...] = ()) -> Flagger:
    entities = [Entity(name=one) if isinstance(one, str) else one for one in names]
    return Flagger(Watch(keywords=keywords, entities=tuple(one.name for one in entities)), entities)


def texts(flagger: Flagger, of: Item, name: str) -> list[str]:
    return [one.text for one in flagger.flags(of) if one.flag == name]


# --- entities


XI = Entity(name="Xi Jinping", aliases=("Xi",))
PUTIN = Entity(name="Vladimir Putin", aliases=("Putin", "Путин"))


@pytest.mark.parametrize(
    ("entity", "headline", "found"),
    [
        (XI, "Xi’s train crosses border", ["Xi"]),
        (XI, "Xi-Putin talks end", ["Xi"]),
        (XI, "Xi/Putin talks end", ["Xi"]),
        (XI, "Xi'an opens new line", []),
        (XI, "xi is a letter", []),
        (PUTIN, "Rasputin opens", []),
        (PUTIN, "Putins Krieg", ["Putins"]),
        (Entity(name="Apple"), "Pineapple prices rise", []),
        (Entity(name="Apple"), "Growers fear for the apple crop", []),
        (Entity(name="Fed"), "Keepers fed the birds", []),
        (Entity(name="Fed"), "Fed holds rates", ["Fed"]),
        (Entity(name="NATO"), "Nato chief resigns", []),
        (Entity(name="Christine Lagarde"), "Lagarde speaks", []),
        (Entity(name="Iran"), "L'Iran reprend les pourparlers", ["Iran"]),
        (Entity(name="Ford", not_=("Ford Madox",)), "Ford-Madox play returns", []),
        (Entity(name="Турция"), "Поставки в Турцию растут", ["Турцию"]),
        (Entity(name="Зеленский"), "Встреча Зеленского перенесена", ["Зеленского"]),
        (Entity(name="Mario Draghi"), "Rozmowa z Mario Draghim o banku", ["Mario Draghim"]),
        (Entity(name="Andrzej Duda"), "Wizyta Andrzeja Dudy w Oslo", ["Andrzeja Dudy"]),
        (Entity(name="بوتين"), "لقاء بوتين", ["بوتين"]),
        (Entity(name="東京"), "新東京駅", ["東京"]),
    ],
)
def test_entities_are_found_as_words_in_their_case_and_endings(entity: Entity, headline: str, found: list[str]) -> None:
    language = "de" if "Krieg" in headline else "pl" if "z " in headline or "Wizyta" in headline else None
    assert texts(watching(entity), item(headline, language=language), f"entity:{entity.name}") == found


def test_of_two_entities_the_longer_match_wins() -> None:
    flagger = watching("New York", "New York Times")
    found = {one.flag for one in flagger.flags(item("New York Times opens office"))}
    assert "entity:New York Times" in found
    assert "entity:New York" not in found


def test_a_common_word_at_the_start_is_no_name_when_the_item_writes_it_small() -> None:
    flagger = watching("Turkey")
    assert texts(flagger, item("Turkey prices soar", summary="A frozen turkey costs more."), "entity:Turkey") == []
    assert texts(flagger, item("Turkey prices soar", summary="Shops in Turkey sell turkey."), "entity:Turkey") != []


def test_a_context_word_is_asked_for_where_the_entity_names_one() -> None:
    flagger = watching(Entity(name="Ford", context=("car", "motor")))
    assert texts(flagger, item("Profit falls at Ford"), "entity:Ford") == []
    assert texts(flagger, item("Profit falls at Ford", summary="The car maker …"), "entity:Ford") == ["Ford"]


# --- keywords


@pytest.mark.parametrize(
    ("keyword", "headline", "found"),
    [
        ("ceasefire", "A cease-fire holds", ["cease-fire"]),
        ("ceasefire", "Ceasefires fail", ["Ceasefire"]),
        ("ceasefire", "The ceasefire’s end", ["ceasefire"]),
        ("rate hike", "A rate-hike pause", ["rate-hike"]),
        ("rate hike", "Rate hiked", []),
        ("peace treaty", "Peace treaties signed", ["Peace treaties"]),
        ("tsunami", "Tsunamigenic fault", []),
        ("利上げ", "日銀が利上げへ", ["利上げ"]),
    ],
)
def test_keywords_are_whole_words_with_plural_and_hyphen(keyword: str, headline: str, found: list[str]) -> None:
    assert texts(watching(keywords=(keyword,)), item(headline), f"keyword:{keyword}") == found


@pytest.mark.parametrize("keyword", ["Exclusive", "exclusive", "Breaking", "Live"])
def test_a_keyword_that_names_a_label_means_the_flag(keyword: str) -> None:
    flagger = watching(keywords=(keyword,))
    assert texts(flagger, item("An exclusive club for live breaking acts"), f"keyword:{keyword}") == []
    labelled = item(f"{keyword}: Port sold to fund")
    assert texts(flagger, labelled, f"keyword:{keyword}") == texts(flagger, labelled, keyword.casefold()) != []


# --- sourcing


def test_the_items_own_source_is_not_second_hand() -> None:
    flagger = watching()
    told = item("Minister knew, aide told the BBC", source="BBC News")
    assert not [one for one in flagger.flags(told) if one.flag.startswith("second-hand")]
    linked = item("Minister knew, aide told the BBC", url="https://www.bbc.co.uk/x")
    assert not [one for one in flagger.flags(linked) if one.flag.startswith("second-hand")]


def test_chrome_raises_nothing() -> None:
    read = read_body(item(body="The port was sold.\n\nSee also EXCLUSIVE: Sources say Putin denies ferry bid"))
    assert watching(PUTIN, keywords=("ferry",)).flags(read) == ()


def test_a_denial_in_the_headline_is_not_denied_as_well() -> None:
    of = item("Kremlin denies sending drones", summary="The Kremlin denied any role in it.")
    names = {one.flag for one in watching().flags(of)}
    assert "denial" in names
    assert "denied" not in names


def test_the_seed_story_is_read_as_a_desk_would() -> None:
    path = next(shared("corpora/seed").glob("*.txt"))
    headline, _, body = path.read_text("utf-8").partition("\n")
    read = read_body(item(text.title(headline), body=text.body(body)))
    found = watching(XI, PUTIN, keywords=("Exclusive",)).flags(read)
    names = {one.flag for one in found}
    assert names == {
        "exclusive",
        "keyword:Exclusive",
        "sourced-anonymous",
        "entity:Xi Jinping",
        "entity:Vladimir Putin",
    }
    assert {one.text for one in found if one.flag == "sourced-anonymous"} == {"sources", "people familiar with"}


# --- the rest


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (item("Flash: President resigns", kind="agency"), 0),
        (item("Flash: President resigns"), 1),
        (item("Breaking: Port sold", kind="agency"), 1),
        (item("Breaking: Port sold"), 2),
        (item("Exclusive: Port sold"), 2),
        (item("Port sold"), 3),
        (item("Port sold", kind="press"), 4),
        (item("Putin sells port"), 2),
        (item("Opinion: Keep the port"), 4),
    ],
)
def test_priority_weighs_labels_sources_and_the_watch_list(of: Item, expected: int) -> None:
    flagger = watching(PUTIN)
    assert flagger.priority(of, flagger.flags(of)) == expected


def test_ten_thousand_terms_are_one_search() -> None:
    many = watching(keywords=tuple(f"term{number} word" for number in range(10_000)))
    found = many.flags(item("A term77 word and a term9999 words"))
    assert [one.flag for one in found] == ["keyword:term77 word", "keyword:term9999 word"]


def test_label_flags_name_only_flags_of_the_table() -> None:
    assert len(set(LABEL_FLAGS)) == len(LABEL_FLAGS)


MIXTURE = (
    "Exclusive|:|–|sources|say|Putin|denies|cease-fire|İstanbul|Reuters|reports|live|Xi’s|'|Путина|独家|：|عاجل|(|)|\n"
    "|. |he denied the report|AP|UPDATE 2-|ß"
)
WORDS = st.sampled_from(MIXTURE.split("|"))


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS, max_size=30).map(" ".join))
def test_any_item_is_flagged_without_error_and_spans_are_exact(headline: str, body: str) -> None:
    of = read_body(item(text.title(headline), body=text.body(body) or None))
    for one in watching(XI, PUTIN, keywords=("ceasefire",)).flags(of):
        assert one.text
        assert getattr(of, one.field)[one.start : one.end] == one.text
