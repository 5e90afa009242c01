"""The terminal's part of the fault specification: the desk in a real pty, and every byte it writes there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk_double import MemoryStore, desk, feed_rows, placed, running, story, until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]

HOSTILE = {
    100: "A\x1b[31mB\x1b[2JC fault100",
    101: "A\x1b]0;pwned\x07B\x1b]2;pwned\x1b\\C fault101",
    102: "A\x1b]8;;http://evil.example\x07click\x1b]8;;\x07 fault102",
    103: "A\x1b]52;c;ZXZpbA==\x07B fault103",
    104: "A\x1bPq#0\x1b\\B\x1b_apc\x1b\\C\x1b^pm\x1b\\D fault104",
    105: "A\x1bcB\x1b[?1049lC\x1b[?25lD\x1b#8 fault105",
    106: "A\x9b31mB\x9d0;pwned\x9cC\x90q\x9cD\x85E fault106",
    107: "A\x1b]0;never ended fault107",
    108: "A\x00B\x7fC\x08\x08D\rE\x0bF\x0cG\x07H fault108",
    109: "A\u202eB\u202dC\u202cD\u200eE\u200fF\u061cG fault109",
    110: "A\u2066B\u2067C\u2068D\u2069E fault110",
    111: "A\u200bB\u2060C\ufeffD\u00adE\U000e0041\U000e007fF\u180eG fault111",
    112: "A" + "\u0301\u0335\u0489" * 40 + "B fault112",
    113: "A\ud800B\udfffC\ufffeD\uffffE fault113",
    114: "[/x] [@click=app.quit]q[/] [link=x] [EXCLUSIVE] $var [$5bn] \\ fault114",
    115: "x" * 1_000_000 + "\n" * 100_000 + " fault115",
    116: "習近平訪問モスクワ👨‍👩‍👧🇷🇺⚡️한국" * 9 + " fault116",
}

PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.desk_double import MemoryStore, placed, story
from wirewatch.app import run
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import Source
store = MemoryStore(story(number) for number in range(300))
engine = None
{more}
config = Config(sources=(Source("Harbour News", "https://x.example/"),), desk=DeskSettings(mark_read_after=None))
sys.exit(run(config, Path({data!r}), open_reader=store.reader, engine=engine))
"""

CONTROL = re.compile(
    r"\x1b\[\?(?:1049|1000|1003|1015|1006|1016|25|1004|2004|7|2026|2048)[hl]"
    r"|\x1b\[>\d+u|\x1b\[<u|\x1b\[\?(?:2026|2048)\$p|\x1b\[\d*(?:;\d*)?H|\x1b\[[\d;]*m|\x1b\]22;[a-z]+(?:\x07|\x1b\\)"
    r"|[\r\n]"
)
"""All that the desk itself has to say to a terminal besides text."""


class Terminal:
    """The desk in a pty of its own, everything that it writes, and a way to press keys."""

    def __init__(
        self, data: Path, more: str = "", *, columns: int = 200, rows: int = 45, errors: Path | None = None
    ) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        program = PROGRAM.format(root=str(ROOT), data=str(data), more=more)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"}
        with contextlib.ExitStack() as stack:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "utf8", "-c", program],
                stdin=self.slave,
                stdout=self.slave,
                stderr=stack.enter_context(errors.open("wb")) if errors is not None else self.slave,
                start_new_session=True,
                env=environment,
                cwd=ROOT,
            )
        self.written = bytearray()

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, timeout: float = 0.0) -> bool:
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        with contextlib.suppress(OSError):
            self.written += os.read(self.master, 1 << 16)
            return True
        return False

    def until(self, text: str, *, since: int = 0) -> int:
        """Reads until this is on the terminal; where what was written then ends."""
        end = time.monotonic() + 60
        while text not in plain(self.written[since:]):
            assert self.process.poll() is None, plain(self.written[-3000:])
            assert time.monotonic() < end, f"{text!r} never came"
            self.read(0.2)
        return len(self.written)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def settle(self) -> None:
        while self.read(0.15):
            pass

    def wait(self) -> int:
        """Reads until the desk has ended; its exit code."""
        end = time.monotonic() + 30
        while self.process.poll() is None:
            assert time.monotonic() < end, "the desk doesn't end"
            self.read(0.05)
        while self.read(0.05):
            pass
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(fd)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[list[Terminal]]:
    """A list for terminals that are to be closed."""
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.close()


