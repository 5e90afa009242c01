"""The rule workshop: what rules would have found in what is stored or given, and what they missed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.commandline import wirewatch
from tests.storing import an_item, outcome_of, row_of
from wirewatch import config
from wirewatch.commands.rules import shown_progress
from wirewatch.config import Config, Rule, Watch
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.model import GAZETTEER_RULE, Document, Flag, Placed, SourceState
from wirewatch.rules.workshop import Trial, differences, missed, trigger_of
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commandline import Ended

RULES = """\
[watch]
keywords = ["ferry"]

[[rule]]
name = "Leak"
match = "leak"
alert = true
cooldown = "1h"

[[rule]]
name = "Gas"
match = '"gas leak"'

[[rule]]
name = "Idle"
match = "zeppelin"
"""
HEADLINES = (
    ("Wire One", "Gas leak empties the port of Freedonia City, firefighters say"),
    ("Wire Two", "Ferry runs aground off Skagen with forty aboard, coast guard says"),
    ("Wire One", "Ministers quarrel over leak of budget papers in Sylvania"),
    ("Wire Three", "Museum buys the last drawing of a painter nobody knew"),
)


class Desk:
    """A configuration and a store of four stories of the last hours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text(RULES)
        now = time.time()
        writer = open_writer(folder / "data")
        assert writer.claim("test")
        filing = Filing(Process(config.load(self.config)), writer)
        for n, (source, headline) in enumerate(HEADLINES):
            item = an_item(n, headline, source=source, received=now - 7200 + n * 60, language="en")
            filing.file(Document("item", (item,)), SourceState(source), heard=now - 7200)
        writer.close()

    def run(self, *words: str) -> Ended:
        places = ("--config", str(self.config), "--data", str(self.folder / "data"))
        return wirewatch(self.folder, "rules", *words, *places)

    def objects(self, *words: str) -> dict[str, dict[str, Any]]:
        ended = self.run(*words, "--json")
        assert ended.code == 0, ended.err
        return {row.get("trigger", ""): row for row in map(json.loads, ended.out.splitlines())}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_every_rule_word_and_name_is_counted_with_its_alerts_overlap_and_examples(desk: Desk) -> None:
    found = desk.objects("test", "--since", "1d")
    assert (found[""]["items"], found[""]["stories"]) == (4, 4)
    leak, gas, idle, ferry = (found[name] for name in ("rule:Leak", "rule:Gas", "rule:Idle", "keyword:ferry"))
    assert (leak["items"], leak["stories"], leak["line"], leak["by_source"]) == (2, 2, 4, {"Wire One": 2})
    assert leak["alerts"] == {"told": 1, "cooling": 1}
    assert leak["overlap"] == {"rule:Gas": 1}
    assert gas["alerts"] == {}
    assert [example["headline"] for example in gas["examples"]] == [HEADLINES[0][1]]
    assert gas["examples"][0]["flag"]["text"] == "Gas leak"
    assert (idle["items"], ferry["items"], ferry["line"]) == (0, 1, 2)


def test_people_read_the_same(desk: Desk) -> None:
    told = desk.run("test", "--since", "1d").out
    assert told.startswith("4 items, 4 stories, ")
    assert "rule Leak (config.toml:4): 2 items, 2 stories, 2.0 stories a day" in told
    assert "  alerts    1 told, 1 while cooling" in told
    assert "  also hit  rule Gas 1" in told
    assert "Never hit: rule Idle (config.toml:14)" in told


def test_against_another_file_the_difference_is_shown(desk: Desk) -> None:
    other = desk.folder / "other.toml"
    other.write_text('[[rule]]\nname = "Leak"\nmatch = "leak -gas"\n[[rule]]\nname = "Art"\nmatch = "museum"\n')
    found = desk.objects("test", "--since", "1d", "--against", str(other))
    assert found[""]["gained"] == ["i3"]
    assert found[""]["lost"] == ["i0", "i1"]
    assert (found["rule:Leak"]["lost"], found["rule:Leak"]["gained"]) == (["i0"], [])
    assert (found["rule:Art"]["before"], found["rule:Art"]["after"]) == (None, 1)
    assert found["rule:Gas"]["after"] is None
    told = desk.run("test", "--since", "1d", "--against", str(other)).out
    assert "rule Leak (other.toml:1): 2 → 1 items (+0 −1)" in told
    assert HEADLINES[0][1] in told


def test_a_broken_rule_file_is_refused_with_its_line(desk: Desk) -> None:
    other = desk.folder / "other.toml"
    other.write_text('[[rule]]\nname = "Leak"\nmatch = "(leak"\n')
    ended = desk.run("test", "--against", str(other))
    assert ended.code == 2
    assert f"{other}:3: rule[1].match: column 1 of the query: this ( is never closed" in ended.err


