"""Standard streams: what a slow reader and a signal between them must not cost."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import struct
import termios
import threading
from typing import IO, TYPE_CHECKING

import pytest

from wirewatch.streams import whole

if TYPE_CHECKING:
    from collections.abc import Callable

MUCH = "é" * 500_000


def sent(made: Callable[[IO[str]], IO[str]]) -> bytes:
    """What arrives of MUCH through an unbuffered stream when a signal comes while the pipe is full and nobody reads."""
    reader, writer = os.pipe()
    capacity = fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ)
    came = bytearray()
    handled = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: handled.set())
    writing = threading.get_ident()

    def read() -> None:
        waiting = bytearray(4)
        while struct.unpack("i", waiting)[0] < capacity:
            fcntl.ioctl(reader, termios.FIONREAD, waiting)
        signal.pthread_kill(writing, signal.SIGUSR1)
        assert handled.wait(30)
        while chunk := os.read(reader, 1 << 16):
            came.extend(chunk)

    thread = threading.Thread(target=read)
    thread.start()
    raw = io.FileIO(writer, "w", closefd=False)
    file = made(io.TextIOWrapper(raw, encoding="utf-8", write_through=True))  # type: ignore[arg-type]
    try:
        file.write(MUCH)
        file.flush()
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)
        signal.signal(signal.SIGUSR1, before)
    return bytes(came)


@pytest.mark.skipif(not hasattr(fcntl, "F_GETPIPE_SZ"), reason="asks how much a pipe holds, as Linux tells it")
def test_a_signal_in_the_middle_of_a_write_loses_nothing() -> None:
    assert len(sent(lambda stream: stream)) < len(MUCH.encode())  # what is mended
    assert sent(whole) == MUCH.encode()


def test_a_stream_with_a_buffer_or_without_bytes_is_left_alone() -> None:
    for stream in (io.TextIOWrapper(io.BytesIO()), io.StringIO()):
        assert whole(stream) is stream
