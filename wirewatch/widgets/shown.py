"""The story that an overlay tells of, looked up with all that its sections want to say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.widgets.writer import Times

if TYPE_CHECKING:
    from datetime import tzinfo

    from wirewatch.config import Config
    from wirewatch.model import Placed, Story, StoryDetail
    from wirewatch.rules.bursts import Burst
    from wirewatch.store.contract import Reader

_RELATED = re.compile(r"related to (\S+?)(?::|$)")
RELATED_MOST = 20
"""Related stories that are looked up, so that they can be named."""


@dataclass(frozen=True)
class Shown:
    """The story that an overlay tells of."""

    detail: StoryDetail
    item: str | None
    """The item under the cursor; None where it is on the story's own row."""
    now: float
    zone: tzinfo | None = None
    related: dict[str, Story] = field(default_factory=dict)
    """Stories that the reasons of its items name, by the id that they are named by."""
    config: Config | None = None
    """What the user set: rules and where they are written; None where nobody knows."""
    bursts: tuple[Burst, ...] = ()
    """How much what the user watches in it is talked about."""

    @property
    def times(self) -> Times:
        """How moments are written."""
        return Times(self.now, self.zone)

    @property
    def placed(self) -> Placed | None:
        """The item under the cursor, while it is part of the story."""
        return next((placed for placed in self.detail.items if placed.item.id == self.item), None)

    @property
    def by_id(self) -> dict[str, Placed]:
        """The items by id."""
        return {placed.item.id: placed for placed in self.detail.items}


def look_up(
    reader: Reader,
    story_id: str,
    item: str | None,
    *,
    now: float,
    zone: tzinfo | None = None,
    config: Config | None = None,
) -> Shown | None:
    """A story as the sections want it; None when it is gone."""
    detail = reader.story(story_id)
    if detail is None or not detail.items:
        return None
    named = dict.fromkeys(
        found[1] for placed in detail.items for why in placed.why if (found := _RELATED.search(why)) is not None
    )
    related = {}
    for other in list(named)[:RELATED_MOST]:
        if (there := reader.story(other)) is not None:
            related[other] = there.story
    return Shown(detail, item, now, zone, related, config, _bursts(reader, detail.story, now))


def _bursts(reader: Reader, story: Story, now: float) -> tuple[Burst, ...]:
    from wirewatch.rules.bursts import WEEK, Mention, measured

    watched = [flag for flag in story.flags if flag.startswith(("entity:", "keyword:"))][:RELATED_MOST]
    if not watched:
        return ()
    mentions, since = reader.mentions(watched, now - WEEK)
    return tuple(
        measured(name.partition(":")[2], [Mention(*one) for one in mentions[name]], now, known_since=since)
        for name in watched
    )
