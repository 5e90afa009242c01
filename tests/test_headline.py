from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from wirewatch import text
from wirewatch.headline import bare, labels, level, read_body
from wirewatch.headline.chrome import is_chrome
from wirewatch.headline.datelines import dateline
from wirewatch.headline.language import guess
from wirewatch.headline.outlets import outlet_named, own_outlets
from wirewatch.headline.tables import table
from wirewatch.model import Item


def item(**fields: object) -> Item:
    return Item(**({"id": "i", "source": "Harbour Post", "headline": "Port sold to fund", "received": 0.0} | fields))  # type: ignore[arg-type]


# --- labels


@pytest.mark.parametrize(
    ("headline", "kind", "flags"),
    [
        ("CORRECTED-UPDATE 2-EXCLUSIVE-Lender to cut posts", "agency", ["correction", "update:2", "exclusive"]),
        ("Exclusive-Lender to cut posts", "web", ["exclusive"]),
        ("Live-caption glasses help the deaf", "web", []),
        ("(EXCLUSIVE) Lender to cut posts", "web", ["exclusive"]),
        ("Lender to cut posts – Exclusive | Reuters", "web", ["exclusive"]),
        ("Lender to cut posts before vote VIDEO", "web", ["video"]),
        ("WATCH LIVE: Chancellor speaks", "web", ["video", "live"]),
        ("How foxes live: a winter diary", "web", []),
        ("The long view on interest rates", "web", []),
        ("The Herald view on ferries: sail on", "web", ["opinion"]),
        ("Story withdrawn: Tanker off Piraeus", "agency", ["kill"]),
        ("RÜCKRUF: Salmonellen im Käse der Marke Nord", "web", ["kill"]),
        ("Rückruf: Salmonellen im Käse der Marke Nord", "web", []),
        ("Exclusive", "web", ["exclusive"]),
        ("", "web", []),
    ],
)
def test_labels_are_found_where_they_stand_apart(headline: str, kind: str, flags: list[str]) -> None:
    found = labels(headline, None, kind)
    assert [one.flag for one in found] == flags
    assert all(headline[one.start : one.end] == one.text for one in found)


def test_a_word_means_what_it_means_in_the_items_language() -> None:
    assert [one.flag for one in labels("Tribune : Laissez naviguer les ferries", "fr")] == ["opinion"]
    assert labels("Tribune: Cubs name new pitching coach", "en") == []


def test_slugs_carry_labels() -> None:
    found = labels("Stocks slip", slug="GLOBAL-MARKETS/ (WRAPUP 1)")
    assert [(one.flag, one.field, one.text) for one in found] == [("wrapup", "slug", "(WRAPUP 1)")]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("EXCLUSIVE exclusive:–-|[]()【】+#'\"Update 2live –")), max_size=60))
def test_any_headline_is_read_without_error_and_labels_never_overlap(headline: str) -> None:
    found = labels(text.title(headline))
    assert all(one.text for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


# --- bare


@pytest.mark.parametrize(
    ("headline", "sentence"),
    [
        ("Exclusive: Rail group nears deal – sources", "Rail group nears deal"),
        ("UPDATE 3-Rail group nears deal -WSJ", "Rail group nears deal"),
        ("Rail Group Nears Deal, Reuters Reports", "Rail Group Nears Deal"),
        ("Rail group nears deal | The Guardian", "Rail group nears deal"),
        ("Rail group nears deal - Leeds Evening Post", "Rail group nears deal"),
        ("Rail group nears deal - example.com", "Rail group nears deal"),
        ("Rail group nears deal | Maria Lund", "Rail group nears deal"),
        ("Rail group nears deal (VIDEO)", "Rail group nears deal"),
        ("Rail group nears deal: report", "Rail group nears deal"),
        ("[BREAKING] Rail group nears deal", "Rail group nears deal"),
        ("Rail group nears deal - for now", "Rail group nears deal - for now"),
        ("Bats named as COVID-19 Source", "Bats named as COVID-19 Source"),
        ("【独自】港湾会社が売却へ", "港湾会社が売却へ"),
        ("Reuters", "Reuters"),
        ("Exclusive", "Exclusive"),
    ],
)
def test_the_bare_sentence_is_what_two_outlets_share(headline: str, sentence: str) -> None:
    assert bare(headline) == sentence


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80).map(text.title))
def test_a_bare_headline_is_part_of_the_headline_and_never_lost(headline: str) -> None:
    assert bare(headline) in headline
    assert bool(bare(headline)) == bool(headline)


