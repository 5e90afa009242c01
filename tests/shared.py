"""Where the shared test material lies; tests over it skip in a clone that hasn't got it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(part: str) -> Path:
    """The path of a part of the shared material; skips the calling test where it is absent."""
    path = SHARED / part
    if not path.exists():
        pytest.skip(f"needs the shared test material ({part}), which only the project's own machines have")
    return path
