from __future__ import annotations

import pytest

from tests.shared import shared
from wirewatch import text
from wirewatch.flags.attribution import attribution
from wirewatch.headline import read_body
from wirewatch.model import Item


def item(**fields: object) -> Item:
    return read_body(Item(**({"id": "i", "source": "Harbour Post", "headline": "Pier sold", "received": 0.0} | fields)))  # type: ignore[arg-type]


def test_the_seed_story_names_its_sources_wherever_they_stand() -> None:
    path = next(shared("corpora/seed").glob("*.txt"))
    headline, _, body = path.read_text("utf-8").partition("\n")
    read = read_body(Item("i", "Republisher", text.title(headline), 0.0, body=text.body(body)))
    found = attribution(read)
    assert [one.name for one in found.cited] == ["Wall Street Journal"]
    assert [one.text for one in found.named] == ["Dmitry Peskov"]
    phrases = {one.text for one in found.anonymous}
    assert {"sources", "people familiar with", "declined to be identified"} <= phrases
    assert [one.text for one in found.no_comment] == [
        "did not immediately respond to a request for comment",
        "had nothing to say",
    ]
    for one in (*found.cited, *found.named, *found.anonymous, *found.no_comment):
        assert getattr(read, one.field)[one.start : one.end] == one.text


@pytest.mark.parametrize(
    ("language", "body", "phrase"),
    [
        ("en", "The fund declined to comment.", "declined to comment"),
        ("en", "The fund could not be reached for comment.", "could not be reached for comment"),
        ("de", "Der Fonds lehnte eine Stellungnahme ab.", "lehnte eine Stellungnahme ab"),
        ("fr", "Le fonds n'a pas répondu.", "n'a pas répondu"),
        ("es", "El fondo no respondió a preguntas.", "no respondió"),
        ("pl", "Fundusz odmówił komentarza.", "odmówił komentarza"),
        ("ru", "В фонде отказались от комментариев.", "отказались от комментариев"),
        ("zh", "该基金拒绝置评。", "拒绝置评"),
    ],
)
def test_who_says_nothing_is_found(language: str, body: str, phrase: str) -> None:
    assert [one.text for one in attribution(item(body=body, language=language)).no_comment] == [phrase]


def test_an_outlets_own_piece_cites_others_only() -> None:
    read = item(
        source="Reuters", body="Two aides told Reuters so.\n\nAxios first reported the sale.\n\nAxios had no more."
    )
    assert [one.name for one in attribution(read).cited] == ["Axios"]
