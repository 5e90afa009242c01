"""The items of a story as the rows that unfold below it: in the order in which they came out, each with its lag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch import ladder
from wirewatch.widgets.roll import Branch

if TYPE_CHECKING:
    from wirewatch.model import StoryDetail


def branches_of(detail: StoryDetail) -> tuple[Branch, ...]:
    """The items by publishers' times where these can be used, else by arrival, the first one first."""
    order = ladder.ranked(detail.items)
    start = min((placed.arrived for placed in order), default=0.0)
    moments = [ladder.when(placed, start) for placed in order]
    return tuple(
        Branch(
            placed.item.id,
            ladder.role(placed, detail.story.lead),
            placed.item.source,
            placed.item.headline,
            placed.item.url,
            moment,
            stated,
            moment - moments[0][0],
            ladder.credited(placed),
            placed is order[-1],
        )
        for placed, (moment, stated) in zip(order, moments, strict=True)
    )
