"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF. The only importer of feedparser.

feedparser gets a document that was looked over, mended and cut to size, as a stream (it would open a file or a URL that
bytes or a string name), and neither sanitises nor resolves anything: text and links are made safe by `wirewatch.text`.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import feedparser

from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.engine.parse import build, charset, repair, shape, sniff
from wirewatch.engine.parse.build import Markup, Raw, Scene
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Document

BROKEN: Final = "recovered from broken XML"
CUT_SHORT: Final = "the document was cut short; its complete items were kept"
MORE: Final = f"cut to the newest {build.ITEMS_KEPT} items"

_FORMATS: Final = {"rss": "rss", "rdf": "rdf", "feed": "atom", "entry": "atom", "channel": "rss", "item": "rss"}
_CDF: Final = re.compile(rb"<channel\b[^>]*\bhref\s*=|<abstract\b", re.IGNORECASE)
_HTML: Final = ("text/html", "application/xhtml+xml")
_ADDRESS: Final = re.compile(r"(?:mailto:)?[^\s()<>\[\]@\"]{1,64}@[^\s()<>\[\]@\"]{1,255}")
_BRACKETS: Final = re.compile(r"[()<>\[\]]")
_TOLD: Final = ("title", "subtitle", "links", "updated")
_PERIODS: Final = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}
_DATES: Final = ("published", "updated", "created")
# Atom's plain text that is HTML all the same: a mistake so common that the tags would be all over the screen.
_SURELY_HTML: Final = re.compile(r"</(?:p|a|div|ul|ol|li|table|h[1-6])>|<br\s*/?>|<img\s", re.IGNORECASE)


