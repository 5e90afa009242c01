"""The one place where wirewatch runs a program of the user's: an argument list, never a shell, and not for long.

A program has a process group to itself and so many seconds. When they are over, or wirewatch ends, the whole group is
killed. What it prints is read, so that it never blocks on a full pipe, and forgotten but for its beginning (FAULT 130).
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from wirewatch import text

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping, Sequence

OUTPUT_MOST = 4_000
"""Bytes of a program's output that are kept for the log."""
GRACE = 0.5
"""Seconds between the request to end and the kill."""
_GLANCE = 0.05
_CHUNK = 65_536
_FIELD = re.compile(r"\{([^{}]*)\}")


class Ended(NamedTuple):
    """How a program ended."""

    code: int | None
    """Its exit code, negative for a signal; None where it was ended, or couldn't be started."""
    said: str
    """The beginning of what it printed, as one clean line."""
    problem: str | None
    """What went wrong, as the end of a sentence; None when it did its work."""


def run_program(
    argv: Sequence[str], *, stdin: bytes, environ: Mapping[str, str], seconds: float, stop: threading.Event
) -> Ended:
    """Runs a program, and ends it after so many seconds or as soon as `stop` is set. Blocks; never raises."""
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environ),
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Ended(None, "", f"can't be started: {getattr(error, 'strerror', None) or error}")
    heard = bytearray()
    try:
        in_time = _attend(process, stdin, heard, time.monotonic() + seconds, stop)
    finally:
        if process.poll() is None:
            _kill_group(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    said = text.message(heard.decode("utf-8", "replace"))
    if not in_time:
        why = "was ended with wirewatch" if stop.is_set() else f"was ended: it took more than {seconds:g} s"
        return Ended(None, said, why)
    code = process.returncode
    if code == 0:
        return Ended(0, said, None)
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return Ended(code, said, how + (f": {said}" if said else ""))


def filled(template: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """The argument list of a template: `{name}` is the field's text, and nothing in that text is a field again.

    A value at the start of an argument that would make an option of it gets a blank in front: no headline sets options.
    """
    arguments = []
    for part in template:
        argument = _FIELD.sub(lambda found: fields[found[1]], part)
        arguments.append(f" {argument}" if argument.startswith("-") and part.startswith("{") else argument)
    return arguments


def _attend(
    process: subprocess.Popen[bytes], stdin: bytes, heard: bytearray, until: float, stop: threading.Event
) -> bool:
    """Feeds a program and listens to it until it ends; False when it didn't in time."""
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101 - both were asked for
    rest = memoryview(stdin)
    with selectors.DefaultSelector() as pipes:
        for pipe, event in ((process.stdin, selectors.EVENT_WRITE), (process.stdout, selectors.EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            pipes.register(pipe, event)
        while process.poll() is None:
            if stop.is_set() or time.monotonic() >= until:
                return False
            if not pipes.get_map():
                stop.wait(_GLANCE)
            for key, _ in pipes.select(_GLANCE):
                if key.fileobj is process.stdin:
                    rest = _fed(process.stdin.fileno(), rest)
                    if not rest:
                        pipes.unregister(process.stdin)
                        process.stdin.close()
                elif not _listened(process.stdout.fileno(), heard):
                    pipes.unregister(process.stdout)
    while _listened(process.stdout.fileno(), heard) and len(heard) < OUTPUT_MOST:
        pass
    return True


def _fed(pipe: int, rest: memoryview) -> memoryview:
    """What is left to write; nothing where the program doesn't want it."""
    try:
        return rest[os.write(pipe, rest[:_CHUNK]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]


def _listened(pipe: int, heard: bytearray) -> bool:
    """Reads on; False when there is nothing more to come, or nothing there now."""
    try:
        piece = os.read(pipe, _CHUNK)
    except BlockingIOError:
        return False
    heard += piece[: max(0, OUTPUT_MOST - len(heard))]
    return bool(piece)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and whatever it has started, kindly at first."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
