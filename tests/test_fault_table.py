"""The table of faults: every number once, and what each test's name says of it."""

from __future__ import annotations

import re
from pathlib import Path

from bench.faults import Fault, Outcome, faults, numbers, table


def test_the_specification_has_135_faults_in_order() -> None:
    assert [fault.number for fault in faults()] == list(range(1, 136))
    assert all(0 < len(fault.what) <= 52 for fault in faults())


def test_no_test_carries_a_number_that_is_no_fault() -> None:
    known = {fault.number for fault in faults()}
    named = {
        name: numbers(name)
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_fault_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 150
    assert {name: found for name, found in named.items() if not found or not known.issuperset(found)} == {}


def test_a_fault_is_only_passed_when_all_its_tests_are() -> None:
    specified = [Fault(n, f"fault {n}", "A part") for n in (1, 2, 3, 4, 5)]
    outcomes = [
        Outcome("test_fault_001_it_stands[a]", "passed", 0.1),
        Outcome("test_fault_001_it_stands[b]", "failed", 0.1),
        Outcome("test_fault_002_003_both_stand", "passed", 0.1),
        Outcome("test_fault_004_it_stands", "skipped", 0.1),
        Outcome("test_something_else", "failed", 0.1),
    ]
    lines, good = table(specified, outcomes)
    assert good == 2
    found = [line.split()[-3:] for line in lines if line.startswith("  ")]
    assert found[0] == ["FAILED", "2", "tests"]
    assert found[1] == found[2] == ["passed", "1", "test"]
    assert found[3][0] == "skipped"
    assert lines[-1].split()[-4:] == ["NO", "TEST", "0", "tests"]
