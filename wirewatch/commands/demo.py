"""`wirewatch demo`: the desk on the bundled wire, offline, through the real engine and nobody's configuration."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.demo import config_text
from wirewatch.demo.process import WireProcess, clock_time
from wirewatch.errors import WirewatchError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from wirewatch.demo.pace import Pace
    from wirewatch.model import Placed, Story, StoryDetail
    from wirewatch.store.contract import Reader

SHOWPIECE = "meridian:xi-visit"
"""The guid of the exclusive, whose story is printed with all its items."""

PASSES = ("06:45", "07:01", "08:02", "08:45", "12:45", "19:15", "24:00")
"""When the day is polled without a terminal: often enough to see who was first, and the edits that matter."""

MARKS = "!!", "! ", "* ", "  ", ". "
"""A priority's mark, flash to routine; letters and not colours, because this output goes to files."""


def run(args: argparse.Namespace) -> int:
    """Opens the desk on the demo's wire; without a terminal it prints the demo's stories. Exit code."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-demo-") as folder:
        place = Path(folder)
        data = place / "data" if _is_the_users_own(args.data) else Path(args.data)
        data.mkdir(parents=True, exist_ok=True)
        if sys.stdin.isatty() and sys.stdout.isatty():
            return _desk(place, data)
        return _text(place, data)


def _is_the_users_own(data: Path) -> bool:
    """True for the directory that holds the user's real news: nobody named another, or this one by mistake."""
    import platformdirs

    usual = os.environ.get("WIREWATCH_DATA") or platformdirs.user_data_dir("wirewatch", appauthor=False)
    return Path(data).absolute() == Path(usual).expanduser().absolute()


def _desk(place: Path, data: Path) -> int:
    from wirewatch.commands.desk import open_desk

    with WireProcess(place / "server.log") as wire:
        return open_desk(_config(place, wire.port), data, demo=True)


def _text(place: Path, data: Path) -> int:
    from wirewatch import config
    from wirewatch.commands.poll import poll_once
    from wirewatch.store import open_reader

    with WireProcess(place / "server.log", factor=float("inf")) as wire:
        settings = config.load(_config(place, wire.port))
        for at in PASSES:
            wire.turn(at)
            states = poll_once(settings, data)
            if not any(state.state == "ok" for state in states.values()):
                reason = next((state.reason for state in states.values() if state.reason), "no source answered")
                raise WirewatchError(f"the demo's wire can't be read: {reason}")
        with closing(open_reader(data)) as reader:
            for line in report(reader, wire.pace):
                sys.stdout.write(line + "\n")
    return 0


def _config(place: Path, port: int) -> Path:
    path = place / "config.toml"
    path.write_text(config_text(port), "utf-8")
    return path


def report(reader: Reader, pace: Pace) -> Iterator[str]:
    """The stored stories as lines: the exclusive's with its items, then one a story, newest first; wire time."""
    stories = sorted(reader.newest(10_000), key=lambda story: story.published or story.first_seen, reverse=True)
    shown = next(filter(None, (_showpiece(reader, story) for story in stories)), None)
    yield "wirewatch demo: the wire of 13 March 2023, retold with invented outlets. Times are UTC of that day."
    yield ""
    if shown:
        yield from _story(shown, pace)
        yield ""
    items = sum(story.items for story in stories)
    yield f"All {len(stories)} stories from {items} items of {len(reader.states())} sources, newest first:"
    yield ""
    for story in stories:
        yield _row(story, pace)


def _showpiece(reader: Reader, story: Story) -> StoryDetail | None:
    detail = reader.story(story.id)
    return detail if detail and any(placed.item.guid == SHOWPIECE for placed in detail.items) else None


def _when(moment: float | None, pace: Pace) -> str:
    return clock_time(pace.happened(moment)) if moment is not None else "--:--"


def _row(story: Story, pace: Pace) -> str:
    from wirewatch.widgets.cells import steady

    others = f" +{story.outlets - 1}" if story.outlets > 1 else ""
    flags = f"  [{', '.join(story.flags)}]" if story.flags else ""
    when = _when(story.published, pace)
    return steady(f"{when:>9} {MARKS[story.priority]} {story.headline}  ({story.source}{others}){flags}")


def _story(detail: StoryDetail, pace: Pace) -> Iterator[str]:
    from wirewatch.widgets.cells import steady

    story = detail.story
    yield steady(story.headline)
    yield steady(
        f"  {story.items} items of {story.outlets} outlets; from {', '.join(story.originators) or story.source}"
    )
    if story.flags:
        yield f"  flags: {', '.join(story.flags)}"
    for placed in sorted(detail.items, key=lambda placed: placed.item.published or placed.item.received):
        yield _item(placed, len(detail.takes.get(placed.item.id, ())), pace)


def _item(placed: Placed, takes: int, pace: Pace) -> str:
    from wirewatch.widgets.cells import fit, steady

    item = placed.item
    edits = f"  [{takes + 1} takes]" if takes else ""
    return f"{_when(item.published, pace):>9}  {placed.role:<7}  {fit(item.source, 26)}  {steady(item.headline)}{edits}"
