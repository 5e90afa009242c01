"""The process that reads untrusted documents, and the engine's handle on it.

`Parser` starts `python -m wirewatch.engine.worker` and talks to it over two pipes: four bytes of length, then msgpack;
one answer a job. The process has little memory, few files and a limit on CPU time for each document. One
that exceeds them kills it, and the next process takes its place. It ends by itself when its parent does.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec

from wirewatch import __version__
from wirewatch.errors import ParseError, ParserDiedError
from wirewatch.model import Document, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

CPU_MOST: Final = 5.0
"""Seconds of CPU time for one document."""
MEMORY_MOST: Final = 512 * 1024 * 1024
"""Bytes of address space."""
PARSES_MOST: Final = 500
"""Documents after which a process is replaced, whatever may have leaked."""
_WALL_TIMES: Final = 6  # a busy machine gives a process this small a share of a processor at the least
_FILES_MOST: Final = 32
_OUT_OF_MEMORY: Final = 71
_OTHER_VERSION: Final = 72
_COMMAND: Final = (sys.executable, "-P", "-m", "wirewatch.engine.worker")
_LENGTH: Final = struct.Struct(">I")
_BEGUN: Final = b"\0\0\0\0"
"""What the worker says when it has the whole job, before it looks at the document."""
_BEFORE: Final = len(_BEGUN) + _LENGTH.size
_CHUNK: Final = 1 << 20
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "TMPDIR")


class ParseJob(msgspec.Struct, frozen=True):
    """A document to read, as `wirewatch.engine.parse.read` takes it."""

    content: bytes
    source: Source
    received: float
    """Seconds since the epoch, UTC."""
    content_type: str | None = None
    url: str | None = None
    file: str | None = None
    known: bytes = b""


class _Answer(msgspec.Struct, frozen=True):
    document: Document | None = None
    error: str | None = None
    took: float = 0.0
    """Seconds of CPU time."""


class _GoneError(Exception):
    """The process ended, or has to be ended, without an answer. `begun`: after it had begun on the document."""

    def __init__(self, reason: str, *, begun: bool) -> None:
        super().__init__(reason)
        self.begun = begun


class Parser:
    """One worker process at a time. Calls from several threads take turns.

    `cpu` is seconds of CPU time a document may take; the wall clock is allowed six times as much and ten seconds more.
    `nice` is how far it stands back behind other processes, as in nice(1).
    """

    def __init__(
        self, *, cpu: float = CPU_MOST, memory: int = MEMORY_MOST, parses: int = PARSES_MOST, nice: int = 0
    ) -> None:
        self._cpu, self._memory, self._parses, self._nice = cpu, memory, parses, nice
        self._turn = threading.Lock()
        self._closed = False
        self._done = 0
        self.took = 0.0
        """Seconds of CPU time that the last document took; all it may take where the process died of it."""
        self._process = self._started()

    @property
    def pid(self) -> int:
        """The process that reads the next document."""
        return self._process.pid

    def parse(self, job: ParseJob) -> Document:
        """What `parse.read` makes of the job. Blocks. Raises ParseError; ParserDiedError where the process died of it.

        Such a document isn't tried again; the next process is already starting when this raises. Processes that die
        before they look at a document (wirewatch is just being updated, memory is short) are not held against it.
        """
        with self._turn:
            if self._closed:
                raise ParseError("the parser is closed")
            message = _framed(job)
            self.took = self._cpu
            try:
                answer = self._exchanged(message)
            except _GoneError as gone:
                self._replace()
                if gone.begun:
                    raise ParserDiedError(str(gone)) from None
                answer = self._exchanged_again(message)
            self.took = answer.took
            self._done += 1
            if self._done >= self._parses:
                self._replace()
        if answer.document is None:
            raise ParseError(answer.error or "the document couldn't be read")
        return answer.document

    def close(self) -> None:
        """Ends the process; waits for a document that is being read."""
        with self._turn:
            if not self._closed:
                self._closed = True
                self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*_COMMAND, __version__, repr(self._cpu), str(self._memory), str(self._nice)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/" if os.name == "posix" else None,
            env=_environment(os.environ),
            start_new_session=True,
        )
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101 - both were asked for
        os.set_blocking(process.stdin.fileno(), False)
        os.set_blocking(process.stdout.fileno(), False)
        return process

    def _replace(self) -> None:
        self._end()
        self._done = 0
        self._process = self._started()

    def _end(self) -> None:
        process = self._process
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def _cause(self) -> str:
        """Why the process ended by itself, in plain words."""
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "the parser stopped answering"
        if code in (-signal.SIGXCPU, -signal.SIGPROF):
            return f"the parser used more than {self._cpu:g} s"
        if code == _OUT_OF_MEMORY:
            return "the parser ran out of memory"
        if code == _OTHER_VERSION:
            return "wirewatch was updated while it ran; quit and start it again. The new parser ended"
        return "the parser crashed"

    def _exchanged_again(self, job: bytearray) -> _Answer:
        """For a job whose first process died before it had begun on it, which wasn't the document's fault."""
        try:
            return self._exchanged(job)
        except _GoneError as gone:
            self._replace()
            if gone.begun:
                raise ParserDiedError(str(gone)) from None
            self.took = 0.0
            raise ParseError(f"{gone} before it began on the document") from None

    def _exchanged(self, job: bytearray) -> _Answer:
        """The worker's answer to a job. Raises _GoneError."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: PT018, S101 - see _started
        wall = self._cpu * _WALL_TIMES + 10
        until = time.monotonic() + wall
        rest = memoryview(job)
        answer = bytearray()
        while True:
            begun = len(answer) >= len(_BEGUN)
            if len(answer) >= _BEFORE and len(answer) == _BEFORE + _LENGTH.unpack_from(answer, len(_BEGUN))[0]:
                break
            left = until - time.monotonic()
            if left <= 0:
                raise _GoneError(f"the parser took more than {wall:g} s", begun=begun)
            readable, writable, _ = select.select([stdout], [stdin] if rest else [], [], left)
            if writable:
                try:
                    rest = rest[os.write(stdin.fileno(), rest[:_CHUNK]) :]
                except BrokenPipeError:
                    rest = rest[:0]
            if readable:
                if not (piece := os.read(stdout.fileno(), _CHUNK)):
                    raise _GoneError(self._cause(), begun=begun)
                answer += piece
        try:
            return msgspec.msgpack.decode(answer[_BEFORE:], type=_Answer)
        except msgspec.DecodeError:
            raise _GoneError("the parser gave a broken answer", begun=True) from None


