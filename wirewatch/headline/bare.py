"""The bare sentence of a headline: what is left to compare when labels and credits are gone."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from wirewatch.headline.labels import scan
from wirewatch.headline.outlets import names_pattern, outlet_named
from wirewatch.headline.tables import table

_WORD = re.compile(r"\w+")
_ENOUGH = re.compile(r"(?:[\W_]*[^\W_]){4}")
"""Letters and figures without which nothing is left of a headline."""
_DOMAIN = re.compile(r"(?i)[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|co\.uk|de|fr|it|es|pl|ru|eu|news|tv|info|au|ca|in|br)")
_CAPITALISED = re.compile(r"(?:[A-ZÀ-ÝА-Я\d][\w.&’'!-]*|of|the|and|de|la|für|der|du)")
_TAIL = re.compile(r"^(?P<rest>.+?)\s*(?:(?P<bar>[|｜])|\s[-–—])\s*(?P<name>[^|｜]{2,40})$")


@cache
def _paper_words() -> frozenset[str]:
    return frozenset(table("sourcing")["paper_words"]["words"].casefold().split())


@cache
def _credit_tail() -> re.Pattern[str]:
    """Credits at the end: `– sources`, `, sources say`, `: report`, `, Reuters reports`, `-WSJ`."""
    words = table("sourcing")["bare_tails"]["words"]
    spoken = "|".join(words)
    return re.compile(
        rf"(?:\s[-–—]+\s*|\s*[–—]\s*|:\s*|,\s*)(?:{spoken}|(?:the\s)?(?:{names_pattern()})(?:\s(?:News\s)?(?:[Rr]eports?|[Rr]eported|[Ss]ays?|[Ss]aid))?)\s*$"
        rf"|,?\s(?:{names_pattern()})\s(?:News\s)?[Rr]eports?\s*$"
    )


@lru_cache(maxsize=512)
def bare(headline: str) -> str:
    """The headline without labels, tails of source or outlet and bracketed marks; never empty if the headline isn't."""
    found = scan(headline)
    text = headline[found.start : found.end].strip()
    for _ in range(4):
        shorter = _without_outlet(_without_credit(text)).strip(" -–—|:,")
        if shorter == text:
            break
        text = shorter
    return text if _ENOUGH.match(text) else headline.strip()


_CREDITED = re.compile("[-–—:,]|[Rr]eport")
"""Without one of these nobody is credited."""


def _without_credit(text: str) -> str:
    if not _CREDITED.search(text):
        return text
    tail = _credit_tail().search(text)
    return text[: tail.start()] if tail and len(_WORD.findall(text[: tail.start()])) >= 3 else text


def _without_outlet(text: str) -> str:
    """Cuts ` | Name` and ` - Outlet`: a known outlet, a site's address, or after a bar what looks like a name."""
    found = _TAIL.match(text)
    if not found or len(_WORD.findall(found["rest"])) < 3:
        return text
    name = found["name"].strip()
    words = name.split()
    known = outlet_named(name) is not None or _DOMAIN.fullmatch(name) is not None
    shaped = len(words) <= 4 and all(_CAPITALISED.fullmatch(word) for word in words)
    paper = shaped and any(word.casefold().strip(".") in _paper_words() for word in words)
    return found["rest"] if known or paper or (found["bar"] and shaped) else text
