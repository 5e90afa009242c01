"""Which word of a headline a reader most likely means when they want it watched. Pure; they can change it."""

from __future__ import annotations

import re

from wirewatch.widgets.marks import own_label

_WORD = re.compile(r"[^\W_]+(?:[-.'’&][^\W_]+)*")
_SMALL = frozenset(("of", "the", "de", "du", "la", "le", "von", "van", "der", "den", "al", "bin", "del", "di", "da"))
_LEAST = 4
"""Letters of a word that is worth watching by itself."""
_QUERY = re.compile(r"[\w\s'’.-]+")


def word_of(headline: str, flags: tuple[str, ...] = (), asked: str = "") -> str:
    """The words of a plain search, else the longest name in the headline, else its longest word."""
    if asked and _QUERY.fullmatch(asked) and not re.search(r"\b(?:and|or|not)\b", asked, re.IGNORECASE):
        return " ".join(asked.split())
    start, _ = own_label(headline, flags)
    found = list(_WORD.finditer(headline, start))
    if not found:
        return ""
    names = [row for row in _names(headline, found) if len(row) > 1 or row[0].start() > found[0].start()]
    if names and not _all_capital(found):
        longest = max(names, key=lambda row: (row[-1].end() - row[0].start(), -row[0].start()))
        return headline[longest[0].start() : longest[-1].end()]
    words = [word[0] for word in found]
    return max((word for word in words if len(word) >= _LEAST), key=len, default=words[0])


def _names(headline: str, found: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Words with a capital that stand in a row, small words between them included."""
    rows: list[list[re.Match[str]]] = []
    row: list[re.Match[str]] = []
    waiting: list[re.Match[str]] = []
    for word in found:
        before = row[-1] if row else None
        last = waiting[-1] if waiting else before
        apart = last is not None and headline[last.end() : word.start()].strip() != ""
        if word[0][0].isupper() and not apart:
            row += [*waiting, word] if row else [word]
            waiting = []
        elif word[0] in _SMALL and row and not apart:
            waiting.append(word)
        else:
            if row:
                rows.append(row)
            row, waiting = ([word] if word[0][0].isupper() else []), []
    return [*rows, row] if row else rows


def _all_capital(found: list[re.Match[str]]) -> bool:
    """Whether nearly every word has a capital, which then says nothing."""
    long = [word[0] for word in found if len(word[0]) >= _LEAST]
    return len(long) > 3 and sum(word[0].isupper() for word in long) >= 0.8 * len(long)
