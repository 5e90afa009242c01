"""The desk's inks: what each colour means, resolved from the theme in one place and shared by all widgets.

They aren't component classes: Textual works every one of those out anew with each restyling of its widget, and that was
a sixth of the time to the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from textual.widget import Widget

BOLD, UNDERLINE, STRIKE, REVERSE = (
    Style(bold=True),
    Style(underline=True),
    Style(strike=True),
    Style(bold=True, reverse=True),
)
PLAIN = Style()

INKS: dict[str, tuple[str, float, Style]] = {
    "text": ("foreground", 1.0, PLAIN),
    "strong": ("foreground", 1.0, BOLD),
    "soft": ("foreground", 0.88, PLAIN),
    "muted": ("foreground", 0.62, PLAIN),
    "faint": ("foreground", 0.55, PLAIN),
    "killed": ("foreground", 0.55, STRIKE),
    "heading": ("primary", 1.0, BOLD),
    "source": ("secondary", 1.0, PLAIN),
    "link": ("secondary", 1.0, UNDERLINE),
    "key": ("accent", 1.0, BOLD),
    "good": ("success", 1.0, BOLD),
    "warn": ("warning", 1.0, BOLD),
    "bad": ("error", 1.0, BOLD),
    "badge": ("accent", 1.0, REVERSE),
    "flash": ("error", 1.0, REVERSE),
    "alarm": ("error", 1.0, BOLD),
    "scoop": ("accent", 1.0, BOLD),
    "watch": ("success", 1.0, BOLD),
    "amend": ("warning", 1.0, BOLD),
    "doubt": ("secondary", 1.0, BOLD),
    "plain": ("foreground", 0.7, PLAIN),
}
"""Each ink's theme variable, how much of it covers the ground, and what else tells it from others."""

GROUNDS: dict[str, tuple[str, float]] = {"cursor": ("primary", 0.3), "cursor-blurred": ("primary", 0.14)}
"""What is laid under a row: a theme variable, and how much of it."""


class Inks:
    """The inks on one widget's background, mixed when first asked for."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._mixed: dict[tuple[str, str], Style] = {}

    def __call__(self, name: str, ground: str = "") -> Style:
        """The style of an ink on the widget's background, or on one of the grounds.

        `hit-NAME` is the ink underlined: what matched, where it stands in a text.
        """
        style = self._mixed.get((name, ground))
        if style is None:
            style = self._mix(name, ground)
            self._mixed[name, ground] = style
        return style

    def clear(self) -> None:
        """Forgets the colours of an old theme."""
        self._mixed.clear()

    def _mix(self, name: str, ground: str) -> Style:
        back = self._widget.background_colors[1]
        if ground:
            back += self._colour(*GROUNDS[ground])
        variable, cover, marks = INKS[name.removeprefix("hit-")]
        style = Style.from_color((back + self._colour(variable, cover)).rich_color, back.rich_color) + marks
        return style + UNDERLINE if name.startswith("hit-") else style

    def _colour(self, variable: str, cover: float) -> Color:
        colour = Color.parse(self._widget.app.theme_variables[variable])
        return colour if cover == 1.0 or colour.ansi is not None else colour.with_alpha(cover)
