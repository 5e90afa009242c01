"""Serves the bundled wire as real feeds over loopback HTTP, in a day that runs faster than life.

`python -m wirewatch.demo.server` prints one line of JSON, `{"v": 1, "port": …}`, and serves until its standard input
ends, which is what happens when the process that started it dies. A line `{"at": "12:00"}` on its standard input turns
the wire to that time of its day and is answered by a line once it is so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import sys
import threading
from datetime import datetime, time
from typing import TYPE_CHECKING, Self

from wirewatch.clock import Clock, SystemClock
from wirewatch.demo import feeds
from wirewatch.demo.loopback import Loopback, Reply, Request, document, sentence
from wirewatch.demo.pace import Pace
from wirewatch.demo.wire import CLOSING, DAY, OPENING, Outlet, Wire, bundled, moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

NEWEST = 40
"""Pieces a feed holds, as most publishers' do."""


class DemoServer:
    """The wire on a port of 127.0.0.1 while its context is open.

    `factor` is how many times faster than life the day runs from `begin` on (a moment of the wire's day, seconds since
    the epoch); infinite serves the day up to `begin` as it
    stands, with nobody slow. `turn` sets the wire to any moment by hand.
    """

    def __init__(
        self,
        wire: Wire | None = None,
        *,
        port: int = 0,
        factor: float = 60.0,
        begin: float = OPENING,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.wire = wire or bundled()
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._turned: float | None = None
        self._http = Loopback(self._reply, port=port)
        self.pace = Pace(begin, math.floor(self._clock.now()), factor)  # feeds write whole seconds
        self.requests: dict[str, int] = {}
        """How often each outlet's feed was asked for, by outlet id."""

    @property
    def port(self) -> int:
        """The port it serves on; known once the context is open."""
        return self._http.port

    def now(self) -> float:
        """The moment of the wire's day that is being served, seconds since the epoch, UTC."""
        return self.pace.wire(self._clock.now()) if self._turned is None else self._turned

    def turn(self, at: float) -> None:
        """Serves the wire as it stands at this moment, and holds it there."""
        self._turned = at

    def url(self, outlet: str) -> str:
        """The address of an outlet's feed."""
        return address(self.wire.outlets[outlet], self.port)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def _reply(self, request: Request) -> Reply:
        name, _, ending = request.path.removeprefix("/feeds/").partition(".")
        outlet = self.wire.outlets.get(name) if request.path.startswith("/feeds/") else None
        if outlet is None:
            return sentence(404, "the demo has no such feed")
        self.requests[name] = self.requests.get(name, 0) + 1
        at = self.now()
        if (slow := outlet.trouble("slow", at)) and not math.isinf(self.pace.factor):
            await self._sleep(slow.seconds)
        if outlet.trouble("gone", at):
            return sentence(410, f"{outlet.name} has closed its feed")
        if outlet.trouble("down", at):
            return sentence(500, "the feed server has lost its database")
        if outlet.trouble("redirect", at) and ending == "moved":
            return Reply(301, headers={"Location": f"/feeds/{outlet.id}.{_ENDINGS[outlet.format]}"})
        shown = self.wire.feed(outlet.id, at, NEWEST)
        body = feeds.write(outlet, shown, self.pace)
        if outlet.trouble("broken", at):
            body = feeds.broken(body)
        modified = max((self.pace.shown(take.at) for _, take in shown), default=self.pace.started)
        return document(request, body, feeds.CONTENT_TYPES[outlet.format], modified)


_ENDINGS = {"rss": "xml", "atom": "atom", "rdf": "rdf", "json": "json"}


def address(outlet: Outlet, port: int) -> str:
    """The address that the demo's configuration names for an outlet; a redirecting one is named by its old address."""
    moved = any(fault.trouble == "redirect" for fault in outlet.faults)
    return f"http://127.0.0.1:{port}/feeds/{outlet.id}.{'moved' if moved else _ENDINGS[outlet.format]}"


def time_of_day(text: str) -> float:
    """A moment of the wire's day from `HH:MM` or `HH:MM:SS`; `24:00` is its end. Raises ValueError."""
    return CLOSING if text == "24:00" else moment(time.fromisoformat(text))


def say(**words: object) -> None:
    """One line of JSON on standard output, for the process that started this one."""
    print(json.dumps({"v": 1, **words}), flush=True)  # noqa: T201  this line is the protocol


async def serve(*, port: int, factor: float, begin: float) -> None:
    """Serves until standard input ends."""
    loop = asyncio.get_running_loop()
    orders: asyncio.Queue[bytes | None] = asyncio.Queue()
    threading.Thread(target=_listen, args=(loop, orders), daemon=True).start()
    async with DemoServer(port=port, factor=factor, begin=begin) as server:
        say(port=server.port, begin=server.pace.begin, started=server.pace.started, day=f"{DAY:%Y-%m-%d}")
        while (line := await orders.get()) is not None:
            try:
                server.turn(time_of_day(json.loads(line)["at"]))
            except (ValueError, TypeError, KeyError) as error:
                say(error=f"not an order: {error}")
            else:
                say(at=datetime.fromtimestamp(server.now(), DAY.tzinfo).strftime("%H:%M:%S"))


def _listen(loop: asyncio.AbstractEventLoop, orders: asyncio.Queue[bytes | None]) -> None:
    """Hands on the lines of standard input, and None at its end. Unbuffered, so no lock is held when Python ends."""
    rest = b""
    while chunk := os.read(sys.stdin.fileno(), 4096):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in filter(None, lines):
            loop.call_soon_threadsafe(orders.put_nowait, line)
    loop.call_soon_threadsafe(orders.put_nowait, None)


def main(argv: list[str] | None = None) -> int:
    """The server process. Exit code 0 when standard input ends, 130 on an interrupt."""
    parser = argparse.ArgumentParser(prog="wirewatch.demo.server", description=__doc__, add_help=True)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--factor", type=float, default=60.0, help="times faster than life; inf serves all at once")
    parser.add_argument("--begin", type=time_of_day, default=None, help="time of the wire's day to begin at, HH:MM")
    args = parser.parse_args(argv)
    begin = args.begin if args.begin is not None else (CLOSING if args.factor == float("inf") else OPENING)
    try:
        asyncio.run(serve(port=args.port, factor=args.factor, begin=begin))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
