"""What a real terminal gets for an alert: bell, title and notification as whole sequences, and its old title back."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

from tests.test_faults_desk import Terminal, terminal  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NASTY = "Dam breaks\x1b]0;pwned\x07;notify;\x9d4;1;50\x9c\u202e\r\n[/x] above Vestmark"
ALERTS = f"""
import signal, time
from wirewatch.model import Alert
def alert(*_):
    channels = ("bell", "title", "desktop")
    store.alert(Alert(0, time.time(), "new", "told", {NASTY!r}, source="Kestrel; x", channels=channels))
signal.signal(signal.SIGUSR1, alert)
"""
OURS = re.compile(rb"\x1b\](?:2|777);[^\x00-\x1f\x7f]*\x1b\\|\x1b\[2[23];2t")
"""Titles and notifications, each begun and ended once."""


def test_an_alert_rings_marks_the_title_and_asks_for_a_notification_and_a_feeds_bytes_end_none_of_it(
    tmp_path: Path,
    terminal: list[Terminal],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    for name in ("TMUX", "STY", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    one = Terminal(tmp_path, ALERTS)
    terminal.append(one)
    one.until("Story number 299")
    one.settle()
    since = len(one.written)
    os.kill(one.process.pid, signal.SIGUSR1)
    one.until(" 1 ALERT ", since=since)
    one.settle()
    told = bytes(one.written[since:])
    assert b"\x07" in told
    assert OURS.findall(told) == [
        b"\x1b[22;2t",
        b"\x1b]2;(1) wirewatch\x1b\\",
        b"\x1b]777;notify;ALERT Kestrel, x;Dam breaks]0,pwned,notify,4,1,50 [/x] above Vestmark\x1b\\",
    ]
    assert b"pwned\x07" not in told
    one.press(b"q")
    assert one.wait() == 0
    assert OURS.findall(bytes(one.written[since:]))[-2:] == [b"\x1b]2;\x1b\\", b"\x1b[23;2t"]
