"""What the flags do: on a labelled set, or on the captured week.

`python -m bench.flags` counts flags by source over the captured week, with rates, and how often those that a person has
read (bench/readings.toml) were right; `--sample FLAG` prints random hits of one flag to be read, `--missed` items that
speak of sources, reports or denials and raised nothing.
`python -m bench.flags --labelled tests/data/flags.jsonl` scores a labelled set: precision, recall and F1 by flag.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
import tomllib
from collections import Counter
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

from bench.replay import read_week
from wirewatch.clock import rfc3339
from wirewatch.config.settings import Watch
from wirewatch.engine.parse.build import Markup, Raw, Scene, document
from wirewatch.flags import Flagger
from wirewatch.model import Flag, Item, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEK = Path("../shared/corpora/captured/week-2023-03-11.jsonl.gz")
READINGS = Path(__file__).parent / "readings.toml"
UNMEASURED = frozenset(("repeat", "brief", "hold", "advisory"))
ALIKE = {"breaking": "urgent", "alert": "urgent"}
"""In languages other than English any of the three is right (FLAGS.md)."""
TELLING = re.compile(
    r"(?i)\b(?:sources?|reports?|reported|reportedly|told|tells|exclusive|denie[sd]|deny|breaking|anonym\w+|insiders?)\b"
)


def main() -> int:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser(prog="bench.flags", description=__doc__)
    parser.add_argument("--labelled", type=Path, help="a labelled set (NDJSON items with `flags`)")
    parser.add_argument("--week", type=Path, default=WEEK)
    parser.add_argument("--sample", metavar="FLAG", help="random hits of a flag, to be read")
    parser.add_argument("--missed", action="store_true", help="random items with telling words and no flag")
    parser.add_argument("--unread", action="store_true", help="sample only hits that readings.toml doesn't list")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2023)
    args = parser.parse_args()
    if args.labelled:
        return labelled(args.labelled)
    return week(args)


# --- a labelled set


def labelled(path: Path) -> int:
    """Scores a labelled set and prints what went wrong."""
    from tests.test_flags_labelled import flagger_of, item_of

    right, extra, missed, spans = Counter[str](), Counter[str](), Counter[str](), 0
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        item = item_of(case)
        found: dict[str, list[Flag]] = {}
        for one in flagger_of(case).flags(item):
            if one.flag.split(":")[0] not in UNMEASURED:
                found.setdefault(one.flag, []).append(one)
        foreign = case.get("language", "en") != "en"
        expected = {_alike(name, foreign): span for name, span in case["flags"].items()}
        got = {_alike(name, foreign): ones for name, ones in found.items()}
        for name in sorted(expected.keys() | got.keys()):
            kind = name.split(":")[0]
            if name in expected and name in got:
                right[kind] += 1
                inexact = expected[name] not in [one.text for one in got[name]]
                broken = any(_shown(item, one) != one.text for one in got[name])
                if inexact or broken:
                    spans += 1
                    print(f"span     {name}: {expected[name]!r}, found {[one.text for one in got[name]]}")
            elif name in expected:
                missed[kind] += 1
                print(f"missed   {name}: {case['headline']!r} {case.get('summary', '')!r}")
            else:
                extra[kind] += 1
                print(f"extra    {name}: {case['headline']!r} {case.get('summary', '')!r} by {got[name][0].rule}")
    print(f"\n{'flag':20} {'right':>5} {'extra':>5} {'missed':>6} {'prec':>6} {'recall':>6} {'F1':>6}")
    for kind in sorted(right | extra | missed):
        print(_score(kind, right[kind], extra[kind], missed[kind]))
    print(_score("all (micro)", right.total(), extra.total(), missed.total()))
    print(f"spans that differ from the label's: {spans}")
    return 0


def _alike(name: str, foreign: bool) -> str:
    return ALIKE.get(name, name) if foreign else name


def _shown(item: Item, one: Flag) -> str:
    value = getattr(item, one.field)
    shown: str = rfc3339(value) if one.field == "embargo" else value
    return shown[one.start : one.end]


def _score(name: str, right: int, extra: int, missed: int) -> str:
    precision = right / (right + extra) if right + extra else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{name:20} {right:5} {extra:5} {missed:6} {precision:6.3f} {recall:6.3f} {f1:6.3f}"


# --- the captured week


def week_items(path: Path) -> Iterator[Item]:
    """The week's items, read as the engine reads them, under the ids that it gives them."""
    for feed in read_week(path):
        scene = Scene(Source(feed.name, feed.origin, kind=feed.kind), received=feed.items[-1].at)  # type: ignore[arg-type]
        for row in feed.items:
            raw = Raw(
                title=Markup(row.title),
                summary=Markup(row.description, html=True),
                guid=row.link,
                link=row.link,
                date=formatdate(int(row.at), usegmt=True),
            )
            yield from document("rss", [raw], scene, language=feed.language).items


