"""The desk's own two themes, beside the ones that come with Textual."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="wirewatch-dark",
    primary="#5b9bd5",
    secondary="#7aa2c8",
    accent="#e8b04b",
    warning="#e8a33d",
    error="#ff6b5e",
    success="#6cc28a",
    foreground="#d5d9e0",
    background="#12161c",
    surface="#171c24",
    panel="#222a35",
    dark=True,
)

LIGHT = Theme(
    name="wirewatch-light",
    primary="#1f5f99",
    secondary="#3d6d96",
    accent="#8a5a00",
    warning="#9a5b00",
    error="#b3261e",
    success="#1d6b3a",
    foreground="#1d232b",
    background="#f7f5f0",
    surface="#efece4",
    panel="#dfdbd0",
    dark=False,
)

THEMES = (DARK, LIGHT)
