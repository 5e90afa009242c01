"""What holds the widgets of the main screen and shows nothing itself, so that nothing is drawn under them."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical


class Beside(Horizontal):
    """Holds panes."""

    BLANK = True


class Pane(Vertical):
    """Holds a head and a list."""

    BLANK = True