def week(args: argparse.Namespace) -> int:
    """Counts, a sample, or what was missed."""
    flagger = Flagger(Watch())
    items = list(week_items(args.week))
    began = time.process_time()
    flagged = [(item, flagger.flags(item)) for item in items]
    spent = time.process_time() - began
    if args.sample:
        read = _read(args.sample) if args.unread else frozenset[str]()
        hits = sorted(
            {
                item.id: (item, one)
                for item, flags in flagged
                for one in flags
                if _is(one.flag, args.sample) and item.id not in read
            }.items()
        )
        print(f"{len(hits)} items to draw from")
        for _, (item, one) in random.Random(args.seed).sample(hits, min(args.count, len(hits))):
            _print(item, one)
        return 0
    if args.missed:
        telling = sorted(
            (item.id, item)
            for item, flags in flagged
            if not flags and TELLING.search(f"{item.headline} {item.summary or ''}")
        )
        print(f"{len(telling)} items")
        for _, item in random.Random(args.seed).sample(telling, min(args.count, len(telling))):
            _print(item, None)
        return 0
    _table(flagged)
    _readings(flagged)
    print(f"\n{len(items):,} items, {spent * 1e6 / len(items):.0f} µs of CPU an item")
    return 0


def _read(name: str) -> frozenset[str]:
    """The ids of the hits of a flag that a person has read already."""
    table = tomllib.loads(READINGS.read_text("utf-8")).get("flags", {}).get(name, {})
    return frozenset(table.get("right", ())) | frozenset(table.get("wrong", ()))


def _is(flag: str, wanted: str) -> bool:
    return flag == wanted or flag.split(":", maxsplit=1)[0] == wanted


def _print(item: Item, one: Flag | None) -> None:
    print(f"{item.id} [{item.source}] {one.flag + ' ' + repr(one.text) + ' ' + one.rule if one else ''}")
    print(f"    {item.headline}")
    if item.summary and (one is None or one.field != "headline"):
        at = one.start if one else 0
        print(f"    … {item.summary[max(0, at - 160) : at + 160]!r}")


def _table(flagged: list[tuple[Item, tuple[Flag, ...]]]) -> None:
    sizes = Counter(item.source for item, _ in flagged)
    counts: dict[str, Counter[str]] = {}
    for item, flags in flagged:
        for name in {one.flag.split(":")[0] for one in flags}:
            counts.setdefault(name, Counter())[item.source] += 1
    print(f"{'flag':20} {'items':>6} {'rate':>7}  sources: items (share of what the source sent)")
    for name, sources in sorted(counts.items(), key=lambda pair: -pair[1].total()):
        shown = ", ".join(f"{source} {count} ({count / sizes[source]:.1%})" for source, count in sources.most_common(5))
        more = f", {len(sources) - 5} more" if len(sources) > 5 else ""
        print(f"{name:20} {sources.total():6} {sources.total() / len(flagged):7.2%}  {shown}{more}")


def _readings(flagged: list[tuple[Item, tuple[Flag, ...]]]) -> None:
    """How the hits that a person read came out, and how many of them are still raised."""
    by_id = {item.id: {one.flag.split(":")[0] for one in flags} for item, flags in flagged}
    for name, table in tomllib.loads(READINGS.read_text("utf-8")).get("flags", {}).items():
        read, wrong = set(table["right"]) | set(table["wrong"]), set(table["wrong"])
        raised = {one for one in read if name in by_id.get(one, ())}
        print(
            f"read     {name}: {len(read)} hits, {len(wrong)} wrong, precision {1 - len(wrong) / len(read):.3f}; "
            f"raised now: {len(raised & wrong)} wrong of {len(raised)}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
