"""A loopback server of many plain feeds with invented news, for benchmarks and for tests of whole processes.

Each feed has an ETag and is RSS 2.0, or whatever `styles` says, in turn; `publish(n)` puts new items into feeds. The
words are made up from syllables, so that headlines are as unlike each other as real ones are, and no text of anybody's
is needed.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Self
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

STYLES = ("rss", "cdata", "escaped", "atom")
"""Plain RSS; RSS with HTML in a section, with HTML that is escaped; Atom with HTML."""
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we"]
SYLLABLES += ["xi", "yo", "zu", "bra", "cle", "dri", "flo", "gru", "sta", "spe", "tri", "plo", "cra"]


def lexicon(rng: random.Random, size: int = 4000) -> list[str]:
    """Made-up words of two to four syllables."""
    return ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3, 3, 4)))) for _ in range(size)]


class FeedFarm:
    """`async with FeedFarm(feeds=200, items=50) as farm: farm.config()`; counts what was asked."""

    def __init__(
        self,
        *,
        feeds: int = 200,
        items: int = 50,
        now: float = 1_678_700_000.0,
        seed: int = 13,
        styles: Sequence[str] = ("rss",),
    ) -> None:
        self._styles = styles
        self._rng = random.Random(seed)
        self._words = lexicon(self._rng)
        self._now = now
        self._times: dict[str, float] = {}
        self.feeds = [[self._item(feed, number) for number in range(items)] for feed in range(feeds)]
        self.validators = True
        """Whether the server knows conditional requests."""
        self.sent: dict[int, float] = {}
        """When each feed's body was last handed to a socket, whole, by `time.perf_counter`."""
        self.requests = 0
        self.not_modified = 0
        self._server: asyncio.Server | None = None
        self._bodies: dict[int, tuple[bytes, str]] = {}
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def _item(self, feed: int, number: int) -> tuple[str, str, str]:
        words = self._rng.choices(self._words, k=self._rng.randint(7, 12))
        headline = " ".join(words).capitalize()
        guid = f"urn:farm:{feed}:{number}"
        self._times[guid] = self._now - 60 * number if number < 1_000_000 else self._now
        summary = " ".join(self._rng.choices(self._words, k=30)).capitalize() + "."
        return guid, headline, summary

    def publish(self, count: int) -> list[str]:
        """Puts `count` new items at the head of randomly chosen feeds; their guids."""
        return [self.publish_in(self._rng.randrange(len(self.feeds))) for _ in range(count)]

    def publish_in(self, feed: int, first: str = "") -> str:
        """Puts a new item at the head of a feed, whose headline may begin with a given word; its guid."""
        item = self._item(feed, 1_000_000 + self._rng.getrandbits(40))
        item = item[0], f"{first} {item[1]}".strip(), item[2]
        self.feeds[feed].insert(0, item)
        self._bodies.pop(feed, None)
        return item[0]

    def changed(self, feed: int) -> None:
        """Serves a feed anew after its items were edited by hand."""
        self._bodies.pop(feed, None)

    def guids(self) -> set[str]:
        """The guids of everything in the feeds."""
        return {item[0] for feed in self.feeds for item in feed}

    def config(self, every: str = "1s") -> str:
        """A configuration that names every feed of the farm."""
        return "".join(
            f'[[source]]\nname = "Farm {number}"\nurl = "{self.url(number)}"\nevery = "{every}"\n\n'
            for number in range(len(self.feeds))
        )

    def url(self, feed: int) -> str:
        """The address of one feed."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{feed}.xml"

    def etag(self, feed: int) -> str:
        """The ETag of what a feed serves now."""
        return self._body(feed)[1]

    def _body(self, feed: int) -> tuple[bytes, str]:
        if feed not in self._bodies:
            document = _document(
                f"Farm {feed}", self._styles[feed % len(self._styles)], self.feeds[feed], self._times, self._now
            )
            self._bodies[feed] = (gzip.compress(document, 6), f'"{hashlib.sha256(document).hexdigest()[:16]}"')
        return self._bodies[feed]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = writer
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.requests += 1
                feed = int(head.split(" ", 2)[1].strip("/").removesuffix(".xml"))
                body, etag = self._body(feed)
                if self.validators and f"if-none-match: {etag}" in head.lower():
                    self.not_modified += 1
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
                else:
                    writer.write(
                        f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n"
                        f"ETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                        + body
                    )
                    self.sent[feed] = time.perf_counter()
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            del self._clients[task]
            writer.close()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        open_still = dict(self._clients)
        for writer in open_still.values():
            writer.close()
        await asyncio.gather(*open_still)


def _document(
    title: str, style: str, items: Sequence[tuple[str, str, str]], times: Mapping[str, float], now: float
) -> bytes:
    """A feed; the plain style has a summary of one paragraph, the others two paragraphs with a link."""
    pieces = []
    for guid, headline, summary in items:
        link = f"http://127.0.0.1/{guid.replace(':', '/')}"
        html = f'<p>{escape(summary)}</p><p><a href="{link}">{escape(headline)}</a> {escape(summary)}</p>'
        text = {"rss": escape(summary), "cdata": f"<![CDATA[{html}]]>"}.get(style, escape(html))
        moment = times.get(guid, now)
        if style == "atom":
            date = datetime.fromtimestamp(moment, UTC).isoformat()
            pieces.append(
                f"<entry><id>{guid}</id><title>{escape(headline)}</title><link href='{link}'/>"
                f"<summary type='html'>{text}</summary><updated>{date}</updated></entry>"
            )
        else:
            pieces.append(
                f"<item><guid isPermaLink='false'>{guid}</guid><title>{escape(headline)}</title>"
                f"<link>{link}</link><description>{text}</description><pubDate>{formatdate(moment)}</pubDate></item>"
            )
    inside = f"<title>{title}</title>{''.join(pieces)}"
    if style == "atom":
        return f"<feed xmlns='http://www.w3.org/2005/Atom'>{inside}</feed>".encode()
    return f"<rss version='2.0'><channel>{inside}</channel></rss>".encode()
