"""Case endings of names in languages that have them (endings.toml)."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

_VOWELS = "aeiouyąęáéíóúůýěäöüаеёиоуыэюяіїєήάαεηιουω"
_ADJECTIVE = ("ий", "ый", "ой", "ій", "ый")
_LEAST = 4


@cache
def _table() -> dict[str, tuple[str, ...]]:
    raw = tomllib.loads(files("wirewatch.flags").joinpath("endings.toml").read_text("utf-8"))
    return {language: tuple(words.split()) for language, words in raw["endings"].items()}


def inflects(language: str) -> bool:
    """Whether names take case endings in that language."""
    return bool(_table().get(language))


def stem(word: str) -> str | None:
    """What all case forms of a name of four or more letters begin with; None for shorter or caseless ones."""
    if len(word) < _LEAST or not word.isalpha() or not (word[0] < "\u0530"):
        return None
    return _stems(word)[-1]


def _stems(word: str) -> list[str]:
    stems = [word]
    if word.endswith(_ADJECTIVE):
        stems.append(word[:-2])
    elif word[-1] in _VOWELS or word[-1] in "йь":
        stems.append(word[:-1])
        if word.endswith(("ия", "ья", "ія")):
            stems.append(word[:-1])
    return stems


@lru_cache(maxsize=4096)
def endings(word: str, language: str) -> frozenset[str]:
    """All case forms of a name in small letters, without the name itself; empty for names under four letters."""
    if len(word) < _LEAST:
        return frozenset()
    own = _table().get(language, ())
    if language in ("de", "nl", "sv", "da", "no", "nb"):
        return frozenset() if word.endswith(("s", "z", "x", "ß")) else frozenset({word + "s"})
    return frozenset(base + ending for base in _stems(word) for ending in own) - {word}
