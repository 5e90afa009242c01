"""Where the reader is: all stories, a filter over them, a search over all that is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirewatch.widgets.ledger import Ledger
from wirewatch.widgets.roll import Spot

if TYPE_CHECKING:
    from wirewatch.model import Change
    from wirewatch.query import Query


@dataclass
class View:
    """One list of stories, and where the reader stood in it when they left it for another."""

    number: int
    kind: str = "all"
    """`all`, `filter`, `view` (a saved one, `text` is its name) or `search`."""
    text: str = ""
    query: Query | None = None
    ledger: Ledger = field(default_factory=Ledger)
    more: bool = False
    """Whether the store may hold older ones than the last row."""
    reading: bool = True
    """Its first page is on its way."""
    older_asked: tuple[float, str] | None = None
    """Before which story the last page of older ones was asked for."""
    cursor: Spot | None = None
    offset: int = 0
    """How far down the screen the cursor stood."""

    @property
    def title(self) -> str:
        """What the head of the feed calls it."""
        if self.kind == "view":
            return self.text
        return "All stories" if self.kind == "all" else f"{self.kind} “{self.text}”"

    def matching(self, judged: dict[int, frozenset[str]]) -> frozenset[str] | None:
        """Which changed stories belong here; None for all. What was judged before this view was, its first page has."""
        return None if self.query is None else judged.get(self.number, frozenset())

    def absorb(self, changes: list[Change], judged: dict[int, frozenset[str]]) -> None:
        """Keeps up with the log while another view is on screen."""
        matching = self.matching(judged)
        for change in changes:
            if change.story is None and self.cursor is not None and change.story_id == self.cursor.story:
                self.cursor = Spot(change.into, self.cursor.item) if change.into else None
            self.ledger.absorb(change, matches=matching is None or change.story_id in matching, more=self.more)


@dataclass
class Views:
    """The stack of views: all stories, at most one filter or saved view over them, and one search over that."""

    stack: list[View] = field(default_factory=lambda: [View(0)])
    _made: int = 0

    @property
    def now(self) -> View:
        """The view on screen."""
        return self.stack[-1]

    @property
    def queries(self) -> dict[int, Query]:
        """The queries of all views, by number."""
        return {view.number: view.query for view in self.stack if view.query is not None}

    def enter(self, kind: str, text: str, query: Query) -> View:
        """Goes into a search or a filter; a new one takes the place of the old one of its kind and what was over it."""
        kept = [
            view for view in self.stack if view.kind == "all" or (kind == "search" and view.kind in ("filter", "view"))
        ]
        self._made += 1
        self.stack = [*kept, View(self._made, kind, text, query)]
        return self.now

    def leave(self) -> View | None:
        """Goes back to the view below; None when this is the lowest."""
        if len(self.stack) == 1:
            return None
        self.stack.pop()
        return self.now
