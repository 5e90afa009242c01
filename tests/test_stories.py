"""Stories: copies fold, reports join, other events stay apart; the same items always give the same stories."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.shared import shared
from wirewatch.model import Flag, Item, Placed
from wirewatch.stories import Placement, StoryIndex, arrival_order
from wirewatch.stories.normal import normal
from wirewatch.stories.window import SPAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOMENT = 1_678_700_000.0
CONTRAST = [
    json.loads(line)
    for line in Path(__file__).with_name("data").joinpath("contrast.jsonl").read_text("utf-8").splitlines()
]


def item(number: int, headline: str, *, at: float = 0.0, source: str | None = None, **fields: Any) -> Item:
    return Item(id=f"i{number}", source=source or f"Outlet {number}", headline=headline, received=MOMENT + at, **fields)


def place_all(headlines: Iterable[str], index: StoryIndex | None = None) -> list[Placement]:
    index = StoryIndex() if index is None else index
    return [index.place(item(number, headline, at=60.0 * number)) for number, headline in enumerate(headlines)]


def judged(pair: dict[str, str]) -> tuple[Placement, Placement]:
    first, second = place_all([pair["a"], pair["b"]])
    return first, second


def groups(placed: Sequence[tuple[Item, Placement]]) -> set[frozenset[str]]:
    into = {old: kept for _, placement in placed for old, kept in placement.merged}
    found: dict[str, set[str]] = {}
    for member, placement in placed:
        story = placement.story
        while story in into:
            story = into[story]
        found.setdefault(story, set()).add(member.id)
    return {frozenset(members) for members in found.values()}


# --- the contrast set


def test_the_contrast_set_has_every_kind_in_enough_pairs_and_languages() -> None:
    assert len(CONTRAST) >= 200
    assert len({pair["lang"] for pair in CONTRAST}) >= 10
    assert {pair["label"] for pair in CONTRAST} == {"copy", "report", "different"}


def test_at_most_one_in_a_hundred_different_stories_is_folded_as_a_copy() -> None:
    different = [pair for pair in CONTRAST if pair["label"] == "different"]
    folded = [pair for pair in different if judged(pair)[1].copy_of is not None]
    assert len(folded) <= 0.01 * len(different), folded


def test_nine_in_ten_copies_are_found() -> None:
    copies = [pair for pair in CONTRAST if pair["label"] == "copy"]
    missed = [pair for pair in copies if judged(pair)[1].copy_of is None]
    assert len(missed) <= 0.1 * len(copies), missed


def test_three_in_four_reports_of_one_event_are_joined_or_named_as_related() -> None:
    reports = [pair for pair in CONTRAST if pair["label"] == "report"]
    apart = []
    for pair in reports:
        first, second = judged(pair)
        if first.story != second.story and not any(reason.startswith("related") for reason in second.why):
            apart.append(pair)
    assert len(apart) <= 0.25 * len(reports), apart


def test_minimal_pairs_of_the_shared_set_stay_apart_and_same_stories_meet() -> None:
    pairs = read_pairs(shared("corpora/headlines/contrast-dev.ndjson"))
    same = {True: [0, 0], False: [0, 0]}
    for pair in pairs:
        first, second = judged(pair)
        same[pair["label"] == 1][first.story == second.story] += 1
    assert same[False][True] <= 1
    assert same[True][True] >= 0.85 * sum(same[True])


def read_pairs(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


# --- normal forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fed lifts rates by a quarter point", "Fed lifts rates by 25 bps"),
        ("Fed lifts rates by quarter-point", "Fed lifts rates by 25 basis points"),
        ("Firm raises $3.2bn", "Firm raises US$3.2bil"),
        ("Firm raises $3.2 billion", "Firm raises $3,200,000,000"),
        ("Claims rise to 362K", "Claims rise to 362,000"),
        ("Seven die in fire", "7 die in fire"),
        ("Prices up 5 pct", "Prices up 5%"),
        ("Prices up 5 percent", "Prices up 5 per cent"),
        ("U.S. and U.K. agree", "US and UK agree"),
        ("Third minister quits", "3rd minister quits"),
        ("First-quarter profit slips", "Q1 profit slips"),
        ("Two dozen held", "24 held"),
        ("“Labour” wins", "'Labor' wins"),
        ("Zelenskiy arrives", "ZELENSKYY ARRIVES"),
        ("Bank cuts by three quarters of a point", "Bank cuts by 75 bps"),
        ("Half a million march", "500,000 march"),
        ("Firma streicht 2.700 Stellen", "Firma streicht 2700 Stellen"),
        ("Zins steigt um 0,25 Prozentpunkte", "Zins steigt um 25 Basispunkte"),
        ("Le groupe investit 1,5 Md€ au Mali", "Le groupe investit 1,5 milliard d'euros au Mali"),
        ("Le groupe supprime 2 700 postes", "Le groupe supprime 2.700 postes"),
        ("Firm raises R$2.4 trn", "Firm raises 2.4 trillion reais"),
        ("Phase III trial begins", "Phase 3 trial begins"),
        ("The 1,000th shop opens", "The thousandth shop opens"),
        ("Прибыль выросла в 1-м квартале", "Прибыль выросла в первый квартал"),
    ],
)
def test_one_thing_written_two_ways_has_one_normal_form(one: str, other: str) -> None:
    assert normal(one).tokens == normal(other).tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Firm raises $3.2bn", "Firm raises $3.2m"),
        ("Firm raises $3bn", "Firm raises €3bn"),
        ("Rates up 25 bps", "Rates up 25%"),
        ("Vote on Monday", "Vote on Tuesday"),
        ("Sales in May", "Sales in June"),
        ("Q1 profit", "Q2 profit"),
        ("12th package", "13th package"),
        ("Rain of 200 mm", "Rain of 200 inches"),
        ("Zysk w I kwartale", "Zysk w III kwartale"),
        ("Drittes Paket", "Viertes Paket"),
        ("Rates up 10%", "Rates up 10 percentage points"),
        ("King Charles II", "King Charles III"),
    ],
)
def test_two_things_never_share_a_normal_form(one: str, other: str) -> None:
    assert normal(one).tokens != normal(other).tokens


def test_a_headline_of_nothing_but_labels_and_signs_is_placed_all_the_same() -> None:
    for headline in ("", "...", "UPDATE 1-", "— — —", "🚨", "%$€", "a"):
        assert StoryIndex().place(item(1, headline)).role == "lead"


# --- decisions and their reasons


def test_a_copy_points_to_the_first_of_its_text_and_says_why() -> None:
    lead, copy, second = place_all(
        [
            "Exclusive: Port of Sete to be sold - sources",
            "Port of Sete to be sold",
            "Port of Sete to be sold | Daily Post",
        ]
    )
    assert (lead.role, copy.role, second.role) == ("lead", "copy", "copy")
    assert copy.copy_of == second.copy_of == "i0"
    assert copy.story == second.story == "si0"
    assert copy.why
    assert copy.score == 100.0


def test_a_doubtful_match_is_named_as_related_and_not_joined() -> None:
    kyiv, odesa = place_all(
        ["Russia launches overnight drone attack on Kyiv", "Russia launches overnight drone attack on Odesa"]
    )
    assert kyiv.story != odesa.story
    assert odesa.why == ("related to si0: places differ: odesa / kyiv",)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (
            "EU adopts 13th sanctions package against Russia",
            "EU adopts 14th sanctions package against Russia",
            "ordinals",
        ),
        ("Oil rises 2% on supply fears", "Oil falls 2% on supply fears", "opposite"),
        ("Poland will send tanks to Kyiv", "Poland will not send tanks to Kyiv", "only one"),
        ("Kosovo accuses Serbia of border provocation", "Serbia accuses Kosovo of border provocation", "swapped"),
        ("Train drivers to strike on Tuesday", "Train drivers to strike on Friday", "weekdays"),
        ("Samsung Q3 profit jumps on chips", "Samsung Q4 profit jumps on chips", "quarters"),
        ("Latvia approves tram tunnel pilot", "Latvia shelves tram tunnel pilot", "one word for another"),
        ("Saturday's lotto: 3, 9, 14, 22, 31", "Saturday's lotto: 4, 9, 15, 23, 32", "numbers"),
    ],
)
def test_the_veto_says_in_plain_words_what_differs(one: str, other: str, reason: str) -> None:
    second = place_all([one, other])[1]
    assert second.copy_of is None
    assert any(reason in why for why in second.why), second.why


def test_another_body_or_stage_of_a_decision_is_no_copy() -> None:
    assert place_all(["Senate committee approves chip bill", "Senate approves chip bill"])[1].copy_of is None
    assert place_all(["Port mulls sale of grain terminal", "Port sale of grain terminal"])[1].copy_of is None


def test_one_word_in_place_of_another_parts_nobody_from_a_story_that_has_both() -> None:
    headlines = ["Latvia approves tram tunnel pilot", "Riga tram tunnel pilot approved and launched by Latvia"]
    *_, last = place_all([*headlines, "Latvia launches tram tunnel pilot"])
    assert last.story == "si0"


def test_a_growing_toll_is_no_copy_and_stays_in_its_story() -> None:
    first, second = place_all(["Ferry capsizes off Lombok, 12 dead", "Ferry capsizes off Lombok, 31 dead"])
    assert second.copy_of is None
    assert second.story == first.story


def test_a_later_take_of_the_same_source_is_a_version() -> None:
    index = StoryIndex()
    index.place(item(1, "Denmark calls snap election", source="Wire"))
    update = Flag("update:1", "label", "headline", 0, 8, "UPDATE 1")
    take = index.place(item(2, "UPDATE 1-Denmark calls snap election for November", source="Wire", at=60), [update])
    assert take.role == "version"
    assert take.match == "i1"


def test_an_item_placed_again_keeps_its_place() -> None:
    index = StoryIndex()
    first, copy = place_all(["Glacier collapse cuts off Alpine village", "Glacier collapse cuts off village"], index)
    again = index.place(item(1, "Glacier collapse cuts off village", at=60.0))
    assert (again.story, len(index)) == (copy.story, 2)
    assert first.story == copy.story


def test_a_story_ends_72_hours_after_its_last_item() -> None:
    index = StoryIndex()
    headline = "Kenya shuts border post after convoy attack"
    first = index.place(item(1, headline))
    second = index.place(item(2, headline, at=SPAN - 1))
    third = index.place(item(3, headline, at=2 * SPAN - 2))
    late = index.place(item(4, headline, at=3 * SPAN))
    assert first.story == second.story == third.story
    assert late.story == "si4"
    assert len(index) == 1


def test_two_stories_become_one_when_an_item_shows_that_they_are() -> None:
    index = StoryIndex("broad")
    placed = place_all(
        [
            "Blast at Tarragona chemical plant kills worker",
            "Catalan firefighters battle fumes in Tarragona",
            "Tarragona chemical plant blast kills worker as firefighters battle fumes",
            "Firefighters battle fumes after Tarragona chemical plant blast",
        ],
        index,
    )
    merged = [pair for placement in placed for pair in placement.merged]
    assert {placement.story for placement in placed[2:]} == {"si0"}
    assert merged in ([], [("si1", "si0")])


def test_a_new_take_of_an_item_is_what_later_items_are_compared_with() -> None:
    index = StoryIndex()
    index.place(item(1, "Minister to speak at noon"))
    index.retake(item(1, "Transport minister Okada resigns over tunnel collapse"))
    copy = index.place(item(2, "Transport minister Okada resigns over tunnel collapse", at=60.0))
    assert copy.copy_of == "i1"
    other = index.place(item(3, "Minister to speak at noon", at=120.0))
    assert other.copy_of is None


def test_the_seed_story_and_its_followers_are_one_story() -> None:
    lead, copy, paraphrase = place_all(
        [
            "Exclusive: China's Xi plans to visit Russia as soon as next week - sources",
            "EXCLUSIVE-China's Xi plans to visit Russia as soon as next week, sources say",
            "Xi Jinping plans to visit Moscow next week: Reuters",
        ]
    )
    assert copy.role == "copy"
    assert {lead.story, copy.story, paraphrase.story} == {"si0"}


# --- the same input gives the same output

EVENTS = [
    (
        "Volcano erupts near Grindavik",
        "Lava flows towards Grindavik as volcano erupts",
        "Grindavik evacuated after eruption",
    ),
    ("Hapag buys Zim for $4bn", "Hapag-Lloyd to buy Zim", "Zim accepts Hapag offer", "Zim rejects Hapag offer"),
    ("Quake of magnitude 6.1 hits Crete", "Quake of magnitude 5.2 hits Crete", "Crete shaken by 6.1 quake"),
    ("Poland will send tanks to Kyiv", "Poland will not send tanks to Kyiv", "Warsaw to send tanks to Ukraine"),
    ("Air quality alert for Delhi", "Air quality alert for Lahore", "Delhi schools shut as smog thickens"),
]


def stream(seed: int) -> list[Item]:
    chance = random.Random(seed)
    found = []
    for number in range(60):
        headline = chance.choice(chance.choice(EVENTS))
        if chance.random() < 0.3:
            headline = f"UPDATE {chance.randint(1, 3)}-{headline}"
        at = round(chance.random() * 1.6 * SPAN / 3600) * 3600.0
        found.append(item(number, headline, at=at, source=f"Outlet {chance.randint(1, 9)}"))
    return sorted(found, key=arrival_order)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 59))
@example(seed=399, cut=55)  # merged with the item's own story, a story was named as related as well
def test_a_restart_in_the_middle_changes_nothing(seed: int, cut: int) -> None:
    items = stream(seed)
    index = StoryIndex()
    whole = [(member, index.place(member)) for member in items]
    into = {old: kept for _, placement in whole[:cut] for old, kept in placement.merged}
    rebuilt = StoryIndex()
    for member, placement in whole[:cut]:
        if member.received < items[cut - 1].received - SPAN:
            continue
        story = placement.story
        while story in into:
            story = into[story]
        rebuilt.load(Placed(member, story, placement.role, copy_of=placement.copy_of))
    assert [rebuilt.place(member) for member in items[cut:]] == [placement for _, placement in whole[cut:]]


def test_two_stories_of_one_size_are_as_alike_in_a_rebuilt_index_whose_first_items_are_gone() -> None:
    rows = [
        (0.0, "Volcano erupts near Reykjavik, airport closed"),
        (60.0, "Glacier melts above Grindavik, harbour flooded by melting water"),
        (120.0, "Volcano erupts near Reykjavik, flights cancelled as airport closed"),
        (SPAN + 30.0, "Senate passes budget"),
    ]
    items = [item(number, headline, at=at, source=f"Outlet {number}") for number, (at, headline) in enumerate(rows)]
    running, rebuilt = StoryIndex(), StoryIndex()
    placed = [Placed(member, running.place(member).story, "report") for member in items]
    for one in placed[1:]:
        rebuilt.load(one)
    assert placed[0].story == placed[2].story != placed[1].story
    found = []
    for index in (running, rebuilt):
        index.scales.preset = index.preset._replace(merged_least=1.0)
        clusters = [index.window.named(one.story) for one in placed[1:3]]
        found.append(index.scales.alike(*clusters, 0.0))
    assert found[0] == found[1]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_equal_times_changes_no_grouping(seed: int) -> None:
    items = stream(seed)
    shuffled = sorted(random.Random(seed).sample(items, len(items)), key=arrival_order)
    one, other = StoryIndex(), StoryIndex()
    assert groups([(member, one.place(member)) for member in items]) == groups(
        [(member, other.place(member)) for member in shuffled]
    )


def test_rebuilding_far_more_than_the_window_gives_expired_room_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirewatch.stories.window.SPENT", 50)
    index = StoryIndex()
    for number in range(400):
        index.place(item(number, f"Ship {number} leaves Rotterdam port", at=number * 3600.0))
    assert len(index) <= SPAN / 3600 + 1
    assert len(index.window.when) <= len(index) + 2 * 51 + SPAN / 3600
    last = index.place(item(400, "Ship 399 leaves Rotterdam port", at=400 * 3600.0))
    assert last.copy_of == "i399"


def test_one_item_reads_a_bounded_number_of_postings(monkeypatch: pytest.MonkeyPatch) -> None:
    index = StoryIndex()
    for number in range(3000):
        index.place(item(number, f"Port of Antwerp sees crane {number} fail", at=float(number)))
    near = index.window.nearest(index.window.numbers(normal("Port of Antwerp crane").tokens), 5000)
    assert 0 < len(near) <= 1000


def test_the_structs_of_a_placement_are_what_the_store_keeps() -> None:
    placement = place_all(["Harbour reopens"])[0]
    assert msgspec.json.encode(placement)


BODY = """The port authority of Sete said on Monday it had found a buyer for its grain terminal after a year of talks.
The buyer, a Rotterdam grain trader, will pay 40 million euros and keep all 120 dockers, people close to the talks said.
Unions had threatened to strike over the sale in May, when a first bidder withdrew without giving reasons.
A spokesman for the trader said he could not comment on talks that were still going on."""
CHROME = "Home News Sport\n\nSubscribe to our newsletter today\n\n"


def test_a_republished_body_under_a_new_headline_is_a_copy() -> None:
    index = StoryIndex()
    index.place(item(1, "Exclusive: Sete grain terminal to be sold - sources", body=BODY))
    copy = index.place(
        item(2, "French dockers keep jobs in harbour deal", at=60, body=CHROME + BODY + "\n\nLeave a Reply")
    )
    assert copy.copy_of == "i1"
    assert copy.why == ("4 sentences of the same text",)


def test_a_body_set_in_lines_is_the_same_text() -> None:
    index = StoryIndex()
    index.place(item(1, "Exclusive: Sete grain terminal to be sold - sources", body=BODY))
    wrapped = re.sub(r"(.{40,60}) ", r"\1\n", BODY)
    assert index.place(item(2, "French dockers keep jobs in harbour deal", at=60, body=wrapped)).copy_of == "i1"


def test_half_a_text_is_a_copy_where_it_credits_whom_it_has_it_from() -> None:
    lines = BODY.split("\n")
    own = ["Local politicians told this newspaper that they had heard nothing of a sale of the terminal before Monday."]
    own += ["The mayor said she would ask for a meeting with the port authority and the ministry in Paris this week."]
    half = "\n".join([*lines[:2], *own])
    for credit, copy in ((None, None), ("Reuters", "i1")):
        index = StoryIndex()
        index.place(item(1, "Exclusive: Sete grain terminal to be sold - sources", source="Reuters World", body=BODY))
        placed = index.place(item(2, "Mayor in the dark on harbour deal", at=60, body=half, credit=credit))
        assert (placed.copy_of, placed.story) == (copy, "si1")


def test_the_only_sentence_of_a_brief_is_a_copy_within_its_story_and_furniture_outside() -> None:
    index = StoryIndex()
    index.place(item(1, "Exclusive: Sete grain terminal to be sold - sources", body=BODY))
    brief = BODY.split("\n")[0]
    assert index.place(item(2, "French dockers: terminal has a buyer", at=60, body=brief)).copy_of == "i1"
    assert index.place(item(3, "Tennis: Okafor out in first round", at=90, body=brief)).copy_of is None


def test_the_same_body_under_a_contrary_headline_is_no_copy() -> None:
    index = StoryIndex()
    index.place(item(1, "Sete port to sell grain terminal", body=BODY))
    assert index.place(item(2, "Sete port not to sell grain terminal", at=60, body=BODY)).copy_of is None


def test_summaries_that_tell_of_one_event_join_what_headlines_leave_in_doubt() -> None:
    summary = (
        "Sete's port authority has found a buyer for its grain terminal, a Rotterdam trader who keeps all dockers."
    )
    other = "A Rotterdam trader is the buyer of the grain terminal at Sete; the port authority says all dockers stay."
    headlines = "Terminal sale ends a year of doubt in Sete", "Sete dockers relieved"
    apart = [StoryIndex().place(item(1, headlines[0])), StoryIndex().place(item(2, headlines[1], at=60))]
    assert apart[0].story != apart[1].story
    index = StoryIndex()
    first = index.place(item(1, headlines[0], summary=summary))
    second = index.place(item(2, headlines[1], at=60, summary=other))
    assert first.story == second.story


# --- a week of one name: what summaries must bear out

WEEK = [
    ("Li Qiang named premier of China", "China's parliament voted Xi ally Li Qiang in as premier on Saturday."),
    ("China's Xi vows to build great wall of steel", "Xi Jinping told delegates the army must be a wall of steel."),
    ("Biden expects call with China's Xi", "The White House said the president would soon speak with Xi Jinping."),
    ("China's Xi retains central bank head", "Xi Jinping's surprise move keeps Yi Gang as governor of the bank."),
    ("Xi's China mediates between Iran and Saudis", "Tehran and Riyadh restore ties after talks in Beijing."),
]


def test_a_person_and_a_country_in_the_news_all_week_chain_no_stories() -> None:
    index = StoryIndex()
    placements = [
        index.place(item(number, headline, at=600.0 * number, summary=summary))
        for number, (headline, summary) in enumerate(WEEK)
    ]
    assert len({placement.story for placement in placements}) == len(WEEK)
    report = index.place(
        item(
            9,
            "'Great wall of steel': Xi sets out goal for China's army",
            at=6000.0,
            summary="In a speech to delegates Xi Jinping said the army must become a great wall of steel.",
        )
    )
    assert report.story == "si1"


@pytest.mark.parametrize(
    "headline",
    [
        "Ukraine Latest: Port of Odesa reopens as grain convoy sails",
        "JANE DOE: Port of Odesa reopens and the grain convoy sails",
        "Port of Odesa reopens as grain convoy sails – live",
        "Watch: Port of Odesa reopens as grain convoy sails for Egypt",
        "Letters: Port of Odesa reopens as grain convoy sails",
        "Port of Odesa reopens and grain convoy sails. Will ships reach Egypt?",
        "What to know as the port of Odesa reopens and a grain convoy sails",
    ],
)
def test_round_ups_and_columns_join_no_story_and_are_no_bridge(headline: str) -> None:
    summary = "The port of Odesa reopened on Monday and a convoy of grain ships sailed for Egypt."
    index = StoryIndex()
    index.place(item(1, "Port of Odesa reopens, first grain convoy sails", summary=summary))
    aside = index.place(item(2, headline, at=60.0, summary=summary))
    assert (aside.story, aside.role) == ("si2", "lead")
    assert aside.why[0].startswith("related to si1")
    alone = StoryIndex()
    alone.place(item(1, headline, summary=summary))
    assert alone.place(item(2, "Grain convoy sails from Odesa port", at=60.0, summary=summary)).story == "si2"


def test_a_short_headline_is_no_copy_of_a_long_one_that_tells_far_more() -> None:
    long = (
        "Regulators close Harbour Bank after run on deposits as insurers weigh losses and ministers call crisis meeting"
    )
    summary = "Depositors queued on Friday."
    index = StoryIndex()
    index.place(item(1, long, summary=summary))
    assert index.place(item(2, "Regulators close Harbour Bank", at=60.0, summary=summary)).copy_of is None


CONTRASTED = """
from wirewatch.stories.normal import normal
from wirewatch.stories.contrast import Contrast
one = normal("Lena Aune, Karl Holm and Ida Strand meet; Lena Aune, Karl Holm and Ida Strand sign")
other = normal("Lena Aune, Karl Holm and Ida Strand meet Obama and sign")
print(list(Contrast(one, other).left))
"""


def test_what_is_found_to_differ_doesnt_hang_on_how_python_hashes_in_a_run() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", CONTRASTED],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "123456"
    }
    assert found == {b"['lena', 'aune', 'karl', 'holm', 'ida', 'strand']\n"}


def test_a_question_is_no_copy_of_what_tells() -> None:
    told, asked, again = place_all(
        [
            "Watch: ICC announces arrest warrant for Vladimir Putin",
            "The ICC has issued a warrant for Vladimir Putin. Will he actually be arrested?",
            "The ICC has issued a warrant for Vladimir Putin. Will he actually be arrested? - Daily News",
        ]
    )
    assert told.copy_of is None
    assert asked.copy_of is None
    assert again.copy_of is not None


def test_of_two_roundups_that_differ_none_is_a_copy() -> None:
    texts = ["Ukraine: key events of the last hours", "Ukraine fights: key events of the last hours"]
    index = StoryIndex()
    placed = [
        index.place(item(number, headline, at=number * 3600.0, source=f"Outlet {number}", summary=f"Told by {number}."))
        for number, headline in enumerate([*texts, texts[1]])
    ]
    assert [one.copy_of is None for one in placed] == [True, True, False]
