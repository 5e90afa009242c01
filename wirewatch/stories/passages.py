"""Passages that two bodies share: what gives a republished text away when its headline was rewritten."""

from __future__ import annotations

import hashlib
import re
from array import array
from typing import TYPE_CHECKING

from wirewatch.stories.normal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 40
"""Sentences of a body that are remembered, from its start."""
SHORTEST = 7
"""Words below which a sentence proves nothing."""
COMMON = 40
"""A sentence that more live items have is a site's furniture."""

_END = re.compile(r"(?<=[.!?…。！？»”\"])\s+|\n+")


def passages(body: str | None) -> tuple[int, ...]:
    """The sentences of a body as hashes, in order, each once; none for a missing body."""
    if not body:
        return ()
    found: dict[int, None] = {}
    for sentence in _END.split(body[:20_000]):
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
        self._having: dict[int, list[int]] = {}
        self._said: dict[int, array[int]] = {}

    def add(self, number: int, said: Sequence[int]) -> None:
        """Remembers what an item says."""
        if said:
            self._said[number] = array("Q", said)
            for passage in said:
                self._having.setdefault(passage, []).append(number)

    def drop(self, number: int) -> None:
        """Forgets an item."""
        for passage in self._said.pop(number, ()):
            having = self._having[passage]
            having.remove(number)
            if not having:
                del self._having[passage]

    def nearest(self, said: Iterable[int]) -> tuple[int, int, float] | None:
        """(item, shared sentences, their part of the shorter text) of what shares most; the oldest of equals."""
        shared: dict[int, int] = {}
        mine = 0
        for passage in said:
            mine += 1
            having = self._having.get(passage, ())
            if len(having) <= COMMON:
                for number in having:
                    shared[number] = shared.get(number, 0) + 1
        if not shared:
            return None
        number = max(shared, key=lambda number: (shared[number], -number))
        return number, shared[number], shared[number] / min(mine, len(self._said[number]))
