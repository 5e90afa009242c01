"""The command line: what can be asked for, and what a caller gets back when it can't be had (DESIGN, Command line).

A command's module is imported only when it runs, and nothing but argparse before that: `--version` costs what the
interpreter costs.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, TextIO, cast

from wirewatch import __version__
from wirewatch.errors import Exit, WirewatchError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

DATA_VARIABLE = "WIREWATCH_DATA"

DESCRIPTION = "A terminal desk for breaking-news wires: one story, one row, however many outlets carry it."
EPILOG = """\
Without a command the desk opens, and an engine with it where none runs yet.
`wirewatch demo` shows it without a network; `wirewatch config init` writes a configuration to start from.

exit codes: 0 done, 1 nothing matched or the run failed, 2 usage or configuration, 3 network, 130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code. Complaints go to stderr, one sentence each, without a traceback."""
    given = sys.argv[1:] if argv is None else argv
    try:
        args = _desk_alone(given) or parser().parse_args(given)
    except SystemExit as wanted:
        return int(wanted.code or 0)
    try:
        code = run(args)
        sys.stdout.flush()
    except WirewatchError as error:
        complain(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPT)
    except BrokenPipeError:
        _drop_output()
        return int(Exit.DONE)
    except OSError as error:
        _drop_output()
        complain(WirewatchError(_told(error)))
        return int(Exit.NOTHING)
    return int(code)


def _desk_alone(given: Sequence[str]) -> argparse.Namespace | None:
    """What the usual calls mean, `wirewatch` with nothing or with where things lie; None for all others.

    argparse and its tables of commands take longer to load than the desk has until its first frame.
    """
    places: dict[str, str | None] = {"--config": None, "--data": None}
    for name, value in zip(given[::2], given[1::2], strict=False):
        if name not in places or value.startswith("-"):
            return None
        places[name] = value
    if len(given) % 2:
        return None
    found = SimpleNamespace(command="desk", config=places["--config"], data=places["--data"], read_only=False)
    return cast("argparse.Namespace", found)


def run(args: argparse.Namespace) -> int:
    """Fills in where configuration and data lie, and runs the command that was asked for."""
    from importlib import import_module

    if args.command in ("desk", "demo"):
        gc.disable()  # collections while modules are imported delay the first frame; the desk turns them on after it

    from wirewatch import config
    from wirewatch.streams import whole

    args.config_given = bool(args.config or os.environ.get("WIREWATCH_CONFIG"))
    args.config = config.find(args.config)
    args.data = _data_path(args.data)
    sys.stdout = cast("TextIO", whole(sys.stdout))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 whatever the locale; for people, letters that the locale hasn't got become question marks.
        as_json = getattr(args, "json", False) or args.command == "pipe"
        sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="replace")
    code: int = import_module(f"wirewatch.commands.{args.command}").run(args)
    return code


def complain(error: WirewatchError) -> None:
    """Writes an error's sentence, or its lines, to stderr."""
    from wirewatch import text
    from wirewatch.errors import ConfigError

    start = "" if isinstance(error, ConfigError) else "wirewatch: "
    for line in str(error).splitlines() or [type(error).__name__]:
        sys.stderr.write(f"{start}{text.message(line)}\n")


def parser() -> argparse.ArgumentParser:
    """Every command with its options; each leaves its name in `command`."""
    import argparse

    places = argparse.ArgumentParser(add_help=False)
    _add_places(places, argparse.SUPPRESS)
    top = argparse.ArgumentParser(
        prog="wirewatch",
        description=DESCRIPTION,
        epilog=EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"wirewatch {__version__}")
    _add_places(top, None)
    top.add_argument("--read-only", action="store_true", help="open the desk on what is there: no polling, no marks")
    top.set_defaults(command="desk")
    commands = top.add_subparsers(metavar="COMMAND", title="commands")

    def command(name: str, does: str, *, json: bool = True, more: str | None = None) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog=more,
            parents=[places],
            allow_abbrev=False,
        )
        sub.set_defaults(command=name)
        if json:
            _add_json(sub)
        return sub

    command("demo", "the desk on a bundled wire: offline, without a configuration", json=False)
    poll = command("poll", "poll the sources without a desk")
    poll.add_argument("--once", action="store_true", help="ask every source once, due or not, then end")
    poll.add_argument("--attached", action="store_true", help=argparse.SUPPRESS)
    pipe = command(
        "pipe",
        "read documents, write their items with every judgement as JSON lines",
        json=False,
        more="Feeds, agency files and NDJSON items are told apart by what is in them. Nothing is stored or fetched.",
    )
    pipe.add_argument("files", nargs="*", metavar="FILE", help="documents to read; `-` or none: standard input")
    pipe.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    tail = command("tail", "stories that came in lately, oldest first")
    tail.add_argument("query", nargs="*", metavar="QUERY", help="only stories that match, such as `flag:exclusive`")
    tail.add_argument(
        "--since", type=_duration, default=3600.0, metavar="TIME", help="how far back: 30m, 1h, 2d (default 1h)"
    )
    tail.add_argument("--view", metavar="NAME", help="only stories of this saved view, by its name or key")
    tail.add_argument("-f", "--follow", action="store_true", help="go on with what comes in")
    search = command("search", "stored stories that match, newest first")
    search.add_argument("query", nargs="+", metavar="QUERY", help="words, phrases, `field:value`")
    search.add_argument("--limit", type=_count, default=100, metavar="N", help="at most so many (default 100)")
    story = command("story", "one story with all its items")
    story.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    story.add_argument("--why", action="store_true", help="also why its items are one story, and what was flagged")
    rules = command("rules", "try your rules, words and names on what is stored", json=False)
    _add_rules(rules.add_subparsers(metavar="ACTION", title="actions", required=True, dest="action"), places)
    alerts = command("alerts", "the alert log: every alert, heard or not, oldest first")
    alerts.add_argument(
        "--since", type=_duration, default=86400.0, metavar="TIME", help="how far back: 30m, 8h, 7d (default 1d)"
    )
    alerts.add_argument("--unacked", action="store_true", help="only those that nobody has acknowledged")
    alerts.add_argument("-f", "--follow", action="store_true", help="go on with what comes in")
    alerts.add_argument(
        "--ack", nargs="+", type=_number_or_all, metavar="N", help="acknowledge these by number, or `all`"
    )
    _add_export(command("export", "what a shift hands over: stories alerted, starred, opened, flagged", json=False))
    sources = command(
        "sources",
        "every source: how it is, why, and when it is asked next",
        more="`sources pause NAME` leaves a source alone, until `sources resume NAME`.",
    )
    todo = sources.add_subparsers(metavar="ACTION", title="actions", dest="action")
    for name, does in (
        ("pause", "leave sources alone until they are resumed"),
        ("resume", "poll paused sources again"),
    ):
        action = todo.add_parser(
            name, help=does, description=f"{does[0].upper()}{does[1:]}.", parents=[places], allow_abbrev=False
        )
        _add_json(action)
        action.add_argument("names", nargs="+", metavar="NAME", help="a source's name as configured")
    command("doctor", "check configuration, data, database and terminal")
    config = command("config", "the configuration: where, what, and whether it is right", json=False)
    actions = config.add_subparsers(metavar="ACTION", title="actions", required=True, dest="action")
    for name, does in (
        ("path", "print where the configuration lies"),
        ("init", "write the default configuration there"),
        ("show", "print the configuration in force, without passwords"),
        ("check", "name every line at fault; exit code 2 if there is one"),
    ):
        action = actions.add_parser(
            name, help=does, description=f"{does[0].upper()}{does[1:]}.", parents=[places], allow_abbrev=False
        )
        _add_json(action)
        if name == "init":
            action.add_argument("--force", action="store_true", help="overwrite the file that is there")
    return top


