"""Broken documents through the parser worker, and hostile titles through the driver of a running desk.

`python -m bench.fuzz documents [--count 50000]` breaks the test material's feeds in five ways (cut, flip, wrong
charset, bomb, join) and reads each in the real worker: none may kill it but by its limits, and no text of an item may
hold what `text.py` promises to keep out. `python -m bench.fuzz titles [--count 1000000]` has a desk in a pty
show titles that no sanitiser has seen, a screenful after the other, and looks at every byte it writes. `--seconds` ends
either earlier. Each ends with 1 when it found anything. What is random begins with `--seed`.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch import text
from wirewatch.engine.worker import ParseJob, Parser
from wirewatch.errors import ParseError, ParserDiedError
from wirewatch.model import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wirewatch.model import Document

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "feeds"
LARGEST = 300_000
NOW = 1_678_700_000.0
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
"""What no text of an item may hold, said here once more and otherwise than in `text.py`."""
LONG = ("summary", "body")
NUMBER = re.compile(r"#(\d+) ")
CODECS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis", "gbk", "koi8-r", "utf-7", "cp037")
NAMED = ("utf-8", "utf-16", "iso-8859-1", "gb2312", "shift_jis", "utf-7", "us-ascii", "x-none", "\x1b[31m")
SHARDS = (
    b"&#27;[31m",
    b"\x1b]0;x\x07",
    b"\xff\xfe",
    b"&#x9b;",
    b"]]>",
    b"<![CDATA[",
    b"&lol9;",
    b"<!--",
    b"\x00",
    b"%00",
)
CLASSES: tuple[tuple[int, int], ...] = (
    (0x00, 0x20),
    (0x20, 0x7F),
    (0x7F, 0xA0),
    (0x0300, 0x0370),
    (0x0590, 0x0700),
    (0x2000, 0x2070),
    (0x3000, 0x9FFF),
    (0xD800, 0xE000),
    (0xFB00, 0x10000),
    (0x1F000, 0x1FAFF),
    (0xE0000, 0xE0200),
)
PIECES = (
    "\x1b[2J",
    "\x1b]52;c;eA==\x07",
    "\x9b31m",
    "\x1bP",
    "[@click=app.quit]",
    "[/]",
    "\u202e",
    "\ufe0f\u200d",
    "$x",
    "\\",
)


# -- documents --------------------------------------------------------------------------------------------------------


def cut(body: bytes, other: bytes, dice: random.Random) -> bytes:
    """Ends somewhere."""
    return body[: dice.randrange(len(body) + 1)]


def flip(body: bytes, other: bytes, dice: random.Random) -> bytes:
    """Some bytes are others, some pieces are foreign."""
    broken = bytearray(body)
    for _ in range(dice.choice((1, 3, 20, 200))):
        at = dice.randrange(len(broken) or 1)
        if dice.random() < 0.2:
            broken[at:at] = dice.choice(SHARDS)
        elif broken:
            broken[min(at, len(broken) - 1)] = dice.randrange(256)
    return bytes(broken)


def charset(body: bytes, other: bytes, dice: random.Random) -> bytes:
    """Written in one charset and said to be in another."""
    decoded = body.decode("utf-8", "replace")
    if dice.random() < 0.5:
        name = dice.choice(NAMED)
        decoded = re.sub(r'encoding=["\'][^"\']*["\']', lambda _: f'encoding="{name}"', decoded, count=1)
    return decoded.encode(dice.choice(CODECS), "replace")


def bomb(body: bytes, other: bytes, dice: random.Random) -> bytes:
    """Entities, depth, attributes or a token without measure, somewhere in it."""
    size = dice.choice((1_000, 10_000, 50_000))
    load = dice.choice(
        (
            b"<!DOCTYPE x ["
            + b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n, n - 1, n - 1) for n in range(1, 30))
            + b"]>",
            b"<div>" * size,
            b"<a " + b" ".join(b'a%d="1"' % n for n in range(min(size, 10_000))) + b">",
            b"x" * size,
            b"<author>" + b"a@a." * (size // 4) + b"!</author>",
            b"&amp;" * size,
            b"<item>" * size,
        )
    )
    at = 0 if load.startswith(b"<!DOC") else dice.randrange(len(body) + 1)
    return body[:at] + load + body[at:]


def join(body: bytes, other: bytes, dice: random.Random) -> bytes:
    """Two documents, or the halves of two."""
    if dice.random() < 0.5:
        return body + dice.choice((b"", b"\n", b"\x00")) + other
    return body[: dice.randrange(len(body) + 1)] + other[dice.randrange(len(other) + 1) :]


WAYS: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (cut, flip, charset, bomb, join)


def mutants(files: list[Path], dice: random.Random) -> Iterator[tuple[str, bytes]]:
    """Broken documents without end, each with what was done to which file."""
    while True:
        path, other = dice.choice(files), dice.choice(files)
        # a bomb costs as much as a hundred of the others
        way = dice.choices(WAYS, (5, 5, 5, 1, 5))[0]
        yield f"{way.__name__} {path.name}", way(path.read_bytes(), other.read_bytes(), dice)


def unsafe(document: Document) -> list[str]:
    """The fields of a document's items that hold what may not be there."""
    found = [f"title {document.title!r}"] if document.title and UNSAFE.search(document.title) else []
    for item in document.items:
        for field in item.__struct_fields__:
            value = getattr(item, field)
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, str):
                    seen = one.replace("\n", "") if field in LONG else one
                    if UNSAFE.search(seen) or "\n" in seen:
                        found.append(f"{field} {one[:80]!r}")
        if not text.is_clean(item.headline):
            found.append(f"headline not clean {item.headline[:80]!r}")
    return found


