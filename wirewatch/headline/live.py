"""Pages that change under one headline: `<topic> – live updates`, `<topic> live: …`."""

from __future__ import annotations

import re
from functools import cache

from wirewatch.headline.tables import table

_COLON = re.compile("[:：|]")
_LIVE_WORDS = (
    r"live(?:[ -](?:updates?|blog|briefing|news|coverage|reaction|report|stream|ticker))?"
    r"|liveblog|liveticker|live-?ticker"
)
_LIVE_ABROAD = {
    "fr": r"en direct|le direct",
    "es": r"en directo|en vivo|minuto a minuto",
    "it": r"in diretta|la diretta|diretta",
    "pt": r"ao vivo|em direto|minuto a minuto",
    "pl": r"na żywo|relacja na żywo",
    "de": r"(?:im )?(?:newsticker|live[- ]?ticker|live[- ]?blog|ticker|livestream)",
    "ru": r"онлайн|прямая трансляция",
}
_LIVE_TAIL = re.compile(rf"(?:[\w&’'-]+ ){{0,3}}(?P<live>{_LIVE_WORDS})(?: now)?!?", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:where|how|who|that|which)(?: [a-z][\w’'-]*){1,2}$")
_ASKING = re.compile(r"(?i)(?:where|how|why|who|what|when|which|places?|ways?|cheapest|best)\b")


@cache
def _not_live_after() -> frozenset[str]:
    return frozenset(table("labels")["live"]["not_after"].split())


def live_tail(tail: str, language: str) -> tuple[int, int] | None:
    """Where `live` stands in what was set apart at the end of a headline, if that says no more."""
    found = _LIVE_TAIL.fullmatch(tail)
    if found:
        before = tail[: found.start("live")].split()
        if not before or before[-1].casefold() not in _not_live_after():
            return found.span("live")
    abroad = _LIVE_ABROAD.get(language)
    if abroad:
        found = re.fullmatch(rf"(?:[\w’'-]+ ){{0,2}}(?P<live>{abroad})", tail, re.IGNORECASE)
        if found:
            return found.span("live")
    return None


def topic_live(headline: str, language: str, start: int, end: int) -> tuple[int, int] | None:
    """Where `live` stands after a topic and before a colon: `<topic> live:`, `<topic> live updates:`."""
    if not _COLON.search(headline, start, end):
        return None
    abroad = _LIVE_ABROAD.get(language)
    words = f"{_LIVE_WORDS}|{abroad}" if abroad else _LIVE_WORDS
    found = re.compile(rf"(?<=[\w’'\"”)\]])[\s,]+(?P<live>{words})\s*[:：|]\s", re.IGNORECASE).search(
        headline, start, end
    )
    if not found:
        return None
    topic = headline[start : found.start()]
    last = re.findall(r"[\w’']+", topic)
    bare_live = found["live"].casefold() == "live"
    asking = _ASKING.match(topic) or _CLAUSE.search(topic)
    if bare_live and (not last or last[-1].casefold() in _not_live_after() or asking):
        return None
    if ":" in topic or len(topic) > 90:
        return None
    return found.span("live")
