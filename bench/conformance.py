"""What wirewatch reads, beside what other projects' suites expect. `python -m bench.conformance` prints the numbers.

feedparser's suite is in `bench.expects`; gofeed's files have the expected result as JSON of the same name. Then every
document of the corpora is read, and the real ones are timed beside bare feedparser.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser

from bench.expects import RECEIVED, SOURCE, Tally, feedparser_suite, read_named
from wirewatch import text
from wirewatch.clock import DAY, parse_rfc3339
from wirewatch.engine.parse import build, read
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wirewatch.model import Document, Item

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


# --- gofeed


def gofeed_suite(folder: Path) -> dict[str, Tally]:
    """Title, link, guid and date of every item that an expected result has, by field."""
    tallies = {name: Tally() for name in ("title", "link", "guid", "published")}
    for expected in sorted(folder.rglob("*.json")):
        path = expected.with_suffix(".xml")
        if not path.exists():
            continue
        wanted = json.loads(expected.read_bytes())
        entries = wanted.get("items") or wanted.get("entries") or []
        if not entries:
            continue
        name = path.relative_to(folder).as_posix()
        try:
            # The suite's dates spread over more years than wirewatch trusts: each arrives the day after.
            moments = [parse_rfc3339(want) for entry in entries if (want := _wanted(entry).get("published"))]
            items = read_named(path.read_bytes(), len(entries), max(moments, default=RECEIVED) + DAY).items
        except ParseError:
            items = ()
        for place, entry in enumerate(entries):
            for key, want in _wanted(entry).items():
                tallies[key].take(name, len(items) > place and _agrees(key, want, items[place]))
    return tallies


def _wanted(entry: Mapping[str, Any]) -> dict[str, str]:
    links = [
        link["href"]
        for link in entry.get("links") or []
        if isinstance(link, dict) and link.get("href") and link.get("rel", "alternate") == "alternate"
    ]
    guid = entry.get("guid") or entry.get("id")
    wanted = {
        "title": entry.get("title"),
        "link": entry.get("link") or (links[0] if len(links) == 1 else None),
        "guid": guid.get("value") if isinstance(guid, dict) else guid,
        "published": entry.get("publishedParsed") or entry.get("pubDateParsed"),
    }
    return {key: value for key, value in wanted.items() if value}


def _agrees(key: str, want: str, item: Item) -> bool:
    match key:
        case "title":
            return item.headline in (text.title(text.html_to_text(want, block=" ")), text.title(want))
        case "link":
            return item.url == text.link(want)
        case "guid":
            return item.guid == build.clean_guid(want)
        case _:
            return item.published == parse_rfc3339(want)


# --- every document


@dataclass
class Sweep:
    """All documents of a folder through `parse.read`."""

    documents: int = 0
    items: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unclean: list[str] = field(default_factory=list)
    seconds: float = 0.0


def documents(folder: Path) -> Iterator[Path]:
    """Every file that isn't a licence or a list of sources."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(("LICENSE", "SOURCES")):
            yield path


def unclean(document: Document) -> list[str]:
    """The fields of a document that hold text which didn't go through `wirewatch.text`."""
    many = ("summary", "body")
    found = [name for name in ("title", "note") if not text.is_clean(getattr(document, name) or "")]
    for item in document.items:
        for name in item.__struct_fields__:
            value = getattr(item, name)
            parts = [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, str)]
            bad = [part for part in parts if name != "url" and not text.is_clean(part, multiline=name in many)]
            found += [f"{name}: {part[:80]!r}" for part in bad]
        if item.url is not None and text.link(item.url) != item.url:
            found.append(f"url: {item.url[:80]!r}")
    return found


def sweep(folder: Path) -> Sweep:
    """Reads everything; a ParseError is an answer, any other exception is raised."""
    result = Sweep()
    begun = time.process_time()
    for path in documents(folder):
        result.documents += 1
        try:
            document = read(path.read_bytes(), source=SOURCE, received=RECEIVED, file=path.name)
        except ParseError as error:
            if not text.is_clean(str(error)):
                result.unclean.append(f"{path.name}: {error}")
            result.refused[str(error).partition(":")[0]] += 1
            continue
        result.items += len(document.items)
        result.unclean += [f"{path.name}: {what}" for what in unclean(document)]
    result.seconds = time.process_time() - begun
    return result


# --- cost


def cost(folder: Path) -> tuple[int, float, float]:
    """Items of the real feeds, and CPU seconds for them: read by wirewatch, and by bare feedparser as it comes."""
    contents = []
    for path in documents(folder):
        content = path.read_bytes()
        try:
            read(content, source=SOURCE, received=RECEIVED)
        except ParseError:
            continue
        if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            contents.append(content)
    begun = time.process_time()
    items = sum(len(read(content, source=SOURCE, received=RECEIVED).items) for content in contents)
    ours = time.process_time() - begun
    begun = time.process_time()
    for content in contents:
        feedparser.parse(io.BytesIO(content))
    return items, ours, time.process_time() - begun


def table(name: str, tally: Tally) -> str:
    share = f"{tally.held:>5} of {tally.mappable:>5} hold  {tally.share:>7.2%}"
    return f"{name:<22} {share}  excluded {tally.excluded.total():>5}"


def main() -> None:
    suite = feedparser_suite(CORPORA / "feeds/feedparser/tests")
    print(table("feedparser Expect", suite))
    for reason, count in suite.excluded.most_common():
        print(f"    {count:>5} excluded: {reason}")
    for name in suite.failed:
        print(f"          fails: {name}")
    for key, tally in gofeed_suite(CORPORA / "feeds/gofeed").items():
        print(table(f"gofeed {key}", tally))
        for name in tally.failed:
            print(f"          fails: {name}")
    for part in ("feeds", "wires"):
        result = sweep(CORPORA / part)
        print(
            f"{part}: {result.documents:,} documents, {result.items:,} items, {result.refused.total():,} refused, "
            f"{len(result.unclean)} unclean fields, {result.seconds:.1f} s CPU"
        )
        for reason, count in result.refused.most_common(12):
            print(f"    {count:>5} {reason}")
    items, ours, bare = cost(CORPORA / "feeds/real")
    print(
        f"real feeds, {items:,} items: {ours / items * 1e6:,.0f} µs an item, bare feedparser {bare / items * 1e6:,.0f}"
    )


if __name__ == "__main__":
    main()
