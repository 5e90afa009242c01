"""Watched entities and keywords: one Aho-Corasick pass over a text, whatever their number, and the rules of FLAGS.md.

The text is searched in small letters with every hyphen as a space (and once more without hyphens, for keywords);
offsets stay those of the text. Word edges, case and endings are checked on what was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from wirewatch.flags.endings import endings, inflects, stem
from wirewatch.flags.places import flag
from wirewatch.headline.labels import in_capitals, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wirewatch.config.settings import Entity, Watch
    from wirewatch.model import Flag, Item

_APOSTROPHES = "'’ʼ`´"
_HYPHENS = "-‐‑‒–—/"
_FOLDED = {ord(char): "'" for char in _APOSTROPHES} | {ord(char): " " for char in _HYPHENS}
_HYPHEN_IN_WORD = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_WORD = re.compile(r"[^\W_]+")
_ELIDED = "l d j m t s n c qu all dell nell dall sull coll un quell bell jusqu lorsqu puisqu"
_ELISIONS = frozenset(_ELIDED.split(" "))
_ARABIC_PREFIXES = frozenset("وفبكل")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;|\n]|[-–—]\s|[\"“„«‘(\[]|\s['’])\s*[\"“„«‘'’(\[]*$")


@dataclass(frozen=True)
class _Term:
    """One thing to search for."""

    kind: str
    """`alias`, `stem`, `part` (of a name), `not` or `keyword`."""
    owner: int
    text: str
    folded: str
    """What is searched; a stem is the beginning of the first word only."""


@dataclass(frozen=True)
class _Hit:
    term: _Term
    start: int
    end: int


@dataclass(frozen=True)
class _Part:
    field: str
    text: str
    capitals: bool


def fold(text: str) -> str:
    """Small letters, plain apostrophes, hyphens and slashes as spaces; exactly as many code points."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lowered.translate(_FOLDED)


