"""How sure is sure enough: every threshold of the three decisions, in one table."""

from __future__ import annotations

from typing import NamedTuple


class Preset(NamedTuple):
    """Thresholds; similarities are cosines (0-1), copy scores 0-100."""

    join: float
    """From this similarity to a story's items an item is a report of the story."""
    merge: float
    """From this similarity two stories that an item belongs to both are one."""
    related: float
    """From this similarity a story is named as related."""
    copy: float = 80.0
    """From this score two headlines without conflict are copies."""
    doubt: float = 0.25
    """What a grave conflict with the nearest item takes from the similarity."""


PRESETS = {
    "strict": Preset(join=0.26, merge=0.25, related=0.16),
    "broad": Preset(join=0.16, merge=0.25, related=0.10, doubt=0.10),
}
