"""How a text opens: `HONG KONG/BEIJING, March 13 (Reuters) -`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from wirewatch.headline.outlets import dateline_agency, datelines_pattern
from wirewatch.headline.tables import table

_READ = 260
_ARTICLES = re.compile(r"(?:The|But|And|When|After|In|On|At|He|She|It|We|They|Mr|Mrs)\b")


@dataclass(frozen=True)
class Dateline:
    """A dateline as it stands (`text`), how much of the text it takes (`end`), and what it says."""

    text: str
    end: int
    place: str | None
    agency: str | None
    """Usual short name of the agency or release wire, its own word for one we don't know; None where it names none."""
    release: bool


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    rows = table("datelines")
    parts = dict(rows["parts"])
    day = r"(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\.?"
    cities = "|".join(rows["cities"]["words"])
    named = rf"(?:(?i:(?:{datelines_pattern()})(?:[/-][\w.]{{2,12}})?)(?:\s?/\s?[\w ]{{2,20}})?)"
    return tuple(
        re.compile(row["re"].format(agency=named, day=day, city=f"(?:{cities})", **parts)) for row in rows["dateline"]
    )


def dateline(text: str) -> Dateline | None:
    """The dateline that opens a text, or None."""
    opening = text[:_READ]
    if not any(mark in opening for mark in "(/-–—―日电】］") and " - " not in opening:
        return None
    for pattern in _patterns():
        found = pattern.match(opening)
        if not found:
            continue
        groups = found.groupdict()
        outlet = dateline_agency(groups["agency"]) if groups.get("agency") else None
        place = (groups.get("place") or "").strip(" ,-–—") or None
        if groups.get("agency") and outlet is None:
            continue
        if place and (len(place) > 80 or _ARTICLES.match(place)):
            continue
        agency = outlet.name if outlet else groups.get("named")
        return Dateline(found[0].strip(), found.end(), place, agency, outlet.release if outlet else False)
    return None
