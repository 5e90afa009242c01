"""`alerts` and `export` over a real store, run as the programs that drive them run them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.commandline import Ended, environment, wirewatch
from tests.storing import an_item, outcome_of
from wirewatch.model import Alert, Flag, Placed
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

    from wirewatch.store.writer import SqliteWriter

NOW = time.time()


def story(number: int, headline: str, *, ago: float, flags: tuple[str, ...] = ()) -> list[Placed]:
    item = an_item(number, headline, source="Kestrel", received=NOW - ago, url=f"https://news.example/{number}")
    raised = tuple(Flag(flag, "label", "headline", 0, 1, headline[:1]) for flag in flags)
    return [Placed(item, f"si{number}", "lead", flags=raised)]


def alert(number: int, *, ago: float, **more: object) -> Alert:
    settled: dict[str, Any] = {"why": "new", "state": "told", "rule": "Quays", "source": "Kestrel"}
    settled |= {"headline": f"Headline {number}", "story": f"si{number}", "reason": "“quay” in the headline"}
    return Alert(n=0, at=NOW - ago, **settled | more)


class Shift:
    """A home with a night's wire in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        with closing(open_writer(self.data)) as writer:
            assert writer.claim("test")
            self.write(writer)
        with closing(open_reader(self.data)) as reader:
            reader.mark(["si2"], read=True)
            reader.mark(["si3"], starred=True)

    def write(self, writer: SqliteWriter) -> None:
        writer.complete(
            outcome_of(
                story(1, "Quay collapses at Port Alva", ago=3000, flags=("breaking",)),
                story(2, "Mayor speaks on quay", ago=90_000),
                story(3, "Budget vote put off", ago=2000),
                story(4, "Exclusive: ferry line for sale", ago=1000, flags=("exclusive",)),
                story(5, "Nothing that anybody watches for", ago=500),
                alerts=(
                    alert(1, ago=2990),
                    alert(1, ago=2000, why="killed", headline="KILL: Quay collapses", reason="Kestrel withdrew it"),
                    alert(9, ago=1500, state="folded", headline="A story that is gone"),
                    alert(2, ago=90_000),
                ),
            )
        )

    def run(self, *args: str) -> Ended:
        return wirewatch(self.home, "--data", str(self.data), *args)


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Shift:
    return Shift(tmp_path_factory.mktemp("shift"))


# --- alerts -----------------------------------------------------------------------------------------------------------


def test_alerts_prints_the_log_of_the_time_oldest_first(shift: Shift) -> None:
    ended = shift.run("alerts", "--json")
    assert (ended.code, ended.err) == (0, "")
    found = ended.objects()
    assert [(each["number"], each["why"], each["state"]) for each in found] == [
        (1, "new", "told"),
        (2, "killed", "told"),
        (3, "new", "folded"),
    ]
    assert found[0]["headline"] == "Headline 1"
    assert found[0]["acked"] is None
    assert len(shift.run("alerts", "--since", "2d", "--json").objects()) == 4


def test_alerts_for_people_says_what_kind_it_is_and_why(shift: Shift) -> None:
    lines = shift.run("alerts").out.splitlines()
    assert len(lines) == 3
    assert "KILLED" in lines[1]
    assert lines[1].endswith("Kestrel: KILL: Quay collapses  [Quays, Kestrel withdrew it]")
    assert "over the budget" in lines[2]


def test_no_alert_in_the_time_is_a_sentence_and_exit_code_1(shift: Shift) -> None:
    ended = shift.run("alerts", "--since", "1s")
    assert (ended.code, ended.out) == (1, "")
    assert "--since 7d" in ended.err


def test_alerts_are_acknowledged_by_number_and_all_at_once(tmp_path: Path) -> None:
    shift = Shift(tmp_path)
    assert shift.run("alerts", "--ack", "2", "99").out == "1 alert acknowledged\n"
    assert [each["number"] for each in shift.run("alerts", "--unacked", "--json").objects()] == [1, 3]
    assert shift.run("alerts", "--ack", "all", "--json").objects() == [{"v": 1, "acknowledged": 3}]
    assert shift.run("alerts", "--ack", "all").code == 1
    assert shift.run("alerts", "--unacked").code == 1
    assert shift.run("alerts", "--ack", "some").code == 2


