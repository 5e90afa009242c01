"""Hands the alerts of the log to the user's hook and to chats and mail; the desks tell what a terminal can tell.

The log says up to where that is done, so that an engine that was killed goes on where it stopped: an alert may be
handed over twice then, but not lost. Programs run in threads of their own, each with its time; nothing waits for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from wirewatch.alerts.shown import alert_fields, alert_object, body_of, title_of
from wirewatch.clock import MINUTE
from wirewatch.engine.programs import filled, run_program
from wirewatch.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from wirewatch.clock import Clock
    from wirewatch.config import AlertSettings
    from wirewatch.engine.programs import Ended
    from wirewatch.model import Alert
    from wirewatch.store.contract import Writer

    Run = Callable[..., Awaitable[Any]]

T = TypeVar("T")

STALE = 10 * MINUTE
"""An alert that couldn't be handed over for longer than this isn't any more: it is no news, and it is in the log."""
SAY_AGAIN = 10 * MINUTE
"""Seconds before the desk is told again that a hook fails in the same way."""
NOTIFY_SECONDS = 30.0
"""A mail server may take its time; a chat that hangs gets no more."""
NOTIFY_AT_ONCE = 2
LEAVE = 0.7
"""Seconds that programs have to finish when the engine ends."""
THREADS = 10
NEEDS_EXTRA = "alerts.notify needs apprise, which isn't installed: pip install 'wirewatch[notify]'"
READ_MOST = 100_000

log = logging.getLogger(__name__)


class Teller:
    """Follows the alert log. `run_stored` runs something in the store's thread; `say` tells the user at the desk."""

    def __init__(
        self, settings: AlertSettings, writer: Writer, run_stored: Run, *, clock: Clock, say: Callable[[str], None]
    ) -> None:
        self._writer = writer
        self._run_stored = run_stored
        self._clock = clock
        self._say = say
        self._threads: ThreadPoolExecutor | None = None
        self._stop = threading.Event()
        self._wake = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._after: int | None = None
        self._looked_at = 0
        """How many alerts had been written when the log was last looked at."""
        self._said: dict[str, float] = {}
        self.reload(settings)

    def reload(self, settings: AlertSettings) -> None:
        """Takes over edited settings; what runs is let finish."""
        self.settings = settings
        self._hooks = asyncio.Semaphore(settings.hook_at_once)
        self._notes = asyncio.Semaphore(NOTIFY_AT_ONCE)
        if (settings.notify or settings.notify_file) and not has_apprise():
            self._complain(NEEDS_EXTRA)
        self._wake.set()

    def wake(self) -> None:
        """There may be new alerts: something was written."""
        if self._writer.alerts_written != self._looked_at:
            self._wake.set()

    async def follow(self) -> None:
        """Hands over what comes; never ends."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._begin_new()

    async def finish(self) -> None:
        """Hands over what there is, and waits for it: for an engine that asks every source once."""
        await self._begin_new()
        while self._tasks:
            await asyncio.gather(*self._tasks.values())

    async def end(self) -> None:
        """Ends what still runs; what wasn't handed over is at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=LEAVE)
        self._stop.set()
        if self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._threads is not None:
            self._threads.shutdown()

    async def _begin_new(self) -> None:
        if self._after is None:
            self._after = await self._run_stored(self._writer.handed)
        written = self._writer.alerts_written
        alerts: Sequence[Alert] = await self._run_stored(lambda: self._writer.alerts(after=self._after or 0))
        self._looked_at = written
        for alert in alerts:
            self._after = alert.n
            if self._ways(alert):
                self._tasks[alert.n] = asyncio.create_task(self._hand_over(alert), name=f"alert {alert.n}")
        if alerts:
            await self._note_done()

    def _ways(self, alert: Alert) -> list[Callable[[Alert], Awaitable[None]]]:
        ways: list[Callable[[Alert], Awaitable[None]]] = []
        if alert.state == "told" and self._clock.now() - alert.at <= STALE:
            if "hook" in alert.channels and self.settings.hook:
                ways.append(self._hook)
            if "notify" in alert.channels and (self.settings.notify or self.settings.notify_file):
                ways.append(self._notify)
        return ways

    async def _hand_over(self, alert: Alert) -> None:
        try:
            await asyncio.gather(*(way(alert) for way in self._ways(alert)))
        finally:
            del self._tasks[alert.n]
        if not self._stop.is_set():
            try:
                await self._note_done()
            except StoreError as error:  # noted with the next one
                log.info("alert %d was handed over, which couldn't be noted: %s", alert.n, error)

    async def _note_done(self) -> None:
        """Notes up to which alert everything is handed over."""
        done = min(self._tasks, default=(self._after or 0) + 1) - 1
        if done > 0 and self.settings.sends:
            await self._run_stored(self._writer.handed, done)

    async def _hook(self, alert: Alert) -> None:
        fields = alert_fields(alert)
        async with self._hooks:
            ended = await self._ran(
                filled(self.settings.hook, fields),
                msgspec.json.encode({"v": 1, **alert_object(alert)}) + b"\n",
                {**os.environ, **{f"WIREWATCH_{name.upper()}": value for name, value in fields.items()}},
                self.settings.hook_timeout,
            )
        self._judge(f"The alert hook {self.settings.hook[0]}", alert, ended)

    async def _notify(self, alert: Alert) -> None:
        if not has_apprise():
            self._complain(NEEDS_EXTRA)
            return
        letter = {
            "addresses": [*self.settings.notify, *await asyncio.to_thread(_addresses, self.settings.notify_file)],
            "title": title_of(alert),
            "body": body_of(alert),
        }
        async with self._notes:
            ended = await self._ran(
                [sys.executable, "-P", "-m", "wirewatch.engine.courier"],
                msgspec.json.encode(letter),
                {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
                NOTIFY_SECONDS,
            )
        self._judge("An alert to chat or mail", alert, ended)

    async def _ran(self, argv: list[str], stdin: bytes, environ: dict[str, str], seconds: float) -> Ended:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "alert")
        return await asyncio.get_running_loop().run_in_executor(
            self._threads,
            lambda: run_program(argv, stdin=stdin, environ=environ, seconds=seconds, stop=self._stop),
        )

    def _judge(self, what: str, alert: Alert, ended: Ended) -> None:
        if ended.problem is None:
            log.info("%s told of alert %d%s", what, alert.n, f": {ended.said}" if ended.said else "")
            return
        log.warning("%s (alert %d) %s", what, alert.n, ended.problem)
        if not self._stop.is_set():
            self._complain(f"{what} {ended.problem}.")

    def _complain(self, sentence: str) -> None:
        """Tells the desk, but not with every alert again."""
        now = self._clock.monotonic()
        if now - self._said.get(sentence, -SAY_AGAIN) >= SAY_AGAIN:
            self._said = {other: at for other, at in self._said.items() if now - at < SAY_AGAIN} | {sentence: now}
            self._say(sentence)


def has_apprise() -> bool:
    """Whether the extra `notify` is installed; nothing is imported to find out."""
    from importlib.util import find_spec

    return find_spec("apprise") is not None


def _addresses(path: Path | None) -> list[str]:
    """The addresses in a file, one a line; what stands behind a # at the beginning of a line is a remark."""
    if path is None:
        return []
    try:
        with path.open(encoding="utf-8") as file:
            lines = file.read(READ_MOST).split("\n")
    except (OSError, UnicodeDecodeError) as error:
        log.warning("alerts.notify_file can't be read: %s", getattr(error, "strerror", None) or error)
        return []
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
