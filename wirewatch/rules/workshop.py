"""What rules would have found, by rule, day and source; what they share, and what sets two sets apart. Pure.

A *trigger* is anything of the user's own that raises flags: a rule (`rule:NAME`), a watched word (`keyword:NAME`) or a
watched name (`entity:NAME`).
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.clock import DAY
from wirewatch.model import GAZETTEER_RULE
from wirewatch.rules.ruleset import RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.config import Config
    from wirewatch.model import Flag, Placed, Story

EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """An item that a trigger hit, and the flag it raised first."""

    placed: Placed
    flag: Flag


@dataclass
class Found:
    """What one trigger found."""

    trigger: str
    items: int = 0
    stories: set[str] = field(default_factory=set)
    hit: set[str] = field(default_factory=set)
    """Ids of the items."""
    days: Counter[str] = field(default_factory=Counter)
    """Stories by the local day on which it first hit them, `2026-11-26`."""
    sources: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    """Alerts by what would have become of them: `told`, `held`, `folded`, `cooling`."""
    examples: list[Example] = field(default_factory=list)
    """Of different stories, the newest first."""


class Trial:
    """One rule set tried on items, which are given in order of arrival."""

    def __init__(self, config: Config, *, examples: int = EXAMPLES, zone: datetime.tzinfo | None = None) -> None:
        self.items = 0
        self.stories: set[str] = set()
        self.first: float | None = None
        self.last: float | None = None
        self.found: dict[str, Found] = {name: Found(name) for name in triggers(config)}
        self.flagged: set[str] = set()
        """Ids of the items that any trigger hit."""
        self._examples = examples
        self._zone = zone
        self._shared: dict[str, set[str]] = defaultdict(set)
        """Triggers by the story that they hit."""

    @property
    def days(self) -> float:
        """The time from the first item to the last, one hour at least."""
        if self.first is None or self.last is None:
            return 1 / 24
        return max(1 / 24, (self.last - self.first) / DAY)

    def take(self, placed: Placed) -> list[str]:
        """Counts an item with the flags that it has under this rule set; the triggers that hit it."""
        at = placed.item.received
        self.items += 1
        self.stories.add(placed.story)
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)
        hits: dict[str, Flag] = {}
        for flag in placed.flags:
            trigger = trigger_of(flag)
            if trigger is not None:
                hits.setdefault(trigger, flag)
        for trigger, flag in hits.items():
            self._count(self.found.setdefault(trigger, Found(trigger)), placed, flag)
        if hits:
            self.flagged.add(placed.item.id)
            self._shared[placed.story] |= hits.keys()
        return list(hits)

    def alerted(self, trigger: str, state: str) -> None:
        """Counts an alert that a trigger would have raised, by what would have become of it."""
        self.found.setdefault(trigger, Found(trigger)).alerts[state] += 1

    def overlap(self, trigger: str) -> list[tuple[str, int]]:
        """Which other triggers hit the same stories, and how many of them, the most first."""
        counts = Counter(
            other for story in self.found[trigger].stories for other in self._shared[story] if other != trigger
        )
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    def _count(self, found: Found, placed: Placed, flag: Flag) -> None:
        found.items += 1
        found.hit.add(placed.item.id)
        found.sources[placed.item.source] += 1
        if placed.story in found.stories:
            return
        found.stories.add(placed.story)
        moment = datetime.datetime.fromtimestamp(placed.item.received, datetime.UTC).astimezone(self._zone)
        found.days[f"{moment:%Y-%m-%d}"] += 1
        found.examples.insert(0, Example(placed, flag))
        del found.examples[self._examples :]


@dataclass(frozen=True)
class Difference:
    """What sets two trials of the same items apart for one trigger; None for one that is in one of them only."""

    trigger: str
    before: int | None
    after: int | None
    """Items hit."""
    gained: frozenset[str]
    lost: frozenset[str]
    """Ids of items."""


def differences(before: Trial, after: Trial) -> list[Difference]:
    """What became of each trigger from one rule set to the other, as far as it changed, in the order of the first."""
    found = []
    for trigger in dict.fromkeys((*before.found, *after.found)):
        old, new = before.found.get(trigger), after.found.get(trigger)
        had, has = old.hit if old else set(), new.hit if new else set()
        if had != has or old is None or new is None:
            found.append(
                Difference(
                    trigger,
                    old.items if old else None,
                    new.items if new else None,
                    frozenset(has - had),
                    frozenset(had - has),
                )
            )
    return found


def triggers(config: Config) -> list[str]:
    """All triggers of a configuration: its rules, then its words, then its names."""
    return [
        *(f"rule:{rule.name}" for rule in config.rules),
        *(f"keyword:{word}" for word in dict.fromkeys(config.watch.keywords)),
        *(f"entity:{name}" for name in dict.fromkeys(config.watch.entities)),
    ]


def trigger_of(flag: Flag) -> str | None:
    """What of the user's own raised a flag; None for what wirewatch flags by itself."""
    if flag.rule.startswith(RULE):
        return f"rule:{flag.rule[len(RULE) :]}"
    own = flag.flag.partition(":")[0] in ("keyword", "entity") and flag.rule != GAZETTEER_RULE
    return flag.flag if own else None


def missed(stories: Iterable[tuple[Story, Sequence[Placed]]], outlets: int) -> list[Story]:
    """The stories that so many outlets came to have and nothing of the user's own flagged, the widest spread first."""
    found = [
        story
        for story, items in stories
        if story.outlets >= outlets and not any(trigger_of(flag) for placed in items for flag in placed.flags)
    ]
    return sorted(found, key=lambda story: (-story.outlets, -story.at, story.id))
