"""Same-story recognition: which items are one piece, which are copies, which tell of one event. Pure and deterministic."""

from wirewatch.stories.cluster import Placement, StoryIndex, arrival_order
from wirewatch.stories.summary import summarise

__all__ = ["Placement", "StoryIndex", "arrival_order", "summarise"]
