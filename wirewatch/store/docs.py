"""Items as the database keeps them: msgpack under zlib with a preset dictionary, half the size of plain msgpack."""

from __future__ import annotations

import zlib

import msgspec

from wirewatch.model import Item, Placed, Take

_PLAIN, _FIRST = b"\x00", b"\x01"
"""The first byte of a document tells how to read it; a new dictionary needs a new number, the old one stays."""
# What most documents share, the most frequent last, as zlib likes it. Change one byte, and stored items can't be read.
_SHARED = (
    b"\xa5rdf\xa9json-feed\xa4atom\xa3rss\xa5press\xa8official\xa6agency\xa3web"
    b"\xa7embargo\xa6ednote\xa6credit\xa8dateline\xa5place\xa8subjects\xa4slug\xa7urgency\xa6status\xa7version\xa6byline"
    b"\xa9date_note\xaein the future\xa4body\xa3end\xa4text\xa5start\xa5field\xa4rule\xa4flag\xa7keyword\xa6entity"
    b"exclusive update: breaking: the a of to in and on for with that is was by as at from has have it its his said "
    b"after over against government president minister people reports according new year says will not be are more "
    b"http://www. https://www. .co.uk/news/ .com/news/world/ https://www.reuters.com/ ?utm_source=rss&utm_medium=feed"
    b".html"
    b"\xa4item\x8b\xa2id\xa0\xa6source\xa0\xa8headline\xa8received\xcbA\xd9\xa4kind\xa4guid\xa3url\xa7summary\xa9published\xcbA\xd9"
    b"\xa8language\xa2en\xa6format\xa3rss\xa5story\xa0\xa4role\xa4lead\xa4copy\xa6report\xa7copy_of\xc0\xa5match\xc0"
    b"\xa5score\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa3why\x90\xa5flags\x90\xa8priority\x03"
)
COLUMNS = "i.doc, i.id, (SELECT name FROM sources WHERE sources.n = i.source), s.id"
"""What `unpack` reads; the tables items and stories go by the names i and s."""
_encoder = msgspec.msgpack.Encoder()
_placed = msgspec.msgpack.Decoder(Placed)
_take = msgspec.msgpack.Decoder(Take)


def _squeeze(plain: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zdict=_SHARED)
    squeezed = packer.compress(plain) + packer.flush()
    return _FIRST + squeezed if len(squeezed) < len(plain) else _PLAIN + plain


def _open(blob: bytes) -> bytes:
    if blob[:1] == _PLAIN:
        return blob[1:]
    return zlib.decompressobj(-15, zdict=_SHARED).decompress(blob[1:])


def pack(placed: Placed) -> bytes:
    """A placed item without what columns hold: its id, its source and its story (stories merge)."""
    item = msgspec.structs.replace(placed.item, id="", source="")
    return _squeeze(_encoder.encode(msgspec.structs.replace(placed, item=item, story="")))


def text_of(blob: bytes) -> Item:
    """The item's own fields, without id and source."""
    return _placed.decode(_open(blob)).item


def unpack(blob: bytes, item_id: str, source: str, story: str) -> Placed:
    """The placed item again; takes a row of COLUMNS."""
    placed = _placed.decode(_open(blob))
    item = msgspec.structs.replace(placed.item, id=item_id, source=source)
    return msgspec.structs.replace(placed, item=item, story=story)


def pack_take(take: Take) -> bytes:
    """An earlier take."""
    return _squeeze(_encoder.encode(take))


def unpack_take(blob: bytes) -> Take:
    """The take again."""
    return _take.decode(_open(blob))
