"""The line of every key, wherever in TOML's many spellings it stands."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wirewatch.config.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = '''\
# a remark = "with [brackets]"
title = "x"          # and another
"quoted \\u00e9" . 'second' = 1

[a . b]
list = [ 1, # one ]
  """two
  lines, with "quotes" and # no remark""",
  { x = 1, y = { z = [
    3 ] } },
]
when = 1979-05-27 07:32:00Z

[[rows]]
name = "first"
[rows.more]
deep = true
[[rows]]
\'name\' = \'\'\'
second \'\'\'\'
[[rows.inner]]
k.l = """\\"\\\\"""
[[rows.inner]]
k.l = inf
'''


def places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything in a document."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*at, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*at, number))


def test_every_key_and_element_has_the_line_it_stands_on() -> None:
    found = lines_of(TEXT)
    assert set(found) == set(places(tomllib.loads(TEXT)))
    wanted = {
        ("title",): 2,
        ("quoted é", "second"): 3,
        ("a", "b"): 5,
        ("a", "b", "list", 0): 6,
        ("a", "b", "list", 1): 7,
        ("a", "b", "list", 2): 9,
        ("a", "b", "list", 2, "y", "z", 0): 10,
        ("a", "b", "when"): 12,
        ("rows",): 14,
        ("rows", 0, "name"): 15,
        ("rows", 0, "more", "deep"): 17,
        ("rows", 1): 18,
        ("rows", 1, "name"): 19,
        ("rows", 1, "inner", 0, "k", "l"): 22,
        ("rows", 1, "inner", 1, "k", "l"): 24,
    }
    assert {place: found[place] for place in wanted} == wanted


def test_windows_line_ends_count_once() -> None:
    assert lines_of("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


KEYS = st.from_regex(r"[a-z_0-9-]{1,6}", fullmatch=True)
STRINGS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
VALUES = st.recursive(
    st.integers(-5, 5) | st.booleans() | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def as_toml(value: object) -> str:
    """A value in TOML, spread over lines where TOML lets it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + "".join(f"\n {as_toml(each)} , # ]\n" for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + "}"
    return str(value)


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_whatever_tomllib_reads_every_part_of_it_has_its_line(
    top: dict[str, object], rows: list[dict[str, object]]
) -> None:
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in top.items())
    text += "".join("[[ROWS]]\n" + "".join(f"{key} = {as_toml(value)}\n" for key, value in row.items()) for row in rows)
    found = lines_of(text)
    assert set(found) == set(places(tomllib.loads(text)))
    written = text.split("\n")
    for place, line in found.items():
        if isinstance(place[-1], str) and place[-1] != "ROWS":
            assert place[-1] in written[line - 1]
