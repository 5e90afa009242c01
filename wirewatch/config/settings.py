"""What a configuration says, as structs. `read.py` makes them from TOML; everyone else only reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from wirewatch.model import Source

Preset = Literal["strict", "broad"]


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


class StoriesSettings(msgspec.Struct, frozen=True, gc=False):
    """How readily items are taken for one story."""

    preset: Preset = "strict"
    semantic: bool = False


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
    keep_stories: int = 200_000


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
    keys: dict[str, str] = {}
    """Keys by the id of the command they run, several separated by commas, as Textual's keymap wants them."""
