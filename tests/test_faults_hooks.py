"""FAULTS.md 130: hooks that hang, fail, flood, or are not there hurt nobody."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.eventually import eventually
from tests.test_alerts_engine import Wire, heard, logged, parsed, recorder
from tests.test_engine import running
from wirewatch.config import Config, parse
from wirewatch.engine import programs
from wirewatch.engine.programs import OUTPUT_MOST, Ended, filled, run_program

if TYPE_CHECKING:
    from wirewatch.engine.engine import Engine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
HEADLINE = "URGENT: Dambreak above Vestmark drives thousands from their homes, mayor says"


def ran(code: str, *, stdin: bytes = b"{}", seconds: float = 30.0, stop: threading.Event | None = None) -> Ended:
    """A Python program as a hook."""
    return run_program(
        [sys.executable, "-c", code],
        stdin=stdin,
        environ=dict(os.environ),
        seconds=seconds,
        stop=stop or threading.Event(),
    )


def done(engine: Engine) -> bool:
    """Every alert of the log was handed over, or given up."""
    return not engine._teller._tasks and engine._teller._after == logged(engine.data)[-1].n


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_fault_130_a_hook_that_does_its_work_has_its_output_for_the_log() -> None:
    assert ran("import sys; print('took', sys.stdin.read())", stdin=b'{"v": 1}') == Ended(0, 'took {"v": 1}', None)


def test_fault_130_a_hook_that_fails_says_how() -> None:
    ended = ran("import sys; sys.stderr.write('no such room\\x1b[31m'); sys.exit(3)")
    assert ended == Ended(3, "no such room[31m", "ended with exit code 3: no such room[31m")
    assert ran("import os; os.kill(os.getpid(), 11)").problem == "was killed by signal 11"


def test_fault_130_a_hook_that_isnt_there_says_so(tmp_path: Path) -> None:
    missing = run_program([str(tmp_path / "nothing")], stdin=b"", environ={}, seconds=5, stop=threading.Event())
    assert missing.problem == "can't be started: No such file or directory"


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(1000)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)",
        "import os, time; os.close(0); os.close(1); os.close(2); time.sleep(1000)",
        "while True: print('x' * 100000)",
    ],
    ids=["hangs", "ignores the request to end", "closes its pipes and hangs", "prints for ever"],
)
def test_fault_130_a_hook_that_hangs_is_ended_when_its_time_is_over(code: str) -> None:
    ended = ran(code, seconds=0.3)
    assert ended.problem == "was ended: it took more than 0.3 s"
    assert len(ended.said) <= OUTPUT_MOST


def test_fault_130_what_a_hanging_hook_has_started_is_ended_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"
    code = (
        f"import subprocess, sys, time\np = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"open({str(note)!r}, 'w').write(str(p.pid))\ntime.sleep(1000)"
    )
    stop = threading.Event()
    thread = threading.Thread(target=lambda: ran(code, stop=stop))
    thread.start()
    while not (note.exists() and note.read_text()):
        time.sleep(0.01)
    pid = int(note.read_text())
    assert is_alive(pid)
    stop.set()
    thread.join()
    deadline = time.monotonic() + 30
    while is_alive(pid):
        assert time.monotonic() < deadline, "the hook's child lives on"
        time.sleep(0.01)


def test_fault_130_a_hook_that_leaves_a_child_behind_holding_its_pipes_holds_nobody_up() -> None:
    sleeper = "[sys.executable, '-c', 'import time; time.sleep(1000)']"
    code = f"import subprocess, sys; p = subprocess.Popen({sleeper}); print(p.pid)"
    ended = ran(code)
    assert ended.problem is None
    os.kill(int(ended.said), signal.SIGKILL)


def test_fault_130_a_hook_that_never_reads_or_prints_more_than_anybody_wants_is_no_trouble() -> None:
    assert ran("pass", stdin=b"x" * 5_000_000).problem is None
    ended = ran("import sys; sys.stdout.write('y' * 50_000_000)")
    assert ended.problem is None
    assert len(ended.said) <= OUTPUT_MOST


def test_fault_130_a_headline_sets_no_option_and_is_no_template_itself() -> None:
    fields = {"headline": "--config=/etc/passwd {url}", "url": "https://one.example/", "source": "-x"}
    assert filled(["send", "{headline}", "--to={source}", "{source}{url}", "literal"], fields) == [
        "send",
        " --config=/etc/passwd {url}",
        "--to=-x",
        " -xhttps://one.example/",
        "literal",
    ]


async def test_fault_130_while_hooks_hang_polling_and_alerting_go_on_and_no_more_of_them_run_than_allowed(
    tmp_path: Path,
) -> None:
    gate, at_work = tmp_path / "gate", tmp_path / "at work"
    at_work.mkdir()
    before = (
        f"import time\nmine = os.path.join({str(at_work)!r}, str(os.getpid()))\nopen(mine, 'w').close()\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
    )
    hook, record = recorder(tmp_path, before)
    async with Wire(feeds=3, items=1, now=time.time()) as wire:
        settings = wire.settings(hook + '\nhook_timeout = "60s"\nhook_at_once = 2\nbudget = 60')
        async with running(parsed(settings), tmp_path):
            await eventually(lambda: wire.requests >= 6)
            wire.flood(3)
            await eventually(lambda: len(logged(tmp_path)) >= 9)
            await eventually(lambda: len(list(at_work.iterdir())) == 2)
            asked = wire.requests
            await eventually(lambda: wire.requests >= asked + 6, why="hanging hooks hold polling up")
            assert len(list(at_work.iterdir())) == 2
            assert heard(record) == []
            gate.touch()
            told = sum("hook" in alert.channels for alert in logged(tmp_path))
            await eventually(lambda: len(heard(record)) == told, why="not all alerts reached the hook")
    assert len({call["stdin"] for call in heard(record)}) == told


async def test_fault_130_an_engine_with_a_hanging_hook_ends_at_once_and_takes_the_hook_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    hook, _ = recorder(tmp_path, f"import time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)")
    async with (
        Wire(feeds=1, items=1, now=time.time()) as wire,
        running(parsed(wire.settings(hook + '\nhook_timeout = "60s"')), tmp_path),
    ):
        await eventually(lambda: wire.requests >= 2)
        wire.tell(0, HEADLINE)
        await eventually(lambda: note.exists() and note.read_text())
    assert not is_alive(int(note.read_text()))
    with contextlib.suppress(FileNotFoundError):
        assert "Traceback" not in (tmp_path / "engine.log").read_text()


async def test_fault_130_a_hook_that_fails_is_told_of_once_not_with_every_alert(tmp_path: Path) -> None:
    said: list[str] = []
    async with Wire(feeds=2, items=1, now=time.time()) as wire:
        hook = f'hook = ["{sys.executable}", "-c", "import sys; sys.exit(7)"]\nbudget = 60'
        async with running(parsed(wire.settings(hook)), tmp_path, said=said) as engine:
            await eventually(lambda: wire.requests >= 4)
            wire.flood(4)
            await eventually(lambda: len(logged(tmp_path)) >= 8)
            await eventually(lambda: done(engine))
    assert [sentence for sentence in said if "exit code 7" in sentence] == [
        f"The alert hook {sys.executable} ended with exit code 7."
    ]


async def test_fault_130_a_flood_of_alerts_is_a_budget_of_hooks(tmp_path: Path) -> None:
    hook, record = recorder(tmp_path)
    async with (
        Wire(feeds=5, items=1, now=time.time()) as wire,
        running(parsed(wire.settings(hook + "\nbudget = 3")), tmp_path) as engine,
    ):
        await eventually(lambda: wire.requests >= 10)
        wire.flood(10)
        await eventually(lambda: len(logged(tmp_path)) >= 50)
        await eventually(lambda: done(engine))
    assert len(heard(record)) == 3


def test_fault_130_there_is_no_hook_unless_the_user_writes_one() -> None:
    assert Config().alerts.hook == ()
    assert parse("", file="x").alerts.channels == ("bell", "title")
    assert programs.GRACE < 2