def test_following_prints_alerts_as_they_are_written(tmp_path: Path) -> None:
    shift = Shift(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "--data", str(shift.data), "alerts", "--json", "--follow"],
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stdout is not None
        assert [json.loads(process.stdout.readline())["number"] for _ in range(3)] == [1, 2, 3]
        with closing(open_writer(shift.data)) as writer:
            assert writer.claim("test")
            writer.put_alerts([alert(0, ago=0, why="flood", story="", headline="9 alerts more at once", count=9)])
        shown = json.loads(process.stdout.readline())
        assert (shown["number"], shown["why"], shown["count"], shown["story"]) == (5, "flood", 9, None)
        process.terminate()


# --- export -----------------------------------------------------------------------------------------------------------


def test_a_handover_has_what_alerted_was_starred_opened_or_flagged_and_nothing_else(shift: Shift) -> None:
    about, *rest = shift.run("export", "--format", "json").objects()
    assert about["since"] < about["until"]
    found = {each["id"]: each["what"] for each in rest if "id" in each}
    assert found == {
        "si1": ["alerted", "flagged"],
        "si3": ["starred"],
        "si2": ["opened"],
        "si4": ["flagged"],
    }
    assert [each["alert"]["headline"] for each in rest if "alert" in each] == ["A story that is gone"]
    assert [each["why"] for each in next(each for each in rest if each.get("id") == "si1")["alerts"]] == [
        "new",
        "killed",
    ]


def test_a_handover_can_be_of_some_of_it_and_from_a_time_of_day(shift: Shift) -> None:
    rows = shift.run("export", "--format", "json", "--starred", "--opened", "--since", "2d").objects()
    assert [each["id"] for each in rows if "id" in each] == ["si3", "si2"]
    clock = time.strftime("%H:%M", time.gmtime(NOW - 120))
    rows = shift.run("export", "--format", "json", "--flagged", "--since", clock).objects()
    assert [each["id"] for each in rows if "id" in each] == []
    assert shift.run("export", "--since", "25:00").code == 2


def test_a_handover_for_people_is_markdown(shift: Shift) -> None:
    lines = shift.run("export").out.splitlines()
    assert lines[0].startswith("# Handover, ")
    assert lines[2] == "4 stories, 3 alerts of which 3 not acknowledged."
    assert [line for line in lines if line.startswith("##")] == [
        "## Alerted",
        "## Starred",
        "## Opened",
        "## Flagged",
        "## Other alerts",
    ]
    assert any("**Quay collapses at Port Alva**" in line and "<https://news.example/1>" in line for line in lines)
    assert any("killed (Quays, Kestrel withdrew it), not acknowledged" in line for line in lines)


def test_a_handover_for_a_spreadsheet_is_csv(shift: Shift) -> None:
    rows = list(csv.DictReader(io.StringIO(shift.run("export", "--format", "csv").out)))
    assert [row["headline"] for row in rows][:2] == ["Quay collapses at Port Alva", "Budget vote put off"]
    assert rows[0]["what"] == "alerted, flagged"
    assert rows[0]["outlets"] == "1"


def test_where_nothing_happened_a_handover_is_empty_and_exit_code_1(tmp_path: Path) -> None:
    with closing(open_writer(tmp_path / "data")):
        pass
    ended = wirewatch(tmp_path, "--data", str(tmp_path / "data"), "export")
    assert ended.code == 1
    assert "0 stories, 0 alerts." in ended.out


@pytest.fixture
def named(tmp_path: Path) -> Shift:
    return Shift(tmp_path)


def test_a_handover_goes_into_a_file_of_its_own(named: Shift) -> None:
    ended = named.run("export", "--to", "night shift")
    written = named.data / "exports" / "night shift.md"
    assert ended.out == f"{written}\n"
    assert written.read_text().startswith("# Handover")
    assert written.stat().st_mode & 0o777 == 0o600
    again = named.run("export", "--to", "night shift")
    assert (again.code, "there is a file of this name already" in again.err) == (2, True)
    assert named.run("export", "--to", "night shift", "--force", "--format", "markdown").code == 0
