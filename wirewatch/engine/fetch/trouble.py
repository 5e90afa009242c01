"""What goes wrong below HTTP, as one exception that carries its sentence."""

from __future__ import annotations

import httpcore


class Trouble(httpcore.NetworkError):
    """A connection couldn't be made or kept. `reason` is in plain words and names no more than host and port."""

    def __init__(self, reason: str, *, offline: bool = False, stale: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offline = offline
        """It looks as if this machine has no network, rather than the server a fault."""
        self.stale = stale
        """A connection that had served before was dropped by the server: worth one more try on a new one."""


def seconds(span: float) -> str:
    """`10 s`, `0.5 s`: a time limit as it stands in a reason."""
    return f"{span:g} s"
