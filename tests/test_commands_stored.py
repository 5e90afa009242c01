"""`tail`, `search`, `story`, `sources` and `doctor` over a real store, run as the programs that drive them run them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.commandline import Ended, environment, wirewatch
from wirewatch.model import Flag, Item, Placed, SourceState
from wirewatch.store import Outcome, open_reader, open_writer
from wirewatch.stories import summarise

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[[source]]
name = "Agency One"
url = "https://reader:pa55word@one.example/feed?token=t0ken"
kind = "agency"

[[source]]
name = "Daily Two"
url = "https://two.example/feed"

[[source]]
name = "Never Asked"
url = "https://three.example/feed"
"""
NOW = time.time()
EXCLUSIVE = "Exclusive: Minister to visit Freedonia next week - sources"


def placed(
    item_id: str, story: str, source: str, headline: str, *, ago: float, flags: tuple[str, ...] = (), **more: object
) -> Placed:
    """An item of a story, received so many seconds ago."""
    item = Item(
        id=item_id,
        source=source,
        headline=headline,
        received=NOW - ago,
        guid=f"guid:{item_id}",
        url=f"https://news.example/{item_id}",
        published=NOW - ago - 60,
        summary="Two people with knowledge of the matter said so.",
    )
    raised = tuple(Flag(flag, f"tag:{flag}", "headline", 0, 9, headline[:9]) for flag in flags)
    return Placed(item=item, story=story, flags=raised, **more)  # type: ignore[arg-type]


LEAD = placed("a1", "sa1", "Agency One", EXCLUSIVE, ago=2700, flags=("exclusive",), role="lead", priority=1)
COPY = placed(
    "b1",
    "sa1",
    "Daily Two",
    "Minister to visit Freedonia next week",
    ago=2400,
    role="copy",
    copy_of="a1",
    match="a1",
    score=96.54,
    why=("same words",),
)
OLD = placed("c1", "sc1", "Daily Two", "Harvest begins in Sylvania", ago=7200, role="lead")
KILLED = placed("d1", "sd1", "Daily Two", "Bank of Freedonia cuts rates", ago=60, role="lead", priority=2)


