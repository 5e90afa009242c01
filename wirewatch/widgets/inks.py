"""The desk's inks: what each colour means, resolved from the theme in one place and shared by all widgets.

The inks are component classes of the dashboard alone: Textual works every component class of every widget out anew
whenever anything changes, and that cost half of the first frame when each bar had its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

INKS = (
    *("text", "strong", "soft", "muted", "faint", "killed", "heading", "source", "link", "key"),
    *("good", "warn", "bad", "badge", "flash"),
    *("alarm", "scoop", "watch", "amend", "doubt", "plain"),
    *("cursor", "cursor-blurred"),
)
"""Names of the inks; `ink--NAME` in the style sheet."""

COMPONENT_CLASSES = frozenset(f"ink--{name}" for name in INKS)


class Inks:
    """The inks on one widget's background, mixed when first asked for."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._mixed: dict[tuple[str, str], Style] = {}

    def __call__(self, name: str, ground: str = "") -> Style:
        """The style of an ink on the widget's background, or on that of another ink (the cursor's).

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
        owner = self._widget.app.screen_stack[0]
        back = self._widget.background_colors[1]
        if ground:
            back += owner.get_component_styles(f"ink--{ground}").background
        base = name.removeprefix("hit-")
        styles = owner.get_component_styles(f"ink--{base}")
        style = Style.from_color((back + styles.color).rich_color, back.rich_color) + styles.text_style
        return style + Style(underline=True) if base != name else style
