"""What is thought about one item, in order: is it a take of a known one, which story, which flags, which priority.

Pure: no store, no network. The engine files what comes out, `pipe` prints it, and both get the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.engine.arrivals import Candidate, reused_guid, same_item
from wirewatch.flags import Flagger
from wirewatch.model import Placed
from wirewatch.store.contract import Known
from wirewatch.stories import StoryIndex, identity

if TYPE_CHECKING:
    from wirewatch.config import Config
    from wirewatch.model import Item

LATER_TAKE = "a later take of the same item"


class Process:
    """Judges items one after the other; earlier items are what later ones are compared with."""

    def __init__(self, config: Config) -> None:
        self.flagger = Flagger(config.watch, config.entities)
        self.index = StoryIndex(config.stories.preset)
        self._seen: dict[str, Known] = {}
        self._taken: dict[str, Placed] = {}
        self._into: dict[str, str] = {}

    def reload(self, config: Config) -> None:
        """Takes over new watch words and entities; stories already recognised stay as they are."""
        self.flagger = Flagger(config.watch, config.entities)

    def place(self, item: Item) -> tuple[Placed, tuple[tuple[str, str], ...]]:
        """A new item with all judgements, and the stories it showed to be one, as (old, kept)."""
        flags = self.flagger.flags(item)
        placement = self.index.place(item, flags)
        placed = Placed(
            item=item,
            story=placement.story,
            role=placement.role,
            copy_of=placement.copy_of,
            match=placement.match,
            score=placement.score,
            why=placement.why,
            flags=flags,
            priority=self.flagger.priority(item, flags),
        )
        return placed, placement.merged

    def retake(self, item: Item, previous: Placed) -> Placed:
        """A later take of a known item: it stays in its story, its flags are read anew."""
        self.index.retake(item, previous.story)
        flags = self.flagger.flags(item)
        return Placed(
            item=item,
            story=previous.story,
            role="lead" if previous.role == "lead" and previous.item.id == item.id else "version",
            copy_of=previous.copy_of,
            match=previous.item.id if previous.item.id != item.id else previous.match,
            score=100.0,
            why=(LATER_TAKE,),
            flags=flags,
            priority=self.flagger.priority(item, flags),
            since=previous.arrived,
            issued=previous.dated,
        )

    def reflag(self, placed: Placed) -> Placed:
        """The same item under the rules as they are now."""
        flags = self.flagger.flags(placed.item)
        return msgspec.structs.replace(placed, flags=flags, priority=self.flagger.priority(placed.item, flags))

    def take(self, item: Item) -> tuple[Placed, tuple[tuple[str, str], ...]]:
        """`place` or `retake`, by what this process itself has seen: for a stream without a store behind it."""
        candidate = Candidate(item, identity.keys(item))
        known = same_item(candidate, self._seen)
        previous = self._taken.get(known.id) if known else None
        if previous is not None and reused_guid(item, previous.item):
            previous = None
        merged: tuple[tuple[str, str], ...] = ()
        if previous is None:
            placed, merged = self.place(item)
        else:
            again = msgspec.structs.replace(item, version=max(item.version, previous.item.version + 1))
            previous = msgspec.structs.replace(previous, story=self._now(previous.story))
            placed = msgspec.structs.replace(self.retake(again, previous), role="version", match=previous.item.id)
        self._into.update(merged)
        self._taken[item.id] = placed
        seen = Known(item.id, candidate.keys[0], placed.story, placed.item.version, "", item.received)
        self._seen.update(dict.fromkeys(candidate.keys, seen))
        return placed, merged

    def _now(self, story: str) -> str:
        while story in self._into:
            story = self._into[story]
        return story
