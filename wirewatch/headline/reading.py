"""Reading a text as an editor does: what stands over it, how it opens, how it ends, and what isn't of it at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from wirewatch import text as safe
from wirewatch.headline.chrome import without_chrome
from wirewatch.headline.datelines import dateline
from wirewatch.headline.outlets import datelines_pattern, outlet_named
from wirewatch.headline.tables import table

if TYPE_CHECKING:
    from wirewatch.model import Item

_NAME = (
    r"(?:[A-ZÀ-ÝŁŚŻ][\w.'’-]+|[A-Z]\.)"
    r"(?: (?:[A-ZÀ-ÝŁŚŻ][\w.'’-]*|de|da|do|van|von|der|den|del|di|la|le|bin|al|el|ter|dos)){0,4}"
)
_BLANKS = re.compile(r"\n{3,}")
_WORDS = re.compile(r"\w+")
_PLACE = re.compile(r"\s(?:in|from|at)\s[A-ZÀ-Ý][\w.'’ -]*?(?=,| and |;|$)")
_TAIL_LINES = 12
_SIGNOFF_MOST = 700


@dataclass
class _Read:
    """What has been learnt while a text is being cut."""

    lines: list[str]
    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    place: str | None = None
    notes: list[str] = field(default_factory=list)


@cache
def _signoffs() -> tuple[tuple[re.Pattern[str], re.Pattern[str], str | None], ...]:
    """Each sign-off as a whole line, as the bracketed end of a line, and whom it credits."""
    return tuple(
        (
            re.compile(row["re"], re.IGNORECASE),
            re.compile(rf"(?:(?<=[.!?”\"’»)])\s*|^)(?P<whole>{row['re']})\s*$", re.IGNORECASE),
            row.get("agency"),
        )
        for row in table("signoffs")["signoff"]
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rows = table("signoffs")
    agencies = f"(?:The )?(?i:{datelines_pattern()})"
    bylines = "|".join(
        f"(?:{row.format(name=_NAME, agencies=agencies).replace('?P<names>', f'?P<n{index}>')})"
        for index, row in enumerate(rows["bylines"]["re"])
    )
    advisories = "|".join(
        f"(?:{row.replace('?P<note>', f'?P<a{index}>')})" for index, row in enumerate(rows["advisories"]["re"])
    )
    return {
        "marks": re.compile("|".join(rows["ends"]["marks"])),
        "initials": re.compile(rows["ends"]["initials"]),
        "bylines": re.compile(bylines),
        "advisories": re.compile(f"(?:{advisories})[.]?", re.IGNORECASE),
        "advisory_names": re.compile(r"\b(?:newsrooms?|bureaus?|staff|correspondents?|reporters)\b", re.IGNORECASE),
    }


def read_body(item: Item) -> Item:
    """The item with its text read: dateline, place, credit, byline and ednote taken out of the body, which ends clean.

    What the input itself said (a `byline`, a `dateline`, a `credit`) is kept. Lines of site chrome go from the summary
    as well; a summary with nothing else becomes None. The rules are FLAGS.md, "Credit, dateline, chrome".
    """
    summary = _summary(item.summary)
    read = _Read((item.body or "").split("\n"))
    if item.body:
        _cut_signoffs(read)
        read.lines = without_chrome(read.lines)
        _cut_headline(read, item.headline)
        _cut_opening(read)
        _cut_end_marks(read)
    elif summary:
        opening = dateline(summary)
        if opening and opening.agency:
            read.dateline, read.place, read.credit = opening.text, opening.place, opening.agency
        _credit_of(read, summary)
    body = safe.body(_BLANKS.sub("\n\n", "\n".join(read.lines))) or None if item.body else item.body
    notes = [note for note in read.notes if not item.ednote or note not in item.ednote]
    changed = {
        "summary": summary,
        "body": body,
        "byline": item.byline or (safe.name(_names(read.byline)) or None if read.byline else None),
        "dateline": item.dateline or read.dateline,
        "place": item.place or read.place,
        "credit": item.credit or read.credit,
        "ednote": safe.message(" ".join([*([item.ednote] if item.ednote else []), *notes])) or None,
    }
    if all(getattr(item, key) == value for key, value in changed.items()):
        return item
    return msgspec.structs.replace(item, **changed)


def _names(line: str) -> str:
    """Reporters alone: no places they wrote from, no outlet they wrote for."""
    people = _PLACE.sub("", line)
    parts = [part for part in people.split(", ") if outlet_named(part) is None]
    return ", ".join(parts).strip(" ,;.")


def _summary(summary: str | None) -> str | None:
    if not summary:
        return summary
    kept = without_chrome(summary.split("\n"))
    return safe.summary("\n".join(kept)) or None


def _credit_of(read: _Read, text: str) -> None:
    """Credit by a sign-off that is left standing, as in a summary."""
    for line in text.split("\n"):
        lowered = line.lower()
        if not any(sign in lowered for sign in table("signoffs")["signs"]["words"]):
            continue
        for whole, _, agency in _signoffs():
            if agency and read.credit is None and whole.fullmatch(line.strip()):
                read.credit = agency


def _cut_headline(read: _Read, headline: str) -> None:
    """A first line that only repeats the headline belongs to the page."""
    first = next((index for index, line in enumerate(read.lines) if line.strip()), None)
    if first is None or not any(line.strip() for line in read.lines[first + 1 :]):
        return
    if _WORDS.findall(read.lines[first].casefold()) == _WORDS.findall(headline.casefold()):
        del read.lines[first]


def _cut_opening(read: _Read) -> None:
    """Advisories, a line of names and the dateline, in whatever order they stand over the text."""
    patterns = _patterns()
    for _ in range(8):
        first = next((index for index, line in enumerate(read.lines) if line.strip()), None)
        if first is None:
            return
        line = read.lines[first].strip()
        note = patterns["advisories"].match(line)
        if note and (note.end() == len(line) or line[0] in "(["):
            read.notes.append(next(group for name, group in note.groupdict().items() if group is not None))
            read.lines[first] = line[note.end() :].strip()
            continue
        names = patterns["bylines"].fullmatch(line) if len(line) <= 200 else None
        if names:
            read.byline = next(group for group in names.groupdict().values() if group is not None)
            del read.lines[first]
            continue
        opening = dateline(line) if read.dateline is None else None
        if opening is None:
            return
        read.dateline, read.place, read.credit = opening.text, opening.place, opening.agency or read.credit
        read.lines[first] = line[opening.end :].strip()


def _cut_signoffs(read: _Read) -> None:
    """Sign-offs wherever they fill a line or end one; before the chrome goes, as their rights lines name the agency."""
    patterns = _patterns()
    kept: list[str] = []
    for line in read.lines:
        text = line.strip()
        found = _signoff(text) if text else None
        if found is None:
            kept.append(line)
            continue
        start, names, agency = found
        read.credit = read.credit or agency
        if names and read.byline is None and not patterns["advisory_names"].search(names):
            read.byline = names.strip(" ,;")
        if text[:start].strip():
            kept.append(text[:start].rstrip())
    read.lines = kept


def _cut_end_marks(read: _Read) -> None:
    """End marks and lines of initials, which count as the last lines only."""
    patterns = _patterns()
    for _ in range(_TAIL_LINES):
        while read.lines and not read.lines[-1].strip():
            read.lines.pop()
        if not read.lines:
            return
        last = read.lines[-1].strip()
        if len(last) > 24 or not (patterns["marks"].fullmatch(last) or patterns["initials"].fullmatch(last)):
            break
        read.lines.pop()
    ending = _END_MARK.search(read.lines[-1]) if read.lines else None
    if ending:
        read.lines[-1] = read.lines[-1][: ending.start()]
        agency = outlet_named(ending["agency"]) if ending["agency"] else None
        read.credit = read.credit or (agency.name if agency and agency.agency else None)


_END_MARK = re.compile(
    r"(?<=[.!?”\"»)。」])\s*(?:-0-|-30-|#{3,}|\((?:END|FIN|KONIEC)\)|（[完了]）|[–—-]\s?ENDS"
    r"|(?:\(|\s)(?P<agency>EFE|PAP|ANSA|AFP|Lusa|APA|dpa|Xinhua|IANS|PTI|ANI|CTK|MTI|BTA|Tanjug|Hina)\)?)\s*$"
)


def _signoff(line: str) -> tuple[int, str | None, str | None] | None:
    """Where a sign-off begins in this line, who reported, whom it credits."""
    lowered = line.lower()
    if not any(sign in lowered for sign in table("signoffs")["signs"]["words"]):
        return None
    skipped = max(0, len(line) - _SIGNOFF_MOST)
    for whole, ending, agency in _signoffs():
        found = None if skipped else whole.fullmatch(line)
        if found:
            return 0, found.groupdict().get("names"), agency
        ends = line.endswith((")", ".")) or "editing by" in lowered
        found = ending.search(line[skipped:]) if ends else None
        if found and (found["whole"].startswith("(") or "editing by" in found["whole"].lower()):
            return skipped + found.start(), found.groupdict().get("names"), agency
    return None
