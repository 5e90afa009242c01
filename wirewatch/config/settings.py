"""What a configuration says, as structs. `read.py` makes them from TOML; everyone else only reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from wirewatch.model import Source

if TYPE_CHECKING:
    from datetime import tzinfo

Preset = Literal["strict", "broad"]
GAZETTEER = ("countries", "demonyms", "capitals", "leaders", "central-banks", "agencies", "firms")
"""The groups of names that are shipped; `headline.gazetteer` has the tables."""


class Entity(msgspec.Struct, frozen=True, gc=False, rename={"not_": "not"}):
    """A person, firm or place to watch, and how to tell it from its namesakes (FLAGS, Entities)."""

    name: str
    aliases: tuple[str, ...] = ()
    not_: tuple[str, ...] = ()
    """Phrases in which the name means something else; the key is `not` in TOML."""
    context: tuple[str, ...] = ()
    """Words of which one has to stand in the item as well, for a name that is ambiguous."""


class Watch(msgspec.Struct, frozen=True, gc=False):
    """What the user looks out for. Keywords are literal words, never patterns."""

    keywords: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    """Names, each once; one that has an `[[entity]]` table is watched whether it is listed here or not."""
    gazetteer: tuple[str, ...] = ()
    """Groups of shipped names to watch as well (`headline.gazetteer`)."""


class Rule(msgspec.Struct, frozen=True, gc=False):
    """One `[[rule]]`: what it looks for in an item, and what follows where it is found."""

    name: str
    match: str
    """A query (`wirewatch.query`), asked of each item on its own; `outlets`, `items` and `age` are its story's."""
    flag: str = ""
    """The flag it raises; `rule:NAME` where the user gave none."""
    priority: int | None = None
    """The priority of a story with such an item, whatever else speaks for or against it; None leaves it alone."""
    alert: bool | int = False
    """Whether a hit is alerted; a number from 0 to 4 is the level as which it is, True means the story's own."""
    sources: tuple[str, ...] = ()
    """Names of the only sources it looks at; empty for all."""
    kinds: tuple[str, ...] = ()
    """The only kinds of sources it looks at; empty for all."""
    not_before: float | None = None
    """Items received before this moment (seconds since the epoch, UTC) are none of its business."""
    quiet: tuple[tuple[int, int], ...] = ()
    """Hours without its alerts, as minutes of the local day; one that ends before it begins goes over midnight."""
    cooldown: float | None = None
    """Seconds between two alerts of it; None leaves that to `[alerts]`."""
    sound: str | None = None
    channel: tuple[str, ...] = ()
    line: int = 0
    """Where in the file it stands; 0 when it wasn't read from one."""

    @property
    def raises(self) -> str:
        """The flag that its hits carry."""
        return self.flag or f"rule:{self.name}"


class View(msgspec.Struct, frozen=True, gc=False):
    """One `[[view]]`: a query with a name and a key of its own."""

    name: str
    query: str
    key: str = ""
    """A digit from 1 to 9, each once; empty for a tenth view and beyond."""
    line: int = 0


class StoriesSettings(msgspec.Struct, frozen=True, gc=False):
    """How readily items are taken for one story."""

    preset: Preset = "strict"
    semantic: bool = True
    """Compare by meaning too, where the extra `semantic` is installed; without it this changes nothing."""


class DeskSettings(msgspec.Struct, frozen=True, gc=False):
    """How the terminal desk looks and behaves."""

    theme: str = "wirewatch-dark"
    browser: str | None = None
    """An executable that gets the link as its only argument; None leaves it to `$BROWSER` and the platform."""
    mark_read_after: float | None = 2.0
    """Seconds in the detail pane until a story counts as read; None for never (`"never"` in TOML)."""


class StoreSettings(msgspec.Struct, frozen=True, gc=False):
    """How much of the past is kept; starred stories stay whatever these say."""

    keep_days: float = 30.0
    keep_flagged_days: float = 365.0
    """For stories with a flag that says more than what kind of piece they are."""
    keep_stories: int = 200_000
    """Flagged ones are dropped only beyond twice as many."""


class AlertSettings(msgspec.Struct, frozen=True, gc=False):
    """When a person is alerted, how loudly and where."""

    on: bool = True
    channels: tuple[str, ...] = ("bell", "title")
    """Where an alert is told besides the status line of the desk: `bell`, `title`, `desktop`, `hook`, `notify`."""
    sound: str = "bell"
    """`bell`, `alarm` (three bells) or `none`."""
    budget: int = 6
    """Alerts a minute; the rest is summed up in one of them."""
    cooldown: float = 0.0
    """Seconds between two alerts of one rule, where the rule itself doesn't say."""
    max_age: float = 3600.0
    """Seconds after its publisher's time up to which a new piece is news."""
    grow: tuple[int, ...] = (5, 20)
    """Numbers of outlets at which a story that alerted alerts again."""
    quiet: tuple[tuple[int, int], ...] = ()
    """Hours without alerts, as minutes of the local day; one that ends before it begins goes over midnight."""
    quiet_level: int = 0
    """What is at least this urgent (0 flash) is told in quiet hours too; -1 for nothing."""
    zone: str | None = None
    """The IANA name of the zone that `quiet` is in; None for the machine's own."""
    desktop: str = "auto"
    """How the terminal is asked for a desktop notification: `auto`, `osc9`, `osc777`, `osc99` or `off`."""
    hook: tuple[str, ...] = ()
    """A program and its arguments, in which `{headline}` and other fields are filled in; it is no shell command."""
    hook_timeout: float = 5.0
    hook_at_once: int = 2
    notify: tuple[str, ...] = ()
    """Addresses of services that `apprise` knows: chats and mail. They hold passwords."""
    notify_file: Path | None = None
    """A file with such addresses, one a line."""
    confirm_quit: bool = False
    """Whether `q` asks again while there are alerts that nobody has acknowledged."""

    def tzinfo(self) -> tzinfo | None:
        """The zone that `quiet` is in; None for the machine's own."""
        if self.zone is None:
            return None
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.zone)

    @property
    def sends(self) -> bool:
        """Whether anything but the desk itself is told."""
        return bool(self.hook or self.notify or self.notify_file)


class Config(msgspec.Struct, frozen=True):
    """One configuration, valid as a whole. Equal configurations are `==`, wherever their files lie in time."""

    path: Path | None = None
    """The file it was read from; None for one that wasn't."""
    sources: tuple[Source, ...] = ()
    watch: Watch = Watch()
    entities: tuple[Entity, ...] = ()
    stories: StoriesSettings = StoriesSettings()
    desk: DeskSettings = DeskSettings()
    store: StoreSettings = StoreSettings()
    alerts: AlertSettings = AlertSettings()
    rules: tuple[Rule, ...] = ()
    views: tuple[View, ...] = ()
    weights: dict[str, float] = {}
    """What the word of a source counts, by its name, where the user said so (`weight`)."""
    lines: dict[str, int] = {}
    """Where each thing that raises a flag is written: `keyword:NAME`, `entity:NAME`, `rule:NAME`."""
    keys: dict[str, str] = {}
    """Keys by the id of the command they run, several separated by commas, as Textual's keymap wants them."""
