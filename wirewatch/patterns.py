"""Regular expressions that are compiled when first needed: the desk's first frame waits for imports, not for these."""

from __future__ import annotations

import functools
import re


@functools.cache
def late(pattern: str) -> re.Pattern[str]:
    """The compiled pattern; flags stand in it, as in `(?i)`."""
    return re.compile(pattern)
