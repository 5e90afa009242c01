"""From what a format's reader found to clean items: the last step of every format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from wirewatch import text
from wirewatch.clock import DAY
from wirewatch.engine.parse import dates
from wirewatch.headline import read_body
from wirewatch.model import Document, Item, Source

ITEMS_KEPT: Final = 500
"""Items of one document that are kept: the newest."""
GUID_MOST: Final = 500
_SUBJECTS_MOST: Final = 20
_HEADLINE_FROM_TEXT: Final = 160
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


class Scene(msgspec.Struct, frozen=True):
    """Where a document comes from: what its reader needs to know besides its bytes."""

    source: Source
    received: float
    content_type: str | None = None
    url: str | None = None
    """The address it was fetched from, to resolve relative links against."""
    file: str | None = None
    known: bytes = b""
    """The fingerprints of items that need not be read (see `fresh`)."""


class Markup(msgspec.Struct, frozen=True):
    """Text as a document has it, and whether it is HTML."""

    value: str
    html: bool = False

    def plain(self, block: str = "\n\n") -> str:
        """The text itself, unescaped exactly once if it is HTML; not yet sanitised."""
        return text.html_to_text(self.value, block=block) if self.html else self.value


class Raw(msgspec.Struct, kw_only=True):
    """One item as a document has it: nothing cleaned, nothing judged."""

    title: Markup | None = None
    summary: Markup | None = None
    body: Markup | None = None
    guid: str | None = None
    link: str | None = None
    """May be relative."""
    authors: Sequence[str] = ()
    date: str | None = None
    """When the publisher says it published, in the publisher's writing."""
    language: str | None = None
    subjects: Iterable[str] = ()


def language_tag(*tags: str | None) -> str | None:
    """The first that is a language tag, in lower case: `en`, `pt-br`."""
    for tag in tags:
        if tag and _LANGUAGE.fullmatch(low := tag.strip().replace("_", "-").lower()[:35]):
            return low
    return None


def document(
    kind: str,
    raws: Sequence[Raw],
    scene: Scene,
    *,
    title: str | None = None,
    base: str | None = None,
    language: str | None = None,
    ttl: float | None = None,
    notes: Iterable[str] = (),
    listed: bytes = b"",
) -> Document:
    """The document with its items cleaned, in their order. `base` is what relative links are resolved against.

    `listed` are the fingerprints of all its items.
    """
    made = [made for raw in raws if (made := _item(kind, raw, scene, base, language))]
    return Document(
        format=kind,
        items=tuple(_identified(made)),
        title=text.name(title) or None,
        ttl=ttl,
        note="; ".join(notes) or None,
        listed=listed,
    )


def _item(kind: str, raw: Raw, scene: Scene, base: str | None, language: str | None) -> Item | None:
    """None for one that says nothing at all."""
    published, date_note = dates.judge(raw.date, scene.received)
    url = text.link(raw.link, base)
    summary = text.summary(raw.summary.plain()) if raw.summary else ""
    body = text.body(raw.body.plain()) if raw.body else ""
    headline = text.title(raw.title.plain(" ")) if raw.title else ""
    headline = headline or _first_words(summary or body) or text.title(text.shown_link(url) if url else raw.guid)
    if not headline:
        return None
    item = Item(
        id="",
        source=scene.source.name,
        headline=headline,
        received=scene.received,
        kind=scene.source.kind,
        guid=clean_guid(raw.guid),
        url=url,
        summary=summary or None,
        body=body or None,
        byline=_byline(raw.authors),
        published=published,
        date_note=date_note,
        language=language_tag(raw.language, language, scene.source.language),
        format=kind,
        subjects=_subjects(raw.subjects),
    )
    return read_body(item)


def _first_words(body: str) -> str:
    """A headline for a piece without one: the beginning of its text, up to a sentence's or a word's end."""
    line = body.partition("\n")[0]
    if len(line) <= _HEADLINE_FROM_TEXT:
        return text.title(line)
    cut = line[:_HEADLINE_FROM_TEXT]
    sentence = max(cut.rfind(stop) for stop in (". ", "! ", "? ", "。"))
    return text.title(cut[: sentence + 1] if sentence > 0 else cut.rpartition(" ")[0] + "…")


def _byline(authors: Iterable[str]) -> str | None:
    names = dict.fromkeys(text.name(text.html_to_text(author, block=" ")) for author in authors)
    return text.name(", ".join(name for name in names if name)) or None


def _subjects(subjects: Iterable[str]) -> tuple[str, ...] | None:
    names = dict.fromkeys(text.name(text.html_to_text(subject, block=" ")) for subject in subjects)
    return tuple(name for name in names if name)[:_SUBJECTS_MOST] or None


def clean_guid(guid: str | None) -> str | None:
    """A guid fit to print; one of more than 500 characters is named by its hash."""
    if not guid or not guid.strip():
        return None
    if len(guid) <= GUID_MOST:
        return text.title(guid) or None
    return "blake2b:" + blake2b(guid.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _identified(items: list[Item]) -> Iterable[Item]:
    """The items with their ids, each once. A guid that several pieces share names none of them and is dropped."""
    guids = Counter(item.guid for item in {(item.guid, item.url, item.headline): item for item in items}.values())
    urls = Counter(item.url for item in {(item.url, item.headline): item for item in items}.values())
    seen: set[str] = set()
    for item in items:
        if item.guid and guids[item.guid] > 1:
            item = msgspec.structs.replace(item, guid=None)  # noqa: PLW2901
        item = msgspec.structs.replace(item, id=item_id(item, alone=urls[item.url] == 1))  # noqa: PLW2901
        if item.id not in seen:
            seen.add(item.id)
            yield item


def item_id(item: Item, *, alone: bool = True) -> str:
    """16 hexadecimal digits from the source and the strongest thing that names the piece: guid, URL, headline and day.

    `alone` says that no other piece of its document has its URL.
    """
    if item.guid:
        named = f"g:{item.guid}"
    elif item.url and alone:
        named = f"u:{item.url}"
    elif item.url:
        named = f"u:{item.url}\0{item.headline}"
    else:
        day = int((item.published if item.published is not None else item.received) // DAY)
        named = f"t:{item.headline}\0{day}"
    return blake2b(f"{item.source}\0{named}".encode("utf-8", "replace"), digest_size=8).hexdigest()