def _add_rules(actions: argparse._SubParsersAction[argparse.ArgumentParser], places: argparse.ArgumentParser) -> None:
    """The actions of the rule workshop."""
    for name, does in (
        ("test", "what each rule, word and name would have flagged and alerted"),
        ("missed", "stories that many outlets had and nothing of yours flagged"),
        ("bursts", "what you watch and that is talked about far more than usual"),
    ):
        action = actions.add_parser(
            name, help=does, description=f"{does[0].upper()}{does[1:]}.", parents=[places], allow_abbrev=False
        )
        _add_json(action)
        if name != "bursts":
            action.add_argument(
                "--since", type=_duration, default=7 * 86400.0, metavar="TIME", help="how far back (default 7d)"
            )
        if name == "test":
            action.add_argument("files", nargs="*", metavar="FILE", help="documents to try them on instead")
            action.add_argument("--against", metavar="TOML", type=_path, help="show what this other file would change")
            action.add_argument("--examples", type=_count, default=3, metavar="N", help="shown of each (default 3)")
        if name == "missed":
            action.add_argument(
                "--outlets", type=_count, default=4, metavar="K", help="that a story must have reached (default 4)"
            )


def _path(text: str) -> object:
    from pathlib import Path

    return Path(text).expanduser()


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument(
        "--since", type=_moment, default="8h", metavar="TIME", help="how far back, or from when: 8h, 06:00 (default 8h)"
    )
    for what in ("alerted", "starred", "opened", "flagged"):
        export.add_argument(f"--{what}", action="store_true", help=f"stories that were {what} (default: all of these)")
    export.add_argument("--format", choices=("markdown", "json", "csv"), default="markdown", help="default: markdown")
    export.add_argument("--to", metavar="NAME", help="a new file of this name in the export directory; else stdout")
    export.add_argument("--dir", type=_path, metavar="DIR", help="the export directory (default: exports in --data)")
    export.add_argument("--force", action="store_true", help="replace a file of this name")


def _add_places(to: argparse.ArgumentParser, default: str | None) -> None:
    to.add_argument("--config", metavar="PATH", default=default, help="the configuration file")
    to.add_argument("--data", metavar="DIR", default=default, help="the directory of the database")


def _add_json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help="JSON, one object a line")


def _duration(text: str) -> float:
    import argparse

    from wirewatch import clock

    try:
        return clock.duration(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a time with its unit, such as 30m, 1h or 2d") from None


def _moment(text: str) -> float:
    """Seconds since the epoch of a time of day (the last one gone by) or of so long ago."""
    import argparse
    import time
    from datetime import datetime, timedelta

    hour, colon, minute = text.partition(":")
    if not colon:
        return time.time() - _duration(text)
    now = datetime.now().astimezone()
    try:
        then = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a time of day such as 06:00, nor a time such as 8h") from None
    return (then if then <= now else then - timedelta(days=1)).timestamp()


def _number_or_all(text: str) -> int | str:
    return text if text == "all" else _count(text)


def _count(text: str) -> int:
    import argparse

    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number from 1 up")
    return number


def _data_path(given: str | None) -> object:
    """`--data`, else `$WIREWATCH_DATA`, else the platform's user data directory."""
    from pathlib import Path

    named = given or os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("wirewatch", appauthor=False))


def _told(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _drop_output() -> None:
    """Standard output goes nowhere from here on: its reader went away, as `head` does, or its disk is full."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
