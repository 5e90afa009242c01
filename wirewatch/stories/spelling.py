"""Words in one spelling: their base forms, and slips of the pen put right."""

from __future__ import annotations

from functools import lru_cache
from string import ascii_lowercase

from wirewatch.stories import tables

_INFLECTED = ("s", "ed", "ing")


@lru_cache(maxsize=16384)
def lemma(word: str) -> str:
    """An English word's base form, as far as the background knows one; other words as they are."""
    return _lemma(word)


def _lemma(word: str) -> str:
    common = tables.background().common
    if len(word) < 4 or not word.isascii():
        return word
    last = word[-1]
    if last == "s" and not word.endswith(("ss", "us", "is")):
        best = word[:-1]
        if best[-1] == "e":
            bases = [best]
            if word.endswith("ies") and len(word) > 4:
                bases = [word[:-3] + "y", best]
            elif word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
                bases = [word[:-2], best]
            best = max(bases, key=lambda base: common.get(base, 0))
        return _lemma(best) if best in common or word not in common else word
    if last not in "dg":
        return word
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            bases = [stem + "e", stem]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                bases.append(stem[:-1])
            if stem.endswith("i"):
                bases.append(stem[:-1] + "y")
            counts = [common.get(base, 0) for base in bases]
            most = max(counts)
            if most > 2:
                return bases[counts.index(most)]
    return word


def known(word: str) -> bool:
    """True for a word that the background or a table has."""
    if word in _vocabulary():
        return True
    return word.endswith(_INFLECTED) and _lemma(word) in tables.background().common


def strange(word: str) -> bool:
    """True for a long word that nobody knows: it may be a slip of the pen."""
    return len(word) >= 5 and word.isascii() and word.isalpha() and not known(word)


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    background = tables.background()
    words = tables.words()
    return frozenset().union(
        background.common,
        background.df,
        words.same,
        words.phrases,
        words.parts,
        tables.places().alias,
        tables.number_words(),
    )


@lru_cache(maxsize=16384)
def respelt(word: str) -> str:
    """A strange word, its two letters turned back or its lost one put back, if that is known; others as they are."""
    if not strange(word):
        return word
    found = _all_known({word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)})
    if not found:
        halves = [(word[:at], word[at:]) for at in range(1, len(word))]
        found = _all_known({head + letter + tail for head, tail in halves for letter in ascii_lowercase})
    common = tables.background().common
    return max(found, key=lambda candidate: (common.get(candidate, 0), candidate), default=word)


def _all_known(words: set[str]) -> set[str]:
    """Those of many words that the background or a table has, as `known` says."""
    found = words & _vocabulary()
    common = tables.background().common
    found.update([word for word in words if word.endswith(_INFLECTED) and _lemma(word) in common])
    return found
