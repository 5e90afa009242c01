"""`wirewatch pipe`: documents in, items with every judgement out. Neither store nor network is touched.

The output is a contract (DESIGN, Command line). NDJSON is answered as it comes, so that a program can hold a
conversation with `pipe`; other documents are read whole, in the parsers' own process, since they may be hostile. What
came in together, at one `received`, is judged in one order however it lies in the input, and printed as it lay there.
"""

from __future__ import annotations

import gzip
import io
import itertools
import os
import select
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from wirewatch import config as configuration
from wirewatch import text
from wirewatch.commands import output
from wirewatch.engine.parse import Scene, ndjson, sniff
from wirewatch.engine.process import Process
from wirewatch.engine.worker import ParseJob, Parser
from wirewatch.errors import Exit, ParseError
from wirewatch.model import Source
from wirewatch.stories import arrival_order

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from wirewatch.config import Config
    from wirewatch.model import Item, Placed

STDIN = "-"
DOCUMENT_MOST = 64 * 1024 * 1024
"""Bytes of one document that is read whole."""
LINE_MOST = 8 * 1024 * 1024
"""Bytes of a line of NDJSON that are looked at; the parser takes fewer and says so."""
FIRST_LINES = 5
"""NDJSON is known by an item among so many lines: a broken first one costs itself only."""
NDJSON = "ndjson"
MOMENT = 0.03
"""Seconds that what came in together may still be completed by a line that isn't there yet."""
TOGETHER_MOST = 10_000
"""Items of one time that are held at most."""
_GZIP = b"\x1f\x8b"


def run(args: argparse.Namespace) -> int:
    """Prints the items of all documents in order; 1 when one of them couldn't be read."""
    pipe = Pipe(_config(args), sys.stdout.write, sys.stdout.flush)
    try:
        for name in args.files or [STDIN]:
            pipe.document(name)
    finally:
        pipe.close()
    return Exit.NOTHING if pipe.failed else Exit.DONE


def _config(args: argparse.Namespace) -> Config:
    """The configuration asked for, else the user's where there is one, else the defaults."""
    if args.config_given or args.config.exists():
        return configuration.load(args.config)
    return configuration.Config()


