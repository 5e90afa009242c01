"""Edits take effect while wirewatch runs; a broken or half-written file leaves the last good configuration in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.config.files import load
from wirewatch.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.config.settings import Config

SETTLED = 0.5
"""Seconds that a file must rest before it is read, so that one being written isn't taken for finished."""
GONE = 5.0
"""Seconds that a file may be away: editors that save by renaming take it away for a moment."""


class Watcher:
    """Follows the file of a configuration by its modification time, size and inode: works on every file system.

    `said` is an error that was shown already and needn't be told again as long as the file stays as it is.
    """

    def __init__(self, config: Config, *, said: ConfigError | None = None) -> None:
        self.config = config
        self.error = said
        self._path: Path | None = config.path
        self._told = said is not None
        self._read: tuple[int, ...] | None = None
        self._seen: tuple[int, ...] | None = None
        self._since = 0.0
        self._first = True

    def check(self, now: float) -> Config | ConfigError | None:
        """What an edit says, once: the new configuration, what is wrong with it, or None for nothing new.

        `now` is monotonic time in seconds; call it about once a second. After a broken edit the configuration that was
        in force comes back again when the file does.
        """
        if self._path is None:
            return None
        stamp = self._stamp(self._path)
        if self._first or stamp != self._seen:
            self._seen, self._since, self._first = stamp, now, False
            return None
        if stamp == self._read or now - self._since < (SETTLED if stamp else GONE):
            return None
        self._read = stamp
        try:
            found = load(self._path)
        except ConfigError as error:
            return self._broken(error)
        if self._stamp(self._path) != stamp:
            self._read = None
            return None
        return self._good(found)

    def _good(self, found: Config) -> Config | None:
        news = found != self.config or self.error is not None
        self.config, self.error, self._told = found, None, False
        return found if news else None

    def _broken(self, error: ConfigError) -> ConfigError | None:
        old = self._told and str(error) == str(self.error)
        self.error, self._told = error, False
        return None if old else error

    @staticmethod
    def _stamp(path: Path) -> tuple[int, ...]:
        try:
            found = path.stat()
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_size, found.st_ino)
