"""`wirewatch doctor`: what wirewatch stands on, checked one by one, each with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
import sys
import time
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from wirewatch import __version__, clock, vitals
from wirewatch import config as configuration
from wirewatch.clock import MINUTE
from wirewatch.commands import output, stored
from wirewatch.errors import ConfigError, Exit, StoreError
from wirewatch.store import check

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wirewatch.config import Config
    from wirewatch.model import SourceState

SPACE = 200_000_000
"""Bytes; with less than this free the engine stops writing (FAULT 119)."""
MADE = 1_764_115_200.0
"""November 2025: a clock that says earlier is wrong."""
NAMED = 5
"""Sources that are named."""
PARTS = ("textual", "httpx", "feedparser", "rapidfuzz", "msgspec", "selectolax", "ahocorasick-rs")
EXTRA = "wordllama"


class Finding(NamedTuple):
    """What one check found."""

    check: str
    state: Literal["ok", "warn", "fail"]
    message: str


def run(args: argparse.Namespace) -> int:
    """Prints every finding; 1 when something has failed."""
    failed = False
    for finding in findings(args.config, args.data, given=args.config_given):
        failed = failed or finding.state == "fail"
        if args.json:
            output.write_json(finding._asdict())
        else:
            output.write(f"{finding.state:<4}  {finding.check:<13}  {finding.message}")
    return Exit.NOTHING if failed else Exit.DONE


def findings(config: Path, data: Path, *, given: bool) -> Iterator[Finding]:
    """All checks, from what lies deepest up."""
    yield _versions()
    yield from _configuration(config, given=given)
    yield from _directory(data)
    yield from _permissions(config, data)
    yield from _database(data, _names(config))
    yield _terminal()


def _versions() -> Finding:
    parts = []
    missing = []
    for part in PARTS:
        try:
            parts.append(f"{part} {metadata.version(part)}")
        except metadata.PackageNotFoundError:
            missing.append(part)
    said = f"wirewatch {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
    said += f"{platform.system()} {platform.machine()}, {', '.join(parts)}"
    try:
        said += f", {EXTRA} {metadata.version(EXTRA)} (extra semantic)"
    except metadata.PackageNotFoundError:
        said += ", extra semantic not installed"
    if missing:
        return Finding("versions", "fail", f"{said}; not installed: {', '.join(missing)}")
    return Finding("versions", "ok", said)


def _configuration(path: Path, *, given: bool) -> Iterator[Finding]:
    if not given and not path.exists():
        yield Finding(
            "configuration",
            "warn",
            f"{path} isn't there, so the built-in one is used; `wirewatch config init` writes it",
        )
        return
    try:
        config = configuration.load(path)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding("configuration", "fail", str(problem))
        return
    sources = len(config.sources)
    if sources:
        yield Finding("configuration", "ok", f"{path}: {sources} {'source' if sources == 1 else 'sources'}")
    else:
        yield Finding("configuration", "warn", f"{path}: no source; add a [[source]] table")
    warning = configuration.exposed(config)
    if warning:
        yield Finding("secrets", "warn", warning)
    yield from _alerts(config)


def _alerts(config: Config) -> Iterator[Finding]:
    """Whether what is to be told of alerts is there."""
    settings = config.alerts
    if settings.hook and shutil.which(settings.hook[0]) is None:
        yield Finding("alerts", "fail", f"the hook {settings.hook[0]} is no program that can be run")
    if (settings.notify or settings.notify_file) and find_spec("apprise") is None:
        yield Finding("alerts", "fail", "notify needs apprise: pip install 'wirewatch[notify]'")
    if settings.notify_file is not None and not settings.notify_file.is_file():
        yield Finding("alerts", "fail", f"notify_file {settings.notify_file} isn't there")


def _directory(data: Path) -> Iterator[Finding]:
    place = data
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        yield Finding("data", "fail", f"{place} is in the way of the data directory {data}; choose another with --data")
        return
    if not os.access(place, os.W_OK | os.X_OK):
        yield Finding("data", "fail", f"{place} can't be written to; choose another directory with --data")
        return
    free = shutil.disk_usage(place).free
    if free < SPACE:
        yield Finding("data", "fail", f"{data}: {free // 1_000_000} MB free; at least {SPACE // 1_000_000} are needed")
    elif place != data:
        yield Finding("data", "ok", f"{data} will be made when it is needed")
    elif os.name == "posix" and data.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("data", "warn", f"{data}: others can write to it; run `chmod 700` on it")
    else:
        yield Finding("data", "ok", f"{data}: {free // 1_000_000_000} GB free")


def _names(config: Path) -> set[str] | None:
    """The sources that are configured; None where that can't be known, and then all that are stored count."""
    if not config.exists():
        return None
    try:
        return {source.name for source in configuration.load(config).sources}
    except ConfigError:
        return None