def plain(written: bytes | bytearray) -> str:
    """What was written, without what the desk itself says to the terminal."""
    return CONTROL.sub("", written.decode("utf-8", "replace"))


def strangers(written: bytes | bytearray) -> set[str]:
    """Characters on the terminal that neither the desk nor clean text accounts for."""
    text = CONTROL.sub("", written.decode("utf-8"))
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """Everything that a desk wrote whose store holds hostile text that no sanitiser has seen, in every field."""
    more = r"""
from tests.test_faults_desk import HOSTILE
from msgspec.structs import replace
from wirewatch.model import Flag, SourceState, Take
for number, text in HOSTILE.items():
    text = text[-20_000:]
    flags = ("exclusive", "keyword:" + text[:40])
    one = story(number * 1000, text, source=text[:60], flags=flags, url="https://x.example/" + text[:30])
    store.stories[one.id] = one
    hit = Flag("keyword:" + text[:40], text[:40], "headline", 0, 1, text[:40])
    more = dict(byline=text[:120], ednote=text[:200], dateline=text[:90], why=(text[:90],), match="x")
    store.items[one.id] = [placed(one, flags=(hit,), summary=text, body=text + "\n\n" + text, **more)]
    store.takes[one.lead] = (Take(1, one.first_seen, text, text),)
    store.sources[text[:60]] = SourceState(text[:60], state="failing", reason=text[:200], last_attempt=4e9)
class Engine:
    notices = [text[:300] for text in HOSTILE.values()]
    def start(self): pass
    def stop(self): pass
    def poll(self): return self.notices.pop() if self.notices else None
engine = Engine()
"""
    one = Terminal(tmp_path_factory.mktemp("hostile"), more)
    try:
        one.until("fault114")
        for _ in HOSTILE:
            one.settle()
            one.press(b"\r" + b"G" + b"\x1b[5~" + b"g\x1b")
            one.settle()
            one.press(b"j")
        one.press(b"S")
        one.settle()
        one.press(b"\x1b")
        one.settle()
        one.press(b"/fault\r")
        one.settle()
        one.press(b"q")
        assert one.wait() == 0
        yield bytes(one.written)
    finally:
        one.close()


def literal(written: bytes, *parts: str) -> None:
    text = plain(written)
    for part in parts:
        assert part in text


def test_fault_100_csi_in_text_never_reaches_the_terminal(hostile: bytes) -> None:
    assert not strangers(hostile)
    literal(hostile, "A[31mB[2JC fault100")


def test_fault_101_a_window_title_in_text_is_not_set(hostile: bytes) -> None:
    assert b"\x1b]0" not in hostile
    assert b"\x1b]2;" not in hostile
    literal(hostile, "A]0;pwnedB]2;pwned\\C fault101")


def test_fault_102_a_hyperlink_in_text_is_not_one(hostile: bytes) -> None:
    assert b"\x1b]8" not in hostile


def test_fault_103_text_does_not_write_the_clipboard(hostile: bytes) -> None:
    assert b"\x1b]52" not in hostile


def test_fault_104_device_control_strings_are_shown_not_sent(hostile: bytes) -> None:
    assert not re.search(rb"\x1b[P_^X]", hostile)


def test_fault_105_text_neither_resets_nor_switches_the_terminal(hostile: bytes) -> None:
    assert b"\x1bc" not in hostile
    assert b"\x1b#" not in hostile
    assert hostile.count(b"\x1b[?1049l") == 1


def test_fault_106_c1_controls_never_reach_the_terminal(hostile: bytes) -> None:
    assert not any("\x80" <= char <= "\x9f" for char in hostile.decode("utf-8"))


