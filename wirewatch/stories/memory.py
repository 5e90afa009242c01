"""What the index keeps of an item: enough to fill it again without reading a text twice."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

from wirewatch.stories.normal import Form

if TYPE_CHECKING:
    from wirewatch.stories.window import Window


class Memory(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An item's normal form, the words that its summary adds, the sentences of its body as hashes, what it copies."""

    tokens: tuple[str, ...]
    marks: bytes
    summary: tuple[str, ...] = ()
    said: bytes = b""
    """Eight bytes a sentence, in this machine's order."""
    aside: bool = False
    copy_of: str | None = None


def of_item(window: Window, number: int) -> Memory:
    """What a window keeps of a live item."""
    form = window.form(number)
    original = window.original[number - window.base]
    return Memory(
        tokens=form.tokens,
        marks=bytes(form.marks),
        summary=tuple(window.words[token] for token in window.extra.of(number)),
        said=window.echoes.said(number).tobytes(),
        aside=window.stands_apart(number),
        copy_of=window.id(original) if window.first <= original != number else None,
    )


def take_in(window: Window, item_id: str, story: str, source: str, when: float, memory: Memory) -> int | None:
    """Puts an item back into its story; the cluster that it made grow, None where it began one or was there already."""
    if window.number_of(item_id) is not None:
        return None
    cluster = window.named(story)
    number = window.add(
        item_id,
        Form(memory.tokens, tuple(memory.marks)),
        summary=memory.summary,
        said=array("Q", memory.said),
        when=when,
        source=source,
        cluster=cluster,
        aside=memory.aside,
    )
    if cluster is None:
        window.name(number, story)
    original = window.number_of(memory.copy_of) if memory.copy_of is not None else None
    if original is not None:
        window.original[number - window.base] = original
    return cluster
