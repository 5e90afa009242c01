"""The store and the query of a command, opened as a command wants them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from wirewatch.commands.output import complain
from wirewatch.errors import StoreError, UsageError

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager
    from pathlib import Path

    from wirewatch.config import Config
    from wirewatch.query import Query
    from wirewatch.store.contract import Reader

DATABASE = "wirewatch.sqlite"


def exists(data: Path) -> bool:
    """True once an engine has made its database in a data directory."""
    return (data / DATABASE).exists()


def reading(data: Path) -> AbstractContextManager[Reader]:
    """The store for reading, closed at the end. Raises StoreError where there is none yet; nothing is made."""
    if not exists(data):
        raise StoreError(f"there is nothing stored in {data} yet; `wirewatch` or `wirewatch poll` fills it")
    from wirewatch.store import open_reader

    reader = open_reader(data, read_only=True)
    if reader.notice:
        complain(reader.notice)
    return closing(reader)


def settings(args: argparse.Namespace) -> Config:
    """The configuration that the desk would use; what is at fault in it is named on stderr. Raises ConfigError."""
    from wirewatch import config as configuration

    if not args.config_given and not args.config.exists():
        return configuration.parse(configuration.default_text(), file="built-in configuration")
    config, problems = configuration.load_usable(args.config)
    for problem in problems:
        complain(str(problem))
    return config


def settings_in_full(args: argparse.Namespace) -> Config:
    """The configuration that the desk would use, without a fault in it. Raises ConfigError."""
    from wirewatch import config as configuration

    if not args.config_given and not args.config.exists():
        return configuration.parse(configuration.default_text(), file="built-in configuration")
    return configuration.load(args.config)


def view_of(args: argparse.Namespace, named: str) -> str:
    """The query of the saved view with this name or key. Raises UsageError where there is none."""
    views = settings(args).views
    found = next((view for view in views if view.name.casefold() == named.casefold()), None)
    found = found or next((view for view in views if view.key == named), None)
    if found is not None:
        return found.query
    import difflib

    close = difflib.get_close_matches(named, [view.name for view in views], n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    known = f"; there are {', '.join(view.name for view in views)}" if views and not close else ""
    raise UsageError(f"there is no [[view]] named {named!r}{hint}{known}")


def asked(words: list[str], view: str = "") -> Query | None:
    """The words of a command line as one query, within that of a view; None for none. Raises QueryError."""
    text = " ".join(words).strip()
    if view:
        from wirewatch.query import parse

        parse(text)  # so that a column that is named is one of these words
        text = f"({view}) ({text})" if text else view
    if not text:
        return None
    from wirewatch.query import parse

    return parse(text)
