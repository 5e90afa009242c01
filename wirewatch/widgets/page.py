"""A story laid out as lines for the detail pane. Pure, and done off the event loop: a page may have 3,000 lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.ladder import climb, credited, role
from wirewatch.widgets.cells import fit
from wirewatch.widgets.marks import PRIORITY_NAMES, family_of, flag_words
from wirewatch.widgets.times import clock_time, lag, zone_letters
from wirewatch.widgets.writer import Times, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from wirewatch.model import Flag, Item, Placed, StoryDetail, Take
    from wirewatch.widgets.writer import Line, Span

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
    item: str | None = None
    """The item that it is about; None for the story as a whole."""


def lay_out(
    detail: StoryDetail,
    width: int,
    *,
    now: float,
    item: str | None = None,
    names: dict[str, str] | None = None,
    zone: tzinfo | None = None,
) -> Page:
    """The page of a story, or of its item of that id.

    `names` gives the titles of sources where those differ from how they are configured. Times are in `zone`, which is
    named once; those of other days than `now`'s have their date.
    """
    writer = Writer(max(10, width))
    times = Times(now, zone)
    chosen = next((placed for placed in detail.items if placed.item.id == item), None)
    if chosen is not None:
        _one_item(writer, detail, chosen, times)
        return Page(detail.story.id, width, tuple(writer.lines), writer.links, item)
    lead = _lead(detail)
    text_of = lead if lead.item.body or lead.item.summary else _first_with_text(detail) or lead
    _top(writer, detail, lead, times)
    if text_of.item.summary:
        writer.blank()
        writer.paragraphs(text_of.item.summary, _spans(text_of.flags, "summary"))
    writer.blank()
    _facts(writer, detail, lead, times)
    _who_had_it(writer, detail, lead, times, names or {})
    _why_flagged(writer, detail.items)
    if text_of.item.body:
        writer.heading("Text" if text_of is lead else f"Text from {text_of.item.source}")
        writer.paragraphs(text_of.item.body, _spans(text_of.flags, "body"))
    _earlier_takes(writer, detail, detail.items, times)
    return Page(detail.story.id, width, tuple(writer.lines), writer.links)


def _one_item(writer: Writer, detail: StoryDetail, placed: Placed, times: Times) -> None:
    """One item of a story: what its outlet says, when, and how it came into the story."""
    item = placed.item
    writer.write(item.headline, "strong", _spans(placed.flags, "headline"))
    named = dict.fromkeys(flag.flag for flag in placed.flags)
    writer.chips([(flag_words(flag), family_of(flag)) for flag in named])
    kind = role(placed, detail.story.lead)
    writer.labelled("outlet", item.source)
    if kind != "lead":
        writer.labelled(kind, f"in “{detail.story.headline}” ({detail.story.source})")
    late = placed.arrived - min(other.arrived for other in detail.items)
    when = f"{times(placed.arrived)} {zone_letters(placed.arrived, times.zone)}"
    writer.labelled("came in", f"{when}, {lag(late) if late else 'first'}")
    if placed.dated is not None:
        writer.labelled("issued", times(placed.dated))
    elif item.date_note:
        writer.labelled("issued", f"the publisher's date isn't used: {item.date_note}")
    if others := credited(placed):
        writer.labelled("after", ", ".join(others))
    if placed.match is not None or placed.copy_of is not None:
        reasons = f": {', '.join(placed.why)}" if placed.why else ""
        writer.labelled("joined", f"at {placed.score:.0f}{reasons}")
    if item.url:
        writer.link(item.url)
    else:
        writer.labelled("link", "none that can be opened")
    _says_of_itself(writer, item)
    if item.summary:
        writer.blank()
        writer.paragraphs(item.summary, _spans(placed.flags, "summary"))
    if item.body:
        writer.heading("Text")
        writer.paragraphs(item.body, _spans(placed.flags, "body"))
    _why_flagged(writer, [placed])
    _earlier_takes(writer, detail, [placed], times)


def _lead(detail: StoryDetail) -> Placed:
    for placed in detail.items:
        if placed.item.id == detail.story.lead:
            return placed
    return detail.items[0]


def _first(detail: StoryDetail) -> Item:
    return min(detail.items, key=lambda placed: placed.arrived).item


def _first_with_text(detail: StoryDetail) -> Placed | None:
    return next((placed for placed in detail.items if placed.item.body or placed.item.summary), None)


def _spans(flags: Sequence[Flag], of: str) -> list[Span]:
    return sorted((flag.start, flag.end, f"hit-{family_of(flag.flag)}") for flag in flags if flag.field == of)


def _top(writer: Writer, detail: StoryDetail, lead: Placed, times: Times) -> None:
    """What an editor wants to know first: the news, what is special about it, who had it and how many have it."""
    story, item = detail.story, lead.item
    if "kill" in story.flags:
        writer.write("Withdrawn by its publisher: do not use.", "alarm")
    writer.write(story.headline, "strong", _spans(lead.flags, "headline") if story.headline == item.headline else ())
    writer.chips([(flag_words(flag), family_of(flag)) for flag in story.flags])
    first = _first(detail)
    zone = zone_letters(first.received, times.zone)
    writer.labelled("first", f"{times(story.first_seen)} {zone}, {first.source}")
    earliest = climb(detail.items).first
    if earliest.source != first.source:
        whose = "by its own time" if earliest.stated else "by arrival"
        writer.labelled("but", f"{earliest.source}, {times(earliest.when)} {whose} (c says more)")
    size = f"{story.outlets} outlet{'s' * (story.outlets != 1)}, {story.items} item{'s' * (story.items != 1)}"
    writer.labelled("size", f"{size}; {PRIORITY_NAMES[min(max(story.priority, 0), 4)]}")


def _facts(writer: Writer, detail: StoryDetail, lead: Placed, times: Times) -> None:
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
    if lead.dated is not None:
        whose = f", says {item.source}" if item.source != _first(detail).source else ""
        writer.labelled("issued", times(lead.dated) + whose)
    elif item.date_note:
        writer.labelled("issued", f"the publisher's date isn't used: {item.date_note}")
    _says_of_itself(writer, item)


def _says_of_itself(writer: Writer, item: Item) -> None:
    for label, value in (("by", item.byline), ("place", item.dateline or item.place), ("note", item.ednote)):
        if value:
            writer.labelled(label, value)


def _who_had_it(writer: Writer, detail: StoryDetail, lead: Placed, times: Times, names: dict[str, str]) -> None:
    writer.heading("Who had it")
    start = min(placed.arrived for placed in detail.items)
    shown = lead.item.headline.casefold()
    for placed in sorted(detail.items, key=lambda placed: placed.arrived):
        item = placed.item
        after = lag(placed.arrived - start)
        source = names.get(item.source, item.source)
        room = writer.width - 8 - 1 - 7 - 1 - 7 - 1
        kind = role(placed, detail.story.lead)
        style = "strong" if kind == "lead" else "soft"
        writer.lines.append(
            (
                (f"{clock_time(placed.arrived, times.zone)} {after:>7} ", "muted"),
                (f"{kind:<7} ", "source"),
                (fit(source, room), style),
            )
        )
        notes = [f"issued {times(placed.dated)}"] if placed.dated is not None else []
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


def _why_flagged(writer: Writer, items: Sequence[Placed]) -> None:
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for placed in items:
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


def _earlier_takes(writer: Writer, detail: StoryDetail, items: Sequence[Placed], times: Times) -> None:
    edited: list[tuple[Placed, tuple[Take, ...]]] = [
        (placed, detail.takes[placed.item.id]) for placed in items if detail.takes.get(placed.item.id)
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
