"""Text in lines of a given width: what the detail pane and the overlays are written with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirewatch.widgets.cells import cut, fit, line_breaks
from wirewatch.widgets.times import moment_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

Run = tuple[str, str]
"""Text and the name of its ink."""
Line = tuple[Run, ...]
Span = tuple[int, int, str]
"""From where to where in a text, and the ink of it."""


@dataclass(frozen=True)
class Times:
    """How a page writes times: those of other days than `now`'s have their date, in a zone that is named once."""

    now: float
    zone: tzinfo | None

    def __call__(self, moment: float) -> str:
        """The moment in words."""
        return moment_label(moment, self.now, self.zone)


class Writer:
    """Collects lines, each at most `width` cells wide; knows nothing of stories."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[Line] = []
        self.links: dict[int, str] = {}

    def blank(self) -> None:
        """An empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def heading(self, text: str) -> None:
        """A section's name after an empty line."""
        self.blank()
        self.lines.append(((cut(text, self.width)[0], "heading"),))

    def write(self, text: str, style: str, spans: Sequence[Span] = (), *, indent: int = 0, hang: int = -1) -> None:
        """One paragraph, broken into lines; `spans` are styled over it, the earliest first."""
        first_indent = indent if hang < 0 else hang
        for start, end in line_breaks(text, self.width - max(indent, first_indent)):
            lead = (" " * (first_indent if start == 0 else indent), style)
            self.lines.append((*((lead,) if lead[0] else ()), *_runs(text, start, end, style, spans)))

    def paragraphs(self, text: str, spans: Sequence[Span]) -> None:
        """Paragraphs as the item has them, an empty line between two."""
        offset = 0
        for paragraph in text.split("\n"):
            end = offset + len(paragraph)
            if paragraph.strip():
                here = [(a - offset, b - offset, style) for a, b, style in spans if a < end and b > offset]
                self.write(paragraph, "soft", here)
            else:
                self.blank()
            offset = end + 1

    def fitting(self, text: str, taken: int) -> str:
        """The text cut to what a line has left after so many cells."""
        return fit(text, self.width - taken).rstrip()

    def labelled(self, label: str, text: str, *, indent: int = 0, room: int = 8, style: str = "soft") -> None:
        """A fact and its name; further lines stand under the first one's text."""
        for number, (start, end) in enumerate(line_breaks(text, self.width - indent - room)):
            name = label if number == 0 else ""
            self.lines.append(((f"{'':{indent}}{name:<{room}}", "muted"), (text[start:end], style)))

    def link(self, url: str) -> None:
        """A link as a person may be shown it, on a line that can be clicked."""
        from wirewatch.text import shown_link

        shown = cut(shown_link(url), self.width - 8)[0]
        self.links[len(self.lines)] = url
        self.lines.append((("link    ", "muted"), (shown, "link")))

    def chips(self, chips: list[tuple[str, str]]) -> None:
        """Short words side by side, as many to a line as fit."""
        line: list[Run] = []
        used = 0
        for text, style in chips:
            shown = cut(text, self.width)[0]
            size = len(shown) if shown.isascii() else len(fit(shown, self.width).rstrip())
            if line and used + 2 + size > self.width:
                self.lines.append(tuple(line))
                line, used = [], 0
            if line:
                line.append(("  ", "soft"))
                used += 2
            line.append((shown, style))
            used += size
        if line:
            self.lines.append(tuple(line))


def _runs(text: str, start: int, end: int, style: str, spans: Sequence[Span]) -> list[Run]:
    """The part of a text that is on one line, cut where a span begins or ends."""
    runs: list[Run] = []
    at = start
    for span_start, span_end, name in spans:
        first, last = max(span_start, at), min(span_end, end)
        if last <= first:
            continue
        if first > at:
            runs.append((text[at:first], style))
        runs.append((text[first:last], name))
        at = last
    if at < end:
        runs.append((text[at:end], style))
    return runs
