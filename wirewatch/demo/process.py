"""The demo's server as a child process: started, turned, and gone when this process is."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from wirewatch.demo.pace import Pace
from wirewatch.demo.wire import CLOSING
from wirewatch.errors import WirewatchError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


_COMMAND = [sys.executable, "-m", "wirewatch.demo.server"]


class WireProcess:
    """`python -m wirewatch.demo.server` while its context is open. Raises WirewatchError when it can't start.

    What it has to complain about goes to `log`, because the screen belongs to the desk.
    """

    def __init__(self, log: Path, *, factor: float = 60.0) -> None:
        self._log = log
        self._factor = factor
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.pace = Pace(CLOSING, 0.0, factor)

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_COMMAND, "--factor", str(self._factor)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # an interrupt at the terminal is the desk's to handle
            )
        try:
            words = self._hear()
        except BaseException:
            self._end()
            raise
        self.port = int(words["port"])
        self.pace = Pace(float(words["begin"]), float(words["started"]), self._factor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def turn(self, at: str) -> None:
        """Serves the wire as it stands at this time of its day (`HH:MM`), from when this returns."""
        pipe = self._process.stdin if self._process else None
        if pipe is None:
            raise WirewatchError("the demo's server isn't running")
        try:
            pipe.write(json.dumps({"at": at}).encode() + b"\n")
            pipe.flush()
        except OSError as error:
            raise WirewatchError(f"the demo's server has ended: {self._last_words()}") from error
        self._hear()

    def _hear(self) -> dict[str, Any]:
        pipe = self._process.stdout if self._process else None
        line = pipe.readline() if pipe else b""
        if not line:
            raise WirewatchError(f"the demo's server has ended: {self._last_words()}")
        words: dict[str, Any] = json.loads(line)
        if "error" in words:
            raise WirewatchError(f"the demo's server refused: {words['error']}")
        return words

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").split("\n") if self._log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            with suppress(OSError):  # it may have ended already
                process.stdin.close()  # which tells it to end
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def clock_time(at: float) -> str:
    """`08:01` on the wire's day, `Sun 22:15` on the eve."""
    stamp = datetime.fromtimestamp(at, UTC)
    return stamp.strftime("%H:%M" if stamp.day == 13 else "%a %H:%M")
