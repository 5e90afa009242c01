"""Kill -9 of desk, engine and parser worker at random under load: nothing acknowledged is lost, nothing is double.

`WIREWATCH_KILL_ALL=300` sets how many kills, `WIREWATCH_KILL_SEED` which; the suite has a few.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.feedfarm import FeedFarm
from tests.eventually import eventually
from tests.test_kill_engine import stored
from wirewatch.errors import StoreError
from wirewatch.store import check, open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = int(os.environ.get("WIREWATCH_KILL_ALL", "9"))
SEED = int(os.environ.get("WIREWATCH_KILL_SEED", "5"))
ROOT = Path(__file__).resolve().parents[1]

PROGRAM = """
import sys
from pathlib import Path
from wirewatch.commands import desk
desk.RESTART_AFTER = (0.05,)  # or the pauses between restarts would be most of the test
sys.exit(desk.open_desk(Path({config!r}), Path({data!r})))
"""


def children(pid: int) -> dict[int, str]:
    """The living children of a process with their command lines."""
    found = {}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                with contextlib.suppress(OSError):
                    found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def code_of_now(folder: Path) -> Path:
    """Where a copy of the code is: what is started in half an hour must be what is started now, not what is edited."""
    copy = folder / "code"
    shutil.copytree(ROOT / "wirewatch", copy / "wirewatch", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


class DeskProcess:
    """The real desk in a pty of its own, with the engine and the worker that it starts."""

    def __init__(self, config: Path, data: Path, code: Path) -> None:
        self._program = PROGRAM.format(config=str(config), data=str(data))
        self._code = code
        self.process: subprocess.Popen[bytes] | None = None
        self._master = -1

    def start(self) -> None:
        """Starts it; what it writes is read and thrown away."""
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", self._program],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "LINES": "30", "COLUMNS": "100"},
            cwd=self._code,
        )
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._drain, self._master)

    def _drain(self, master: int) -> None:
        try:
            done = not os.read(master, 1 << 16)
        except OSError:  # a terminal that nobody has open any more
            done = True
        if done:
            asyncio.get_running_loop().remove_reader(master)

    @property
    def engine(self) -> int | None:
        """The engine's process id, while there is one."""
        assert self.process is not None
        return next((pid for pid, line in children(self.process.pid).items() if " poll" in line), None)

    @property
    def worker(self) -> int | None:
        """The parser worker's."""
        engine = self.engine
        found = children(engine) if engine else {}
        return next((pid for pid, line in found.items() if "engine.worker" in line), None)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def quit(self) -> int:
        """Ends it as a user does; its exit code."""
        assert self.process is not None
        os.write(self._master, b"q")
        return self.process.wait(20)


@contextlib.contextmanager
def ended(desk: DeskProcess) -> Iterator[None]:
    """Leaves no process behind."""
    try:
        yield
    finally:
        if desk.process is not None and desk.process.poll() is None:
            desk.kill()


def victim(desk: DeskProcess, whom: str) -> int | None:
    """The process to be killed, once it is there."""
    return {"desk": lambda: desk.process and desk.process.pid, "engine": lambda: desk.engine}.get(
        whom, lambda: desk.worker
    )()


def told(farm: FeedFarm, desk: DeskProcess, data: Path) -> str:
    """What may be wrong: who lives, which items are missing, how their sources stand, what the engine's log says."""
    assert desk.process is not None
    now = time.time()
    lines = [f"desk {desk.process.pid} ({desk.process.poll()}), engine {desk.engine}, worker {desk.worker}"]
    with contextlib.closing(open_reader(data)) as reader:
        lines += [f"polled by {reader.engine()}, last change {reader.last_seq()}"]
        missing, states = farm.guids() - set(stored(reader)), reader.states()
    for feed in range(len(farm.feeds)):
        guids = sorted(guid for guid in missing if guid.startswith(f"urn:farm:{feed}:"))
        state = states.get(f"Farm {feed}")
        if guids:
            lines += [f"Farm {feed}, which serves {farm.etag(feed)}: {' '.join(guids)} never arrived"]
        if guids and state is not None:
            moments = {"asked": state.last_attempt, "answered": state.last_success, "next": state.next_poll}
            lines += [f"  {state.state}, {state.etag}, {state.failures} failures: {state.reason}; {state.next_why}"]
            lines += [f"  {name} {moment - now:+.1f} s" for name, moment in moments.items() if moment is not None]
    for name in ("engine.stderr", "engine.log"):
        if (data / name).exists():
            lines += [f"-- {name}", *(data / name).read_text(errors="replace").splitlines()[-60:]]
    return "\n".join(lines)


