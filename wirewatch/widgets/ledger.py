"""The rows of a feed: stories in the order of their `at`, which never changes; the newest in row 0."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirewatch.model import Change, Story

Key = tuple[float, str]
"""What rows are ordered by: (at, id), as the store pages them."""


class Ledger:
    """An ordered set of stories. A new one costs the same whether it joins ten others or a hundred thousand."""

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self._stories: dict[str, Story] = {story.id: story for story in stories}
        self._order: list[Key] = sorted((story.at, story.id) for story in self._stories.values())
        self.edition = 0
        """Grows whenever a story may stand in another row."""

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, story_id: object) -> bool:
        return story_id in self._stories

    def __iter__(self) -> Iterator[Story]:
        return (self._stories[story_id] for _, story_id in reversed(self._order))

    def get(self, story_id: str) -> Story | None:
        """The story as it was last put, or None."""
        return self._stories.get(story_id)

    def at(self, row: int) -> Story | None:
        """The story in a row; None outside the feed."""
        if 0 <= row < len(self._order):
            return self._stories[self._order[-1 - row][1]]
        return None

    def row_of(self, story_id: str) -> int | None:
        """The row a story stands in, or None."""
        story = self._stories.get(story_id)
        if story is None:
            return None
        return len(self._order) - 1 - bisect_left(self._order, (story.at, story_id))

    def put(self, story: Story) -> bool:
        """Adds a story, or replaces what was known of it; true when the feed gained a row."""
        old = self._stories.get(story.id)
        self._stories[story.id] = story
        if old is not None:
            if old.at == story.at:
                return False
            self._forget((old.at, story.id))
        self.edition += 1
        key = (story.at, story.id)
        if not self._order or key > self._order[-1]:
            self._order.append(key)
        else:
            insort(self._order, key)
        return old is None

    def absorb(self, change: Change, *, matches: bool, more: bool) -> bool:
        """Takes in what the log tells; true when the feed gained a row.

        With `more` older stories are still in the store: one older than the last row comes with its page, or the pages
        between would be skipped.
        """
        story = change.story
        if story is None:
            self.drop(change.story_id)
            return False
        if story.id not in self._stories:
            oldest = self.oldest()
            if not matches or (more and oldest is not None and (story.at, story.id) < oldest):
                return False
        return self.put(story)

    def extend_older(self, stories: Iterable[Story]) -> int:
        """Adds a page of older stories at the bottom; what is there already stays as it is. Returns how many came."""
        fresh = [story for story in stories if story.id not in self._stories]
        self._stories.update((story.id, story) for story in fresh)
        keys = sorted((story.at, story.id) for story in fresh)
        self.edition += 1
        if keys and self._order and keys[-1] > self._order[0]:
            self._order = sorted(keys + self._order)
        else:
            self._order[:0] = keys
        return len(fresh)

    def drop(self, story_id: str) -> Story | None:
        """Takes a story out; returns it, or None when it wasn't there."""
        story = self._stories.pop(story_id, None)
        if story is not None:
            self.edition += 1
            self._forget((story.at, story_id))
        return story

    def drop_oldest(self, keep: int) -> int:
        """Forgets all but the newest `keep` rows; they can be read again from the store."""
        surplus = len(self._order) - keep
        if surplus <= 0:
            return 0
        self.edition += 1
        for _, story_id in self._order[:surplus]:
            del self._stories[story_id]
        del self._order[:surplus]
        return surplus

    def oldest(self) -> Key | None:
        """The key of the last row: where the next older page begins."""
        return self._order[0] if self._order else None

    def _forget(self, key: Key) -> None:
        index = bisect_left(self._order, key)
        if index < len(self._order) and self._order[index] == key:
            del self._order[index]
