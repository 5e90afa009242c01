"""An address that swallows every attempt to connect."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def blackhole(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A port whose queue is full, so that the kernel answers no further connection; the port's number."""
    waiting: list[socket.socket] = []
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(0)
        for _ in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
            waiting.append(filler)
        yield listening.getsockname()[1]
    finally:
        for one in (*waiting, listening):
            one.close()
