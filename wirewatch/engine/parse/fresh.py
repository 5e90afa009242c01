"""Which items of a changed document are worth reading: those whose bytes were not in the last one that was stored.

What an item is depends a little on the others: a guid or link that several share names none of them, and a feed that
hands out new guids to all is read by its links. So the whole document is read whenever that could matter: when most of
it is new, and when a new item has a guid or a link that an old one has too.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE: Final = 8
"""Bytes of a fingerprint."""
_GUID: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:guid|id)(?=[\s>])[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<>]*?)\s*(?:\]\]>)?\s*</", re.IGNORECASE
)
_LINK: Final = re.compile(
    rb"<(?:[\w.-]+:)?link(?=[\s>])(?:[^<>]*?\shref\s*=\s*[\"']\s*([^\"'?#]+)"
    rb"|[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<>?#\]\s]+))",
    re.IGNORECASE,
)


def fingerprints(pieces: Iterable[bytes]) -> bytes:
    """A fingerprint of each item, in their order."""
    return b"".join(blake2b(piece, digest_size=SIZE).digest() for piece in pieces)


def unknown(prints: bytes, known: bytes) -> list[int] | None:
    """The places of the items that are not known; None where the whole document is to be read."""
    if not known:
        return None
    old = {known[at : at + SIZE] for at in range(0, len(known), SIZE)}
    count = len(prints) // SIZE
    found = [place for place in range(count) if prints[place * SIZE : (place + 1) * SIZE] not in old]
    return found if 2 * len(found) <= count else None


def reduced(document: bytes, spans: Sequence[tuple[int, int]], known: bytes) -> tuple[bytes, bytes]:
    """The document without the items that are known, or the whole of it; and the fingerprints of all its items."""
    prints = fingerprints(document[start:end] for start, end in spans)
    places = unknown(prints, known)
    if places is None or len(places) == len(spans):
        return document, prints
    wanted = set(places)
    kept: list[bytes] = []
    dropped: list[bytes] = []
    done = 0
    for place, (start, end) in enumerate(spans):
        if place not in wanted:
            kept.append(document[done:start])
            dropped.append(document[start:end])
            done = end
    old = b"\n".join(dropped)
    if any(_shared(document[slice(*spans[place])], old) for place in places):
        return document, prints
    return b"".join([*kept, document[done:]]), prints


def _shared(item: bytes, old: bytes) -> bool:
    """Whether an old item seems to have a guid or a link of this one, or this one has neither."""
    guids = [found[1] for found in _GUID.finditer(item)]
    links = [found[1] or found[2] for found in _LINK.finditer(item)]
    if not any(guids) and not any(links):
        return True
    if any(guid in old and re.search(rb"[>\[\s]" + re.escape(guid) + rb"\s*[<\]]", old) for guid in guids if guid):
        return True
    bare = [link.rstrip(b"/") for link in links]
    return any(link in old and re.search(re.escape(link) + rb"/?[\s<\"'?#\]]", old) for link in bare)
