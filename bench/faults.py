"""The fault specification and what came of it: runs every test that carries a fault's number, then prints the table.

`make faults`, or `python -m bench.faults [pytest's own options]`. Ends with 1 when a fault has no test or one fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = re.compile(r"^test_fault((?:_[0-9]{3})+)_")
MINUTES = 5


class Fault(NamedTuple):
    """One line of the specification."""

    number: int
    what: str
    part: str


class Outcome(NamedTuple):
    """What came of a test: `passed`, `failed` or `skipped`, and how long it took in seconds."""

    name: str
    result: str
    seconds: float


def faults() -> list[Fault]:
    """All faults in order."""
    parts = tomllib.loads((ROOT / "bench" / "faults.toml").read_text(encoding="utf-8"))
    return [Fault(int(number), what, part) for part, listed in parts.items() for number, what in listed.items()]


def numbers(name: str) -> tuple[int, ...]:
    """The faults that a test is about, by its name; it may carry several numbers."""
    found = NUMBERS.match(name)
    return tuple(int(number) for number in found[1].strip("_").split("_")) if found else ()


def read(junit: Path) -> list[Outcome]:
    """The outcomes in a report that pytest wrote."""
    outcomes = []
    for case in ElementTree.parse(junit).iter("testcase"):
        kinds = {child.tag for child in case}
        result = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        outcomes.append(Outcome(case.get("name", ""), result, float(case.get("time", 0.0))))
    return outcomes


def table(specified: list[Fault], outcomes: list[Outcome]) -> tuple[list[str], int]:
    """The lines of the table, and how many faults are covered with nothing failed or skipped."""
    by_number: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        for number in numbers(outcome.name):
            by_number.setdefault(number, []).append(outcome)
    lines: list[str] = []
    part, good = "", 0
    for fault in specified:
        if fault.part != part:
            part = fault.part
            lines += ["", part]
        found = by_number.get(fault.number, [])
        results = {outcome.result for outcome in found}
        word = next((each for each in ("failed", "skipped", "passed") if each in results), "NO TEST")
        good += word == "passed"
        tests = f"{len(found)} test{'s' * (len(found) != 1)}"
        lines.append(
            f"  {fault.number:>3}  {fault.what:<52}  {word.upper() if word == 'failed' else word:<8}{tests:>9}"
        )
    return lines, good


def main(arguments: list[str]) -> int:
    """Runs the tests and prints the table."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "faults.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-k", "test_fault"]
        code = subprocess.run([*command, f"--junitxml={report}", *arguments], cwd=ROOT, check=False).returncode
        outcomes = read(report) if report.exists() else []
    specified = faults()
    lines, good = table(specified, outcomes)
    print("\n".join(lines))
    took = time.monotonic() - begun
    print(f"\n{good} of {len(specified)} faults passed, {len(outcomes)} tests, {took:.0f} s")
    if took > MINUTES * 60:
        print(f"that is more than {MINUTES} minutes")
    return 0 if code == 0 and good == len(specified) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
