"""The leaves and joints of a query: each says what it asks of a story twice, as a predicate and as SQL.

Both must answer alike, so each class holds the two side by side. SQL speaks of the store's tables (store/schema.py):
the story's row is `s`. It calls the functions item_holds, item_matches and name_holds, which the store registers.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from wirewatch.query import regex, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from wirewatch.model import Placed, Story

TEXTS = ("headline", "summary", "body")
"""The fields of an item that words and patterns are looked for in."""
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}
_NEVER = "0"

Sql = tuple[str, list[Any]]


class Condition(Protocol):
    """One part of a query."""

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Whether the story, made of these items, is meant."""
        ...

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The same as an SQL expression over the row `s`, with its parameters.

        `walked` names terms (see `fts_of`) so frequent that stories are better walked newest first and looked up in the
        term's list than the other way round. The answer is the same.
        """
        ...


@dataclass(frozen=True)
class Everything:
    """The empty query."""

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Always true."""
        return True

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Always true."""
        return "1", []


@dataclass(frozen=True)
class All:
    """All parts hold."""

    parts: tuple[Condition, ...]

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """All of them."""
        return all(part.matches(story, items, now) for part in self.parts)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """All of them."""
        return _joined(" AND ", self.parts, now, walked)


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """One of them."""
        return any(part.matches(story, items, now) for part in self.parts)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """One of them."""
        return _joined(" OR ", self.parts, now, walked)


@dataclass(frozen=True)
class Not:
    """The part doesn't hold."""

    part: Condition

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The contrary."""
        return not self.part.matches(story, items, now)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The contrary."""
        where, params = self.part.sql(now, walked)
        return f"NOT ({where})", params


@dataclass(frozen=True)
class Words:
    """Words in a row in the headline, summary or body of any item; `field` names one of these or is empty for all."""

    field: str
    phrase: str
    prefix: bool = False

    @property
    def fts(self) -> str:
        """The same for the full-text index. The words are letters and digits only, so nothing in them is syntax."""
        return f'{"{" + self.field + "} : " if self.field else ""}"{self.phrase}"{" *" if self.prefix else ""}'

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Looks into each text of each item."""
        fields = (self.field,) if self.field else TEXTS
        return any(
            words.holds(words.cut(getattr(placed.item, field)), self.phrase, prefix=self.prefix)
            for placed in items
            for field in fields
        )

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Asks the full-text index, and looks into the items that wait for it."""
        params = [self.fts, self.field, self.phrase, int(self.prefix)]
        waiting = "FROM items WHERE indexed = 0 AND item_holds(doc, ?, ?, ?)"
        if self.fts in walked:
            listed = f"SELECT rowid FROM fulltext WHERE fulltext MATCH ? UNION ALL SELECT n {waiting}"  # noqa: S608
            return _some_item(f"i.n IN ({listed})"), params
        found = "SELECT i.story FROM fulltext CROSS JOIN items i ON i.n = fulltext.rowid WHERE fulltext MATCH ?"
        return f"s.n IN ({found} UNION ALL SELECT story {waiting})", params


@dataclass(frozen=True)
class Regex:
    """A regular expression in the headline, summary or body of any item."""

    field: str
    pattern: str

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Looks into each text of each item."""
        fields = (self.field,) if self.field else TEXTS
        return any(regex.found(self.pattern, getattr(placed.item, field)) for placed in items for field in fields)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Looks into each text of each item, story by story."""
        return _some_item("item_matches(i.doc, ?, ?)"), [self.field, self.pattern]


@dataclass(frozen=True)
class FromSource:
    """An item of a source in whose name these words stand in a row."""

    phrase: str
    prefix: bool = False

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Any item's source."""
        return any(words.holds(words.cut(placed.item.source), self.phrase, prefix=self.prefix) for placed in items)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Any item's source."""
        return (
            _some_item("i.source IN (SELECT n FROM sources WHERE name_holds(name, ?, ?))"),
            [self.phrase, int(self.prefix)],
        )


@dataclass(frozen=True)
class OfKind:
    """An item of a source of this kind."""

    kind: str

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Any item's kind."""
        return any(placed.item.kind == self.kind for placed in items)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Any item's kind."""
        return _some_item("i.kind = ?"), [self.kind]


@dataclass(frozen=True)
class InLanguage:
    """An item in this language; `de` stands for `de-AT` too."""

    language: str

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Any item's language, ASCII letters in any case, as SQLite compares them."""
        wanted = self.language.encode()
        for placed in items:
            language = (placed.item.language or "").encode(errors="replace").lower()
            if language == wanted or language.startswith(wanted + b"-"):
                return True
        return False

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Any item's language."""
        beyond = len(self.language) + 1
        return (
            _some_item("(i.language = ? COLLATE NOCASE OR substr(i.language, 1, ?) = ? COLLATE NOCASE)"),
            [self.language, beyond, self.language + "-"],
        )