# --- datelines


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("HONG KONG/BEIJING, March 13 (Reuters) - The port", "HONG KONG/BEIJING", "Reuters"),
        ("(Reuters) – The port", None, "Reuters"),
        ("LONDON (Reuters) - The port", "LONDON", "Reuters"),
        ("BUENOS AIRES, Argentina (AP) — The port", "BUENOS AIRES, Argentina", "AP"),
        ("ATLANTA (AP) _ The port", "ATLANTA", "AP"),
        ("STOCKHOLM, Aug 29, 2014 (AFP) - The port", "STOCKHOLM", "AFP"),
        ("PARIS, 14 mars (AFP) - Le port", "PARIS", "AFP"),
        ("Berlin (dpa) - Der Hafen", "Berlin", "dpa"),
        ("Berlin (dpa/tmn) - Der Hafen", "Berlin", "dpa"),
        ("MOSCOW, January 21. /TASS/. The port", "MOSCOW", "TASS"),
        ("МОСКВА, 14 марта. /ТАСС/. Порт", "МОСКВА", "TASS"),
        ("МОСКВА, 30 сен - РИА Новости. Порт", "МОСКВА", "RIA Novosti"),
        ("SAITAMA, Japan, Dec. 9 Kyodo - The port", "SAITAMA, Japan", "Kyodo"),
        ("BEIJING, March 14 (Xinhua) -- The port", "BEIJING", "Xinhua"),
        ("SEOUL, Jan. 4 (Yonhap) -- The port", "SEOUL", "Yonhap"),
        ("Madrid, 14 mar (EFE).- El puerto", "Madrid", "EFE"),
        ("(ANSA) - ROMA, 14 MAR - Il porto", "ROMA", "ANSA"),
        ("New Delhi, Mar 14 (PTI) The port", "New Delhi", "PTI"),
        ("NEW YORK, March 14, 2023 /PRNewswire/ -- The port", "NEW YORK", "PR Newswire"),
        ("CALGARY, Alberta, Dec. 03, 2019 (GLOBE NEWSWIRE) -- The port", "CALGARY, Alberta", "GlobeNewswire"),
        ("SAN FRANCISCO--(BUSINESS WIRE)--The port", "SAN FRANCISCO", "Business Wire"),
        ("新华社北京3月13日电 港口", "北京", "Xinhua"),
        ("LONDON, March 13 - The port", "LONDON", None),
        ("WASHINGTON — The port", "WASHINGTON", None),
    ],
)
def test_datelines_of_agencies_and_release_wires(opening: str, place: str | None, agency: str | None) -> None:
    found = dateline(opening)
    assert found is not None
    assert (found.place, found.agency) == (place, agency)
    assert opening.startswith(found.text)
    assert opening[found.end :] in ("The port", "Le port", "Der Hafen", "Порт", "El puerto", "Il porto", "港口")


@pytest.mark.parametrize(
    "opening",
    [
        "The port was sold (Reuters reported it first) - and nobody noticed.",
        "NATO — the alliance of 31 states — met on Monday.",
        "In London, March 13 was cold.",
        "Reuters was told that the port is sold.",
        "",
    ],
)
def test_sentences_are_no_datelines(opening: str) -> None:
    assert dateline(opening) is None


def test_every_dateline_of_the_table_reads_its_own_example() -> None:
    for row in table("datelines")["dateline"]:
        assert dateline(f"{row['example']}The port") is not None, row["example"]


# --- reading a text


def test_opening_and_end_of_an_agency_text_are_taken_out() -> None:
    read = read_body(
        item(
            body="(Adds quotes, background)\n\nBy Ana Lund and Piet Maas\n\n"
            "OSLO, March 13 (Reuters) - The port was sold.\n\n"
            "Nobody objected. ($1 = 0.95 euros)\n\n(Reporting by Ana Lund and Piet Maas; Editing by Jo Berg)\n\n"
            "Our Standards: The Thomson Reuters Trust Principles."
        )
    )
    assert read.body == "The port was sold.\n\nNobody objected."
    assert read.dateline == "OSLO, March 13 (Reuters) -"
    assert (read.place, read.credit, read.byline) == ("OSLO", "Reuters", "Ana Lund and Piet Maas")
    assert read.ednote == "Adds quotes, background"


def test_names_come_from_the_sign_off_where_no_line_gives_them() -> None:
    read = read_body(item(body="(Reuters) - The port was sold. (Reporting by Ana Lund; Editing by Jo Berg)"))
    assert (read.body, read.byline, read.credit) == ("The port was sold.", "Ana Lund", "Reuters")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ana Lund, Associated Press", "Ana Lund"),
        ("By Ana Lund and Piet Maas", "Ana Lund and Piet Maas"),
        ("Von Anna Lund, dpa", "Anna Lund"),
        ("Par Anne Lund et Pierre Maas", "Anne Lund et Pierre Maas"),
        ("BY ANA LUND", "ANA LUND"),
        ("Reporting by Ana Lund in Oslo and Piet Maas in Bergen; Editing by Jo Berg", "Ana Lund and Piet Maas"),
        ("reporting by newsrooms in Oslo and Bergen; Editing by Jo Berg", None),
    ],
)
def test_a_byline_is_people_only(line: str, names: str | None) -> None:
    read = read_body(item(body=f"{line}\n\nThe port was sold."))
    assert (read.byline, read.body) == (names, "The port was sold.")


