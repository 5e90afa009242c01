"""The words of labels.toml, compiled for each language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ahocorasick_rs import AhoCorasick

from wirewatch.headline.letters import folded, lead
from wirewatch.headline.outlets import names_pattern
from wirewatch.headline.tables import table

OUTLET_SHAPE = r"[A-ZÀ-ÝА-Я][\w.&’']*(?:\s[A-ZÀ-ÝА-Я\d][\w.&’']*){0,2}"
"""What looks like an outlet's name, known or not."""


_ORDINAL = r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?"
_NUMBER = "number"
"""How a phrase begins that may have a number before it."""


@dataclass(frozen=True)
class Row:
    """A row of labels.toml without its words."""

    flag: str
    rule: str
    level: int | None = None
    hyphen: bool = False
    tail: bool = True
    bracket: bool = False
    caps: bool = False
    ordinal: bool = False
    unless_next: frozenset[str] = frozenset()
    unless_after: frozenset[str] = frozenset()
    unless_beside: frozenset[str] = frozenset()


@dataclass
class Words:
    """All label phrases of a language, the row of each, and those with a slot for an outlet."""

    language: str
    rows: dict[str, Row] = field(default_factory=dict)
    phrases: dict[str, str] = field(default_factory=dict)
    """Each with the regular expression for it."""
    with_slots: list[tuple[str, str, Row]] = field(default_factory=list)
    """Each after how it begins."""
    leads: dict[str, list[str]] = field(default_factory=dict)
    """The phrases by how they begin."""
    _patterns: dict[frozenset[str], re.Pattern[str]] = field(default_factory=dict)

    def pattern(self, lead: str) -> re.Pattern[str] | None:
        """Any of the phrases that may stand where a word begins like this (`headline.letters.lead`); None for none."""
        all_begins = (lead, lead[:2], lead[:1], _NUMBER if lead[:1].isdigit() else lead)
        begins = frozenset([begin for begin in all_begins if begin in self.leads])
        if not begins:
            return None
        known = self._patterns.get(begins)
        if known is None:
            may = {phrase for begin in begins for phrase in self.leads[begin]}
            known = self._patterns[begins] = self._compiled(
                [one for phrase, one in self.phrases.items() if phrase in may]
            )
        return known

    def _compiled(self, phrases: list[str]) -> re.Pattern[str]:
        edge = r"(?![\w])" if self.language not in _UNSPACED else r"(?![^\W\u3000-\u9fff\uac00-\ud7a3])"
        return re.compile(rf"(?:{'|'.join(sorted(phrases, key=len, reverse=True))}){edge}", re.IGNORECASE)

    def slots(self, lead: str) -> list[tuple[re.Pattern[str], Row]]:
        """The phrases with a slot for an outlet that may stand there."""
        return [(_with_slot(phrase), row) for begun, phrase, row in self.with_slots if begun == lead]

    def add(self, phrase: str, escaped: str) -> None:
        """Takes in a phrase and the regular expression for it."""
        self.phrases[phrase] = escaped
        begun = lead(phrase)
        begun = begun.rstrip() if begun.rstrip() == folded(phrase) else begun  # a number may follow at once
        self.leads.setdefault(begun, []).append(phrase)
        if escaped.startswith(_ORDINAL):
            self.leads.setdefault(_NUMBER, []).append(phrase)


@cache
def words_of(language: str) -> Words:
    """All label phrases that count in a language (any, if it's unknown), and the row of each."""
    found = Words(language)
    rows = found.rows
    outlets = rf"(?:{names_pattern()}|{OUTLET_SHAPE})"
    for raw in table("labels")["label"]:
        row = _row(raw)
        number = raw.get("number")
        for tongue, words in raw["words"].items():
            if language and tongue not in ("en", language) and tongue not in _UNMISTAKABLE:
                continue
            for word in words:
                key = plain(word)
                if tongue == language or key not in rows:
                    rows[key] = row
                escaped = re.escape(word).replace(r"\ ", r"\s+").replace("'", "['’]")
                if "{outlet}" in word:
                    escaped = (
                        re.escape(word).replace(r"\ ", r"\s").replace(r"\{outlet\}", f"(?-i:{outlets}|[A-Z]{{2,}})")
                    )
                    found.with_slots.append((lead(word), escaped, row))
                if row.ordinal or number:
                    escaped = _ORDINAL + escaped
                found.add(word, escaped + (f"(?:{number})?" if number else ""))
    beside = [
        word for tongue, words in table("labels")["beside"].items() if tongue in ("en", language) for word in words
    ]
    for word in beside:
        rows.setdefault(plain(word), BESIDE)
        if word not in found.phrases:
            found.add(word, re.escape(word))
    return found


@cache
def _telling_words(flag: str) -> AhoCorasick:
    """A search for the longest word of every phrase that stands for a flag, in any language."""
    phrases = (
        phrase
        for row in table("labels")["label"]
        if row["flag"] == flag
        for words in row["words"].values()
        for phrase in words
    )
    parts = (phrase.replace("{outlet}", " ").replace("'", " ").split() for phrase in phrases)
    return AhoCorasick(sorted({folded(max(words, key=len)) for words in parts}))


def may_say(flag: str, text: str) -> bool:
    """Whether a text has a word without which no label in it stands for a flag."""
    return bool(_telling_words(flag).find_matches_as_indexes(folded(text)))


@cache
def _with_slot(phrase: str) -> re.Pattern[str]:
    return re.compile(phrase, re.IGNORECASE)


_UNSPACED = ("zh", "ja", "th", "ko")
_UNMISTAKABLE = ("ru", "uk", "zh", "ja", "ko", "ar", "fa")
BESIDE = Row("", "beside")


def _row(raw: dict[str, Any]) -> Row:
    return Row(
        flag=raw["flag"],
        rule=f"label/{raw.get('rule', raw['flag'])}",
        level=raw.get("level"),
        hyphen=raw.get("hyphen", False),
        tail=raw.get("tail", True),
        bracket=raw.get("bracket", False),
        caps=raw.get("caps", False),
        ordinal=raw.get("ordinal", False),
        unless_next=frozenset(raw.get("unless_next", ())),
        unless_after=frozenset(raw.get("unless_after", ())),
        unless_beside=frozenset(raw.get("unless_beside", ())),
    )


def plain(word: str) -> str:
    """A label's words as they are looked up: small letters, single spaces."""
    return re.sub(r"\s+", " ", word).replace("’", "'").casefold()


def numbered(words: str) -> tuple[str, int | None]:
    """A label's words without number or ordinal, and the number."""
    found = re.fullmatch(
        r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?(.*?)(?:\s*#?\s*(\d{1,3}))?", words, re.IGNORECASE | re.DOTALL
    )
    if not found:
        return words, None
    number = found[3] or found[1]
    return found[2], int(number) if number else None
