"""The normal form of a headline: the tokens that carry its meaning, each in one way of writing.

Two headlines that say the same in the same words have equal normal forms whatever their labels, outlets, quotes,
spelling, number style or case. Numbers become `#value` with their unit, months `@m3`, weekdays `@d1`, quarters `@q1`,
ordinals `@o3`; places and common news words become the name that the tables beside this module give them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from wirewatch.headline import bare
from wirewatch.stories import numbers, pieces, tables
from wirewatch.stories.pieces import Piece, Sense
from wirewatch.stories.spelling import lemma, respelt

NAME, BREAK, PLACE, NUMBER, NEGATION, BY, CUT, ASKS = 1, 2, 4, 8, 16, 32, 64, 128
"""Marks of a token. `BREAK`: a comma, colon or dash stands before it; `BY`: the agent of a passive follows it;
`CUT`: the headline broke off in or behind it; `ASKS`: a question ends with it, and the headline too."""

LONGEST = 64
"""Tokens kept of a text; what a headline has beyond them tells nothing more."""

_QUOTES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "´": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "−": "-",
    }
)
_UNSPACED_NUMBER = re.compile(r"(?<=[\u3040-\u9fff])(?=\d)|(?<=[\d%])(?=[\u3040-\u9fff])|(?<=\d[万萬亿億])")
"""Where Han or kana meet a number without a space."""
_CASED = frozenset(
    {"us", "who", "it", "may", "un", "un.", "march", "nice", "chad", "turkey", "reading", "mali", "china"}
)
_AGENTS = frozenset({"by", "von", "par", "por", "da", "przez"})
"""Words before the agent of a passive."""


class Form(NamedTuple):
    """A headline's normal form: tokens in order, and what is known of each (`NAME` …, as bits)."""

    tokens: tuple[str, ...]
    marks: tuple[int, ...]

    @property
    def text(self) -> str:
        """The tokens in one line, for comparing."""
        return " ".join(self.tokens)

    @property
    def sorted_text(self) -> str:
        """The tokens in one line by the alphabet, for comparing whatever their order."""
        return " ".join(sorted(self.tokens))

    def ending(self, mark: int) -> Form:
        """The form with a mark at its last token."""
        return Form(self.tokens, (*self.marks[:-1], self.marks[-1] | mark))

    def ends(self, mark: int) -> bool:
        """True where the last token has a mark."""
        return bool(self.marks) and bool(self.marks[-1] & mark)

    def marked(self, mark: int) -> tuple[str, ...]:
        """The tokens that have a mark, in order."""
        return tuple(token for token, marks in zip(self.tokens, self.marks, strict=True) if marks & mark)


def plain(headline: str) -> str:
    """A headline without case, quotes and punctuation but in its own words: what identity goes by."""
    text = unicodedata.normalize("NFKC", headline).translate(_QUOTES).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def normal(headline: str, language: str | None = None) -> Form:
    """The normal form of a headline; `language` (BCP 47) is guessed from its function words where it isn't known."""
    said = bare(headline)
    form = _normal(said, (language or "").partition("-")[0].lower())
    if not form.marks:
        return form
    if headline.rstrip().endswith(("...", "…")):
        return form.ending(CUT)
    if said.rstrip(" \"'”’»)").endswith(("?", "？", "؟")):
        return form.ending(ASKS)
    return form


def running(text: str, language: str | None = None) -> Form:
    """The normal form of running text: nothing is a label, and slips of the pen stay: one word of many tells little."""
    return _normal(text, (language or "").partition("-")[0].lower(), respell=False)


@lru_cache(maxsize=512)
def _normal(headline: str, language: str, *, respell: bool = True) -> Form:
    text = unicodedata.normalize("NFKC", headline).translate(_QUOTES)
    if tables.unspaced(text):
        text = _UNSPACED_NUMBER.sub(" ", text)
    return Reading(text, language, respell=respell).form()


