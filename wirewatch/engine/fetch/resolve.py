"""Names to addresses, in threads of its own: a resolver that hangs must not starve the rest of the program."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.engine.fetch.trouble import Trouble, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Lookup = Callable[[str, int], Sequence[str]]

THREADS = 32
FRESH = 60.0
"""Seconds that an answer is used again."""
FAILED = 10.0
"""Seconds that a failure is; shorter than the pause between probes of an offline machine."""
MOST = 2048
"""Names remembered."""


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of a host in the order that the system prefers; blocks. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Threads:
    """A pool of daemon threads: one that hangs in a lookup must not keep the program from ending."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads = 0
        self._idle = 0
        self._work: SimpleQueue[tuple[Future[tuple[str, ...]], Callable[[], tuple[str, ...]]] | None] = SimpleQueue()
        self._lock = threading.Lock()

    def submit(self, ask: Callable[[], tuple[str, ...]]) -> Future[tuple[str, ...]]:
        """Has a question answered in one of the threads."""
        future: Future[tuple[str, ...]] = Future()
        with self._lock:
            if self._idle:
                self._idle -= 1
            elif self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._run, name=f"resolver-{self._threads}", daemon=True).start()
        self._work.put((future, ask))
        return future

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            future, ask = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(ask())
                except BaseException as error:  # noqa: BLE001 - handed to whoever asked
                    future.set_exception(error)
            del task, future, ask
            with self._lock:
                self._idle += 1

    def close(self) -> None:
        """Lets the threads end after what they are at."""
        for _ in range(self._threads):
            self._work.put(None)


class _Known(NamedTuple):
    addresses: tuple[str, ...]
    trouble: Trouble | None
    until: float


class Resolver:
    """Resolves with a time limit, a short memory, and one question at a time about a name.

    `lookup` blocks and runs in a thread; it returns addresses or raises OSError (socket.gaierror).
    """

    def __init__(self, lookup: Lookup = system_lookup, *, limit: float = 5.0) -> None:
        self._lookup = lookup
        self._limit = limit
        self._threads = _Threads(THREADS)
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Future[tuple[str, ...]]] = {}

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """At least one address. Raises Trouble."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(host)
        if known is None or known.until <= now:
            known = await self._ask(host, port)
            self._remember(host, known)
        if known.trouble is not None:
            # a new one each time: an exception that is raised again drags the frames of its first life along
            raise Trouble(known.trouble.reason, offline=known.trouble.offline)
        return known.addresses

    async def _ask(self, host: str, port: int) -> _Known:
        loop = asyncio.get_running_loop()
        asking = self._asking.get(host)
        if asking is None:
            asking = asyncio.wrap_future(self._threads.submit(lambda: tuple(self._lookup(host, port))), loop=loop)
            self._asking[host] = asking
            asking.add_done_callback(lambda done: self._answered(host, done))
        try:
            async with asyncio.timeout(self._limit):
                found = await asyncio.shield(asking)
        except TimeoutError:
            trouble = Trouble(f"looking up {host} took longer than {seconds(self._limit)}", offline=True)
            return _Known((), trouble, loop.time() + FAILED)
        except OSError as error:
            return _Known((), _trouble(host, error), loop.time() + FAILED)
        except UnicodeError:
            return _Known((), Trouble(f"{host} is not a name that can be looked up"), loop.time() + FRESH)
        if not found:
            return _Known((), Trouble(f"no such host: {host}"), loop.time() + FAILED)
        return _Known(found, None, loop.time() + FRESH)

    def _answered(self, host: str, done: asyncio.Future[tuple[str, ...]]) -> None:
        """Also for an answer that nobody waits for any more: the question may be asked again, the error is seen."""
        self._asking.pop(host, None)
        if not done.cancelled():
            done.exception()

    def _remember(self, host: str, known: _Known) -> None:
        self._known.pop(host, None)
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[host] = known

    def close(self) -> None:
        """Doesn't wait for threads that hang in a lookup."""
        for asking in list(self._asking.values()):
            asking.cancel()
        self._threads.close()


_NO_SUCH_HOST = {code for code in (getattr(socket, name, None) for name in ("EAI_NONAME", "EAI_NODATA")) if code}


def _trouble(host: str, error: OSError) -> Trouble:
    if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_HOST:
        return Trouble(f"no such host: {host}")
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return Trouble(f"no answer from the name server about {host}", offline=True)
    return Trouble(f"looking up {host} failed", offline=not isinstance(error, socket.gaierror))
