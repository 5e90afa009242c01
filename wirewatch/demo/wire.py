"""The bundled wire as data: outlets and pieces, read from the TOML files of `wirewatch/demo/wire/`.

The day is 13 March 2023 and all its times are UTC. The outlets are invented, the events are those of that day as
anybody remembers them, the firms are made up, and every sentence is ours.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

if TYPE_CHECKING:
    from wirewatch.model import Kind

DAY = datetime(2023, 3, 13, tzinfo=UTC)
OPENING = DAY.timestamp() + 6.75 * 3600
"""06:45: the night's pieces are there, the bank rescue is 15 minutes away and the exclusive 75."""
CLOSING = DAY.timestamp() + 24 * 3600

Format = Literal["rss", "atom", "rdf", "json"]
Trouble = Literal["down", "gone", "slow", "redirect", "broken"]


class WireError(ValueError):
    """The bundled wire can't be read: says which file, which piece and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an outlet's server does wrong between two moments of the wire's day."""

    trouble: Trouble
    since: float = DAY.timestamp() - 7 * 86400
    until: float = CLOSING + 365 * 86400
    seconds: float = 0.0
    """How long a `slow` server thinks before it answers."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented outlet and how it serves its feed. `id` is its place in URLs, `name` what readers see."""

    id: str
    name: str
    kind: Kind
    language: str
    format: Format = "rss"
    every: float = 3.0
    tags: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def site(self) -> str:
        """Where its pieces claim to live: a name under `.example`, which nobody can own (RFC 2606)."""
        return f"https://{self.id}.example"

    def trouble(self, trouble: Trouble, at: float) -> Fault | None:
        """The fault of this sort that is in force at a moment of the wire's day."""
        return next((f for f in self.faults if f.trouble == trouble and f.since <= at < f.until), None)


@dataclass(frozen=True, slots=True)
class Take:
    """A piece as it stood from `at` on; `body` has its paragraphs."""

    at: float
    headline: str
    summary: str | None = None
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of one outlet with all its takes, the first one first. `shows` names what it was written to show."""

    outlet: str
    guid: str
    takes: tuple[Take, ...]
    language: str
    topic: str
    byline: str | None = None
    shows: tuple[str, ...] = ()

    @property
    def at(self) -> float:
        """When its first take was published."""
        return self.takes[0].at

    def take(self, at: float) -> Take | None:
        """The piece as readers saw it at a moment, None before it was published."""
        return next((take for take in reversed(self.takes) if take.at <= at), None)


@dataclass(frozen=True, slots=True)
class Wire:
    """The whole day: outlets by id, pieces in order of publication."""

    outlets: dict[str, Outlet]
    pieces: tuple[Piece, ...]
    _by_outlet: dict[str, list[Piece]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for piece in self.pieces:
            self._by_outlet.setdefault(piece.outlet, []).append(piece)

    def feed(self, outlet: str, at: float, limit: int = 40) -> list[tuple[Piece, Take]]:
        """What the outlet's feed holds at a moment, newest piece first."""
        shown = [(piece, take) for piece in self._by_outlet.get(outlet, ()) if (take := piece.take(at))]
        return shown[::-1][:limit]


