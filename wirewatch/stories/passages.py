"""Passages that two bodies share: what gives a republished text away when its headline was rewritten."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from wirewatch.stories.normal import plain
from wirewatch.stories.packed import Lookup, Rows

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

MOST = 40
"""Sentences of a body that are remembered, from its start."""
SHORTEST = 7
"""Words below which a sentence proves nothing."""
COMMON = 40
"""A sentence that more live items have is a site's furniture."""

_END = re.compile(r"(?<=[.!?…。！？»”\"])\s+|\n+")


_WRAPPED = re.compile(r"(?m)^(.{40,}[^\s.!?…。！？:»”\"])\n(?=\S)")
"""A long line that stops in the middle of a sentence: the text was set in lines, as wires do."""


def passages(body: str | None) -> tuple[int, ...]:
    """The sentences of a body as hashes, in order, each once; none for a missing body."""
    if not body:
        return ()
    found: dict[int, None] = {}
    for sentence in _END.split(_WRAPPED.sub(r"\1 ", body[:20_000])):
        words = plain(sentence)
        if words.count(" ") + 1 < SHORTEST and len(words) < 40:
            continue
        digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        found[int.from_bytes(digest, "big")] = None
        if len(found) == MOST:
            break
    return tuple(found)


class Echoes:
    """Which live items have a sentence."""

    def __init__(self) -> None:
        self._said = Rows("Q")
        self._having = Lookup()
        self._first = 0

    def add(self, number: int, said: Sequence[int]) -> None:
        """Remembers what the next item says."""
        self._said.add(said)
        for passage in said:
            self._having.enter(passage >> 32, number)

    def replace(self, number: int, said: Sequence[int]) -> None:
        """An item says something else now."""
        before = self._said.of(number)
        if not said and not before:
            return
        self._said.replace(number, said)
        for passage in set(said).difference(before):
            self._having.enter(passage >> 32, number)

    def said(self, number: int) -> array[int]:
        """The sentences of an item."""
        return self._said.of(number)

    def drop(self, number: int) -> None:
        """Forgets an item, the oldest that is left."""
        self._said.drop(number)
        self._first = number + 1

    def cut(self, first: int) -> None:
        """Gives back the room of the items below a number."""
        self._said.cut(first)
        self._having.forget(first)

    def nearest(self, said: Sequence[int]) -> tuple[int, int, float] | None:
        """(item, shared sentences, their part of the shorter text) of what shares most; the oldest of equals."""
        shared: dict[int, int] = {}
        for passage in said:
            having = self._all_having(passage)
            if len(having) <= COMMON:
                for number in having:
                    shared[number] = shared.get(number, 0) + 1
        if not shared:
            return None
        number = max(shared, key=lambda number: (shared[number], -number))
        return number, shared[number], shared[number] / min(len(said), len(self._said.of(number)))

    def _all_having(self, passage: int) -> list[int]:
        """The live items that have a sentence; where it is furniture, enough of them to tell."""
        found: list[int] = []
        for number in self._having.find(passage >> 32):
            if number < self._first or len(found) > COMMON:
                break
            if passage in self._said.of(number) and number not in found:
                found.append(number)
        return found
