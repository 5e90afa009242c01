"""How flags and priorities are shown: a few letters each, and the family whose colour they wear."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Family = Literal["alarm", "scoop", "watch", "amend", "doubt", "plain"]
"""What a flag means to the reader; each has a component class and with it a theme colour."""


class FlagMark(NamedTuple):
    """A flag as a row and the detail pane show it."""

    code: str
    """At most four letters."""
    family: Family


FLAG_MARKS: dict[str, FlagMark] = {
    "kill": FlagMark("KILL", "alarm"),
    "embargo": FlagMark("EMB", "alarm"),
    "exclusive": FlagMark("EXCL", "scoop"),
    "correction": FlagMark("CORR", "amend"),
    "denial": FlagMark("DENY", "doubt"),
    "denied": FlagMark("DND", "doubt"),
    "breaking": FlagMark("BRK", "alarm"),
    "alert": FlagMark("ALRT", "alarm"),
    "urgent": FlagMark("URG", "alarm"),
    "second-hand": FlagMark("2ND", "doubt"),
    "sourced-anonymous": FlagMark("ANON", "doubt"),
    "update": FlagMark("UPD", "amend"),
    "refile": FlagMark("REFL", "amend"),
    "wrapup": FlagMark("WRAP", "plain"),
    "live": FlagMark("LIVE", "plain"),
    "analysis": FlagMark("ANLS", "plain"),
    "opinion": FlagMark("OPIN", "plain"),
    "factbox": FlagMark("FACT", "plain"),
    "timeline": FlagMark("TIME", "plain"),
    "video": FlagMark("VID", "plain"),
    "photo": FlagMark("PHOT", "plain"),
    "press-release": FlagMark("PR", "plain"),
    "repeat": FlagMark("RPT", "plain"),
    "brief": FlagMark("BRF", "plain"),
    "hold": FlagMark("HOLD", "amend"),
    "advisory": FlagMark("ADV", "plain"),
}

_RANK = {mark.code: rank for rank, mark in enumerate(FLAG_MARKS.values())}
"""What a row has room for is what tells most; that it is urgent its priority mark says already."""

_LABEL = re.compile(r"\W{0,2}[^\W\d_]{3,16}(?:[ ]\d{1,2})?\s?[:|–—-]")
"""A word and a number at most, set off from what follows."""

PRIORITY_MARKS = ("!!", "! ", "+ ", "  ", "  ")
"""By priority: flash, urgent, important, normal, routine."""
PRIORITY_NAMES = ("flash", "urgent", "important", "normal", "routine")


def flag_mark(flag: str) -> FlagMark | None:
    """The letters of a flag; None for watch hits, which have a column of their own."""
    name, _, detail = flag.partition(":")
    if name in ("entity", "keyword"):
        return None
    mark = FLAG_MARKS.get(name)
    if mark is None:
        return FlagMark((detail if name == "rule" else name)[:4].strip().upper(), "watch")  # a rule of the user's
    if name == "update" and detail.isdigit() and len(detail) == 1:
        return FlagMark(f"UPD{detail}", mark.family)
    return mark


def family_of(flag: str) -> Family:
    """The family of a flag, watch hits included."""
    mark = flag_mark(flag)
    return mark.family if mark else "watch"


def own_label(headline: str, flags: tuple[str, ...]) -> tuple[int, str]:
    """How much of the headline is a label that a flag says again (`UPDATE 2-`, `Exclusif :`), and the flag's name.

    Such a label is coloured where it stands, and the flag needs no letters of its own.
    """
    found = _LABEL.match(headline) if flags else None
    if found is not None:
        start = found[0][:3].casefold()
        for flag in flags:
            name = flag.partition(":")[0]
            if name[:3] == start and flag_mark(flag) is not None:
                return found.end(), name
    return 0, ""


def flag_codes(flags: tuple[str, ...], most: int, *, but: str = "") -> list[FlagMark]:
    """What a row shows of a story's flags: the most telling labels, `+` for more, then `@` and `#` for watch hits.

    `but` is a flag that needs no letters because the headline has them.
    """
    if not most or not flags:
        return []
    entity = any(flag.startswith("entity:") for flag in flags)
    keyword = any(flag.startswith("keyword:") for flag in flags)
    hits = ("@" if entity else "") + ("#" if keyword else "")
    labels = [mark for flag in flags if flag.partition(":")[0] != but and (mark := flag_mark(flag))]
    if len(labels) > 1:
        labels = _telling(labels)
    shown = labels[:most]
    if len(labels) > most:
        shown[-1] = FlagMark(shown[-1].code + "+", shown[-1].family)
    return [*shown, *([FlagMark(hits, "watch")] if hits else [])]


def matters(flag: str) -> bool:
    """Whether a reader who looks for flagged stories looks for this: not for what only tells the kind of a piece."""
    return family_of(flag) != "plain"


def _telling(labels: list[FlagMark]) -> list[FlagMark]:
    """The most telling first, and one of each family before the second of any."""
    ranked = sorted(labels, key=lambda mark: _RANK.get(mark.code.rstrip("0123456789"), len(_RANK)))
    firsts: dict[str, FlagMark] = {}
    for mark in ranked:
        firsts.setdefault(mark.family, mark)
    return [*firsts.values(), *(mark for mark in ranked if firsts[mark.family] is not mark)]


def flag_words(flag: str) -> str:
    """A flag in words: `update 3`, `second-hand: Meridian`, `@ Xi Jinping`, `# rate hike`."""
    name, _, detail = flag.partition(":")
    if name == "entity":
        return f"@ {detail}"
    if name == "keyword":
        return f"# {detail}"
    if name == "update" and detail:
        return f"update {detail}"
    if name == "rule":
        return detail
    return f"{name}: {detail}" if detail else name
