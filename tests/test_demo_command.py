"""`wirewatch demo` without a terminal: the day through the real engine, told as text, leaving nothing behind."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from wirewatch.commands import demo
from wirewatch.demo.pace import Pace
from wirewatch.demo.server import time_of_day
from wirewatch.demo.wire import CLOSING, bundled
from wirewatch.errors import WirewatchError
from wirewatch.model import Item, Placed, SourceState, Story, StoryDetail, Take

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.store.contract import Reader

PACE = Pace(CLOSING, 1_700_000_000.0, float("inf"))


class OneStoryReader:
    """A store with the exclusive and one story more."""

    def __init__(self) -> None:
        at = PACE.shown(time_of_day("08:01"))
        self.items = (
            Placed(
                Item("i1", "Meridian Newswire", "UPDATE 1-Xi", 1.0, guid=demo.SHOWPIECE, published=at), "s1", "lead"
            ),
            Placed(Item("i2", "星河通讯", "快讯", 2.0, guid="x", published=at + 60), "s1", "copy"),
        )
        self.stories = [
            Story("s1", 1, "Xi", "i1", "Meridian Newswire", 1.0, 2.0, at, items=2, outlets=2, flags=("exclusive",)),
            Story("s2", 2, "Cat rides bus", "i3", "Daily Foghorn", 3.0, 3.0, None, priority=4),
        ]

    def newest(self, _limit: int) -> list[Story]:
        return self.stories

    def story(self, story_id: str) -> StoryDetail:
        if story_id == "s2":
            return StoryDetail(self.stories[1], (), {})
        return StoryDetail(self.stories[0], self.items, {"i1": (Take(1, 1.0, "Xi"),)})

    def states(self) -> dict[str, SourceState]:
        return {"a": SourceState("a"), "b": SourceState("b")}


def test_the_report_tells_the_exclusive_with_its_items_and_the_rest_by_the_line() -> None:
    lines = list(demo.report(cast("Reader", OneStoryReader()), PACE))
    assert lines[2:7] == [
        "Xi",
        "  2 items of 2 outlets; from Meridian Newswire",
        "  flags: exclusive",
        "    08:01  lead     Meridian Newswire           UPDATE 1-Xi  [2 takes]",
        "    08:02  copy     星河通讯                    快讯",
    ]
    assert "All 2 stories from 3 items of 2 sources, newest first:" in lines
    assert "    08:01    Xi  (Meridian Newswire +1)  [exclusive]" in lines
    assert "    --:-- .  Cat rides bus  (Daily Foghorn)" in lines


def test_the_passes_miss_no_piece() -> None:
    wire = bundled()
    seen = {
        (piece.outlet, piece.guid)
        for at in map(time_of_day, demo.PASSES)
        for outlet in wire.outlets.values()
        if not (outlet.trouble("down", at) or outlet.trouble("gone", at))
        for piece, _ in wire.feed(outlet.id, at)
    }
    assert seen == {(piece.outlet, piece.guid) for piece in wire.pieces}


def test_the_passes_see_the_edits_that_matter() -> None:
    takes: dict[str, set[str]] = {}
    for at in map(time_of_day, demo.PASSES):
        for piece in bundled().pieces:
            if take := piece.take(at):
                takes.setdefault(f"{piece.outlet}/{piece.guid}", set()).add(take.headline)
    for guid in ("meridian/xi-visit", "touchline/merrick-quits", "tickerlane/5541", "lantern/ferry", "meridian/freddy"):
        assert len(takes[guid]) >= 2, guid


@pytest.mark.parametrize(("named", "kept"), [(True, True), (False, False)])
def test_only_a_directory_named_for_it_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool, kept: bool
) -> None:
    monkeypatch.setenv("WIREWATCH_DATA", str(tmp_path / "own"))
    used: list[Path] = []

    def text(_place: Path, data: Path) -> int:
        used.append(data)
        return 0

    monkeypatch.setattr(demo, "_text", text)
    data = tmp_path / ("demo" if named else "own")
    assert demo.run(argparse.Namespace(data=data)) == 0
    assert (used == [data]) is kept
    assert not (tmp_path / "own").exists()
    assert used[0].exists() is kept


def test_a_server_that_cannot_start_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wirewatch.demo import process

    monkeypatch.setattr(process, "_COMMAND", [sys.executable, "-c", "raise SystemExit('no loopback here')"])
    with (
        pytest.raises(WirewatchError, match="the demo's server has ended: no loopback here"),
        process.WireProcess(tmp_path / "log"),
    ):
        pytest.fail("it started")


@pytest.mark.slow
def test_the_whole_demo_runs_through_the_real_engine_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "WIREWATCH_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "wirewatch", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        env={**kept, "HOME": str(home), "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    story = lines[2 : lines.index("", 2)]
    for outlet in ("Meridian Newswire", "Newsmill 24", "World Digest Hub", "Pacific Lantern", "Evening Semaphore"):
        assert any(outlet in line for line in story[2:]), outlet
    counts = re.search(r"^All (\d+) stories from (\d+) items of (\d+) sources", ran.stdout, re.MULTILINE)
    assert counts
    stories, items, sources = map(int, counts.groups())
    assert items == len(bundled().pieces)
    assert sources == len(bundled().outlets)
    assert 100 <= stories < items
    assert "EXCLUSIVE: Cat rides No. 12 bus" in ran.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.stdout)
    assert list(home.rglob("*")) == []
    assert list(temporary.iterdir()) == []