def test_fault_107_an_unterminated_sequence_swallows_nothing(hostile: bytes) -> None:
    literal(hostile, "A]0;never ended fault107")


def test_fault_108_nul_delete_backspace_and_return_are_gone(hostile: bytes) -> None:
    assert not set(b"\x00\x7f\x08\x0b\x0c") & set(hostile)


def test_fault_109_bidi_overrides_are_gone(hostile: bytes) -> None:
    assert not set("\u202a\u202b\u202c\u202d\u202e\u200e\u200f\u061c") & set(hostile.decode("utf-8"))


def test_fault_110_isolates_are_gone(hostile: bytes) -> None:
    assert not set("\u2066\u2067\u2068\u2069") & set(hostile.decode("utf-8"))


def test_fault_111_invisible_characters_are_gone(hostile: bytes) -> None:
    assert not set("\u200b\u2060\ufeff\u00ad\u180e\U000e0041\U000e007f") & set(hostile.decode("utf-8"))


def test_fault_112_stacked_marks_break_no_column(hostile: bytes) -> None:
    assert "fault112" in plain(hostile) or "B fault" in plain(hostile)


def test_fault_113_surrogates_and_noncharacters_do_not_end_the_desk(hostile: bytes) -> None:
    literal(hostile, "ABCDE fault113")


def test_fault_114_markup_is_shown_as_it_is(hostile: bytes) -> None:
    literal(hostile, HOSTILE[114])


async def test_fault_115_a_token_of_a_megabyte_is_laid_out_in_bounded_lines() -> None:
    one = story(500, HOSTILE[115])
    store = MemoryStore([*(story(number) for number in range(20)), one])
    store.items[one.id] = [placed(one, summary="y" * 200_000, body="\n" * 100_000 + "z" * 1_000_000)]
    app = desk(store)
    async with running(app) as pilot:
        await until(pilot, lambda: app.dashboard.detail.page is not None)
        page = app.dashboard.detail.page
        assert max(sum(len(text) for text, _ in line) for line in page.lines) <= page.width
        assert len(feed_rows(app)[0]) < 200
        await pilot.press("j")
        assert app.dashboard.feed.cursor_row == 1


@pytest.mark.parametrize("columns", [40, 41, 80, 81, 120, 121])
async def test_fault_116_what_stands_right_of_wide_text_keeps_its_column(columns: int) -> None:
    wide = [story(500 + number, HOSTILE[116][number:], outlets=7) for number in range(12)]
    app = desk(MemoryStore([*wide, *(story(number, outlets=7) for number in range(30))]))
    async with running(app, (columns, 40)):
        feed = app.dashboard.feed
        width = feed.scrollable_content_region.width
        for y in range(feed.height):
            strip = feed.render_line(y)
            assert strip.cell_length == width
            if strip.text.strip():
                assert strip.crop(width - 2, width).text == "×7"
            assert not re.search("[\u200d\ufe0f\U0001f1e6-\U0001f1ff]", strip.text)


