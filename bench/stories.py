"""How well and how fast same-story recognition works, beside the ways others do it: one table.

    python -m bench.stories [--stream dev] [--only stream,pairs,edits,roundups] [--edits 3000]

The table has for each method B-cubed precision, recall and F against the repaired labels (`event`) and the raw ones
(`story`); of our contrast set the copies found and the different stories taken for copies; of contrast-dev the same and
the different stories joined; of edited headlines those that mean the same and are found, and those that mean something
else and are taken for copies; and CPU time of one core. Below it stands more of each kind for our presets.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import methods
from bench.edits import changes, rewrites
from bench.methods import NAIVE, after_merges, judge
from wirewatch.clock import parse_rfc3339
from wirewatch.model import Item
from wirewatch.stories import StoryIndex
from wirewatch.stories.normal import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).resolve().parent


HEADING = f"{'':34}  event P    R      F  story P    R      F  copies  false  dev: found false  edits  false  us/item"


def read_stream(shared: Path, name: str) -> tuple[list[Item], dict[str, tuple[str, str]]]:
    """The items of a labelled stream in order of arrival, and (event, story) of each."""
    folder = shared / "corpora" / "headlines"
    items = []
    with gzip.open(folder / f"{name}-stream.ndjson.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            received = parse_rfc3339(raw["received"])
            items.append(Item(id=raw["id"], source=raw["source"], headline=raw["headline"], received=received))
    labels = {}
    with gzip.open(folder / f"{name}-labels.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            item_id, event, story = line.rstrip("\n").split("\t")
            labels[item_id] = (event, story)
    return items, labels


def b_cubed(found: dict[str, str], right: dict[str, str]) -> tuple[float, float, float]:
    """B-cubed precision, recall and F of a grouping."""
    sizes, wanted = Counter(found.values()), Counter(right.values())
    both = Counter((found[item_id], right[item_id]) for item_id in found)
    precision = sum(count * count / sizes[story] for (story, _), count in both.items()) / len(found)
    recall = sum(count * count / wanted[event] for (_, event), count in both.items()) / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def stream_rows(shared: Path, name: str) -> Iterable[list[str]]:
    """The table: each method over the stream, over pairs and over edits of headlines."""
    items, labels = read_stream(shared, name)
    pairs = read_pairs(HERE.parent / "tests" / "data" / "contrast.jsonl")
    dev = read_pairs(shared / "corpora" / "headlines" / "contrast-dev.ndjson")
    edited = list(edits(shared, 300))
    for method in methods.methods():
        found, spent = method.group(items)
        row = [method.name]
        for label in (0, 1):
            row += [f"{value:.3f}" for value in b_cubed(found, {item.id: labels[item.id][label] for item in items})]
        for wanted in ("copy", "different"):
            asked = [pair for pair in pairs if pair["label"] == wanted]
            row.append(f"{sum(method.copy(pair['a'], pair['b']) for pair in asked) / len(asked):.3f}")
        for wanted in (1, 0):
            asked = [pair for pair in dev if pair["label"] == wanted]
            row.append(f"{sum(method.same(pair['a'], pair['b']) for pair in asked)}/{len(asked)}")
        for kinds in edited:
            asked = [pair for kind in kinds.values() for pair in kind]
            row.append(f"{sum(method.copy(one, other) for one, other in asked) / len(asked):.3f}")
        yield [*row, f"{spent / len(items) * 1e6:.0f}"]
    for reason in methods.missing():
        yield [f"not measured: {reason}"]


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """The pairs of an NDJSON file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def share(hits: int, of: int) -> str:
    """`12/14 (.857)`."""
    return f"{hits}/{of} ({hits / max(1, of):.3f})"


