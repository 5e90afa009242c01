"""A user's regular expressions, in time that grows with the text and no faster.

Python's `re` tries again and again: `(a+)+b` over thirty letters takes minutes, and nothing can interrupt it. So
patterns are read by `re`'s own parser, in its syntax and with its idea of letters and case, but run as sets of states
over the text, one step a character (Thompson 1968, "Regular expression search algorithm"). What can't run so is
refused: references back to a group, looking ahead or behind, possessive and atomic groups. `re` itself runs, faster,
what can't run away: a pattern with one choice and no repeat, and on a short text one with one repeat of one character,
which takes the square of the text's length where it is found nowhere.
"""

from __future__ import annotations

import functools
import re
import warnings
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as sre  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST = 10_000
"""Code points of a field that a pattern looks at."""
_MOST_STEPS = 300
_MOST_MEMORY = 5_000
_MOST_CLASSES = 50_000
_FEW = 50
"""Repeats of one character that cost `re` no more than so many times the length of a text."""
_SHORT = 400
"""Code points of a text in which one longer repeat is left to `re`; in 10,000 it can take half a second."""
_NEAR = 100
"""Code points before the end of an occurrence in which its beginning is looked for."""
_KEPT_FLAGS = re.IGNORECASE | re.DOTALL | re.MULTILINE | re.UNICODE | re.VERBOSE
_REFUSED = {
    op.GROUPREF: "a reference to a group",
    op.GROUPREF_EXISTS: "a reference to a group",
    op.ASSERT: "looking ahead or behind",
    op.ASSERT_NOT: "looking ahead or behind",
    op.ATOMIC_GROUP: "an atomic group",
    op.POSSESSIVE_REPEAT: "a possessive repeat",
}
_CLASSES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_START, _BREAK, _LETTER, _OTHER, _END, _LAST_BREAK = range(6)
"""What stands on one side of a position: nothing, a line break, a word character, another; a break before the end."""


_State = tuple[frozenset[int], int]
"""The steps that a position may be at, and what stands before it."""


class Pattern(Protocol):
    """A pattern that may be run over any text."""

    def search(self, text: str, /) -> object:
        """Something true where the pattern occurs in the text."""
        ...


@functools.lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """The pattern, for any letter case. Raises re.error (`msg`, `pos`) for one that can't be read or is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `[[` will mean something one day
            return _made(pattern)
    except RecursionError:
        raise re.error("it is nested too deeply") from None
    except OverflowError:
        raise re.error("it repeats too often") from None


def _made(pattern: str) -> Pattern:
    tree = sre.parse(pattern, re.IGNORECASE)
    flags = tree.state.flags
    if flags & ~_KEPT_FLAGS:
        raise re.error("only the flags i, m, s and x can be used")
    repeats, choices, longest = _can_run(tree)
    if repeats > 1 or choices > 1:
        return _States(tree, flags)
    plain = re.compile(pattern, re.IGNORECASE)
    return _Either(plain, _States(tree, flags)) if longest > _FEW else plain


def found(pattern: str, text: str | None) -> bool:
    """Whether the pattern occurs in the first LONGEST code points of the text."""
    return text is not None and bool(compiled(pattern).search(text[:LONGEST]))


def span(pattern: str, text: str | None) -> tuple[int, int] | None:
    """Where the pattern occurs first, as `(start, end)`; None where it doesn't, or that would take long to tell."""
    read = compiled(pattern)
    if text is None:
        return None
    text = text[:LONGEST]
    if isinstance(read, _Either):
        read = read.fit(text)
    if isinstance(read, re.Pattern):
        hit = read.search(text)
        return hit.span() if hit else None
    return read.span(text) if isinstance(read, _States) else None


def _can_run(tree: Any) -> tuple[int, int, int]:
    """How often a pattern repeats (once more where it isn't one character) and chooses, and its longest repeat."""
    repeats = choices = longest = 0
    for code, argument in _walk(tree):
        if code in _REFUSED:
            raise re.error(f"{_REFUSED[code]} can't be used")
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            repeats += (
                1 if len(argument[2]) == 1 and argument[2][0][0] in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN) else 2
            )
            longest = max(longest, argument[1])
        elif code is op.BRANCH:
            choices += 1
    return repeats, choices, longest


