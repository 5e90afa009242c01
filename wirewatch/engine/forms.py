"""What the same-story index makes of an item, as bytes for the store: so that a start reads no text twice.

A form is worth something only to the code that made it. So it begins with a stamp: the hash of all code and tables
that normal forms come from.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import msgspec

from wirewatch.stories import Memory

_ROOMS = ("wirewatch.stories", "wirewatch.headline")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Memory)
_STAMP = 16


@cache
def stamp() -> bytes:
    """16 bytes that differ wherever the code or a table of same-story recognition does."""
    digest = hashlib.blake2b(digest_size=_STAMP)
    for room in _ROOMS:
        for file in sorted(files(room).iterdir(), key=lambda file: file.name):
            if file.is_file() and file.name.endswith((".py", ".toml", ".gz")):
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.digest()


def pack(memory: Memory) -> bytes:
    """A form that begins with the stamp."""
    return stamp() + _encoder.encode(memory)


def unpack(form: bytes) -> Memory:
    """The memory again, of a form with this stamp."""
    return _decoder.decode(memoryview(form)[_STAMP:])
