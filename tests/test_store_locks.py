"""Several connections of one process and another process on one database: nobody's locks are lost."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

from wirewatch.store import open_reader, open_writer

if TYPE_CHECKING:
    from pathlib import Path

COMES_AND_GOES = """
import sys
from pathlib import Path
from wirewatch.model import SourceState
from wirewatch.store import Outcome, open_writer
writer = open_writer(Path(sys.argv[1]))
assert writer.claim("another process")
writer.complete(Outcome(SourceState(sys.argv[2])))
writer.close()
"""


def test_opening_a_second_reader_leaves_the_locks_of_the_first_alone(tmp_path: Path) -> None:
    open_writer(tmp_path).close()
    with contextlib.closing(open_reader(tmp_path)) as first:
        assert first.states() == {}
        with contextlib.closing(open_reader(tmp_path)) as second:
            assert second.states() == {}
            for name in ("one", "two"):
                subprocess.run([sys.executable, "-c", COMES_AND_GOES, str(tmp_path), name], check=True)
                assert (tmp_path / "wirewatch.sqlite-wal").exists(), "the other process took itself for the last one"
                assert name in first.states()
                assert name in second.states()
