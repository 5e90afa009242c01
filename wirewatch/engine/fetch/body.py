"""Bodies decoded under a cap, as they come: no more is ever unpacked than may be kept (FAULTS 23-30)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from wirewatch.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self._pieces: list[bytes] = []
        self._gunzips: list[_Gunzip] = []
        self._head = b""
        self._settled = False
        self.raw = 0
        """Bytes that came over the wire."""
        self.decoded = 0
        """Bytes kept."""
        for _ in range(layers):
            self._gunzips.append(_Gunzip(self._onward(len(self._gunzips)), most))

    def feed(self, piece: bytes) -> None:
        """Takes the next piece as it came over the wire."""
        self.raw += len(piece)
        if self.raw > self._most:
            raise too_large(self._most)
        if self._gunzips:
            self._gunzips[0].feed(piece)
        else:
            self._keep(piece)

    def end(self) -> bytes:
        """The whole body. Raises FetchError when it breaks off."""
        if not self._settled and self._head:
            self._settle()
        for gunzip in self._gunzips:
            gunzip.end()
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole

    def _onward(self, layer: int) -> Callable[[bytes], None]:
        """Where the output of a layer goes: into the next one, which may be found out about later, or to be kept."""

        def pass_on(piece: bytes) -> None:
            if layer + 1 < len(self._gunzips):
                self._gunzips[layer + 1].feed(piece)
            else:
                self._keep(piece)

        return pass_on

    def _keep(self, piece: bytes) -> None:
        if self._settled:
            self._add(piece)
            return
        self._head += piece
        if len(self._head) >= len(MAGIC):
            self._settle()

    def _settle(self) -> None:
        """Looks at the first bytes of what would be kept: if they are gzip's, there is one more layer."""
        head, self._head = self._head, b""
        if head.startswith(MAGIC):
            if len(self._gunzips) == LAYERS:
                raise FetchError(f"packed more than {LAYERS} times over")
            self._gunzips.append(_Gunzip(self._onward(len(self._gunzips)), self._most))
            self._gunzips[-1].feed(head)
            return
        self._settled = True
        self._add(head)

    def _add(self, piece: bytes) -> None:
        self.decoded += len(piece)
        if self.decoded > self._most:
            self._pieces.clear()
            raise too_large(self._most)
        self._pieces.append(piece)


class _Gunzip:
    """One layer: gzip members one after the other, unpacked in small steps."""

    def __init__(self, onward: Callable[[bytes], None], most: int) -> None:
        self._onward = onward
        self._most = most
        self._out = 0
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._fed = False

    def feed(self, piece: bytes) -> None:
        while piece:
            if self._member.eof:
                if not piece.startswith(MAGIC[:1]):
                    return  # padding after the last member
                self._members += 1
                if self._members > MEMBERS:
                    raise FetchError("the packed answer is in too many parts")
                self._member = zlib.decompressobj(wbits=31)
            self._fed = True
            try:
                out = self._member.decompress(piece, STEP)
            except zlib.error:
                raise FetchError("the packed answer is damaged") from None
            self._out += len(out)
            if self._out > self._most:
                raise too_large(self._most)
            if out:
                self._onward(out)
            piece = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if not piece and len(out) == STEP:
                self._rest()

    def _rest(self) -> None:
        """What zlib still holds back after a full step although it has taken all its input."""
        while not self._member.eof:
            out = self._member.decompress(b"", STEP)
            self._out += len(out)
            if self._out > self._most:
                raise too_large(self._most)
            if not out:
                return
            self._onward(out)

    def end(self) -> None:
        if self._fed and not self._member.eof:
            raise FetchError("the packed answer breaks off before its end")


def too_large(most: int) -> FetchError:
    """The error for a body over the cap."""
    size = f"{most / 1e6:g} MB" if most >= 1e5 else f"{most} bytes"
    return FetchError(f"too large: more than {size}")