def pair_rows(shared: Path) -> Iterable[list[str]]:
    dev = read_pairs(shared / "corpora" / "headlines" / "contrast-dev.ndjson")
    own = read_pairs(HERE.parent / "tests" / "data" / "contrast.jsonl")
    for preset in ("strict", "broad"):
        same = Counter((pair["label"], judge(pair["a"], pair["b"], preset)[1]) for pair in dev)
        yield [
            f"contrast-dev {preset}",
            f"found {share(same[1, True], same[1, True] + same[1, False])}",
            f"false {same[0, True]}",
        ]
        tally: Counter[str] = Counter()
        for pair in own:
            copy, together, related = judge(pair["a"], pair["b"], preset)
            tally.update(
                {
                    pair["label"]: 1,
                    pair["label"] + " copy": copy,
                    pair["label"] + " same": together,
                    pair["label"] + " related": related,
                }
            )
        yield [
            f"own contrast {preset}",
            f"copies found {share(tally['copy copy'], tally['copy'])}",
            f"false copies {share(tally['different copy'], tally['different'])}",
            f"reports joined {share(tally['report same'], tally['report'])}",
            f"or related {share(tally['report related'], tally['report'])}",
            f"different joined {share(tally['different same'], tally['different'])}",
        ]
    for name, scorer in NAIVE.items():
        same = Counter((pair["label"], scorer(pair["a"].lower(), pair["b"].lower()) >= 85) for pair in dev)
        yield [
            f"contrast-dev {name} >= 85",
            f"found {share(same[1, True], same[1, True] + same[1, False])}",
            f"false {same[0, True]}",
        ]


def edits(shared: Path, count: int) -> Iterator[dict[str, list[tuple[str, str]]]]:
    """Headlines and their edits by kind: first those that leave the meaning alone, then the others."""
    items, _ = read_stream(shared, "train")
    chance = random.Random(2023)
    texts = chance.sample(sorted({item.headline for item in items if len(item.headline.split()) >= 6}), count)
    names = sorted({name for text in texts for name in normal(text).marked(1) if name.isalpha() and len(name) > 4})
    for kinds in (rewrites(chance), changes(chance, names)):
        yield {
            kind: [
                (text, new)
                for text in texts[:: max(1, count // 600)]
                if (new := edit(text)) is not None and new != text
            ]
            for kind, edit in kinds.items()
        }


def edit_rows(shared: Path, count: int) -> Iterable[list[str]]:
    """Is an edited headline, alone in an index with its original, taken for a copy of it? 600 headlines an edit."""
    for title, kinds in zip(("rewritten", "changed"), edits(shared, count), strict=True):
        hits = total = 0
        for kind, edited in kinds.items():
            copies = sum(judge(text, new)[0] for text, new in edited)
            hits, total = hits + copies, total + len(edited)
            naive = sum(NAIVE["token_set"](text.lower(), new.lower()) >= 85 for text, new in edited)
            yield [
                f"{title}: {kind}",
                f"copies {share(copies, len(edited))}",
                f"token_set >= 85 {share(naive, len(edited))}",
            ]
        yield [f"{title}: all", f"copies {share(hits, total)}"]


def roundup_rows(shared: Path) -> Iterable[list[str]]:
    """Hand-made groups of two or three outlets, a day apart, as one stream in a fixed random order."""
    with gzip.open(shared / "corpora" / "headlines" / "roundups-train.ndjson.gz", "rt", encoding="utf-8") as lines:
        groups = [json.loads(line) for line in lines]
    random.Random(7).shuffle(groups)
    for with_summary, preset in itertools.product((False, True), ("strict", "broad")):
        index, found, right = StoryIndex(preset), {}, {}
        into: dict[str, str] = {}
        start = time.process_time()
        for at, group in enumerate(groups):
            for place, raw in enumerate(group["items"]):
                item_id = f"{at}-{place}"
                summary = raw.get("summary") if with_summary else None
                item = Item(
                    id=item_id,
                    source=f"Outlet {place}",
                    headline=raw["headline"],
                    received=at * 300.0 + place,
                    summary=summary,
                )
                placement = index.place(item)
                found[item_id], right[item_id] = placement.story, group["event"]
                into.update(placement.merged)
        spent = time.process_time() - start
        found = after_merges(found, into)
        label = "headline and summary" if with_summary else "headline"
        yield [
            f"roundups {preset}, {label}",
            *(f"{value:.3f}" for value in b_cubed(found, right)),
            f"{spent / len(found) * 1e6:.0f} us",
        ]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    asked.add_argument("--stream", default="dev")
    asked.add_argument("--only", default="stream,pairs,edits,roundups")
    asked.add_argument("--edits", type=int, default=3000)
    options = asked.parse_args()
    parts: dict[str, Callable[[], Iterable[list[str]]]] = {
        "stream": lambda: stream_rows(options.shared, options.stream),
        "pairs": lambda: pair_rows(options.shared),
        "edits": lambda: edit_rows(options.shared, options.edits),
        "roundups": lambda: roundup_rows(options.shared),
    }
    for part in options.only.split(","):
        if part == "stream":
            print(HEADING)
        for row in parts[part]():
            print(f"{row[0]:34}  " + "  ".join(f"{cell:>5}" for cell in row[1:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
