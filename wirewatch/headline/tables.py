"""The tables beside this module, read once: what an editor may correct without touching Python."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(stem: str) -> dict[str, Any]:
    """A table of this package by its file's name without `.toml`."""
    return tomllib.loads(files("wirewatch.headline").joinpath(f"{stem}.toml").read_text("utf-8"))
