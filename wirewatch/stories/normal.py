"""The normal form of a headline: the tokens that carry its meaning, each in one way of writing.

Two headlines that say the same in the same words have equal normal forms whatever their labels, outlets, quotes,
spelling, number style or case. Numbers become `#value` with their unit, months `@m3`, weekdays `@d1`, quarters `@q1`,
ordinals `@o3`; places and common news words become the name that the tables beside this module give them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

from wirewatch.headline import bare
from wirewatch.stories import tables
from wirewatch.stories.numbers import Reader

NAME, BREAK, PLACE, NUMBER, NEGATION, BY, CUT = 1, 2, 4, 8, 16, 32, 64
"""Marks of a token. `BREAK`: a comma, colon or dash stands before it; `BY`: the agent of a passive follows it;
`CUT`: the headline broke off in or behind it."""

LONGEST = 64
"""Tokens kept of a text; what a headline has beyond them tells nothing more."""

_TOKEN = re.compile(
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
_MONTH_BEFORE = frozenset(
    {
        "in",
        "on",
        "of",
        "for",
        "by",
        "until",
        "since",
        "from",
        "to",
        "late",
        "early",
        "mid",
        "and",
        "next",
        "last",
        "this",
    }
)


class Form(NamedTuple):
    """A headline's normal form: tokens in order, and what is known of each (`NAME` …, as bits)."""

    tokens: tuple[str, ...]
    marks: tuple[int, ...]

    @property
    def text(self) -> str:
        """The tokens in one line, for comparing."""
        return " ".join(self.tokens)

    def marked(self, mark: int) -> tuple[str, ...]:
        """The tokens that have a mark, in order."""
        return tuple(token for token, marks in zip(self.tokens, self.marks, strict=True) if marks & mark)


def plain(headline: str) -> str:
    """A headline without case, quotes and punctuation but in its own words: what identity goes by."""
    text = unicodedata.normalize("NFKC", headline).translate(_QUOTES).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def normal(headline: str, language: str | None = None) -> Form:
    """The normal form of a headline; `language` (BCP 47) is guessed from its function words where it isn't known."""
    form = _normal(bare(headline), (language or "").partition("-")[0].lower())
    if form.marks and headline.rstrip().endswith(("...", "…")):
        return Form(form.tokens, (*form.marks[:-1], form.marks[-1] | CUT))
    return form


def running(text: str, language: str | None = None) -> Form:
    """The normal form of running text, in which nothing is a label."""
    return _normal(text, (language or "").partition("-")[0].lower(), respell=False)


@lru_cache(maxsize=512)
def _normal(headline: str, language: str, *, respell: bool = True) -> Form:
    text = unicodedata.normalize("NFKC", headline).translate(_QUOTES)
    if tables.unspaced(text):
        text = _UNSPACED_NUMBER.sub(" ", text)
    return Reading(text, language, respell=respell).form()


@lru_cache(maxsize=16384)
def lemma(word: str) -> str:
    """An English word's base form, as far as the background knows one; other words as they are."""
    return _lemma(word)


def _lemma(word: str) -> str:
    common = tables.background().common
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        bases = [word[:-1]]
        if word.endswith("ies") and len(word) > 4:
            bases = [word[:-3] + "y", word[:-1]]
        elif word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
            bases = [word[:-2], word[:-1]]
        best = max(bases, key=lambda base: common.get(base, 0))
        return _lemma(best) if best in common or word not in common else word
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            bases = [stem + "e", stem]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                bases.append(stem[:-1])
            if stem.endswith("i"):
                bases.append(stem[:-1] + "y")
            best = max(bases, key=lambda base: common.get(base, 0))
            if common.get(best, 0) > 2:
                return best
    return word


def known(word: str) -> bool:
    """True for a word that the background or a table has."""
    if word in _vocabulary():
        return True
    return word.endswith(("s", "ed", "ing")) and _lemma(word) in tables.background().common


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
    """A long word that nobody knows, its two letters turned back or its lost one put back, if that is known."""
    if len(word) < 5 or not word.isascii() or not word.isalpha() or known(word):
        return word
    found = _all_known({word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)})
    if not found:
        halves = [(word[:at], word[at:]) for at in range(1, len(word))]
        found = _all_known({head + letter + tail for head, tail in halves for letter in ascii_lowercase})
    common = tables.background().common
    return max(found, key=lambda candidate: (common.get(candidate, 0), candidate), default=word)


def _all_known(words: set[str]) -> set[str]:
    """Those of many words that the background or a table has, as `known` says."""
    vocabulary = _vocabulary()
    return {word for word in words if word in vocabulary or (word[-1] in "sdg" and known(word))}