def _walk(tree: Any) -> Iterable[tuple[Any, Any]]:
    for code, argument in tree:
        yield code, argument
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            yield from _walk(argument[2])
        elif code is op.BRANCH:
            for branch in argument[1]:
                yield from _walk(branch)
        elif code is op.SUBPATTERN:
            yield from _walk(argument[3])


class _Either:
    """A pattern that `re` runs over a short text, and as states over a long one."""

    def __init__(self, plain: re.Pattern[str], states: _States) -> None:
        self._plain = plain
        self._states = states

    def fit(self, text: str) -> re.Pattern[str] | _States:
        """What runs over this text."""
        return self._plain if len(text) <= _SHORT else self._states

    def search(self, text: str) -> object:
        """Something true where the pattern occurs in the text."""
        return self.fit(text).search(text)


class _States:
    """A pattern as steps; a position in the text is a set of them, and sets once met are remembered."""

    def __init__(self, tree: Any, flags: int) -> None:
        # A step: ("char", number of its test, next), ("split", next, next…), ("at", where, next) or ("match",).
        self._steps: list[tuple[Any, ...]] = [("match",)]
        self._tests: dict[tuple[str, int], Callable[[str], object]] = {}
        self._start = self._add(tree, 0, flags)
        self._passes: dict[str, tuple[frozenset[int], int]] = {}
        """By character: the tests that it passes and what it is to anchors. Most characters are like many others."""
        self._memory: dict[tuple[frozenset[int], int, tuple[frozenset[int], int]], _State | None] = {}

    def search(self, text: str) -> bool:
        """Whether the pattern occurs in the text."""
        return self._end(text) is not None

    def _end(self, text: str) -> int | None:
        """Where the occurrence ends that ends first; None where there is none."""
        steps, before = frozenset((self._start,)), _START
        chars: Iterable[str] = [*text[:-1], "\n$"] if text.endswith("\n") else text
        for at, char in enumerate(chars):
            after = self._next(steps, before, char)
            if after is None:
                return at
            steps, before = after
        return len(text) if 0 in self._reached(steps, before, _END) else None

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the pattern occurs, looked for near the place where it is first known to."""
        low = self._end(text)
        if low is None:
            return None
        for start in range(max(0, low - _NEAR), low + 1):
            end = self._longest(text, start)
            if end is not None and end >= low:
                return start, end
        return None

    def _longest(self, text: str, start: int) -> int | None:
        """Where the longest occurrence ends that begins here; None where none does."""
        steps, before = frozenset((self._start,)), _START if start == 0 else _side(text[start - 1])
        found = None
        for at in range(start, min(len(text), start + 2 * _NEAR) + 1):
            left = len(text) - at
            char = text[at : at + 1]
            after = _END if not left else _LAST_BREAK if char == "\n" and left == 1 else _side(char)
            reached = self._reached(steps, before, after)
            if 0 in reached:
                found = at
            steps = self._ahead(reached, self._passed(char)[0]) if char else frozenset()
            if not steps:
                break
            before = _side(char)
        return found

    def _next(self, steps: frozenset[int], before: int, char: str) -> _State | None:
        """The state after a character, None once the pattern was found. `\\n$` is the line break that ends the text."""
        passed = self._passes.get(char) or self._passed(char)
        key = (steps, before, passed)
        try:
            return self._memory[key]
        except KeyError:
            pass
        if len(self._memory) >= _MOST_MEMORY:
            self._memory.clear()
        reached = self._reached(steps, before, passed[1])
        after: _State | None = None
        if 0 not in reached:
            after = (self._ahead(reached, passed[0]) | {self._start}, _side(char[0]))
        self._memory[key] = after
        return after

    def _passed(self, char: str) -> tuple[frozenset[int], int]:
        if len(self._passes) >= _MOST_CLASSES:
            self._passes.clear()
        tests = frozenset(n for n, test in enumerate(self._tests.values()) if test(char[0]))
        passed = self._passes[char] = (tests, _LAST_BREAK if char == "\n$" else _side(char))
        return passed

    def _ahead(self, reached: set[int], passed: frozenset[int]) -> frozenset[int]:
        steps = self._steps
        return frozenset(steps[n][2] for n in reached if steps[n][0] == "char" and steps[n][1] in passed)

    def _reached(self, steps: frozenset[int], before: int, after: int) -> set[int]:
        reached: set[int] = set()
        waiting = list(steps)
        while waiting:
            n = waiting.pop()
            if n in reached:
                continue
            reached.add(n)
            step = self._steps[n]
            if step[0] == "split":
                waiting.extend(step[1:])
            elif step[0] == "at" and _holds(step[1], before, after):
                waiting.append(step[2])
        return reached

    def _add(self, tree: Any, then: int, flags: int) -> int:
        """Adds the steps of a tree that go on to the step `then`; the number of the first of them."""
        for code, argument in reversed(list(tree)):
            then = self._add_node(code, argument, then, flags)
        return then

    def _add_node(self, code: Any, argument: Any, then: int, flags: int) -> int:
        if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            key = (_source(code, argument), flags & ~re.VERBOSE)
            if key not in self._tests:
                self._tests[key] = re.compile(*key).fullmatch
            return self._put("char", list(self._tests).index(key), then)
        if code is op.AT:
            return self._put("at", (argument, bool(flags & re.MULTILINE)), then)
        if code is op.BRANCH:
            return self._put("split", *[self._add(branch, then, flags) for branch in argument[1]])
        if code is op.SUBPATTERN:
            _, more, less, inside = argument
            return self._add(inside, then, (flags | more) & ~less)
        least, most, inside = argument
        if most is op.MAXREPEAT:
            again = self._put("split")
            self._steps[again] = ("split", self._add(inside, again, flags), then)
            then = again
        else:
            end = then
            for _ in range(most - least):
                then = self._put("split", self._add(inside, then, flags), end)
        for _ in range(least):
            then = self._add(inside, then, flags)
        return then

    def _put(self, *step: Any) -> int:
        if len(self._steps) >= _MOST_STEPS:
            raise re.error(f"it is too large (more than {_MOST_STEPS} steps with its repeats written out)")
        self._steps.append(step)
        return len(self._steps) - 1


def _source(code: Any, argument: Any) -> str:
    """The node as a pattern for one character, so that `re` judges letter case and classes."""
    if code is op.ANY:
        return "."
    if code is op.LITERAL:
        return re.escape(chr(argument))
    if code is op.NOT_LITERAL:
        return f"[^{re.escape(chr(argument))}]"
    parts = []
    for kind, what in argument:
        if kind is op.NEGATE:
            parts.append("^")
        elif kind is op.LITERAL:
            parts.append(re.escape(chr(what)))
        elif kind is op.RANGE:
            parts.append(f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}")
        else:
            parts.append(_CLASSES[what])
    return f"[{''.join(parts)}]"


def _side(char: str) -> int:
    if char == "\n":
        return _BREAK
    return _LETTER if char.isalnum() or char == "_" else _OTHER


def _holds(where: tuple[Any, bool], before: int, after: int) -> bool:
    """Whether an anchor holds at a position between two characters."""
    anchor, multiline = where
    if anchor is op.AT_BEGINNING_STRING:
        return before == _START
    if anchor is op.AT_BEGINNING:
        return before == _START or (multiline and before == _BREAK)
    if anchor is op.AT_END_STRING:
        return after == _END
    if anchor is op.AT_END:
        return after in (_END, _LAST_BREAK) or (multiline and after == _BREAK)
    edge = (before == _LETTER) != (after == _LETTER)
    return edge if anchor is op.AT_BOUNDARY else not edge
