"""What a word is, for search and for filters alike: the same cut feeds the full-text index and the predicate.

Letters and digits of any script make words. Case, accents and Arabic and Hebrew vowel points don't count (`Łódź` is
found by `lodz`). Scripts written without spaces, and Korean with its attached particles, are cut into single
characters, so that a search for a few of them finds them anywhere inside a run.
"""

from __future__ import annotations

import functools
import re
import unicodedata

VERSION = f"1/{unicodedata.unidata_version}"
"""Changes when the cut may; a store that was indexed under another version indexes anew."""

_LONGEST = 100
"""Code points of a word that count."""
_SHORT = 1_000
"""Code points of texts whose words are remembered: many terms are asked of the same headline in a row. Of longer ones
only the last few are: all rules are asked of one item before the next."""
_OTHER_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ŧ": "t"})
_POINTS = "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8]+"
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096"
    "\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003fffd"
)
# Vowel signs of the Indic scripts are marks, not letters, to \w; a word must not break at them.
_SIGNS = "\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc"
_WORD = f"[{_UNSPACED}]|(?:[^\\W_{_UNSPACED}]|[{_SIGNS}])+"
_ASCII_WORD = re.compile("[a-z0-9]+")
_late = functools.cache(re.compile)
"""Compiled when first needed: the desk's first frame waits for this module and rarely needs it."""


def fold(text: str) -> str:
    """Text with case, accents and vowel points taken away."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _late(_POINTS).sub("", text)).translate(_OTHER_LETTERS)


def cut(text: str | None) -> str:
    """The words of a text, folded, in order, with one space between: `U.S. rate-hike` is `u s rate hike`."""
    if not text:
        return ""
    return _remembered(text) if len(text) <= _SHORT else _remembered_long(text)


def _cut(text: str) -> str:
    found = _ASCII_WORD.findall(text.lower()) if text.isascii() else _late(_WORD).findall(fold(text))
    return " ".join([word[:_LONGEST] for word in found] if len(text) > _LONGEST else found)


def spans(text: str | None, phrase: str, *, prefix: bool = False) -> list[tuple[int, int]]:
    """Where the words of `phrase` (from `cut`) stand in a row in a text, in code points of the text as it is.

    Where they stand written plainly, places that have them with accents are left out.
    """
    if not text or not holds(cut(text), phrase, prefix=prefix):
        return []
    wanted = phrase.split(" ")
    lowered = text.lower()
    if len(lowered) == len(text):  # as nearly always: no letter changes its length, and the phrase is written plainly
        plainly = r"[\W_]+".join(map(re.escape, wanted)) + (r"[^\W_]*" if prefix else "")
        pattern = rf"(?<![^\W_]){plainly}(?![^\W_])"
        if plain := [found.span() for found in _late(pattern).finditer(lowered)]:
            return plain
    placed = _placed(text)
    found = []
    for at in range(len(placed) - len(wanted) + 1):
        row = placed[at : at + len(wanted)]
        same = [word for word, _, _ in row[:-1]] == wanted[:-1]
        last = row[-1][0]
        if same and (last == wanted[-1] or (prefix and last.startswith(wanted[-1]))):
            found.append((row[0][1], row[-1][2]))
    return found


def _placed(text: str) -> list[tuple[str, int, int]]:
    """The words of a text, folded, each with where it begins and ends in the text as it is."""
    folded, origins = [], []
    for found in _late(f"(?s).{_POINTS[:-1]}*").finditer(text):
        piece = fold(found[0])
        folded.append(piece)
        origins += [(found.start(), found.end())] * len(piece)
    return [
        (word[0][:_LONGEST], origins[word.start()][0], origins[word.end() - 1][1])
        for word in _late(_WORD).finditer("".join(folded))
    ]


_remembered = functools.lru_cache(maxsize=1024)(_cut)
_remembered_long = functools.lru_cache(maxsize=8)(_cut)


def holds(words: str, phrase: str, *, prefix: bool = False) -> bool:
    """Whether the words of `phrase` stand in a row in `words` (both from `cut`); with `prefix` the last may go on."""
    return f" {phrase}" in f" {words}" if prefix else f" {phrase} " in f" {words} "
