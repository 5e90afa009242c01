"""What the reader does to stories: marks, shown at once, and words, which the engine does; taken back one by one."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from wirewatch.store.contract import Word

if TYPE_CHECKING:
    from wirewatch.config.edit import Edit
    from wirewatch.model import Story
    from wirewatch.widgets.backstage import Backstage
    from wirewatch.widgets.ledger import Ledger

UNDOABLE = 100
"""Marks that can be taken back."""


class Marks:
    """What the reader marked. Each method returns the stories as they are to be shown from now on."""

    def __init__(self, backstage: Backstage) -> None:
        self._backstage = backstage
        self._done: deque[list[Story] | Edit | Word] = deque(maxlen=UNDOABLE)

    def set(
        self, stories: list[Story], *, read: bool | None = None, starred: bool | None = None, undoable: bool = True
    ) -> list[Story]:
        """Marks stories; None leaves a mark as it is."""
        if undoable:
            self._done.append(stories)
        self._backstage.mark(stories, read=read, starred=starred)
        return [
            replace(
                story,
                read=story.read if read is None else read,
                starred=story.starred if starred is None else starred,
            )
            for story in stories
        ]

    def remember(self, edit: Edit) -> None:
        """A change of the configuration can be taken back like a mark."""
        self._done.append(edit)

    def say(self, what: Literal["part", "join"], one: str, other: str) -> None:
        """Says something of stories; the engine does it, and the log tells."""
        word = Word(os.urandom(16).hex(), what, one, other)
        self._done.append(word)
        self._backstage.speak(word)

    def undo(self, ledger: Ledger) -> tuple[list[Story], str]:
        """Takes the last mark, edit or word back; the stories to be shown otherwise at once, and what to say."""
        if not self._done:
            return [], "Nothing to undo."
        before = self._done.pop()
        if isinstance(before, Word):
            self._backstage.speak(Word(os.urandom(16).hex(), "undo", before.id))
            return [], "Joining taken back." if before.what == "join" else "Put back into its story."
        if not isinstance(before, list):
            self._backstage.take_back(before)
            return [], f"{before.word} is watched no longer."
        for story in before:
            self._backstage.mark([story], read=story.read, starred=story.starred)
        return self._as_before(before, ledger), "Mark taken back."

    def unsaid(self, word: Word) -> None:
        """A word that couldn't be written is forgotten."""
        if word in self._done:
            self._done.remove(word)

    def failed(self, before: list[Story], ledger: Ledger) -> list[Story]:
        """A mark that couldn't be written is forgotten."""
        if before in self._done:
            self._done.remove(before)
        return self._as_before(before, ledger)

    @staticmethod
    def _as_before(before: list[Story], ledger: Ledger) -> list[Story]:
        """The stories as they stand now, with the marks they had then: they may have grown since."""
        return [replace(ledger.get(story.id) or story, read=story.read, starred=story.starred) for story in before]
