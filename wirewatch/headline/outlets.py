"""Outlets by name: what a text calls them, which one an item itself comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from wirewatch.headline.tables import table


@dataclass(frozen=True)
class Outlet:
    """A row of outlets.toml."""

    name: str
    agency: bool
    release: bool


@cache
def _rows() -> tuple[dict[str, Outlet], dict[str, Outlet], tuple[tuple[str, str], ...]]:
    names: dict[str, Outlet] = {}
    datelines: dict[str, Outlet] = {}
    hosts: list[tuple[str, str]] = []
    for row in table("outlets")["outlet"]:
        outlet = Outlet(row["name"], row.get("agency", False), row.get("release", False))
        for spelling in row["names"]:
            names.setdefault(spelling, outlet)
        for spelling in [*row["names"], *row.get("datelines", [])]:
            datelines.setdefault(spelling.casefold(), outlet)
        hosts.extend((host, outlet.name) for host in row["hosts"])
    return names, datelines, tuple(hosts)


@cache
def _folded() -> dict[str, Outlet]:
    folded: dict[str, Outlet] = {}
    for name, outlet in _rows()[0].items():
        folded.setdefault(_key(name), outlet)
    return folded


def _key(name: str) -> str:
    key = re.sub(r"[’`]", "'", name).strip(" .\"“”„«»'").casefold()
    return key[4:] if key.startswith("the ") and key[4:] else key


def known_names() -> tuple[str, ...]:
    """Every way in which the table names an outlet."""
    return tuple(_rows()[0])


@cache
def names_pattern(*some: str) -> str:
    """A regex alternation of names of outlets, of all if none are given, longest first, without groups; case counts."""
    names = sorted(some or _rows()[0], key=len, reverse=True)
    return "|".join(re.escape(name).replace("'", "['’]").replace(r"\ ", r"\s") for name in names)


@cache
def datelines_pattern() -> str:
    """A regex alternation, any case meant, of all that a dateline may name as its agency, longest first."""
    return "|".join(re.escape(name).replace(r"\ ", r"\s") for name in sorted(_rows()[1], key=len, reverse=True))


def outlet_named(name: str) -> Outlet | None:
    """The outlet of that name, any case, with or without article or quotation marks; None where it isn't known."""
    return _folded().get(_key(re.sub(r"\s+", " ", name)))


def dateline_agency(name: str) -> Outlet | None:
    """The outlet that a dateline's credit names: `dpa/tmn`, `BUSINESS WIRE`, `PRNewswire-PRWeb`."""
    spellings = _rows()[1]
    key = re.sub(r"\s+", " ", name.strip(" /()-")).casefold()
    found = spellings.get(key)
    if found is None:
        found = spellings.get(re.split(r"[/\-]", key)[0].strip())
    return found


@lru_cache(maxsize=4096)
def own_outlets(source: str, host: str | None, credit: str | None) -> frozenset[str]:
    """Short names of the outlets that an item is from: by its source's name, its link's host, its credit."""
    own: set[str] = set()
    for text in (source, credit):
        if text:
            whole = outlet_named(text)
            own.update(match.name for name in _named_in().findall(text) if (match := outlet_named(name)))
            if whole:
                own.add(whole.name)
    if host:
        own.update(name for ending, name in _rows()[2] if host == ending or host.endswith(f".{ending}"))
    return frozenset(own)


@cache
def _named_in() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{names_pattern()})(?!\w)")


def host_of(url: str | None) -> str | None:
    """The host of a link, lower case."""
    if not url:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
