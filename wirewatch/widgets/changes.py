"""What changed between the takes of an item: the sentences that went and those that came, their words marked."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from wirewatch.widgets.times import lag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirewatch.model import Placed
    from wirewatch.widgets.shown import Shown
    from wirewatch.widgets.writer import Span, Writer

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?。！？]+[\"'”’)\]]*(?=\s|$)|(?=\n)|$)")
_WORD = re.compile(r"\w+|[^\w\s]")
SENTENCES_MOST = 400
"""Sentences of a text that are compared."""
WORDS_MOST = 400
"""Words of a sentence that are compared."""
ALIKE = 0.3
"""Share of their words that a sentence and the one in its place have in common, if it is the same one edited."""


class Text(NamedTuple):
    """One take of an item."""

    name: str
    received: float
    parts: tuple[tuple[str, str], ...]
    """Headline, summary and body with their names."""


def what_changed(writer: Writer, shown: Shown) -> None:
    """Every edit of every item, the newest first; those of the item under the cursor alone where it has any."""
    histories = [(placed, texts) for placed in shown.detail.items if len(texts := _history(shown, placed)) > 1]
    chosen = [(placed, texts) for placed, texts in histories if placed.item.id == shown.item]
    histories = chosen or histories
    if not histories:
        writer.write("Nothing changed: no item of this story was edited since it came in.", "soft")
        return
    for placed, texts in histories:
        writer.heading(placed.item.source)
        for old, new in list(itertools.pairwise(texts))[::-1]:
            after = lag(new.received - old.received)
            writer.write(f"{old.name} → {new.name}, {shown.times(new.received)} ({after})", "muted", indent=2)
            _edit(writer, old, new)
            writer.blank()


def _history(shown: Shown, placed: Placed) -> list[Text]:
    """The takes of an item, oldest first, beginning with the item of its outlet that it is a later version of."""
    item = placed.item
    found = [
        Text(f"take {take.version}", take.received, _parts(take.headline, take.summary, take.body))
        for take in shown.detail.takes.get(item.id, ())
    ]
    before = shown.by_id.get(placed.match or "")
    if placed.role == "version" and before is not None and before.item.source == item.source:
        theirs = before.item
        earlier = Text("the item before", theirs.received, _parts(theirs.headline, theirs.summary, theirs.body))
        found.insert(0, earlier)
    name = f"take {item.version}" if found and item.version > 1 else "this item"
    return [*found, Text(name, item.received, _parts(item.headline, item.summary, item.body))]


def _parts(headline: str, summary: str | None, body: str | None) -> tuple[tuple[str, str], ...]:
    return ("headline", headline), ("summary", summary or ""), ("text", body or "")


def _edit(writer: Writer, old: Text, new: Text) -> None:
    said = False
    for (name, before), (_, after) in zip(old.parts, new.parts, strict=True):
        if before == after:
            continue
        said = True
        writer.write(name, "heading", indent=2)
        if not before or not after:
            gone = before or after
            sign, style = ("−", "killed") if before else ("+", "soft")
            for start, end in _sentences(gone)[:SENTENCES_MOST]:
                _line(writer, sign, gone[start:end], style, ())
            continue
        kept = 0
        for sign, text, spans in compared(before, after):
            if sign == " ":
                kept += 1
                continue
            _line(writer, sign, text, "muted" if sign == "−" else "soft", spans)
        if kept:
            writer.write(f"{kept} sentence{'s' * (kept != 1)} as before", "faint", indent=4)
    if not said:
        writer.write("neither headline nor text: what changed is its status or its labels", "soft", indent=4)


def _line(writer: Writer, sign: str, text: str, style: str, spans: Sequence[Span]) -> None:
    shifted = [(start + 2, end + 2, name) for start, end, name in spans]
    ink = "bad" if sign == "−" else "good"
    writer.write(f"{sign} {text}", style, [(0, 1, ink), *shifted], indent=4, hang=2)


def compared(before: str, after: str) -> Iterator[tuple[str, str, list[Span]]]:
    """The sentences of two texts in order: (` `, `−` or `+`, sentence, spans of what changed in it)."""
    from difflib import SequenceMatcher

    old = [before[start:end] for start, end in _sentences(before)][:SENTENCES_MOST]
    new = [after[start:end] for start, end in _sentences(after)][:SENTENCES_MOST]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for change, i, j, k, m in matcher.get_opcodes():
        if change == "equal":
            yield from ((" ", sentence, []) for sentence in old[i:j])
            continue
        pairs = max(j - i, m - k)
        for at in range(pairs):
            left = old[i + at] if i + at < j else None
            right = new[k + at] if k + at < m else None
            gone, came = _words(left, right)
            if left is not None:
                yield "−", left, [(start, end, "killed") for start, end in gone]
            if right is not None:
                yield "+", right, [(start, end, "hit-amend") for start, end in came]


def _words(left: str | None, right: str | None) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where in two sentences words went and came; the whole of both where they have little in common."""
    if left is None or right is None:
        return [(0, len(left or ""))], [(0, len(right or ""))]
    from difflib import SequenceMatcher

    mine, theirs = list(_WORD.finditer(left))[:WORDS_MOST], list(_WORD.finditer(right))[:WORDS_MOST]
    matcher = SequenceMatcher(None, [word[0] for word in mine], [word[0] for word in theirs], autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(0, len(left))], [(0, len(right))]
    gone, came = [], []
    for change, i, j, k, m in matcher.get_opcodes():
        if change == "equal":
            continue
        if j > i:
            gone.append((mine[i].start(), mine[j - 1].end()))
        if m > k:
            came.append((theirs[k].start(), theirs[m - 1].end()))
    return gone, came


def _sentences(text: str) -> list[tuple[int, int]]:
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match[0]
        start = match.start() + len(piece) - len(piece.lstrip())
        if piece.strip():
            found.append((start, match.end() - (len(piece) - len(piece.rstrip()))))
    return found