def unspaced(char: str) -> bool:
    """Whether a letter is of a script that sets no spaces between words."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0xA4CF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF66 <= code <= 0xFF9F
        or 0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or 0x20000 <= code <= 0x3FFFF
    )


class WatchList:
    """Entities and keywords compiled for search; immutable, safe to share between threads."""

    def __init__(self, watch: Watch, entities: Sequence[Entity], label_names: Iterable[str]) -> None:
        tables = {entity.name: entity for entity in entities}
        labels = {name.casefold() for name in label_names}
        self._names = tuple(dict.fromkeys(watch.entities))
        self._tables = tuple(tables.get(name) for name in self._names)
        self._keywords = tuple(word for word in dict.fromkeys(watch.keywords) if _label(word) not in labels)
        self.label_keywords = tuple(
            (word, _label(word)) for word in dict.fromkeys(watch.keywords) if _label(word) in labels
        )
        self._terms = tuple(self._all_terms())
        self._search = AhoCorasick([term.folded for term in self._terms]) if self._terms else None

    def _all_terms(self) -> Iterator[_Term]:
        for owner, (name, table) in enumerate(zip(self._names, self._tables, strict=True)):
            for alias in dict.fromkeys([name, *(table.aliases if table else ())]):
                folded = fold(alias).strip()
                if not folded:
                    continue
                yield _Term("alias", owner, alias, folded)
                first = stem(folded.split(" ")[0])
                if first:
                    yield _Term("stem", owner, alias, first)
            part = _last_name(name)
            if part and part not in (table.aliases if table else ()):
                yield _Term("part", owner, part, fold(part))
            for phrase in table.not_ if table else ():
                if fold(phrase).strip():
                    yield _Term("not", owner, phrase, fold(phrase).strip())
        for owner, keyword in enumerate(self._keywords):
            for form in _plurals(fold(keyword).strip()):
                yield _Term("keyword", owner, keyword, form)

    def flags(self, item: Item, language: str) -> list[Flag]:
        """`entity:` and `keyword:` flags of an item, in order of field and place."""
        if self._search is None:
            return []
        parts = [
            _Part(field, text, field == "headline" and in_capitals(text))
            for field, text in (("headline", item.headline), ("summary", item.summary), ("body", item.body))
            if text
        ]
        entity_hits: list[tuple[_Part, _Hit]] = []
        found: list[Flag] = []
        for part in parts:
            hits = [*self._hits(part, language)]
            entity_hits += [(part, hit) for hit in _longest(hits)]
            seen: set[tuple[int, int, int]] = set()
            words = [hit for hit in hits if hit.term.kind == "keyword"] + [*self._without_hyphens(part)]
            for hit in words:
                if (hit.start, hit.end, hit.term.owner) not in seen:
                    seen.add((hit.start, hit.end, hit.term.owner))
                    keyword = self._keywords[hit.term.owner]
                    found.append(flag(f"keyword:{keyword}", "keyword/word", part.field, part.text, hit.start, hit.end))
        found += [
            flag(f"entity:{self._names[hit.term.owner]}", "entity/alias", part.field, part.text, hit.start, hit.end)
            for part, hit in self._sure(entity_hits, parts, item)
        ]
        order = {part.field: index for index, part in enumerate(parts)}
        return sorted(found, key=lambda one: (order[one.field], one.start, one.end, one.flag))

    # --- finding

    def _hits(self, part: _Part, language: str) -> Iterator[_Hit]:
        folded = fold(part.text)
        assert self._search is not None  # noqa: S101 - flags() asked
        for index, start, end in self._search.find_matches_as_indexes(folded, overlapping=True):
            term = self._terms[index]
            if not _begins(folded, start):
                continue
            if term.kind == "stem":
                stop = _inflected(folded, start, term, language)
                if stop is not None and _case_fits(term.text, part, start, stop):
                    yield _Hit(term, start, stop)
                continue
            stop = _ends(folded, end, plural=term.kind == "keyword")
            if stop is None or (term.kind == "keyword" and not _hyphens_fit(term.text, part.text[start:end])):
                continue
            if term.kind == "not" or term.kind == "keyword" or _case_fits(term.text, part, start, end):
                yield _Hit(term, start, stop if term.kind == "not" else end)

    def _without_hyphens(self, part: _Part) -> Iterator[_Hit]:
        """Keywords in a text read as if its hyphens weren't there: `cease-fire` for `ceasefire`."""
        if not self._keywords or not _HYPHEN_IN_WORD.search(part.text):
            return
        places = [index for index, char in enumerate(part.text) if char not in "-‐‑"]
        folded = fold("".join(part.text[index] for index in places))
        assert self._search is not None  # noqa: S101 - flags() asked
        for index, start, end in self._search.find_matches_as_indexes(folded, overlapping=True):
            term = self._terms[index]
            first, last = places[start], places[end - 1] + 1
            if term.kind != "keyword" or not any(char in part.text[first:last] for char in "-‐‑"):
                continue
            if _begins(folded, start) and _ends(folded, end, plural=True) is not None:
                yield _Hit(term, first, last)

    # --- judging

    def _sure(self, hits: list[tuple[_Part, _Hit]], parts: list[_Part], item: Item) -> Iterator[tuple[_Part, _Hit]]:
        """Drops common words that look like names, parts of names that stand alone, and names without their context."""
        whole = {hit.term.owner for _, hit in hits if hit.term.kind != "part" and " " in hit.term.text}
        hits = [(part, hit) for part, hit in hits if hit.term.kind != "part" or hit.term.owner in whole]
        by_alias: dict[tuple[int, str], list[tuple[_Part, _Hit]]] = {}
        for part, hit in hits:
            by_alias.setdefault((hit.term.owner, hit.term.text), []).append((part, hit))
        doubtful = {
            key
            for key, found in by_alias.items()
            if " " not in fold(key[1]) and key[1][:1].isupper() and all(_weak(part, hit, item) for part, hit in found)
        }
        small = _small_words(parts) if doubtful else frozenset()
        for part, hit in hits:
            alias = hit.term.text
            if (hit.term.owner, alias) in doubtful and (
                fold(alias) in small or fold(part.text[hit.start : hit.end]) in small
            ):
                continue
            table = self._tables[hit.term.owner]
            if table and table.context and " " not in fold(alias) and not _has_context(table.context, parts):
                continue
            yield part, hit


_NO_LAST_NAMES = frozenset(("may", "april", "june", "august", "march"))
_OF_PLACES = frozenset(
    ("north", "south", "east", "west", "new", "saint", "bank", "united", "central", "royal", "great")
)


def _last_name(name: str) -> str | None:
    """The last name of somebody, which stands for all of it once the item has given it in full."""
    words = name.split(" ")
    shaped = 2 <= len(words) <= 3 and all(word[:1].isupper() and word.isalpha() for word in words)
    if not shaped or words[0].lower() in _OF_PLACES or len(words[-1]) < 3 or words[-1].lower() in _NO_LAST_NAMES:
        return None
    return words[-1]


def _label(word: str) -> str:
    return word.strip().casefold().replace(" ", "-")


def _plurals(word: str) -> list[str]:
    """The word, and the plural that changes its end (`treaty`, `treaties`); others are read at the word's edge."""
    if not word:
        return []
    changed = len(word) > 3 and word.endswith("y") and word[-2] not in "aeiou"
    return [word, f"{word[:-1]}ies"] if changed else [word]


def _joins(char: str) -> bool:
    return char.isalnum() or char == "_"


def _begins(folded: str, start: int) -> bool:
    """Whether a word begins here."""
    if start == 0 or unspaced(folded[start]):
        return True
    before = folded[start - 1]
    if before == "'":
        word = re.search(r"([^\W\d_]+)'$", folded[max(0, start - 9) : start])
        return word is None or word[1] in _ELISIONS
    if not _joins(before) or unspaced(before):
        return True
    arabic = "\u0600" <= folded[start] <= "\u06ff" and before in _ARABIC_PREFIXES
    return arabic and (start == 1 or not _joins(folded[start - 2]))