class Wire:
    """A data directory, the configuration beside it, and the commands over both."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.config = home / "config.toml"
        self.config.write_text(CONFIG, "utf-8")
        self.config.chmod(0o600)

    def store(self, source: str, *stories: tuple[Placed, ...], state: SourceState | None = None) -> None:
        """One poll of a source that brought these stories, each as it now stands."""
        with closing(open_writer(self.data)) as writer:
            assert writer.claim("test pid 1")
            writer.complete(
                Outcome(
                    state=state or SourceState(name=source, state="ok", items=len(stories), last_success=NOW),
                    placed=tuple(each for members in stories for each in members if each.item.source == source),
                    stories=tuple(summarise(members) for members in stories),
                )
            )
            while writer.index_some():
                pass

    def run(self, *args: str) -> Ended:
        return wirewatch(self.home, "--data", str(self.data), "--config", str(self.config), *args)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Wire:
    """Two outlets, three stories, one of them in two versions; nothing here is changed by a test."""
    made = Wire(tmp_path_factory.mktemp("wire"))
    made.store("Daily Two", (OLD,))
    made.store("Agency One", (LEAD,))
    made.store("Daily Two", (LEAD, COPY), (KILLED,))
    made.store(
        "Agency One",
        state=SourceState(
            name="Agency One",
            state="failing",
            reason="no such host",
            next_poll=NOW + 90,
            failures=3,
            last_success=NOW - 90,
        ),
    )
    made.store("Gone", state=SourceState(name="Gone", url="https://u:p@gone.example/", state="ok"))
    return made


def test_tail_prints_each_story_of_the_time_once_with_its_items(wire: Wire) -> None:
    ended = wire.run("tail", "--json")
    assert ended.code == 0
    assert ended.err == ""
    first, second = ended.objects()
    assert [first["id"], second["id"]] == ["sa1", "sd1"], "oldest first"
    assert first["headline"] == EXCLUSIVE
    assert first["source"] == "Agency One"
    assert first["outlets"] == 2
    assert first["flags"] == ["exclusive"]
    assert first["priority"] == 1
    assert first["url"] == "https://news.example/a1"
    assert first["first_seen"].endswith("Z")
    lead, copy = first["items"]
    assert {"source", "url", "guid", "headline", "role", "received", "published"} <= set(lead)
    assert (lead["source"], lead["guid"], lead["role"]) == ("Agency One", "guid:a1", "lead")
    assert (copy["source"], copy["role"], copy["copy_of"], copy["score"]) == ("Daily Two", "copy", "a1", 96.5)


def test_tail_looks_as_far_back_as_it_is_told(wire: Wire) -> None:
    assert [story["id"] for story in wire.run("tail", "--since", "3h", "--json").objects()] == ["sc1", "sa1", "sd1"]
    assert [story["id"] for story in wire.run("tail", "--since", "20m", "--json").objects()] == ["sd1"]


def test_tail_with_a_query_prints_what_matches(wire: Wire) -> None:
    assert [story["id"] for story in wire.run("tail", "--json", "flag:exclusive").objects()] == ["sa1"]
    assert [story["id"] for story in wire.run("tail", "--json", "--", "-flag:exclusive").objects()] == ["sd1"]
    ended = wire.run("tail", "--json", "flag:kill")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err


def test_tail_for_people_is_one_plain_line_a_story(wire: Wire) -> None:
    ended = wire.run("tail")
    first, second = ended.out.splitlines()
    assert EXCLUSIVE in first
    assert "Agency One +1" in first
    assert "[exclusive]" in first
    assert "Bank of Freedonia cuts rates" in second
    assert "\x1b" not in ended.out
    assert first.index("Agency One") == second.index("Daily Two"), "aligned"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_line_fits_and_holds_no_escape_codes(wire: Wire) -> None:
    import fcntl
    import os
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 64, 0, 0))
    subprocess.run(
        [sys.executable, "-m", "wirewatch", "tail", "--data", str(wire.data)],
        stdout=theirs,
        env=environment(wire.home, TERM="xterm-256color"),
        timeout=60,
        check=True,
    )
    os.close(theirs)
    with open(ours, "rb") as terminal:  # noqa: PTH123 a descriptor
        shown = terminal.read1(10_000).decode().split("\r\n")
    assert max(map(len, shown)) == 64
    assert "Exclusive: Minister" in shown[0]
    assert "\x1b" not in "".join(shown)


def test_search_finds_stories_newest_first(wire: Wire) -> None:
    assert [story["id"] for story in wire.run("search", "--json", "freedonia").objects()] == ["sd1", "sa1"]
    assert [story["id"] for story in wire.run("search", "--json", "--limit", "1", "freedonia").objects()] == ["sd1"]
    assert "Harvest" in wire.run("search", "harvest", "begins").out
    ended = wire.run("search", "zanzibar")
    assert (ended.code, ended.out) == (1, "")


def test_a_query_that_cant_be_read_is_a_usage_error(wire: Wire) -> None:
    ended = wire.run("search", "--json", "(freedonia")
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1


def test_story_tells_everything_of_its_items(wire: Wire) -> None:
    (story,) = wire.run("story", "sa1", "--json").objects()
    lead, copy = story["items"]
    assert lead["flags"] == [
        {"flag": "exclusive", "rule": "tag:exclusive", "field": "headline", "start": 0, "end": 9, "text": "Exclusive"}
    ]
    assert copy["why"] == ["same words"]
    assert copy["match"] == "a1"
    assert lead["takes"] == []
    assert lead["body"] is None
    assert story["headline"] == EXCLUSIVE
    ladder = story["ladder"]
    assert (ladder["first"], ladder["first_arrived"], ladder["repeaters"]) == (
        "Agency One",
        "Agency One",
        ["Daily Two"],
    )
    (rung,) = ladder["rungs"]
    assert (rung["item"], rung["by"], rung["after"], rung["copies"]) == ("a1", "published", 0, ["b1"])
    assert rung["at"] < rung["received"]


def test_story_for_people_says_who_was_first(wire: Wire) -> None:
    told = wire.run("story", "sa1").out
    assert "by its own time" in told
    assert "copied by Daily Two +5m00s" in told


def test_story_takes_the_beginning_of_an_id_that_only_one_has(wire: Wire) -> None:
    assert wire.run("story", "sa", "--json").objects()[0]["id"] == "sa1"
    for unknown in ("s", "nothing", "%", ""):
        ended = wire.run("story", unknown)
        assert (ended.code, ended.out) == (1, ""), unknown
        assert ended.err


def test_story_for_people_says_why_when_asked(wire: Wire) -> None:
    plain = wire.run("story", "sa1").out
    assert plain.splitlines()[0] == EXCLUSIVE
    assert "https://news.example/b1" in plain
    assert "same words" not in plain
    why = wire.run("story", "sa1", "--why").out
    assert "because  same words" in why
    assert "97 of 100, with Agency One's item" in why
    assert "exclusive  headline of Agency One" in why
    assert "rule tag:exclusive" in why


def test_sources_names_every_configured_source_and_why_one_fails(wire: Wire) -> None:
    ended = wire.run("sources", "--json")
    assert ended.code == 0
    rows = {row["name"]: row for row in ended.objects()}
    assert list(rows) == ["Agency One", "Daily Two", "Never Asked", "Gone"], "as configured, then what the store knows"
    assert (rows["Agency One"]["state"], rows["Agency One"]["reason"]) == ("failing", "no such host")
    assert rows["Agency One"]["next_poll"].endswith("Z")
    assert rows["Agency One"]["failures"] == 3
    assert (rows["Daily Two"]["state"], rows["Daily Two"]["reason"]) == ("ok", None)
    assert (rows["Never Asked"]["state"], rows["Never Asked"]["reason"], rows["Never Asked"]["next_poll"]) == (
        "new",
        None,
        None,
    )
    assert rows["Gone"]["reason"] == "no longer in the configuration"
    for secret in ("pa55word", "t0ken", "u:p@"):
        assert secret not in ended.out


def test_sources_for_people_is_one_line_a_source(wire: Wire) -> None:
    lines = wire.run("sources").out.splitlines()
    assert len(lines) == 4
    assert "failing" in lines[0]
    assert "no such host" in lines[0]
    assert "not polled yet" in lines[2]


def test_doctor_finds_nothing_wrong_with_a_sound_store(wire: Wire) -> None:
    ended = wire.run("doctor", "--json")
    assert ended.code == 0
    findings = {found["check"]: found for found in ended.objects()}
    assert {found["state"] for found in findings.values()} <= {"ok", "warn"}
    assert "3 stories" in findings["database"]["message"]
    assert "Agency One" in findings["sources"]["message"]


def test_doctor_points_out_sources_clock_and_permissions(tmp_path: Path) -> None:
    data, now = tmp_path / "data", time.time()
    well = SourceState("Well", state="ok", last_attempt=now + 7200, last_success=now, next_poll=now + 60)
    states = (
        well,
        msgspec.structs.replace(well, name="Old", newest=now - 400 * 86400),
        msgspec.structs.replace(well, name="Mute", last_new=now - 90 * 86400),
        msgspec.structs.replace(well, name="Broken", state="failing", reason="no such host"),
        msgspec.structs.replace(well, name="Dropped", state="failing", reason="no such host"),
    )
    with closing(open_writer(data)) as writer:
        assert writer.claim("x")
        for state in states:
            writer.complete(Outcome(state))
    config = tmp_path / "config.toml"
    config.write_text(
        "".join(
            f'[[source]]\nname = "{state.name}"\nurl = "https://x.example/{n}"\n' for n, state in enumerate(states[:4])
        )
    )
    data.chmod(0o755)
    (data / "wirewatch.sqlite").chmod(0o644)
    ended = wirewatch(tmp_path, "doctor", "--json", "--data", str(data), "--config", str(config))
    found = [(one["check"], one["state"], one["message"]) for one in ended.objects()]
    assert ("sources", "warn", "1 stale; `wirewatch sources` says why: Old") in found
    assert ("sources", "warn", "1 silent; `wirewatch sources` says why: Mute") in found
    assert ("sources", "warn", "1 failing; `wirewatch sources` says why: Broken") in found
    assert any(check == "clock" and state == "warn" and "set back" in said for check, state, said in found)
    assert any(check == "permissions" and "others can read wirewatch.sqlite" in said for check, _, said in found)
    assert ended.code == 0


def test_doctor_says_what_is_wrong_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "wirewatch.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (tmp_path / "config.toml").write_text("[wacth]\n[stroies]\n", "utf-8")
    ended = wirewatch(
        tmp_path, "doctor", "--json", "--data", str(tmp_path / "data"), "--config", str(tmp_path / "config.toml")
    )
    assert ended.code == 1
    failed = [found["check"] for found in ended.objects() if found["state"] == "fail"]
    assert failed == ["configuration", "configuration", "database"]


@pytest.mark.parametrize("command", [("tail",), ("search", "x"), ("story", "x"), ("tail", "--json")])
def test_where_nothing_was_stored_yet_a_sentence_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = wirewatch(tmp_path, *command, "--data", str(tmp_path / "none"))
    assert (ended.code, ended.out) == (1, "")
    assert "nothing stored" in ended.err
    assert not (tmp_path / "none").exists(), "looking makes nothing"


class Following:
    """`tail --follow --json` in a process of its own, read line by line."""

    def __init__(self, wire: Wire, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wirewatch", "tail", "--follow", "--json", "--data", str(wire.data), *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(wire.home),
        )

    def next(self) -> dict[str, object]:
        assert self.process.stdout
        found: dict[str, object] = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> int:
        self.process.send_signal(2)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def growing(tmp_path: Path) -> Wire:
    made = Wire(tmp_path)
    made.store("Agency One", (LEAD,))
    return made


def test_follow_goes_on_with_what_comes_in_and_ends_with_130(growing: Wire) -> None:
    following = Following(growing)
    first = following.next()
    assert (first["id"], first["outlets"]) == ("sa1", 1)
    growing.store("Daily Two", (LEAD, COPY), (KILLED,))
    come = {(change["id"], change["what"], change["outlets"]) for change in (following.next(), following.next())}
    assert come == {("sa1", "grown", 2), ("sd1", "new", 1)}
    assert following.end() == 130


def test_follow_with_a_query_is_silent_on_the_rest(growing: Wire) -> None:
    following = Following(growing, "headline:rates")
    growing.store("Daily Two", (OLD,))
    growing.store("Daily Two", (KILLED,))
    assert following.next()["id"] == "sd1"
    assert following.end() == 130


def test_follow_waits_for_an_engine_that_hasnt_come_yet(tmp_path: Path) -> None:
    made = Wire(tmp_path)
    following = Following(made)
    assert following.process.stderr
    assert b"waiting" in following.process.stderr.readline()
    made.store("Agency One", (LEAD,))
    assert following.next()["id"] == "sa1"
    assert following.end() == 130


def test_follow_tells_of_a_merge(growing: Wire) -> None:
    growing.store("Daily Two", (KILLED,))
    following = Following(growing)
    assert {following.next()["id"], following.next()["id"]} == {"sa1", "sd1"}
    with closing(open_writer(growing.data)) as writer:
        assert writer.claim("test pid 1")
        moved = Placed(item=KILLED.item, story="sa1", role="report", match="a1", score=80.0)
        outcome = Outcome(
            state=SourceState(name="Daily Two", state="ok"),
            stories=(summarise((LEAD, moved)),),
            merged=(("sd1", "sa1"),),
        )
        writer.complete(outcome)
    lines = [following.next(), following.next()]
    assert {"v": 1, "merged": "sd1", "into": "sa1"}.items() <= next(line for line in lines if "merged" in line).items()
    assert following.end() == 130
    with closing(open_reader(growing.data)) as reader:
        detail = reader.story("sd1")
        assert detail is not None
        assert detail.story.id == "sa1"


def test_a_reader_that_goes_away_ends_the_command_quietly(wire: Wire) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "tail", "--follow", "--since", "3h", "--data", str(wire.data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(wire.home),
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0
