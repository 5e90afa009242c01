"""Why a story is flagged, and how its priority adds up: the evidence of each flag, its rule, and where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wirewatch.widgets.marks import PRIORITY_NAMES, family_of, flag_words
from wirewatch.widgets.times import zone_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.config import Config
    from wirewatch.model import Flag, Placed
    from wirewatch.widgets.shown import Shown
    from wirewatch.widgets.writer import Writer

BEFORE, AFTER = 40, 60
"""Code points of a text that are shown around what raised a flag."""
SHOWN_MOST = 40
"""Pieces of evidence that are shown; of more their number is given."""


def why_flagged(writer: Writer, shown: Shown) -> None:
    """Every flag with the words that raised it, the rule behind it and its line in the configuration."""
    items = list(shown.detail.items)
    chosen = shown.placed
    if chosen is not None:
        items.remove(chosen)
        items.insert(0, chosen)
    found = _evidence(items)
    writer.heading("Why it is flagged")
    if not found:
        writer.write("Nothing in it raised a flag.", "soft", indent=2)
    for evidence in found[:SHOWN_MOST]:
        _one(writer, evidence, shown.config)
    if len(found) > SHOWN_MOST:
        writer.write(f"… and {len(found) - SHOWN_MOST} more.", "muted", indent=2)


def how_high(writer: Writer, shown: Shown) -> None:
    """The arithmetic of the priority, what became of an exclusive, and what in it is much talked about."""
    from wirewatch.rules import RuleSet
    from wirewatch.rules.score import score

    story, items, config = shown.detail.story, shown.detail.items, shown.config
    writer.heading("How its priority adds up")
    worked_out = score(story, items, RuleSet(config.rules if config else ()), config.weights if config else {})
    for part in worked_out.parts:
        writer.labelled(f"{part.points:>6g}", part.why, indent=2)
    writer.labelled(f"{'=':>6}", worked_out.sum(), indent=2, style="strong")
    if worked_out.priority != story.priority:
        name = PRIORITY_NAMES[min(max(story.priority, 0), 4)]
        writer.write(
            f"It is stored as {name}: that was worked out under another configuration, and is anew when it changes.",
            "muted",
            indent=2,
        )
    _exclusive(writer, shown)
    _bursts(writer, shown)


class _Evidence(NamedTuple):
    """What one rule found in one field, and the sources that have the same words there."""

    flags: list[Flag]
    text: str
    sources: list[str]


def _evidence(items: Sequence[Placed]) -> list[_Evidence]:
    """Each finding once, in the words of the first item that has it."""
    found: dict[tuple[str, str, str, tuple[str, ...]], _Evidence] = {}
    for placed in items:
        alike: dict[tuple[str, str, str], list[Flag]] = {}
        for flag in placed.flags:
            alike.setdefault((flag.flag, flag.rule, flag.field), []).append(flag)
        for key, flags in alike.items():
            words = tuple(sorted({flag.text.casefold() for flag in flags}))
            one = found.setdefault((*key, words), _Evidence(flags, _text(placed, flags[0]), []))
            if placed.item.source not in one.sources:
                one.sources.append(placed.item.source)
    return list(found.values())


def _text(placed: Placed, flag: Flag) -> str:
    """The field as it is printed; empty where that is no text."""
    value = getattr(placed.item, flag.field, None)
    return value if isinstance(value, str) and value[flag.start : flag.end] == flag.text else ""


def _one(writer: Writer, evidence: _Evidence, config: Config | None) -> None:
    flag, sources = evidence.flags[0], evidence.sources
    words = flag_words(flag.flag)
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    where = f"{flag.field} of {sources[0]}{more}"
    writer.write(f"{words}  {where}", "muted", [(0, len(words), family_of(flag.flag))], indent=2, hang=2)
    ink = f"hit-{family_of(flag.flag)}"
    if evidence.text:
        text, begin, end = _around(evidence.text, flag.start, flag.end)
        lead = "…" if begin else ""
        spans = [
            (max(one.start, begin) - begin + len(lead), min(one.end, end) - begin + len(lead), ink)
            for one in sorted(evidence.flags, key=lambda one: one.start)
            if one.start < end and one.end > begin
        ]
        writer.write(lead + text + ("…" if end < len(evidence.text) else ""), "soft", spans, indent=4, hang=4)
    else:
        writer.write(flag.text, "soft", [(0, len(flag.text), ink)], indent=4, hang=4)
    writer.write(_rule(flag, config), "muted", indent=4, hang=4)


def _around(text: str, start: int, end: int) -> tuple[str, int, int]:
    """What stands around a place, from word to word, and from where to where that is."""
    begin = max(0, start - BEFORE)
    if begin:
        begin = text.find(" ", begin, start) + 1 or begin
    stop = min(len(text), end + AFTER)
    if stop < len(text):
        stop = max(end, text.rfind(" ", end, stop))
    return text[begin:stop].replace("\n", " "), begin, stop


def _rule(flag: Flag, config: Config | None) -> str:
    """The rule, and the line in which the user wrote it."""
    own = flag.rule.removeprefix("rule/")
    if config is None:
        return f"rule {own}"
    name = "rule:" + own if flag.rule.startswith("rule/") else flag.flag
    line = config.lines.get(name)
    file = str(config.path) if config.path is not None else "the built-in configuration"
    if line is not None:
        return f"rule {own}, {file}:{line}"
    gone = name.partition(":")[0] in ("rule", "keyword", "entity")
    return f"rule {own}" + (f", no longer in {file}" if gone and config.path is not None else "")


def _exclusive(writer: Writer, shown: Shown) -> None:
    from wirewatch.rules.exclusive import ALONE, evidence

    found = evidence(shown.detail.items, shown.now)
    if found is None:
        return
    named = found.tagged.item.source
    by = found.by.item.source if found.by is not None else ""
    when = f"{shown.times(found.by.arrived)} {zone_letters(found.by.arrived, shown.zone)}" if found.by else ""
    said = {
        "tagged": f"{named} calls it exclusive; nobody else has it yet",
        "sole": f"{named} calls it exclusive, and nobody else has it on their own after {ALONE / 60:.0f} minutes",
        "matched": f"{named} called it exclusive; {by} has it on its own since {when}",
        "confirmed": f"{named} called it exclusive; {by} confirms it since {when}",
        "denied": f"{named} called it exclusive; {by} has a denial since {when}",
    }
    writer.heading("The exclusive")
    writer.labelled(found.grade, said[found.grade], indent=2, room=11)


def _bursts(writer: Writer, shown: Shown) -> None:
    bursting = [burst for burst in shown.bursts if burst.bursting]
    if not bursting:
        return
    writer.heading("Much talked about now")
    for burst in bursting:
        writer.labelled(
            burst.name,
            f"{burst.last_hour} mentions in the last hour from {burst.sources} sources; usual are {burst.usual:.1f}",
            indent=2,
            room=max(8, len(burst.name) + 2),
        )
