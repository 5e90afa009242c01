"""What the desk's threads tell its widgets, and widgets each other. Handlers own the state; threads only post these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, dataclass_transform

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


@dataclass_transform(eq_default=False)
class Told(Message):
    """A message whose fields are its arguments, as in a dataclass, without code compiled before the first frame."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._fields, values, strict=False)) | named
        missing = [name for name in self._fields if name not in given and not hasattr(type(self), name)]
        if missing or len(given) != len(values) + len(named) or not given.keys() <= set(self._fields):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._fields) or 'nothing'}")
        for name, value in given.items():
            setattr(self, name, value)
        super().__init__()


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


class Changed(Told):
    """The log grew. `matching` names, by view, the changed stories that the view's query matches."""

    changes: list[Change]
    matching: dict[int, frozenset[str]]
    taken: Callable[[], None]
    """To be called once the changes are in the feed: the reader of the log waits for it before it reads on."""


class Restarted(Told):
    """The log no longer tells what changed since it was last read: every view has to be read anew."""


class PageRead(Told):
    """Stories for a view: its first page, or older ones."""

    view: int
    stories: list[Story]
    first: bool
    more: bool
    """Whether the store may hold older ones still."""


class StoryRead(Told):
    """A story's page for the detail pane, laid out; None when the story is gone."""

    story_id: str
    page: Page | None


class BranchesRead(Told):
    """The items of a story for the feed; none where the story is gone."""

    story_id: str
    branches: tuple[Branch, ...]


class LinesRead(Told):
    """What an overlay says of a story, laid out; None when the story is gone."""

    story_id: str
    subject: str
    lines: tuple[Line, ...] | None


class Tallied(Told):
    """The counts and states that the status line shows."""

    counts: dict[str, int]
    states: dict[str, SourceState]
    engine: str | None


class Alerted(Told):
    """The alert log grew, or somebody acknowledged something."""

    alerts: list[Alert]
    standing: AlertsStanding


class AlertsRead(Told):
    """The newest alerts, for whoever looks at the log."""

    alerts: list[Alert]


class StoryFound(Told):
    """The story that an alert is about, as it stands now; None when it is gone."""

    story: Story | None


class Noticed(Told):
    """Something that a person should know, as plain text; `error` where something they wanted didn't happen."""

    text: str
    error: bool = False
    stands: bool = False
    """It stays until the reader takes it away: what is wrong lasts until they do something about it."""


class Troubled(Told):
    """What is wrong with the store or the engine as long as it lasts, by who says so; None once it is well again."""

    who: str
    text: str | None


class Configured(Told):
    """The configuration was edited, and what it says now is right."""

    config: Config


class WordWatched(Told):
    """A word was put on the watch list: the edit, how many stories of the last day have it, and the query for them."""

    edit: Edit
    caught: int
    query: str


class MarkFailed(Told):
    """A mark couldn't be written; `undo` is what the stories were before it."""

    before: list[Story]
    reason: str


class WordFailed(Told):
    """What the user said of stories couldn't be written."""

    word: Word
    reason: str


class StoryPicked(Told):
    """The cursor stands on another story, or on none."""

    story_id: str | None


class StoryEntered(Told):
    """The reader wants to read a story (double click)."""

    story_id: str


class FeedTurned(Told):
    """What the head of the feed says may have changed: following, frozen, how many are new."""


class EndNeared(Told):
    """The reader comes near the last row; `oldest` is its (at, id)."""

    oldest: tuple[float, str] | None


class DetailTurned(Told):
    """What the head of the detail pane says may have changed."""


class PageWanted(Told):
    """The detail pane has another width and needs its page laid out again."""


class LinkClicked(Told):
    """A link was clicked."""

    url: str


class Asked(Told):
    """The reader typed a query and pressed Enter; `kind` is `search` or `filter`."""

    kind: str
    text: str


class AskingChanged(Told):
    """The reader typed: what was wrong with the query may not be wrong any more."""


class AskingEnded(Told):
    """The reader left the prompt without asking."""


class KeyClicked(Told):
    """A command in the footer was clicked."""

    action: str