def test_what_the_input_says_is_kept() -> None:
    read = read_body(
        item(body="By Ana Lund\n\nOSLO (AP) — The port was sold.", byline="A. Lund", credit="Agency", place="Oslo")
    )
    assert (read.byline, read.credit, read.place, read.body) == ("A. Lund", "Agency", "Oslo", "The port was sold.")


def test_a_mere_mention_is_no_credit() -> None:
    assert read_body(item(body="The port was sold, Reuters reported.\n\nAP had no details.")).credit is None


@pytest.mark.parametrize(
    ("last", "credit"),
    [
        ("bur-jmb/gc", None),
        ("- 0 -", None),
        ("-30-", None),
        ("###", None),
        ("ENDS", None),
        ("((ana.lund@thomsonreuters.com; +47 22 000 000))", "Reuters"),
        ("Copyright 2023 The Associated Press. All rights reserved.", "AP"),
        ("___ Associated Press writer Jo Berg in Bergen contributed to this report.", "AP"),
        ("© dpa-infocom, dpa:230313-99-931/3", "dpa"),
        ("___\n\nJo Berg in Bergen contributed to this report.", None),
        ("Media contact: press@northgate.example, +47 22 00 00 00", None),
    ],
)
def test_end_marks_initials_contacts_and_rights_are_cut(last: str, credit: str | None) -> None:
    read = read_body(item(body=f"The port was sold.\n\n{last}"))
    assert (read.body, read.credit) == ("The port was sold.", credit)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("(Adds quotes)", "Adds quotes"),
        ("(Corrects year to 2028)", "Corrects year to 2028"),
        ("(ATTN: UPDATES with minister's remarks in paras 3-5)", "ATTN: UPDATES with minister's remarks in paras 3-5"),
    ],
)
def test_an_advisory_line_becomes_the_ednote(line: str, note: str) -> None:
    read = read_body(item(body=f"{line}\n\nThe port was sold."))
    assert (read.body, read.ednote) == ("The port was sold.", note)


@pytest.mark.parametrize(
    "line",
    [
        "Latest updates",
        "View 2 more stories",
        "See also  Parliament to vote on ferry bill next week",
        "Read more: Ferry bill goes to committee",
        "Read more",
        "Related articles",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Share this:",
        "Facebook Twitter WhatsApp Email",
        "Sign up for our morning newsletter",
        "Subscribe to our newsletter for daily stories",
        "Follow us on Telegram",
        "Advertisement",
        "Story continues below advertisement",
        "This website uses cookies to improve your experience.",
        "The post Port sold to fund appeared first on Harbour Post.",
        "Czytaj także: Prom wrócił na trasę",
        "Lesen Sie auch: Fähre fährt wieder",
        "À lire aussi : Le ferry reprend la mer",
        "Читайте также: Паром снова ходит",
        "Save my name, email, and website in this browser for the next time I comment.",
    ],
)
def test_lines_of_the_page_are_cut_also_from_the_middle(line: str) -> None:
    read = read_body(item(body=f"The port was sold.\n\n{line}\n\nNobody objected."))
    assert read.body == "The port was sold.\n\nNobody objected."


@pytest.mark.parametrize(
    "line",
    [
        "Read more slowly, the ruling says something else.",
        "See also the ruling of 1998, which the court quoted.",
        "Related costs rose by 3 percent.",
        "Subscribers paid more for their newsletter last year.",
        "Share prices fell.",
        "Sign up for the newsletter, the minister told voters.",
        "Comments by the chairman unsettled investors.",
        "Latest updates to the plan foresee two new piers.",
        "Watch the harbour closely, the captain said.",
        "Email traffic doubled, the firm said.",
        "Advertisement spending fell by a tenth.",
        "More on this was expected on Tuesday.",
        "Trending topics were removed, the company said.",
        "Follow us, the guide shouted.",
        "watch - people on the pier were told to leave",
        "Environmental Protection Agency (EPA) Administrator Lund resigned.",
        "Updated figures show growth of 3 percent.",
        "Published by a small press, the book sold 9,000 copies.",
        "Published by Meridian Books, 2019",
        "Video by the crew shows the crane fall.",
        "Posted on a border bridge, soldiers wait for orders.",
        "Tagged whales crossed the bay in June.",
        "More from the sale is expected in autumn.",
        "You might like the new ferry, the mayor joked.",
        "Next story on the agenda was the budget.",
        "Get our alerts right, the inspector wrote.",
        "Compartir la carga es la meta del plan.",
        "Lire la suite du rapport prend une heure.",
        "Partager les coûts reste la règle.",
        "Reklama piwa będzie zakazana.",
        "Condividi il peso, disse il capo.",
        "Assine o acordo, pediu o ministro.",
    ],
)
def test_sentences_that_begin_alike_stay(line: str) -> None:
    body = f"The port was sold.\n\n{line}\n\nNobody objected."
    assert read_body(item(body=body)).body == body
    assert not is_chrome(line)