class Reading:
    """One headline on its way to its normal form."""

    def __init__(self, text: str, language: str, *, respell: bool = True) -> None:
        self.respelt = respelt if respell else str
        """Slips of the pen are for headlines; a summary's words are many, and one of them tells little."""
        self.words = tables.words()
        self.places = tables.places()
        self.common = tables.background().common
        self.pieces = [(found.lastgroup or "", found.group()) for found in _TOKEN.finditer(text)]
        self.raw = [piece for kind, piece in self.pieces if kind in {"word", "acronym"}]
        self.language = language or self._guess()
        self.drop = self.words.drop.get(self.language, frozenset())
        long = [word for word in self.raw if len(word) > 3 and word[0].isalpha()]
        small = sum(word[0].islower() for word in long)
        self.shouted = bool(long) and small <= 0.2 * len(long) and len(long) > 1
        """Capitals say nothing here: a headline in title case or in capitals."""
        self.flat = bool(self.raw) and not any(char.isupper() for word in self.raw for char in word)
        """A headline in small letters throughout: a missing capital says nothing."""
        self.tokens: list[str] = []
        self.marks: list[int] = []
        self.pending = BREAK

    def _guess(self) -> str:
        lowered = {word.lower() for word in self.raw}
        lowered |= {head for head, mark, _ in (word.partition("'") for word in lowered) if mark and len(head) <= 2}
        best, most = "en", len(lowered & self.words.drop["en"])
        if most == 0 and all(word.isascii() for word in self.raw):
            most = 1  # one small word makes no foreign headline: "Cinco de Mayo"
        for language, listed in self.words.drop.items():
            if len(lowered & listed) > most:
                best, most = language, len(lowered & listed)
        return best

    def form(self) -> Form:
        """The tokens of the whole headline."""
        numbers = Reader(self.language, self.words.only)
        pieces = self._split()
        at = 0
        while at < len(pieces) and len(self.tokens) < LONGEST:
            kind, piece, low = pieces[at]
            if kind == "break":
                self.pending |= BREAK
                at += 1
                continue
            read = numbers.read(pieces, at)
            if read is not None:
                for token in read[0]:
                    self._add(token, NUMBER)
                at = read[1]
                continue
            at = self._word(pieces, at, piece, low)
        return Form(tuple(self.tokens), tuple(self.marks))

    def _split(self) -> list[tuple[str, str, str]]:
        """Pieces as (kind, as written, folded), possessives gone, hyphens parted unless the tables know them."""
        found = []
        for kind, piece in self.pieces:
            if kind == "acronym":
                joined = piece.replace(".", "")
                found.append(("word", joined.upper() if len(joined) < 4 else joined, joined.casefold()))
            elif kind == "word":
                found.extend(self._parts(piece))
            else:
                found.append((kind, piece, piece.casefold()))
        return found

    def _parts(self, piece: str) -> list[tuple[str, str, str]]:
        if piece.endswith(("'s", "'S")):
            piece = piece[:-2]
        low = piece.casefold()
        if low.endswith("n't"):
            return [("word", "not", "not")]
        if "'" in piece and low not in self.words.negation:
            head, _, tail = piece.partition("'")
            if len(head) <= 2 and tail and self.language in {"fr", "it"}:
                return self._parts(tail)
            piece = piece.replace("'", "")
            low = piece.casefold()
        if tables.unspaced(piece):
            return self._unspaced(piece)
        if "-" not in piece or low in self.words.same or low in self.words.negation or low in tables.numbers().weekday:
            return [("word", piece, self.respelt(low))]
        parts = piece.split("-")
        if any(part.isdigit() for part in parts[1:]) and (parts[0][0].isupper() or len(parts[0]) < 3):
            return [("word", "".join(parts), "".join(parts).casefold())]
        return [("word", part, self.respelt(part.casefold())) for part in parts if part]

    def _unspaced(self, piece: str) -> list[tuple[str, str, str]]:
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

    def _word(self, pieces: list[tuple[str, str, str]], at: int, piece: str, low: str) -> int:
        """Takes the word at a place, or the phrase that begins there; the index behind it."""
        kind = pieces[at][0]
        if kind == "known":
            self._add(low, PLACE | NAME if low in self.places.within or low in _countries() else NAME)
            return at + 1
        if kind == "cjk":
            self._add(low, 0)
            return at + 1
        for phrases, mark in ((self.places.phrases, PLACE | NAME), (self.words.phrases, 0)):
            for phrase, canonical in phrases.get(low, ()):
                end = at + len(phrase)
                if tuple(part[2] for part in pieces[at:end]) == phrase and (
                    mark == 0 or self.flat or piece[0].isupper()
                ):
                    self._add(canonical, mark or self._named(canonical))
                    return end
        if (
            low in _CASED
            and not (self.flat and low in {"us", "china", "turkey", "chad", "mali"})
            and not (piece.isupper() if low in {"us", "who", "it", "un"} else piece[0].isupper())
        ):
            if low not in self.drop and low not in {"us", "who", "it"}:
                self._add(lemma(low), 0)
            return at + 1
        foreign = low in self.words.only and self.language not in self.words.only[low]
        if low in {"by", "von", "par", "por", "da", "przez"} and self.marks:
            self.marks[-1] |= BY
        if low in self.words.negation and not foreign:
            self._add(self.words.negation[low], NEGATION)
        elif low in self.drop and not (low in _CASED and (piece.isupper() or (self.flat and low == "us"))):
            pass
        elif low in self.places.alias and not foreign and (self.flat or piece[0].isupper() or not piece[0].isascii()):
            self._add(self.places.alias[low], PLACE | NAME)
        elif not foreign and (low in self.words.same or lemma(low) in self.words.same):
            canonical = self.words.same[low if low in self.words.same else lemma(low)]
            self._add(canonical, self._named(canonical))
        else:
            base = lemma(low)
            common = low in self.common or base in self.common
            name = piece[0].isupper() or self.flat
            if self.language == "en" and (self.shouted or self.flat or self.pending & BREAK):
                name = name and not common
            self._add(low if name and base not in self.common else base, NAME if name else 0)
        return at + 1

    def _named(self, canonical: str) -> int:
        """`NAME` for the people and bodies of the tables."""
        return NAME if canonical in self.words.names else 0

    def _add(self, token: str, mark: int) -> None:
        self.tokens.append(token)
        self.marks.append(mark | self.pending)
        self.pending = 0


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(tables.places().alias.values()) | frozenset(canonical for _, canonical in tables.places().unspaced)


@lru_cache(maxsize=1)
def _unspaced_names() -> tuple[tuple[str, str], ...]:
    """Places, people and bodies in scripts without spaces, the longest first."""
    found = list(tables.places().unspaced)
    found += [(word, name) for word, name in tables.words().same.items() if tables.unspaced(word) and len(word) > 1]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))