class Pipe:
    """One run: what came earlier in it is what later items are compared with."""

    def __init__(self, config: Config, write: Callable[[str], object], flush: Callable[[], object]) -> None:
        self.failed = False
        self._process = Process(config)
        self._write = write
        self._flush = flush
        self._parser: Parser | None = None

    def document(self, name: str) -> None:
        """Prints the items of a file, or of standard input; complains when it can't be read, and lives on."""
        try:
            if name == STDIN:
                self._take(sys.stdin.buffer, STDIN, None)
            else:
                with Path(name).open("rb") as file:
                    self._take(file, name, name)
        except BrokenPipeError:
            raise
        except (OSError, EOFError, zlib.error) as error:
            self._complain(name, getattr(error, "strerror", None) or str(error))
        except ParseError as error:
            self._complain(name, str(error))
        self._flush()

    def close(self) -> None:
        """Ends the parsers' process."""
        if self._parser is not None:
            self._parser.close()

    def _take(self, stream: BinaryIO, name: str, file: str | None) -> None:
        first = _first_line(stream)
        if not first.strip():
            if name != STDIN:
                raise ParseError("empty document")
        elif _is_item(first):
            self._lines(first, stream, name, file, at_once=name == STDIN)
        else:
            content = first + _rest(stream, len(first))
            opened: BinaryIO = io.BytesIO(content)
            if content.startswith(_GZIP):
                opened = io.BufferedReader(gzip.GzipFile(fileobj=opened))
            if any(_is_item(line) for line in itertools.islice(_every_line(b"", opened), FIRST_LINES)):
                opened.seek(0)
                self._lines(b"", opened, name, file, at_once=False)
            else:
                self._whole(content, name, file or STDIN)

    def _lines(self, first: bytes, stream: BinaryIO, name: str, file: str | None, *, at_once: bool) -> None:
        """NDJSON: each line is answered as soon as no other can belong together with it."""
        source = Source(name=_source_name(name), url="")
        together: list[Item] = []
        for number, line in enumerate(_every_line(first, stream), start=1):
            now = time.time()
            for item in self._items(line, source, f"{name}:{number}", file, now):
                if together and (item.received != together[0].received or len(together) == TOGETHER_MOST):
                    self._judge(together, file)
                    together = []
                together.append(item)
            if together and (together[0].received == now or (at_once and not _more(stream))):
                self._judge(together, file)
                together = []
                if at_once:
                    self._flush()
        self._judge(together, file)

    def _items(self, line: bytes, source: Source, place: str, file: str | None, now: float) -> Iterator[Item]:
        """The item of one line, received now unless it says when."""

        def complain(error: ParseError) -> None:
            self._complain(place, str(error).removeprefix("line 1: "))

        yield from ndjson.read_lines([line], Scene(source=source, received=now, file=file), complain)

    def _whole(self, content: bytes, name: str, file: str) -> None:
        """A feed or an agency file: its items belong to the source that it names itself."""
        if self._parser is None:
            self._parser = Parser()
        source = Source(name=_source_name(name), url="")
        found = self._parser.parse(ParseJob(content=content, source=source, received=time.time(), file=file))
        self.failed = self.failed or bool(found.complaints)
        if found.note:
            output.complain(f"{name}: {found.note}")
        title = found.title
        self._judge([msgspec.structs.replace(item, source=title) if title else item for item in found.items], file)

    def _judge(self, items: Sequence[Item], file: str | None) -> None:
        """Judges what came in together, and prints it in the order of the input."""
        judged = {at: self._process.take(items[at]) for at in sorted(range(len(items)), key=_order(items))}
        for at in range(len(items)):
            self._print(*judged[at], file)

    def _print(self, placed: Placed, merged: Sequence[tuple[str, str]], file: str | None) -> None:
        shown = output.item_object(placed)
        if file is not None:
            shown["file"] = file
        self._write(output.json_line(shown) + "\n")
        for old, kept in merged:
            self._write(output.json_line({"merged": old, "into": kept}) + "\n")

    def _complain(self, name: str, reason: str) -> None:
        self.failed = True
        self._flush()
        output.complain(f"{name}: {reason}")


def _order(items: Sequence[Item]) -> Callable[[int], tuple[float, float, str, str, int]]:
    """The order in which items of the same time are judged; the same item twice stays as it lay."""
    return lambda at: (*arrival_order(items[at]), at)


def _more(stream: BinaryIO) -> bool:
    """Whether there is more to read, or comes within a moment; the end of it counts, since reading on tells."""
    descriptor = stream.fileno()
    os.set_blocking(descriptor, False)
    try:
        if isinstance(stream, io.BufferedReader) and stream.peek(1):
            return True
    finally:
        os.set_blocking(descriptor, True)
    return bool(select.select([descriptor], [], [], MOMENT)[0])


def _first_line(stream: BinaryIO) -> bytes:
    """Everything up to the end of the first line that isn't blank."""
    begun = b""
    while line := stream.readline(LINE_MOST + 1):
        begun += line
        if line.strip() or len(begun) > LINE_MOST:
            break
    return begun


def _rest(stream: BinaryIO, had: int) -> bytes:
    rest = stream.read(DOCUMENT_MOST + 1 - had)
    if had + len(rest) > DOCUMENT_MOST:
        raise ParseError(f"larger than {DOCUMENT_MOST // 1_000_000} MB")
    return rest


def _every_line(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield from first.splitlines(keepends=True)
    while line := stream.readline(LINE_MOST + 1):
        yield line
        while len(line) > LINE_MOST and not line.endswith(b"\n"):
            line = stream.readline(LINE_MOST + 1)


def _is_item(line: bytes) -> bool:
    """True for a JSON object that stands on one line and isn't itself a whole feed."""
    line = line.strip().removeprefix(b"\xef\xbb\xbf")
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        return sniff.format_of(line) == NDJSON
    except ParseError:
        return True


def _source_name(name: str) -> str:
    return "stdin" if name == STDIN else text.name(name[-120:]) or "file"
