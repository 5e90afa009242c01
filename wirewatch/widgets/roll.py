"""The rows of a feed: stories, and under a story that is unfolded its items."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wirewatch.widgets.ledger import Ledger

if TYPE_CHECKING:
    from wirewatch.model import Role, Story


class Branch(NamedTuple):
    """An item of an unfolded story."""

    item: str
    """Its id."""
    role: Role
    source: str
    headline: str
    url: str | None
    when: float
    """The publisher's time if `stated`, else when it came in."""
    stated: bool
    after: float
    """Seconds after the first."""
    credits: tuple[str, ...]
    last: bool


class Spot(NamedTuple):
    """What stands in a row, by identity: a story, or one of its items."""

    story: str
    item: str | None = None


class Roll:
    """Stories in the order of a ledger, some of them unfolded.

    A story costs nothing more for others being unfolded, and each unfolded one a comparison for every row looked up.
    What is unfolded stays so in every ledger that is put here.
    """

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._branches: dict[str, tuple[Branch, ...]] = {}
        self._edition = 0
        self._shifts: list[tuple[int, int, str]] = []
        self._shifts_of: tuple[Ledger, int, int] | None = None

    def __len__(self) -> int:
        return len(self.ledger) + sum(count for _, count, _ in self._unfolded())

    def at(self, row: int) -> tuple[Story, Branch | None] | None:
        """The story of a row, and the item where it is one's; None outside the feed."""
        shift = 0
        for story_row, count, story_id in self._unfolded():
            first = story_row + shift + 1
            if row < first:
                break
            if row < first + count:
                story = self.ledger.get(story_id)
                return (story, self._branches[story_id][row - first]) if story is not None else None
            shift += count
        found = self.ledger.at(row - shift)
        return None if found is None else (found, None)

    def spot(self, row: int) -> Spot | None:
        """What stands in a row, by identity; None outside the feed."""
        found = self.at(row)
        return Spot(found[0].id, found[1].item if found[1] else None) if found else None

    def row_of(self, spot: Spot | None) -> int | None:
        """The row of a story or an item; of an item that isn't shown its story's; None where that isn't there."""
        row = self.ledger.row_of(spot.story) if spot is not None else None
        if row is None or spot is None:
            return None
        row += sum(count for story_row, count, _ in self._unfolded() if story_row < row)
        branch = self._index(spot)
        return row if branch is None else row + 1 + branch

    def branch(self, spot: Spot | None) -> Branch | None:
        """The item of a spot, while it is shown."""
        index = self._index(spot) if spot is not None else None
        return None if spot is None or index is None else self._branches[spot.story][index]

    def is_unfolded(self, story_id: str) -> bool:
        """Whether a story's items are shown."""
        return story_id in self._branches

    def unfold(self, story_id: str, branches: tuple[Branch, ...]) -> None:
        """Shows the items of a story, or what has become of them."""
        self._branches[story_id] = branches
        self._edition += 1

    def fold(self, story_id: str) -> None:
        """Shows a story's row only."""
        if self._branches.pop(story_id, None) is not None:
            self._edition += 1

    def _index(self, spot: Spot) -> int | None:
        if spot.item is None:
            return None
        branches = self._branches.get(spot.story, ())
        return next((index for index, branch in enumerate(branches) if branch.item == spot.item), None)

    def _unfolded(self) -> list[tuple[int, int, str]]:
        """The row in the ledger, the number of items and the id of each unfolded story that is here, from the top."""
        if not self._branches:
            return []
        now = (self.ledger, self.ledger.edition, self._edition)
        if now != self._shifts_of:
            self._shifts_of = now
            self._shifts = sorted(
                (row, len(branches), story_id)
                for story_id, branches in self._branches.items()
                if (row := self.ledger.row_of(story_id)) is not None
            )
        return self._shifts
