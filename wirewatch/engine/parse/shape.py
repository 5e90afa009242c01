"""A quick look over an XML document before the slow parser sees it: is it well-formed, how deep, where are its items.

One pass of expat, a small part of feedparser's cost. It finds documents that would cost feedparser minutes, cuts off
what was left unfinished or appended, and keeps the newest items of an endless feed.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

import msgspec

from wirewatch.engine.parse import dates
from wirewatch.errors import ParseError

ITEMS_KEPT: Final = 500
"""Items of one document that are read: the newest."""
DEPTH_MOST: Final = 256
ATTRIBUTES_MOST: Final = 500
_TAG_MOST: Final = 65_536
_UNCLOSED_MOST: Final = 5_000
_ITEM_DEPTH: Final = 8
_JUNK_AFTER: Final = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_UNFINISHED: Final = frozenset(
    expat.errors.codes[name]
    for name in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_TAGS: Final = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([A-Za-z_][^\s<>/]*)[^<>]*", re.DOTALL)
_OFTEN_OPEN: Final = frozenset((b"br", b"img", b"hr", b"p", b"li", b"input", b"meta"))
_ITEM_STARTS: Final = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ITEM_ENDS: Final = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_PLAIN: Final = ((b"<rss", b"item"), (b"<feed", b"entry"), (b"<rdf:RDF", b"item"))
"""How a document begins, and what its items are called."""
_AFTER_NAME: Final = (b">", b" ", b"\t", b"\r", b"\n")
_ROOT_END: Final = re.compile(rb"</(?:[\w.-]+:)?(?:rss|rdf|feed)\s*>", re.IGNORECASE)
_OPEN_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:rss|rdf|feed|channel)\s*\Z", re.IGNORECASE)
_DATE: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:pubdate|published|updated|date|issued|modified)[^>]*>(?:<!\[CDATA\[)?([^<]{6,60})",
    re.IGNORECASE,
)


class Shape(msgspec.Struct):
    """What the look over a document found; places are byte offsets."""

    error: str | None = None
    """Why it isn't well-formed, in expat's words; None where it is."""
    error_code: int = 0
    end: int | None = None
    """Where the root element's end tag begins."""
    items: list[tuple[int, int]] = []
    """Start and end of each complete item."""
    open_tags: tuple[str, ...] = ()
    """The elements that were open after the last complete item, outermost first."""

    @property
    def unfinished(self) -> bool:
        """It is well-formed as far as it goes, but it stops before its end."""
        return self.error_code in _UNFINISHED

    @property
    def continued(self) -> bool:
        """It is well-formed, but something follows its end."""
        return self.error_code == _JUNK_AFTER


def look(document: bytes) -> Shape:
    """The shape of a UTF-8 document that begins with its root element. Raises ParseError for a hostile one."""
    shape = Shape(items=[])
    names: list[str] = []
    starts: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: list[str]) -> None:
        names.append(name)
        if len(names) > DEPTH_MOST:
            raise ParseError(f"elements lie more than {DEPTH_MOST} deep in each other")
        if len(attributes) > 2 * ATTRIBUTES_MOST:
            raise ParseError(f"an element has more than {ATTRIBUTES_MOST} attributes")
        if len(names) <= _ITEM_DEPTH and name.rpartition(":")[2].lower() in ("item", "entry"):
            starts.append(parser.CurrentByteIndex)

    def end(name: str) -> None:
        names.pop()
        if not names:
            shape.end = parser.CurrentByteIndex
        elif len(names) < _ITEM_DEPTH and starts and name.rpartition(":")[2].lower() in ("item", "entry"):
            begun = starts.pop()
            if not starts:
                shape.items.append((begun, document.index(b">", parser.CurrentByteIndex) + 1))
                shape.open_tags = tuple(names)

    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        shape.error, shape.error_code = expat.ErrorString(error.code), error.code
    finally:  # they hold the document and the parser, which holds them
        parser.StartElementHandler = parser.EndElementHandler = None
    return shape


