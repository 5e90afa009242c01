"""wirewatch: a terminal desk for breaking-news wires."""

__version__ = "0.1.0"
