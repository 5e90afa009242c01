"""JSON Feed 1.0 and 1.1 (jsonfeed.org). Fields of a wrong type are passed over; ids may be numbers, as 1.0 let them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from wirewatch.engine.parse import build, charset, dates, fresh
from wirewatch.engine.parse.build import Markup, Raw, Scene
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.model import Document

FORMAT: Final = "json-feed"
_LINKS: Final = ("url", "external_url")


def read(content: bytes, scene: Scene) -> Document:
    """The items of a JSON Feed. Raises ParseError where it isn't JSON or has no list of items."""
    try:
        feed = msgspec.json.decode(charset.decode(content, scene.content_type))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"broken JSON: {error}") from None
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise ParseError("JSON, but not a JSON Feed: it has no list of items")
    entries = [entry for entry in entries if isinstance(entry, dict)]
    notes = []
    if len(entries) > build.ITEMS_KEPT:
        notes.append(f"cut to the newest {build.ITEMS_KEPT} items of {len(entries):,}")
    entries, prints = _fresh(entries, scene.known)
    if len(entries) > build.ITEMS_KEPT:
        entries = _newest(entries, scene.received)
    return build.document(
        FORMAT,
        [_raw(entry) for entry in entries],
        scene,
        title=_text(feed, "title"),
        base=scene.url or scene.source.url or _text(feed, "home_page_url"),
        language=_text(feed, "language"),
        notes=notes,
        listed=prints,
    )


def _fresh(entries: list[dict[str, Any]], known: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """The entries that are not known, or all where a new one shares its id or address; and the fingerprints of all."""
    prints = fresh.fingerprints(msgspec.json.encode(entry) for entry in entries)
    places = fresh.unknown(prints, known)
    if places is None:
        return entries, prints
    new = [entries[place] for place in places]
    wanted = set(places)
    old = {name for place, entry in enumerate(entries) if place not in wanted for name in _names(entry)}
    shared = any(not _names(entry) or not old.isdisjoint(_names(entry)) for entry in new)
    return (entries if shared else new), prints


def _names(entry: dict[str, Any]) -> set[str]:
    links = {link.partition("#")[0].partition("?")[0].rstrip("/") for key in _LINKS if (link := _text(entry, key))}
    return links | ({str(entry["id"])} if entry.get("id") else set())


def _newest(entries: list[dict[str, Any]], received: float) -> list[dict[str, Any]]:
    def age(place: int) -> tuple[float, int]:
        moment = dates.read(_date(entries[place]) or "", received)
        return (-min(moment, received) if moment is not None else 0.0, place)

    return [entries[place] for place in sorted(sorted(range(len(entries)), key=age)[: build.ITEMS_KEPT])]


def _raw(entry: dict[str, Any]) -> Raw:
    html, plain, summary = _text(entry, "content_html"), _text(entry, "content_text"), _text(entry, "summary")
    guid = entry.get("id")
    tags = entry.get("tags")
    return Raw(
        title=Markup(_text(entry, "title") or ""),
        summary=Markup(summary) if summary else None,
        body=Markup(html, html=True) if html else Markup(plain) if plain else None,
        guid=str(guid) if isinstance(guid, str | int | float) and not isinstance(guid, bool) else None,
        link=_text(entry, "url") or _text(entry, "external_url"),
        authors=tuple(_authors(entry)),
        date=_date(entry),
        language=_text(entry, "language"),
        subjects=[tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else (),
    )


def _date(entry: dict[str, Any]) -> str | None:
    return _text(entry, "date_published") or _text(entry, "date_modified")


def _authors(entry: dict[str, Any]) -> Iterator[str]:
    """Version 1.1 has `authors`, 1.0 had `author`."""
    authors = entry.get("authors")
    for author in authors if isinstance(authors, list) else [entry.get("author")]:
        if isinstance(author, dict) and (who := _text(author, "name")):
            yield who


def _text(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) else None
