"""Bodies decoded under a cap, as they come: no more is ever unpacked than may be kept (FAULTS 23-30)."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from wirewatch.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
LAYERS = 2
MEMBERS = 64
"""gzip members in one body; each costs time even when it is empty."""
STEP = 64 * 1024
"""Bytes unpacked at a time."""


def codings(content_encoding: str | None) -> int:
    """How many layers of gzip a Content-Encoding names. Raises FetchError for what was never asked for."""
    named = [coding.strip().casefold() for coding in (content_encoding or "").split(",")]
    layers = [coding for coding in named if coding not in {"", "identity"}]
    if any(coding not in {"gzip", "x-gzip"} for coding in layers):
        raise FetchError("unsupported encoding: the server packed its answer in a way it wasn't asked to")
    if len(layers) > LAYERS:
        raise FetchError(f"packed more than {LAYERS} times over")
    return len(layers)


class Body:
    """Takes a body piece by piece and gives it back unpacked. Raises FetchError as soon as it can't be used.

    gzip is undone where the header names it and also where the bytes show it (RFC 1952 magic), two layers deep at most.
    """

    def __init__(self, layers: int, most: int) -> None:
        self._most = most
        self._kept = bytearray()
        self._hash = hashlib.blake2b(digest_size=20)
        self._gunzips = [_Gunzip(most) for _ in range(layers)]
        self._head = b""
        self._settled = False
        self.raw = 0
        """Bytes that came over the wire."""
        self.decoded = 0
        """Bytes kept."""

    def steps(self, piece: bytes) -> Iterator[None]:
        """Takes the next piece as it came over the wire. A piece can unpack to very much: so it is taken in steps.

        Each step unpacks, adds and hashes 64 KB at most, and between them the caller can let others have their turn.
        """
        self.raw += len(piece)
        if self.raw > self._most:
            raise too_large(self._most)
        return self._into(0, piece)

    def end(self) -> bytes:
        """The whole body. Raises FetchError when it breaks off."""
        if not self._settled:
            self._add(self._head)  # too short to be gzip
        for gunzip in self._gunzips:
            gunzip.end()
        return bytes(self._kept)

    def hash(self) -> str:
        """Of all that was kept: 40 hexadecimal digits."""
        return self._hash.hexdigest()

    def _into(self, layer: int, piece: bytes) -> Iterator[None]:
        """Through this layer and those below it, the last of which may be found out about on the way."""
        if layer < len(self._gunzips):
            for out in self._gunzips[layer].unpacked(piece):
                yield
                yield from self._into(layer + 1, out)
        elif self._settled:
            self._add(piece)
            yield
        else:
            self._head += piece
            if len(self._head) >= len(MAGIC):
                yield from self._settle()

    def _settle(self) -> Iterator[None]:
        """Looks at the first bytes of what would be kept: if they are gzip's, there is one more layer."""
        head, self._head = self._head, b""
        if head.startswith(MAGIC):
            if len(self._gunzips) == LAYERS:
                raise FetchError(f"packed more than {LAYERS} times over")
            self._gunzips.append(_Gunzip(self._most))
            yield from self._into(len(self._gunzips) - 1, head)
            return
        self._settled = True
        self._add(head)

    def _add(self, piece: bytes) -> None:
        self.decoded += len(piece)
        if self.decoded > self._most:
            self._kept.clear()
            raise too_large(self._most)
        self._kept += piece
        self._hash.update(piece)


class _Gunzip:
    """One layer: gzip members one after the other, unpacked in small steps."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._out = 0
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._fed = False

    def unpacked(self, piece: bytes) -> Iterator[bytes]:
        """What comes out for a piece, 64 KB at a time. What isn't asked for isn't unpacked."""
        while piece:
            if self._member.eof:
                if not piece.startswith(MAGIC[:1]):
                    return  # padding after the last member
                self._members += 1
                if self._members > MEMBERS:
                    raise FetchError("the packed answer is in too many parts")
                self._member = zlib.decompressobj(wbits=31)
            self._fed = True
            out = self._step(piece)
            if out:
                yield out
            piece = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            # zlib can hold something back after a full step although it has taken all its input
            while not piece and not self._member.eof and len(out) == STEP:
                if out := self._step(b""):
                    yield out

    def _step(self, piece: bytes) -> bytes:
        try:
            out = self._member.decompress(piece, STEP)
        except zlib.error:
            raise FetchError("the packed answer is damaged") from None
        self._out += len(out)
        if self._out > self._most:
            raise too_large(self._most)
        return out

    def end(self) -> None:
        if self._fed and not self._member.eof:
            raise FetchError("the packed answer breaks off before its end")


def too_large(most: int) -> FetchError:
    """The error for a body over the cap."""
    size = f"{most / 1e6:g} MB" if most >= 1e5 else f"{most} bytes"
    return FetchError(f"too large: more than {size}")
