"""A story laid out as lines for the detail pane. Pure, and done off the event loop: a page may have 3,000 lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.widgets.cells import cut, fit, line_breaks
from wirewatch.widgets.marks import PRIORITY_NAMES, family_of, flag_words
from wirewatch.widgets.times import clock_time, lag, moment_label, zone_letters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from wirewatch.model import Flag, Item, Placed, StoryDetail, Take

Run = tuple[str, str]
"""Text and the name of its ink."""
Line = tuple[Run, ...]
Span = tuple[int, int, str]

ORIGINS = 3
"""Originators that are named; of more their number is given."""


@dataclass(frozen=True)
class Page:
    """The lines of a story, each at most as wide as asked for."""

    story_id: str
    width: int
    lines: tuple[Line, ...]
    links: dict[int, str] = field(default_factory=dict)
    """Which lines show a link, and which."""


def lay_out(
    detail: StoryDetail,
    width: int,
    *,
    now: float,
    names: dict[str, str] | None = None,
    zone: tzinfo | None = None,
) -> Page:
    """The page of a story. `names` gives the titles of sources where those differ from how they are configured.

    Times are in `zone`, which is named once; those of other days than `now`'s have their date.
    """
    writer = _Writer(max(10, width))
    times = _Times(now, zone)
    lead = _lead(detail)
    text_of = lead if lead.item.body or lead.item.summary else _first_with_text(detail) or lead
    _top(writer, detail, lead, times)
    if text_of.item.summary:
        writer.blank()
        writer.paragraphs(text_of.item.summary, _spans(text_of.flags, "summary"))
    writer.blank()
    _facts(writer, detail, lead, times)
    _who_had_it(writer, detail, lead, times, names or {})
    _why_flagged(writer, detail)
    if text_of.item.body:
        writer.heading("Text" if text_of is lead else f"Text from {text_of.item.source}")
        writer.paragraphs(text_of.item.body, _spans(text_of.flags, "body"))
    _earlier_takes(writer, detail, times)
    return Page(detail.story.id, width, tuple(writer.lines), writer.links)


@dataclass(frozen=True)
class _Times:
    """How this page writes times."""

    now: float
    zone: tzinfo | None

    def __call__(self, moment: float) -> str:
        return moment_label(moment, self.now, self.zone)


def _lead(detail: StoryDetail) -> Placed:
    for placed in detail.items:
        if placed.item.id == detail.story.lead:
            return placed
    return detail.items[0]


def _first(detail: StoryDetail) -> Item:
    return min(detail.items, key=lambda placed: placed.item.received).item


def _first_with_text(detail: StoryDetail) -> Placed | None:
    return next((placed for placed in detail.items if placed.item.body or placed.item.summary), None)


def _spans(flags: Sequence[Flag], of: str) -> list[Span]:
    return sorted((flag.start, flag.end, f"hit-{family_of(flag.flag)}") for flag in flags if flag.field == of)


def _top(writer: _Writer, detail: StoryDetail, lead: Placed, times: _Times) -> None:
    """What an editor wants to know first: the news, what is special about it, who had it and how many have it."""
    story, item = detail.story, lead.item
    if "kill" in story.flags:
        writer.write("Withdrawn by its publisher: do not use.", "alarm")
    writer.write(story.headline, "strong", _spans(lead.flags, "headline") if story.headline == item.headline else ())
    writer.chips([(flag_words(flag), family_of(flag)) for flag in story.flags])
    first = _first(detail)
    zone = zone_letters(first.received, times.zone)
    writer.labelled("first", f"{times(first.received)} {zone}, {first.source}")
    size = f"{story.outlets} outlet{'s' * (story.outlets != 1)}, {story.items} item{'s' * (story.items != 1)}"
    writer.labelled("size", f"{size}; {PRIORITY_NAMES[min(max(story.priority, 0), 4)]}")


def _facts(writer: _Writer, detail: StoryDetail, lead: Placed, times: _Times) -> None:
    """The link, and what the lead item says of itself."""
    story, item = detail.story, lead.item
    if story.url:
        writer.link(story.url)
    else:
        writer.labelled("link", "none that can be opened")
    if story.originators and story.originators != (_first(detail).source,):
        named = ", ".join(story.originators[:ORIGINS])
        others = len(story.originators) - ORIGINS
        writer.labelled("from", f"{named} and {others} more" if others > 0 else named)
    if item.published is not None:
        whose = f", says {item.source}" if item.source != _first(detail).source else ""
        writer.labelled("issued", times(item.published) + whose)
    elif item.date_note:
        writer.labelled("issued", f"the publisher's date isn't used: {item.date_note}")
    for label, value in (("by", item.byline), ("place", item.dateline or item.place), ("note", item.ednote)):
        if value:
            writer.labelled(label, value)


def _who_had_it(writer: _Writer, detail: StoryDetail, lead: Placed, times: _Times, names: dict[str, str]) -> None:
    writer.heading("Who had it")
    start = _first(detail).received
    shown = lead.item.headline.casefold()
    for placed in sorted(detail.items, key=lambda placed: placed.item.received):
        item = placed.item
        after = lag(item.received - start)
        source = names.get(item.source, item.source)
        room = writer.width - 8 - 1 - 7 - 1 - 7 - 1
        style = "strong" if placed.role == "lead" else "soft"
        writer.lines.append(
            (
                (f"{clock_time(item.received, times.zone)} {after:>7} ", "muted"),
                (f"{placed.role:<7} ", "source"),
                (fit(source, room), style),
            )
        )
        notes = [f"issued {times(item.published)}"] if item.published is not None else []
        if item.date_note:
            notes.append(f"date {item.date_note}")
        if item.status and item.status != "usable":
            notes.append(item.status)
        if placed.match is not None or placed.copy_of is not None:
            notes.append(f"joined at {placed.score:.0f}" + (f": {', '.join(placed.why)}" if placed.why else ""))
        if item.headline.casefold() != shown:
            writer.write(item.headline, "soft", _spans(placed.flags, "headline"), indent=2)
        if notes:
            writer.write("; ".join(notes), "muted", indent=2)


def _why_flagged(writer: _Writer, detail: StoryDetail) -> None:
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for placed in detail.items:
        for found_flag in placed.flags:
            key = (found_flag.flag, found_flag.rule, found_flag.field, found_flag.text)
            sources = seen.setdefault(key, [])
            if placed.item.source not in sources:
                sources.append(placed.item.source)
    if not seen:
        return
    writer.heading("Why it is flagged")
    for (flag, rule, where, text), sources in seen.items():
        words = flag_words(flag)
        found = f"“{text}” in the {where}" if text else f"the {where}"
        others = f", {len(sources)} sources" if len(sources) > 1 else f", {sources[0]}"
        writer.write(f"{words}  {found}{others} ({rule})", "soft", [(0, len(words), family_of(flag))], indent=2, hang=0)


def _earlier_takes(writer: _Writer, detail: StoryDetail, times: _Times) -> None:
    edited: list[tuple[Placed, tuple[Take, ...]]] = [
        (placed, detail.takes[placed.item.id]) for placed in detail.items if detail.takes.get(placed.item.id)
    ]
    if not edited:
        return
    writer.heading("Earlier takes")
    for placed, takes in edited:
        for take in takes:
            writer.write(f"{placed.item.source}, take {take.version}, {times(take.received)}", "muted")
            writer.write(take.headline, "soft", indent=2)
            if take.summary and take.summary != placed.item.summary:
                writer.write(take.summary.replace("\n", " "), "muted", indent=2)


class _Writer:
    """Collects lines; knows the width and nothing of stories."""

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

    def labelled(self, label: str, text: str) -> None:
        """A fact and its name; further lines stand under the first one's text."""
        room = 8
        for number, (start, end) in enumerate(line_breaks(text, self.width - room)):
            name = label if number == 0 else ""
            self.lines.append(((f"{name:<{room}}", "muted"), (text[start:end], "soft")))

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
