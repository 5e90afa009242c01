"""The head of an answer: where it ends, and only those of its fields that anybody asks after.

A server can send thousands of fields, each of which would take the HTTP library's time on the event loop.
"""

from __future__ import annotations

import re

_ASKED_AFTER = (
    rb"age|cache-control|cf-mitigated|content-encoding|content-length|content-type|date|etag|expires|last-modified"
    rb"|location|retry-after"  # so far what is read here; what follows is for the HTTP library
    rb"|connection|transfer-encoding|upgrade"
)
LONGEST = 100 * 1024
"""Bytes of a head; a longer one is left to httpcore, which refuses it (its MAX_INCOMPLETE_EVENT_SIZE)."""
MOST = 200
"""Lines that a head may have left when it has only what is asked after."""

_END = re.compile(rb"\n\r?\n")
_UNASKED = re.compile(
    rb"^(?!(?:" + _ASKED_AFTER + rb")[ \t]*:)[!#$%&'*+.^_`|~0-9a-z-]+:[^\n]*\n(?![ \t])",
    re.IGNORECASE | re.MULTILINE,
)
"""A whole field of a name that is one (RFC 9110, 5.1). Whatever else stands there stays, for the library to judge."""


def end(arrived: bytearray, seen: int) -> int | None:
    """Where a head ends, the empty line included; None while it goes on. `seen` bytes are known to hold no end."""
    found = _END.search(arrived, max(0, seen - 2))
    return None if found is None else found.end()


def asked(head: bytes) -> bytes:
    """The head without the fields that nobody asks after."""
    return _UNASKED.sub(b"", head)


def goes_before(head: bytes) -> bool:
    """Another head follows this one: it is informational (RFC 9110, 15.2), and switches no protocol."""
    return re.match(rb"HTTP/1\.[0-9] 1(?!01)", head) is not None
