"""The newest stories that a query matches, without walking all the others.

A frequent word would have the full-text index list a million items before the first story is shown. So a query
with a frequent word is asked of the newest few thousand stories first, where it mostly fills a page at once, then of
some more, and of all only when these hold too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wirewatch.store import rows

if TYPE_CHECKING:
    import sqlite3

    from wirewatch.model import Story
    from wirewatch.query import Query

ROUNDS = (4_000, 32_000)
"""Stories that the first rounds look at."""
_FREQUENT = 4_000
"""Items with a word that cost more to list than a round."""


def newest(
    db: sqlite3.Connection, limit: int, *, before: tuple[float, str] | None, query: Query | None, now: float
) -> list[Story]:
    """Stories by (at, id), highest first, from below `before`. `now` is what `age:` is measured from."""
    if query is None:
        return _page(db, limit, before, None, "1", [])
    if any(_is_frequent(db, fts) for fts in query.fts()):
        for reach in ROUNDS:
            floor = _floor(db, reach, before)
            if floor is None:
                break
            low, first_item = floor
            found = _page(db, limit, before, low, *query.sql(now, from_item=first_item))
            if len(found) == limit:
                return found
    return _page(db, limit, before, None, *query.sql(now))


def _is_frequent(db: sqlite3.Connection, fts: str) -> bool:
    (listed,) = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM fulltext WHERE fulltext MATCH ? LIMIT ?)", (fts, _FREQUENT)
    ).fetchone()
    return bool(listed == _FREQUENT)


def _floor(
    db: sqlite3.Connection, reach: int, before: tuple[float, str] | None
) -> tuple[tuple[float, str], int] | None:
    """The story that lies `reach` below `before`, and the lowest number of an item of any story between.

    None where there are no more stories than that.
    """
    where, params = ("(at, id) < (?, ?)", list(before)) if before else ("1", [])
    low = db.execute(
        f"SELECT at, id FROM stories WHERE {where} ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?",  # noqa: S608
        [*params, reach],
    ).fetchone()
    if low is None:
        return None
    (first_item,) = db.execute(
        f"SELECT min((SELECT min(n) FROM items WHERE story = s.n)) FROM"  # noqa: S608 - our own conditions
        f" (SELECT n FROM stories WHERE {where} AND (at, id) >= (?, ?)) s",
        [*params, *low],
    ).fetchone()
    return low, first_item or 0


def _page(
    db: sqlite3.Connection,
    limit: int,
    before: tuple[float, str] | None,
    low: tuple[float, str] | None,
    where: str,
    params: list[Any],
) -> list[Story]:
    bounds, values = [], list[Any]()
    for sign, bound in (("<", before), (">=", low)):
        if bound is not None:
            bounds.append(f"(s.at, s.id) {sign} (?, ?) AND ")
            values += bound
    found = db.execute(
        f"SELECT {rows.COLUMNS} FROM stories s WHERE {''.join(bounds)}({where})"  # noqa: S608
        " ORDER BY s.at DESC, s.id DESC LIMIT ?",
        [*values, *params, limit],
    )
    return [rows.story(row) for row in found]
