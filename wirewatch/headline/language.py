"""Which language a headline is in, where its source doesn't say: by script, by telling letters, by small words."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from wirewatch.headline.tables import table

_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0370-\u03ff]{2}")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _small_words() -> dict[str, tuple[str, ...]]:
    by_word: dict[str, list[str]] = {}
    for language, words in table("language")["words"].items():
        for word in words.split():
            by_word.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in by_word.items()}


@cache
def _telling_letters() -> dict[str, frozenset[str]]:
    return {language: frozenset(letters) for language, letters in table("language")["letters"].items()}


def primary(language: str | None) -> str | None:
    """The first part of a language tag, lower case: `en` for `en-US`."""
    return re.split("[-_]", language.strip())[0].lower() or None if language else None


@lru_cache(maxsize=512)
def guess(text: str) -> str:
    """A two-letter language code; empty where nothing tells."""
    letters = _telling_letters()
    if not text.isascii():
        for language, script in _SCRIPTS:
            if script.search(text):
                return language
        if _CYRILLIC.search(text):
            return "ru" if letters["uk"].isdisjoint(text) else "uk"
    points: dict[str, int] = {"": 0}
    known = _small_words()
    for word in _WORD.findall(text.lower()):
        for language in known.get(word, ()):
            points[language] = points.get(language, 0) + 1
    if not text.isascii():
        for language, telling in letters.items():
            if not telling.isdisjoint(text):
                points[language] = points.get(language, 0) + 2
    return max(points, key=lambda language: (points[language], language == "en"))


def language_of(language: str | None, text: str) -> str:
    """The language that an item's words mean what they mean in: as declared, unless its script says otherwise.

    Empty where it is neither declared nor told by the text.
    """
    declared = primary(language)
    if declared and text.isascii():
        return declared
    guessed = guess(text)
    if declared is None or guessed in ("ja", "ko", "zh", "ar", "he", "el", "th", "ru", "uk"):
        close = {"ar": ("fa", "ur"), "zh": ("ja",), "ru": ("uk", "be", "bg", "sr", "kk", "mk"), "uk": ("ru", "be")}
        return declared if declared and declared in close.get(guessed, ()) else guessed
    return declared
