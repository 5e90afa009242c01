"""What comes of the user's word: which items move, which stories become one or two, and how all of them then stand.

Pure but for what it reads of the store. A word that can't be done any more is refused with its reason, never half done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wirewatch import ladder
from wirewatch.store.contract import Deed, Judged, Settled
from wirewatch.stories import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wirewatch.model import Placed, Story
    from wirewatch.store.contract import Word, Writer

    Row = Callable[[list[Placed]], tuple[Story, list[Placed]]]

PARTED = "taken out of another story by hand"
JOINED = "joined with this story by hand"
CERTAIN = 100.0
GONE = "the story is gone"


def settled(word: Word, writer: Writer, row: Row) -> Settled:
    """What a word comes to; `row` makes the story of some items, and judges them as part of it."""
    if word.what == "part":
        return _part(word, writer, row)
    if word.what == "join":
        return _join(word, writer, row)
    return _undo(word, writer, row)


def _part(word: Word, writer: Writer, row: Row) -> Settled:
    items = writer.items_of(word.other)
    chosen = next((placed for placed in items if placed.item.id == word.one), None)
    if chosen is None:
        return Settled(word, refused="the item isn't part of that story any more")
    taken = _with_its_own(chosen.item.id, ladder.as_told(items, ladder.lead(items).item.id))
    moved = [placed for placed in items if placed.item.id in taken]
    rest = [placed for placed in items if placed.item.id not in taken]
    if not rest:
        return Settled(word, refused="there is nothing in the story but this item, its copies and its later takes")
    home, story = chosen.story, _free_id(chosen.item.id, writer)
    chosen_now = msgspec.structs.replace(
        chosen, role="lead", copy_of=None, match=None, score=0.0, why=(PARTED,), story=story
    )
    new = [chosen_now if placed is chosen else _beside(placed, story, chosen.item.id) for placed in moved]
    deed = Deed(word, story, home, _judgements(items), tuple(placed.item.id for placed in moved))
    return _settled(word, items, [new, _led(rest)], row, deed=deed, apart=((home, story),))


def _join(word: Word, writer: Writer, row: Row) -> Settled:
    one, other = writer.items_of(word.one), writer.items_of(word.other)
    if not one or not other:
        return Settled(word, refused=GONE)
    if one[0].story == other[0].story:
        return Settled(word, refused="they are one story already")
    stays, goes = sorted((one, other), key=lambda items: (min(placed.arrived for placed in items), items[0].story))
    kept, old = stays[0].story, goes[0].story
    lead = next((placed for placed in ladder.ranked(stays) if placed.role == "lead"), ladder.ranked(stays)[0])
    now = [_joined(placed, kept, lead.item.id) for placed in goes]
    deed = Deed(word, old, kept, _judgements(goes), tuple(placed.item.id for placed in goes))
    return _settled(word, [*stays, *goes], [[*stays, *now]], row, deed=deed, merged=((old, kept),))


def _undo(word: Word, writer: Writer, row: Row) -> Settled:
    deed = writer.deed(word.one)
    if deed is None:
        return Settled(word, refused="there is nothing to take back")
    before = {judged.item: judged for judged in deed.before}
    if deed.word.what == "part":
        goes, stays = writer.items_of(deed.story), writer.items_of(deed.home)
        if not goes or not stays:
            return Settled(word, refused=GONE)
        if goes[0].story == stays[0].story:
            return Settled(word, refused="they are one story again already")
        old, kept = goes[0].story, stays[0].story
        back = [_as_before(placed, before, kept) for placed in (*stays, *goes)]
        return _settled(word, [*stays, *goes], [_led(back)], row, merged=((old, kept),), undone=deed)
    items = writer.items_of(deed.home)
    taken = {item for item in deed.moved if any(placed.item.id == item for placed in items)}
    taken |= {placed.item.id for placed in items if placed.copy_of in taken}
    rest = [placed for placed in items if placed.item.id not in taken]
    if not taken or not rest or writer.items_of(deed.story) != items:
        return Settled(word, refused="the joined story has changed too much since")
    back = [_as_before(placed, before, deed.story) for placed in items if placed.item.id in taken]
    return _settled(word, items, [_led(back), _led(rest)], row, apart=deed.apart, undone=deed)


def _settled(
    word: Word,
    before: Sequence[Placed],
    groups: Iterable[list[Placed]],
    row: Row,
    *,
    deed: Deed | None = None,
    merged: tuple[tuple[str, str], ...] = (),
    apart: tuple[tuple[str, str], ...] = (),
    undone: Deed | None = None,
) -> Settled:
    """All of it in one: the stories of these groups of items, and the items that aren't what they were."""
    was = {placed.item.id: placed for placed in before}
    stories: list[Story] = []
    changed: list[Placed] = []
    for group in groups:
        story, items = row(sorted(group, key=lambda placed: (placed.arrived, placed.item.id)))
        stories.append(story)
        changed += [placed for placed in items if placed != was[placed.item.id]]
    return Settled(
        word,
        deed=deed,
        placed=tuple(changed),
        content={placed.item.id: identity.content(placed.item) for placed in changed},
        stories=tuple(stories),
        merged=merged,
        apart=apart,
        undone=undone,
    )


