"""How long, how much and how many at once: the numbers of fetching, in one place so that tests can use short ones."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one Fetcher. Times in seconds, sizes in bytes."""

    lookup: float = 5.0
    """A name that isn't resolved by then is given up."""
    connect: float = 5.0
    """For the TCP connection and again for the TLS handshake."""
    idle: float = 10.0
    """Without a byte from the server, before or within an answer."""
    total: float = 20.0
    """For all of one fetch, redirects included; waiting for a turn is not counted."""
    decoded: int = 5_000_000
    """Bytes of a body after decoding, and of each layer of packing before it."""
    hops: int = 5
    """Redirects in a row."""
    in_flight: int = 64
    """Requests at once to all hosts."""
    per_host: int = 2
    """Requests at once to one host."""
    spacing: float = 0.25
    """Between the starts of two requests to one host."""
    private_per_host: int = 8
    """Requests at once to a host that the configured URL itself names as private; those need no spacing."""
    clients: int = 256
    """Hosts to which connections are kept open."""
    keep_alive: float = 120.0
    """That an unused connection is kept open."""
    eyeballs: float = 0.25
    """Before the next address of a host is tried beside the one that doesn't answer (RFC 8305)."""
