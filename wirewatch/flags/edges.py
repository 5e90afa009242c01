"""Where a word begins and ends in any script, and whether it is written as a name has to be (FLAGS.md, Entities)."""

from __future__ import annotations

import re

from wirewatch.flags.endings import endings, inflects

_APOSTROPHES = "'’ʼ`´"
_HYPHENS = "-‐‑‒–—/"
_REPLACED = tuple((char, "'") for char in _APOSTROPHES if char != "'") + tuple((char, " ") for char in _HYPHENS)
_ELIDED = "l d j m t s n c qu all dell nell dall sull coll un quell bell jusqu lorsqu puisqu"
_ELISIONS = frozenset(_ELIDED.split(" "))
_ARABIC_PREFIXES = frozenset("وفبكل")
_LETTERS = re.compile(r"[^\W_]+")
_PARTICLE = re.compile(r"[\uac00-\ud7a3]{0,3}(?!\w)")


def fold(text: str) -> str:
    """Small letters, plain apostrophes, hyphens and slashes as spaces; exactly as many code points."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return _plain(lowered)


def _plain(text: str) -> str:
    """With one apostrophe for all and spaces for hyphens."""
    for char, plain in _REPLACED:  # far quicker than `translate` where nearly all stays as it is
        text = text.replace(char, plain)
    return text


def unspaced(char: str) -> bool:
    """Whether a letter is of a script that sets no spaces between words."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0xA4CF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF66 <= code <= 0xFF9F
        or 0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or 0x20000 <= code <= 0x3FFFF
    )


def joins(char: str) -> bool:
    """Whether a word goes on with this."""
    return char.isalnum() or char == "_"


def begins(folded: str, start: int) -> bool:
    """Whether a word begins here."""
    if start == 0 or unspaced(folded[start]):
        return True
    before = folded[start - 1]
    if before == "'":
        word = re.search(r"([^\W\d_]+)'$", folded[max(0, start - 9) : start])
        return word is None or word[1] in _ELISIONS
    if not joins(before) or unspaced(before):
        return True
    arabic = "\u0600" <= folded[start] <= "\u06ff" and before in _ARABIC_PREFIXES
    return arabic and (start == 1 or not joins(folded[start - 2]))


def ends(folded: str, end: int, *, plural: bool) -> int | None:
    """Where a word ends that was found up to here, its possessive (or plural) included; None where it goes on."""
    if end >= len(folded) or unspaced(folded[end - 1]):
        return end
    if plural and folded[end] in "se" and folded[end - 1] != "s":
        for ending in ("s", "es"):
            if folded.startswith(ending, end) and is_edge(folded, end + len(ending)):
                return end + len(ending)
    if plural and folded.startswith("es", end) and is_edge(folded, end + 2):
        return end + 2
    if "\uac00" <= folded[end - 1] <= "\ud7a3":
        particle = _PARTICLE.match(folded, end)
        return end if particle else None
    return end if is_edge(folded, end) else None


def is_edge(folded: str, at: int) -> bool:
    """Whether nothing goes on here but perhaps a possessive."""
    if at >= len(folded):
        return True
    char = folded[at]
    if char == "'":
        after = folded[at + 1 : at + 3]
        return not after[:1].isalnum() or (after[:1] == "s" and not joins(after[1:2] or " "))
    return not joins(char) or unspaced(char)


def inflected(folded: str, start: int, name: str, language: str) -> int | None:
    """Where a name ends that stands here with case endings; None if it isn't that name, or stands without any."""
    words = fold(name).split(" ")
    script = "ru" if "\u0400" <= folded[start] <= "\u04ff" else language
    if not inflects(script):
        return None
    at = start
    changed = False
    for index, word in enumerate(words):
        found = _LETTERS.match(folded, at)
        if not found:
            return None
        if found[0] != word:
            if found[0] not in endings(word, script):
                return None
            changed = True
        at = found.end()
        if index + 1 < len(words):
            if not folded.startswith(" ", at):
                return None
            at += 1
    return at if changed and is_edge(folded, at) else None


def case_fits(alias: str, shown: str) -> bool:
    """Whether a name is written as its case demands (FLAGS.md, Entities, Case), where not all is in capitals."""
    letters = [char for char in alias if char.isalpha()]
    strict = len(letters) <= 3 or all(char.isupper() or not char.islower() for char in letters)
    if strict:
        return _plain(shown) == _plain(alias)
    words, seen = _plain(alias).split(" "), _plain(shown).split(" ")
    return all(not word[:1].isupper() or other[:1].isupper() for word, other in zip(words, seen, strict=False))


def hyphens_fit(keyword: str, shown: str) -> bool:
    """A hyphen in the text may stand for a space of the keyword, but no space for a hyphen of it."""
    return all(
        char in "-‐‑" if own in "-‐‑" else char not in "/–—" for own, char in zip(keyword.strip(), shown, strict=False)
    )
