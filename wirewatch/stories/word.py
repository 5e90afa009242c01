"""The user's word on stories, as the index keeps it: items put where they belong, stories that never become one."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wirewatch.stories.evidence import Scales
    from wirewatch.stories.window import Window


class Word:
    """Puts a window's items in order by hand. Stories and items that aren't in it (any more) are passed over."""

    def __init__(self, window: Window, scales: Scales) -> None:
        self._window = window
        self._scales = scales
        self._apart: dict[int, set[int]] = {}

    def keep_apart(self, one: str, other: str) -> None:
        """From now on no item makes one of these two stories."""
        self._apart = {
            cluster: {other for other in others if self._lives(other)}
            for cluster, others in self._apart.items()
            if self._lives(cluster)
        }
        mine, theirs = self._window.named(one), self._window.named(other)
        if mine is not None and theirs is not None and mine != theirs:
            self._apart.setdefault(mine, set()).add(theirs)
            self._apart.setdefault(theirs, set()).add(mine)

    def allow(self, one: str, other: str) -> None:
        """Takes `keep_apart` back."""
        mine, theirs = self._window.named(one), self._window.named(other)
        if mine is not None and theirs is not None:
            self._apart.get(mine, set()).discard(theirs)
            self._apart.get(theirs, set()).discard(mine)

    def forbids(self, one: int, other: int) -> bool:
        """True for two clusters that the user keeps apart."""
        return other in self._apart.get(one, ())

    def rather(self, copy: int, tokens: list[int], scores: Mapping[int, float]) -> int:
        """The item that a new one copies: where stories kept apart have two alike, the one with its very words."""
        window = self._window
        home = window.cluster_of(copy)
        apart = self._apart.get(home)
        if not apart or window.of(copy).tolist() == tokens:
            return copy
        same = [
            number
            for number, score in scores.items()
            if score >= scores.get(copy, 0.0)
            and window.cluster_of(number) in (home, *apart)
            and window.of(number).tolist() == tokens
        ]
        return max(same, default=copy)

    def merge(self, old: int, kept: int) -> None:
        """Makes one cluster of two, which stays apart from what either was kept apart from."""
        self._window.merge(old, kept)
        self._carry(old, kept)
        self._scales.forget(old)
        self._scales.forget(kept)

    def join(self, old: str, kept: str) -> None:
        """Makes one story of two; the second one's id stays."""
        gone, stays = self._window.named(old), self._window.named(kept)
        if gone is None or gone == stays:
            return
        if stays is not None:
            self.merge(gone, stays)
        else:
            self._regroup(gone, list(self._window.items_of(gone)), kept)

    def put(self, items: Iterable[tuple[str, str | None]], story: str) -> None:
        """Moves items, each given with what it is a copy of, into a story, which may be new."""
        window = self._window
        originals = dict(items)
        moved = {
            number: original for item, original in originals.items() if (number := window.number_of(item)) is not None
        }
        home = window.named(story)
        for cluster in {window.cluster_of(number) for number in moved} - {home}:
            left = [number for number in window.items_of(cluster) if number not in moved]
            name = window.story(cluster)
            self._drop(cluster)
            if left:
                self._regroup(cluster, left, name)
        if moved:
            others = window.items_of(home) if home is not None else ()
            if home is not None:
                self._drop(home)
            self._regroup(home, sorted({*others, *moved}), story)
        for number, original in moved.items():
            of = window.number_of(original) if original is not None else None
            window.original[number - window.base] = number if of is None else of

    def _lives(self, cluster: int) -> bool:
        """True for a cluster of which an item is left."""
        window = self._window
        return cluster in window.members or (cluster >= window.first and window.cluster_of(cluster) == cluster)

    def _regroup(self, cluster: int | None, numbers: Sequence[int], story: str) -> None:
        """Makes a cluster of these items under the id of a story; `cluster` is the number that it had."""
        window = self._window
        if cluster is not None:
            self._drop(cluster)
        key = numbers[0]
        for number in numbers:
            window.cluster[number - window.base] = key
        if len(numbers) > 1:
            window.members[key] = array("I", numbers)
        window.name(key, story)
        if cluster is not None and key != cluster:
            self._carry(cluster, key)
        self._scales.forget(key)

    def _drop(self, cluster: int) -> None:
        """Forgets who is in a cluster and what it is called."""
        window = self._window
        window.members.pop(cluster, None)
        name = window.story_names.pop(cluster, None)
        if name is not None:
            window.named_clusters.pop(name, None)
        self._scales.forget(cluster)

    def _carry(self, old: int, kept: int) -> None:
        """What one cluster is kept apart from, another is from now on."""
        for other in self._apart.pop(old, set()):
            theirs = self._apart.get(other, set())
            theirs.discard(old)
            if other != kept:
                theirs.add(kept)
                self._apart.setdefault(kept, set()).add(other)
