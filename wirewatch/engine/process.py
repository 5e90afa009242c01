"""What is thought about one item, in order: is it a take of a known one, which story, which flags, which priority.

Pure: no store, no network. The engine files what comes out, `pipe` prints it, and both get the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch.engine.arrivals import Candidate, reused_guid, same_item
from wirewatch.flags import Flagger
from wirewatch.model import Placed
from wirewatch.rules import RuleSet
from wirewatch.rules.ruleset import without_rules
from wirewatch.rules.score import score
from wirewatch.store.contract import Known
from wirewatch.stories import StoryIndex, identity, meaning, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.config import Config
    from wirewatch.model import Flag, Item, Story

ROOTS = 1000
"""Takes under ids of their own that are remembered before anybody asks which of them are still of use."""
LATER_TAKE = "a later take of the same item"


class Process:
    """Judges items one after the other; earlier items are what later ones are compared with."""

    def __init__(self, config: Config) -> None:
        self._take_over(config)
        self.index = StoryIndex(config.stories.preset, meaning.load() if config.stories.semantic else None)
        self._seen: dict[str, Known] = {}
        self._taken: dict[str, Placed] = {}
        self._roots: dict[str, str] = {}
        """What later takes that came under ids of their own are takes of, while it is in the index."""
        self._roots_most = ROOTS
        self._into: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        """Ids of the items of each story that `take` saw; kept only where a rule asks for what they come to."""

    def reload(self, config: Config) -> None:
        """Takes over new watch words, entities, rules and weights; stories already recognised stay as they are."""
        self._take_over(config)

    def _take_over(self, config: Config) -> None:
        self.flagger = Flagger(config.watch, config.entities)
        self.rules = RuleSet(config.rules)
        self.weights = config.weights

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
        )
        return self._judged(placed, flags), placement.merged

    def retake(self, item: Item, previous: Placed) -> Placed:
        """A later take of a known item: it stays in its story, its flags are read anew."""
        flags = self.flagger.flags(item)
        known_as = self._roots.get(previous.item.id, previous.item.id)
        if item.id != known_as:
            self._root(item.id, known_as)
        self.index.retake(msgspec.structs.replace(item, id=known_as), flags)
        again = Placed(
            item=item,
            story=previous.story,
            role="lead" if previous.role == "lead" and previous.item.id == item.id else "version",
            copy_of=previous.copy_of,
            match=previous.item.id if previous.item.id != item.id else previous.match,
            score=100.0,
            why=(LATER_TAKE,),
            since=previous.arrived,
            issued=previous.dated,
        )
        return self._judged(again, flags)

    def _root(self, item_id: str, known_as: str) -> None:
        self._roots[item_id] = known_as
        if len(self._roots) > self._roots_most:
            live = self.index.window.number_of
            self._roots = {take: root for take, root in self._roots.items() if live(root) is not None}
            self._roots_most = max(ROOTS, 2 * len(self._roots))

    def load(self, placed: Placed) -> None:
        """Takes a stored item into the index as it was placed; its own flags count there, not what rules made of it."""
        self.index.load(msgspec.structs.replace(placed, flags=without_rules(placed.flags)))

    def reflag(self, placed: Placed, rules: frozenset[str] | None = None) -> Placed:
        """The same item under the watch list and the rules as they are now; of `rules` alone where some are named.

        What rules ask of the story is left to `in_story`.
        """
        flags = without_rules(placed.flags)
        if rules is None:
            return self._judged(placed, self.flagger.rewatched(placed.item, flags))
        return self._judged(placed, flags, only=rules, kept=self.rules.kept(placed.flags, rules))

    def in_story(self, placed: Placed, story: Story) -> Placed:
        """The item again, where rules ask for what its story tells."""
        if not self.rules.ask_story:
            return placed
        return self._judged(placed, without_rules(placed.flags), story)

    def story(self, items: Sequence[Placed]) -> Story:
        """The story of these items, which are in order of arrival, with its priority."""
        story = summarise(items)
        return msgspec.structs.replace(story, priority=score(story, items, self.rules, self.weights).priority)

    def _judged(
        self,
        placed: Placed,
        flags: tuple[Flag, ...],
        story: Story | None = None,
        *,
        only: frozenset[str] | None = None,
        kept: tuple[Flag, ...] = (),
    ) -> Placed:
        """The item with these flags and what the rules (`only` these, where named) add to them and to those `kept`."""
        bare = msgspec.structs.replace(placed, flags=flags, priority=self.flagger.priority(placed.item, flags))
        return self.rules.on(bare, story, only=only, kept=kept)

    def take(self, item: Item) -> tuple[Placed, tuple[tuple[str, str], ...]]:
        """`place` or `retake`, by what this process itself has seen: for a stream without a store behind it."""
        keys = identity.keys(item)
        candidate = Candidate(item, keys, identity.keys_nearby(item) if len(keys) == 1 else ())
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
        if self.rules.ask_story:
            placed = self._with_story(placed, merged)
        self._taken[item.id] = placed
        seen = Known(item.id, candidate.keys[0], placed.story, placed.item.version, "", item.received)
        self._seen.update(dict.fromkeys(candidate.keys, seen))
        return placed, merged

    def _with_story(self, placed: Placed, merged: tuple[tuple[str, str], ...]) -> Placed:
        for old, kept in merged:
            self._members.setdefault(kept, []).extend(self._members.pop(old, ()))
        members = self._members.setdefault(placed.story, [])
        others = [self._taken[member] for member in members if member != placed.item.id]
        if placed.item.id not in members:
            members.append(placed.item.id)
        story = summarise([msgspec.structs.replace(other, story=placed.story) for other in others] + [placed])
        return self.in_story(placed, story)

    def _now(self, story: str) -> str:
        while story in self._into:
            story = self._into[story]
        return story
