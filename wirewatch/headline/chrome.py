"""Lines of a republisher's page among the text of its feed: share bars, comment forms, pointers to other pieces."""

from __future__ import annotations

import re
from functools import cache

from wirewatch.headline.tables import table

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_QUOTED = re.compile(r"[“\"«„].{3,}[”\"»]")
_LIST_MOST = 8


@cache
def _lines() -> dict[str, re.Pattern[str]]:
    rows = table("chrome")["lines"]
    colon = "|".join(rows["colon_only"])
    titled = "|".join(word for word in rows["titled"])
    return {
        "exact": re.compile(rf"(?:[•·»›▶►→*+|-]\s*)?(?:{'|'.join(rows['exact'])})\s*", re.IGNORECASE),
        "colon": re.compile(rf"(?:[•·»›▶►→*+|-]\s*)?(?:{titled}|{colon})\s?[:：|»›→–—-]\s*\S.{{2,220}}", re.IGNORECASE),
        "titled": re.compile(rf"(?:{titled})(?:\s{{2,}}|\s)(?=[^\W_a-zà-ÿа-я]|[\"“«„'‘])(?P<title>.{{8,220}})"),
        "lists": re.compile("|".join(rows["lists"]), re.IGNORECASE),
        "asks": re.compile("|".join(rows["asks"]), re.IGNORECASE),
        "inside": re.compile("|".join(rows["inside"]), re.IGNORECASE),
        "spoken": re.compile(rows["spoken"], re.IGNORECASE),
    }


@cache
def _bare_words() -> frozenset[str]:
    return frozenset(table("chrome")["lines"]["colon_only"])


def is_chrome(line: str) -> bool:
    """Whether a whole line belongs to the page and not to the story."""
    text = line.strip()
    if not text or len(text) > 400:
        return False
    lines = _lines()
    if lines["exact"].fullmatch(text):
        return True
    if lines["asks"].fullmatch(text):
        return not lines["spoken"].search(text) and not _QUOTED.search(text)
    pointed = lines["colon"].fullmatch(text)
    if pointed:
        return len(text) <= 200 and not (lines["spoken"].search(text) and _SENTENCE_END.search(text))
    titled = lines["titled"].fullmatch(text[:1].lower() + text[1:]) or lines["titled"].fullmatch(
        text.lower()[:12] + text[12:]
    )
    return bool(titled) and not _SENTENCE_END.search(text) and not _is_bare(text)


def _is_bare(text: str) -> bool:
    """Whether the lead-in is a word that needs a colon: `Watch Biden …` may be the story's own."""
    words = text.lower()
    longer = any(words.startswith(lead) for lead in _long_leads())
    return not longer and any(re.match(rf"{word}\b", words) for word in _bare_words())


@cache
def _long_leads() -> tuple[str, ...]:
    rows = table("chrome")["lines"]
    return tuple(word for word in rows["titled"] if " " in word and word not in rows["colon_only"])


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
            shortened = _lines()["inside"].sub("", line).rstrip()
            if shortened.strip():
                kept.append(shortened)
    return kept


def _is_title(line: str) -> bool:
    text = line.strip()
    return (
        12 <= len(text) <= 140 and not _SENTENCE_END.search(text) and len(text.split()) >= 3 and text[-1] not in ",;:"
    )
