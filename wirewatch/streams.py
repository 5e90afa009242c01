"""Standard streams that write all that they are given."""

from __future__ import annotations

import io
from typing import IO


def whole(stream: IO[str]) -> IO[str]:
    """The stream, with a buffer where it has none (PYTHONUNBUFFERED, `python -u`).

    A write without one ends early when a signal comes while the reader is slow, and io.TextIOWrapper drops the rest:
    a resized terminal would get half a screen. The caller flushes.
    """
    if not (isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.RawIOBase)):
        return stream
    return open(stream.fileno(), "w", encoding=stream.encoding, errors=stream.errors, closefd=False)
