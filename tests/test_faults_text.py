"""Faults of the terminal section, at the one sanitiser: what goes in hostile comes out as harmless text."""

from __future__ import annotations

import re
import unicodedata

import pytest

from wirewatch import text

ALL = (text.title, text.name, text.message, text.summary, text.body)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def assert_harmless(raw: str, shown: str) -> None:
    for make in ALL:
        out = make(f"before {raw} after")
        assert not CONTROL.search(out)
        assert out == f"before {shown} after".replace("  ", " ")
        assert make(out) == out


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(document.cookie)",
        " JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "file:///etc/passwd",
        "data:text/html;base64,PGI+",
        "vbscript:x",
        "about:blank",
        "--help",
        "-P evil",
        "%action--incognito",
        "https://e.example/\nX-Injected: 1",
        "https://e.example/\r\n--evil",
        "https://e.example\t.evil.example/",
        "https://e.example/\x1b]8;;",
        "https://e.example/\u202egnp.exe"[:0] + "ssh://e.example/",
    ],
)
def test_fault_099_links_that_are_no_web_links_cannot_be_opened(raw: str) -> None:
    assert text.link(raw) is None
    assert not CONTROL.search(text.shown_link(raw))


def test_fault_099_a_link_is_rebuilt_without_spaces_percent_words_or_a_leading_dash() -> None:
    assert text.link("https://e.example/%action --incognito") == "https://e.example/%ACtion%20--incognito"
    assert text.link("https://e.example/%s") == "https://e.example/%25s"
    assert text.link("-P evil", "https://e.example/feed") == "https://e.example/-P%20evil"
    assert text.link("javascript:alert(1)", "https://e.example/feed") is None
    assert text.link("https://e.example/\u202egnp.exe") == "https://e.example/%E2%80%AEgnp.exe"


@pytest.mark.parametrize("raw", ["\x1b[31m", "\x1b[2J", "\x1b[6n", "\x1b[1;1H"])
def test_fault_100_csi_sequences_lose_their_escape(raw: str) -> None:
    assert_harmless(raw, raw[1:])


@pytest.mark.parametrize("raw", ["\x1b]0;owned\x07", "\x1b]2;owned\x1b\\"])
def test_fault_101_window_titles_are_not_set(raw: str) -> None:
    assert_harmless(raw, raw.replace("\x1b", "").replace("\x07", ""))


def test_fault_102_osc_8_makes_no_link() -> None:
    assert_harmless("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "]8;;http://evil.example\\click]8;;\\")


@pytest.mark.parametrize("raw", ["\x1b]52;c;ZXZpbA==\x07", "\x1b]52;c;?\x1b\\"])
def test_fault_103_the_clipboard_is_out_of_reach(raw: str) -> None:
    assert_harmless(raw, raw.replace("\x1b", "").replace("\x07", ""))


@pytest.mark.parametrize("raw", ["\x1bP$q\x1b\\", "\x1b_payload\x1b\\", "\x1b^note\x1b\\", "\x1bX start\x1b\\"])
def test_fault_104_device_strings_are_plain_text(raw: str) -> None:
    assert_harmless(raw, raw.replace("\x1b", ""))


@pytest.mark.parametrize("raw", ["\x1bc", "\x1b[?1049h", "\x1b[?25l", "\x1b[!p", "\x1b#8"])
def test_fault_105_the_terminal_is_not_reset_or_switched(raw: str) -> None:
    assert_harmless(raw, raw[1:])


@pytest.mark.parametrize("code", [0x80, 0x84, 0x8D, 0x90, 0x98, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F])
def test_fault_106_c1_forms_are_dropped(code: int) -> None:
    assert_harmless(f"{chr(code)}31m", "31m")


def test_fault_107_an_unterminated_osc_swallows_nothing() -> None:
    assert_harmless("\x1b]0;the rest of the headline", "]0;the rest of the headline")
    assert_harmless("\x9dthe rest", "the rest")


def test_fault_108_nul_delete_backspace_and_return_go() -> None:
    assert text.title("a\x00b\x7fc\x08d\re") == "abcd e"
    assert text.body("a\x00b\x7fc\x08d\re") == "abcd\ne"


@pytest.mark.parametrize("code", [0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x200E, 0x200F, 0x061C])
def test_fault_109_bidi_overrides_are_dropped(code: int) -> None:
    assert_harmless(f"abc{chr(code)}def", "abcdef")


@pytest.mark.parametrize("code", [0x2066, 0x2067, 0x2068, 0x2069])
def test_fault_110_bidi_isolates_are_dropped(code: int) -> None:
    assert_harmless(f"abc{chr(code)}def", "abcdef")


@pytest.mark.parametrize(
    "code",
    [0x200B, 0x2060, 0xFEFF, 0x00AD, 0x180E, 0x115F, 0x1160, 0x3164, 0xFFA0, 0xFFF9, 0xFFFB, 0xE0001, 0xE0041, 0xE007F],
)
def test_fault_111_invisible_and_tag_characters_are_dropped(code: int) -> None:
    assert_harmless(f"abc{chr(code)}def", "abcdef")


def test_fault_112_at_most_four_marks_stand_on_a_letter() -> None:
    for make in ALL:
        out = make("z" + "\u0316\u0301\u0317\u0308\u0336\u0489" * 500 + "algo")
        assert 1 <= sum(unicodedata.category(char)[0] == "M" for char in out) <= 4
        assert unicodedata.normalize("NFD", out).startswith("z")
        assert out.endswith("algo")


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF])
def test_fault_113_lone_surrogates_and_noncharacters_are_dropped(code: int) -> None:
    assert_harmless(f"abc{chr(code)}def", "abcdef")
    text.title(chr(code)).encode("utf-8")


def test_fault_115_a_million_character_token_is_capped_and_broken_up() -> None:
    for make, most in ((text.title, 500), (text.name, 120), (text.summary, 20_000), (text.body, 200_000)):
        out = make("x" * 1_000_000)
        assert len(out) <= most
        assert max(len(token) for token in out.split()) <= 200


def test_fault_115_a_hundred_thousand_newlines_become_few() -> None:
    assert text.body("\n" * 100_000) == ""
    assert text.title("a" + "\n" * 100_000 + "b") in ("a b", "a")
    assert text.body("a\n" * 100_000).count("\n") <= 4_000
    assert text.summary("a\n" * 100_000).count("\n") <= 400
