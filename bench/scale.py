"""What same-story recognition costs by the number of live items: CPU of one item, memory, and extractOne beside it.

    python -m bench.scale [--most 1000000] [--stored 100000]

Headlines are the background's own and, beyond these, halves of two of them: one item each 0.2 s, all inside 72 h.
Times are CPU time of one core, memory is what the process grew by since the headlines were read. With `--stored`
instead: what an engine's start costs that finds so many items of the last days in its store, each with a summary.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from wirewatch.config import Config
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.model import Item, Placed, SourceState
from wirewatch.store import Outcome, open_writer
from wirewatch.stories import StoryIndex, summarise

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


def start_rows(shared: Path, count: int) -> Iterable[list[str]]:
    """Filling the index from a store, from kept forms and from texts."""
    texts = spliced(shared, 3 * count)
    now = 0.2 * count
    with tempfile.TemporaryDirectory() as folder:
        writer = open_writer(Path(folder), now=lambda: now)
        writer.claim("bench")
        filing = Filing(Process(Config()), writer)
        for start in range(0, count, 1000):
            batch = []
            for at in range(start, min(count, start + 1000)):
                headline, summary = next(texts), f"{next(texts)}. {next(texts)}."
                item = Item(f"{at:016x}", f"Source {at % 500}", headline, at * 0.2, summary=summary)
                batch.append(Placed(item, f"s{item.id}", "lead"))
            state = SourceState(batch[0].item.source)
            writer.complete(Outcome(state, tuple(batch), stories=tuple(summarise([placed]) for placed in batch)))
        for name in ("from texts", "from kept forms"):
            before = time.process_time()
            filing.start_over(Config(), 0.0)
            spent = time.process_time() - before
            yield [f"{count:,} items {name}", f"{spent:.1f} s CPU", f"{spent / count * 1e6:.0f} us an item"]
        writer.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    asked.add_argument("--most", type=int, default=1_000_000)
    asked.add_argument("--stored", type=int)
    options = asked.parse_args()
    rows = scale_rows(options.shared, options.most)
    if options.stored is not None:
        rows = start_rows(options.shared, options.stored)
    for row in rows:
        print(f"{row[0]:24}  " + "  ".join(row[1:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
