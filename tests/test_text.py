from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wirewatch import text

ONE_LINE = (text.title, text.name, text.message)
MANY_LINES = (text.summary, text.body)
CAPS = {text.title: 500, text.name: 120, text.message: 500, text.summary: 20_000, text.body: 200_000}

NASTY = st.sampled_from(
    list(
        "\x00\x07\x08\x0b\x0c\r\n\t\x1b\x7f\x85\x90\x9b\x9d\x9c\xa0\xad\u0301\u0308\u0316\u0e49\u034f\u061c\u115f\u180e\u200b\u200c\u200d"
        "\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u3164\ufe0f\ufeff\uffa0\ufff9\ufffe\uffff\ud800\udc00\ufdd0"
        "\U000e0041\U000e007f\U000e0100\U0001fffe\u1100\u1161\u11a8\u0958\u212b\u2126\u037e\u0643\u0627\u0915\u094d\u0937é👨👩🏽🇺"
        "漢、 aZ09<>[]%"
    )
)
HOSTILE = st.lists(st.one_of(NASTY, st.characters(exclude_categories=[])), max_size=60).map("".join)


def offenders(out: str, *, newline: bool) -> list[str]:
    found = []
    for index, char in enumerate(out):
        code = ord(char)
        category = unicodedata.category(char)
        if char == "\n" and newline:
            continue
        if (
            category in ("Cc", "Cs", "Zl", "Zp")
            or code & 0xFFFE == 0xFFFE
            or 0xFDD0 <= code <= 0xFDEF
            or 0x202A <= code <= 0x202E
            or 0x2060 <= code <= 0x206F
            or 0xE0000 <= code <= 0xE00FF
            or char in "\u061c\u200b\u200e\u200f\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\ufff9\ufffa\ufffb\u034f"
            or (char.isspace() and char != " ")
        ):
            found.append(f"{index}:{code:04x}")
    return found


def most_marks(out: str) -> int:
    run = most = 0
    for char in out:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        most = max(most, run)
    return most


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
@example("\u0301a\u0301\u0301\u0301\u0301\u0301\u094d\u200d\u0915")
@example("a \u0301 b")
@example("क\u094d\u200d\u200d\u200cष")
@example("\u1100\u200b\u1161")
def test_what_comes_out_is_clean_and_stays_as_it_is(raw: str) -> None:
    for make in ONE_LINE + MANY_LINES:
        out = make(raw)
        assert offenders(out, newline=make in MANY_LINES) == []
        assert make(out) == out
        assert out == unicodedata.normalize("NFC", out)
        assert most_marks(out) <= 4
        assert len(out) <= CAPS[make]
        assert "  " not in out
        assert out == out.strip()
        assert text.is_clean(out, multiline=make in MANY_LINES)


@settings(max_examples=60, deadline=None)
@given(st.lists(NASTY, min_size=1, max_size=12).map("".join), st.integers(100, 400))
def test_long_repeats_of_anything_keep_to_the_caps(unit: str, times: int) -> None:
    for make in (text.title, text.summary):
        out = make(unit * times)
        assert make(out) == out
        assert len(out) <= CAPS[make]
        assert all(len(token) <= 200 for token in out.replace("、", " ").split())
        assert offenders(out, newline=make is text.summary) == []


