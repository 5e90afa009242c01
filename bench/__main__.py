"""Every benchmark, one after the other: `python -m bench`. Each runs what it is compared with in the same run."""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("desk", "first_load", "store", "conformance", "stories", "keywords", "flags", "rules")


def main() -> int:
    """Runs all of them; 1 when one couldn't be run."""
    failed = []
    for name in BENCHES:
        print(f"\n== python -m bench.{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nnot run to the end: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
