"""Items one a line, as JSON with the keys that `pipe` prints (DESIGN, Command line); `headline` is enough.

A bad line costs itself only. Judgements on items (story, flags …) and `merged` lines of an earlier run are passed over.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from wirewatch import text
from wirewatch.clock import parse_rfc3339
from wirewatch.engine.parse import build, charset, dates
from wirewatch.errors import ParseError
from wirewatch.headline import read_body
from wirewatch.model import Document, Item, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wirewatch.engine.parse.build import Scene

FORMAT: Final = "item"
_KINDS: Final = get_args(Kind)
_LINE_MOST: Final = 4 * 1024 * 1024
_SUBJECTS_MOST: Final = 200
_ID: Final = re.compile(r"[\w.:@/+=-]{1,64}", re.ASCII)
# How each text key is cleaned.
_CLEANED: Final[dict[str, Callable[[str], str]]] = {
    "headline": text.title,
    "summary": text.summary,
    "body": text.body,
    "byline": text.name,
    "format": text.name,
    "status": text.name,
    "slug": text.title,
    "place": text.title,
    "dateline": text.title,
    "credit": text.title,
    "ednote": text.title,
}
_NAMES: Final = {
    str: "text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    bool: "true or false",
}


def read(content: bytes, scene: Scene) -> Document:
    """All items of a document, and a complaint for each line that isn't one. Raises ParseError if no line is."""
    complaints: list[str] = []
    lines = charset.decode(content, scene.content_type).split("\n")
    items = tuple(read_lines(lines, scene, lambda error: complaints.append(str(error))))
    if complaints and not items:
        raise ParseError(complaints[0] if len(complaints) == 1 else f"{complaints[0]}; {len(complaints):,} such lines")
    note = f"{len(complaints):,} lines couldn't be read; {complaints[0]}" if complaints else None
    return Document(format=FORMAT, items=items, note=note, complaints=tuple(complaints))


def read_lines(lines: Iterable[str | bytes], scene: Scene, complain: Callable[[ParseError], object]) -> Iterator[Item]:
    """The items of lines as they come. `complain` is told of each line that isn't one, with its number."""
    for number, line in enumerate(lines, 1):
        try:
            if item := _line(line, scene):
                yield item
        except ParseError as error:
            complain(ParseError(f"line {number}: {error}"))


def _line(line: str | bytes, scene: Scene) -> Item | None:
    if len(line) > _LINE_MOST:
        raise ParseError("longer than 4 MB")
    if isinstance(line, bytes):
        line = charset.decode(line)
    line = line.strip("\ufeff \t\r\n")
    if not line:
        return None
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"not JSON: {text.message(str(error))}") from None
    if not isinstance(fields, dict):
        raise ParseError(f"{_named(fields)}, not an object")
    if "merged" in fields and "headline" not in fields:
        return None
    return _item(fields, scene)


def _item(fields: dict[str, Any], scene: Scene) -> Item:
    texts = {
        key: clean(value) or None for key, clean in _CLEANED.items() if (value := _typed(fields, key, str)) is not None
    }
    headline = texts.pop("headline", None)
    if not headline:
        raise ParseError("headline: is missing" if fields.get("headline") is None else "headline: is empty")
    received = _moment(fields, "received")
    received = scene.received if received is None else received
    published, date_note = _moment(fields, "published"), None
    if published is not None:
        trusted, date_note = dates.trusted(published, received)
        published = published if trusted is not None else None
    kind = _typed(fields, "kind", str) or scene.source.kind
    if kind not in _KINDS:
        raise ParseError(f"kind: “{text.name(kind)}” is none of {', '.join(_KINDS)}")
    version = _typed(fields, "version", int)
    if version is not None and version < 1:
        raise ParseError("version: is less than 1")
    url = _typed(fields, "url", str)
    item = Item(
        id="",
        source=text.name(_typed(fields, "source", str)) or scene.source.name,
        headline=headline,
        received=received,
        kind=kind,
        guid=build.clean_guid(_typed(fields, "guid", str)),
        url=text.link(url, scene.url),
        published=published,
        date_note=date_note or (text.name(_typed(fields, "date_note", str)) or None),
        language=build.language_tag(_typed(fields, "language", str), scene.source.language),
        version=version or 1,
        urgency=_typed(fields, "urgency", int),
        subjects=_subjects(fields),
        embargo=_moment(fields, "embargo"),
        **{key: value for key, value in texts.items() if value},
    )
    return read_body(msgspec.structs.replace(item, id=_id(fields) or build.item_id(item)))


def _id(fields: dict[str, Any]) -> str | None:
    """The id of the input as it is, or the hash of one that isn't fit to be an id here."""
    given = fields.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    given = _typed(fields, "id", str)
    if not given or _ID.fullmatch(given):
        return given or None
    return blake2b(given.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _subjects(fields: dict[str, Any]) -> tuple[str, ...] | None:
    subjects = _typed(fields, "subjects", list) or []
    for subject in subjects:
        if not isinstance(subject, str):
            raise ParseError(f"subjects: {_named(subject)}, not text")
    return tuple(clean for subject in subjects[:_SUBJECTS_MOST] if (clean := text.name(subject))) or None


def _moment(fields: dict[str, Any], key: str) -> float | None:
    """Seconds since the epoch, UTC, of an RFC 3339 time."""
    value = _typed(fields, key, str)
    if value is None:
        return None
    try:
        return parse_rfc3339(value)
    except (ValueError, OverflowError):
        raise ParseError(f"{key}: “{text.name(value)}” is no RFC 3339 time like 2023-03-13T09:02:00Z") from None


def _typed(fields: dict[str, Any], key: str, kind: type) -> Any:
    value = fields.get(key)
    if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    raise ParseError(f"{key}: {_named(value)}, not {_NAMES[kind]}")


def _named(value: object) -> str:
    return "null" if value is None else _NAMES[type(value)]
