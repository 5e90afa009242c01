"""What a rule that wants an alert says of an item, and the rule that holds where the user wrote none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wirewatch.model import GAZETTEER_RULE

if TYPE_CHECKING:
    from wirewatch.model import Placed, Story

WATCHED = "watched"
"""The name of the rule that is in force while no `[[rule]]` of the configuration asks for alerts."""
URGENT = 1
"""The lowest priority that it alerts to."""
_LABELS = ("exclusive", "alert", "breaking")
_TRUSTED = ("agency", "official")


class Hit(NamedTuple):
    """A rule that an item hit and that wants an alert for it."""

    rule: str
    reason: str = ""
    """What it found, in plain words."""
    level: int | None = None
    """The priority as which it is alerted; None for the story's own."""
    cooldown: float | None = None
    """Seconds between two alerts of the rule; None leaves that to the settings."""
    sound: str | None = None
    channels: tuple[str, ...] = ()
    """Where it is to be told; empty leaves that to the settings."""
    quiet: tuple[tuple[int, int], ...] = ()
    """Hours of the day in which the rule keeps quiet, as minutes of the local day."""


def watched_hits(placed: Placed, story: Story | None = None) -> tuple[Hit, ...]:
    """What is alerted without any rule: urgent news on what is watched, and labels of those who may shout.

    It is urgent if the item is, or if the story has become so with it, because many have it or have it fast.

    Anybody can write `Exclusive:` over a piece, so a label counts from agencies and officials only, and a keyword that
    is the name of a label counts as that label. A kill and a correction never count here: they alert who saw the piece.
    """
    names = {flag.flag.partition(":")[0] for flag in placed.flags}
    if min(placed.priority, story.priority if story is not None else placed.priority) > URGENT or names & {
        "kill",
        "correction",
        "refile",
    }:
        return ()
    for flag in placed.flags:
        kind, _, what = flag.flag.partition(":")
        if kind in ("entity", "keyword") and flag.rule not in ("keyword/label", GAZETTEER_RULE):
            return (Hit(WATCHED, f"{'names' if kind == 'entity' else 'says'} {what}"),)
    if placed.item.kind in _TRUSTED:
        label = next((label for label in _LABELS if label in names), None)
        if label is not None:
            return (Hit(WATCHED, f"{label} from {_a(placed.item.kind)} source"),)
    return ()


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
