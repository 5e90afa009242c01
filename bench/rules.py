"""Rules at work: `python -m bench.rules [ITEMS]` (10,000 unless told otherwise).

A real engine process polls nothing beside a store with so many invented items of the last 24 hours, a third of them
with a text of some 2,000 characters. The configuration is edited, and the clock runs from the moment the file is in
place until a reader of the log finds the last story that the edit concerns flagged anew (it must take at most 2 s).
Below, the CPU time of the steps, so that a busy machine can be told from slow code.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench.store import BATCH, Wire
from wirewatch import config as configuration
from wirewatch.engine.edits import Reflag
from wirewatch.engine.filing import Filing
from wirewatch.engine.process import Process
from wirewatch.query import parse
from wirewatch.store import open_reader, open_writer

MUST = 2.0
"""Seconds from saving to the last flag."""


def configured(words: list[str], keywords: list[str]) -> str:
    rules = "".join(f'[[rule]]\nname = "rule {n}"\nmatch = "{word}"\n' for n, word in enumerate(words))
    return f"[watch]\nkeywords = {keywords}\n".replace("'", '"') + rules


def fill(data: Path, items: int, wire: Wire) -> None:
    """Items of the last 24 hours, every fiftieth of them with the word `leak` in its headline."""
    writer = open_writer(data)
    assert writer.claim("bench")
    start = time.time() - 86400 + 120
    for first in range(0, items, BATCH):
        outcome = wire.outcome(first)
        placed, stories = [], []
        for n, (one, story) in enumerate(zip(outcome.placed, outcome.stories, strict=True), first):
            moment = start + n * (86000 / items)
            headline = ("Leak: " if n % 50 == 49 else "") + one.item.headline
            body = wire.words(260) if n % 3 == 0 else None
            item = msgspec.structs.replace(one.item, headline=headline, received=moment, published=moment, body=body)
            placed.append(msgspec.structs.replace(one, item=item))
            stories.append(
                msgspec.structs.replace(
                    story, headline=headline, first_seen=moment, updated=moment, published=moment, at=moment, flags=()
                )
            )
        writer.complete(msgspec.structs.replace(outcome, placed=tuple(placed), stories=tuple(stories)))
    while writer.index_some(500):
        pass
    writer.close()


def save(path: Path, text: str) -> float:
    """Writes as an editor does, beside it and then in its place; when it was in place."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)
    return time.perf_counter()


def after_saving(data: Path, path: Path, text: str, query: str, expected: int, *, patience: float = 60) -> float:
    reader = open_reader(data)
    asked = parse(query)
    saved = save(path, text)
    while time.perf_counter() - saved < patience:
        if len(reader.newest(expected + 1, query=asked)) == expected:
            return time.perf_counter() - saved
        time.sleep(0.01)
    raise SystemExit(f"not flagged within {patience:.0f} s: {query}")


def main() -> None:
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    wire = Wire()
    words = [wire.vocabulary[1_000 + n] for n in range(20)]
    with tempfile.TemporaryDirectory() as folder:
        data, path = Path(folder, "data"), Path(folder, "config.toml")
        fill(data, items, wire)
        path.write_text(configured(words, ["ceasefire"]))
        engine = subprocess.Popen(
            [sys.executable, "-m", "wirewatch", "--config", str(path), "--data", str(data), "poll"],
            stdout=subprocess.DEVNULL,
        )
        try:
            reader = open_reader(data)
            while reader.engine() is None:
                time.sleep(0.05)
            warm = configured([*words, "leak"], ["zeppelin"])  # the index of recent items is filled first
            after_saving(data, path, warm, 'flag:"rule:rule 20"', items // 50, patience=600)
            after_saving(data, path, configured(words, ["ceasefire"]), 'flag:"rule:rule 20"', 0)
            print(f"{items:,} items of 24 h, 20 rules and a 21st; seconds from saving to the last flag")
            for name, more, keywords, query in (
                ("a new rule", ["leak"], ["ceasefire"], 'flag:"rule:rule 20"'),
                ("a word watched as well", ["leak -flag:kill"], ["ceasefire", "leak"], "flag:keyword:leak"),
            ):
                took = after_saving(data, path, configured([*words, *more], keywords), query, items // 50)
                print(f"  {name:30} {took:6.2f} s   (must be {MUST:g})")
        finally:
            engine.terminate()
            engine.wait()
        every = frozenset(f"rule {n}" for n in range(21))
        for name, edit in (
            ("one of 21 rules", Reflag(rules=frozenset(["rule 20"]), flags=frozenset(["rule:rule 20"]))),
            ("all 21 rules", Reflag(rules=every, flags=frozenset(f"rule:{name}" for name in every))),
            ("the watch list and all rules", Reflag(watch=True, words=None)),
        ):
            writer = open_writer(data)
            assert writer.claim("bench")
            loaded = configuration.parse(configured([*words, "leak or zeppelin"], ["ceasefire"]), file="bench.toml")
            filing = Filing(Process(loaded), writer)
            cpu, wall = time.process_time(), time.perf_counter()
            changed = filing.reflag(time.time() - 86400, edit)
            print(
                f"  {name:30} {time.perf_counter() - wall:6.2f} s wall"
                f" {time.process_time() - cpu:6.2f} s CPU, {len(changed)} stories changed"
            )
            writer.close()


if __name__ == "__main__":
    main()
