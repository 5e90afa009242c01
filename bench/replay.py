"""Serves a captured week of real feed items from loopback as the feeds they came from, in time that runs as one likes.

`python -m bench.replay ../shared/corpora/captured/week-2023-03-11.jsonl.gz --factor 600` prints a configuration with
all its sources and serves until its standard input ends. Tests use `Replay` and turn it by hand:

    async with Replay(path) as replay:
        for moment in replay.steps():
            replay.advance(moment)
            ...  # poll
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from email.utils import formatdate
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from wirewatch.clock import Clock, SystemClock, parse_rfc3339, rfc3339
from wirewatch.demo.loopback import Loopback, Reply, Request, document, sentence
from wirewatch.demo.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

SEED_AT = parse_rfc3339("2023-03-13T09:00:00Z")
"""When the synthetic agency publishes the seed document."""
NEWEST = 100
"""Items a feed holds; many publishers' hold 50 to 100."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Captured:
    """One captured item. `at` is the publisher's time, seconds since the epoch, UTC."""

    at: float
    title: str
    link: str
    description: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One captured feed. `origin` is its real address, `slug` its place in ours, `items` are in order of time."""

    slug: str
    name: str
    origin: str
    language: str
    kind: str
    items: tuple[Captured, ...]


def read_week(path: Path) -> list[Feed]:
    """The feeds of a captured file (gzipped JSON lines), in order of first appearance. Raises OSError, ValueError."""
    rows: dict[str, list[Captured]] = {}
    languages: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            item = Captured(
                parse_rfc3339(row["date_published"]), row["title"], row["link"], row.get("description") or ""
            )
            rows.setdefault(row["source"], []).append(item)
            languages.setdefault(row["source"], row["language"].partition("-")[0])
    return [
        Feed(
            slug=f"f{number:02d}",
            name=_name(origin),
            origin=origin,
            language=languages[origin],
            kind="web",
            items=tuple(sorted(items, key=lambda item: item.at)),
        )
        for number, (origin, items) in enumerate(rows.items(), 1)
    ]


def read_seed(path: Path) -> Feed:
    """A synthetic agency's feed with one item, the seed document: its first line is the headline, the rest the body."""
    headline, _, body = path.read_text("utf-8").strip().partition("\n")
    item = Captured(SEED_AT, headline.strip(), "https://agency.example/seed", body=body.strip())
    return Feed("agency", "Agency", "https://agency.example/", "en", "agency", (item,))


def _name(origin: str) -> str:
    """A source's name from its address: host and path, without what all feeds share."""
    parts = urlsplit(origin)
    words = f"{parts.netloc}{parts.path}".removeprefix("www.")
    return words + (f"?{parts.query}" if parts.query else "")


