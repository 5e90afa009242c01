"""The parsers' process: what it is allowed, how it ends, how it is replaced."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from wirewatch.engine import worker
from wirewatch.engine.worker import _BEGUN, CPU_MOST, MEMORY_MOST, PARSES_MOST, ParseJob, Parser
from wirewatch.errors import ParseError, ParserDiedError
from wirewatch.model import Source

SOURCE = Source(name="Wire", url="https://wire.example/feed", language="en")


def job(headline: str = "Flood in Brno", content: bytes | None = None) -> ParseJob:
    if content is None:
        content = f"<rss version='2.0'><channel><item><title>{headline}</title></item></channel></rss>".encode()
    return ParseJob(content=content, source=SOURCE, received=1_700_000_000.5)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_limits_are_those_of_the_design() -> None:
    assert (CPU_MOST, MEMORY_MOST, PARSES_MOST) == (5.0, 512 * 1024 * 1024, 500)


def test_a_document_comes_back_whole_and_with_its_errors_in_words() -> None:
    with Parser() as parser:
        document = parser.parse(job())
        item = document.items[0]
        assert (document.format, item.headline, item.source, item.language) == ("rss", "Flood in Brno", "Wire", "en")
        assert item.received == 1_700_000_000.5
        pid = parser.pid
        with pytest.raises(ParseError, match=r"^empty document$") as error:
            parser.parse(job(content=b""))
        assert not isinstance(error.value, ParserDiedError)
        assert parser.pid == pid
        lines = parser.parse(job(content=b'{"headline": "A"}\n{"headline": 1}\n{"headline": "B"}\n'))
        assert [item.headline for item in lines.items] == ["A", "B"]
        assert lines.complaints == ("line 2: headline: a whole number, not text",)


def test_a_large_document_passes_through_the_pipes() -> None:
    with Parser() as parser:
        body = "word " * 30_000
        content = "".join(f"<item><title>n{n}</title><description>{body}</description></item>" for n in range(20))
        document = parser.parse(job(content=f"<rss version='2.0'><channel>{content}</channel></rss>".encode()))
        assert len(document.items) == 20
        assert len(document.items[-1].summary or "") == 20_000


def test_the_process_is_replaced_after_its_share_of_documents() -> None:
    with Parser(parses=3) as parser:
        pids = []
        for _ in range(7):
            pids.append(parser.pid)
            parser.parse(job())
        assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6]
        assert gone(pids[0])


def test_a_process_that_is_to_stand_back_does() -> None:
    with Parser(nice=7) as parser:
        parser.parse(job())
        assert os.getpriority(os.PRIO_PROCESS, parser.pid) == 7 + os.getpriority(os.PRIO_PROCESS, 0)


def test_callers_take_turns() -> None:
    with Parser() as parser, ThreadPoolExecutor(8) as pool:
        titles = [f"headline {n}" for n in range(60)]
        documents = list(pool.map(lambda title: parser.parse(job(title)), titles))
    assert [document.items[0].headline for document in documents] == titles


def test_a_process_that_dies_on_a_document_costs_that_document_only(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = b"<item><title>A</title><x:y a=&b><i>word</i> & " * 20_000
    read = os.read

    def read_and_kill(fd: int, most: int) -> bytes:
        piece = read(fd, most)
        if piece == _BEGUN:
            os.kill(first, signal.SIGSEGV)
        return piece

    with Parser(cpu=60) as parser:
        first = parser.pid
        monkeypatch.setattr(os, "read", read_and_kill)
        with pytest.raises(ParserDiedError, match=r"^the parser crashed$"):
            parser.parse(job(content=b"<rss version='2.0'><channel>" + slow))
        monkeypatch.undo()
        assert parser.parse(job()).items
        assert gone(first)


def test_a_process_that_cannot_start_is_not_held_against_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []

    class Broken(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **more: Any) -> None:
            tried.append(command)
            super().__init__([command[0], "-c", "raise SystemExit(1)"], **more)

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", Broken)
        parser = Parser()
        with pytest.raises(ParseError, match=r"^the parser crashed before it began on the document$") as error:
            parser.parse(job())
        assert not isinstance(error.value, ParserDiedError)
        assert parser.took == 0
    with parser:
        assert len(tried) == 3
        assert parser.parse(job()).items


def test_a_parser_of_another_version_says_what_to_do_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "__version__", "0.0.1")
    with (
        Parser() as parser,
        pytest.raises(ParseError, match=r"^wirewatch was updated while it ran; quit and start") as error,
    ):
        parser.parse(job())
    assert not isinstance(error.value, ParserDiedError)


def test_close_ends_the_process_and_later_calls_are_refused() -> None:
    parser = Parser()
    parser.parse(job())
    parser.close()
    parser.close()
    assert gone(parser.pid)
    with pytest.raises(ParseError, match="closed"):
        parser.parse(job())


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's pidfd")
def test_the_process_ends_with_its_parent() -> None:
    code = (
        "from wirewatch.engine.worker import Parser, ParseJob; from wirewatch.model import Source; import os\n"
        "parser = Parser()\n"
        "parser.parse(ParseJob(content=b'<rss><channel/></rss>', source=Source(name='S', url=''), received=0.0))\n"
        "print(parser.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], timeout=30, check=False
    )
    assert done.returncode == -signal.SIGKILL
    try:
        ended = os.pidfd_open(int(done.stdout))
    except ProcessLookupError:
        return
    try:
        assert select.select([ended], [], [], 20)[0], "the worker outlived its parent"
    finally:
        os.close(ended)


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs Linux's /proc")
def test_the_process_has_no_files_no_secrets_no_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIRE_TOKEN", "sesame")
    inherited = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        with Parser() as parser:
            parser.parse(job())
            proc = Path(f"/proc/{parser.pid}")
            limits = {line[:25].strip(): line[26:].split()[:2] for line in (proc / "limits").read_text().splitlines()}
            assert limits["Max address space"] == [str(MEMORY_MOST)] * 2
            assert limits["Max core file size"] == ["0", "0"]
            assert limits["Max file size"] == ["0", "0"]
            assert int(limits["Max open files"][0]) <= 32
            assert int(limits["Max cpu time"][0]) <= 10
            assert b"sesame" not in (proc / "environ").read_bytes()
            opened = {link.readlink().as_posix() for link in (proc / "fd").iterdir()}
            assert all(name == "/dev/null" or name.startswith("pipe:") for name in opened), opened
            assert os.getsid(parser.pid) == parser.pid
            ignored = int(
                next(li for li in (proc / "status").read_text().splitlines() if "SigIgn" in li).split()[1], 16
            )
            assert ignored & 1 << (signal.SIGINT - 1)
    finally:
        os.close(inherited)
