"""Two normal forms lined up: what both say, what only one says, and which words are one word with a slip of the pen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from wirewatch.stories import tables
from wirewatch.stories.normal import CUT, NEGATION, NUMBER, PLACE

if TYPE_CHECKING:
    from wirewatch.stories.normal import Form

FEW = 3
ALIKE = 80.0
"""From this `fuzz.ratio` on two words are one word with a slip of the pen."""
LIGHT = frozenset(
    {
        "say",
        "announce",
        "report",
        "by",
        "official",
        "source",
        "police",
        "minister",
        "new",
        "set",
        "get",
        "now",
        "plan",
        "#1",
    }
)
"""Words that make no difference between two headlines."""


class Contrast:
    """Two normal forms lined up: `shared` tokens, and what is left on either side after slips of the pen are paired."""

    def __init__(self, one: Form, other: Form) -> None:
        self.one, self.other = one, other
        mine, theirs = dict(zip(one.tokens, one.marks, strict=True)), dict(zip(other.tokens, other.marks, strict=True))
        self.shared = mine.keys() & theirs.keys()
        self.left = {token: marks for token, marks in mine.items() if token not in self.shared}
        self.right = {token: marks for token, marks in theirs.items() if token not in self.shared}
        if len(mine) < len(one.tokens) or len(theirs) < len(other.tokens):
            self._repeated(mine, theirs)
        if self.left or self.right:
            self._pair()

    def _repeated(self, mine: dict[str, int], theirs: dict[str, int]) -> None:
        """Adds what one says oftener than the other: `season 4, episode 5` and `season 5, episode 5` differ."""
        for token, marks in mine.items():
            if token not in self.shared:
                continue
            more = self.one.tokens.count(token) - self.other.tokens.count(token)
            if more > 0:
                self.left[token] = marks
            elif more < 0:
                self.right[token] = theirs[token]

    def _pair(self) -> None:
        """Takes out of what is left the words that differ by a letter, and words that broke off with their headline."""
        words = {word: (marks, in_use(word)) for word, marks in self.right.items() if not marks & (NUMBER | NEGATION)}
        for token, mine in list(self.left.items()):
            if mine & (NUMBER | NEGATION):
                continue
            used = in_use(token)
            for candidate, (theirs, known) in words.items():
                if token[0] != candidate[0] and used == known:
                    continue  # most pairs: two words, as `_one_word` would say
                if _one_word(token, candidate, mine, theirs):
                    del self.left[token], self.right[candidate], words[candidate]
                    break
        if not self.one.ends(CUT) and not self.other.ends(CUT):
            return
        if marks_of(self.left) & marks_of(self.right) & CUT:
            return
        for side, longer in ((self.left, self.right), (self.right, self.left)):
            for token in [token for token, marks in side.items() if marks & CUT]:
                if side[token] & NUMBER:
                    for whole in [whole for whole in longer if whole[:2] == token[:2]]:
                        del longer[whole]
                del side[token]

    def minimal(self) -> bool:
        """True where the two differ in a word or two only: the shape of two pieces made after one pattern."""
        for side in (self.left, self.right):
            words = [token for token, marks in side.items() if token not in LIGHT and not marks & NUMBER]
            own = len(words) - sum(map(tables.unspaced, words)) / 2
            own += any(marks & NUMBER for marks in side.values())
            if own > FEW:
                return False
        return len(self.shared) >= 1

    def sides(self, mark: int) -> tuple[list[str], list[str]]:
        """What is left on either side and has a mark."""
        left = [token for token, marks in self.left.items() if marks & mark]
        return left, [token for token, marks in self.right.items() if marks & mark]


def marks_of(side: dict[str, int]) -> int:
    """Every mark that a word of one side has."""
    found = 0
    for marks in side.values():
        found |= marks
    return found


def _one_word(token: str, candidate: str, mine: int, theirs: int) -> bool:
    """True for a word and itself cut short or with a letter wrong; two words that are both in use never are."""
    if (mine & CUT and candidate.startswith(token)) or (theirs & CUT and token.startswith(candidate)):
        return True
    if mine & theirs & PLACE or len(token) < 4 or len(candidate) < 4:
        return False
    if token[0] != candidate[0] and (abs(len(token) - len(candidate)) > 2 or in_use(token) == in_use(candidate)):
        return False
    if candidate in tables.words().opposites.get(token, ()):
        return False
    if in_use(token) and in_use(candidate):
        return token[:4] == candidate[:4] and _stem(token) == _stem(candidate)
    likeness = fuzz.ratio(token, candidate)
    if token[0] != candidate[0] and likeness < 88:
        return False
    return likeness >= (ALIKE if len(token) > 4 else 75)


@lru_cache(maxsize=4096)
def in_use(word: str) -> bool:
    """True for a word that the background has."""
    background = tables.background()
    return word in background.df or word in background.common


def _stem(word: str) -> str:
    for ending in ("ation", "ment", "ings", "ing", "ers", "er", "ed", "es", "al", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
