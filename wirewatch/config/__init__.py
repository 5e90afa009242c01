"""TOML to structs: what the user set, checked as a whole, with every problem by file, line and key."""

from wirewatch.config.files import default_path, default_text, exposed, find, load, load_usable
from wirewatch.config.read import parse
from wirewatch.config.settings import (
    AlertSettings,
    Config,
    DeskSettings,
    Entity,
    Rule,
    StoreSettings,
    StoriesSettings,
    View,
    Watch,
)
from wirewatch.config.urls import has_secret, redacted
from wirewatch.config.watcher import Watcher

__all__ = [
    "AlertSettings",
    "Config",
    "DeskSettings",
    "Entity",
    "Rule",
    "StoreSettings",
    "StoriesSettings",
    "View",
    "Watch",
    "Watcher",
    "default_path",
    "default_text",
    "exposed",
    "find",
    "has_secret",
    "load",
    "load_usable",
    "parse",
    "redacted",
]