def items_plainly(document: bytes) -> list[tuple[int, int]] | None:
    """Where the items of a UTF-8 document are that begins with its root element; None where only `look` can tell.

    Its tags alone tell it where none can be part of a comment or an instruction, or of a section that goes on beyond
    the item, or the gap between two, that it begins in. An item that is written in another way than most isn't found.
    """
    name = next((name for root, name in _PLAIN if document.startswith(root)), None)
    if name is None or b"<!--" in document or b"<?" in document:
        return None
    opening, closing = b"<" + name, b"</" + name
    items: list[tuple[int, int]] = []
    done = at = 0
    while (begun := document.find(opening, at)) >= 0:
        at = begun + len(opening)
        if document[at : at + 1] not in _AFTER_NAME:
            continue
        ends = document.find(closing, at)
        if ends < 0 or document.find(opening, at, ends) >= 0:
            return None
        end = document.find(b">", ends) + 1
        if document[ends + len(closing) : end].strip() != b">":
            return None
        if not (_closes_sections(document, done, begun) and _closes_sections(document, begun, end)):
            return None
        items.append((begun, end))
        done = at = end
    return items or None


def _closes_sections(document: bytes, begun: int, end: int) -> bool:
    return document.rfind(b"<![CDATA[", begun, end) <= document.rfind(b"]]>", begun, end)


def look_roughly(document: bytes) -> Shape:
    """The same by its tags alone, for a document that no XML parser gets through. Raises ParseError as `look`."""
    unclosed = 0
    for tag in _TAGS.finditer(document):
        if not tag[2] or tag[2].lower() in _OFTEN_OPEN:
            continue
        if tag.end() - tag.start() > _TAG_MOST:
            raise ParseError("a tag is longer than 64 KB")
        unclosed += -1 if tag[1] else int(not tag[0].endswith(b"/"))
        if unclosed > _UNCLOSED_MOST:
            raise ParseError(f"more than {_UNCLOSED_MOST:,} elements are left open")
    shape = Shape(error="not well-formed", items=[])
    if found := _ROOT_END.search(document):
        shape.end = found.start()
    ends = iter(_ITEM_ENDS.finditer(document))
    end = next(ends, None)
    starts = [found.start() for found in _ITEM_STARTS.finditer(document)]
    for begun, after in zip(starts, [*starts[1:], len(document)], strict=False):
        while end and end.start() < begun:
            end = next(ends, None)
        if end is None:
            break
        if end.start() < after:
            shape.items.append((begun, end.end()))
    return shape


def ends_openly(document: str) -> bool:
    """Whether all that is missing is the last bracket: `</rss`."""
    return _OPEN_END.search(document, max(len(document) - 100, 0)) is not None


def finished(document: bytes, shape: Shape) -> bytes:
    """The document without what follows its end, or up to its last complete item and then closed."""
    if shape.end is not None:
        return document[: document.find(b">", shape.end) + 1 or len(document)]
    if not shape.items:
        return document
    closing = "".join(f"</{name}>" for name in reversed(shape.open_tags))
    return document[: shape.items[-1][1]] + closing.encode()


def newest(document: bytes, shape: Shape, received: float) -> bytes:
    """The document with its newest 500 items only, in their order; without dates those that come first."""

    def age(place: int) -> tuple[float, int]:
        begun, end = shape.items[place]
        found = _DATE.search(document, begun, min(end, begun + 20_000))
        moment = dates.read(found[1].decode("utf-8", "replace"), received) if found else None
        return (-min(moment, received) if moment is not None else 0.0, place)

    kept = set(sorted(range(len(shape.items)), key=age)[:ITEMS_KEPT])
    pieces: list[bytes] = []
    done = 0
    for place, (begun, end) in enumerate(shape.items):
        if place not in kept:
            pieces.append(document[done:begun])
            done = end
    return b"".join([*pieces, document[done:]])
