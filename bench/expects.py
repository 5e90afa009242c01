"""feedparser's own suite, asked of what wirewatch reads.

Its files carry an `Expect:` line, a Python expression over feedparser's result. It is evaluated over a view that has
wirewatch's values under feedparser's names. An expression about anything that wirewatch doesn't keep is excluded, and
counted by the reason. Text is compared as text: what feedparser expects as HTML goes through `html_to_text` first.
"""

from __future__ import annotations

import ast
import io
import re
import warnings
from calendar import timegm
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import feedparser

from wirewatch import text
from wirewatch.clock import parse_rfc3339
from wirewatch.engine.parse import build, dates, read
from wirewatch.errors import ParseError
from wirewatch.headline import read_body
from wirewatch.model import Item, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wirewatch.model import Document

RECEIVED = parse_rfc3339("2010-06-01T00:00:00Z")
"""When the documents arrive: after all dates that the suite expects, and less than ten years after them."""
SOURCE = Source(name="suite", url="")
_HEADER = re.compile(r"^\s*Header:\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_EXPECT = re.compile(r"^\s*Expect:\s*(.*?)\s*$", re.MULTILINE)
_INNER_TEXT = re.compile(r"^wellformed/sanitize/.*_(?:crazy|iframe|object)\.xml$")
_OF_HTML = ("text/html", "application/xhtml+xml")


@dataclass
class Tally:
    """How a suite went."""

    held: int = 0
    failed: list[str] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)

    @property
    def mappable(self) -> int:
        return self.held + len(self.failed)

    @property
    def share(self) -> float:
        return self.held / max(self.mappable, 1)

    def take(self, name: str, verdict: bool) -> None:
        if verdict:
            self.held += 1
        else:
            self.failed.append(name)


class UnmappedError(Exception):
    """The expression asks for something that wirewatch doesn't keep, or that can't be compared."""


class Kept(str):
    """A text of wirewatch's that equals what feedparser expects if it says the same."""

    same: Callable[[str], bool]
    __slots__ = ("same",)

    def __new__(cls, value: str | None, same: Callable[[str], bool]) -> Kept:
        made = super().__new__(cls, value or "")
        made.same = same
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.same(other)

    __hash__ = str.__hash__


class KeptTime:
    """A time of wirewatch's that equals feedparser's nine numbers or the date as it is written."""

    def __init__(self, moment: float | None) -> None:
        self.moment = moment

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return self.moment == timegm(other)
        return isinstance(other, str) and self.moment == dates.read(other, RECEIVED)

    __hash__ = None  # type: ignore[assignment]


class View(dict[str, Any]):
    """wirewatch's values under feedparser's names."""

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.what = what

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise UnmappedError(f"{self.what}: not kept")
        return super().__getitem__(key)

    __getattr__ = __getitem__

    def has_key(self, key: str) -> bool:
        value = self[key]
        return bool(value.moment if isinstance(value, KeptTime) else value)

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]


_ITEM_TAG = re.compile(rb"<((?:[\w-]+:)?(item|entry))(?=[\s>])[^>]*(?<!/)>", re.IGNORECASE)


def read_named(content: bytes, entries: int, received: float = RECEIVED, **how: Any) -> Document:
    """What wirewatch reads. It keeps no item that says nothing (a date or an author alone); such ones get a guid."""
    document = read(content, source=SOURCE, received=received, **how)
    if len(document.items) >= entries:
        return document
    numbers = iter(range(1_000))

    def named(tag: re.Match[bytes]) -> bytes:
        name = b"guid" if tag[2].lower() == b"item" else b"id"
        return tag[0] + b"<%s>suite-%d</%s>" % (name, next(numbers), name)

    return read(_ITEM_TAG.sub(named, content), source=SOURCE, received=received, **how)


_BLANK = partial(Item, id="", source="", headline="", received=RECEIVED)


def _said(value: str | None, clean: Callable[[str], str], html: bool) -> Kept:
    """A text construct; one that has no text at all (an image, a script) proves nothing and is left out."""

    def same(expected: str) -> bool:
        plain = clean(text.html_to_text(expected) if html else expected)
        if not plain and (clean is text.title or not value):
            raise UnmappedError("markup without text")
        if clean in (text.summary, text.body) and not read_body(_BLANK(summary=plain)).summary:
            raise UnmappedError("nothing but site chrome, which wirewatch cuts")
        return plain == (value or "")

    return Kept(value, same)


def _linked(url: str | None, base: str | None) -> Kept:
    def same(expected: str) -> bool:
        meant = text.link(expected, base)
        if meant is None and url is None:
            raise UnmappedError("a link that isn't http")
        return meant == url

    return Kept(url, same)


def _by(byline: str | None) -> Kept:
    """feedparser writes `Name (address)`; wirewatch keeps the name."""
    return Kept(
        byline, lambda expected: text.name(re.sub(r"\s*\([^()\s]+@[^()\s]+\)$", "", expected)) == (byline or "")
    )


def _is_html(of: Mapping[str, Any], key: str) -> bool:
    detail = dict.get(of, f"{key}_detail") or {}
    return dict.get(detail, "type") in _OF_HTML


class _Detail(View):
    pass


