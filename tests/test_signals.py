"""What is sent to the terminal for an alert: sequences that no feed can end, begin or bend (FAULTS 100-117)."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch.widgets.signals import notification, passed_through, plain, protocol, window_title

WAYS = ("osc9", "osc777", "osc99")
ONE = re.compile(r"\x1b\][^\x00-\x1f\x7f-\x9f]*\x1b\\")
"""A sequence: begun once, ended once, printable in between."""
NASTY = "Ferry\x1b]0;pwned\x07 \x9b31m\x9d\x9c\u202ekcab\x00\r\n;;notify;\\\x1b\\[/b] 4;1;50 \U000e0041 é 渡 🚢"
hostile = st.text(st.characters() | st.sampled_from("\x1b\x07\x9c\x9d\\];\r\n\u202e"))


@pytest.mark.parametrize("way", WAYS)
@settings(deadline=None)
@given(title=hostile, body=hostile)
def test_whatever_a_feed_says_a_notification_is_whole_sequences_and_nothing_else(
    way: str, title: str, body: str
) -> None:
    sent = notification(way, title, body, number=7)
    assert ONE.sub("", sent) == ""
    assert len(ONE.findall(sent)) == (2 if way == "osc99" else 1)
    assert len(sent) < 2500


@settings(deadline=None)
@given(hostile)
def test_a_window_title_is_one_sequence(title: str) -> None:
    assert ONE.fullmatch(window_title(title))


def test_osc_777_has_two_fields_whatever_semicolons_there_are() -> None:
    sent = notification("osc777", "ALERT; notify", "one;two;three")
    assert sent == "\x1b]777;notify;ALERT, notify;one,two,three\x1b\\"


def test_osc_9_never_reads_as_a_command_of_a_terminal_that_has_some() -> None:
    assert notification("osc9", "4;1;50", "x").startswith("\x1b]9;wirewatch: ")


def test_osc_99_carries_the_text_as_base64() -> None:
    title, body = re.findall(r";([A-Za-z0-9+/=]*)\x1b\\", notification("osc99", "KILLED Kestrel", NASTY, number=3))
    assert base64.b64decode(title).decode() == "KILLED Kestrel"
    assert base64.b64decode(body).decode() == plain(NASTY, 300)


def test_text_for_the_terminal_is_one_printable_line() -> None:
    assert plain(NASTY, 300).isprintable()
    assert plain("x" * 900, 80) == "x" * 79 + "…"


@pytest.mark.parametrize("way", WAYS)
def test_within_tmux_every_escape_is_doubled_and_the_whole_is_wrapped_once(way: str) -> None:
    inner = notification(way, "ALERT", NASTY)
    sent = passed_through(inner, {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "screen-256color"})
    assert sent == "\x1bPtmux;" + inner.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def test_within_screen_the_sequence_inside_ends_with_a_bell_so_that_it_doesnt_end_what_is_around_it() -> None:
    sent = passed_through(notification("osc99", "ALERT", "x"), {"TERM": "screen"})
    assert re.fullmatch(r"(\x1bP\x1b\][^\x1b\x07]*\x07\x1b\\){2}", sent)
    assert passed_through("", {"TERM": "screen"}) == passed_through("", {"TMUX": "x"}) == ""


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"KITTY_WINDOW_ID": "1", "TERM": "tmux-256color"}, "osc99"),
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"LC_TERMINAL": "iTerm2", "TERM": "screen-256color"}, "osc9"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc777"),
        ({"TERM_PROGRAM": "ghostty"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "xterm-256color"}, "off"),
        ({"TERM": "linux"}, "off"),
        ({"TERM_PROGRAM": "Apple_Terminal", "TERM": "xterm-256color"}, "off"),
        ({}, "off"),
    ],
)
def test_a_terminal_is_asked_in_the_way_that_it_is_known_to_take(environ: dict[str, str], way: str) -> None:
    assert protocol("auto", environ) == way
    assert protocol("osc777", environ) == "osc777"
    assert protocol("off", environ) == "off"
    assert notification("off", "a", "b") == ""
