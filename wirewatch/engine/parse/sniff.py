"""Which format a document is in, told from its first bytes; and everything that is no document wirewatch reads.

Only the opening is looked at, so that a web page of any size is turned away at once.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from wirewatch import text
from wirewatch.engine.parse import charset
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable

UNPACKED_MOST: Final = 64 * 1024 * 1024
"""Bytes that a gzip file may unpack to."""
_GZIP: Final = b"\x1f\x8b\x08"
_LAYERS: Final = 2
_HEAD: Final = 64 * 1024
_LINE: Final = 4096

_PROLOG: Final = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>)*",
    re.DOTALL | re.IGNORECASE,
)
_ELEMENT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_PAGE: Final = re.compile(r"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_OF_PAGES: Final = re.compile(
    r"html|head|body|title|meta|link|script|style|base|p|a|b|i|em|strong|br|hr|div|span|pre|code|font|center|h[1-6]"
    r"|table|tr|td|ul|ol|li|img|iframe|form|input|small|section|article|header|footer|main|nav|svg|noscript|button",
    re.IGNORECASE,
)
_JSON_FEED: Final = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.IGNORECASE)
_ITEMS: Final = re.compile(r'\{\s*(?:"[^"]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|\w+)\s*,\s*)*"items"\s*:\s*\[', re.DOTALL)
_ONE_ITEM: Final = re.compile(r'"(?:headline|merged)"\s*:')
_LINES: Final = re.compile(r"ndjson|jsonl|json-?lines", re.IGNORECASE)


def _json_feed(head: str, named: str) -> bool:
    return bool(_JSON_FEED.search(head[:_LINE]) or (_ITEMS.match(head) and not _LINES.search(named)))


def _items(head: str, named: str) -> bool:
    first, _, rest = head.partition("\n")
    if _LINES.search(named):
        return True
    whole = first.rstrip().endswith("}")
    return bool(_ONE_ITEM.search(first) and (whole or not rest)) or (whole and rest.lstrip().startswith("{"))


class Format(NamedTuple):
    """A kind of document. To add one: write its module, with `read(content, scene) -> Document`, and add a row."""

    module: str
    """In this package; imported when the first such document comes."""
    roots: tuple[str, ...] = ()
    """XML: the names its root element can have, in lower case and without prefix; the first row that has it wins."""
    opening: Callable[[str, str], bool] | None = None
    """JSON: whether a head that begins with `{`, and what the document is called (content type, file), belong to it."""


FORMATS: Final = (
    Format("json_feed", opening=_json_feed),
    Format("ndjson", opening=_items),
    Format("feed", roots=("rss", "rdf", "feed", "channel", "entry", "item")),
)
_ROOTS: Final = {root: row.module for row in reversed(FORMATS) for root in row.roots}
_SOME_ROOT: Final = re.compile(
    rf"<(?:[A-Za-z_][\w.-]*:)?({'|'.join(root for root in _ROOTS if root not in ('entry', 'item'))})(?=[\s>])",
    re.IGNORECASE,
)


def unpacked(content: bytes) -> bytes:
    """The content of a gzip file, else the content as it is. Raises ParseError: broken, cut short or too large."""
    for _ in range(_LAYERS):
        if not content.startswith(_GZIP):
            return content
        unpack = zlib.decompressobj(wbits=31)
        try:
            content = unpack.decompress(content, UNPACKED_MOST)
        except zlib.error:
            raise ParseError("a broken gzip file") from None
        if not unpack.eof:
            raise ParseError(
                "a gzip file that unpacks to more than 64 MB" if unpack.unconsumed_tail else "a gzip file, cut short"
            )
    if content.startswith(_GZIP):
        raise ParseError("a gzip file packed more than twice")
    return content


def format_of(content: bytes, content_type: str | None = None, file: str | None = None) -> str:
    """The module that reads such a document. Where there is none, raises ParseError that says what it is instead."""
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise ParseError("empty document")
    head = charset.decode(content[:_HEAD], content_type).lstrip("\ufeff \t\r\n\f\v\0")
    if head.startswith("{"):
        for row in FORMATS:
            if row.opening and row.opening(head, f"{content_type or ''} {file or ''}"):
                return row.module
        raise ParseError("JSON, but neither a JSON Feed nor items, one a line")
    if head.startswith("["):
        raise ParseError("a JSON list, not a feed; items are read one object a line")
    return _ROOTS[_root(head)[1]]


def root_of(document: str) -> tuple[int, str]:
    """Where the root element begins, behind prolog and junk, and its name in lower case. Raises as `format_of`."""
    return _root(document)


def _root(head: str) -> tuple[int, str]:
    prolog = _PROLOG.match(head)
    element = _ELEMENT.match(head, prolog.end() if prolog else 0)
    if element and element[1].lower() in _ROOTS:
        return element.start(), element[1].lower()
    if element and not _OF_PAGES.fullmatch(element[1]):
        raise ParseError(f"XML, not a feed: it begins with <{text.name(element[1])}>")
    # Something stands before the feed: a server's warning, a stray tag. The first root decides, a feed's or a page's.
    page, root = _PAGE.search(head), _SOME_ROOT.search(head)
    if root and (not page or root.start() < page.start()):
        return root.start(), root[1].lower()
    if page or element:
        raise ParseError("web page, not a feed")
    raise ParseError(f"not a feed: it begins with “{text.name(head[:40])}”")
