"""Words without which a pattern can't match, read off the pattern: what spares most texts most patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch.headline.letters import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = re.compile(
    r"(?P<around>\(\?<?[=!])|(?P<group>\((?:\?P<\w+>|\?[a-z-]*:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]|[.^$]|\\[a-wyzA-Z])"
    r"|(?:\\x(?P<hex>[0-9a-fA-F]{2})|\\(?P<escaped>.)|(?P<char>.))"
    r"(?P<times>[*+?]\??|\{\d*,?\d*\}\??)?",
    re.DOTALL,
)
_QUANTIFIER = re.compile(r"[*+?]\??|\{\d*,?\d*\}\??")
_LEAST = 3
"""Letters of a word worth looking for, where words are written with letters."""

Need = frozenset[str] | None
"""Words of which a folded text must have one; None where nothing can be said."""


def needed(pattern: str) -> Need:
    """Of which words a folded text (`headline.letters.folded`) must have one for a pattern to match in any letter case.

    The pattern may have what those of phrases.toml have: groups, sets, bounds, repeats, lookaround.
    """
    found, _ = _alternatives(pattern, 0)
    return found


def _alternatives(pattern: str, at: int) -> tuple[Need, int]:
    """What an alternation needs that begins here, and where it ends: past its bracket, or with the pattern."""
    branches: list[Need] = []
    best: Need = None
    run = ""
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        assert token is not None  # noqa: S101 - it takes any character
        at = token.end()
        char = chr(int(token["hex"], 16)) if token["hex"] else token["escaped"] or token["char"]
        if char is not None and token["times"] is None:
            run += char
            continue
        if char is not None and token["times"][0] == "+":
            run += char
        best, run = _better(best, _word(run)), ""
        if token["around"] or token["group"]:
            inner, at = _alternatives(pattern, at)
            times = _QUANTIFIER.match(pattern, at)
            at = times.end() if times else at
            if token["group"] and (times is None or times[0][0] == "+"):
                best = _better(best, inner)
        elif token["set"]:
            times = _QUANTIFIER.match(pattern, at)
            at = times.end() if times else at
        elif token["bar"]:
            branches.append(best)
            best = None
        elif token["close"]:
            break
    return either([*branches, _better(best, _word(run))]), at


def _word(run: str) -> Need:
    word = folded(run)
    return frozenset((word,)) if len(word) >= _LEAST or (word and word[0] >= "\u0600") else None


def either(branches: Iterable[Need]) -> Need:
    """What is needed for one of several."""
    words: set[str] = set()
    for branch in branches:
        if branch is None:
            return None
        words |= branch
    return frozenset(words)


def _better(one: Need, other: Need) -> Need:
    """Whichever is met by fewer texts: longer words, then fewer of them."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))