class Reading:
    """One headline on its way to its normal form."""

    def __init__(self, text: str, language: str, *, respell: bool = True) -> None:
        cut = pieces.cut(text)
        raw = [piece for kind, piece in cut if kind in {"word", "acronym"}]
        self.language = language or pieces.language(raw)
        first = [word[0] for word in raw if len(word) > 3 and word[0].isalpha()]
        small = sum(map(str.islower, first))
        self.shouted = small <= 0.2 * len(first) and len(first) > 1
        """Capitals say nothing here: a headline in title case or in capitals."""
        self.flat = bool(raw) and not any(map(str.isupper, "".join(raw)))
        """A headline in small letters throughout: a missing capital says nothing."""
        language, flat = self.language, self.flat
        self.pieces = [piece for kind, text in cut for piece in _pieces(kind, text, language, flat)]
        if respell:
            self.pieces = [_righted(piece, language, flat) if piece.strange else piece for piece in self.pieces]
        self.tokens: list[str] = []
        self.marks: list[int] = []
        self.pending = BREAK

    def form(self) -> Form:
        """The tokens of the whole headline."""
        reader = numbers.Reader(self.language, tables.words().only)
        pieces, tokens = self.pieces, self.tokens
        at, end = 0, len(pieces)
        while at < end and len(tokens) < LONGEST:
            piece = pieces[at]
            if piece.alone:
                self._take(piece)
                at += 1
            elif piece.kind == "break":
                self.pending = BREAK
                at += 1
            elif (read := reader.read(pieces, at)) is not None:
                for token in read[0]:
                    self._add(token, NUMBER)
                at = read[1]
            else:
                behind = self._phrase(at)
                if not behind:
                    self._take(piece)
                at = behind or at + 1
        return Form(tuple(self.tokens), tuple(self.marks))

    def _phrase(self, at: int) -> int:
        """Takes the phrase that begins at a piece; the index behind it, 0 where none does."""
        first = self.pieces[at]
        for phrases, mark in ((tables.places().phrases, PLACE | NAME), (tables.words().phrases, 0)):
            for phrase, canonical in phrases.get(first.low, ()):
                end = at + len(phrase)
                if tuple(piece.low for piece in self.pieces[at:end]) == phrase and (
                    mark == 0 or self.flat or first.text[0].isupper()
                ):
                    self._add(canonical, mark or _named(canonical))
                    return end
        return 0

    def _take(self, piece: Piece) -> None:
        if piece.by and self.marks:
            self.marks[-1] |= BY
        sense = piece.soft if self.pending or self.shouted else piece.sense
        if sense is not None:
            self.tokens.append(sense[0])
            self.marks.append(sense[1] | self.pending)
            self.pending = 0

    def _add(self, token: str, mark: int) -> None:
        self.tokens.append(token)
        self.marks.append(mark | self.pending)
        self.pending = 0


@lru_cache(maxsize=16384)
def _pieces(kind: str, written: str, language: str, flat: bool) -> tuple[Piece, ...]:
    """What a piece of a text comes to: mostly one word."""
    if kind in {"break", "sign"}:
        return (Piece(kind, written, written, alone=False, by=False, sense=None, soft=None, strange=False),)
    return tuple([_piece(*spelt, language, flat) for spelt in pieces.spelt(kind, written, language)])


def _piece(kind: str, text: str, low: str, strange: bool, language: str, flat: bool) -> Piece:
    """A word as it is written and folded, with what it means."""
    opens = low in tables.places().phrases or low in tables.words().phrases or kind == "number"
    alone = kind in {"known", "cjk"} or not (opens or numbers.may_begin(text, low))
    sense, soft = _senses(kind, text, low, language, flat=flat)
    return Piece(kind, text, low, alone, low in _AGENTS, sense, soft, strange)


def _righted(piece: Piece, language: str, flat: bool) -> Piece:
    """A strange piece, its slip of the pen put right; itself where there is none."""
    low = respelt(piece.low)
    return piece if low == piece.low else _piece(piece.kind, piece.text, low, False, language, flat)


def _senses(kind: str, text: str, low: str, language: str, *, flat: bool) -> tuple[Sense | None, Sense | None]:
    """The token and marks of a word that is no number and in no phrase, None for one that tells nothing.

    And the same where a capital says nothing of it.
    """
    words, places, common = tables.words(), tables.places(), tables.background().common
    drop = words.drop.get(language, frozenset())
    foreign = low in words.only and language not in words.only[low]
    capital = text[0].isupper()
    base = lemma(low)
    sense: Sense | None
    if kind == "known":
        sense = low, PLACE | NAME if low in places.within or low in _countries() else NAME
    elif kind == "cjk":
        sense = low, 0
    elif (
        low in _CASED
        and not (flat and low in {"us", "china", "turkey", "chad", "mali"})
        and not (text.isupper() if low in {"us", "who", "it", "un"} else capital)
    ):
        sense = None if low in drop or low in {"us", "who", "it"} else (base, 0)
    elif low in words.negation and not foreign:
        sense = words.negation[low], NEGATION
    elif low in drop and not (low in _CASED and (text.isupper() or (flat and low == "us"))):
        sense = None
    elif low in places.alias and not foreign and (flat or capital or not text[0].isascii()):
        sense = places.alias[low], PLACE | NAME
    elif not foreign and (low in words.same or base in words.same):
        canonical = words.same[low if low in words.same else base]
        sense = canonical, _named(canonical)
    else:
        name = low if base not in common else base, NAME
        sense = name if capital or flat else (base, 0)
        if language == "en" and (low in common or base in common):
            return (base, 0) if flat else sense, (base, 0)
    return sense, sense


def _named(canonical: str) -> int:
    """`NAME` for the people and bodies of the tables."""
    return NAME if canonical in tables.words().names else 0


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(tables.places().alias.values()) | frozenset(canonical for _, canonical in tables.places().unspaced)