@cache
def bundled() -> Wire:
    """The wire that ships with wirewatch. Raises WireError when its files are at fault."""
    folder = resources.files("wirewatch.demo") / "wire"
    files = {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")}
    return read(files)


def read(files: dict[str, str]) -> Wire:
    """A wire from TOML texts by file name: `outlets.toml` and one file a topic. Raises WireError."""
    tables = {}
    for name, text in files.items():
        try:
            tables[name] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise WireError(f"{name}: {error}") from error
    outlets = _outlets(tables.pop("outlets.toml", {}))
    rows: list[tuple[float, str, str, dict[str, Any]]] = []
    for name, table in sorted(tables.items()):
        for row in table.get("item", ()):
            where = f"{name}: {row.get('outlet', '?')}/{row.get('guid', '?')}"
            _known(row, where)
            if row["outlet"] not in outlets:
                raise WireError(f"{where}: no outlet {row['outlet']!r} in outlets.toml")
            rows.append((moment(row["at"], where), where, name.removesuffix(".toml"), row))
    rows.sort(key=lambda row: (row[0], row[1]))
    pieces: dict[tuple[str, str], Piece] = {}
    for at, where, topic, row in rows:
        key = (row["outlet"], row["guid"])
        if key in pieces:
            raise WireError(f"{where}: another piece of this outlet has the same guid")
        pieces[key] = Piece(
            outlet=row["outlet"],
            guid=row["guid"],
            takes=tuple(_takes(row, at, where, pieces)),
            language=row.get("language", outlets[row["outlet"]].language),
            topic=topic,
            byline=row.get("byline"),
            shows=tuple(row.get("shows", ())),
        )
    return Wire(outlets, tuple(pieces.values()))


def moment(value: object, where: str = "wire") -> float:
    """Seconds since the epoch for a TOML local time (of the wire's day) or local date-time, both UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    if isinstance(value, time):
        return datetime.combine(DAY.date(), value, UTC).timestamp()
    raise WireError(f"{where}: {value!r} is no time; write 08:00:00 or 2023-03-12T22:15:00")


_NEEDED = {"at", "outlet", "guid", "headline"}
_KNOWN = _NEEDED | {"summary", "body", "byline", "language", "shows", "copies", "top", "middle", "bottom", "edit"}


def _known(row: dict[str, Any], where: str) -> None:
    if unknown := set(row) - _KNOWN:
        raise WireError(f"{where}: unknown key {min(unknown)!r}")
    if missing := _NEEDED - set(row):
        raise WireError(f"{where}: {min(missing)!r} is missing")


def _outlets(table: dict[str, Any]) -> dict[str, Outlet]:
    outlets: dict[str, Outlet] = {}
    for entry in table.get("outlet", ()):
        row = dict(entry)
        where = f"outlets.toml: {row.get('id', '?')}"
        faults = tuple(_fault(fault, where) for fault in row.pop("fault", ()))
        if row.get("format", "rss") not in get_args(Format):
            raise WireError(f"{where}: format is one of {', '.join(get_args(Format))}")
        try:
            outlet = Outlet(**{**row, "tags": tuple(row.get("tags", ()))}, faults=faults)
        except TypeError as error:
            raise WireError(f"{where}: {error}") from error
        outlets[outlet.id] = outlet
    return outlets


def _fault(row: dict[str, Any], where: str) -> Fault:
    if row.get("trouble") not in get_args(Trouble):
        raise WireError(f"{where}: trouble is one of {', '.join(get_args(Trouble))}")
    times = {key: moment(row[key], where) for key in ("since", "until") if key in row}
    return Fault(cast("Trouble", row["trouble"]), seconds=float(row.get("seconds", 0.0)), **times)


def _takes(row: dict[str, Any], at: float, where: str, pieces: dict[tuple[str, str], Piece]) -> list[Take]:
    body = _paragraphs(row.get("body"))
    if "copies" in row:
        body = _copied(row, at, where, pieces)
    takes = [Take(at, row["headline"], row.get("summary"), body)]
    for edit in row.get("edit", ()):
        before = takes[-1]
        take = Take(
            at=moment(edit["at"], where),
            headline=edit.get("headline", before.headline),
            summary=edit.get("summary", before.summary),
            body=_paragraphs(edit["body"]) if "body" in edit else before.body,
        )
        if take.at <= before.at:
            raise WireError(f"{where}: its takes aren't in order of time")
        takes.append(take)
    return takes


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in (text or "").split("\n\n") if part.strip())


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _copied(row: dict[str, Any], at: float, where: str, pieces: dict[tuple[str, str], Piece]) -> tuple[str, ...]:
    """The text of `copies` as it stood at that moment, with the copier's site chrome around and inside."""
    outlet, _, guid = row["copies"].partition("/")
    original = pieces.get((outlet, guid))
    take = original.take(at) if original else None
    if take is None:
        raise WireError(f"{where}: copies {row['copies']!r}, which isn't published yet")
    half = (len(take.body) + 1) // 2
    text = (*_lines(row.get("top")), *take.body[:half], *_lines(row.get("middle")), *take.body[half:])
    return (*text, *_lines(row.get("bottom")))
