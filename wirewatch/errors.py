"""Every error that a user can meet: each is one sentence that says what happened, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line (DESIGN, Command line)."""

    DONE = 0
    NOTHING = 1
    USAGE = 2
    NETWORK = 3
    INTERRUPT = 130


class WirewatchError(Exception):
    """Base of all errors that are shown to the user as one sentence, without a traceback."""

    exit_code: Exit = Exit.NOTHING


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a configuration: `config.toml:12: source[3].evry: unknown key; did you mean 'every'?`."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(WirewatchError):
    """The configuration can't be used; carries every problem found, in file order."""

    exit_code = Exit.USAGE

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(WirewatchError):
    """A command was called in a way it can't serve."""

    exit_code = Exit.USAGE


class QueryError(WirewatchError):
    """A query can't be read; `column` is the zero-based code point where reading stopped."""

    exit_code = Exit.USAGE

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class StoreError(WirewatchError):
    """The database can't be opened, read or written."""


class NewerSchemaError(StoreError):
    """The database was written by a newer wirewatch; nothing was touched."""


class LeaseLostError(StoreError):
    """Another engine holds the lease on this data directory; nothing was written."""


class FetchError(WirewatchError):
    """A source couldn't be fetched. The message is the reason in plain words and holds no secret.

    `held_until` is set (seconds since the epoch, UTC) when the server named a time before which it wants no request.
    `led_to` names the host that redirects had led to when it failed, where that isn't the source's own.
    """

    exit_code = Exit.NETWORK

    def __init__(self, reason: str, *, status: int | None = None, held_until: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.held_until = held_until
        self.led_to: str | None = None


class OfflineError(FetchError):
    """A source couldn't be fetched, and it looks as if this machine had no network: no name server, no route."""


class ParseError(WirewatchError):
    """A document couldn't be read. The message is the reason in plain words."""


class ParserDiedError(ParseError):
    """The parser had to be killed on a document, or crashed on it: its source is best left alone for a while."""


class OpenError(WirewatchError):
    """A link couldn't be opened in a browser."""
