"""Runs the desk: wiring only. What it shows is in `screens`, what that is made of in `widgets`."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wirewatch.config import Config
    from wirewatch.store.contract import Reader
    from wirewatch.widgets.messages import Engine


def run(
    config: Config,
    data: Path,
    *,
    demo: bool = False,
    read_only: bool = False,
    engine: Engine | None = None,
    open_reader: Callable[[], Reader] | None = None,
) -> int:
    """Runs the desk on the store under `data` until the user leaves; returns the exit code.

    `engine` is started once the first frame is painted and ended with the desk. Where there is a database that can't
    be written to, the desk shows what is in it and starts no engine. Raises StoreError when the store can't be opened
    at all and nobody is there who will make one.
    """
    # Until the first paint: collections while Textual is imported cost a tenth of the start and free nothing.
    gc.disable()
    _load_asyncio()
    from wirewatch.screens.desk import Desk
    from wirewatch.widgets.ending import Ending
    from wirewatch.widgets.logfile import silence

    silence()
    if open_reader is None and not read_only and _can_only_be_read(data):
        read_only, engine = True, None
    if open_reader is None:

        def open_reader() -> Reader:
            from wirewatch import store

            return store.open_reader(data, read_only=read_only)

    ending = Ending()
    ending.install()
    try:
        app = Desk(
            config,
            open_reader,
            demo=demo,
            read_only=read_only,
            engine=engine,
            ending=ending,
            log=None if read_only else data / "desk.log",
        )
        app.run()
    finally:
        gc.enable()
        ending.remove()
    app.backstage.stop()
    if ending.code is not None:
        return ending.code
    return app.return_code or int(app.crashed)


def _load_asyncio() -> None:
    """Imports asyncio without OpenSSL, which it takes along where there is one: the desk never speaks to a network.

    It is a twentieth of the time to the first frame. Whoever imports `ssl` later gets it.
    """
    if not {"asyncio", "ssl"} & set(sys.modules):
        sys.modules["ssl"] = None  # type: ignore[assignment] # that is how an import is told that there is none
        try:
            import asyncio  # noqa: F401
        finally:
            del sys.modules["ssl"]


def _can_only_be_read(data: Path) -> bool:
    """There are stories in this directory, and this user can't add to them."""
    import os

    from wirewatch.store.files import DATABASE

    database = data / DATABASE
    return database.exists() and not (os.access(data, os.W_OK) and os.access(database, os.W_OK))
