"""What same-story recognition costs by the number of live items: CPU of one item, memory, and extractOne beside it.

    python -m bench.scale [--most 1000000]

Headlines are the background's own and, beyond these, halves of two of them: one item each 0.2 s, all inside 72 h.
Times are CPU time of one core, memory is what the process grew by since the headlines were read.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from wirewatch.model import Item, Placed
from wirewatch.stories import StoryIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent


def spliced(shared: Path, count: int) -> Iterable[str]:
    """Headlines without end: the background's own, then halves of two of them."""
    with gzip.open(shared / "corpora" / "headlines" / "background-2014.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        texts = [line.split("\t", 1)[0] for line in lines]
    chance = random.Random(11)
    chance.shuffle(texts)
    yield from texts[:count]
    for _ in range(count - len(texts)):
        one, other = chance.choice(texts).split(), chance.choice(texts).split()
        yield " ".join(one[: len(one) // 2 + 1] + other[len(other) // 2 :])


def scale_rows(shared: Path, most: int) -> Iterable[list[str]]:
    """Cost of one item at 10k, 100k and 1M live items, memory of the index, and extractOne beside it."""
    marks = [size for size in (10_000, 100_000, 1_000_000) if size <= most]
    index = StoryIndex("strict")
    texts = list(spliced(shared, most + 3000))
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    at = 0
    for size in marks:
        while at < size - 1000:
            item = Item(id=f"{at:016x}", source=f"Source {at % 500}", headline=texts[at], received=at * 0.2)
            index.load(Placed(item, story="s" + item.id, role="lead"))
            at += 1
        costs = []
        while at < size + 1000:
            item = Item(id=f"{at:016x}", source=f"Source {at % 500}", headline=texts[at], received=at * 0.2)
            start = time.process_time_ns()
            index.place(item)
            costs.append(time.process_time_ns() - start)
            at += 1
        costs.sort()
        start = time.process_time()
        process.extractOne(texts[-1], texts[:size], scorer=fuzz.token_set_ratio)
        brute = (time.process_time() - start) * 1e6
        mean, middle, late = (
            sum(costs) / len(costs) / 1e3,
            costs[len(costs) // 2] / 1e3,
            costs[len(costs) * 99 // 100] / 1e3,
        )
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
        yield [
            f"{size:,} live items",
            f"mean {mean:.0f} us",
            f"p50 {middle:.0f}",
            f"p99 {late:.0f}",
            f"extractOne {brute:.0f} us",
            f"{brute / mean:.0f}x",
            f"index {grown:.0f} MB",
        ]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    asked.add_argument("--most", type=int, default=1_000_000)
    options = asked.parse_args()
    for row in scale_rows(options.shared, options.most):
        print(f"{row[0]:24}  " + "  ".join(row[1:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
