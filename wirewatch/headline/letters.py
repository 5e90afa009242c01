"""Small letters and capitals: whether a headline is in capitals, and what is one letter in any case."""

from __future__ import annotations

import re

_LEAD_MOST = 3
_LEAD = re.compile(rf"[^\W_]{{0,{_LEAD_MOST}}}")


_TWINS = (("ı", "i"), ("i\u0307", "i"), ("ſ", "s"), *zip("ᲀᲁᲂᲃᲄᲅᲆ", "вдосттъ", strict=True))
"""Small letters that `re.IGNORECASE` takes for another one."""


def folded(text: str) -> str:
    """The text in small letters, so that no two differ which `re.IGNORECASE` takes for the same. Offsets may change."""
    lowered = text.lower()
    if not lowered.isascii():
        for twin, letter in _TWINS:
            lowered = lowered.replace(twin, letter)
    return lowered


def lead(text: str, at: int = 0, end: int | None = None) -> str:
    """How a word begins: its first three letters and figures, folded; fewer and a space where it ends before."""
    found = _LEAD.match(text, at, len(text) if end is None else end)
    letters = found[0] if found else ""
    return folded(letters) if len(letters) == _LEAD_MOST else folded(letters) + " "


def in_capitals(text: str) -> bool:
    """Whether a headline is all in capitals: at least four cased letters, hardly any of them small."""
    small = small_letters(text, len(text) // 12)
    upper = sum(map(str.isupper, text)) if small * 12 <= len(text) else 0
    return upper >= 4 and small * 12 <= upper


def small_letters(text: str, most: float) -> int:
    """How many small letters a text has; of more than `most` only so many are counted that they are more."""
    small = 0
    for char in text:
        if char.islower():
            small += 1
            if small > most:
                break
    return small
