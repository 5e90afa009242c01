"""Why these items are one story: for each what it was joined by, how sure that is, and what speaks against it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirewatch.ladder import role
from wirewatch.widgets.times import clock_time

if TYPE_CHECKING:
    from wirewatch.model import Placed
    from wirewatch.widgets.shown import Shown
    from wirewatch.widgets.writer import Writer

_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
_AGAINST = "although "
BY_HAND = "by hand"
"""How the reason of what the user said ends: nothing was asked to speak against it."""
_RELATED = re.compile(r"related to (\S+?)(?::\s*(.*))?$")
WORDS_MOST = 8
"""Words of a difference that are named."""


def one_story(writer: Writer, shown: Shown) -> None:
    """Every item with its match, score and evidence; the one under the cursor first."""
    writer.heading("Why these are one story")
    items = list(shown.detail.items)
    if len(items) == 1:
        writer.write("Nothing was joined to it: this is its only item.", "soft", indent=2)
    chosen = shown.placed
    if chosen is not None:
        items.remove(chosen)
        items.insert(0, chosen)
    for placed in items:
        _item(writer, shown, placed)


def _item(writer: Writer, shown: Shown, placed: Placed) -> None:
    item = placed.item
    writer.blank()
    mark = "▸ " if item.id == shown.item else "  "
    writer.lines.append(
        (
            (mark, "key"),
            (f"{clock_time(placed.arrived, shown.zone)}  {role(placed, shown.detail.story.lead):<7}  ", "muted"),
            (writer.fitting(item.source, 2 + 8 + 2 + 7 + 2), "strong"),
        )
    )
    writer.write(item.headline, "soft", indent=4)
    matched = shown.by_id.get(placed.match or placed.copy_of or "")
    if placed.match is not None or placed.copy_of is not None:
        _fact(writer, "match", f"{placed.score:.0f} of 100, with {_named(shown, matched)}")
    for reason in placed.why:
        found = _RELATED.match(reason)
        if found is not None:
            other = shown.related.get(found[1])
            which = f"“{other.headline}” ({other.source})" if other else f"the story {found[1]}"
            _fact(writer, "related", f"{which}, not joined" + (f": {found[2]}" if found[2] else ""))
        elif reason.startswith(_AGAINST):
            _fact(writer, "despite", reason.removeprefix(_AGAINST))
        else:
            _fact(writer, "because", reason)
    if matched is not None and matched is not placed and not any(why.endswith(BY_HAND) for why in placed.why):
        _differences(writer, placed, matched)
    if placed.match is None and placed.copy_of is None and not placed.why and len(shown.detail.items) > 1:
        _fact(writer, "because", "the story began with it")


def _differences(writer: Writer, placed: Placed, matched: Placed) -> None:
    """The words that the two headlines don't share: what the veto looked at."""
    mine, theirs = _words(placed.item.headline), _words(matched.item.headline)
    only = [word for key, word in mine.items() if key not in theirs]
    other = [word for key, word in theirs.items() if key not in mine]
    if not only and not other:
        _fact(writer, "veto", "looked at nothing: the headlines have the same words")
        return
    sides = [f"{name}: {_some(words)}" for name, words in (("only here", only), ("only there", other)) if words]
    against = any(reason.startswith(_AGAINST) for reason in placed.why)
    verdict = "outweighed" if against else "found nothing against it"
    _fact(writer, "veto", f"{verdict}; {'; '.join(sides)}")


def _words(headline: str) -> dict[str, str]:
    return {word.casefold(): word for word in _WORD.findall(headline)}


def _some(words: list[str]) -> str:
    more = f" and {len(words) - WORDS_MOST} more" if len(words) > WORDS_MOST else ""
    return ", ".join(words[:WORDS_MOST]) + more


def _named(shown: Shown, matched: Placed | None) -> str:
    """The item by its outlet, and by its headline too where the outlet has several."""
    if matched is None:
        return "an item that is no longer part of the story"
    source = matched.item.source
    if sum(placed.item.source == source for placed in shown.detail.items) == 1:
        return f"{source}'s item"
    return f"“{matched.item.headline}” ({source})"


def _fact(writer: Writer, label: str, text: str) -> None:
    writer.labelled(label, text, indent=4, room=9)
