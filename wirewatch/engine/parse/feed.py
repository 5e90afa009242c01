"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF. The only importer of feedparser.

A document that is just as it should be is read by `quick`, all others by feedparser. It gets a document that was looked
over, mended and cut to size, as a stream (it would open a file or a URL that bytes or a string name), and neither
sanitises nor resolves anything: text and links are made safe by `wirewatch.text`.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import feedparser

from wirewatch.engine.parse import build, charset, entries, fresh, quick, repair, shape, sniff
from wirewatch.engine.parse.vocabulary import DoubtError
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from wirewatch.engine.parse.build import Scene
    from wirewatch.model import Document

Feed = tuple[dict[str, Any], list[dict[str, Any]]]
"""Channel and entries."""

BROKEN: Final = "recovered from broken XML"
CUT_SHORT: Final = "the document was cut short; its complete items were kept"
MORE: Final = f"cut to the newest {build.ITEMS_KEPT} items"

_FORMATS: Final = {"rss": "rss", "rdf": "rdf", "feed": "atom", "entry": "atom", "channel": "rss", "item": "rss"}
_CDF: Final = re.compile(rb"<channel\b[^>]*\bhref\s*=|<abstract\b", re.IGNORECASE)
_TOLD: Final = ("title", "subtitle", "links", "updated")


def read(content: bytes, scene: Scene) -> Document:
    """The items of a feed. Raises ParseError for a hostile document and for XML that is no feed."""
    document = repair.fit(charset.decode(content, scene.content_type))
    begin, root = sniff.root_of(document)
    prolog, document = document[:begin], document[begin:]
    content = repair.eased(document).encode()
    notes: list[str] = []
    channel: dict[str, Any]
    try:
        channel, found, prints = quickly(prolog, content, scene.known)
        kind = _FORMATS[root]
    except DoubtError:
        prepared, prints, notes = _prepared(prolog, document, content, scene)
        channel, found, kind = slowly(prepared, root)
    return build.document(
        kind,
        [entries.raw(entry) for entry in found],
        scene,
        title=entries.markup_of(channel, "title").plain(" "),
        base=scene.url or scene.source.url or entries.text_of(channel, "link"),
        language=entries.text_of(channel, "language"),
        ttl=entries.ttl(channel),
        notes=notes,
        listed=prints,
    )


def quickly(prolog: str, content: bytes, known: bytes = b"") -> tuple[*Feed, bytes]:
    """What `quick` reads, and the fingerprints of all items. Raises DoubtError."""
    if "<!DOCTYPE" in prolog.upper():
        raise DoubtError("a document type")
    if known:
        items = shape.items_plainly(content)
        if items is None:
            looked = shape.look(content)
            if looked.error:
                raise DoubtError("broken")
            items = looked.items
        if len(items) > build.ITEMS_KEPT:
            raise DoubtError("endless")
        content, prints = fresh.reduced(content, items, known)
        return *quick.read(content)[:2], prints
    channel, found, spans = quick.read(content)
    return channel, found, fresh.fingerprints(content[start:end] for start, end in spans)


def slowly(prepared: bytes, root: str) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """What feedparser reads: channel and entries, and the format. Raises ParseError."""
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
    found: list[dict[str, Any]] = parsed["entries"][: build.ITEMS_KEPT]
    named = root in ("rss", "rdf") or parsed.get("version") in ("atom03", "atom10")
    if not (named or found or any(key in channel for key in _TOLD)):
        raise ParseError("XML, not a feed")
    return channel, found, "cdf" if root == "channel" and _CDF.search(prepared) else _FORMATS[root]


def _prepared(prolog: str, document: str, content: bytes, scene: Scene) -> tuple[bytes, bytes, list[str]]:
    """The document as feedparser gets it, the fingerprints of all its items, and what was done to it.

    `content` is the document with nothing mended.
    """
    notes: list[str] = []
    declared = repair.entities(prolog)
    openly = shape.ends_openly(document)
    if declared or openly:
        document = (repair.mended(document, declared) if declared else document) + ">" * openly
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
        notes.append(f"{MORE} of {len(found.items):,}")
    content, prints = fresh.reduced(content, found.items, scene.known)
    if len(found.items) > build.ITEMS_KEPT:
        content = shape.newest(content, shape.look(content), scene.received)
    return content, prints, notes
