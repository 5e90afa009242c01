"""FAULTS.md 118 and 120–126, as far as the store has to stand them."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.storing import NOW, batch, one, outcome_of
from wirewatch.errors import LeaseLostError, NewerSchemaError, StoreError
from wirewatch.store import StoreBusyError, check, open_reader, open_writer
from wirewatch.store import files as store_files
from wirewatch.store import writer as store_writer

if TYPE_CHECKING:
    from wirewatch.store.writer import SqliteWriter

KILLS = int(os.environ.get("WIREWATCH_KILLS", "6"))
ROOT = Path(__file__).resolve().parents[1]


def child(*code: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *code], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def fresh(data: Path, *headlines: str) -> SqliteWriter:
    """A claimed writer on a store with these stories."""
    writer = open_writer(data)
    assert writer.claim("test") is not None
    writer.complete(outcome_of(*[one(n, headline) for n, headline in enumerate(headlines)]))
    return writer


def headlines(data: Path, *, read_only: bool = False) -> list[str]:
    reader = open_reader(data, read_only=read_only)
    try:
        return sorted(story.headline for story in reader.newest(10_000))
    finally:
        reader.close()


@pytest.mark.slow
def test_fault_118_killed_at_random_every_acknowledged_outcome_is_there_once_and_whole(tmp_path: Path) -> None:
    dice = random.Random(118)
    acknowledged: dict[str, int] = {}
    for _ in range(KILLS):
        process = child("-m", "tests.storing", str(tmp_path))
        assert process.stdout is not None
        for _ in range(dice.randint(1, 12)):
            source, n = process.stdout.readline().split()
            acknowledged[source] = int(n)
        for _ in range(dice.randint(0, 60_000)):
            pass  # so that the kill falls anywhere in what it does next
        process.kill()
        for line in process.communicate()[0].splitlines():
            source, n = line.split()
            acknowledged[source] = int(n)

        writer = open_writer(tmp_path)
        assert writer.notice is None
        assert check(tmp_path) == []
        states = writer.states()
        stored = [placed.item for placed in writer.recent(0)]
        assert len({item.id for item in stored}) == len(stored)
        ids = {item.id: item for item in stored}
        for source, last in acknowledged.items():
            reached = int(states[source].etag or -1)
            assert reached >= last
            whole = [placed.item for n in range(reached + 1) for placed in batch(source, n).placed]
            assert {item.id for item in whole} == {item_id for item_id in ids if item_id.startswith(source)}
            assert all(ids[item.id].version >= item.version for item in whole)
            keys = [key for n in range(reached + 1) for keys in batch(source, n).keys.values() for key in keys]
            assert set(writer.known(source, keys)) == set(keys)
        writer.close()
    assert sum(acknowledged.values()) > KILLS


def test_fault_120_read_only_directory_is_named_and_can_still_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        fresh(data, "Kept").close()
        empty = Path(folder) / "empty"
        empty.mkdir()
        for path in (Path(folder), data, empty):
            path.chmod(0o555)
        for path in data.iterdir():
            path.chmod(0o444)
        code = (
            "import os, pathlib, sys; from wirewatch.errors import StoreError;"
            "import wirewatch.store.reader, wirewatch.store.writer\n"
            "from wirewatch.store import open_reader, open_writer\n"
            "if os.getuid() == 0: os.setuid(65534)\n"
            "for name in ('data', 'empty', 'none'):\n"
            "    for opened in (open_writer, open_reader):\n"
            "        try: opened(pathlib.Path(sys.argv[1]) / name)\n"
            "        except StoreError as error: print(error)\n"
            "print(open_reader(pathlib.Path(sys.argv[1]) / 'data', read_only=True).newest()[0].headline)\n"
        )
        process = child("-c", code, folder)
        said = process.communicate()[0].splitlines()
        for path in (Path(folder), data, empty):
            path.chmod(0o755)
    assert process.returncode == 0
    assert said[-1] == "Kept"
    for name, line in zip(("data", "data", "empty", "empty", "none", "none"), said, strict=False):
        assert str(Path(folder) / name) in line
        assert "--data" in line
        assert "--read-only" in line


def damaged(how: str, data: Path) -> None:
    path = data / store_files.DATABASE
    if how == "zero bytes":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("dear diary\n" * 50)
    elif how == "another program's":
        path.unlink()
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE bookmarks (url)")
        db.close()
    elif how == "cut off":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        content = bytearray(path.read_bytes())
        page = content.index(b"Story 200") // 4096 * 4096
        content[page : page + 4096] = b"\xaa" * 4096
        path.write_bytes(content)


@pytest.mark.parametrize("how", ["zero bytes", "text", "another program's", "cut off", "a damaged page"])
def test_fault_121_unusable_database_is_set_aside_whole_and_readable_rows_are_kept(tmp_path: Path, how: str) -> None:
    fresh(tmp_path, *[f"Story {n}" for n in range(400)]).close()
    damaged(how, tmp_path)
    before = (tmp_path / store_files.DATABASE).read_bytes()
    writer = open_writer(tmp_path)
    (aside,) = [
        path
        for path in tmp_path.glob("wirewatch.sqlite.corrupt-*")
        if "-wal" not in path.name and "-shm" not in path.name
    ]
    assert aside.read_bytes() == before
    assert writer.notice is not None
    assert aside.name in writer.notice
    assert writer.claim("test") is not None
    writer.complete(outcome_of(one(1_000, "After")))
    while writer.index_some():
        pass
    kept = headlines(tmp_path)
    assert "After" in kept
    if how == "a damaged page":
        assert len(kept) > 50
    assert check(tmp_path) == []
    writer.close()
    again = open_writer(tmp_path)
    assert again.notice is None
    again.close()


def test_fault_121_killed_while_it_saves_what_can_be_read_it_does_so_at_the_next_start(tmp_path: Path) -> None:
    fresh(tmp_path, *[f"Story {n}" for n in range(400)]).close()
    damaged("a damaged page", tmp_path)
    code = (
        "import os, pathlib, sys; from wirewatch.store import open_writer; from wirewatch.store import salvage\n"
        "salvage._copy_secret = lambda *_: os.kill(os.getpid(), 9)\n"
        "open_writer(pathlib.Path(sys.argv[1]))\n"
    )
    process = child("-c", code, str(tmp_path))
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    writer = open_writer(tmp_path)
    assert writer.notice is not None
    assert "rows that could still be read" in writer.notice
    assert len(headlines(tmp_path)) > 50
    writer.close()
    again = open_writer(tmp_path)
    assert again.notice is None
    again.close()
    assert not list(tmp_path.glob("*.new*"))


def test_fault_122_database_of_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    fresh(tmp_path, "From the future").close()
    with sqlite3.connect(tmp_path / store_files.DATABASE) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    for opened in (open_writer, open_reader, lambda data: open_reader(data, read_only=True)):
        with pytest.raises(NewerSchemaError, match="newer wirewatch"):
            opened(tmp_path)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_fault_123_crash_in_a_migration_leaves_the_old_version_and_a_backup(tmp_path: Path) -> None:
    fresh(tmp_path, "Before").close()
    code = (
        "import os, pathlib, sys; from wirewatch.store import open_writer, schema\n"
        "class Dies:\n"
        "    def __iter__(self):\n"
        "        yield 'CREATE TABLE extra (x)'\n"
        "        yield 'DELETE FROM items'\n"
        "        os.kill(os.getpid(), 9)\n"
        "schema.MIGRATIONS = (*schema.MIGRATIONS, Dies())\n"
        "open_writer(pathlib.Path(sys.argv[1]))\n"
    )
    process = child("-c", code, str(tmp_path))
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    backup = tmp_path / f"wirewatch.sqlite.backup-v{len(store_files.schema.MIGRATIONS)}"
    assert backup.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(backup) as db:
        assert db.execute("SELECT headline FROM stories").fetchall() == [("Before",)]
    db.close()
    assert headlines(tmp_path) == ["Before"]
    assert check(tmp_path) == []


def test_fault_123_failing_migration_is_rolled_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(tmp_path, "Before").close()
    with monkeypatch.context() as patch:
        bad = (*store_files.schema.MIGRATIONS, ("CREATE TABLE extra (x)", "INSERT INTO nowhere VALUES (1)"))
        patch.setattr(store_files.schema, "MIGRATIONS", bad)
        with pytest.raises(StoreError, match="nowhere"):
            open_writer(tmp_path)
    assert (tmp_path / f"wirewatch.sqlite.backup-v{len(store_files.schema.MIGRATIONS)}").exists()
    assert headlines(tmp_path) == ["Before"]
    with monkeypatch.context() as patch:
        good = (*store_files.schema.MIGRATIONS, ("ALTER TABLE stories ADD COLUMN extra",))
        patch.setattr(store_files.schema, "MIGRATIONS", good)
        assert headlines(tmp_path) == ["Before"]
        open_writer(tmp_path).close()
        assert headlines(tmp_path, read_only=True) == ["Before"]


def test_fault_124_one_engine_at_a_time_and_the_next_once_it_died(tmp_path: Path) -> None:
    first = child("-m", "tests.storing", str(tmp_path))
    assert first.stdout is not None
    first.stdout.readline()
    second = open_writer(tmp_path)
    reader = open_reader(tmp_path)
    assert second.claim("second") is None
    assert reader.engine() == "child"
    with pytest.raises(LeaseLostError):
        second.complete(outcome_of(one(1)))
    first.kill()
    first.communicate()
    assert reader.engine() is None
    lease = second.claim("second")
    assert lease is not None
    assert lease.token == 2
    assert reader.engine() == "second"
    second.complete(outcome_of(one(1, "From the second")))
    second.close()
    assert reader.engine() is None
    reader.close()


def test_fault_124_a_late_writer_is_fenced_off_by_its_token(tmp_path: Path) -> None:
    first = fresh(tmp_path, "First")
    (tmp_path / "engine.lock").unlink()  # as a clean-up script might
    second = open_writer(tmp_path)
    assert second.claim("second") is not None
    with pytest.raises(LeaseLostError, match="second"):
        first.complete(outcome_of(one(7, "Late")))
    assert headlines(tmp_path) == ["First"]
    first.close()
    second.close()


def test_fault_125_while_another_tool_holds_the_database_reads_go_on_and_writes_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_files, "BUSY", 50)
    writer = fresh(tmp_path, "One", "Two")
    desk, other = open_reader(tmp_path), open_reader(tmp_path)
    tool = sqlite3.connect(tmp_path / store_files.DATABASE, isolation_level=None)
    tool.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusyError, match="another program"):
        writer.complete(outcome_of(one(2, "Three")))
    desk.mark(["si0"], starred=True)
    desk.mark(["si0"], read=True)
    desk.ask_poll(["*"])
    marked = {story.id: (story.read, story.starred) for story in desk.newest()}
    assert marked == {"si0": (True, True), "si1": (False, False)}
    assert other.counts(NOW)["starred"] == 0
    tool.execute("ROLLBACK")
    tool.close()
    writer.complete(outcome_of(one(2, "Three")))
    desk.version()
    assert other.counts(NOW) == {"stories": 3, "unread": 2, "starred": 1, "last_hour": 3}
    assert writer.poll_requests() == ["*"]
    for part in (writer, desk, other):
        part.close()


def test_fault_126_the_write_ahead_log_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 256 * 1024
    monkeypatch.setattr(store_writer, "_WAL_LIMIT", limit)
    writer = fresh(tmp_path)
    reader = open_reader(tmp_path)
    wal = tmp_path / (store_files.DATABASE + "-wal")

    def write(rounds: range) -> list[int]:
        sizes = []
        for n in rounds:
            writer.complete(outcome_of(one(n, body=random.Random(n).randbytes(20_000).hex())))
            reader.changes(reader.last_seq() - 1)
            sizes.append(wal.stat().st_size)
        return sizes

    assert max(write(range(60))) < 4 * limit  # with a desk reading all the time
    stuck = sqlite3.connect(tmp_path / store_files.DATABASE, isolation_level=None)
    stuck.execute("BEGIN")
    stuck.execute("SELECT count(*) FROM items").fetchone()
    held_up = max(write(range(60, 120)))
    stuck.close()
    assert min(write(range(120, 180))) < limit < held_up  # a stuck tool holds it up; it shrinks once that is gone
    writer.close()
    reader.close()
