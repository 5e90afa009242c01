"""What finding flags costs, counted: no pattern is compiled or run on a text that hasn't what the pattern needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_flags_labelled import CASES
from wirewatch import ladder
from wirewatch.config.settings import Watch
from wirewatch.flags import Flagger, edges, sourcing
from wirewatch.flags.needs import needed
from wirewatch.flags.phrases import Phrase, possible, rows, table
from wirewatch.headline import language as languages
from wirewatch.headline.labels import labels, opening_labels, scan
from wirewatch.headline.letters import folded, in_capitals, lead, small_letters
from wirewatch.headline.tables import table as headline_table
from wirewatch.headline.words import may_say, words_of
from wirewatch.model import Item, Placed
from wirewatch.stories.summary import LEAST_CASED, SMALL_SHARE, _bare_alert, summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADLINE = "Kessel dam fails inspection as river rises"
SUMMARY = "Engineers found cracks in two of the seven gates, the ministry wrote on Monday."
TONGUES = ("", "en", "fr", "de", "es", "it", "pt", "pl", "ru", "uk", "zh", "ja", "ko", "ar", "tr", "fa", "sv", "nl")
TEXTS = sorted({case[field] for case in CASES for field in ("headline", "summary", "body") if case.get(field)})


def item(headline: str = HEADLINE, **fields: object) -> Item:
    return Item(**({"id": "i", "source": "Varn Daily", "headline": headline, "received": 1_000.0} | fields))  # type: ignore[arg-type]


def all_rows() -> Iterator[Phrase]:
    for section in ("anonymous", "second_hand", "denial"):
        for part in ("headline", "text"):
            for language in table()[section][part]:
                yield from rows(section, part, language)
    for language in table()["embargo"]:
        yield from rows("embargo", "", language)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?P<hit>dementiert)\b", {"dementiert"}),
        (r"sources?\ssay", {"source"}),
        (r"(?:insiders?|Quellen)\s(?:say|sagen)", {"insider", "quellen"}),
        (r"(?:rumou?rs?)?\sbaseless", {"baseless"}),
        (r"(?:rumours){0,2}\sfake", {"fake"}),
        (r"(?:rumours)+\sfake", {"rumours"}),
        (r"(?<!not\s)(?=official)denied", {"denied"}),
        (r"[Ss]ources|(?i:Kreise)", {"ources", "kreise"}),
        (r"it\x27s\.over", {"it's.over"}),
        (r"知情人士", {"知情人士"}),
        (r"(?:据|称)", {"据", "称"}),
        (r"\bno\b|denied", None),
        (r"\w+\s(?:denied)?", None),
        (r"[|)]denied[(]", {"denied"}),
    ],
)
def test_what_a_pattern_needs_is_read_off_it(pattern: str, words: set[str] | None) -> None:
    found = needed(pattern)
    assert (None if found is None else set(found)) == words


def test_no_row_finds_anything_where_none_of_the_words_stands_that_it_needs() -> None:
    texts = [*TEXTS, *map(str.upper, TEXTS), *(text.replace("s", "ſ").replace("i", "İ") for text in TEXTS)]
    texts = [text.replace("Reuters", "\U00010001" * 7).replace("BBC", "\U00010000" * 3) for text in texts]
    small = [folded(text) for text in texts]
    met = 0
    for phrase in all_rows():
        for text, low in zip(texts, small, strict=True):
            if phrase.needs is not None and not any(word in low for word in phrase.needs):
                assert not phrase.pattern.search(text), (phrase.pattern.pattern, phrase.needs, text)
            else:
                met += 1
    assert met * 10 < len(texts) * len([*all_rows()])


def test_nearly_every_row_that_names_no_outlet_needs_a_word() -> None:
    without = [phrase for phrase in all_rows() if phrase.needs is None and not phrase.outlet]
    assert len(without) <= 5


def test_rows_are_written_in_what_their_needs_are_read_from() -> None:
    unread = re.compile(r"\(\?(?![:=!]|<[=!]|P<|[a-z-]+:)|\\[uUN0-9]|\(\?P[=>]")
    filled = [phrase._filled for phrase in all_rows()]
    assert [row for row in filled if unread.search(row)] == []


def test_letters_that_patterns_take_for_one_are_folded_into_one() -> None:
    known = {char for phrase in all_rows() for word in phrase.needs or () for char in word}
    known |= {
        char for row in headline_table("labels")["label"] for words in row["words"].values() for char in str(words)
    }
    every = "".join(chr(code) for code in range(0x3000) if chr(code).isalpha()) + "\ufb05\ufb06\u212a\u212b"
    for char in known:
        for twin in re.findall(re.escape(char), every, re.IGNORECASE):
            assert folded(twin) == folded(char)


# --- counted


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[Phrase]:
    """The rows whose patterns were asked for."""
    asked: list[Phrase] = []

    def pattern(phrase: Phrase) -> re.Pattern[str]:
        asked.append(phrase)
        return re.compile(phrase._filled, re.IGNORECASE)

    monkeypatch.setattr(Phrase, "pattern", property(pattern))
    return asked


@pytest.mark.parametrize("language", ["en", "pl", "ru"])
def test_an_item_that_speaks_of_no_source_runs_no_pattern(run: list[Phrase], language: str) -> None:
    assert Flagger(Watch()).flags(item(summary=SUMMARY, body=SUMMARY, language=language)) == ()
    assert run == []


def test_an_item_that_does_runs_those_that_it_has_the_words_for(run: list[Phrase]) -> None:
    found = Flagger(Watch()).flags(item(summary="Cracks were found, according to sources.", language="en"))
    assert [one.flag for one in found] == ["sourced-anonymous"]
    assert 0 < len(run) <= 12


def test_an_embargo_is_looked_for_where_one_of_its_words_stands() -> None:
    assert not possible("embargo", HEADLINE)
    assert possible("embargo", "EMBARGO: midnight")
    assert possible("embargo", "Sperrfrist 18 Uhr")


def test_no_label_pattern_is_compiled_for_a_headline_that_begins_and_ends_like_none() -> None:
    words_of.cache_clear()
    scan("Kessel dam fails inspection - again | river rises", "sv")
    assert words_of("sv")._patterns == {}
    assert labels("Exclusive: dam fails inspection", "sv")
    (compiled,) = words_of("sv")._patterns.values()
    assert compiled.pattern.count("|") < 10


def test_the_language_of_a_headline_and_its_summary_is_guessed_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    guessed: list[str] = []
    guess = languages.guess
    monkeypatch.setattr(languages, "guess", lambda text: guessed.append(text) or guess(text))  # type: ignore[func-returns-value]
    Flagger(Watch()).flags(item(summary=SUMMARY))
    assert len(guessed) <= 2


def test_an_items_own_outlet_is_asked_for_only_where_an_outlet_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(sourcing, "host_of", asked.append)
    Flagger(Watch()).flags(item(summary=SUMMARY, url="https://varn.example/1"))
    assert asked == []
    Flagger(Watch()).flags(item("Dam fails inspection - Reuters", url="https://varn.example/1"))
    assert asked == ["https://varn.example/1"]


def test_a_story_of_one_item_needs_no_ladder_to_find_its_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = Placed(item=item("DAM FAILS"), story="s", role="lead")
    expected = summarise([placed])
    monkeypatch.setattr(ladder, "lead", lambda items: pytest.fail("asked"))
    assert summarise([placed]) == expected
    assert expected.lead == "i"


# --- the same as the long way


def shapes(phrase: str) -> Iterator[str]:
    spaced = phrase.replace("{outlet}", "Reuters")
    for one in (
        spaced,
        spaced.upper(),
        spaced.replace("'", "’"),
        spaced.replace(" ", "\u00a0  "),
        spaced.replace("s", "ſ"),
    ):
        yield from (one, f"{one}2", f"{one}:", f"{one} 3", f"2nd {one}", f"{one}号", f"{one}x", f"{one}’s")


@pytest.mark.parametrize("language", TONGUES)
def test_labels_are_matched_only_where_a_word_begins_like_one_and_miss_nothing(language: str) -> None:
    words = words_of(language)
    every_slot = [re.compile(slot, re.IGNORECASE) for _, slot, _ in words.with_slots]
    every = words._compiled([*words.phrases.values()])
    for row in headline_table("labels")["label"]:
        for phrase in (phrase for phrases in row["words"].values() for phrase in phrases):
            for text in shapes(phrase):
                pattern = words.pattern(lead(text))
                assert _span(every.match(text)) == _span(pattern.match(text) if pattern else None)
                slots = {_span(slot.match(text)) for slot in every_slot} - {None}
                assert slots == {_span(slot.match(text)) for slot, _ in words.slots(lead(text))} - {None}
                assert pattern or not slots


def _span(found: re.Match[str] | None) -> tuple[int, int] | None:
    return found.span() if found else None


@pytest.mark.parametrize("language", TONGUES)
def test_a_summary_that_opens_with_a_label_may_say_so(language: str) -> None:
    for row in headline_table("labels")["label"]:
        for phrase in (phrase for phrases in row["words"].values() for phrase in phrases):
            for text in shapes(phrase):
                if any(label.flag == row["flag"] for label in opening_labels(f"{text}: dam fails", language)):
                    assert may_say(row["flag"], text)


@given(st.text() | st.text("ABCÄЖabcäж ß1ǅª", min_size=4))
def test_capitals_are_counted_as_far_as_they_matter(text: str) -> None:
    upper, small = sum(char.isupper() for char in text), sum(char.islower() for char in text)
    assert in_capitals(text) == (upper >= 4 and small * 12 <= upper)
    assert min(small, 3) == small_letters(text, 2)
    bare = upper + small >= LEAST_CASED and small <= SMALL_SHARE * (upper + small)
    assert _bare_alert(Placed(item=item(text), story="s", role="lead")) == bare


@given(st.text() | st.text("A’ʼ`´-‐‑‒–—/İß ", min_size=1))
def test_a_text_is_folded_letter_by_letter(text: str) -> None:
    longhand = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    lowered = text.lower() if len(text.lower()) == len(text) else longhand
    plain = dict.fromkeys(map(ord, "’ʼ`´"), "'") | dict.fromkeys(map(ord, "-‐‑‒–—/"), " ")
    assert edges.fold(text) == lowered.translate(plain)
