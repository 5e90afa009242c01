"""Labels: words that stand apart from a headline's sentence and say what kind of piece it is.

FLAGS.md, rules 4-6: at the start, at the end or in brackets there; set off by punctuation, or by a bare space where
the label is in capitals and the headline isn't; stacked; the words and their limits are in labels.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from wirewatch.headline.language import language_of
from wirewatch.headline.letters import in_capitals, lead
from wirewatch.headline.live import live_tail, topic_live
from wirewatch.headline.outlets import known_names, names_pattern, outlet_named
from wirewatch.headline.tables import table
from wirewatch.headline.words import BESIDE, OUTLET_SHAPE, Row, numbered, plain, words_of


@dataclass(frozen=True)
class Label:
    """A label found in a headline (or slug): `text` is the label's own words, at `start:end` in code points."""

    flag: str
    """With its parameter: `update:2`."""
    start: int
    end: int
    text: str
    rule: str
    level: int | None
    field: str = "headline"


@dataclass(frozen=True)
class Scan:
    """The labels of a headline and where its sentence begins and ends."""

    labels: tuple[Label, ...]
    start: int
    end: int
    claim_end: int
    """As `end`, but with a credit at the end still in: `… – WSJ`."""


_OPEN = "([【［＜〈《〔（<"
_CLOSE = dict(zip(_OPEN, ")]】］＞〉》〕）>", strict=True))
_DECORATION = re.compile(r"""[^\w"'“”‘’«»„「」『』()\[\]【】［］＜＞〈〉《》〔〕（）<>¿¡$£€¥]*""")
_SEPARATOR = re.compile(r"\s*(?:[:：|｜丨¦•·»]|[–—―]|--+|\s-\s|\+{2,}|\.\.+|::|[!！]|\*{1,3}(?=\s))\s*")
_HYPHEN = re.compile(r"-(?=[^\W_a-zà-öø-ÿ]|[\"'“‘«$£€¥])")
_STOP = re.compile(r"[.!,](?:\s+|$)")
_JOIN = re.compile(r"\s*[/&+,]\s*|\s+(?:and\s+)?|-(?=\w)")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(]*([\w’']+)")


@dataclass(frozen=True)
class _Token:
    row: Row
    start: int
    end: int
    number: int | None


class _Scanner:
    """One headline being read from both ends."""

    def __init__(self, headline: str, language: str, kind: str) -> None:
        self.text = headline
        self.words = words_of(language)
        self.language = language
        self.kind = kind
        self.labels: list[Label] = []

    # --- single words

    def token(self, at: int, end: int) -> _Token | None:
        """The label or word beside a label that starts here."""
        begun = lead(self.text, at, end)
        return self.phrase(begun, at, end) or self.outlet(begun, at, end)

    def phrase(self, begun: str, at: int, end: int) -> _Token | None:
        phrases = self.words.pattern(begun)
        if phrases is None:
            return None
        for pattern, row in self.words.slots(begun):
            found = pattern.match(self.text, at, end)
            if found:
                return _Token(row, at, found.end(), None)
        found = phrases.match(self.text, at, end)
        if found:
            words, number = numbered(found[0])
            known = self.words.rows.get(plain(words)) or self.words.rows.get(plain(found[0]))
            if known is not None:
                return _Token(known, at, found.end(), number)
        return None

    def outlet(self, begun: str, at: int, end: int) -> _Token | None:
        article = _ARTICLE.match(self.text, at, end) if begun == "the" else None
        found = _outlet_at(self.text, article.end(), end) if article else None
        found = found or _outlet_at(self.text, at, end)
        if found and outlet_named(self.text[at : found.end()]):
            return _Token(BESIDE, at, found.end(), None)
        return None

    def run(self, at: int, end: int) -> list[_Token]:
        """Labels and words beside them in a row, parted by spaces, slashes or hyphens only."""
        tokens: list[_Token] = []
        while at < end and (token := self.token(at, end)):
            tokens.append(token)
            join = _JOIN.match(self.text, token.end, end)
            at = join.end() if join else end
        return tokens

    def take(self, tokens: list[_Token]) -> None:
        for token in tokens:
            row = token.row
            if row.flag:
                words = self.text[token.start : token.end]
                flag = row.flag
                if row.ordinal:
                    digits = re.match(r"\d+", words)
                    flag = f"{flag}:{int(digits[0]) if digits else 1}"
                elif token.number is not None and flag == "update":
                    flag = f"{flag}:{token.number}"
                self.labels.append(Label(flag, token.start, token.end, words, row.rule, row.level))

    def allowed(self, tokens: list[_Token], after: int, *, loose: bool) -> bool:
        """Whether what follows lets these be labels; `loose` is a bare space or hyphen."""
        following = _NEXT_WORD.match(self.text, after)
        word = following[1].casefold() if following else ""
        for token in tokens:
            row = token.row
            if word in row.unless_after or (loose and word in row.unless_next):
                return False
            small = row.caps and self.kind != "agency" and not self.text[token.start : token.end].isupper()
            if small and not row.unless_beside.intersection(plain(self.text[after:]).split()):
                return False
        return any(token.row.flag for token in tokens)

    # --- the head

    def head(self) -> int:
        at = 0
        while True:
            step = self.head_step(at)
            if step is None:
                return at
            at = step

    def head_step(self, at: int) -> int | None:
        text = self.text
        decoration = _DECORATION.match(text, at)
        start = decoration.end() if decoration else at
        adorned = text[at:start]
        if start >= len(text):
            return None
        if text[start] in _CLOSE:
            return self.bracketed(start)
        tokens = [token for token in self.run(start, len(text)) if not token.row.bracket]
        while tokens:
            last = tokens[-1].end
            after = self.terminator(tokens, last, adorned)
            if after is not None:
                self.take(tokens)
                return after
            tokens.pop()
        return None

    def bracketed(self, start: int) -> int | None:
        close = self.text.find(_CLOSE[self.text[start]], start + 1, start + 60)
        if close < 0:
            return None
        inner = start + 1 + len(self.text[start + 1 : close]) - len(self.text[start + 1 : close].lstrip(" #+"))
        tokens = self.run(inner, close)
        if not tokens or self.text[tokens[-1].end : close].strip(" :!+"):
            return None
        rest = self.text[close + 1 :]
        after = len(self.text) - len(re.sub(r"^\s*(?:[:：|–—-]\s*)?", "", rest))
        if not self.allowed(tokens, after, loose=False):
            return None
        self.take(tokens)
        return after

    def terminator(self, tokens: list[_Token], at: int, adorned: str) -> int | None:
        """Where the sentence starts, if what stands after these words sets them off from it."""
        text = self.text
        if at == len(text):
            alone = len(tokens) == 1 and tokens[0].start == 0
            return at if alone and self.allowed(tokens, at, loose=False) else None
        separator = _SEPARATOR.match(text, at)
        if separator:
            return separator.end() if self.allowed(tokens, separator.end(), loose=False) else None
        rest = text[at:]
        words = text[tokens[0].start : at]
        capitals = words.isupper() and sum(char.isupper() for char in words) >= 2
        shouted = in_capitals(rest)
        hyphen = _HYPHEN.match(text, at)
        if hyphen:
            wire = all(token.row.hyphen for token in tokens if token.row.flag) and words[0].isupper()
            free = wire and (self.kind == "agency" or not (shouted and not capitals))
            return hyphen.end() if free and self.allowed(tokens, hyphen.end(), loose=True) else None
        stop = _STOP.match(text, at)
        if stop and capitals and not shouted and (text[at] != "," or self.language == "fr"):
            return stop.end() if self.allowed(tokens, stop.end(), loose=False) else None
        space = re.match(r"\s+", rest)
        if space and not stop:
            after = at + space.end()
            opens = not text[after : after + 1].islower()
            set_off = (capitals and not shouted) or "#" in adorned
            if set_off and opens and self.allowed(tokens, after, loose=True):
                return after
        return None

    # --- the tail

    def tail(self, start: int) -> tuple[int, int]:
        """Where the sentence ends, and where it ends if outlets named after it belong to it."""
        end = claim_end = len(self.text)
        while True:
            known = len(self.labels)
            step = self.tail_step(start, end)
            if step is None:
                return end, claim_end
            end = step
            claim_end = step if len(self.labels) > known else claim_end

    def tail_step(self, start: int, end: int) -> int | None:
        text = self.text[:end].rstrip(" +")
        end = len(text)
        if end - start < 4:
            return None
        if text[-1] in _CLOSE.values():
            return self.tail_bracket(text, start)
        found = max(_TAIL_SEPARATOR.finditer(text, start), key=re.Match.end, default=None)
        if found is not None and end - found.end() <= 48:
            step = self.tail_after(found, end)
            if step is not None:
                return step
        return self.tail_capitals(text, start)

    def tail_bracket(self, text: str, start: int) -> int | None:
        opening = next(mark for mark, close in _CLOSE.items() if close == text[-1])
        at = text.rfind(opening, start)
        if at < start + 1 or len(text) - at > 60:
            return None
        tokens = self.run(at + 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip(" #")), len(text) - 1)
        if tokens and not text[tokens[-1].end : -1].strip(" :!") and self.allowed(tokens, len(text), loose=False):
            self.take(tokens)
            return at
        return None

    def tail_after(self, separator: re.Match[str], end: int) -> int | None:
        at = separator.end()
        tail = self.text[at:end]
        live = live_tail(tail, self.language)
        if live is not None:
            first, last = live
            self.labels.append(Label("live", at + first, at + last, tail[first:last], "label/live", 4))
            return separator.start()
        tokens = self.run(at, end)
        flags = [token for token in tokens if token.row.flag]
        if flags and not self.text[tokens[-1].end : end].strip(" !"):
            fits = all(token.row.tail and not token.row.bracket for token in flags)
            if fits and self.allowed(tokens, end, loose=False):
                self.take(tokens)
                return separator.start()
        elif not flags and outlet_named(tail) and separator[0].strip() in ("|", "-", "–", "—"):
            return separator.start()
        return None

    def tail_capitals(self, text: str, start: int) -> int | None:
        """A label in capitals at the end of a headline that isn't: `… before vote VIDEO`."""
        if text[-1].islower():
            return None
        found = re.search(r"\s([A-ZÀ-ÝА-Я]{4,}(?:\s[A-ZÀ-ÝА-Я]{4,})?)$", text[start:])
        if (
            not found
            or in_capitals(text[start : start + found.start()])
            or text[start : start + found.start()].isupper()
        ):
            return None
        at = start + found.start(1)
        tokens = self.run(at, len(text))
        if not tokens or tokens[-1].end != len(text) or not all(token.row.tail for token in tokens):
            return None
        before = text[:at].split()
        if any(token.row.flag in ("live", "update", "alert", "breaking", "urgent") for token in tokens) or not before:
            return None
        if before[-1][-1] in ",;" or not self.allowed(tokens, len(text), loose=False):
            return None
        self.take(tokens)
        return at - 1


_TAIL_SEPARATOR = re.compile(r"\s+(?:--+|[-–—|｜丨])\s+|\s*[—–|｜丨]\s*|\s-(?=[A-Z])|[:：]\s*(?=\S)|\s+\+{2,}\s*")


@cache
def _view_on() -> re.Pattern[str]:
    """`The <outlet> view on`: an editorial, whoever the outlet is."""
    return re.compile(rf"[Tt]he\s(?:(?i:{names_pattern()})(?:['’]s)?\s[Vv]iew|{OUTLET_SHAPE}\sview)\s[Oo]n\b")


_ARTICLE = re.compile(r"the\s", re.IGNORECASE)


@cache
def _by_lead() -> dict[str, list[str]]:
    """The names of outlets by how they begin."""
    found: dict[str, list[str]] = {}
    for name in known_names():
        found.setdefault(lead(name), []).append(name)
    return found


@lru_cache(maxsize=1024)
def _outlets_beginning(begun: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{names_pattern(*_by_lead()[begun])})(?:['’]s)?(?!\w)", re.IGNORECASE)


def _outlet_at(text: str, at: int, end: int) -> re.Match[str] | None:
    begun = lead(text, at, end)
    return _outlets_beginning(begun).match(text, at, end) if begun in _by_lead() else None


def scan(headline: str, language: str | None = None, kind: str = "web") -> Scan:
    """Reads a headline's labels and finds where its sentence begins and ends."""
    return _scan(headline, language_of(language, headline), kind)


@lru_cache(maxsize=1024)
def _scan(headline: str, language: str, kind: str) -> Scan:
    reader = _Scanner(headline, language, kind)
    start = reader.head()
    end, claim_end = reader.tail(start)
    if not any(label.flag == "live" for label in reader.labels):
        live = topic_live(headline, language, start, end)
        if live is not None:
            reader.labels.append(Label("live", *live, headline[slice(*live)], "label/live-topic", 4))
    view = _view_on().match(headline[start:end]) if headline.startswith(("The", "the"), start) else None
    if view:
        reader.labels.append(Label("opinion", start, start + view.end(), view[0], "label/view-on", 4))
    return Scan(tuple(sorted(reader.labels, key=lambda label: (label.start, label.end))), start, end, claim_end)


def opening_labels(text: str, language: str | None = None, kind: str = "web") -> list[Label]:
    """The labels that stand before the sentence with which a text begins."""
    reader = _Scanner(text, language_of(language, text), kind)
    start = reader.head()
    return [label for label in reader.labels if label.end <= start]


def labels(headline: str, language: str | None = None, kind: str = "web", slug: str | None = None) -> list[Label]:
    """The labels of a headline, and of its slug if it has one, in order.

    `language` is the item's; None has it guessed. English labels count in every language.
    """
    return [*scan(headline, language, kind).labels, *slug_labels(slug)]


def slug_labels(slug: str | None) -> list[Label]:
    """The labels of a slug line: `USA-SHUTDOWN/ (UPDATE 1, PIX)`, `BC-US--Heat, 1st Ld-Writethru`."""
    found: list[Label] = []
    for row in table("labels")["slug"] if slug else ():
        for match in re.finditer(row["re"], slug or ""):
            number = match.groupdict().get("n")
            flag = f"{row['flag']}:{int(number)}" if number and row["flag"] == "update" else row["flag"]
            found.append(
                Label(flag, match.start(), match.end(), match[0], f"slug/{row['flag']}", row["level"], field="slug")
            )
    return found
