"""A story's priority, as a sum that can be shown: its level, flags, watch hits, spread and speed, and the user's rules.

Everything comes from the story's items and the configuration, nothing from the clock, so that the same story has the
same priority whenever it is asked for. The figures are in weights.toml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from wirewatch.clock import HOUR
from wirewatch.headline.level import NORMAL, ROUTINE, by_levels
from wirewatch.headline.tables import table as headline_table
from wirewatch.model import GAZETTEER_RULE
from wirewatch.rules.exclusive import evidence
from wirewatch.rules.weights import table, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wirewatch.model import Flag, Item, Placed, Story
    from wirewatch.rules.ruleset import RuleSet

LEVELS = ("flash", "urgent", "important", "normal", "routine")
"""Priorities by name."""
LABEL_KEYWORD = "keyword/label"
"""The rule of a watched word that is the name of a label and means that."""


@dataclass(frozen=True)
class Part:
    """One term of the sum."""

    points: float
    why: str


@dataclass(frozen=True)
class Score:
    """A priority and how it comes about."""

    priority: int
    """0 flash to 4 routine."""
    points: float
    parts: tuple[Part, ...]
    summed: int = ROUTINE
    """The priority that the points come to, without rules."""
    rule: str | None = None
    """The rule that sets the priority whatever the points say."""

    def sum(self) -> str:
        """What the sum comes to: `66: urgent (from 60)`."""
        name = LEVELS[self.summed]
        least = table()["least"].get(name)
        capped = self.summed != by_points(self.points)
        why = "flash only by an outlet's own word" if capped else f"from {least:g}" if least is not None else "no more"
        said = f"{self.points:g}: {name} ({why})"
        if self.rule is None:
            return said
        makes = "says so too" if self.priority == self.summed else f"makes it {LEVELS[self.priority]}"
        return f"{said}; the rule {self.rule} {makes}"

    def sentence(self) -> str:
        """The arithmetic on one line: `60 for urgent by itself (Reuters) + 6 for 2 outlets = 66: urgent (from 60)`."""
        return f"{' + '.join(f'{part.points:g} for {part.why}' for part in self.parts) or '0'} = {self.sum()}"


def own_level(item: Item, flags: Sequence[Flag]) -> int:
    """What an item says of its own urgency by its labels and its agency's number: 0 flash to 4 routine.

    A press release that nothing else lifts is routine.
    """
    names = [one.flag for one in flags]
    known = (_levels().get(name.partition(":")[0]) for name in names)
    found = by_levels(item.urgency, [one for one in known if one is not None])
    return ROUTINE if found >= NORMAL and "press-release" in names else found


def score(story: Story, items: Sequence[Placed], rules: RuleSet, weights: Mapping[str, float]) -> Score:
    """What a story's items come to. `weights` is what the user says that sources count."""
    parts = tuple(part for part in _parts(story, items, weights) if part.points)
    points = round(sum(part.points for part in parts), 1)
    summed = by_points(points)
    if summed == 0 and not any(own_level(placed.item, placed.flags) == 0 for placed in items):
        summed = 1  # what watch words and numbers add up to is never a flash
    ruled = [hit.rule for hit in rules.hits(items) if hit.rule.priority is not None]
    first = min(ruled, key=lambda rule: rule.priority or 0, default=None)
    if first is not None and first.priority is not None:
        return Score(first.priority, points, parts, summed, first.name)
    return Score(summed, points, parts, summed)


def by_points(points: float) -> int:
    """The priority that so many points come to."""
    least = table()["least"]
    return next((at for at, name in enumerate(LEVELS[:-1]) if points >= least[name]), ROUTINE)


def _parts(story: Story, items: Sequence[Placed], weights: Mapping[str, float]) -> Iterator[Part]:
    yield _level(items, weights)
    yield from _flags(items, weights)
    yield from _watch(items, weights)
    yield from _spread(story, items)
    yield _velocity(items)
    yield from _exclusive(items)