def _beside(placed: Placed, story: str, lead: str) -> Placed:
    """An item that goes with another one, which leads their story."""
    if placed.role != "lead":
        return msgspec.structs.replace(placed, story=story)
    return msgspec.structs.replace(placed, story=story, role="copy", copy_of=lead)


def _with_its_own(chosen: str, items: Sequence[Placed]) -> set[str]:
    """An item with its copies, and the later versions of them by their own outlets."""
    taken = {chosen}
    sources = {placed.item.id: placed.item.source for placed in items}
    while True:
        more = {
            placed.item.id
            for placed in items
            if placed.item.id not in taken
            and (
                placed.copy_of in taken
                or (placed.role == "version" and placed.match in taken and sources[placed.match] == placed.item.source)
            )
        }
        if not more:
            return taken
        taken |= more


def _free_id(item: str, writer: Writer) -> str:
    """An id for the story that begins with an item, that no story has or had."""
    story, number = f"s{item}", 1
    while writer.items_of(story):
        number += 1
        story = f"s{item}.{number}"
    return story


def _led(items: list[Placed]) -> list[Placed]:
    """The items with one of them as the lead, where none is."""
    if any(placed.role == "lead" for placed in items):
        return items
    order = ladder.ranked(items)
    lead = next((placed for placed in order if placed.role != "copy"), order[0])
    return [msgspec.structs.replace(placed, role="lead") if placed is lead else placed for placed in items]


def _joined(placed: Placed, story: str, lead: str) -> Placed:
    """An item of a story that the user joined with another one."""
    if placed.role != "lead":
        return msgspec.structs.replace(placed, story=story)
    why = (*(reason for reason in placed.why if reason != PARTED), JOINED)
    return msgspec.structs.replace(placed, story=story, role="report", match=lead, score=CERTAIN, why=why)


def _judgements(items: Iterable[Placed]) -> tuple[Judged, ...]:
    return tuple(
        Judged(placed.item.id, placed.role, placed.copy_of, placed.match, placed.score, placed.why) for placed in items
    )


def _as_before(placed: Placed, before: dict[str, Judged], story: str) -> Placed:
    """An item with the judgement that a word changed; one that came since stays what it is, but leads nothing."""
    judged = before.get(placed.item.id)
    if judged is None:
        role = "report" if placed.role == "lead" else placed.role
        return msgspec.structs.replace(placed, story=story, role=role)
    return msgspec.structs.replace(
        placed,
        story=story,
        role=judged.role,
        copy_of=judged.copy_of,
        match=judged.match,
        score=judged.score,
        why=judged.why,
    )
