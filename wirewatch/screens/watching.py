"""What the desk does with the configuration: saved views, words put on the watch list, edits taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.errors import QueryError
from wirewatch.screens.commands import Commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.config import View as SavedView
    from wirewatch.widgets import messages

WATCH = "watch"
"""The kind of prompt that asks for a word to be watched."""


class Watching(Commands):
    """The commands that read and change what the user set."""

    @property
    def saved_views(self) -> Sequence[SavedView]:
        """The user's views, in the order in which they wrote them."""
        config = self.backstage.keeper.config
        return config.views if config is not None else ()

    def ask_for(self, kind: str, text: str, query: str | None = None) -> None:
        """Goes into the view that a query asks for. Raises QueryError."""
        raise NotImplementedError

    def action_view_key(self, key: str) -> None:
        """Opens the saved view on a key; where it is open, goes back to all stories."""
        view = next((view for view in self.saved_views if view.key == key), None)
        if view is None:
            self.say(f"There is no view on {key}: a [[view]] table of the configuration makes one.", error=True)
        else:
            self.open_view(view)

    def open_view(self, view: SavedView) -> None:
        """Opens a saved view; where it is open, goes back to all stories."""
        now = self.views.now
        if now.kind == "view" and now.text == view.name:
            below = self.views.leave()
            if below is not None:
                self.show_view(below)
            return
        try:
            self.ask_for("view", view.name, view.query)
        except QueryError as error:  # it could be read when the file was; the language is the same
            self.say(f"The view {view.name}: {error} (column {error.column + 1})", error=True)

    def action_ask(self, kind: str) -> None:
        """Opens the prompt; the one for a word to watch with the word that is most likely meant."""
        if kind != WATCH or self.prompt is None:
            super().action_ask(kind)
            return
        if not self.backstage.keeper.has_file:
            self.say("There is no configuration file to write to yet: `wirewatch config init` makes one.", error=True)
            return
        from wirewatch.widgets.discussed import word_of

        self.feed.hold()
        self.add_class("asking")
        view, story = self.views.now, self.feed.cursor_story
        asked = view.text if view.kind in ("search", "filter") else ""
        self.prompt.open(WATCH, word_of(story.headline, story.flags, asked) if story is not None else asked)

    def watch_for(self, text: str) -> None:
        """Has a word put on the watch list; a name where an @ stands before it."""
        self.backstage.watch_word(text.removeprefix("@").strip(), "entities" if text.startswith("@") else "keywords")

    def on_word_watched(self, message: messages.WordWatched) -> None:
        """Shows what the word would have caught in the last day."""
        self._marks.remember(message.edit)
        if message.query:
            self.ask_for("search", message.query)
        sign = "@" if message.edit.kind == "entities" else "#"
        caught = f"{message.caught:,} stories" if message.caught != 1 else "1 story"
        where = f"line {message.edit.line} of {message.edit.path.name}"
        self.say(
            f"{sign} {message.edit.word} is watched from now on ({where}): {caught} of the last 24 hours. u undoes."
        )

    def on_configured(self, message: messages.Configured) -> None:
        """Takes over an edited configuration: its views and rules; sources and keys as far as a running desk can."""
        self._source_names = [source.name for source in message.config.sources]
        self.standing.take_config(self._source_names)
