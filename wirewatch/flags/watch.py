"""Watched entities and keywords: one Aho-Corasick pass over a text, whatever their number, and the rules of FLAGS.md.

The text is searched in small letters with every hyphen as a space (and once more without hyphens, for keywords);
offsets stay those of the text. Word edges, case and endings are checked on what was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from wirewatch.flags.edges import begins, case_fits, ends, fold, hyphens_fit, inflected, unspaced
from wirewatch.flags.places import flag
from wirewatch.flags.terms import Term, entity_terms, keyword_terms, watched
from wirewatch.headline.labels import scan
from wirewatch.headline.letters import in_capitals
from wirewatch.model import GAZETTEER_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wirewatch.config.settings import Entity, Watch
    from wirewatch.model import Flag, Item

_HYPHEN_IN_WORD = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_HYPHENS = re.compile("[-‐‑]")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;|\n]|[-–—]\s|[\"“„«‘(\[]|\s['’])\s*[\"“„«‘'’(\[]*$")
_SHOUTED = frozenset(("us", "who", "fed", "arm", "sap", "un", "am", "mas", "it"))
"""Short names of the gazetteer that are common words: a headline all in capitals doesn't tell them apart."""


@dataclass(frozen=True, slots=True)
class _Hit:
    term: Term
    start: int
    end: int


@dataclass(frozen=True)
class _Part:
    field: str
    text: str
    capitals: bool


class WatchList:
    """Entities and keywords compiled for search; immutable, safe to share between threads."""

    def __init__(self, watch: Watch, entities: Sequence[Entity], label_names: Iterable[str]) -> None:
        labels = {name.casefold() for name in label_names}
        self._entities = watched(watch, entities)
        words = tuple(dict.fromkeys(watch.keywords))
        self._keywords = tuple(word for word in words if _label(word) not in labels)
        self.label_keywords = tuple((word, _label(word)) for word in words if _label(word) in labels)
        terms: dict[str, list[Term]] = {}
        for term in (*entity_terms(self._entities), *keyword_terms(self._keywords)):
            terms.setdefault(term.folded, []).append(term)
        self._terms = tuple(tuple(same) for same in terms.values())
        self._search = AhoCorasick(list(terms)) if terms else None

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
            entity_hits += [(part, hit) for hit in _longest(hits)] if hits else ()
            seen: set[tuple[int, int, int]] = set()
            words = [hit for hit in hits if hit.term.kind == "keyword"] + [*self._without_hyphens(part)]
            for hit in words:
                if (hit.start, hit.end, hit.term.owner) not in seen:
                    seen.add((hit.start, hit.end, hit.term.owner))
                    keyword = self._keywords[hit.term.owner]
                    found.append(flag(f"keyword:{keyword}", "keyword/word", part.field, part.text, hit.start, hit.end))
        if not entity_hits and not found:
            return []
        found += [
            flag(
                f"entity:{self._entities[hit.term.owner].name}",
                GAZETTEER_RULE if hit.term.shipped else "entity/alias",
                part.field,
                part.text,
                hit.start,
                hit.end,
            )
            for part, hit in self._sure(entity_hits, parts, item)
        ]
        order = {part.field: index for index, part in enumerate(parts)}
        return sorted(found, key=lambda one: (order[one.field], one.start, one.end, one.flag))

    # --- finding

    def _hits(self, part: _Part, language: str) -> Iterator[_Hit]:
        folded = fold(part.text)
        assert self._search is not None  # noqa: S101 - flags() asked
        for index, start, end in self._search.find_matches_as_indexes(folded, overlapping=True):
            if not begins(folded, start):
                continue
            for term in self._terms[index]:
                hit = self._hit(term, part, folded, start, end, language)
                if hit is not None:
                    yield hit

    def _hit(self, term: Term, part: _Part, folded: str, start: int, end: int, language: str) -> _Hit | None:
        if term.language and term.language != language:
            return None
        if term.kind == "stem":
            stop = inflected(folded, start, term.text, language)
            fits = stop is not None and (part.capitals or case_fits(term.text, part.text[start:stop]))
            return _Hit(term, start, stop) if stop is not None and fits else None
        stop = ends(folded, end, plural=term.kind == "keyword")
        if stop is None:
            return None
        if term.kind == "not":
            return _Hit(term, start, stop)
        if term.kind == "keyword":
            return _Hit(term, start, end) if hyphens_fit(term.text, part.text[start:end]) else None
        if part.capitals:
            return None if term.shipped and term.folded in _SHOUTED else _Hit(term, start, end)
        return _Hit(term, start, end) if case_fits(term.text, part.text[start:end]) else None

    def _without_hyphens(self, part: _Part) -> Iterator[_Hit]:
        """Keywords in a text read as if its hyphens weren't there: `cease-fire` for `ceasefire`."""
        if not self._keywords or not _HYPHEN_IN_WORD.search(part.text):
            return
        folded = fold(_HYPHENS.sub("", part.text))
        places: list[int] = []
        assert self._search is not None  # noqa: S101 - flags() asked
        for index, start, end in self._search.find_matches_as_indexes(folded, overlapping=True):
            words = [term for term in self._terms[index] if term.kind == "keyword"]
            if not words:
                continue
            places = places or [at for at, char in enumerate(part.text) if char not in "-‐‑"]
            first, last = places[start], places[end - 1] + 1
            if last - first == end - start or not begins(folded, start) or ends(folded, end, plural=True) is None:
                continue
            for term in words:
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
            context = self._entities[hit.term.owner].context
            if context and " " not in fold(alias) and not _has_context(context, parts):
                continue
            yield part, hit


def _label(word: str) -> str:
    return word.strip().casefold().replace(" ", "-")


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
