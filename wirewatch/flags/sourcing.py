"""Who a claim rests on: unnamed people, another outlet; and who disputes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch.flags.phrases import Masked, masked, pattern, telling_sentences, tongues, triggered
from wirewatch.flags.places import Opening, flag, openings
from wirewatch.headline.outlets import host_of, own_outlets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirewatch.model import Flag, Item

_WORD = re.compile(r"\w+")


def sourcing(item: Item, language: str, start: int, end: int) -> list[Flag]:
    """`sourced-anonymous`, `second-hand`, `denial` and `denied`; the headline's sentence is `headline[start:end]`."""
    sentence = item.headline[start:end]
    mask = masked(sentence)
    below = [_masked_opening(one) for one in openings(item)]
    found = [*_anonymous(item, language, mask, start, below)]
    found += _second_hand(item, language, mask, start, below)
    denials = [
        flag("denial", "denial/headline", "headline", item.headline, start + at, start + to)
        for at, to, _ in _hits("denial", "headline", language, mask)
        if not pattern("deciders").search(sentence[:at])
    ][:1]
    return [*found, *denials] if denials else [*found, *_denied(item, language)]


def _masked_opening(opening: Opening) -> tuple[Opening, Masked, Masked]:
    """An opening, its text as it stands, and that with its outlets masked where it is one of the first."""
    text = Masked(opening.text[opening.start : opening.end], {})
    mask = masked(text.text) if opening.first else text
    return opening, text, mask if mask.names else text


def _hits(section: str, part: str, language: str, mask: Masked) -> Iterator[tuple[int, int, str | None]]:
    """Spans that rows of a section find, with the outlet's name where one is the finding."""
    taken: list[tuple[int, int]] = []
    for tongue in tongues(language):
        telling: bool | None = None if tongue == "en" else True
        for phrase in mask.likely(section, part, tongue):
            if not phrase.outlet:
                telling = triggered(section, mask.text) if telling is None else telling
                if not telling:
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


def _anonymous(
    item: Item, language: str, mask: Masked, start: int, below: Iterable[tuple[Opening, Masked, Masked]]
) -> Iterator[Flag]:
    for at, to, _ in _hits("anonymous", "headline", language, mask):
        yield flag("sourced-anonymous", "sourcing/headline", "headline", item.headline, start + at, start + to)
    for at, to, _ in _hits("anonymous", "text", language, mask):
        yield flag("sourced-anonymous", "sourcing/phrase", "headline", item.headline, start + at, start + to)
    for one, part, _ in below:
        for at, to, _ in _hits("anonymous", "text", language, part):
            yield flag("sourced-anonymous", "sourcing/phrase", one.field, one.text, one.start + at, one.start + to)


def _second_hand(
    item: Item, language: str, mask: Masked, start: int, below: Iterable[tuple[Opening, Masked, Masked]]
) -> Iterator[Flag]:
    in_text: list[Flag] = []
    for one, _, part in below:
        for at, to, name in _hits("second_hand", "text", language, part) if one.first else ():
            if not _is_own(name, item) and not pattern("told_of").search(part.text[:at]):
                title = f"second-hand:{name}" if name else "second-hand"
                in_text.append(flag(title, "second-hand/text", one.field, one.text, one.start + at, one.start + to))
    for at, to, name in _hits("second_hand", "headline", language, mask):
        if _is_own(name, item):
            continue
        title = f"second-hand:{name}" if name else "second-hand"
        found = flag(title, "second-hand/headline", "headline", item.headline, start + at, start + to)
        if name is None and _REPORT.fullmatch(found.text) and not in_text:
            opening = f"{item.headline[start:]}\n{item.summary or (item.body or '')[:700]}"
            if pattern("studies").search(opening):
                continue
        yield found
    yield from in_text


def _is_own(name: str | None, item: Item) -> bool:
    """Whether an outlet is the one that the item itself is from."""
    return name is not None and name in own_outlets(item.source, host_of(item.url), item.credit)


_REPORT = re.compile(
    r"(?i)(?:new )?reports?(?: (?:says?|claims?))?|(?:says?|claims?|according to|suggests?) (?:an? |new )*reports?"
)


def _denied(item: Item, language: str) -> Iterator[Flag]:
    """A denial in the text by whom the headline's claim is about.

    Near the top that is whoever denies; further down it has to be somebody whom the headline or the top names, or a
    pronoun after such a one.
    """
    texts: list[str] = []
    for field, text in (("summary", item.summary), ("body", item.body)):
        if not text:
            continue
        texts.append(text)
        disputes = sorted(_disputes(text, language))
        if not disputes:
            continue
        first = [_first_lines(one) for one in texts]
        top, near = " ".join([item.headline, *first]), len(first[-1])
        for at, to in disputes:
            before = _SENTENCE_BEFORE.split(text[max(0, at - _SENTENCE_MOST) : at])[-1]
            if not pattern("bystanders").search(before) and (at < near or _concerns(before, top)):
                yield flag("denied", "denial/text", field, text, at, to)
                return


def _disputes(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a text says that somebody denies something."""
    mask = Masked(text, {})
    for tongue in tongues(language):
        likely = mask.likely("denial", "text", tongue)
        spans = telling_sentences("denial", text) if tongue == "en" and likely else ((0, len(text)),)
        for start, end in spans:
            for phrase in likely:
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
