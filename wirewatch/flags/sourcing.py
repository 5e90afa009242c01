"""Who a claim rests on: unnamed people, another outlet; and who disputes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch.flags.phrases import Masked, masked, pattern, rows, telling_sentences, tongues, triggered
from wirewatch.flags.places import flag, openings
from wirewatch.headline.outlets import host_of, own_outlets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Flag, Item

_WORD = re.compile(r"\w+")


def sourcing(item: Item, language: str, start: int, end: int) -> list[Flag]:
    """`sourced-anonymous`, `second-hand`, `denial` and `denied`; the headline's sentence is `headline[start:end]`."""
    sentence = item.headline[start:end]
    mask = masked(sentence)
    found = [*_anonymous(item, language, mask, start)]
    found += _second_hand(item, language, mask, start)
    denials = [
        flag("denial", "denial/headline", "headline", item.headline, start + at, start + to)
        for at, to, _ in _hits("denial", "headline", language, mask)
        if not pattern("deciders").search(sentence[:at])
    ][:1]
    return [*found, *denials] if denials else [*found, *_denied(item, language)]


def _hits(section: str, part: str, language: str, mask: Masked) -> Iterator[tuple[int, int, str | None]]:
    """Spans that rows of a section find, with the outlet's name where one is the finding."""
    taken: list[tuple[int, int]] = []
    for tongue in tongues(language):
        telling = tongue != "en" or triggered(section, mask.text)
        for phrase in rows(section, part, tongue):
            if not (mask.names if phrase.outlet else telling):
                continue
            for found in phrase.pattern.finditer(mask.text):
                group = next((one for one in phrase.groups if found[one]), "hit")
                at, to = found.span(group)
                to -= len(found[group]) - len(found[group].rstrip(" :：,"))
                name = mask.names.get(at) if group == "o" else found[group] if group == "name" else None
                if (group == "o" and name is None) or any(at < last and first < to for first, last in taken):
                    continue
                taken.append((at, to))
                yield at, to, name


def _anonymous(item: Item, language: str, mask: Masked, start: int) -> Iterator[Flag]:
    for at, to, _ in _hits("anonymous", "headline", language, mask):
        yield flag("sourced-anonymous", "sourcing/headline", "headline", item.headline, start + at, start + to)
    for at, to, _ in _hits("anonymous", "text", language, mask):
        yield flag("sourced-anonymous", "sourcing/phrase", "headline", item.headline, start + at, start + to)
    for field, text, first, last in openings(item, 2):
        for at, to, _ in _hits("anonymous", "text", language, Masked(text[first:last], {})):
            yield flag("sourced-anonymous", "sourcing/phrase", field, text, first + at, first + to)


def _second_hand(item: Item, language: str, mask: Masked, start: int) -> Iterator[Flag]:
    own = own_outlets(item.source, host_of(item.url), item.credit)
    below: list[Flag] = []
    for field, text, first, last in openings(item, 1):
        part = masked(text[first:last])
        for at, to, name in _hits("second_hand", "text", language, part):
            if name not in own and not pattern("told_of").search(part.text[:at]):
                title = f"second-hand:{name}" if name else "second-hand"
                below.append(flag(title, "second-hand/text", field, text, first + at, first + to))
    opening = f"{item.headline[start:]}\n{item.summary or (item.body or '')[:700]}"
    for at, to, name in _hits("second_hand", "headline", language, mask):
        if name in own:
            continue
        title = f"second-hand:{name}" if name else "second-hand"
        found = flag(title, "second-hand/headline", "headline", item.headline, start + at, start + to)
        if name is None and _REPORT.fullmatch(found.text) and not below and pattern("studies").search(opening):
            continue
        yield found
    yield from below


_REPORT = re.compile(
    r"(?i)(?:new )?reports?(?: (?:says?|claims?))?|(?:says?|claims?|according to|suggests?) (?:an? |new )*reports?"
)


def _denied(item: Item, language: str) -> Iterator[Flag]:
    """A denial in the text by whom the headline's claim is about.

    Near the top that is whoever denies; further down it has to be somebody whom the headline or the top names, or a
    pronoun after such a one.
    """
    top = item.headline
    for field, text in (("summary", item.summary), ("body", item.body)):
        if not text:
            continue
        above = len(top)
        top = f"{top} {_first_lines(text)}"
        near = len(top) - above - 1
        for at, to in sorted(_disputes(text, language)):
            before = _SENTENCE_BEFORE.split(text[max(0, at - _SENTENCE_MOST) : at])[-1]
            if not pattern("bystanders").search(before) and (at < near or _concerns(before, top)):
                yield flag("denied", "denial/text", field, text, at, to)
                return


def _disputes(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a text says that somebody denies something."""
    for tongue in tongues(language):
        spans = telling_sentences("denial", text) if tongue == "en" else ((0, len(text)),)
        for start, end in spans:
            for phrase in rows("denial", "text", tongue):
                for found in phrase.pattern.finditer(text, start, end):
                    yield found.span("hit")


def _first_lines(text: str) -> str:
    lines = [line.end() for line, _ in zip(_LINE.finditer(text), range(_NEAR), strict=False)]
    return text[: lines[-1]] if lines else ""


def _concerns(before: str, top: str) -> bool:
    """Whether the subject of a denial was spoken of at the top: a name of it stands there, or only a pronoun here."""
    known = {word.casefold() for word in _WORD.findall(top) if len(word) > 2}
    subject = _WORD.findall(before)[-9:]
    return not subject or any(word.casefold() in known or len(word) <= 4 for word in subject[-4:])


_LINE = re.compile(r"[^\n]+")
_SENTENCE_BEFORE = re.compile(r"[.!?;。！？]\s|[。！？\n]")
_SENTENCE_MOST = 300
_NEAR = 4
