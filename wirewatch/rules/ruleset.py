"""The user's rules, asked of items: which of them hit, where the item says so, and what follows.

A rule is asked of each item on its own, so that `gas leak` doesn't find one word in one outlet's text and the other in
another's; `outlets:`, `items:` and `age:` are those of the item's story. Rules don't see each other's flags.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from wirewatch.model import Flag, Story
from wirewatch.query import parse, words
from wirewatch.query.conditions import needed
from wirewatch.query.evidence import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wirewatch.config import Rule
    from wirewatch.model import Item, Placed
    from wirewatch.query import Query

RULE = "rule/"
"""How the `rule` of a flag begins that a rule raised; its name follows."""
_OF_STORY = frozenset(("outlets", "items", "age", "story"))


@dataclass(frozen=True)
class Hit:
    """A rule and the items of a story that it hit, in the order they were given."""

    rule: Rule
    items: tuple[Placed, ...]


class _Asked:
    """A rule and its query, ready to be asked."""

    __slots__ = ("_sources", "needs", "query", "rule")

    def __init__(self, rule: Rule, query: Query) -> None:
        self.rule = rule
        self.query = query
        self.needs = needed(query.condition)
        self._sources = frozenset(name.casefold() for name in rule.sources)

    def looks_at(self, item: Item) -> bool:
        """Whether the item is any of the rule's business."""
        rule = self.rule
        return not (
            (rule.kinds and item.kind not in rule.kinds)
            or (self._sources and item.source.casefold() not in self._sources)
            or (rule.not_before is not None and item.received < rule.not_before)
        )


class RuleSet:
    """Rules made ready to be asked; immutable. Raises QueryError for a rule that can't be read."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._asked = [_Asked(rule, parse(rule.match)) for rule in self.rules]
        self._by_name = {rule.name: rule for rule in self.rules}
        self.ask_story = any(asked.query.facts() & _OF_STORY for asked in self._asked)
        """Whether any rule asks for what only the item's story tells."""

    def flags(
        self, placed: Placed, story: Story | None = None, *, only: frozenset[str] | None = None
    ) -> tuple[Flag, ...]:
        """What the rules raise on an item that has its other flags and the priority that it has without rules.

        `story` gives what rules ask of the story; without one the item stands alone. `age:` is measured at the item's
        arrival, so that the answer doesn't depend on when it is asked. `only` names the rules to ask, None all.
        """
        if not self._asked:
            return ()
        return tuple(
            Flag(rule.raises, RULE + rule.name, field, start, end, _printed(placed.item, field)[start:end])
            for rule, query, seen in self.hit_by(placed, story, only=only)
            for field, start, end in places(query.condition, placed, seen, placed.item.received)
        )

    def hit_by(
        self, placed: Placed, story: Story | None = None, *, only: frozenset[str] | None = None
    ) -> Iterator[tuple[Rule, Query, Story]]:
        """The rules that hit an item, each with its query and what it was told of the story."""
        item = placed.item
        seen: Story | None = None
        has: frozenset[str] | None = None
        for asked in self._asked:
            if (only is not None and asked.rule.name not in only) or not asked.looks_at(item):
                continue
            if asked.needs is not None:
                if has is None:
                    texts = (item.headline, item.summary, item.body)
                    has = frozenset(" ".join(words.cut(text) for text in texts if text).split(" "))
                if has.isdisjoint(asked.needs):
                    continue
            seen = seen or _seen(placed, story)
            if asked.query.matches(seen, [placed], item.received):
                yield asked.rule, asked.query, seen

    def on(
        self,
        placed: Placed,
        story: Story | None = None,
        *,
        only: frozenset[str] | None = None,
        kept: tuple[Flag, ...] = (),
    ) -> Placed:
        """The item with what the rules say of it; like for `flags`, it must come without. `kept` they said before."""
        raised = (*kept, *self.flags(placed, story, only=only))
        if not raised:
            return placed
        order = {rule.name: at for at, rule in enumerate(self.rules)}
        flags = (*placed.flags, *sorted(raised, key=lambda flag: order[flag.rule[len(RULE) :]]))
        return msgspec.structs.replace(placed, flags=flags, priority=self.priority(flags, placed.priority))

    def kept(self, flags: Iterable[Flag], but: frozenset[str]) -> tuple[Flag, ...]:
        """Those of the flags that were raised by rules that are still there, `but` for some."""
        rules = ((flag, self.of(flag)) for flag in flags)
        return tuple(flag for flag, rule in rules if rule is not None and rule.name not in but)

    def priority(self, flags: Iterable[Flag], otherwise: int) -> int:
        """The highest priority that a rule behind these flags gives; else the one it would have without rules."""
        given = [hit.priority for hit in map(self.of, flags) if hit is not None and hit.priority is not None]
        return min(given, default=otherwise)

    def of(self, flag: Flag) -> Rule | None:
        """The rule that raised a flag; None where none did, or it isn't there any more."""
        return self._by_name.get(flag.rule[len(RULE) :]) if flag.rule.startswith(RULE) else None

    def needed(self, only: frozenset[str]) -> frozenset[str] | None:
        """Words of which an item must have one for any of these rules to hit it; None where one hits without."""
        each = [asked.needs for asked in self._asked if asked.rule.name in only]
        return None if None in each else frozenset().union(*(needs or () for needs in each))

    def hits(self, items: Iterable[Placed]) -> tuple[Hit, ...]:
        """The rules that hit any of these items, by the flags they carry, in file order."""
        if not self.rules:
            return ()
        found: dict[str, list[Placed]] = {}
        for placed in items:
            for rule in {rule.name for rule in map(self.of, placed.flags) if rule is not None}:
                found.setdefault(rule, []).append(placed)
        return tuple(Hit(rule, tuple(found[rule.name])) for rule in self.rules if rule.name in found)


def without_rules(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """The flags that no rule raised."""
    return tuple(flag for flag in flags if not flag.rule.startswith(RULE))


def is_quiet(rule: Rule, moment: float, zone: datetime.tzinfo | None = None) -> bool:
    """Whether a moment (seconds since the epoch) falls into the rule's quiet hours, in local time unless told where."""
    if not rule.quiet:
        return False
    local = datetime.datetime.fromtimestamp(moment, datetime.UTC).astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(begin <= minute < end if begin < end else minute >= begin or minute < end for begin, end in rule.quiet)


def _seen(placed: Placed, story: Story | None) -> Story:
    """The item as the story that a query is asked of: its own flags and priority, the numbers of its story."""
    names = tuple(dict.fromkeys(flag.flag for flag in placed.flags))
    if story is not None:
        at = story.at or story.first_seen
        return msgspec.structs.replace(story, flags=names, priority=placed.priority, at=at)
    item = placed.item
    return Story(
        id=placed.story,
        seq=0,
        headline=item.headline,
        lead=item.id,
        source=item.source,
        first_seen=item.received,
        updated=item.received,
        flags=names,
        priority=placed.priority,
        at=item.received,
    )


def _printed(item: Item, field: str) -> str:
    """A field as it is printed."""
    value = getattr(item, field, None)
    if isinstance(value, float):
        from wirewatch.clock import rfc3339

        return rfc3339(value)
    return str(value or "")
