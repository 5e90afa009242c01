"""Same-story recognition: what is one piece, what is a copy, what tells of one event. Pure and deterministic."""

from wirewatch.stories.cluster import Placement, StoryIndex, arrival_order
from wirewatch.stories.memory import Memory
from wirewatch.stories.summary import summarise

__all__ = ["Memory", "Placement", "StoryIndex", "arrival_order", "summarise"]
