"""How well and how fast same-story recognition works, beside the ways others do it: one table.

    python -m bench.stories [--stream dev] [--only stream,pairs,edits,roundups]

B3 is B-cubed precision, recall and F against the repaired labels (`event`) and the raw ones (`story`). All naive
methods get our own candidates, so they are faster and better here than they are alone. Times are CPU time of one core.
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

from rapidfuzz import fuzz, process

from bench.edits import changes, rewrites
from wirewatch.clock import parse_rfc3339
from wirewatch.model import Item
from wirewatch.stories import StoryIndex
from wirewatch.stories.normal import normal
from wirewatch.stories.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HERE = Path(__file__).resolve().parent
NAIVE = {
    "ratio": fuzz.ratio,
    "token_sort": fuzz.token_sort_ratio,
    "token_set": fuzz.token_set_ratio,
    "WRatio": fuzz.WRatio,
}


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


def group_ours(items: Sequence[Item], preset: Any) -> tuple[dict[str, str], float]:
    """The final story of every item, after merges, and the CPU seconds it took."""
    index = StoryIndex(preset)
    found: dict[str, str] = {}
    into: dict[str, str] = {}
    start = time.process_time()
    for item in items:
        placement = index.place(item)
        found[item.id] = placement.story
        into.update(placement.merged)
    spent = time.process_time() - start
    return after_merges(found, into), spent


def after_merges(found: dict[str, str], into: dict[str, str]) -> dict[str, str]:
    """The stories that items ended in, once all merges are done."""

    def last(story: str) -> str:
        while story in into:
            story = into[story]
        return story

    return {item_id: last(story) for item_id, story in found.items()}


def group_naive(items: Sequence[Item], scorer: Callable[..., float], cutoff: float) -> tuple[dict[str, str], float]:
    """Joined to the nearest earlier headline by one rapidfuzz scorer over raw headlines in small letters."""
    window = Window()
    found: dict[str, str] = {}
    texts: dict[int, str] = {}
    stories: dict[int, str] = {}
    start = time.process_time()
    for item in items:
        for _ in window.pass_time(item.received):
            pass
        form = normal(item.headline)
        near = window.nearest(window.numbers(form.tokens), 30)
        text = item.headline.lower()
        best = process.extractOne(text, {number: texts[number] for number in near}, scorer=scorer, score_cutoff=cutoff)
        number = window.add(item.id, form, summary=(), when=item.received, source=item.source, cluster=None)
        texts[number] = text
        stories[number] = found[item.id] = stories[best[2]] if best else item.id
    return found, time.process_time() - start


def group_exact(items: Sequence[Item]) -> tuple[dict[str, str], float]:
    """Joined where the normal forms are equal."""
    start = time.process_time()
    found = {item.id: normal(item.headline).text for item in items}
    return found, time.process_time() - start


def stream_rows(shared: Path, name: str) -> Iterable[list[str]]:
    items, labels = read_stream(shared, name)
    methods: list[tuple[str, Callable[[], tuple[dict[str, str], float]]]] = [
        ("ours strict", lambda: group_ours(items, "strict")),
        ("ours broad", lambda: group_ours(items, "broad")),
        ("exact normal form", lambda: group_exact(items)),
    ]
    for scorer_name, cutoff in itertools.product(NAIVE, (85, 90)):
        methods.append((f"{scorer_name} >= {cutoff}", lambda s=NAIVE[scorer_name], c=cutoff: group_naive(items, s, c)))
    methods += [("token_set >= 55, tuned", lambda: group_naive(items, fuzz.token_set_ratio, 55))]
    for method, group in methods:
        found, spent = group()
        row = [f"{name}: {method}"]
        for label in (0, 1):
            row += [f"{value:.3f}" for value in b_cubed(found, {item.id: labels[item.id][label] for item in items})]
        yield [*row, f"{spent / len(items) * 1e6:.0f}"]


def judge(one: str, other: str, preset: Any = "strict") -> tuple[bool, bool, bool]:
    """(copy, same story, same or related) for two headlines alone in an index."""
    index = StoryIndex(preset)
    first = index.place(Item(id="1", source="One", headline=one, received=0.0))
    second = index.place(Item(id="2", source="Two", headline=other, received=60.0))
    same = first.story == second.story
    return second.copy_of is not None, same, same or any(reason.startswith("related") for reason in second.why)


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


def edit_rows(shared: Path, count: int) -> Iterable[list[str]]:
    """Is an edited headline, alone in an index with its original, taken for a copy of it? 600 headlines an edit."""
    items, _ = read_stream(shared, "train")
    chance = random.Random(2023)
    texts = chance.sample(sorted({item.headline for item in items if len(item.headline.split()) >= 6}), count)
    names = sorted({name for text in texts for name in normal(text).marked(1) if name.isalpha() and len(name) > 4})
    for title, kinds in (("rewritten", rewrites(chance)), ("changed", changes(chance, names))):
        hits = total = 0
        for kind, edit in kinds.items():
            edited = [
                (text, new)
                for text in texts[:: max(1, count // 600)]
                if (new := edit(text)) is not None and new != text
            ]
            copies = sum(judge(text, new)[0] for text, new in edited)
            hits, total = hits + copies, total + len(edited)
            naive = sum(fuzz.token_set_ratio(text.lower(), new.lower()) >= 85 for text, new in edited)
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
            print(f"{'':34}  event P      R      F  story P      R      F  us/item")
        for row in parts[part]():
            print(f"{row[0]:34}  " + "  ".join(f"{cell:>5}" for cell in row[1:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