def _ends(folded: str, end: int, *, plural: bool) -> int | None:
    """Where a word ends that was found up to here, its possessive (or plural) included; None where it goes on."""
    if end >= len(folded) or unspaced(folded[end - 1]):
        return end
    if plural and folded[end] in "se" and folded[end - 1] != "s":
        for ending in ("s", "es"):
            if folded.startswith(ending, end) and _is_edge(folded, end + len(ending)):
                return end + len(ending)
    if plural and folded.startswith("es", end) and _is_edge(folded, end + 2):
        return end + 2
    if "\uac00" <= folded[end - 1] <= "\ud7a3":
        particle = re.compile(r"[\uac00-\ud7a3]{0,3}(?!\w)").match(folded, end)
        return end if particle else None
    return end if _is_edge(folded, end) else None


def _is_edge(folded: str, at: int) -> bool:
    """Whether nothing goes on here but perhaps a possessive."""
    if at >= len(folded):
        return True
    char = folded[at]
    if char == "'":
        after = folded[at + 1 : at + 3]
        return not after[:1].isalnum() or (after[:1] == "s" and not _joins(after[1:2] or " "))
    return not _joins(char) or unspaced(char)


def _inflected(folded: str, start: int, term: _Term, language: str) -> int | None:
    """Where a name ends that stands here with case endings; None if it isn't that name, or stands without any."""
    words = fold(term.text).split(" ")
    script = "ru" if "\u0400" <= folded[start] <= "\u04ff" else language
    if not inflects(script):
        return None
    at = start
    changed = False
    for index, word in enumerate(words):
        found = re.compile(r"[^\W_]+").match(folded, at)
        if not found:
            return None
        if found[0] != word:
            if found[0] not in endings(word, script):
                return None
            changed = True
        at = found.end()
        if index + 1 < len(words):
            if not folded.startswith(" ", at):
                return None
            at += 1
    return at if changed and _is_edge(folded, at) else None


def _case_fits(alias: str, part: _Part, start: int, end: int) -> bool:
    """FLAGS.md, Entities, Case."""
    if part.capitals:
        return True
    shown = part.text[start:end]
    letters = [char for char in alias if char.isalpha()]
    strict = len(letters) <= 3 or all(char.isupper() or not char.islower() for char in letters)
    if strict and any(char.isupper() for char in letters):
        return shown.translate(_FOLDED) == alias.translate(_FOLDED)
    words, seen = alias.translate(_FOLDED).split(" "), shown.translate(_FOLDED).split(" ")
    return all(not word[:1].isupper() or other[:1].isupper() for word, other in zip(words, seen, strict=False))


def _hyphens_fit(keyword: str, shown: str) -> bool:
    """A hyphen in the text may stand for a space of the keyword, but no space for a hyphen of it."""
    return all(
        char in "-‐‑" if own in "-‐‑" else char not in "/–—" for own, char in zip(keyword.strip(), shown, strict=False)
    )


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Of overlapping names the longer one stays; a `not` phrase takes its words from its own entity only."""
    names = sorted(
        (hit for hit in hits if hit.term.kind in ("alias", "stem", "part")),
        key=lambda hit: (hit.start - hit.end, hit.start),
    )
    barred = [hit for hit in hits if hit.term.kind == "not"]
    kept: list[_Hit] = []
    for hit in names:
        length = hit.end - hit.start
        taken = any(
            one.start < hit.end
            and hit.start < one.end
            and ((one.end - one.start) > length or one.term.owner == hit.term.owner)
            for one in kept
        )
        in_phrase = any(
            one.term.owner == hit.term.owner
            and one.start < hit.end
            and hit.start < one.end
            and one.end - one.start >= length
            for one in barred
        )
        if not taken and not in_phrase:
            kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.end))


def _weak(part: _Part, hit: _Hit, item: Item) -> bool:
    """Whether the capital of this name says nothing: it opens a sentence, or all words have one."""
    if part.field == "headline":
        sentence = scan(item.headline, item.language, item.kind)
        if part.capitals or hit.start <= sentence.start or _title_case(part.text):
            return True
    return bool(
        _SENTENCE_START.search(
            part.text[max(0, hit.start - 6) : hit.start] if hit.start > 6 else part.text[: hit.start]
        )
    )


def _title_case(headline: str) -> bool:
    words = [word for word in _WORD.findall(headline) if len(word) > 3]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) * 5 >= len(words) * 4


def _small_words(parts: list[_Part]) -> frozenset[str]:
    return frozenset(word for part in parts for word in _WORD.findall(part.text) if word[0].islower())


def _has_context(context: Sequence[str], parts: list[_Part]) -> bool:
    wanted = [fold(word) for word in context]
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?:s|es|'s)?(?!\w)", fold(part.text))
        or (unspaced(word[:1] or " ") and word in part.text)
        for word in wanted
        for part in parts
    )
