"""Stories as rows: the columns in one place, both ways."""

from __future__ import annotations

from typing import Any

from wirewatch.model import Story

_BETWEEN = "\x1f"
"""Parts names in a list column; `text.py` lets no control character into a name."""

COLUMNS = (
    "s.id, s.seq, s.headline, s.lead, (SELECT name FROM sources WHERE sources.n = s.source), s.first_seen, s.updated,"
    " s.published, s.url, s.kind, s.language, s.items, s.outlets, s.originators, s.flags, s.priority, s.read,"
    " s.starred, s.at"
)
"""What `story` reads, in the order of the fields of Story; the table stories goes by the name s."""

INSERT = """
    INSERT INTO stories (id, seq, headline, lead, source, first_seen, updated, published, url, kind, language, items,
        outlets, originators, flags, priority, read, starred, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
UPDATE = """
    UPDATE stories SET seq = ?, headline = ?, lead = ?, source = ?, first_seen = ?, updated = ?, published = ?, url = ?,
        kind = ?, language = ?, items = ?, outlets = ?, originators = ?, flags = ?, priority = ?
    WHERE id = ?
"""


def story(row: tuple[Any, ...]) -> Story:
    """The story of a row of COLUMNS."""
    fields = list(row)
    fields[3] = row[0][1:] if row[3] is None else row[3]
    fields[13] = (row[4],) if row[13] is None else _names(row[13])
    fields[14] = _names(row[14])
    fields[16], fields[17] = bool(row[16]), bool(row[17])
    return Story(*fields)


def values(story: Story, source: int) -> tuple[Any, ...]:
    """What INSERT wants; UPDATE wants these from the second up to `priority`, then the id."""
    return (
        story.id,
        story.seq,
        story.headline,
        None if story.id == f"s{story.lead}" else story.lead,
        source,
        story.first_seen,
        story.updated,
        story.published,
        story.url,
        story.kind,
        story.language,
        story.items,
        story.outlets,
        None if story.originators == (story.source,) else _BETWEEN.join(story.originators),
        _BETWEEN.join(story.flags),
        story.priority,
        int(story.read),
        int(story.starred),
        story.at,
    )


def shortest(content: str) -> str | bytes:
    """A content hash in half the space where it is written in lower-case hexadecimal digits."""
    try:
        packed = bytes.fromhex(content)
    except ValueError:
        return content
    return packed if packed.hex() == content else content


def full(stored: str | bytes) -> str:
    """The content hash again."""
    return stored.hex() if isinstance(stored, bytes) else stored


def _names(column: str) -> tuple[str, ...]:
    return tuple(column.split(_BETWEEN)) if column else ()
