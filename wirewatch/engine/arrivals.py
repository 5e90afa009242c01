"""Which items of a document are new, which are later takes of known ones, which are nothing new: pure decisions.

The identity ladder (FAULTS 85-93): guid, else canonical URL, else the normalised headline of a day, always within one
source. No rung is trusted blindly: a guid that several items share says nothing; one that comes back with another link
and other words is a new item; a feed that hands out new guids for known items is read by link and headline instead.
In doubt an item is new: the same-story index still folds it into its story, while a wrong identity would hide it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec

from wirewatch.clock import DAY
from wirewatch.engine.parse.build import item_id
from wirewatch.stories import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirewatch.model import Document, Item
    from wirewatch.store.contract import Known

CHURN_SMALLEST = 4
"""Fewer items than this say nothing about a feed's habits."""


class Arrival(NamedTuple):
    """An item that has something new in it; `previous` is the known item it is a later take of."""

    item: Item
    keys: tuple[str, ...]
    content: str
    previous: Known | None


class Candidate(NamedTuple):
    """An item of the document with the identity keys that can be trusted in this document, strongest first."""

    item: Item
    keys: tuple[str, ...]
    nearby: tuple[str, ...] = ()
    """Where else to look when the headline is all there is to know it by."""


def candidates(items: Sequence[Item]) -> list[Candidate]:
    """Each item once, with its keys; a guid or link that unlike items of the document share is left out."""
    ladders = [(item, identity.keys(item)) for item in items]
    meanings: dict[str, set[str]] = {}
    for item, keys in ladders:
        for key in keys:
            meanings.setdefault(key, set()).add(item.headline)
    found: dict[str, Candidate] = {}
    for item, keys in ladders:
        usable = tuple(key for key in keys if len(meanings[key]) == 1) or keys[-1:]
        nearby = identity.keys_nearby(item) if usable[0].startswith("t:") else ()
        found.setdefault(usable[0], Candidate(item, usable, nearby))
    return list(found.values())


def churned(found: Sequence[Candidate], known: Mapping[str, Known]) -> bool:
    """True when most guids are new while most links or headlines are known: guid churn (FAULT 87, 89)."""
    with_guid = [candidate.keys for candidate in found if candidate.keys[0].startswith("g:")]
    if len(with_guid) < CHURN_SMALLEST:
        return False
    fresh = sum(keys[0] not in known for keys in with_guid)
    familiar = sum(any(key in known for key in keys[1:]) for keys in with_guid)
    return fresh > 0.5 * len(with_guid) and familiar > 0.8 * len(with_guid)


def same_item(
    candidate: Candidate, known: Mapping[str, Known], *, by_link: bool = False, content: str | None = None
) -> Known | None:
    """The known item that this one is a take of, or None. `by_link`: the source's guids can't be trusted now.

    A headline without a publisher's time is the same piece for a day; and for longer where its `content` is the same.
    """
    rungs = {key[0]: known.get(key) for key in candidate.keys}
    titled = rungs.get("t")
    if titled is not None and titled.story and candidate.item.published is None and titled.content != content:
        rungs["t"] = titled if _within_a_day(candidate.item, titled) else None
    if by_link:
        return rungs.get("u") or rungs.get("t") or rungs.get("g")
    if rungs.get("g"):
        return rungs["g"]
    link = rungs.get("u")
    if link and (rungs.get("t") is not None or names_one_piece(candidate.item.url or "")):
        return link
    if set(rungs) != {"t"}:
        return None
    near = (known[key] for key in candidate.nearby if key in known)
    return rungs["t"] or next((other for other in near if _within_a_day(candidate.item, other)), None)


def _within_a_day(item: Item, known: Known) -> bool:
    return abs(item.received - known.received) <= DAY


def names_one_piece(url: str) -> bool:
    """True for a link that leads to one article, not to a front page that every item of an alert feed shares."""
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return len(last) >= 12 or bool(re.search(r"\d", last + parts.query))


def reused_guid(item: Item, previous: Item) -> bool:
    """True when a known guid came back with another link and hardly a word in common: a new item (FAULT 88)."""
    if not item.url or not previous.url or identity.canonical_url(item.url) == identity.canonical_url(previous.url):
        return False
    mine, theirs = words(item.headline), words(previous.headline)
    return len(mine & theirs) * 3 < min(len(mine), len(theirs))


def words(headline: str) -> set[str]:
    """Its words of more than three letters, folded; all of its words where it has no such word."""
    every = {word.casefold() for word in re.findall(r"\w+", headline)}
    return {word for word in every if len(word) > 3} or every


def decide(found: Sequence[Candidate], known: Mapping[str, Known]) -> list[Arrival]:
    """The arrivals among a document's items, in document order; what is known and unchanged is not among them."""
    by_link = churned(found, known)
    arrivals = []
    taken: set[str] = set()
    for candidate in found:
        content = identity.content(candidate.item)
        previous = same_item(candidate, known, by_link=by_link, content=content)
        if previous is not None and (previous.id in taken or not previous.story):
            continue  # twice in one document, or dropped by retention and still listed
        if previous is not None:
            taken.add(previous.id)
            if previous.content == content:
                continue
        arrivals.append(Arrival(candidate.item, candidate.keys, content, previous))
    return arrivals


def as_polled(document: Document, source: str, received: float) -> Document:
    """A document with every item its source's, seen when it was polled, whatever it says of itself (NDJSON may).

    An id that it gives is its guid: what items are called here nobody else decides.
    """
    if all(item.source == source and item.received == received for item in document.items):
        return document
    items = []
    for item in document.items:
        own = msgspec.structs.replace(item, source=source, received=received, guid=item.guid or item.id)
        items.append(msgspec.structs.replace(own, id=item_id(own)))
    return msgspec.structs.replace(document, items=tuple(items))