def _entry(item: Item, other: Mapping[str, Any], base: str | None) -> View:
    contents = dict.get(other, "content") or []
    # Where a feed has no summary, feedparser answers with the content.
    of_content = not dict.get(other, "summary_detail") and any(part.get("type") in _OF_HTML for part in contents)
    summary = _said(item.summary or item.body, text.summary, _is_html(other, "summary") or of_content)
    bodied = [
        _Detail("entries.content", {"value": _said(item.body or item.summary, text.body, part.get("type") in _OF_HTML)})
        for part in contents[:1]
    ]
    title = _said(item.headline, text.title, _is_html(other, "title"))
    moment = KeptTime(item.published)
    first = next((key for key in ("published", "updated", "created") if dict.get(other, key)), "published")
    names = {"published": ("published", "issued"), "updated": ("updated", "modified", "date"), "created": ("created",)}
    authors = [_Detail("entries.authors", {"name": _by(name)}) for name in (item.byline or "").split(", ")]
    values: dict[str, Any] = {
        "title": title,
        "title_detail": _Detail("entries.title_detail", {"value": title}),
        "link": _linked(item.url, base),
        "id": Kept(item.guid, lambda expected: build.clean_guid(expected) == item.guid),
        "summary": summary,
        "summary_detail": _Detail("entries.summary_detail", {"value": summary}),
        "content": bodied,
        "author": _by(item.byline),
        "author_detail": _Detail("entries.author_detail", {"name": _by(item.byline)}),
        "authors": authors,
    }
    values |= {f"{name}{tail}": moment for name in names[first] for tail in ("", "_parsed")}
    values |= {"guid": values["id"], "description": summary, "description_detail": values["summary_detail"]}
    return View("entries", values)


def _names(document: Document, other: Mapping[str, Any], base: str | None) -> dict[str, Any]:
    title = _said(document.title, text.name, _is_html(other["feed"], "title"))
    pairs = zip(document.items, other["entries"], strict=False)
    return {
        "feed": View("feed", {"title": title, "title_detail": _Detail("feed.title_detail", {"value": title})}),
        "entries": [_entry(item, entry, base) for item, entry in pairs],
        "len": len,
        "ord": ord,
    }


def _parts(expression: str) -> Iterator[ast.expr]:
    """The parts joined by `and`, without those that only say whether the document was well-formed."""
    tree: ast.expr = ast.parse(expression, mode="eval").body
    waiting = [tree]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, ast.BoolOp) and isinstance(part.op, ast.And):
            waiting[:0] = part.values
        elif {node.id for node in ast.walk(part) if isinstance(node, ast.Name)} != {"bozo"}:
            yield part


def _field(part: ast.expr) -> str:
    """What an excluded part asks about: `entries.tags`."""
    for node in ast.walk(part):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            names = re.findall(r"[a-z_]+", ast.unparse(node))
            return ".".join(names[:2])
        if isinstance(node, ast.Attribute):
            return ".".join(re.findall(r"[a-z_]+", ast.unparse(node))[:2])
    names = sorted({node.id for node in ast.walk(part) if isinstance(node, ast.Name)})
    return ", ".join(names) or "nothing"


def feedparser_suite(folder: Path) -> Tally:
    """Every file of feedparser's suite with an `Expect:` line."""
    tally = Tally()
    for path in sorted(folder.rglob("*.xml")):
        content = path.read_bytes()
        head = content[:4096].replace(b"\0", b"").decode("latin-1")
        expect = _EXPECT.search(head)
        if not expect:
            tally.excluded["no Expect line"] += 1
            continue
        headers = {name.lower(): value for name, value in _HEADER.findall(head)}
        name = path.relative_to(folder).as_posix()
        if _INNER_TEXT.search(name):
            tally.excluded["what a sanitiser leaves of script, iframe and object: wirewatch drops them whole"] += 1
            continue
        try:
            headers.setdefault("content-location", f"http://127.0.0.1:8097/tests/{name}")
            verdict = _verdict(expect[1], content, headers)
        except UnmappedError as reason:
            tally.excluded[str(reason)] += 1
        else:
            tally.take(name, verdict)
    return tally


def _verdict(expression: str, content: bytes, headers: dict[str, str]) -> bool:
    try:
        parts = list(_parts(expression))
    except SyntaxError:
        raise UnmappedError("not an expression") from None
    if not parts or all(isinstance(part, ast.Constant) for part in parts):
        raise UnmappedError("only that it doesn't crash, or only bozo")
    for part in parts:
        names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
        if not names <= {"feed", "entries", "len", "ord"}:
            raise UnmappedError(f"{', '.join(sorted(names - {'feed', 'entries'}))}: feedparser's own report")
    base = headers.get("content-location")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = feedparser.parse(io.BytesIO(content), response_headers=headers)
    try:
        document = read_named(content, len(other["entries"]), content_type=headers.get("content-type"), url=base)
    except ParseError:
        return False
    if len(document.items) < len(other["entries"]) and "entries[1]" in expression:
        raise UnmappedError("two entries that are one item")
    known = _names(document, other, base)
    for part in parts:
        try:
            if not eval(compile(ast.Expression(part), "Expect", "eval"), {"__builtins__": {}}, known):
                return False
        except UnmappedError as reason:
            raise UnmappedError(str(reason) if "not kept" not in str(reason) else f"{_field(part)}: not kept") from None
        except (IndexError, TypeError, AttributeError):
            return False
    return True
