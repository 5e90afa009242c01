"""Two lanes of parser workers, so that documents which take long hold up no others.

Each lane is a thread that drives one worker process. A source whose last documents took long, and any large document
of a source, goes into the slow lane; all others share the quick one, where nothing waits for long. The process of the
slow lane lives only while it has something to do.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from wirewatch.engine.worker import Parser
from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from wirewatch.engine.worker import ParseJob
    from wirewatch.model import Document

LONG = 0.5
"""Seconds of CPU time after which a document has taken long: a busy machine makes none long."""
LARGE = 1_000_000
"""Bytes that a document may have in the quick lane."""
PENANCE = 5
"""Documents in a row that a slow source must bring in a short time to be trusted again."""
NICE = 5
"""How far the process of the slow lane stands back: a third of a busy processor rather than half."""
REST = 60.0
"""Seconds without work after which the process of the slow lane ends."""


class Readers:
    """Reads documents in worker processes. Belongs to the event loop."""

    def __init__(self) -> None:
        self._quick = _Lane("parse")
        self._slow: _Lane | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._waiting = 0
        """How many documents are in the slow lane."""
        self._penance: dict[str, int] = {}
        """By slow source, how many documents it still has to bring in a short time."""

    async def read(self, job: ParseJob) -> Document:
        """What `parse.read` makes of the job. Raises ParseError, and what else went wrong between the processes."""
        name = job.source.name
        if name not in self._penance and len(job.content) <= LARGE:
            return await self._read(self._quick, job)
        self._waiting += 1
        if self._slow is None:
            self._slow = _Lane("slow parse", nice=NICE)
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        try:
            return await self._read(self._slow, job)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._resting = asyncio.get_running_loop().call_later(REST, self._rest)

    async def _read(self, lane: _Lane, job: ParseJob) -> Document:
        name = job.source.name
        try:
            return await asyncio.get_running_loop().run_in_executor(lane.thread, lane.read, job)
        finally:
            if lane.took.pop(name, 0.0) > LONG:
                self._penance[name] = PENANCE
            elif name in self._penance:
                self._penance[name] -= 1
                if not self._penance[name]:
                    del self._penance[name]

    def _rest(self) -> None:
        if self._slow is not None and not self._waiting:
            self._slow.close()
            self._slow = None

    def close(self) -> None:
        """Ends the processes; waits for the documents that are being read."""
        if self._resting is not None:
            self._resting.cancel()
        for lane in (self._quick, self._slow):
            if lane is not None:
                lane.close()


class _Lane:
    """One thread and the worker process that it drives."""

    def __init__(self, name: str, nice: int = 0) -> None:
        self.nice = nice
        self.thread = ThreadPoolExecutor(1, name)
        self.took: dict[str, float] = {}
        """Seconds of CPU time that the document of each source took, until somebody has looked."""
        self._parser: Parser | None = None
        self.thread.submit(self._started)

    def _started(self) -> Parser:
        if self._parser is None:
            self._parser = Parser(nice=self.nice)
        return self._parser

    def read(self, job: ParseJob) -> Document:
        """Runs in the lane's thread."""
        parser = self._started()
        try:
            return parser.parse(job)
        except ParseError:
            raise
        except Exception:  # not the document's doing: this worker can't be trusted any more
            parser.close()
            self._parser = Parser(nice=self.nice)
            raise
        finally:
            self.took[job.source.name] = parser.took

    def close(self) -> None:
        """Ends the process; waits for the document that is being read."""
        self.thread.shutdown(cancel_futures=True)
        if self._parser is not None:
            self._parser.close()