class Replay:
    """A captured week on a port of 127.0.0.1 while its context is open.

    Without `factor` the week stands still at its first second until `advance` turns it; with one it runs so many times
    faster than life from `begin` on, and publishers' times are mapped as the demo's are (wirewatch.demo.pace). `shift`
    is added to all publishers' times of a week turned by hand, to make an old week look young.
    """

    def __init__(
        self,
        path: Path,
        *,
        newest: int = NEWEST,
        seed: Path | None = None,
        factor: float | None = None,
        begin: float | None = None,
        shift: float = 0.0,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.feeds = {feed.slug: feed for feed in (*read_week(path), *([read_seed(seed)] if seed else []))}
        self.newest = newest
        self.first = min(feed.items[0].at for feed in self.feeds.values())
        self.last = max(feed.items[-1].at for feed in self.feeds.values())
        self.requests: dict[str, int] = dict.fromkeys(self.feeds, 0)
        self._times = {slug: [item.at for item in feed.items] for slug, feed in self.feeds.items()}
        self._clock = clock or SystemClock()
        self._shift = shift
        self._turned = self.first if begin is None else begin
        self._pace = None if factor is None else Pace(self._turned, self._clock.now(), factor)
        self._http = Loopback(self._reply, port=port)

    @property
    def port(self) -> int:
        """The port it serves on; known once the context is open."""
        return self._http.port

    def now(self) -> float:
        """The moment of the week that is being served, seconds since the epoch, UTC."""
        return self._pace.wire(self._clock.now()) if self._pace else self._turned

    def url(self, slug: str) -> str:
        """The address of a feed."""
        return f"http://127.0.0.1:{self.port}/{slug}.xml"

    def advance(self, moment: float | str) -> list[str]:
        """Turns the week to a moment (seconds since the epoch, or RFC 3339); the slugs of the feeds that grew.

        Raises ValueError when that goes back, or when more items of a feed came up than it holds, so that a poller
        would have no chance to see them all.
        """
        at = parse_rfc3339(moment) if isinstance(moment, str) else moment
        if self._pace is not None:
            raise ValueError("this week runs by the clock; leave out `factor` to turn it by hand")
        if at < self._turned:
            raise ValueError(f"a week doesn't run back, from {rfc3339(self._turned)} to {rfc3339(at)}")
        grown = []
        for slug, times in self._times.items():
            came = bisect_right(times, at) - bisect_right(times, self._turned)
            if came > self.newest:
                raise ValueError(
                    f"{came} items of {self.feeds[slug].name} came up by {rfc3339(at)}, and a feed holds {self.newest}"
                )
            if came:
                grown.append(slug)
        self._turned = at
        return grown

    def steps(self, longest: float = 6 * 3600.0) -> Iterator[float]:
        """Moments to advance to, from now to the week's end, no step so long that a feed would lose an item."""
        at = self._turned
        while at < self.last:
            step = min(at + longest, self.last)
            for times in self._times.values():
                beyond = bisect_right(times, at) + self.newest
                if beyond < len(times) and times[beyond] <= step:
                    step = times[beyond] - 1
            if step <= at:
                raise ValueError(f"more than {self.newest} items of a feed came up within a second; raise `newest`")
            at = step
            yield at

    def config_text(self, every: str = "30s") -> str:
        """A configuration with all feeds as sources."""
        lines = ["[watch]", 'keywords = ["Exclusive"]', 'entities = ["Xi Jinping", "Vladimir Putin"]', ""]
        for feed in self.feeds.values():
            lines += [
                "[[source]]",
                f"name = {json.dumps(feed.name)}",
                f'url = "{self.url(feed.slug)}"',
                f'kind = "{feed.kind}"',
                f'language = "{feed.language}"',
                f'every = "{every}"',
                "",
            ]
        return "\n".join(lines)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def _reply(self, request: Request) -> Reply:
        feed = self.feeds.get(request.path.removeprefix("/").removesuffix(".xml"))
        if feed is None:
            return sentence(404, "the replay has no such feed")
        self.requests[feed.slug] += 1
        end = bisect_right(self._times[feed.slug], self.now())
        shown = feed.items[max(0, end - self.newest) : end]
        modified = self._shown(shown[-1].at) if shown else self._shown(self.first)
        return document(request, self._write(feed, shown), "application/rss+xml; charset=utf-8", modified)

    def _shown(self, at: float) -> float:
        return self._pace.shown(at) if self._pace else at + self._shift

    def _write(self, feed: Feed, shown: tuple[Captured, ...]) -> bytes:
        items = "".join(
            f"<item>\n{_tag('title', item.title)}{_tag('link', item.link)}{_tag('guid', item.link)}"
            f"<pubDate>{formatdate(int(self._shown(item.at)), usegmt=True)}</pubDate>\n"
            f"{_tag('description', item.description)}{_body(item)}</item>\n"
            for item in reversed(shown)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
            f"{_tag('title', feed.name)}{_tag('link', feed.origin)}{_tag('description', 'a captured feed, replayed')}"
            f"<language>{feed.language}</language>\n{items}</channel>\n</rss>\n"
        ).encode()


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(_ILLEGAL.sub('', text), quote=False)}</{name}>\n" if text else ""


def _body(item: Captured) -> str:
    paragraphs = (part.strip() for part in item.body.split("\n\n"))
    return _tag("content:encoded", "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs if part))


async def _serve(args: argparse.Namespace) -> None:
    begin = parse_rfc3339(args.begin) if args.begin else None
    async with Replay(args.week, newest=args.newest, seed=args.seed, factor=args.factor, begin=begin) as replay:
        print(replay.config_text(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def main() -> int:
    """Serves until standard input ends."""
    parser = argparse.ArgumentParser(prog="bench.replay", description="serve a captured week from loopback")
    parser.add_argument("week", type=Path)
    parser.add_argument("--seed", type=Path, help="a text that a synthetic agency publishes on 13 March, 09:00 UTC")
    parser.add_argument("--factor", type=float, default=60.0, help="times faster than life")
    parser.add_argument("--begin", help="RFC 3339 moment of the week to begin at")
    parser.add_argument("--newest", type=int, default=NEWEST, help="items that a feed holds")
    asyncio.run(_serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
