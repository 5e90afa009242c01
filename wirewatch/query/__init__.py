"""The one query language, for filter, search, views, rules and `tail`; see `grammar` for how it is written.

A word is found in the headline, summary or body of any item of a story, whole (or with a trailing `*` from its start),
in any letter case and with or without accents; `words` says what a word is. Each part of a query is asked of the story
as a whole: `fed hike` may find one word in one outlet's text and the other in another's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wirewatch.model import Placed, Story
    from wirewatch.query.conditions import Condition

__all__ = ["Query", "parse"]


class Query:
    """A query that was read: asks a story in memory, or the store in SQL, and both answer alike."""

    __slots__ = ("_condition", "text")

    def __init__(self, text: str, condition: Condition) -> None:
        self.text = text
        self._condition = condition

    def matches(self, story: Story, items: Sequence[Placed], now: float) -> bool:
        """Whether the story is meant. `items` are all its items; `age:` is measured from `now` (seconds, UTC)."""
        return self._condition.matches(story, items, now)

    def sql(self, now: float, walked: Collection[str] = ()) -> tuple[str, list[Any]]:
        """A WHERE expression over the store's row `s` of the table stories, with its parameters.

        `walked` names those of `fts()` that are better looked up story by story; the answer is the same.
        """
        return self._condition.sql(now, walked)

    def fts(self) -> list[str]:
        """What the full-text index will be asked for; to tell beforehand whether that is much."""
        from wirewatch.query.conditions import fts_of

        return fts_of(self._condition)

    def facts(self) -> frozenset[str]:
        """What it asks that is no item's own to tell: of `outlets`, `items`, `age`, `story`, `priority`, `is`."""
        from wirewatch.query.conditions import facts_of

        return frozenset(facts_of(self._condition))

    @property
    def condition(self) -> Condition:
        """What was read."""
        return self._condition

    def __repr__(self) -> str:
        return f"Query({self.text!r})"


def parse(text: str) -> Query:
    """Reads a query; an empty one matches everything. Raises QueryError with the column where reading stopped."""
    from wirewatch.query.grammar import Parser  # not before there is a query: a desk's first frame has none

    return Query(text, Parser(text).query())
