"""From an entry to a raw item: which of the many fields that feeds have says what.

Entries have the names and shapes that feedparser gives them, whichever reader made them, so that both are understood
alike. Nothing here is cleaned yet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.engine.parse.build import Markup, Raw

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTML: Final = ("text/html", "application/xhtml+xml")
_ADDRESS: Final = re.compile(r"(?:mailto:)?[^\s()<>\[\]@\"]{1,64}@[^\s()<>\[\]@\"]{1,255}")
_BRACKETS: Final = re.compile(r"[()<>\[\]]")
_PERIODS: Final = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}
_DATES: Final = ("published", "updated", "created")
# Atom's plain text that is HTML all the same: a mistake so common that the tags would be all over the screen.
_SURELY_HTML: Final = re.compile(r"</(?:p|a|div|ul|ol|li|table|h[1-6])>|<br\s*/?>|<img\s", re.IGNORECASE)


def raw(entry: dict[str, Any]) -> Raw:
    """What an entry says."""
    contents = [Markup(*_typed(part)) for part in dict.get(entry, "content", ()) if _typed(part)[0].strip()]
    body = next((part for part in contents if part.html), contents[0] if contents else None)
    summary = markup_of(entry, "summary")
    if any(part.value == summary.value for part in contents):
        summary = Markup("")  # feedparser copies the body there where a feed has no summary
    if not summary.value:
        summary = _described(entry, body)
    title = markup_of(entry, "title")
    if not title.value:
        title = Markup(text_of(entry, "media_x-title"))
    guid = text_of(entry, "id")
    return Raw(
        title=title,
        summary=summary if summary.value else None,
        body=body,
        guid=guid,
        link=_link(entry, guid),
        authors=tuple(_authors(entry)),
        date=next((date for key in _DATES if (date := text_of(entry, key))), None),
        language=text_of(entry, "language") or text_of(dict.get(entry, "title_detail") or {}, "language"),
        subjects=[
            term for tag in dict.get(entry, "tags", ()) if (term := text_of(tag, "term") or text_of(tag, "label"))
        ],
    )


def _described(entry: dict[str, Any], body: Markup | None) -> Markup:
    """A caption stands in for the summary where an item has no text of its own."""
    caption = text_of(entry, "media_x-description")
    return Markup(caption, html=bool(_SURELY_HTML.search(caption))) if caption and not body else Markup("")


def text_of(fields: dict[str, Any], key: str) -> str:
    """A field that is text, or "". feedparser's own `get` maps names onto each other and warns; this one doesn't."""
    value = dict.get(fields, key)
    return value if isinstance(value, str) else ""


def markup_of(fields: dict[str, Any], key: str) -> Markup:
    """A field that is text, and whether it is HTML."""
    value = text_of(fields, key)
    detail = dict.get(fields, f"{key}_detail")
    if not isinstance(detail, dict):
        return Markup(value)
    return Markup(value, html=_typed(detail, prose=key != "title")[1])


def _typed(detail: dict[str, Any], *, prose: bool = True) -> tuple[str, bool]:
    """The value of a text construct and whether it is HTML; "" for one that isn't text (an image, an archive)."""
    value, kind = text_of(detail, "value"), text_of(detail, "type").partition(";")[0].strip()
    if kind in _HTML:
        return value, True
    if kind and prose and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml")):
        return "", False
    return value, prose and bool(_SURELY_HTML.search(value))


def _link(entry: dict[str, Any], guid: str) -> str | None:
    """The entry's page; a guid counts only where it is an address."""
    link = text_of(entry, "link")
    links = dict.get(entry, "links", ())
    pages = [href for other in links if text_of(other, "rel") == "alternate" and (href := text_of(other, "href"))]
    if link in pages:
        return link
    if pages:
        return pages[-1]
    if links and any(link == text_of(other, "href") for other in links):
        return None  # an enclosure's address that feedparser took for the page's
    return link if link != guid or "://" in link else None


def _authors(entry: dict[str, Any]) -> Iterator[str]:
    """Names; an address only where there is no name. feedparser cuts addresses wrongly (`.london`), so a lone author
    is taken as it was written.
    """
    authors = dict.get(entry, "authors", ())
    if len(authors) == 1 and "@" in (whole := text_of(entry, "author")):
        yield _BRACKETS.sub("", _ADDRESS.sub("", whole)).strip(" ,;-") or whole
        return
    for author in authors:
        if who := text_of(author, "name") or text_of(author, "email"):
            yield who


def ttl(channel: dict[str, Any]) -> float | None:
    """Seconds between polls that the feed asks for, by `ttl` (minutes) or the syndication module."""
    minutes = text_of(channel, "ttl").strip()
    if minutes.isascii() and minutes.isdigit() and len(minutes) < 9:
        return int(minutes) * MINUTE or None
    period = _PERIODS.get(text_of(channel, "sy_updateperiod").strip().lower())
    often = text_of(channel, "sy_updatefrequency").strip() or "1"
    if period and often.isascii() and often.isdigit() and int(often[:6]) > 0:
        return period / int(often[:6])
    return None
