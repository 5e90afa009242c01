"""The Textual app itself: one dashboard, its themes, keys and palette. `wirewatch.app` runs it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand

from wirewatch.clock import Clock, SystemClock
from wirewatch.errors import NewerSchemaError, StoreError
from wirewatch.screens.dashboard import Dashboard
from wirewatch.widgets.alarm import Alarm
from wirewatch.widgets.backstage import FIRST_PAGE, Backstage
from wirewatch.widgets.commands import COMMANDS, bindings, key_problems, keys_of
from wirewatch.widgets.signals import Signals
from wirewatch.widgets.status import Standing
from wirewatch.widgets.themes import THEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from rich.console import RenderableType
    from textual.binding import BindingType
    from textual.screen import Screen

    from wirewatch.config import Config
    from wirewatch.config import View as SavedView
    from wirewatch.query import Query
    from wirewatch.store.contract import Reader
    from wirewatch.widgets.ending import Ending
    from wirewatch.widgets.messages import Engine

logger = logging.getLogger(__name__)

COLLECT = (4_000, 5, 50)
"""When garbage is collected: so often that no collection holds the screen up. One of 50,000 objects took 20 ms, and
60 ms with other work on the machine; what the desk itself keeps is frozen or bounded."""
AGAIN = 5.0
"""Seconds in which a second `q` leaves though alerts wait (`alerts.confirm_quit`)."""
STALLS = "WIREWATCH_STALLS"
"""Names a file into which the desk writes how long its event loop was ever away after the first frame."""


class Desk(App[None]):
    """One dashboard, its themes, keys and palette."""

    TITLE = "wirewatch"
    CSS_PATH = Path(__file__).parent.parent / "wirewatch.tcss"
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (that is how Textual declares it)
        (0, "-stacked"),
        (110, "-beside"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (9, "-low"),
        (18, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(everywhere=True)]

    def __init__(
        self,
        config: Config,
        open_reader: Callable[[], Reader],
        *,
        demo: bool = False,
        read_only: bool = False,
        engine: Engine | None = None,
        clock: Clock | None = None,
        zone: tzinfo | None = None,
        parse: Callable[[str], Query] | None = None,
        opener: Callable[[str], str] | None = None,
        ending: Ending | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(driver_class=_driver())
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        # Set while there is nothing to restyle yet; that it changes later restyles everything.
        chosen = config.desk.theme if config.desk.theme in self.available_themes else THEMES[0].name
        self.set_reactive(App.theme, chosen)
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())
        self._config = config
        self._ending = ending
        self._log_path = log
        self._clock = clock or SystemClock()
        self._zone = zone
        self._meter: Any = None
        self._asked_to_leave = -AGAIN
        names = [source.name for source in config.sources]
        standing = Standing(tuple(names), self._clock.now(), demo=demo, read_only=read_only)
        standing.config = str(config.path) if config.path is not None else None
        alarm = Alarm(self._clock, Signals(self, os.environ, desktop=config.alerts.desktop))
        first, after = _read_first(open_reader, standing, alarm)
        self.backstage = Backstage(
            open_reader,
            self._clock,
            after=after,
            alerts_after=alarm.standing.last if after is not None else None,
            engine=engine,
            opener=opener or (lambda url: _open_link(url, config.desk.browser)),
            zone=zone,
            config=config,
        )
        self.dashboard = Dashboard(
            self.backstage,
            self._clock,
            standing,
            parse=parse or _parse,
            source_names=names,
            keymap=config.keys,
            read_after=config.desk.mark_read_after,
            zone=zone,
            on_first_paint=self._after_first_paint,
        )
        self.dashboard.first = first
        self.dashboard.alarm = alarm
        self.dashboard.set_classes(self._size_classes())

    def _size_classes(self) -> list[str]:
        """The breakpoint classes of the terminal as it is, so that the first layout of the screen is the right one."""
        found = []
        for most, breakpoints in zip(self.size, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True):
            found += [[name for least, name in breakpoints or () if most >= least][-1]]
        return found

    def get_default_screen(self) -> Screen[Any]:
        """The dashboard is the first and lowest screen."""
        return self.dashboard

    def on_mount(self) -> None:
        """Binds the user's keys, the stall meter and the signals to the running app."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._config.keys:
            self.set_keymap(dict(self._config.keys))
        if self._ending is not None:
            self._ending.attach(loop, lambda code: self.exit(return_code=code))
        self.set_interval(1.0, self._check_terminal)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Ends the app. Giving the terminal back waits for Textual's keyboard thread: no stall that anybody sees."""
        if self._meter is not None:
            self._meter.stop()
            self._meter = None
        if self.dashboard.alarm.signals is not None:
            self.dashboard.alarm.signals.restore_title()
        super().exit(result, return_code, message)

    @property
    def crashed(self) -> bool:
        """Something fell over that can't be mended, whatever the user pressed since."""
        return self._exception is not None

    def on_unmount(self) -> None:
        """Writes what the stall meter found."""
        if self._meter is not None:
            self._meter.stop()

    def action_leave(self) -> None:
        """Ends the desk; where the configuration asks for it, a second press is needed while alerts wait."""
        number, now = self.dashboard.alarm.standing.unacked, self._clock.monotonic()
        config = self.backstage.keeper.config or self._config
        if not config.alerts.confirm_quit or not number or now - self._asked_to_leave < AGAIN:
            self.exit()
            return
        self._asked_to_leave = now
        self.dashboard.say(f"{number} alert{'s' * (number != 1)} not acknowledged: q again leaves all the same.")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: the desk's own commands with their keys, or those of the screen above it."""
        where = getattr(screen, "WHERE", "")
        on = screen if where else self.dashboard
        for command in COMMANDS:
            if command.id not in ("palette", "quit-now") and command.where == where:
                about = f"{keys_of(command, self._config.keys)}   {command.about}"
                yield SystemCommand(command.name, about, self._runner(command.action, on))
        for view in () if where else self.dashboard.saved_views:
            yield SystemCommand(f"View: {view.name}", f"{view.key}   {view.query}", self._opener_of(view))

    def _opener_of(self, view: SavedView) -> Callable[[], None]:
        return lambda: self.dashboard.open_view(view)

    def _runner(self, action: str, on: Screen[Any]) -> Callable[[], Any]:
        async def run() -> None:
            await self.run_action(action, default_namespace=on)

        return run

    def _after_first_paint(self) -> None:
        gc.freeze()
        gc.enable()
        gc.set_threshold(*COLLECT)
        if path := os.environ.get(STALLS):
            from wirewatch.widgets.stalls import StallMeter

            self._meter = StallMeter(Path(path))
            self._meter.start()
        if self._log_path is not None:
            from wirewatch.widgets.logfile import log_to

            log_to(self._log_path)
        for problem in key_problems(self._config.keys, self._config.views):
            self.dashboard.say(problem, error=True)

    def _check_terminal(self) -> None:
        """A terminal that closed without a signal reads as empty for ever; Textual would never notice."""
        driver = self._driver
        if getattr(driver, "input_tty", False) and not os.isatty(driver.fileno):  # type: ignore[union-attr]
            self.exit(return_code=129)


def _read_first(
    open_reader: Callable[[], Reader], standing: Standing, alarm: Alarm
) -> tuple[tuple[list[Any], bool] | None, int | None]:
    """What the first frame shows, read before there is an event loop; None where the store isn't there yet."""
    try:
        reader = open_reader()
    except NewerSchemaError:
        raise
    except StoreError as error:
        logger.warning("the store isn't there yet: %s", error)
        return None, None
    try:
        if notice := getattr(reader, "notice", None):
            standing.keep(notice)
        after = reader.last_seq()
        stories = reader.newest(FIRST_PAGE)
        standing.counts = reader.counts(standing.started)
        standing.take_states(reader.states())
        standing.engine = reader.engine()
        alarm.standing = reader.alerts_standing()
        return (stories, len(stories) == FIRST_PAGE), after
    finally:
        reader.close()


def _parse(text: str) -> Query:
    from wirewatch import query

    return query.parse(text)


def _open_link(url: str, browser: str | None) -> str:
    from wirewatch.opener import open_link

    return open_link(url, browser=browser)


def _driver() -> Any:
    """The driver for this platform; None leaves it to Textual (Windows, and tests without a terminal)."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    from wirewatch.widgets.driver import DeskDriver

    return DeskDriver
