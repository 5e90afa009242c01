"""The desk in a real pty: first frame beside Textual's own minimal app, and key to paint with few and many rows.

    python -m bench.desk [--runs 9] [--keys 150] [--stories 10000]

Everything is measured from outside, by the bytes that reach the terminal; what is compared runs interleaved.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = (50, 160)
CACHE = str(Path(tempfile.gettempdir()) / "wirewatch-bench-pyc")

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("the first frame is here", markup=False)
Minimal().run()
"""

ROWS = """
import sys
from tests.desk_double import MemoryStore, story
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.screens import desk as desks
desks.FIRST_PAGE = int(sys.argv[1])
store = MemoryStore(story(number) for number in range(desks.FIRST_PAGE))
desk = desks.Desk(Config(desk=DeskSettings(mark_read_after=None)), store.reader)
desk.run()
desk.backstage.stop()
"""

MODULES = """
import json, sys
from pathlib import Path
from wirewatch import cli
from wirewatch.screens.desk import Desk
def painted(self):
    found = Path(sys.argv[1])
    found.with_suffix(".part").write_text(json.dumps(sorted(sys.modules)))
    found.with_suffix(".part").rename(found)
    self.exit()
Desk._after_first_paint = painted
cli.main(["--config", sys.argv[2], "--data", sys.argv[3]])
"""


