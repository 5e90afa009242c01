"""What a server answered, ready for the parser and the schedule."""

from __future__ import annotations

import msgspec


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A usable answer: a document, or the word that nothing changed."""

    status: int
    url: str
    """Where the answer came from after redirects; without credentials, secrets in its query blanked out."""
    permanent_url: str | None = None
    """Where 301 and 308 answers alone lead to; None without any, or where it holds a secret."""
    content: bytes | None = None
    """The decoded body; None when the server said that nothing changed (304)."""
    etag: str | None = None
    """The validators as sent, one character a byte (latin-1), to be echoed exactly."""
    last_modified: str | None = None
    content_type: str | None = None
    max_age: float | None = None
    """Seconds for which the server calls the answer fresh (Cache-Control, Expires), as it says, not clamped."""
    body_hash: str | None = None
    """BLAKE2b of the decoded body; None when there is none."""
    elapsed: float = 0.0
    """Seconds from the first request to the last byte."""
    size: int = 0
    """Bytes of body that came over the wire, before decoding."""
    conditional: bool = False
    """Validators were sent, so the server could have answered 304."""
    note: str | None = None
    """Something to know although it worked, as a sentence."""
