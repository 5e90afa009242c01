"""`wirewatch poll`: the engine alone, in the foreground or as the child of a desk."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from wirewatch import config as configuration
from wirewatch import text
from wirewatch.commands.output import change_line, complain
from wirewatch.errors import Exit, StoreError
from wirewatch.store import open_writer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wirewatch.config import Config
    from wirewatch.model import Change, SourceState
    from wirewatch.store.contract import Writer

CLAIM_AGAIN = 1.0
"""Seconds between two attempts of a waiting engine to take over polling."""

log = logging.getLogger(__name__)


def run(args: argparse.Namespace) -> int:
    """Polls until told to stop; with `--once` every source once. 3 when no source could be reached at all."""
    config = in_force(args)
    if args.once:
        return _report(poll_once(config, args.data, on_changes=_printer(as_json=args.json)))
    writer = open_writer(args.data)
    notify = _notifier() if args.attached else complain
    if writer.notice:
        notify(writer.notice)
    try:
        return asyncio.run(
            _until_stopped(config, args.data, writer, notify if args.attached else None, as_json=args.json)
        )
    finally:
        writer.close()


def in_force(args: argparse.Namespace) -> Config:
    """The configuration to poll by: the file asked for, the user's, or the built-in one where there is none.

    Sources at fault are named on stderr and left out; raises ConfigError when the rest can't be used.
    """
    if not args.config_given and not args.config.exists():
        return configuration.parse(configuration.default_text(), file="built-in configuration")
    config, problems = configuration.load_usable(args.config)
    for problem in problems:
        complain(str(problem))
    return config


def poll_once(
    config: Config, data: Path, *, on_changes: Callable[[Sequence[Change]], None] | None = None
) -> dict[str, SourceState]:
    """Asks every source once, due or not, but for those held back or gone; the state of each afterwards."""
    from wirewatch.engine.engine import Engine
    from wirewatch.engine.log import log_to

    writer = open_writer(data)
    if writer.notice:
        complain(writer.notice)
    handler = log_to(data / "engine.log")
    try:
        if writer.claim(holder()) is None:
            raise StoreError(f"another engine polls into {data} already; end it, or ask it with `r` in its desk")
        return asyncio.run(Engine(config, data, writer, on_changes=on_changes).once())
    finally:
        writer.close()
        logging.getLogger().removeHandler(handler)
        handler.close()


def holder() -> str:
    """Who holds the lease, as other desks show it."""
    return f"{socket.gethostname()} pid {os.getpid()}"


async def _until_stopped(
    config: Config, data: Path, writer: Writer, notify: Callable[[str], None] | None, *, as_json: bool
) -> int:
    """Polls until a signal comes; with `notify` as the child of a desk, which hears notices and ends it with itself."""
    attached = notify is not None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if attached:
        threading.Thread(target=_end_with_parent, args=(loop, stop), daemon=True, name="parent").start()
    while writer.claim(holder()) is None:
        if not attached:
            raise StoreError(f"another engine polls into {data} already; `wirewatch tail --follow` shows what it finds")
        try:
            async with asyncio.timeout(CLAIM_AGAIN):
                await stop.wait()
        except TimeoutError:
            continue
        return Exit.DONE
    from wirewatch.engine.engine import Engine
    from wirewatch.engine.log import log_to
    from wirewatch.engine.memory import give_back, settle

    give_back()
    handler = log_to(data / "engine.log")
    if not attached:
        complaints = logging.StreamHandler(sys.stderr)
        complaints.setLevel(logging.WARNING)
        complaints.setFormatter(handler.formatter)
        logging.getLogger().addHandler(complaints)
    printer = None if attached else _printer(as_json=as_json)
    engine = Engine(config, data, writer, on_changes=printer, on_notice=notify, on_begun=settle)
    await engine.run(stop)
    return Exit.DONE


def _end_with_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Sets `stop` when the desk at the other end of stdin is gone, however it went."""
    try:
        while os.read(0, 4096):
            pass
    finally:
        with suppress(RuntimeError):  # the loop has ended before us
            loop.call_soon_threadsafe(stop.set)


def _notifier() -> Callable[[str], None]:
    """Tells the desk at the other end of stdout, one JSON object a line; what it doesn't read is dropped."""
    os.set_blocking(1, False)

    def notify(sentence: str) -> None:
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(1, json.dumps({"notice": text.message(sentence)}).encode() + b"\n")

    return notify


def _printer(*, as_json: bool) -> Callable[[Sequence[Change]], None]:
    def show(changes: Sequence[Change]) -> None:
        for change in changes:
            line = change_line(change, as_json=as_json)
            if line:
                sys.stdout.write(line + "\n")
        sys.stdout.flush()

    return show


def _report(states: dict[str, SourceState]) -> int:
    """Complaints about failing sources on stderr; the exit code of `--once`."""
    failing = [state for state in states.values() if state.state not in ("ok", "held", "gone")]
    for state in failing:
        complain(f"{state.name}: {state.reason or state.state}")
    return Exit.NETWORK if failing and len(failing) == len(states) else Exit.DONE
