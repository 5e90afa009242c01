"""Reading a headline and a text as a desk does: labels, the bare sentence, dateline, sign-off, level of urgency."""

from __future__ import annotations

from wirewatch.headline.bare import bare
from wirewatch.headline.labels import Label, labels
from wirewatch.headline.level import level
from wirewatch.headline.reading import read_body

__all__ = ["Label", "bare", "labels", "level", "read_body"]