@contextlib.contextmanager
def explained(farm: FeedFarm, desk: DeskProcess, data: Path) -> Iterator[None]:
    """A failure explains itself."""
    try:
        yield
    except AssertionError as error:
        error.add_note(told(farm, desk, data))
        raise


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
async def test_the_processes_are_those_of_the_copy_and_a_failure_explains_itself(tmp_path: Path) -> None:
    code, data, seen = code_of_now(tmp_path), tmp_path / "data", tmp_path / "seen"
    seen.mkdir()
    with (code / "wirewatch" / "errors.py").open("a") as module:
        module.write(f"\nimport os\nopen({str(seen)!r} + f'/{{os.getpid()}}', 'w').close()\n")
    async with FeedFarm(feeds=2, items=1) as farm:
        config = tmp_path / "config.toml"
        config.write_text(farm.config())
        desk = DeskProcess(config, data, code)
        with ended(desk):
            desk.start()
            for whom in ("desk", "engine", "worker"):
                await eventually(lambda whom=whom: (seen / str(victim(desk, whom))).exists(), why=f"no such {whom}")
            with contextlib.closing(open_reader(data)) as reader:
                await eventually(lambda: set(stored(reader)) >= farm.guids())
            assert desk.quit() == 0
        new = farm.publish_in(1)
        with pytest.raises(AssertionError) as failure, explained(farm, desk, data):
            await eventually(lambda: False, within=0)
    (note,) = failure.value.__notes__
    assert f"Farm 1, which serves {farm.etag(1)}: {new} never arrived" in note
    assert "Farm 0" not in note
    assert "engine None" in note
    assert "engine begins" in note


@pytest.mark.slow
@pytest.mark.timeout(120 + 10 * KILLS)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
async def test_killing_desk_engine_and_worker_at_random_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    data = tmp_path / "data"
    killed: Counter[str] = Counter()
    acknowledged: set[str] = set()
    async with FeedFarm(feeds=20, items=10) as farm:
        config = tmp_path / "config.toml"
        config.write_text(farm.config(every="1s"))
        desk = DeskProcess(config, data, code_of_now(tmp_path))
        with ended(desk), explained(farm, desk, data):
            desk.start()
            await eventually((data / "wirewatch.sqlite").exists)
            reader = open_reader(data)
            with contextlib.closing(reader):
                for number in range(KILLS):
                    farm.publish(15)
                    before = reader.last_seq()
                    reader.ask_poll(["*"])  # a source whose document was with a killed worker is left alone for an hour
                    await eventually(
                        lambda seen=before: reader.last_seq() > seen, why=f"nothing was written after {dict(killed)}"
                    )
                    if number % 10 == 0 or KILLS < 20:
                        acknowledged |= set(stored(reader))
                    whom = (
                        ("desk", "engine", "worker")[number % 3]
                        if KILLS < 20
                        else dice.choice(("desk", "engine", "worker"))
                    )
                    await asyncio.sleep(dice.random() * 0.4)  # at random is what is tested
                    pid: list[int | None] = [None]

                    def there(whom: str = whom, pid: list[int | None] = pid) -> bool:
                        pid[0] = victim(desk, whom)
                        return pid[0] is not None

                    await eventually(there, why=f"no {whom} to kill after {dict(killed)}")
                    assert pid[0] is not None
                    if whom == "desk":
                        desk.kill()
                        desk.start()
                    else:
                        with contextlib.suppress(ProcessLookupError):  # its parent was faster
                            os.kill(pid[0], signal.SIGKILL)
                    killed[whom] += 1
                farm.publish(5)

                after: Counter[str] = Counter()

                def all_there() -> bool:
                    with contextlib.suppress(StoreError):
                        reader.ask_poll(["*"])
                    after.clear()
                    after.update(stored(reader))
                    return set(after) >= farm.guids()

                with contextlib.suppress(AssertionError):
                    await eventually(all_there, within=120)  # 5 s it takes, 15 s on a machine five times overloaded
                after.clear()
                after.update(stored(reader))  # while news comes in, stories may become one between two looks
                assert farm.guids() - set(after) == set(), f"never arrived after {dict(killed)}"
                assert acknowledged <= set(after)
                assert [guid for guid, times in after.items() if times > 1] == []
            assert desk.quit() == 0
    assert check(data) == []
    assert killed.total() == KILLS
    print(f"\nkilled {dict(killed)}: {len(after)} items, 0 lost, 0 double")