@pytest.mark.parametrize(
    ("raw", "out"),
    [
        ("  Xi\u00a0plans\t\r\n visit ", "Xi plans visit"),
        ("cafe\u0301", "café"),
        ("soft\u00adhyphen and zero\u200bwidth", "softhyphen and zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u200db \u200d end\u200c", "ab end"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥", "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥"),
        ("❤\ufe0f\ufe0f\ufe0f", "❤\ufe0f"),
        ("[EXCLUSIVE] China [/x] $var \\", "[EXCLUSIVE] China [/x] $var \\"),
        ("速報：日銀、利上げ", "速報：日銀、利上げ"),
        ("\u0301stray", "stray"),
        (None, ""),
    ],
)
def test_one_line_texts(raw: str | None, out: str) -> None:
    assert text.title(raw) == out
    assert text.name(raw) == out
    assert text.message(raw) == out


@pytest.mark.parametrize(
    ("raw", "out"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\n\n\n \n two", "one\n\ntwo"),
        ("one\u2029two\u2028three\x0bfour", "one\n\ntwo\nthree\nfour"),
        (" \n one \t two \n ", "one two"),
        (None, ""),
    ],
)
def test_texts_of_several_lines(raw: str | None, out: str) -> None:
    assert text.summary(raw) == out
    assert text.body(raw) == out


def test_a_capped_text_ends_in_an_ellipsis_and_is_never_cut_inside_a_character() -> None:
    out = text.title("word " * 200)
    assert out.endswith("word…")
    assert len(out) <= 500
    family = "👨\u200d👩\u200d👧 "
    assert text.title(family * 100).rstrip("…").split() == [family.strip()] * len(text.title(family * 100).split())
    assert len(text.name("n" * 121).replace(" ", "")) <= 120


def test_is_clean_tells_safe_from_unsafe() -> None:
    assert text.is_clean("Xi – Putin")
    assert text.is_clean("one\n\ntwo", multiline=True)
    assert not text.is_clean("one\n\ntwo")
    assert not text.is_clean("a\x1b[31m")
    assert not text.is_clean(" a")


@pytest.mark.parametrize(
    ("markup", "out"),
    [
        ("plain &amp; simple &lt;b&gt;", "plain & simple <b>"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<p>One <b>bold</b>\n  word.</p><p>Two.</p>", "One bold word.\n\nTwo."),
        ("<div><div><p>deep</p></div></div>after", "deep\n\nafter"),
        ("first<br>second<br/>third", "first\nsecond\nthird"),
        ("first<br><br>second", "first\n\nsecond"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<script>alert(1)</script><style>p{}</style><iframe src=x>no</iframe>b", "ab"),
        ("<p>a<!-- note -->b", "ab"),
        ("<p>unclosed <i>and <b>nested", "unclosed and nested"),
        ('<a href="javascript:x">read</a> this', "read this"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(markup: str, out: str) -> None:
    got = text.html_to_text(markup)
    assert text.body(got) == out


def test_html_of_a_title_stays_on_one_line() -> None:
    assert text.html_to_text("<p>Fed <em>raises</em></p><p>rates<br>again", block=" ") == "Fed raises rates again"


@pytest.mark.parametrize("depth", [5_000, 300_000])
def test_elements_nested_to_any_depth_give_their_text(depth: int) -> None:
    assert text.html_to_text("<div>" * depth + "found").strip() == "found"


@pytest.mark.parametrize(
    ("raw", "base", "out"),
    [
        ("https://e.org/a?b=c&d=%20#f", None, "https://e.org/a?b=c&d=%20#f"),
        ("HTTP://E.ORG:80/a b", None, "http://e.org/a%20b"),
        ("http://e.org", None, "http://e.org"),
        ("http://u:p@e.org:8080/", None, "http://e.org:8080/"),
        ("http://bücher.example/ä", None, "http://xn--bcher-kva.example/%C3%A4"),
        ("//e.org/x", None, "https://e.org/x"),
        ("../c", "https://e.org/a/b", "https://e.org/c"),
        ("/-x", "https://e.org/a/b", "https://e.org/-x"),
        ("http://[::1]:8000/x", None, "http://[::1]:8000/x"),
        ("https://e.org/100%", None, "https://e.org/100%25"),
        ("https://e.org/'\"<>`|^{}\\", None, "https://e.org/'%22%3C%3E%60%7C%5E%7B%7D%5C"),
        ("https://e.org/" + "x" * 2048, None, None),
        ("https://", None, None),
        ("https://e.org:0/", None, None),
        ("https://e.org:99999/", None, None),
        ("https://a b.org/", None, None),
        ("https://a\\@b.org/", None, None),
        ("https://ex%61mple.org/", None, None),
        ("https://[::1/", None, None),
        ("ftp://e.org/", None, None),
        ("mailto:a@e.org", "https://e.org/", None),
        ("data:text/html,x", None, None),
        ("", None, None),
        (None, "https://e.org/", None),
    ],
)
def test_links(raw: str | None, base: str | None, out: str | None) -> None:
    assert text.link(raw, base) == out


@settings(max_examples=300, deadline=None)
@given(st.one_of(HOSTILE, HOSTILE.map("https://e.org/{}".format), HOSTILE.map("http://{}/".format)))
def test_any_link_is_refused_or_safe(raw: str) -> None:
    url = text.link(raw)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert url.isprintable()
        assert not set(url) & set(' "<>`\\^{}|')
        assert "@" not in url.split("/")[2]
        assert text.link(url) == url


def test_a_shown_link_never_shows_letters_that_pass_for_others() -> None:
    assert text.shown_link("https://аррӏе.com/x") == "https://xn--80ak6aa92e.com/x"
    assert text.shown_link("javascript:alert(1)\x1b") == "javascript:alert(1)"
    assert text.shown_link(None) == ""