@pytest.mark.parametrize(("columns", "rows"), [(20, 5), (1, 1), (5, 3), (300, 4)])
async def test_fault_117_any_size_of_terminal_shows_the_newest_story(columns: int, rows: int) -> None:
    app = desk(MemoryStore(story(number) for number in range(100)))
    async with running(app, (columns, rows)) as pilot:
        for key in ("j", "enter", "escape", "G", "g", "question_mark", "escape", "S", "escape"):
            await pilot.press(key)
        assert app.dashboard.feed.cursor_story.id == story(99).id


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_fault_117_a_storm_of_resizes_leaves_the_desk_whole(
    tmp_path: Path, terminal: list[Terminal], monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    one = Terminal(tmp_path, columns=20, rows=5)
    terminal.append(one)
    one.until("LIVE")
    chance = random.Random(5)
    for _ in range(150):
        one.resize(chance.randrange(1, 250), chance.randrange(1, 80))
        one.read(0.005)
    one.settle()
    since = len(one.written)
    one.resize(100, 30)
    one.until("Story number 299", since=since)
    one.press(b"q")
    assert one.wait() == 0
    assert not strangers(one.written)


RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l")


def assert_restored(one: Terminal) -> None:
    for sequence in RESTORED:
        assert sequence in one.written
    assert termios.tcgetattr(one.slave) == one.before


@pytest.mark.parametrize(
    ("how", "code"), [("q", 0), ("ctrl+c", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_fault_132_the_terminal_is_restored_however_the_desk_ends(
    how: str | signal.Signals, code: int, tmp_path: Path, terminal: list[Terminal]
) -> None:
    one = Terminal(tmp_path)
    terminal.append(one)
    one.until("Story number 299")
    one.settle()
    if isinstance(how, signal.Signals):
        one.process.send_signal(how)
    else:
        one.press(b"q" if how == "q" else b"\x03")
    assert one.wait() == code
    assert_restored(one)


def test_the_desk_is_drawn_on_the_terminal_wherever_standard_error_goes(
    tmp_path: Path, terminal: list[Terminal]
) -> None:
    one = Terminal(tmp_path, errors=tmp_path / "errors")
    terminal.append(one)
    one.until("Story number 299")
    one.settle()
    one.press(b"q")
    assert one.wait() == 0
    assert_restored(one)
    assert (tmp_path / "errors").read_bytes() == b""


def test_fault_132_a_terminal_that_stopped_reading_cannot_keep_the_desk_alive(
    tmp_path: Path, terminal: list[Terminal]
) -> None:
    one = Terminal(tmp_path)
    terminal.append(one)
    one.until("Story number 299")
    one.settle()
    for _ in range(60):
        one.press(b"G" + b"g")
        time.sleep(0.02)  # nothing to wait for: the point is that nobody reads what is written
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(20) == 143
    assert termios.tcgetattr(one.slave) == one.before


def test_fault_132_a_closed_terminal_ends_the_desk(tmp_path: Path, terminal: list[Terminal]) -> None:
    one = Terminal(tmp_path, more="import signal; signal.signal = lambda *a, _s=signal.signal: _s(*a)")
    terminal.append(one)
    one.until("Story number 299")
    os.close(one.slave)
    os.close(one.master)
    assert one.process.wait(20) != 0


def test_fault_132_marks_made_just_before_the_end_are_written(tmp_path: Path, terminal: list[Terminal]) -> None:
    more = f"""
import atexit
atexit.register(lambda: Path({str(tmp_path / "marks")!r}).write_text(repr(store.marks)))
"""
    one = Terminal(tmp_path, more)
    terminal.append(one)
    one.until("Story number 299")
    one.settle()
    one.press(b"sq")
    assert one.wait() == 0
    assert "True" in (tmp_path / "marks").read_text()


def test_fault_135_nothing_but_the_desk_writes_to_its_terminal(tmp_path: Path, terminal: list[Terminal]) -> None:
    more = r"""
import logging, threading, warnings
def noise():
    print("LEAK print")
    print("LEAK stderr", file=sys.stderr)
    logging.getLogger("wirewatch.noise").warning("LEAK log")
    logging.getLogger("elsewhere").error("LEAK other log")
    warnings.warn("LEAK warning", stacklevel=1)
    threading.Thread(target=lambda: 1 / 0, name="LEAK").start()
class Engine:
    calls = 0
    def start(self): noise()
    def stop(self): pass
    def poll(self):
        Engine.calls += 1
        if Engine.calls == 1:
            noise()
            raise RuntimeError("LEAK engine")
        return "all quiet" if Engine.calls == 3 else None
engine = Engine()
"""
    one = Terminal(tmp_path, more)
    terminal.append(one)
    one.until("all quiet")
    one.press(b"q")
    assert one.wait() == 0
    assert b"LEAK" not in one.written
    assert b"Traceback" not in one.written
    log = (tmp_path / "desk.log").read_text()
    assert "LEAK other log" in log
    assert (tmp_path / "desk.log").stat().st_mode & 0o077 == 0
