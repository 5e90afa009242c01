"""A text cut into pieces: words, numbers, signs, breaks."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.stories import tables
from wirewatch.stories.spelling import strange

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = re.compile(
    r"""
      (?P<acronym>(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?)
    | (?P<number>(?<![^\W_])(?:(?:US|HK|NZ|[ACRS])?[$€£¥₹₩]\s?|(?:USD|EUR|GBP|Rs\.?)\s?)?
        \d+(?:[.,]\d+)*(?:\s?%|[^\W\d_]{1,4}\b(?!['’][^\W\d_]))?)
    | (?P<word>[^\W_]+(?:['’&-][^\W_]+)*)
    | (?P<break>[,:;|…()\[\]–—?!]|--|\s-\s|\.(?=\s))
    | (?P<sign>[%$€£])
    """,
    re.VERBOSE,
)
Sense = tuple[str, int]
"""A token and what is known of it."""


class Piece(NamedTuple):
    """A piece as it is written and folded, with what it means where it stands alone."""

    kind: str
    """`word`, `number`, `break`, `sign`; in scripts without spaces `known` and `cjk`."""
    text: str
    low: str
    alone: bool
    """No number and no phrase can begin with it."""
    by: bool
    sense: Sense | None
    soft: Sense | None
    """Its sense where capitals say nothing."""
    strange: bool
    """A slip of the pen, maybe."""


def cut(text: str) -> list[tuple[str, str]]:
    """A text in pieces, as (kind, as written); what has stops between its letters is an `acronym`."""
    return [(found.lastgroup or "", found[0]) for found in _PIECE.finditer(text)]


def language(words: Sequence[str]) -> str:
    """The language whose function words a text has most of; English where nothing tells."""
    lowered = set(map(str.lower, words))
    lowered |= {head for head in [word.partition("'")[0] for word in lowered if "'" in word] if len(head) <= 2}
    dropped_by = _dropped_by()
    counts = dict.fromkeys(tables.words().drop, 0)
    for word in lowered & dropped_by.keys():
        for language in dropped_by[word]:
            counts[language] += 1
    best, most = "en", counts["en"]
    if most == 0 and all(map(str.isascii, words)):
        most = 1  # one small word makes no foreign headline: "Cinco de Mayo"
    for language, count in counts.items():
        if count > most:
            best, most = language, count
    return best


@cache
def _dropped_by() -> dict[str, tuple[str, ...]]:
    """Function words by the languages that have them."""
    drop = tables.words().drop
    words = frozenset().union(*drop.values())
    return {word: tuple(language for language, listed in drop.items() if word in listed) for word in words}


def spelt(kind: str, piece: str, language: str) -> list[tuple[str, str, str, bool]]:
    """A piece as (kind, as written, folded, strange): possessives gone, hyphens parted unless the tables know them."""
    if kind == "acronym":
        joined = piece.replace(".", "")
        return [("word", joined.upper() if len(joined) < 4 else joined, joined.casefold(), False)]
    if kind != "word":
        return [(kind, piece, piece.casefold(), False)]
    if piece.isascii() and piece.isalpha():
        low = piece.lower()
        return [("word", piece, low, strange(low))]
    words = tables.words()
    if piece.endswith(("'s", "'S")):
        piece = piece[:-2]
    low = piece.casefold()
    if low.endswith("n't"):
        return [("word", "not", "not", False)]
    if "'" in piece and low not in words.negation:
        head, _, tail = piece.partition("'")
        if len(head) <= 2 and tail and language in {"fr", "it"}:
            return spelt(kind, tail, language)
        piece = piece.replace("'", "")
        low = piece.casefold()
    if tables.unspaced(piece):
        return [(*part, False) for part in _unspaced(piece)]
    if "-" not in piece or low in words.same or low in words.negation or low in tables.numbers().weekday:
        return [("word", piece, low, strange(low))]
    parts = piece.split("-")
    if any(part.isdigit() for part in parts[1:]) and (parts[0][0].isupper() or len(parts[0]) < 3):
        return [("word", "".join(parts), "".join(parts).casefold(), False)]
    return [("word", part, part.casefold(), strange(part.casefold())) for part in parts if part]


def _unspaced(piece: str) -> list[tuple[str, str, str]]:
    """Han and kana: known places and names as words, the rest as pairs of neighbouring characters."""
    found: list[tuple[str, str, str]] = []
    rest = ""

    def flush() -> None:
        run = rest
        if len(run) == 1:
            found.append(("cjk", run, run))
        found.extend(("cjk", run[at : at + 2], run[at : at + 2]) for at in range(len(run) - 1))

    at = 0
    while at < len(piece):
        if piece[at].isdigit() or piece[at].isascii():
            flush()
            rest = ""
            end = at
            while end < len(piece) and (piece[end].isdigit() or piece[end].isascii()):
                end += 1
            kind = "number" if piece[at:end].isdigit() else "word"
            found.append((kind, piece[at:end], piece[at:end].casefold()))
            at = end
            continue
        known = next((pair for pair in _unspaced_names() if piece.startswith(pair[0], at)), None)
        if known:
            flush()
            rest = ""
            found.append(("known", known[0], known[1]))
            at += len(known[0])
        else:
            rest += piece[at]
            at += 1
    flush()
    return found


@lru_cache(maxsize=1)
def _unspaced_names() -> tuple[tuple[str, str], ...]:
    """Places, people and bodies in scripts without spaces, the longest first."""
    found = list(tables.places().unspaced)
    found += [(word, name) for word, name in tables.words().same.items() if tables.unspaced(word) and len(word) > 1]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))