def _framed(job: ParseJob) -> bytearray:
    """The job as it goes through the pipe, its length first: one copy of the document and no more."""
    message = bytearray(_LENGTH.size)
    msgspec.msgpack.Encoder().encode_into(job, message, _LENGTH.size)
    _LENGTH.pack_into(message, 0, len(message) - _LENGTH.size)
    return message


def _environment(whole: Mapping[str, str]) -> dict[str, str]:
    """Nothing secret: where to find programs and modules, and the language."""
    return {
        **{name: whole[name] for name in _PASSED_ON if name in whole},
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        "PYTHONUTF8": "1",
    }


# --- what follows runs in the worker process


def _limit(memory: int) -> None:
    """Takes away what reading a document doesn't need. A limit that this system doesn't know is left out."""
    import resource

    def at_most(what: int, most: int) -> None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))

    at_most(resource.RLIMIT_AS, memory)
    at_most(resource.RLIMIT_NOFILE, _FILES_MOST)
    at_most(resource.RLIMIT_FSIZE, 0)
    at_most(resource.RLIMIT_CORE, 0)


def _allow_cpu(seconds: float) -> None:
    """Sets the clock for one document. A timer is exact; the limit on the process stands behind it."""
    import resource

    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _answer(content: bytes) -> _Answer:
    from wirewatch import text
    from wirewatch.engine import parse

    job = msgspec.msgpack.decode(content, type=ParseJob)
    try:
        return _Answer(
            document=parse.read(
                job.content,
                source=job.source,
                received=job.received,
                content_type=job.content_type,
                url=job.url,
                file=job.file,
                known=job.known,
            )
        )
    except ParseError as error:
        return _Answer(error=text.message(str(error)))
    except RecursionError:
        return _Answer(error="elements lie too deep in each other")


def stand_back(nice: int) -> None:
    """Lets other processes go first, those of other sessions too: Linux weighs whole sessions (sched(7), autogroup)."""
    os.nice(nice)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))


def _serve(cpu: float, memory: int, nice: int) -> None:
    """Answers jobs from stdin until it closes."""
    if nice:
        stand_back(nice)
    import wirewatch.engine.parse.feed
    import wirewatch.engine.parse.json_feed
    import wirewatch.engine.parse.ndjson  # noqa: F401 - all loaded before files and memory get scarce
    from wirewatch.engine import memory as freed

    freed.give_back()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # a library's print() must not pass for an answer
    _limit(memory)
    try:
        while len(head := jobs.read(_LENGTH.size)) == _LENGTH.size:
            content = jobs.read(_LENGTH.unpack(head)[0])
            answers.write(_BEGUN)
            answers.flush()
            _allow_cpu(cpu)
            begun = time.process_time()
            found = _answer(content)
            answer = msgspec.msgpack.encode(msgspec.structs.replace(found, took=time.process_time() - begun))
            signal.setitimer(signal.ITIMER_PROF, 0)
            answers.write(_LENGTH.pack(len(answer)) + answer)
            answers.flush()
    except BrokenPipeError:
        pass  # the parent is gone
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # nothing can be trusted to work after this, least of all an answer


if __name__ == "__main__":
    if sys.argv[1] != __version__:  # the engine is from before an update: the two may not understand each other
        sys.exit(_OTHER_VERSION)
    _serve(float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