def _database(data: Path, names: set[str] | None) -> Iterator[Finding]:
    if not stored.exists(data):
        yield Finding("database", "ok", "none yet; the engine makes it")
        return
    try:
        with stored.reading(data) as reader:
            counts = reader.counts(time.time())
            engine = reader.engine()
            states = [state for name, state in reader.states().items() if names is None or name in names]
    except StoreError as error:
        yield Finding("database", "fail", str(error))
        return
    problems = check(data)
    yield from (Finding("database", "fail", problem) for problem in problems)
    if not problems:
        yield Finding("database", "ok", f"{counts['stories']} stories, {counts['starred']} starred")
    yield Finding("engine", "ok", f"polling: {engine}" if engine else "nobody polls at the moment")
    yield _clock(states, time.time())
    yield from _sources(states, time.time(), polled=engine is not None)


def _permissions(config: Path, data: Path) -> Iterator[Finding]:
    """What others on this machine can read that is nobody's business: what you read and watch for, and where from."""
    if os.name != "posix" or not data.is_dir():
        return
    mine = [data / stored.DATABASE, *sorted(data.glob("*.log*"))]
    open_to_all = [path for path in mine if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)]
    if open_to_all and data.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH):
        names = ", ".join(path.name for path in open_to_all)
        yield Finding("permissions", "warn", f"others can read {names}; run `chmod 700 {data}`")
    elif config.exists() and config.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("permissions", "warn", f"others can write {config}, which names programs to run; `chmod 600` it")
    else:
        yield Finding("permissions", "ok", "nobody else reads or writes what is yours")


def _clock(states: Sequence[SourceState], now: float) -> Finding:
    """Whether the wall clock can be right: not before this version was made, nor before what is stored."""
    if now < MADE:
        return Finding("clock", "fail", f"this machine's clock says {clock.rfc3339(now)}; set it, or no time is right")
    last = max((state.last_attempt or 0.0 for state in states), default=0.0)
    if last > now + MINUTE:
        return Finding(
            "clock", "warn", f"sources were polled {vitals.long(last - now)} from now: the clock was set back since"
        )
    return Finding("clock", "ok", f"{clock.rfc3339(now)}, local zone {time.strftime('%Z')}")


def _sources(states: Sequence[SourceState], now: float, *, polled: bool) -> Iterator[Finding]:
    """Every source that wants an eye, by what is wrong with it."""
    by_word: dict[str, list[str]] = {}
    for state in states:
        found = vitals.attention(state, now)
        if found or vitals.urgency(state, now) == 0:
            by_word.setdefault(found.partition(":")[0] if found else state.state, []).append(state.name)
        elif polled and vitals.is_late(state, now):
            by_word.setdefault("late", []).append(state.name)
    for word, names in by_word.items():
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield Finding(
            "sources", "warn", f"{len(names)} {word}; `wirewatch sources` says why: {', '.join(names[:NAMED])}{more}"
        )
    if states and not by_word:
        yield Finding("sources", "ok", f"{len(states)} known, none failing, silent, stale or late")


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", "ok", "standard output is no terminal: the desk would print stories as lines")
    kind, columns = os.environ.get("TERM", ""), output.width() or 80
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if kind in ("", "dumb"):
        return Finding("terminal", "fail", f"TERM is {kind!r}: the desk needs a terminal that can place the cursor")
    if encoding != "utf8":
        return Finding(
            "terminal", "warn", f"the terminal speaks {sys.stdout.encoding}; set a UTF-8 locale to see all letters"
        )
    colour = "true colour" if os.environ.get("COLORTERM") in ("truecolor", "24bit") else "256 colours or fewer"
    return Finding("terminal", "ok", f"{kind}, {columns} columns, {colour}")
