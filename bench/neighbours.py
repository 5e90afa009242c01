"""What ten hostile feeds cost the others: `python -m bench.neighbours [arrivals]`.

The way from a feed's last byte to its painted row (`bench.arrival`), first alone, then with the ten worst feeds of the
test server beside it, asked again every second: bodies and heads that drip, never end or blow up, and documents that
take the parser seconds. Each in turns, several times, and without the first arrival of a run, which warms up what it
runs through. Prints milliseconds, and the memory of desk, engine and workers together.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.arrival import measure, share
from tests.faultd.server import FaultServer
from wirewatch.engine.worker import stand_back

if TYPE_CHECKING:
    from tests.faultd.server import Exchange
    from wirewatch.store.contract import Reader

WORST = (
    *("/body-drip", "/header-drip", "/endless-1xx", "/endless-body", "/gzip-bomb", "/gzip-bomb-nested", "/header-1mb"),
    *("/headers-5k", "/open-tags", "/slow-parse"),
)
AGAIN = 1.0
"""Seconds between looks at the memory, and between requests to poll, each of which locks the store for a moment."""
ROUNDS = 4
MOST_SLOWER, MOST_LARGER = 1.10, 64.0


async def serve() -> None:
    """The hostile server, in a process of its own, which stands back: it stands for machines that are elsewhere."""
    stand_back(10)
    numbers = itertools.count()

    async def document(exchange: Exchange, inside: str, item: str) -> None:
        number = next(numbers)  # never the same bytes twice
        body = f"<rss version='2.0'><channel>{inside}<title>{number}</title>{item * 1500}</channel></rss>"
        await exchange.answer(body.encode(), "Content-Type: application/rss+xml")

    async def open_tags(exchange: Exchange) -> None:
        await document(
            exchange, "", f"<item><title>A</title><description><![CDATA[{'<a>' * 300}]]></description></item>"
        )

    async def slow_parse(exchange: Exchange) -> None:
        item = f"<item><title>B &nbsp; C</title><description>{'&lt;p>words&lt;/p>' * 80}</description></item>"
        await document(exchange, "<copyright>A & B</copyright>", item)

    async with FaultServer() as server:
        server.on("/open-tags", open_tags)
        server.on("/slow-parse", slow_parse)
        print(server.url(""), flush=True)
        await asyncio.Event().wait()


def memory(pid: int) -> float:
    """Megabytes of a process and all below it, what they share counted once."""
    total = 0.0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            smaps = Path(f"/proc/{one}/smaps_rollup").read_text()
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has just ended
        total += sum(int(line.split()[1]) for line in smaps.splitlines() if line.startswith("Pss:")) / 1024
    return total


async def once(arrivals: int, base: str | None) -> tuple[list[float], float]:
    """Seconds to the painted row, and the most megabytes; with the hostile feeds of a server or without."""
    most = [0.0]
    more = (
        ""
        if base is None
        else "".join(
            f'[[source]]\nname = "Hostile {number}"\nurl = "{base}{path}"\nevery = "1s"\n\n'
            for number, path in enumerate(WORST)
        )
    )

    async def beside(pid: int, store: Reader) -> None:
        while True:
            most[0] = max(most[0], await asyncio.to_thread(memory, pid))
            if base is not None:
                await asyncio.to_thread(store.ask_poll, [f"Hostile {number}" for number in range(len(WORST))])
            await asyncio.sleep(AGAIN)

    with tempfile.TemporaryDirectory() as folder:
        rows, _ = await measure(arrivals, Path(folder), keys=b"", more=more, beside=beside)
    return rows, most[0]


async def main(arrivals: int) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.neighbours", "serve", stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert server.stdout is not None
    try:
        base = (await server.stdout.readline()).decode().strip()
        taken: dict[str | None, list[float]] = {None: [], base: []}
        largest = {None: 0.0, base: 0.0}
        for company in (None, base) * ROUNDS:
            times, size = await once(1 + arrivals // ROUNDS, company)
            taken[company] += times[1:]
            largest[company] = max(largest[company], size)
    finally:
        server.terminate()
        await server.wait()
    print(f"{len(taken[base])} arrivals each, load {os.getloadavg()[0]:.1f}")
    print(f"{'milliseconds to the painted row':<36}{'p50':>8}{'p99':>8}{'most':>8}{'MB':>8}")
    for name, company in (("healthy feeds alone", None), ("beside ten hostile ones", base)):
        figures = [share(taken[company], 0.5), share(taken[company], 0.99), 1000 * max(taken[company])]
        print(f"{name:<36}" + "".join(f"{figure:>8.1f}" for figure in [*figures, largest[company]]))
    slower = share(taken[base], 0.99) / share(taken[None], 0.99)
    larger = largest[base] - largest[None]
    print(f"p99 × {slower:.2f} (asked ≤ {MOST_SLOWER}), {larger:+.1f} MB (asked ≤ +{MOST_LARGER:.0f})")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 240))
