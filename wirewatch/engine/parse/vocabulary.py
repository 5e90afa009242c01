"""What the names and texts of a feed mean to `quick`, by vocabulary.toml; and the doubt that ends its reading."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from html.entities import entitydefs
from importlib import resources
from typing import Final

_TABLES: Final = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))


def _kinds(table: str) -> dict[str, str]:
    return {name: kind for kind, names in _TABLES[table].items() for name in names}


CHANNEL: Final = _kinds("channel")
ENTRY: Final = _kinds("entry")
PERSON: Final = _kinds("person")
KEYS: Final[dict[str, str]] = _TABLES["keys"]
TYPES: Final[dict[str, str]] = _TABLES["types"]
USUAL: Final[dict[str, str]] = _TABLES["usual"]
_SAFE_TAGS: Final = frozenset(_TABLES["text"]["tags"])
_TOUCHY: Final = frozenset(_TABLES["idle"]["touchy"])
_KNOWN: Final = frozenset(USUAL.values()) - frozenset(_TABLES["idle"]["prefixes"])
"""Prefixes of vocabularies that feedparser reads something from, unlike the idle ones."""
DEFAULT: Final = {"rss": "", "rdf": "http://purl.org/rss/1.0/", "atom": "http://www.w3.org/2005/Atom"}
"""The vocabulary of names without prefix, by the root element."""
WINDOWS: Final = re.compile("[\x80-\x9f]")
_CLOSED_OR_REFERRED: Final = re.compile(r"</\w+>|&#?\w+;")
_TAGS: Final = re.compile(r"</?(\w+)")
_ENTITIES: Final = re.compile(r"&(\w+);")


class DoubtError(Exception):
    """This document is one for feedparser; the message says why."""


def looks_like_html(text: str) -> bool:
    """Whether RSS text that doesn't say what it is would be taken for HTML. Raises DoubtError for unusual tags."""
    if not _CLOSED_OR_REFERRED.search(text):
        return False
    if any(tag.lower() not in _SAFE_TAGS for tag in _TAGS.findall(text)):
        raise DoubtError("text with unusual tags")
    return all(entity in entitydefs for entity in _ENTITIES.findall(text))


def said(pieces: list[str]) -> str:
    """The text of an element: stripped, and UTF-8 that was taken for Latin-1 and encoded again put right."""
    text = "".join(pieces).strip()
    if not text.isascii():
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode()
        if WINDOWS.search(text):
            raise DoubtError("control characters that mean Windows letters")
    return text


def says_nothing(meaning: str) -> bool:
    """Whether feedparser, too, makes nothing of an element: one of a vocabulary without effect, or a known idle one."""
    prefix, colon, _ = meaning.partition(":")
    return prefix not in _KNOWN if colon else meaning not in _TOUCHY
