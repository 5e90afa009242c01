"""What the desk's threads tell its widgets, and widgets each other. Handlers own the state; threads only post these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirewatch.config import Config
    from wirewatch.config.edit import Edit
    from wirewatch.model import Alert, Change, SourceState, Story
    from wirewatch.store.contract import AlertsStanding, Word
    from wirewatch.widgets.page import Page
    from wirewatch.widgets.roll import Branch
    from wirewatch.widgets.writer import Line


class Engine(Protocol):
    """Whoever runs the engine beside the desk. All its methods are called from one thread, never the event loop."""

    def start(self) -> None:
        """Starts it; returns at once."""
        ...

    def poll(self) -> str | None:
        """Looks after it; a sentence to show when something happened to it. Never blocks."""
        ...

    def stop(self) -> None:
        """Ends it, within two seconds."""
        ...


@dataclass(eq=False, repr=False)
class Changed(Message):
    """The log grew. `matching` names, by view, the changed stories that the view's query matches."""

    changes: list[Change]
    matching: dict[int, frozenset[str]]
    taken: Callable[[], None]
    """To be called once the changes are in the feed: the reader of the log waits for it before it reads on."""


@dataclass(eq=False, repr=False)
class Restarted(Message):
    """The log no longer tells what changed since it was last read: every view has to be read anew."""


@dataclass(eq=False, repr=False)
class PageRead(Message):
    """Stories for a view: its first page, or older ones."""

    view: int
    stories: list[Story]
    first: bool
    more: bool
    """Whether the store may hold older ones still."""


@dataclass(eq=False, repr=False)
class StoryRead(Message):
    """A story's page for the detail pane, laid out; None when the story is gone."""

    story_id: str
    page: Page | None


@dataclass(eq=False, repr=False)
class BranchesRead(Message):
    """The items of a story for the feed; none where the story is gone."""

    story_id: str
    branches: tuple[Branch, ...]


@dataclass(eq=False, repr=False)
class LinesRead(Message):
    """What an overlay says of a story, laid out; None when the story is gone."""

    story_id: str
    subject: str
    lines: tuple[Line, ...] | None


@dataclass(eq=False, repr=False)
class Tallied(Message):
    """The counts and states that the status line shows."""

    counts: dict[str, int]
    states: dict[str, SourceState]
    engine: str | None


@dataclass(eq=False, repr=False)
class Alerted(Message):
    """The alert log grew, or somebody acknowledged something."""

    alerts: list[Alert]
    standing: AlertsStanding


@dataclass(eq=False, repr=False)
class AlertsRead(Message):
    """The newest alerts, for whoever looks at the log."""

    alerts: list[Alert]


@dataclass(eq=False, repr=False)
class StoryFound(Message):
    """The story that an alert is about, as it stands now; None when it is gone."""

    story: Story | None


@dataclass(eq=False, repr=False)
class Noticed(Message):
    """Something that a person should know, as plain text; `error` where something they wanted didn't happen."""

    text: str
    error: bool = False
    stands: bool = False
    """It stays until the reader takes it away: what is wrong lasts until they do something about it."""


@dataclass(eq=False, repr=False)
class Troubled(Message):
    """What is wrong with the store or the engine as long as it lasts, by who says so; None once it is well again."""

    who: str
    text: str | None


@dataclass(eq=False, repr=False)
class Configured(Message):
    """The configuration was edited, and what it says now is right."""

    config: Config


@dataclass(eq=False, repr=False)
class WordWatched(Message):
    """A word was put on the watch list: the edit, how many stories of the last day have it, and the query for them."""

    edit: Edit
    caught: int
    query: str


@dataclass(eq=False, repr=False)
class MarkFailed(Message):
    """A mark couldn't be written; `undo` is what the stories were before it."""

    before: list[Story]
    reason: str


@dataclass(eq=False, repr=False)
class WordFailed(Message):
    """What the user said of stories couldn't be written."""

    word: Word
    reason: str


@dataclass(eq=False, repr=False)
class StoryPicked(Message):
    """The cursor stands on another story, or on none."""

    story_id: str | None


@dataclass(eq=False, repr=False)
class StoryEntered(Message):
    """The reader wants to read a story (double click)."""

    story_id: str


@dataclass(eq=False, repr=False)
class FeedTurned(Message):
    """What the head of the feed says may have changed: following, frozen, how many are new."""


@dataclass(eq=False, repr=False)
class EndNeared(Message):
    """The reader comes near the last row; `oldest` is its (at, id)."""

    oldest: tuple[float, str] | None


@dataclass(eq=False, repr=False)
class DetailTurned(Message):
    """What the head of the detail pane says may have changed."""


@dataclass(eq=False, repr=False)
class PageWanted(Message):
    """The detail pane has another width and needs its page laid out again."""


@dataclass(eq=False, repr=False)
class LinkClicked(Message):
    """A link was clicked."""

    url: str


@dataclass(eq=False, repr=False)
class Asked(Message):
    """The reader typed a query and pressed Enter; `kind` is `search` or `filter`."""

    kind: str
    text: str


@dataclass(eq=False, repr=False)
class AskingChanged(Message):
    """The reader typed: what was wrong with the query may not be wrong any more."""


@dataclass(eq=False, repr=False)
class AskingEnded(Message):
    """The reader left the prompt without asking."""


@dataclass(eq=False, repr=False)
class KeyClicked(Message):
    """A command in the footer was clicked."""

    action: str