def _level(items: Sequence[Placed], weights: Mapping[str, float]) -> Part:
    """The item that counts most by its own level and its source's weight."""
    points, normal = table()["level"], table()["level"]["normal"]
    best = Part(-1, "")
    for placed in items:
        found = own_level(placed.item, placed.flags)
        count = 1.0 if "kill" in _names(placed) or found >= NORMAL else weight(placed.item, weights)
        worth = points[LEVELS[found]]
        worth = round(normal + (worth - normal) * count, 1) if worth > normal else worth
        if worth > best.points:
            how = f" at {count:g}" if count != 1 else ""
            best = Part(worth, f"{LEVELS[found]} by itself ({placed.item.source}{how})")
    return best


def _flags(items: Sequence[Placed], weights: Mapping[str, float]) -> Iterator[Part]:
    carried: dict[str, list[tuple[float, str]]] = {}
    for placed in items:
        for name in _names(placed):
            carried.setdefault(name, []).append((weight(placed.item, weights), placed.item.source))
    for name, worth in table()["flag"].items():
        if name in carried:
            count, source = max(carried[name], key=lambda pair: pair[0])
            how = f" at {count:g}" if count != 1 else ""
            yield Part(round(worth * count, 1), f"{name} ({source}{how})")


def _watch(items: Sequence[Placed], weights: Mapping[str, float]) -> Iterator[Part]:
    worth = table()["watch"]
    seen: dict[str, float] = {}
    for placed in items:
        for flag in placed.flags:
            kind, _, name = flag.flag.partition(":")
            if kind in ("keyword", "entity") and flag.rule != GAZETTEER_RULE:
                points = worth["body"] * worth[kind] if flag.field == "body" else worth[kind]
                if flag.rule == LABEL_KEYWORD:  # the label counts already, and anybody can shout
                    points = worth["more"] * weight(placed.item, weights)
                key = f"{'@' if kind == 'entity' else '#'} {name}"
                seen[key] = max(seen.get(key, 0.0), points)
    ranked = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    for at, (name, points) in enumerate(ranked[: 1 + worth["most"]]):
        yield Part(round(points if at == 0 else min(points, worth["more"]), 1), name)


def _spread(story: Story, items: Sequence[Placed]) -> Iterator[Part]:
    worth = table()["spread"]
    own = {placed.item.source for placed in items if placed.role != "copy"}
    copies = {placed.item.source for placed in items} - own
    counted = len(own) + worth["copies"] * len(copies)
    if counted > 1:
        shown = f"{len(own) + len(copies)} outlets" + (f", {len(copies)} with copies only" if copies else "")
        yield Part(round(worth["outlets"] * math.log2(counted), 1), shown)
    more = min(len(story.originators) - 1, worth["most"])
    if more > 0:
        yield Part(float(worth["originators"] * more), f"{len(story.originators)} originators")


def _velocity(items: Sequence[Placed]) -> Part:
    """How many outlets joined in the hour up to the last item that came."""
    worth = table()["velocity"]
    first: dict[str, float] = {}
    for placed in items:
        source = placed.item.source
        first[source] = min(first.get(source, placed.arrived), placed.arrived)
    last = max(placed.arrived for placed in items)
    joined = sum(last - moment <= HOUR for moment in first.values())
    for name in ("burst", "rising"):
        if joined >= worth[name]:
            return Part(float(worth[f"{name}_points"]), f"{name}: {joined} outlets in its last hour")
    return Part(0.0, "")


def _exclusive(items: Sequence[Placed]) -> Iterator[Part]:
    found = evidence(items, 0.0)  # by its items alone: that time passes changes no priority
    points = table()["exclusive"].get(found.grade) if found is not None else None
    if found is not None and found.by is not None and points is not None:
        yield Part(float(points), f"exclusive {found.grade} ({found.by.item.source})")


def _names(placed: Placed) -> set[str]:
    return {flag.flag.partition(":")[0] for flag in placed.flags}


@cache
def _levels() -> dict[str, int | None]:
    levels: dict[str, int | None] = {}
    for row in headline_table("labels")["label"]:
        levels.setdefault(row["flag"], row.get("level"))
    return levels
