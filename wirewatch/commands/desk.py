"""`wirewatch`: the desk, and the engine that it starts as its child where nobody else polls."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import msgspec

from wirewatch import config as configuration
from wirewatch import text
from wirewatch.clock import DAY

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

RESTART_AFTER = (0.2, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before the engine is started again, by how often it fell over in a row."""
HEALTHY = 60.0
"""An engine that has lived this many seconds is forgiven its earlier falls."""
NOTICES_MOST = 20
"""Sentences of the engine kept until they are shown; of more only the newest."""
PATIENCE = 2.0
"""Seconds that an engine has to finish what it is writing before it is ended."""


_notice = msgspec.json.Decoder(dict[Literal["notice"], str])


class EngineChild:
    """The engine as a child process: started, watched, started again, ended with the desk.

    It ends by itself when the desk dies, because its standard input then closes. Where another engine holds the lease
    it waits, and takes over within a second of that one's end. What the user should know at once and the store can't
    tell, such as that it can't be written, comes over its standard output: one JSON object a line.
    """

    def __init__(self, config: Path | None, data: Path, *, notices: Iterable[str] = ()) -> None:
        """`notices` are sentences to show first, before the engine has anything to say."""
        options = ["--data", str(data)] + (["--config", str(config)] if config else [])
        self._last_words = data / "engine.stderr"
        self._command = [sys.executable, "-m", "wirewatch", *options, "poll", "--attached"]
        self._process: subprocess.Popen[bytes] | None = None
        self._falls = 0
        self._started = 0.0
        self._again_at: float | None = None
        self._heard = b""
        self._notices: deque[str] = deque(notices, maxlen=NOTICES_MOST)

    @property
    def pid(self) -> int | None:
        """The engine's process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Starts the engine; returns at once."""
        self._again_at = None
        self._started = time.monotonic()
        self._last_words.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._last_words.open("wb") as words:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, start_new_session=True
            )
        self._heard = b""

    def poll(self) -> str | None:
        """Looks after the engine; a sentence to show when something happened or it has something to say. Never blocks.

        One sentence at a time: None when there is no more.
        """
        self._listen()
        return self._notices.popleft() if self._notices else self._look()

    def _listen(self) -> None:
        """Takes in what the engine has said since."""
        if self._process is None or self._process.stdout is None or self._process.stdout.closed:
            return
        said = self._process.stdout.fileno()
        os.set_blocking(said, False)
        with suppress(BlockingIOError):
            while piece := os.read(said, 65536):
                self._heard += piece
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            with suppress(msgspec.MsgspecError, KeyError):  # a library's print(), which is no notice
                self._notices.append(text.message(_notice.decode(line)["notice"]))

    def _look(self) -> str | None:
        now = time.monotonic()
        if self._again_at is not None:
            if now < self._again_at:
                return None
            self.start()
            return "The engine was started again; nothing that was on the screen is lost."
        if self._process is None or self._process.poll() is None:
            return None
        self._listen()  # to its last words
        how = self._how_it_ended(self._process.returncode)
        _hang_up(self._process)
        if now - self._started > HEALTHY:
            self._falls = 0
        wait = RESTART_AFTER[min(self._falls, len(RESTART_AFTER) - 1)]
        self._falls += 1
        self._again_at = now + wait
        return f"The engine {how}; starting it again" + (f" in {wait:.0f} s." if wait >= 1 else ".")

    def stop(self) -> None:
        """Ends the engine: it flushes and leaves within two seconds, or is killed."""
        process, self._process, self._again_at = self._process, None, None
        if process is None:
            return
        _hang_up(process)
        for end in (process.terminate, process.kill):
            try:
                process.wait(PATIENCE)
                return
            except subprocess.TimeoutExpired:
                end()
        process.wait()

    def _how_it_ended(self, code: int) -> str:
        if code < 0:
            return f"was killed (signal {-code})"
        with self._last_words.open("rb") as words:
            words.seek(max(0, self._last_words.stat().st_size - 2000))
            said = words.read().decode("utf-8", "replace").strip()
        reason = text.message(said.rpartition("\n")[2])
        return f"stopped ({reason})" if reason else f"stopped with exit code {code}"


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    """Closes our ends of the engine's pipes, which tells a living one to leave."""
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
    if process.stdout:
        process.stdout.close()


def run(args: argparse.Namespace) -> int:
    """Opens the desk; without a terminal prints the stored stories of the last day as lines."""
    given = args.config_given or args.config.exists()
    return open_desk(args.config if given else None, args.data, read_only=args.read_only)


def open_desk(config_path: Path | None, data: Path, *, demo: bool = False, read_only: bool = False) -> int:
    """The desk over a data directory, with an engine beside it that polls what the configuration names.

    Without a path the built-in configuration is used, and the desk says so. `read_only` opens what is stored and starts
    no engine.
    """
    if config_path is None:
        config = configuration.parse(configuration.default_text(), file="built-in configuration")
        notices = ["The built-in sources are polled; `wirewatch config init` writes them to a file of your own."]
    else:
        config, problems = configuration.load_usable(config_path)
        notices = [f"Left out: {problem}" for problem in problems]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from wirewatch.commands.tail import print_stories

        return print_stories(data, since=DAY)
    from wirewatch.app import run as run_app

    engine = None if read_only else EngineChild(config_path, data, notices=notices)
    return run_app(config, data, demo=demo, read_only=read_only, engine=engine)
