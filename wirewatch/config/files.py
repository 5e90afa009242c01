"""Where the configuration lies, how it is read from disk, and whether its secrets lie open."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.config.read import examine
from wirewatch.config.urls import has_secret
from wirewatch.config.values import plain
from wirewatch.errors import ConfigError, Problem

if TYPE_CHECKING:
    from wirewatch.config.settings import Config

VARIABLE = "WIREWATCH_CONFIG"
NAME = "config.toml"
MOST = 16_000_000
"""Bytes; nobody writes more by hand, and a device or a wrong file shouldn't be read to its end."""


def default_path() -> Path:
    """`config.toml` in the platform's user configuration directory."""
    import platformdirs

    return Path(platformdirs.user_config_dir("wirewatch", appauthor=False)) / NAME


def find(given: str | None = None) -> Path:
    """The file to use, whether it is there or not: `--config`, else `$WIREWATCH_CONFIG`, else `default_path()`."""
    named = given or os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else default_path()


def default_text() -> str:
    """The configuration that wirewatch comes with: of the package, or of the checkout it runs from."""
    packaged = Path(__file__).with_name("default.toml")
    return (packaged if packaged.exists() else Path(__file__).parents[2] / NAME).read_text("utf-8")


def load(path: Path) -> Config:
    """The configuration in a file. Raises ConfigError with every problem in it."""
    config, problems = load_usable(path)
    if problems:
        raise ConfigError(problems)
    return config


def load_usable(path: Path) -> tuple[Config, list[Problem]]:
    """The configuration in a file without the sources and entities at fault, and what is wrong with those (FAULT 62).

    Raises ConfigError when the rest of it is wrong, or there is no file.
    """
    config, problems = examine(read_text(path), file=shown(path), path=path)
    if config is None:
        raise ConfigError(problems)
    return config, problems


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError where there is none to be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file; `wirewatch config init` writes one") from None
    except IsADirectoryError:
        raise _unreadable(path, "this is a directory, not a file") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, f"can't be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MOST:
        raise _unreadable(path, f"is larger than {MOST // 1_000_000} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(shown(path), line, "", "isn't UTF-8 text; save the file as UTF-8")]) from None


def exposed(config: Config) -> str | None:
    """A warning when other users of the machine can read passwords or tokens in the file; None when not (FAULT 131)."""
    if config.path is None or os.name != "posix":
        return None
    holders = [source.name for source in config.sources if has_secret(source.url)]
    holders += ["alerts.notify"] if config.alerts.notify else []
    try:
        mode = config.path.stat().st_mode
    except OSError:
        return None
    if not holders or not mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    whose = holders[0] if len(holders) == 1 else f"{holders[0]} and {len(holders) - 1} more"
    return f"{shown(config.path)}: others can read the password or token of {whose}; run `chmod 600` on the file"


def shown(path: Path) -> str:
    """A path as messages name it."""
    return plain(str(path))


def _unreadable(path: Path, why: str) -> ConfigError:
    return ConfigError([Problem(shown(path), 0, "", plain(why))])
