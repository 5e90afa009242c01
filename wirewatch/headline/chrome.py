"""Lines of a republisher's page among the text of its feed: share bars, comment forms, pointers to other pieces."""

from __future__ import annotations

import re
from functools import cache

from wirewatch.headline.tables import table

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s+\(?[A-Za-z]{2,5}(?:/\w{2,4})*\)?)?$")
"""A sentence's end, perhaps with an agency's name or somebody's initials after it."""
_QUOTED = re.compile(r"[“\"«„].{3,}[”\"»]")
_LIST_MOST = 8
_SENTENCE_LEAST = 3
"""Spaces in the shortest sentence that is taken for one."""


@cache
def _lines() -> dict[str, re.Pattern[str]]:
    rows = table("chrome")["lines"]
    colon = "|".join(rows["colon_only"])
    titled = "|".join(word for word in rows["titled"] if word not in rows["colon_only"])
    return {
        "exact": re.compile(rf"(?:[•·»›▶►→*+|-]\s*)?(?:{'|'.join(rows['exact'])})\s*", re.IGNORECASE),
        "furniture": re.compile("|".join(rows["furniture"]), re.IGNORECASE),
        "colon": re.compile(
            rf"(?![a-zà-ÿа-я])(?i:(?:[•·»›▶►→*+|-]\s*)?(?:(?:{titled})\s?[:：|»›→–—-]|(?:{colon})\s?[:：»›→])\s*\S.{{2,220}})"
        ),
        "titled": re.compile(rf"(?i:{titled})\s+(?=[^\W_a-zà-ÿа-я]|[\"“«„'‘])(?P<title>.{{8,220}})"),
        "lists": re.compile("|".join(rows["lists"]), re.IGNORECASE),
        "asks": re.compile("|".join(rows["asks"]), re.IGNORECASE),
        "inside": re.compile("|".join(rows["inside"]), re.IGNORECASE),
        "spoken": re.compile(rows["spoken"], re.IGNORECASE),
    }


def is_chrome(line: str) -> bool:
    """Whether a whole line belongs to the page and not to the story."""
    text = line.strip()
    if not text or len(text) > 400:
        return False
    lines = _lines()
    if lines["exact"].fullmatch(text):
        return True
    if lines["furniture"].fullmatch(text):
        return not (_SENTENCE_END.search(text) and text.count(" ") >= _SENTENCE_LEAST)
    if lines["asks"].fullmatch(text):
        return not lines["spoken"].search(text) and not _QUOTED.search(text)
    pointed = lines["colon"].fullmatch(text)
    if pointed:
        return len(text) <= 200 and not (lines["spoken"].search(text) and _SENTENCE_END.search(text))
    return lines["titled"].fullmatch(text) is not None and not _SENTENCE_END.search(text)


def without_chrome(lines: list[str]) -> list[str]:
    """The lines that belong to the story; empty lines stay. Titles listed under a heading of the page go with it."""
    kept: list[str] = []
    in_list = 0
    for line in lines:
        if not line.strip():
            kept.append(line)
        elif is_chrome(line):
            in_list = _LIST_MOST if _lines()["lists"].fullmatch(line.strip()) else in_list
        elif in_list and _is_title(line):
            in_list -= 1
        else:
            in_list = 0
            shortened = _without_insides(line)
            if shortened:
                kept.append(shortened)
    return kept


def _without_insides(line: str) -> str:
    """The line without the chrome that stands in it; the signs spare most lines the search."""
    lowered = line.lower()
    if any(sign in lowered for sign in table("chrome")["lines"]["inside_signs"]):
        line = _lines()["inside"].sub("", line)
    return line.rstrip()


def _is_title(line: str) -> bool:
    text = line.strip()
    return (
        12 <= len(text) <= 140 and not _SENTENCE_END.search(text) and len(text.split()) >= 3 and text[-1] not in ",;:"
    )
