"""Documents of any format in, clean items out. What the bytes are is told by `sniff`; each format has its own module.

Nothing here opens a file or the network, whatever a document says. Documents from outside are read in a worker process
(`wirewatch.engine.worker`), as a hostile one can still cost much time or memory.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wirewatch.engine.parse import sniff
from wirewatch.engine.parse.build import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirewatch.model import Document, Source

__all__ = ["Scene", "read"]


def read(
    content: bytes,
    *,
    source: Source,
    received: float,
    content_type: str | None = None,
    url: str | None = None,
    file: str | None = None,
    known: bytes = b"",
) -> Document:
    """The items of a document, cleaned, in its order; the newest 500 of a feed, all of NDJSON.

    `received` is seconds since the epoch, UTC. `content_type` is the transport's, with its charset; `url` is where the
    document came from, for relative links; `file` is its name, where it has one. `known` are the fingerprints of items
    that need not be read again (`Document.listed` of an earlier one). Raises ParseError.
    """
    content = sniff.unpacked(content)
    module = import_module(f"{__name__}.{sniff.format_of(content, content_type, file)}")
    reader: Callable[[bytes, Scene], Document] = module.read
    scene = Scene(source=source, received=received, content_type=content_type, url=url, file=file, known=known)
    return reader(content, scene)
