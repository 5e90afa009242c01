"""User patterns find what `re` finds, and none of them runs away."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.query import regex

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "é",
        "K",
        " ",
        "\n",
        ".",
        "[ab]",
        "[^a]",
        r"\d",
        r"\w",
        r"\W",
        r"\b",
        r"\B",
        "^",
        "$",
        r"\A",
        r"\Z",
        "[a-cß]",
    ]
)
PATTERNS = st.recursive(
    PIECES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet="abcAKéÉß1_ \n-\u212a", min_size=1, max_size=12)  # before Python 3.14 \B is not in ""


@given(PATTERNS, TEXTS)
def test_states_find_what_re_finds(pattern: str, text: str) -> None:
    tree = regex.sre.parse(pattern, re.IGNORECASE)
    try:
        states = regex._States(tree, tree.state.flags)
    except re.error as error:
        assert "too large" in str(error)  # noqa: PT017 - the other patterns go on
        return
    assert states.search(text) == (re.search(pattern, text, re.IGNORECASE) is not None)


@pytest.mark.parametrize("flag", ["m", "s", "x", "i", "ms"])
@given(pattern=st.sampled_from(["a$", "^b.a", "(^a|b$)+", "a .*b", "a.+b.+c"]), text=TEXTS)
def test_leading_flags_mean_what_they_mean_in_re(flag: str, pattern: str, text: str) -> None:
    tree = regex.sre.parse(f"(?{flag}){pattern}", re.IGNORECASE)
    states = regex._States(tree, tree.state.flags)
    assert states.search(text) == (re.search(f"(?{flag}){pattern}", text, re.IGNORECASE) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        "a*b",
        r"\w+@",
        r".*foo",
        r"\s+$",
        "(a+)+$",
        "(a|aa)+$",
        "(a|a)*b",
        "a*a*a*a*a*b",
        "(.*)(.*)(.*)(.*)x",
        "(a?){30}a{30}",
        "([a-z]+)*!",
        "(x+x+)+y",
    ],
)
def test_a_pattern_that_would_hang_re_takes_one_step_a_character(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    step = regex._States._next

    def counted(self: regex._States, *state: object) -> object:
        nonlocal steps
        steps += 1
        return step(self, *state)  # type: ignore[arg-type]

    monkeypatch.setattr(regex._States, "_next", counted)
    text = "a" * 20_000
    assert not isinstance(regex.compiled(pattern), re.Pattern)
    regex.found(pattern, text)
    assert 0 < steps <= regex.LONGEST


def test_characters_never_met_before_cost_no_more_than_their_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps over a text in which no character comes twice: what is alike to the pattern is reckoned once."""
    met = 0
    reached = regex._States._reached

    def counted(self: regex._States, *state: object) -> object:
        nonlocal met
        met += 1
        return reached(self, *state)  # type: ignore[arg-type]

    monkeypatch.setattr(regex._States, "_reached", counted)
    assert not regex.found("(x?){90}y", "".join(map(chr, range(0x4E00, 0x4E00 + regex.LONGEST))))
    assert met < 10


@pytest.mark.parametrize(("pattern", "text"), [("a+b", "a" * 5_000 + "b"), (r"\d+ dead", "x" * 5_000 + " 12 dead")])
def test_one_long_repeat_finds_in_a_long_text_what_it_finds_in_a_short_one(pattern: str, text: str) -> None:
    assert regex.found(pattern, text)
    span = regex.span(pattern, text)
    assert span is not None
    assert re.fullmatch(pattern, text[slice(*span)])


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)b", "(?<!a)b", "(?>a)", "a++", "(a)?(?(1)b|c)", "(?a)x+y+", "((a{9}){9}){9}"]
)
def test_what_cannot_run_in_steps_is_refused(pattern: str) -> None:
    with pytest.raises(re.error):
        regex.compiled(pattern)


@pytest.mark.parametrize("pattern", ["xi|putin", "rates? hike", r"\bfed\b", "[0-9]{2,4}"])
def test_plain_patterns_are_left_to_re(pattern: str) -> None:
    assert isinstance(regex.compiled(pattern), re.Pattern)


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert regex.found("x", " " * (regex.LONGEST - 1) + "x")
    assert not regex.found("x", " " * regex.LONGEST + "x")


@pytest.mark.parametrize("pattern", ["[[a]b", "[a&&b]", "[a||b]"])
def test_a_pattern_that_a_later_python_may_read_otherwise_is_read_in_silence(pattern: str) -> None:
    regex.compiled.cache_clear()
    assert regex.found(pattern, "ab & |")  # a warning would fail this, and on a desk it would land on the screen
