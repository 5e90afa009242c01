"""The alert log in the store: in one transaction with what raised it, read by every desk, acknowledged once for all."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.storing import NOW, one, outcome_of
from wirewatch.clock import DAY
from wirewatch.errors import LeaseLostError, StoreError
from wirewatch.model import Alert
from wirewatch.store import alerts as store_alerts
from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wirewatch.store.reader import SqliteReader
    from wirewatch.store.writer import SqliteWriter


def alert(number: int, **more: object) -> Alert:
    settled: dict[str, object] = {"n": 0, "at": NOW + number, "why": "new", "state": "told", "story": f"si{number}"}
    return Alert(headline=f"Headline {number}", **settled | more)  # type: ignore[arg-type]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SqliteWriter]:
    with closing(open_writer(tmp_path, now=lambda: NOW)) as writer:
        assert writer.claim("test")
        yield writer


@pytest.fixture
def reader(tmp_path: Path, writer: SqliteWriter) -> Iterator[SqliteReader]:
    with closing(open_reader(tmp_path, now=lambda: NOW + 500)) as reader:
        yield reader


def write(writer: SqliteWriter, *numbers: int, **more: object) -> None:
    """Stories with an alert each, as one outcome."""
    writer.complete(outcome_of(*(one(n) for n in numbers), alerts=tuple(alert(n, **more) for n in numbers)))


def test_alerts_are_read_as_they_were_written_with_numbers_of_the_log(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    whole = alert(1, rule="gas", reason="says leak", flags=("gas",), channels=("hook",), sound="alarm", outlets=3)
    writer.complete(outcome_of(one(1), alerts=(whole,)))
    write(writer, 2)
    found = reader.alerts()
    assert [each.n for each in found] == [1, 2]
    assert msgspec.structs.replace(found[0], n=0) == whole
    assert [each.n for each in reader.alerts(after=1)] == [2]
    assert [each.n for each in reader.alerts(since=NOW + 2)] == [2]
    assert [each.n for each in reader.newest_alerts(1)] == [2]


def test_an_outcome_that_isnt_written_leaves_no_alert_and_one_written_twice_alerts_once(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    outcome = outcome_of(one(1), alerts=(alert(1),))
    bad = msgspec.structs.replace(outcome, stories=())
    with pytest.raises(StoreError):
        writer.complete(bad)
    assert reader.alerts() == []
    writer.complete(outcome)
    writer.complete(outcome)
    assert len(reader.alerts()) == 1


def test_an_engine_that_lost_the_lease_writes_no_alert(tmp_path: Path, writer: SqliteWriter) -> None:
    writer._db.execute("UPDATE lease SET token = token + 1")
    with pytest.raises(LeaseLostError):
        write(writer, 1)
    with pytest.raises(LeaseLostError):
        writer.put_alerts([alert(2)])


def test_what_one_desk_acknowledges_is_acknowledged_on_all(
    tmp_path: Path, writer: SqliteWriter, reader: SqliteReader
) -> None:
    write(writer, 1, 2, 3)
    with closing(open_reader(tmp_path)) as other:
        seen = other.version()
        assert other.alerts_standing().unacked == 3
        reader.ack([2])
        assert other.version() != seen
        assert (other.alerts_standing().unacked, other.alerts_standing().last) == (2, 3)
        assert [each.acked for each in other.alerts()] == [None, NOW + 500, None]
        reader.ack(up_to=3)
        assert other.alerts_standing().newest is None


def test_the_newest_alert_that_was_heard_stands_before_those_that_were_not(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    write(writer, 1)
    write(writer, 2, state="folded")
    newest = reader.alerts_standing().newest
    assert newest is not None
    assert newest.story == "si1"
    reader.ack([newest.n])
    assert (reader.alerts_standing().newest or newest).story == "si2"


def test_an_acknowledgement_waits_while_another_program_holds_the_database(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    write(writer, 1)
    writer._db.execute("BEGIN IMMEDIATE")
    reader.ack([1])
    writer._db.execute("ROLLBACK")
    assert reader.alerts_standing().unacked == 1
    reader.version()
    assert reader.alerts_standing().unacked == 0


def test_a_store_opened_read_only_acknowledges_nothing(tmp_path: Path, writer: SqliteWriter) -> None:
    write(writer, 1)
    with closing(open_reader(tmp_path, read_only=True)) as reader:
        assert len(reader.alerts()) == 1
        with pytest.raises(StoreError, match="read-only"):
            reader.ack([1])


def test_an_older_database_that_is_only_read_has_no_alerts(tmp_path: Path, writer: SqliteWriter) -> None:
    for table in ("alerts", "marked"):
        writer._db.execute(f"DROP TABLE {table}")
    with closing(open_reader(tmp_path, read_only=True)) as reader:
        assert (reader.alerts(), reader.newest_alerts(5), reader.marked(0.0)) == ([], [], {})
        assert reader.alerts_standing().unacked == 0


def test_what_was_opened_and_starred_is_known_with_its_time(writer: SqliteWriter, reader: SqliteReader) -> None:
    write(writer, 1, 2, 3)
    reader.mark(["si1"], read=True)
    reader.mark(["si2"], starred=True)
    reader.mark(["si3"], read=False)
    assert reader.marked(NOW) == {"si1": {"read": NOW + 500}, "si2": {"starred": NOW + 500}}
    assert reader.marked(NOW + 501) == {}
    assert writer.seen({"si1", "si2", "si3", "nobody"}) == {"si1", "si2"}


def test_how_far_alerts_were_handed_over_never_goes_back(writer: SqliteWriter) -> None:
    assert writer.handed() == 0
    assert writer.handed(7) == 7
    assert writer.handed(3) == 7


def test_the_alert_log_is_bounded_by_days_and_by_number(
    writer: SqliteWriter, reader: SqliteReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(writer, 1, at=NOW - 61 * DAY)
    write(writer, 2, 3, 4)
    writer.retain(now=NOW, days=30, most=1000)
    assert [each.n for each in reader.alerts()] == [2, 3, 4]
    monkeypatch.setattr(store_alerts, "KEPT_MOST", 2)
    writer.retain(now=NOW, days=30, most=1000)
    assert [each.n for each in reader.alerts()] == [3, 4]


def test_an_alert_outlives_its_story(writer: SqliteWriter, reader: SqliteReader) -> None:
    write(writer, 1)
    writer.retain(now=NOW + 59 * DAY, days=1, most=1000)
    assert reader.newest() == []
    assert [each.headline for each in reader.alerts()] == ["Headline 1"]