def test_documents_can_be_tried_instead_of_what_is_stored(desk: Desk) -> None:
    file = desk.folder / "items.ndjson"
    rows = [
        {"headline": headline, "source": source, "received": f"2026-11-26T0{n}:00:00Z"}
        for n, (source, headline) in enumerate(HEADLINES)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = desk.objects("test", str(file))
    assert (found[""]["items"], found["rule:Leak"]["items"]) == (4, 2)
    assert desk.run("test", str(desk.folder / "nowhere.xml")).code == 1


def test_what_many_outlets_had_and_nothing_flagged_is_missed(desk: Desk) -> None:
    writer = open_writer(desk.folder / "data")
    assert writer.claim("test")
    now = time.time()
    for story, flags in (("smiss", ()), ("shit", (Flag("keyword:ferry", "keyword/word", "headline", 0, 1, "H"),))):
        numbered = [
            Placed(
                an_item(100 + n + len(story) * 10, source=f"Outlet {n}", received=now - 60),
                story,
                "report",
                flags=flags,
            )
            for n in range(5)
        ]
        writer.complete(outcome_of(numbered))
    writer.close()
    ended = desk.run("missed", "--since", "1h", "--outlets", "5", "--json")
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == ["smiss"]
    assert desk.run("missed", "--since", "1h", "--outlets", "6").code == 1


def test_nothing_that_is_watched_bursts_in_a_quiet_hour(desk: Desk) -> None:
    ended = desk.run("bursts")
    assert ended.code == 1
    assert "more than usual" in ended.err


def test_tail_keeps_to_a_saved_view_and_to_a_query_within_it(desk: Desk) -> None:
    desk.config.write_text(RULES + '[[view]]\nname = "Leaks"\nquery = "leak or museum"\nkey = 4\n')
    places = ("--config", str(desk.config), "--data", str(desk.folder / "data"))

    def tail(*words: str) -> list[str]:
        ended = wirewatch(desk.folder, "tail", "--since", "1d", "--json", *words, *places)
        return [json.loads(line)["headline"] for line in ended.out.splitlines()]

    assert len(tail("--view", "leaks")) == len(tail("--view", "4")) == 3
    assert tail("--view", "Leaks", "painter", "or", "zeppelin") == [HEADLINES[3][1]]
    ended = wirewatch(desk.folder, "tail", "--view", "Laeks", *places)
    assert ended.code == 2
    assert "there is no [[view]] named 'Laeks'; did you mean 'Leaks'?" in ended.err
    ended = wirewatch(desk.folder, "tail", "--view", "Leaks", "x", "(y", *places)
    assert (ended.code, "never closed" in ended.err) == (2, True)


# --- the counting itself -----------------------------------------------------------------------------------------


def flagged(n: int, *names: str, story: str = "") -> Placed:
    flags = tuple(
        Flag(name, "rule/R" if name.startswith("rule:") else "keyword/word", "headline", 0, 1, "H") for name in names
    )
    return Placed(an_item(n), story or f"s{n}", "lead", flags=flags)


def test_a_trial_counts_items_stories_and_days() -> None:
    trial = Trial(Config(rules=(Rule("R", "x"),), watch=Watch(("w", "never"))))
    trial.take(flagged(0, "rule:R", "keyword:w", story="s"))
    trial.take(flagged(1, "rule:R", story="s"))
    trial.take(flagged(1440, "rule:R", "kill"))
    found = trial.found["rule:R"]
    assert (found.items, len(found.stories), len(found.days)) == (3, 2, 2)
    assert trial.overlap("rule:R") == [("keyword:w", 1)]
    assert trial.found["keyword:never"].items == 0
    assert trial.days == pytest.approx(1.0)


def test_what_wirewatch_flags_by_itself_is_no_trigger() -> None:
    assert trigger_of(Flag("exclusive", "label/exclusive", "headline", 0, 1, "H")) is None
    assert trigger_of(Flag("scoop", "rule/Mine", "headline", 0, 1, "H")) == "rule:Mine"
    assert trigger_of(Flag("entity:X", "entity/alias", "headline", 0, 1, "H")) == "entity:X"
    assert trigger_of(Flag("entity:X", GAZETTEER_RULE, "headline", 0, 1, "H")) is None


def test_equal_trials_differ_in_nothing() -> None:
    one, other = (Trial(Config(rules=(Rule("R", "x"),))) for _ in range(2))
    for trial in (one, other):
        trial.take(flagged(0, "rule:R"))
    assert differences(one, other) == []


def test_a_story_that_only_a_label_flags_is_missed_all_the_same() -> None:
    wide = [flagged(n, "video", story="s") for n in range(4)]
    assert [story.id for story in missed([(row_of(wide, outlets=4), wide)], 4)] == ["s"]
    assert missed([(row_of(wide, outlets=3), wide)], 4) == []


def test_progress_is_for_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(shown_progress([1, 2, 3], 3)) == [1, 2, 3]
    assert capsys.readouterr().err == ""


def test_a_reader_gives_items_in_pages_as_the_writer_does(desk: Desk) -> None:
    reader = open_reader(desk.folder / "data")
    assert [placed.item.id for placed in reader.recent(0.0)] == ["i0", "i1", "i2", "i3"]
    assert list(reader.recent(time.time())) == []
    mentions, since = reader.mentions(["keyword:ferry"], 0.0)
    assert [source for _, source in mentions["keyword:ferry"]] == ["Wire Two"]
    assert since == pytest.approx(time.time() - 7200, abs=600)
    reader.close()
