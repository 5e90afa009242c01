"""TOML to settings, with every problem at once: file, line, key, what is wrong and the nearest right key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from wirewatch.config import alerts, rules, values
from wirewatch.config.lines import lines_of
from wirewatch.config.settings import (
    GAZETTEER,
    AlertSettings,
    Config,
    DeskSettings,
    Entity,
    Rule,
    StoreSettings,
    StoriesSettings,
    View,
    Watch,
)
from wirewatch.config.urls import is_private
from wirewatch.errors import ConfigError, Problem
from wirewatch.model import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wirewatch.config.lines import Path as Place

    Check = Callable[[object], Any]

SOURCE: dict[str, Check] = {
    "name": values.shown_name,
    "url": values.url,
    "kind": values.one_of("agency", "web", "press", "official"),
    "language": values.language,
    "every": values.every,
    "tags": values.terms,
    "weight": rules.weight,
}
ENTITY: dict[str, Check] = {
    "name": values.shown_name,
    "aliases": values.terms,
    "not": values.terms,
    "context": values.terms,
}
TABLES: dict[str, dict[str, Check]] = {
    "watch": {"keywords": values.terms, "entities": values.terms, "gazetteer": values.several(*GAZETTEER)},
    "stories": {"preset": values.one_of("strict", "broad"), "semantic": values.flag},
    "desk": {"theme": values.shown_name, "browser": values.text, "mark_read_after": values.mark_read_after},
    "store": {"keep_days": values.days, "keep_flagged_days": values.days, "keep_stories": values.stories},
    "alerts": alerts.ALERTS,
}
LISTS: dict[str, dict[str, Check]] = {"source": SOURCE, "entity": ENTITY, "rule": rules.RULE, "view": rules.VIEW}
NEEDED = {"source": ("name", "url"), "entity": ("name",), "rule": ("name", "match"), "view": ("name", "query")}
TOP = (*TABLES, *LISTS, "keys")

OTHER_WORDS = {
    "interval": "every",
    "refresh": "every",
    "poll": "every",
    "period": "every",
    "ttl": "every",
    "link": "url",
    "href": "url",
    "feed": "url",
    "address": "url",
    "title": "name",
    "label": "name",
    "type": "kind",
    "category": "tags",
    "group": "tags",
    "groups": "tags",
    "lang": "language",
    "exclude": "not",
    "except": "not",
    "words": "keywords",
    "terms": "keywords",
    "feeds": "source",
    "people": "entities",
    "retention": "keep_days",
    "keymap": "keys",
    "bindings": "keys",
    "ui": "desk",
    "database": "store",
    "pattern": "match",
    "query": "match",
    "when": "match",
    "filter": "match",
    "notify": "alert",
    "level": "priority",
    "urgency": "priority",
    "snooze": "cooldown",
    "bell": "sound",
    "rules": "rule",
    "views": "view",
    "filters": "view",
    "search": "query",
    "number": "key",
    "quiet_hours": "quiet",
    "after": "not_before",
    "alert": "alerts",
    "enabled": "on",
    "channel": "channels",
    "limit": "budget",
    "rate": "budget",
    "per_minute": "budget",
    "timezone": "zone",
    "tz": "zone",
    "command": "hook",
    "exec": "hook",
    "apprise": "notify",
    "thresholds": "grow",
}
"""What the keys are called elsewhere, for those that no spelling check would find."""

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse(text: str, *, file: str, path: Path | None = None) -> Config:
    """The configuration that a TOML text says. Raises ConfigError with every problem in it, in file order."""
    config, problems = examine(text, file=file, path=path)
    if config is None or problems:
        raise ConfigError(problems)
    return config


def examine(text: str, *, file: str, path: Path | None = None) -> tuple[Config | None, list[Problem]]:
    """What is right in a TOML text, and every problem in file order.

    The configuration lacks only sources and entities at fault. It is None when anything else is wrong, since then no
    one can say what the user wants.
    """
    try:
        tables = tomllib.loads(text)
        walk = Walk(file, lines_of(text))
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(error, text, file)]
    except RecursionError:
        return None, [Problem(file, 1, "", "is nested too deeply to be read")]
    except ValueError as error:
        return None, [Problem(file, 1, "", f"holds a value that can't be read: {values.plain(str(error))}")]
    config = walk.config(tables, path)
    walk.problems.sort(key=lambda problem: problem.line)
    return (None if walk.broken else config), walk.problems


def _syntax(error: tomllib.TOMLDecodeError, text: str, file: str) -> Problem:
    said = str(error)
    place = _PLACE.search(said)
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (text.count("\n") + 1, 0)
    said = values.plain(_PLACE.sub("", said))
    where = f"column {column}: " if column else "at the end: "
    return Problem(file, line, "", f"{where}not valid TOML: {said[:1].lower()}{said[1:]}")


class Walk:
    """One reading of a document. `broken` once something is wrong outside the lists of sources and entities."""

    def __init__(self, file: str, lines: Mapping[Place, int]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []
        self.broken = False

    def config(self, tables: dict[str, object], path: Path | None) -> Config:
        """The whole document as a configuration of what is right in it."""
        for name, value in tables.items():
            if name not in TOP:
                self.broken = True
                said = self.unknown(name, TOP, table=None)
                for at in _written(name, value):
                    self.wrong(at, said)
        read = {name: self.table((name,), tables.get(name, {}), fields) for name, fields in TABLES.items()}
        for at, said in alerts.settled(read["alerts"]):
            self.wrong(at, said)
        keys = self.keys(tables.get("keys", {}))
        self.broken = self.broken or bool(self.problems)
        sources = self.rows("source", tables.get("source", []))
        entities = tuple(msgspec.convert(row, Entity) for row in self.rows("entity", tables.get("entity", [])))
        names = (*read["watch"].pop("entities", ()), *(entity.name for entity in entities))
        weights = {row["name"]: row.pop("weight") for row in sources if "weight" in row}
        return Config(
            path=path,
            sources=tuple(Source(**row, private=is_private(row["url"])) for row in sources),
            rules=self.rules(tables),
            views=self.views(tables.get("view", [])),
            weights=weights,
            lines=self.watched(tables),
            watch=Watch(**read["watch"], entities=tuple(dict.fromkeys(names))),
            entities=entities,
            stories=StoriesSettings(**read["stories"]),
            desk=DeskSettings(**read["desk"]),
            store=StoreSettings(**read["store"]),
            alerts=AlertSettings(**read["alerts"]),
            keys=keys,
        )

    def table(
        self, at: Place, value: object, fields: Mapping[str, Check], needed: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The keys of a table that are right, by name."""
        if not isinstance(value, dict):
            self.wrong(at, f"must be one table, written [{at[0]}]" if len(at) == 1 else "must be a table")
            return {}
        right: dict[str, Any] = {}
        for key, given in value.items():
            check = fields.get(key)
            if check is None:
                self.wrong((*at, key), self.unknown(key, tuple(fields), table=str(at[0])))
                continue
            try:
                right[key] = check(given)
            except values.WrongError as error:
                for each in (error, *error.more):
                    self.wrong((*at, key, *each.inside), str(each))
        for key in needed:
            if key not in value:
                self.wrong(at, "is missing", key=key)
        return right

    def rows(self, name: str, value: object) -> list[dict[str, Any]]:
        """The tables of a list of tables that have nothing wrong, each `name` once."""
        return [row for _, row in self._numbered(name, value)]

    def _numbered(self, name: str, value: object) -> list[tuple[int, dict[str, Any]]]:
        if not isinstance(value, list):
            self.wrong((name,), f"must be written [[{name}]], in double brackets")
            self.broken = True
            return []
        right: list[tuple[int, dict[str, Any]]] = []
        first: dict[str, Place] = {}
        for number, row in enumerate(value):
            at: Place = (name, number)
            before = len(self.problems)
            read = self.table(at, row, LISTS[name], NEEDED[name])
            if "name" in read:
                taken = first.setdefault(read["name"].casefold(), (*at, "name"))
                if taken[1] != number:
                    said = values.quoted(read["name"])
                    self.wrong((*at, "name"), f"{said} is already the name of the {name} on line {self.line(taken)}")
            if len(self.problems) == before:
                right.append((number, read))
        return right

    def rules(self, tables: dict[str, object]) -> tuple[Rule, ...]:
        """The rules that are right. A source that a rule names has to be there, if any is."""
        written = tables.get("source", [])
        known = [
            row["name"]
            for row in (written if isinstance(written, list) else ())
            if isinstance(row, dict) and isinstance(row.get("name"), str)
        ]
        folded = {name.casefold() for name in known}
        right = []
        for at, row in self._numbered("rule", tables.get("rule", [])):
            missing = [name for name in row.get("sources", ()) if known and name.casefold() not in folded]
            for name in missing:
                inside: Place = (at, row["sources"].index(name)) if len(row["sources"]) > 1 else (at,)
                self.wrong(("rule", inside[0], "sources", *inside[1:]), f"{self.no_source(name, known)}")
            if not missing:
                right.append(Rule(**row, line=self.line(("rule", at))))
        return tuple(right)

    def views(self, value: object) -> tuple[View, ...]:
        """The views that are right: each key once; those without one get the digits that are left, in file order."""
        rows = self._numbered("view", value)
        taken: dict[str, int] = {}
        for at, row in rows:
            if "key" in row and (other := taken.setdefault(row["key"], at)) != at:
                line = self.line(("view", other, "key"))
                self.wrong(("view", at, "key"), f"{values.quoted(row['key'])} already opens the view on line {line}")
        left = [digit for digit in "123456789" if digit not in taken]
        return tuple(
            View(**{"key": left.pop(0) if left and "key" not in row else "", **row}, line=self.line(("view", at)))
            for at, row in rows
            if taken.get(row.get("key", ""), at) == at
        )

    def watched(self, tables: Mapping[str, object]) -> dict[str, int]:
        """The line of everything that raises a flag."""
        found: dict[str, int] = {}
        watch = tables.get("watch")
        for key, kind in (("keywords", "keyword"), ("entities", "entity")):
            listed = watch.get(key) if isinstance(watch, dict) else None
            for number, name in enumerate(listed if isinstance(listed, list) else ()):
                found.setdefault(f"{kind}:{name}", self.line(("watch", key, number)))
        for table in ("entity", "rule"):
            rows = tables.get(table)
            for number, row in enumerate(rows if isinstance(rows, list) else ()):
                if isinstance(row, dict):
                    found[f"{table}:{row.get('name')}"] = self.line((table, number))
        return found

    def no_source(self, name: str, known: list[str]) -> str:
        """The sentence on a source that isn't there, with the nearest one that is."""
        import difflib

        close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"; did you mean {values.quoted(close[0])}?" if close else ""
        return f"there is no source named {values.quoted(name)}{hint}"

    def keys(self, value: object) -> dict[str, str]:
        """Keys by command; a key that two commands want is a problem."""
        if not isinstance(value, dict):
            self.wrong(("keys",), "must be one table, written [keys]")
            return {}
        right: dict[str, str] = {}
        owner: dict[str, str] = {}
        for command, given in value.items():
            at: Place = ("keys", command)
            try:
                wanted = values.keys(command, given)
            except values.WrongError as error:
                self.wrong((*at, *error.inside), str(error))
                continue
            for key in wanted:
                other = owner.setdefault(key, command)
                if other != command:
                    self.wrong(
                        at, f"{values.quoted(key)} is already bound to {other} on line {self.line(('keys', other))}"
                    )
            right[command] = ",".join(wanted)
        return right

    def unknown(self, key: str, known: tuple[str, ...], table: str | None) -> str:
        """The sentence on a key that isn't known, with the nearest right one."""
        import difflib

        what = "key" if table else "table or key"
        folded = key.casefold().replace("-", "_")
        homes = [f"[{name}]" for name, fields in TABLES.items() if folded in fields and name != table]
        homes += [f"[[{name}]]" for name, fields in LISTS.items() if folded in fields and name != table]
        near: str | None = OTHER_WORDS.get(folded)
        if near not in known:
            close = difflib.get_close_matches(folded, known, n=1, cutoff=0.6)
            near = close[0] if close and (folded in known or not homes) else None
        if near is not None:
            return f"unknown {what}; did you mean {near!r}?"
        if homes:
            return f"unknown {'here' if table else 'at the top'}; it belongs under {homes[0]}"
        return f"unknown {what}; known are {', '.join(known)}"

    def wrong(self, at: Place, message: str, *, key: str | None = None) -> None:
        """Notes a problem at a place."""
        named = (*at, key) if key else at
        self.problems.append(Problem(self.file, self.line(at), dotted(named), message))

    def line(self, at: Place) -> int:
        """The line of a place, or of the nearest thing around it that has one."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)


def _written(name: str, value: object) -> list[Place]:
    """Every place at which a table of this name begins: one, or one for each `[[name]]`."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return [(name, number) for number in range(len(value))]
    return [(name,)]


def dotted(at: Place) -> str:
    """`source[3].url`: elements are counted from 1, as people do."""
    said = ""
    for part in at:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{values.bare(part)}"
    return said.removeprefix(".")
