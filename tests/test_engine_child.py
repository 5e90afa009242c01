"""The desk's handle on its engine: what it says, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.eventually import eventually
from wirewatch.commands.desk import EngineChild

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_known_before_the_start_is_said_first_and_once(tmp_path: Path) -> None:
    child = EngineChild(None, tmp_path, notices=["Left out: source[2].url: the address names no host"])
    assert child.poll() == "Left out: source[2].url: the address names no host"
    assert child.poll() is None


async def test_an_engine_that_cannot_start_says_why_in_its_own_words(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[watch]\nkeyword = ['x']\n")
    child = EngineChild(config, tmp_path / "data")
    child.start()
    said: list[str] = []
    try:
        await eventually(lambda: said.append(child.poll() or "") or said[-1])
    finally:
        child.stop()
    assert "unknown key; did you mean 'keywords'?" in said[-1]
    assert "starting it again" in said[-1]
