"""`wirewatch config path|init|show|check`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from wirewatch import config as configuration
from wirewatch.commands import output
from wirewatch.errors import ConfigError, Exit, UsageError, WirewatchError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from wirewatch.config import Config, Rule

PRIVATE = 0o600
"""The file may come to hold passwords of feeds."""


def run(args: argparse.Namespace) -> int:
    """Does one of the four."""
    path: Path = args.config
    if args.action == "path":
        return _path(path, as_json=args.json)
    if args.action == "init":
        return _init(path, force=args.force, as_json=args.json)
    if args.action == "show":
        return _show(configuration.load(path), as_json=args.json)
    return _check(path, as_json=args.json)


def _path(path: Path, *, as_json: bool) -> int:
    if as_json:
        output.write_json({"path": str(path), "exists": path.exists()})
    else:
        output.write(str(path))
    return Exit.DONE


def _init(path: Path, *, force: bool, as_json: bool) -> int:
    if path.is_dir():
        raise UsageError(f"{path} is a directory; name a file with --config")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{path} is there already and was left as it is; --force overwrites it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, configuration.default_text())
    except OSError as error:
        raise WirewatchError(f"{path} can't be written: {error.strerror or error}") from None
    if as_json:
        output.write_json({"path": str(path), "written": True})
    else:
        output.write(f"{path} is written; edit it, and `wirewatch config check` tells whether it is right")
    return Exit.DONE


def _replace(path: Path, text: str) -> None:
    """Writes the whole file or nothing: a desk that runs never reads a half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 mkstemp gives a descriptor
            file.write(text)
        Path(name).chmod(PRIVATE)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _show(config: Config, *, as_json: bool) -> int:
    shown = as_shown(config)
    if as_json:
        output.write_json({"path": str(config.path), **shown})
        return Exit.DONE
    import tomlkit

    output.write(f"# {config.path}")
    output.write(tomlkit.dumps(_without_none(shown)).rstrip())
    return Exit.DONE


def as_shown(config: Config) -> dict[str, Any]:
    """The settings in force, defaults filled in, under their names in TOML; addresses without their secrets."""
    desk = msgspec.to_builtins(config.desk)
    if desk["mark_read_after"] is not None:
        desk["mark_read_after"] = _seconds(desk["mark_read_after"])
    return {
        "watch": msgspec.to_builtins(config.watch),
        "stories": msgspec.to_builtins(config.stories),
        "desk": {**desk, "mark_read_after": desk["mark_read_after"] or "never"},
        "alerts": _alerts(config),
        "store": msgspec.to_builtins(config.store),
        "keys": dict(config.keys),
        "entity": [msgspec.to_builtins(entity) for entity in config.entities],
        "source": [
            {
                "name": source.name,
                "url": configuration.redacted(source.url),
                "kind": source.kind,
                "language": source.language,
                "every": None if source.every is None else _seconds(source.every),
                "tags": list(source.tags),
                "weight": config.weights.get(source.name),
            }
            for source in config.sources
        ],
        "rule": [_rule(rule) for rule in config.rules],
        "view": [{"name": view.name, "query": view.query, "key": view.key or None} for view in config.views],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    """A rule as it would be written, without what it leaves alone."""
    from wirewatch.clock import rfc3339
    from wirewatch.config.rules import LEVELS

    return {
        "name": rule.name,
        "match": rule.match,
        "flag": rule.flag or None,
        "priority": None if rule.priority is None else LEVELS[rule.priority],
        "alert": rule.alert if isinstance(rule.alert, bool) else LEVELS[rule.alert],
        "sources": list(rule.sources) or None,
        "kinds": list(rule.kinds) or None,
        "not_before": None if rule.not_before is None else rfc3339(rule.not_before),
        "quiet": _hours(rule.quiet) or None,
        "cooldown": None if rule.cooldown is None else _seconds(rule.cooldown),
        "sound": rule.sound,
        "channel": list(rule.channel) or None,
    }


def _hours(quiet: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}" for begin, end in quiet]


def _alerts(config: Config) -> dict[str, Any]:
    """The settings of alerts; addresses of services only by their kind, since the rest of them is a password."""
    from wirewatch.config.alerts import LEVELS, NOTHING

    shown = msgspec.to_builtins(config.alerts, enc_hook=str)
    for name in ("cooldown", "max_age", "hook_timeout"):
        shown[name] = _seconds(shown[name])
    shown["quiet"] = _hours(config.alerts.quiet)
    shown["quiet_level"] = (*LEVELS, NOTHING)[config.alerts.quiet_level]
    shown["notify"] = [f"{address.partition('://')[0]}://…" for address in config.alerts.notify]
    shown["notify_file"] = None if config.alerts.notify_file is None else str(config.alerts.notify_file)
    return {key: value for key, value in shown.items() if value or key not in ("hook", "notify", "quiet")}


def _seconds(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list | tuple) else value


def _check(path: Path, *, as_json: bool) -> int:
    try:
        config = configuration.load(path)
    except ConfigError as error:
        if not as_json:
            raise
        for problem in error.problems:
            output.write_json(
                {
                    "ok": False,
                    "file": problem.file,
                    "line": problem.line or None,
                    "key": problem.key,
                    "message": problem.message,
                }
            )
        return Exit.USAGE
    warning = configuration.exposed(config)
    if warning:
        output.complain(warning)
    if as_json:
        output.write_json({"file": str(path), "ok": True, "sources": len(config.sources), "warning": warning})
    else:
        output.write(f"{path} is right: {len(config.sources)} sources")
    return Exit.DONE