def read(content: bytes, scene: Scene) -> Document:
    """The items of a feed. Raises ParseError for a hostile document and for XML that is no feed."""
    prepared, root, notes = _prepared(charset.decode(content, scene.content_type), scene.received)
    try:
        parsed = feedparser.parse(
            io.BytesIO(prepared),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ParseError(f"the feed parser stumbled over it ({type(error).__name__})") from error
    channel: dict[str, Any] = parsed["feed"]
    entries = parsed["entries"][: build.ITEMS_KEPT]
    named = root in ("rss", "rdf") or parsed.get("version") in ("atom03", "atom10")
    if not (named or entries or any(key in channel for key in _TOLD)):
        raise ParseError("XML, not a feed")
    kind = "cdf" if root == "channel" and _CDF.search(prepared) else _FORMATS[root]
    home = _text(channel, "link")
    return build.document(
        kind,
        [_raw(entry) for entry in entries],
        scene,
        title=_markup(channel, "title").plain(" "),
        base=scene.url or scene.source.url or home,
        language=_text(channel, "language"),
        ttl=_ttl(channel),
        notes=notes,
    )


def _prepared(document: str, received: float) -> tuple[bytes, str, list[str]]:
    """The document as feedparser gets it, the name of its root, and what was done to it."""
    notes: list[str] = []
    document = repair.fit(document)
    begin, root = sniff.root_of(document)
    declared = repair.entities(document[:begin])
    document = document[begin:]
    if declared:
        document = repair.mended(document, declared)
    if shape.ends_openly(document):
        document += ">"
    content = repair.eased(document).encode()
    found = shape.look(content)
    if found.error and not found.continued:
        content = repair.eased(repair.mended(document, declared)).encode()
        found = shape.look(content)
        notes.append(BROKEN)
    if found.error:
        if found.unfinished:
            if not found.items:
                raise ParseError("the document was cut short before its first item was complete")
            notes[:] = [CUT_SHORT]
        elif not found.continued:
            found = shape.look_roughly(content)
            if found.end is None and found.items:
                notes[:] = [BROKEN, CUT_SHORT]
        content = shape.finished(content, found)
    if len(found.items) > build.ITEMS_KEPT:
        content = shape.newest(content, found, received)
        notes.append(f"{MORE} of {len(found.items):,}")
    return content, root, notes


def _raw(entry: dict[str, Any]) -> Raw:
    contents = [Markup(*_typed(part)) for part in dict.get(entry, "content", ()) if _typed(part)[0].strip()]
    body = next((part for part in contents if part.html), contents[0] if contents else None)
    summary = _markup(entry, "summary")
    if any(part.value == summary.value for part in contents):
        summary = Markup("")  # feedparser copies the body there where a feed has no summary
    if not summary.value:
        summary = _described(entry, body)
    title = _markup(entry, "title")
    if not title.value:
        title = Markup(_text(entry, "media_x-title"))
    guid = _text(entry, "id")
    return Raw(
        title=title,
        summary=summary if summary.value else None,
        body=body,
        guid=guid,
        link=_link(entry, guid),
        authors=tuple(_authors(entry)),
        date=next((date for key in _DATES if (date := _text(entry, key))), None),
        language=_text(entry, "language") or _text(dict.get(entry, "title_detail") or {}, "language"),
        subjects=[term for tag in dict.get(entry, "tags", ()) if (term := _text(tag, "term") or _text(tag, "label"))],
    )


def _described(entry: dict[str, Any], body: Markup | None) -> Markup:
    """A caption stands in for the summary where an item has no text of its own."""
    caption = _text(entry, "media_x-description")
    return Markup(caption, html=bool(_SURELY_HTML.search(caption))) if caption and not body else Markup("")


def _text(fields: dict[str, Any], key: str) -> str:
    """A field that is text, or "". feedparser's own `get` maps names onto each other and warns; this one doesn't."""
    value = dict.get(fields, key)
    return value if isinstance(value, str) else ""


def _markup(fields: dict[str, Any], key: str) -> Markup:
    value = _text(fields, key)
    detail = dict.get(fields, f"{key}_detail")
    if not isinstance(detail, dict):
        return Markup(value)
    return Markup(value, html=_typed(detail, prose=key != "title")[1])


def _typed(detail: dict[str, Any], *, prose: bool = True) -> tuple[str, bool]:
    """The value of a text construct and whether it is HTML; "" for one that isn't text (an image, an archive)."""
    value, kind = _text(detail, "value"), _text(detail, "type").partition(";")[0].strip()
    if kind in _HTML:
        return value, True
    if kind and prose and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml")):
        return "", False
    return value, prose and bool(_SURELY_HTML.search(value))


def _link(entry: dict[str, Any], guid: str) -> str | None:
    """The entry's page; a guid counts only where it is an address."""
    link = _text(entry, "link")
    links = dict.get(entry, "links", ())
    pages = [href for other in links if _text(other, "rel") == "alternate" and (href := _text(other, "href"))]
    if link in pages:
        return link
    if pages:
        return pages[-1]
    if links and any(link == _text(other, "href") for other in links):
        return None  # an enclosure's address that feedparser took for the page's
    return link if link != guid or "://" in link else None


def _authors(entry: dict[str, Any]) -> Iterator[str]:
    """Names; an address only where there is no name. feedparser cuts addresses wrongly (`.london`), so a lone author
    is taken as it was written.
    """
    authors = dict.get(entry, "authors", ())
    if len(authors) == 1 and "@" in (whole := _text(entry, "author")):
        yield _BRACKETS.sub("", _ADDRESS.sub("", whole)).strip(" ,;-") or whole
        return
    for author in authors:
        if who := _text(author, "name") or _text(author, "email"):
            yield who


def _ttl(channel: dict[str, Any]) -> float | None:
    """Seconds between polls that the feed asks for, by `ttl` (minutes) or the syndication module."""
    ttl = _text(channel, "ttl").strip()
    if ttl.isascii() and ttl.isdigit() and len(ttl) < 9:
        return int(ttl) * MINUTE or None
    period = _PERIODS.get(_text(channel, "sy_updateperiod").strip().lower())
    often = _text(channel, "sy_updatefrequency").strip() or "1"
    if period and often.isascii() and often.isdigit() and int(often[:6]) > 0:
        return period / int(often[:6])
    return None