@dataclass(frozen=True)
class Flagged:
    """A flag of this name, with whatever parameter where none is asked for: `update` stands for `update:2` too."""

    flag: str

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The story's flags, in any letter case."""
        return any(
            flag == self.flag or flag.startswith(self.flag + ":") for flag in (flag.casefold() for flag in story.flags)
        )

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The story's flags, by their index."""
        return (
            (
                "s.n IN (SELECT story FROM story_flags WHERE name = ? UNION ALL"
                " SELECT story FROM story_flags WHERE name >= ? AND name < ?)"
            ),
            [self.flag, self.flag + ":", self.flag + ";"],
        )


@dataclass(frozen=True)
class FlaggedWith:
    """A flag `kind:NAME` (entity, keyword) in whose name these words stand in a row: `xi` finds `entity:Xi Jinping`."""

    kind: str
    phrase: str
    prefix: bool = False

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The story's flags."""
        start = self.kind + ":"
        return any(
            flag.startswith(start) and words.holds(words.cut(flag[len(start) :]), self.phrase, prefix=self.prefix)
            for flag in (flag.casefold() for flag in story.flags)
        )

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The story's flags, by their index."""
        return (
            "s.n IN (SELECT story FROM story_flags WHERE name >= ? AND name < ? AND name_holds(substr(name, ?), ?, ?))",
            [self.kind + ":", self.kind + ";", len(self.kind) + 2, self.phrase, int(self.prefix)],
        )


@dataclass(frozen=True)
class Compared:
    """A number of the story (`outlets`, `items`, `priority`) against another."""

    field: str
    sign: str
    number: float

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The story's number."""
        return _COMPARE[self.sign](getattr(story, self.field), self.number)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The story's number."""
        return f"s.{self.field} {self.sign} ?", [self.number]


@dataclass(frozen=True)
class Aged:
    """Seconds since the moment that rows are ordered by (Story.at): `<` is younger, `>` older."""

    sign: str
    seconds: float

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Compares moments, as SQL does, so that both round alike."""
        return _COMPARE[self.sign](now - self.seconds, story.at)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """Compares moments."""
        return f"? {self.sign} s.at", [now - self.seconds]


@dataclass(frozen=True)
class WithId:
    """The story whose id starts with this."""

    prefix: str

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The start of its id."""
        return story.id.startswith(self.prefix)

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The start of its id."""
        return "(s.id >= ? AND s.id < ?)", [self.prefix, self.prefix + "\U0010ffff"]


@dataclass(frozen=True)
class Marked:
    """The user's mark `read` or `starred`, set or not."""

    field: str
    on: bool

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """The story's mark."""
        return bool(getattr(story, self.field)) == self.on

    def sql(self, now: float, walked: Collection[str] = ()) -> Sql:
        """The story's mark."""
        return f"s.{self.field} = {int(self.on)}", []


def fts_of(condition: Condition) -> list[str]:
    """All that the full-text index will be asked for."""
    if isinstance(condition, Words):
        return [condition.fts]
    if isinstance(condition, All | AnyOf):
        return [fts for part in condition.parts for fts in fts_of(part)]
    return fts_of(condition.part) if isinstance(condition, Not) else []


def needed(condition: Condition) -> frozenset[str] | None:
    """Words of which an item must have one, for a quick look before it is asked in full; None where none is needed."""
    if isinstance(condition, Words):
        return None if condition.prefix else frozenset((max(condition.phrase.split(" "), key=len),))
    if isinstance(condition, All):
        of_parts = [words_of for words_of in map(needed, condition.parts) if words_of is not None]
        return min(of_parts, key=len, default=None)
    if isinstance(condition, AnyOf):
        each = [needed(part) for part in condition.parts]
        return None if None in each else frozenset().union(*(words_of or () for words_of in each))
    return None


def facts_of(condition: Condition) -> list[str]:
    """What is asked of the story and not of its items, by the names of the language."""
    if isinstance(condition, All | AnyOf):
        return [fact for part in condition.parts for fact in facts_of(part)]
    if isinstance(condition, Not):
        return facts_of(condition.part)
    if isinstance(condition, Compared):
        return [condition.field]
    named = {Aged: "age", WithId: "story", Marked: "is"}
    return [named[type(condition)]] if type(condition) in named else []


def _some_item(where: str) -> str:
    return f"EXISTS (SELECT 1 FROM items i WHERE i.story = s.n AND {where})"  # noqa: S608 - our own conditions


def _joined(word: str, parts: tuple[Condition, ...], now: float, walked: Collection[str]) -> Sql:
    wheres, params = [], []
    for part in parts:
        where, more = part.sql(now, walked)
        wheres.append(f"({where})")
        params += more
    return word.join(wheres), params
