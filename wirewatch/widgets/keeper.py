"""The desk's hand on the user's configuration, away from the event loop: sees edits, writes words into it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from wirewatch.errors import ConfigError, QueryError
from wirewatch.widgets.messages import Configured, Noticed, WordWatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from wirewatch.config import Config, Watcher
    from wirewatch.config.edit import Edit
    from wirewatch.store.contract import Reader

CAUGHT_MOST = 10_000
"""Stories counted of what a new word would have caught."""


class Keeper:
    """Follows the file of a configuration and writes into it. `config` is what is in force."""

    def __init__(self, config: Config | None, post: Callable[[Message], object]) -> None:
        self.config = config
        self._post = post
        self._watcher: Watcher | None = None

    @property
    def has_file(self) -> bool:
        """Whether there is a file to follow and to write to."""
        return self.config is not None and self.config.path is not None

    def look(self) -> None:
        """Tells of an edit that is right; of a broken one the engine does."""
        if self.config is None:
            return
        if self._watcher is None:
            from wirewatch.config import Watcher

            self._watcher = Watcher(self.config)
        found = self._watcher.check(time.monotonic())
        if found is not None and not isinstance(found, ConfigError):
            self.config = found
            self._post(Configured(found))

    def watch(self, reader: Reader, word: str, kind: Literal["keywords", "entities"]) -> None:
        """Puts a word on the watch list in the file, then tells what it would have caught in a day."""
        from wirewatch.config.edit import watch_for

        if self.config is None or self.config.path is None:
            return
        try:
            edit = watch_for(self.config.path, word, kind)
        except ConfigError as error:
            self._post(Noticed(f"Not watched: {_said(error)}", error=True))
            return
        self._post(WordWatched(edit, *_caught(reader, edit.word)))

    def take_back(self, edit: Edit) -> None:
        """Takes the word out of the file again."""
        from wirewatch.config.edit import take_back

        try:
            take_back(edit)
        except ConfigError as error:
            self._post(Noticed(f"Not taken back: {_said(error)}", error=True))


def _said(error: ConfigError) -> str:
    """What is wrong, short enough for the status line: which file it is the reader knows."""
    first, more = error.problems[0], len(error.problems) - 1
    where = f" (line {first.line}{f', and {more} more' if more else ''})" if first.line else ""
    return f"{first.message}{where}"


def _caught(reader: Reader, word: str) -> tuple[int, str]:
    """How many stories of the last day have a word, and the query for them."""
    from wirewatch.query import parse

    query = f'"{word.replace(chr(34), " ")}" age:<24h'
    try:
        return len(reader.newest(CAUGHT_MOST, query=parse(query))), query
    except QueryError:  # a word without a letter or digit can be watched and not be asked for
        return 0, ""
