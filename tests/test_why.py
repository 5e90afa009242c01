"""Why a story is flagged and how its priority adds up, on the desk and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commandline import wirewatch
from tests.storing import NOW, an_item
from wirewatch import config
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.model import Document, SourceState
from wirewatch.store import open_reader, open_writer
from wirewatch.widgets.sections import lay_out
from wirewatch.widgets.shown import look_up

if TYPE_CHECKING:
    from pathlib import Path

TOML = """\
[watch]
keywords = ["Exclusive",
  "ceasefire"]
entities = ["European Central Bank"]

[[rule]]
name = "Gas"
match = '"gas leak" or (pipeline leak)'
flag = "gas"
priority = "urgent"
"""
ITEMS = (
    ("Reuters", "agency", "Exclusive: Freedonia gas leak empties port, sources say", "The gas leak is at a pipeline."),
    ("Ministry", "official", "Ministry confirms gas leak at Freedonia port", "A gas leak emptied the port."),
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with a configuration and a store of one story of two items."""
    (tmp_path / "config.toml").write_text(TOML)
    writer = open_writer(tmp_path / "data", now=lambda: NOW)
    assert writer.claim("test")
    filing = Filing(Process(config.load(tmp_path / "config.toml")), writer)
    for n, (source, kind, headline, body) in enumerate(ITEMS):
        item = an_item(n, headline, source=source, kind=kind, body=body, language="en")
        filing.file(Document("item", (item,)), SourceState(source), heard=NOW)
    writer.close()
    return tmp_path


def why(place: Path, width: int) -> list[list[tuple[str, str]]]:
    reader = open_reader(place / "data")
    try:
        (story,) = reader.newest(5)
        shown = look_up(reader, story.id, None, now=NOW + 600, config=config.load(place / "config.toml"))
    finally:
        reader.close()
    assert shown is not None
    return [list(line) for line in lay_out("why", shown, width)]


@pytest.mark.parametrize("width", [30, 70])
def test_each_flag_shows_its_words_underlined_and_where_its_rule_is_written(place: Path, width: int) -> None:
    lines = why(place, width)
    text = " ".join(run for line in lines for run, _ in line).replace("\n", " ")
    underlined = "".join(run for line in lines for run, style in line if style.startswith("hit-"))
    for words in ("Exclusive", "gas leak", "sources say"):
        assert words.replace(" ", "") in underlined.replace(" ", "")
    squeezed = text.replace(" ", "")
    assert f"ruleGas,{place}/config.toml:6" in squeezed
    assert f"rulekeyword/label,{place}/config.toml:2" in squeezed
    assert "rulelabel/exclusive" in squeezed
    assert "theruleGas" in squeezed
    assert "Ministryconfirmsitsince" in squeezed


def test_a_rule_that_is_gone_is_said_to_be(place: Path) -> None:
    (place / "config.toml").write_text("[desk]\n")
    text = "\n".join("".join(run for run, _ in line) for line in why(place, 200))
    assert f"rule Gas, no longer in {place}/config.toml" in text


def test_story_why_prints_the_evidence_the_line_and_the_arithmetic(place: Path) -> None:
    told = wirewatch(
        place, "story", "s", "--why", "--config", str(place / "config.toml"), "--data", str(place / "data")
    )
    assert told.code == 0
    lines = told.out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  gas  headline of Reuters"))
    start = lines[at + 1].index("gas leak")
    assert lines[at + 2] == " " * start + "^" * len("gas leak")
    assert lines[at + 3] == f"    rule Gas, {place}/config.toml:6"
    assert "How its priority adds up" in lines
    as_json = wirewatch(
        place, "story", "s", "--why", "--json", "--config", str(place / "config.toml"), "--data", str(place / "data")
    )
    found = json.loads(as_json.out)
    assert found["score"]["points"] == pytest.approx(sum(part["points"] for part in found["score"]["parts"]))
    assert found["score"]["priority"] == found["priority"] == 1
    assert found["rules"] == [{"rule": "Gas", "line": 6, "items": ["i0", "i1"]}]
    assert found["exclusive"] == {"grade": "confirmed", "by": "i1"}
    assert found["sources"]["i0"]["unnamed"] == ["sources say"]


def test_story_why_says_whom_each_item_rests_on(place: Path) -> None:
    told = wirewatch(
        place, "story", "s", "--why", "--config", str(place / "config.toml"), "--data", str(place / "data")
    )
    lines = told.out.splitlines()
    assert lines[lines.index("Rests on") + 1] == "  Reuters: unnamed sources say"
