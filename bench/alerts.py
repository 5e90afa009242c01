"""How often a desk with the default configuration would have been alerted over a captured week, and what it costs.

    python -m bench.alerts ../shared/corpora/captured/week-2023-03-11.jsonl.gz [--days 2] [--show 20]

Items arrive by their publishers' times. Figures are alerts a day by kind and state, and CPU time of deciding.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

import msgspec

from wirewatch import config
from wirewatch.alerts import Decider, News, watched_hits
from wirewatch.clock import DAY, parse_rfc3339
from wirewatch.engine import parse
from wirewatch.engine.process import Process
from wirewatch.model import Alert, Item, Placed, Source


def items(path: Path, days: float) -> list[Item]:
    """The items of the first so many days, in order of time."""
    lines = []
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            kind = "official" if ".gov" in row["source"] or "un.org" in row["source"] else "web"
            shown = {
                "headline": row["title"] or "-",
                "summary": row.get("description"),
                "url": row["link"],
                "kind": kind,
            }
            at = row["date_published"].replace(" ", "T").replace("+00:00", "Z")
            lines.append(
                {**shown, "source": row["source"], "published": at, "received": at, "language": row["language"]}
            )
    first = min(parse_rfc3339(line["received"]) for line in lines)
    kept = sorted(
        (line for line in lines if parse_rfc3339(line["received"]) < first + days * DAY),
        key=lambda line: line["received"],
    )
    content = "\n".join(json.dumps(line) for line in kept).encode()
    return list(parse.read(content, source=Source("week", "https://week.example/"), received=first).items)


def run(found: list[Item], settings: config.Config) -> tuple[list[Alert], float]:
    """The alerts that these items raise, and the CPU seconds of deciding alone."""
    process, decider = Process(settings), Decider(settings.alerts)
    members: dict[str, dict[str, Placed]] = {}
    alerts: list[Alert] = []
    spent = 0.0
    for item in found:
        placed, merged = process.take(item)
        for old, kept in merged:
            moved = {one: msgspec.structs.replace(two, story=kept) for one, two in members.pop(old, {}).items()}
            members.setdefault(kept, {}).update(moved)
            decider.merged(old, kept)
        earlier = members.setdefault(placed.story, {}).get(item.id)
        members[placed.story][item.id] = placed
        story = process.story(list(members[placed.story].values()))
        names = {flag.flag for flag in placed.flags} - {flag.flag for flag in (earlier.flags if earlier else ())}
        begun = time.process_time()
        news = News(story, watched_hits(placed, story), killed="kill" in names, corrected="correction" in names)
        alerts += decider.decide([news], item.received)
        spent += time.process_time() - begun
    return alerts, spent


def main() -> None:
    """Prints the figures."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("week", type=Path)
    args.add_argument("--days", type=float, default=7)
    args.add_argument("--show", type=int, default=0)
    asked = args.parse_args()
    found = items(asked.week, asked.days)
    alerts, spent = run(found, config.parse(config.default_text(), file="default"))
    print(f"{len(found)} items of {asked.days:g} days; deciding took {1e6 * spent / max(1, len(found)):.0f} µs an item")
    for (why, state), count in sorted(Counter((alert.why, alert.state) for alert in alerts).items()):
        print(f"  {why:<10} {state:<8} {count:>5}   {count / asked.days:>6.1f} a day")
    for alert in alerts[:: max(1, len(alerts) // asked.show)] if asked.show else ():
        print(f"  {alert.why:<10} {alert.state:<8} {alert.reason[:40]:<40} {alert.priority} {alert.headline[:90]}")


if __name__ == "__main__":
    main()
