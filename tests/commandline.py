"""Runs the real command in a process of its own, as a program that drives it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Ended(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON, one object a line; every object says which contract it follows."""
        found = [json.loads(line) for line in self.out.splitlines()]
        assert all(each["v"] == 1 for each in found)
        return found


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of the machine's user is seen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WIREWATCH", "XDG_"))}
    return {**kept, "HOME": str(home), "TZ": "UTC", "PYTHONWARNINGS": "error", **more}


def wirewatch(home: Path, *args: str, stdin: str | bytes = b"", **more: str) -> Ended:
    """Runs `wirewatch ARGS` to its end with a home directory of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "wirewatch", *args],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(home, **more),
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