class Terminal:
    """A program in a pty of its own."""

    def __init__(self, command: list[str]) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(ROOT)
            # An installed wirewatch is compiled; so is this one, in a place of its own, after the run that warms up.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            os.environ.update(
                TERM="xterm-256color", COLORTERM="truecolor", PYTHONPATH=str(ROOT), PYTHONPYCACHEPREFIX=CACHE
            )
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execv(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.seen = b""

    def until(self, marker: bytes, timeout: float = 60.0) -> float:
        """Seconds from the start until these bytes were written to the terminal."""
        end = time.perf_counter() + timeout
        while marker not in self.seen:
            if time.perf_counter() > end:
                raise TimeoutError(f"{marker!r} never came; the end of what did: {self.seen[-300:]!r}")
            self.read(1.0)
        return time.perf_counter() - self.started

    def cpu(self) -> float:
        """Seconds of processor time that the program has used; what a busy machine can't falsify."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def read(self, timeout: float) -> bytes:
        """What is written within a time, at the first writing."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return b""
        try:
            found = os.read(self.fd, 1 << 16)
        except OSError:
            found = b""
        self.seen = (self.seen + found)[-(1 << 18) :]
        return found

    def settle(self, quiet: float) -> None:
        """Reads until nothing has been written for a while."""
        while self.read(quiet):
            pass

    def key(self, key: bytes) -> float:
        """Seconds from a key to the first byte that answers it."""
        self.settle(0.03)
        begun = time.perf_counter()
        os.write(self.fd, key)
        if not self.read(5.0):
            raise TimeoutError(f"no answer to {key!r}")
        return time.perf_counter() - begun

    def close(self) -> None:
        """Ends the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        end = time.perf_counter() + 5
        while time.perf_counter() < end:
            self.read(0.05)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def fill(data: Path, count: int) -> None:
    """A store with stories, written as the engine would."""
    from tests.desk_double import placed, story
    from wirewatch import store
    from wirewatch.model import SourceState
    from wirewatch.store.contract import Outcome

    writer = store.open_writer(data)
    writer.claim("bench")
    for start in range(0, count, 500):
        stories = [story(number) for number in range(start, min(start + 500, count))]
        items = tuple(placed(one) for one in stories)
        writer.complete(
            Outcome(
                SourceState("Harbour News", state="ok"),
                items,
                {one.item.id: (f"g:{one.item.id}",) for one in items},
                {one.item.id: one.item.id for one in items},
                tuple(stories),
            )
        )
    while writer.index_some():
        pass
    writer.release()
    writer.close()


def first_frames(runs: int, count: int) -> None:
    """First frame with stored stories, beside the minimal app."""
    with tempfile.TemporaryDirectory() as directory:
        data, config = Path(directory) / "data", Path(directory) / "config.toml"
        config.write_text(
            '[[source]]\nname = "Harbour News"\nurl = "http://127.0.0.1:9/"\n[store]\nkeep_days = 36500\n',
            encoding="utf-8",
        )
        fill(data, count)
        desk = [sys.executable, "-m", "wirewatch", "--config", str(config), "--data", str(data)]
        minimal = [sys.executable, "-c", MINIMAL]
        times: dict[str, list[float]] = {"minimal": [], "desk": []}
        cpu: dict[str, list[float]] = {"minimal": [], "desk": []}
        for run in range(runs + 1):
            for name, command, marker in (
                ("minimal", minimal, b"the first frame is here"),
                ("desk", desk, f"Story number {count - 1}".encode()),
            ):
                terminal = Terminal(command)
                try:
                    taken, used = terminal.until(marker), terminal.cpu()
                finally:
                    terminal.close()
                if run:  # the first of each warms the disk's cache
                    times[name].append(taken)
                    cpu[name].append(used)
        low, high = (statistics.median(times[name]) for name in ("minimal", "desk"))
        print(f"first frame, {count:,} stored stories, median of {runs}, interleaved")
        cpu_low, cpu_high = (statistics.median(cpu[name]) for name in ("minimal", "desk"))
        least = {name: min(times[name]) * 1000 for name in times}
        print(f"  Textual's minimal app {low * 1000:7.0f} ms   (min {least['minimal']:.0f}, CPU {cpu_low * 1000:.0f})")
        print(f"  the desk              {high * 1000:7.0f} ms   (min {least['desk']:.0f}, CPU {cpu_high * 1000:.0f})")
        ratios = f"{high / low:.2f}, of CPU {cpu_high / cpu_low:.2f}, of minima {least['desk'] / least['minimal']:.2f}"
        print(f"  ratio {ratios}   (target at most 1.3)")
        _modules(Path(directory), config, data)


def _modules(directory: Path, config: Path, data: Path) -> None:
    found = directory / "modules.json"
    terminal = Terminal([sys.executable, "-c", MODULES, str(found), str(config), str(data)])
    end = time.perf_counter() + 30
    while not found.exists() and time.perf_counter() < end:
        terminal.read(0.1)
    terminal.close()
    modules = json.loads(found.read_text(encoding="utf-8"))
    tops = sorted({name.split(".")[0] for name in modules} - set(sys.stdlib_module_names))
    print(f"  modules loaded at the first frame: {len(modules)}; beside the standard library: {', '.join(tops)}")
    heavy = [name for name in ("httpx", "httpcore", "feedparser", "rapidfuzz", "selectolax") if name in modules]
    print(f"  of httpx, httpcore, feedparser, rapidfuzz, selectolax: {', '.join(heavy) or 'none'}")


def keys(presses: int) -> None:
    """Key to paint with a thousand and a hundred thousand rows, in turns."""
    counts = (1_000, 100_000)
    terminals = {}
    for count in counts:
        terminals[count] = Terminal([sys.executable, "-c", ROWS, str(count)])
    taken: dict[int, list[float]] = {count: [] for count in counts}
    try:
        for count, terminal in terminals.items():
            terminal.until(f"Story number {count - 1}".encode())
        time.sleep(1.5)
        for press in range(presses + 10):
            for count, terminal in terminals.items():
                seconds = terminal.key(b"j")
                if press >= 10:
                    taken[count].append(seconds)
    finally:
        for terminal in terminals.values():
            terminal.close()
    print(f"key to first byte painted, {presses} presses of j each, in turns (ms)")
    figures = {}
    for count in counts:
        ordered = sorted(taken[count])
        figures[count] = [ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.95)]
        print(f"  {count:>7,} rows   p50 {figures[count][0]:5.1f}   p95 {figures[count][1]:5.1f}")
    ratios = [many / few for few, many in zip(figures[counts[0]], figures[counts[1]], strict=True)]
    print(f"  ratio p50 {ratios[0]:.2f}, p95 {ratios[1]:.2f}   (target at most 1.2)")


def main() -> None:
    """Runs both and prints tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--only", choices=("frames", "keys"))
    given = parser.parse_args()
    print(f"python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if given.only != "keys":
        first_frames(given.runs, given.stories)
    if given.only != "frames":
        keys(given.keys)


if __name__ == "__main__":
    main()