def test_titles_listed_under_a_heading_of_the_page_go_with_it() -> None:
    read = read_body(
        item(
            body="The port was sold.\n\nRelated stories\n\nFerry bill goes to vote\n\n"
            "Piers to be rebuilt\n\nNobody objected."
        )
    )
    assert read.body == "The port was sold.\n\nNobody objected."


def test_a_summary_of_chrome_alone_is_none() -> None:
    assert read_body(item(summary="Read more")).summary is None
    assert (
        read_body(item(summary="Port sold.\nThe post Port sold appeared first on Harbour Post.")).summary
        == "Port sold."
    )


def test_reading_twice_changes_nothing_more() -> None:
    once = read_body(item(body="OSLO, March 13 (Reuters) - The port was sold.\n\nRead more\n\nbur/jm"))
    assert read_body(once) == once


def test_the_seed_document_comes_out_clean() -> None:
    path = next(shared("corpora/seed").glob("*.txt"))
    headline, _, body = path.read_text("utf-8").partition("\n")
    read = read_body(item(headline=text.title(headline), body=text.body(body)))
    assert (read.dateline, read.place, read.credit) == ("(Reuters) –", None, "Reuters")
    assert read.body is not None
    assert read.body.startswith("Chinese President Xi Jinping plans")
    assert read.body.endswith("precedent-breaking third term.")
    for chrome in (
        "Latest updates",
        "View 2 more",
        "See also",
        "Leave a Reply",
        "email address",
        "Trust Principles",
        "Editing",
    ):
        assert chrome not in read.body
    assert "No other details were immediately available." in read.body
    assert text.is_clean(read.body, multiline=True)


# --- level, outlets, language


@pytest.mark.parametrize(
    ("headline", "urgency", "expected"),
    [
        ("Flash: President resigns", None, 0),
        ("Correction: Ferry item", None, 1),
        ("Exclusive: Port sold", None, 2),
        ("Port sold", None, 3),
        ("Port sold", 1, 0),
        ("Port sold", 5, 4),
        ("Opinion: Keep the port", 3, 4),
        ("Exclusive: Port sold", 2, 1),
    ],
)
def test_level_follows_labels_and_urgency(headline: str, urgency: int | None, expected: int) -> None:
    assert level(item(headline=headline, urgency=urgency), labels(headline)) == expected


def test_outlets_are_known_by_all_their_names_and_hosts() -> None:
    assert outlet_named("the wall street journal").name == "Wall Street Journal"  # type: ignore[union-attr]
    assert outlet_named("WSJ").name == "Wall Street Journal"  # type: ignore[union-attr]
    assert outlet_named("Harbour Post") is None
    assert own_outlets("Reuters World", None, None) == {"Reuters"}
    assert own_outlets("news", "www.ft.com", "AP") == {"Financial Times", "AP"}


@pytest.mark.parametrize(
    ("headline", "language"),
    [
        ("The port was sold to a fund in Oslo", "en"),
        ("Der Hafen wird an einen Fonds verkauft", "de"),
        ("Le port est vendu à un fonds norvégien", "fr"),
        ("El puerto fue vendido a un fondo por la ciudad", "es"),
        ("Port został sprzedany za miliard złotych", "pl"),
        ("Порт продан фонду", "ru"),
        ("Порт продано фонду, її ціна", "uk"),
        ("港口出售", "zh"),
        ("港を売却へ", "ja"),
        ("بيع الميناء", "ar"),
        ("Xi Putin Moscow", ""),
    ],
)
def test_a_language_is_guessed_where_none_is_given(headline: str, language: str) -> None:
    assert guess(headline) == language


def test_an_agency_nobody_has_heard_of_is_credited_by_its_dateline() -> None:
    read = read_body(
        Item(
            id="1",
            source="Harbour News",
            headline="Dykes hold",
            received=0.0,
            body="PORT ALVA, March 13 (Norland Wire) - The dykes held overnight.\n\n"
            "(Reporting by Ida Solheim; Editing by A. Moe)",
        )
    )
    assert (read.dateline, read.place, read.credit) == (
        "PORT ALVA, March 13 (Norland Wire) -",
        "PORT ALVA",
        "Norland Wire",
    )
    assert read.body == "The dykes held overnight."
    assert read.byline == "Ida Solheim"