def documents(count: int, seconds: float, seed: int) -> int:
    """Reads broken documents; 1 when one killed the worker or got something past `text.py`."""
    if not FEEDS.is_dir():
        print("the test material isn't here")
        return 1
    files = sorted(
        path
        for path in FEEDS.rglob("*")
        if path.suffix in {".xml", ".json", ".rss", ".atom"} and 0 < path.stat().st_size <= LARGEST
    )
    dice, came, bad = random.Random(seed), Counter[str](), list[str]()
    end, items, done = time.monotonic() + seconds, 0, 0
    with Parser(parses=500) as parser:
        for what, body in mutants(files, dice):
            if done >= count or time.monotonic() > end:
                break
            done += 1
            job = ParseJob(content=body, source=Source("Fuzz", "https://fuzz.example/feed"), received=NOW)
            try:
                document = parser.parse(job)
            except ParserDiedError as error:
                came[str(error)] += 1
                if "crashed" in str(error) or "broken" in str(error):
                    bad.append(f"{what}: {error}")
            except ParseError as error:
                came["refused"] += 1
                if UNSAFE.search(str(error)):
                    bad.append(f"{what}: reason {str(error)!r}")
            except Exception as error:  # noqa: BLE001 - what is looked for
                bad.append(f"{what}: {type(error).__name__} {error}")
            else:
                came["read"] += 1
                items += len(document.items)
                bad += [f"{what}: {field}" for field in unsafe(document)]
            if done % 5000 == 0:
                print(f"{done:,} mutants, {len(bad)} bad", flush=True)
    print(f"{done:,} mutants of {len(files):,} documents, seed {seed}: {dict(came)}, {items:,} items")
    print("\n".join(bad[:20]))
    print(f"{len(bad)} crashes or unsafe texts")
    return 1 if bad else 0


# -- titles -----------------------------------------------------------------------------------------------------------


def title(dice: random.Random) -> str:
    """A title that no feed would send by accident."""
    parts = []
    for _ in range(dice.randint(1, 6)):
        if dice.random() < 0.3:
            parts.append(dice.choice(PIECES))
        else:
            low, high = dice.choice(CLASSES)
            parts.append("".join(chr(dice.randrange(low, high)) for _ in range(dice.randint(1, 25))))
    return "".join(parts)


STORE = """
from bench.fuzz import title
import random
dice = random.Random({seed})
store = MemoryStore(story(number, f"#{{number}} {{title(dice)}}", source=title(dice)[:40]) for number in range({count}))
"""


def titles(count: int, seconds: float, seed: int) -> int:
    """Shows titles on a desk in a pty; 1 when anything came but printable text and what the desk says to a terminal.

    Joiners are let pass: clean text keeps them between letters that need them.
    """
    from tests.test_faults_desk import Terminal, plain, strangers

    rows, batch = 500, 20_000
    shown, written, found = 0, 0, Counter[str]()
    end = time.monotonic() + seconds
    while shown < count and time.monotonic() < end:
        seed += 1
        size, seen = min(batch, count - shown), set[str]()
        with tempfile.TemporaryDirectory() as folder:
            desk = Terminal(Path(folder), STORE.format(seed=seed, count=size), columns=160, rows=rows)
            try:
                desk.until("Filter")
                desk.settle()
                for _ in range(size // (rows - 10) + 3):
                    desk.press(b"\x06")
                    desk.settle()
                    # what begins with the last escape may not have come whole yet: it is looked at with what follows
                    whole = max(0, desk.written.rfind(b"\x1b"))
                    odd = strangers(desk.written[:whole]) - {"\u200c", "\u200d"}
                    found.update(odd)
                    if odd:
                        print(f"seed {seed}: {odd} in {desk.written[:whole]!r}", flush=True)
                    written += whole
                    said = plain(desk.written[:whole])
                    seen.update(NUMBER.findall(said))
                    if "Traceback" in said:
                        found["Traceback"] += 1
                    del desk.written[:whole]
                desk.press(b"q")
                code = desk.wait()
                if code:
                    found[f"exit code {code}"] += 1
            finally:
                desk.close()
        shown += len(seen)
        print(f"{shown:,} titles, {written:,} bytes written, strangers: {dict(found) or 'none'}", flush=True)
    print(f"{shown:,} titles shown, {sum(found.values())} characters that are no printable text")
    return 1 if found else 0


def main() -> int:
    """Runs one of the two."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("what", choices=("documents", "titles"))
    options.add_argument("--count", type=int)
    options.add_argument("--seconds", type=float, default=3600.0)
    options.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    args = options.parse_args()
    if args.what == "documents":
        return documents(args.count or 50_000, args.seconds, args.seed)
    return titles(args.count or 1_000_000, args.seconds, args.seed)


if __name__ == "__main__":
    sys.exit(main())
