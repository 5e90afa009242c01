"""How the rule workshop writes what it found: for people, and one JSON object a line for programs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from wirewatch import clock
from wirewatch.commands import output

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from wirewatch.config import Config
    from wirewatch.model import Placed
    from wirewatch.rules.bursts import Burst
    from wirewatch.rules.workshop import Difference, Example, Found, Trial

NAMED = 6
"""Sources, and overlapping triggers, that a line names."""
STATES = {"told": "told", "held": "held in quiet hours", "folded": "folded into summaries", "cooling": "while cooling"}
WATCHED = "watched"
"""The trigger that alerts where no rule of the user's asks for alerts."""


def print_trial(trial: Trial, config: Config, *, as_json: bool) -> None:
    """What each trigger found, the most stories first, those that found nothing last."""
    ranked = sorted(trial.found.values(), key=lambda found: (-len(found.stories), found.trigger))
    if as_json:
        output.write_json(_totals(trial))
        for found in ranked:
            output.write_json(_object(found, trial, config))
        return
    output.write(_head(trial))
    for found in ranked:
        if found.items or found.alerts:
            output.write("")
            for line in _lines(found, trial, config):
                output.write(line)
    silent = [named(found.trigger, config) for found in ranked if not (found.items or found.alerts)]
    if silent:
        output.write("")
        output.write(f"Never hit: {', '.join(silent)}")


def print_differences(
    found: list[Difference],
    before: Trial,
    after: Trial,
    configs: tuple[Config, Config],
    items: Mapping[str, Placed],
    *,
    examples: int,
    as_json: bool,
) -> None:
    """What the other rule set would change, by trigger and in all."""
    gained, lost = after.flagged - before.flagged, before.flagged - after.flagged
    if as_json:
        output.write_json(
            {**_totals(before), "flagged": len(before.flagged), "other": len(after.flagged)}
            | {"gained": sorted(gained), "lost": sorted(lost)}
        )
        for each in found:
            output.write_json(
                {
                    "trigger": each.trigger,
                    "before": each.before,
                    "after": each.after,
                    "gained": sorted(each.gained),
                    "lost": sorted(each.lost),
                    "alerts": dict(_alerts(before, each.trigger)),
                    "alerts_after": dict(_alerts(after, each.trigger)),
                }
            )
        return
    output.write(_head(before))
    output.write(
        f"Flagged: {len(before.flagged):,} items now, {len(after.flagged):,} with the other"
        f" (+{len(gained):,} −{len(lost):,})"
    )
    for each in found:
        output.write("")
        where = configs[1] if each.after is not None else configs[0]
        was = "new" if each.before is None else f"{each.before:,}"
        now = "gone" if each.after is None else f"{each.after:,}"
        output.write(f"{named(each.trigger, where)}: {was} → {now} items (+{len(each.gained):,} −{len(each.lost):,})")
        told = _alerts(before, each.trigger)["told"], _alerts(after, each.trigger)["told"]
        if any(told):
            output.write(f"  alerts told  {told[0]:,} → {told[1]:,}")
        for sign, ids in (("+", each.gained), ("−", each.lost)):
            shown = sorted((items[one] for one in ids if one in items), key=lambda one: -one.item.received)
            for placed in shown[:examples]:
                output.write(_item_line(f"  {sign} ", placed))
    if not found:
        output.write("Both find the same.")


def print_burst(burst: Burst, *, as_json: bool) -> None:
    """One name that is much talked about."""
    if as_json:
        output.write_json(
            {
                "trigger": burst.name,
                "last_hour": burst.last_hour,
                "usual": round(burst.usual, 2),
                "sources": burst.sources,
            }
        )
    else:
        times = f", {burst.last_hour / burst.usual:.0f} times the usual {burst.usual:.1f}" if burst.usual else ""
        output.write(f"{named(burst.name)}: {burst.last_hour} in the last hour from {burst.sources} sources{times}")


def named(trigger: str, config: Config | None = None) -> str:
    """A trigger in words, with the line it stands in: `rule Gas (config.toml:12)`, `# ceasefire`, `@ NATO`."""
    kind, _, name = trigger.partition(":")
    if trigger == WATCHED:
        return "urgent news on what is watched (alerts without a rule of yours)"
    words = {"rule": f"rule {name}", "keyword": f"# {name}", "entity": f"@ {name}"}.get(kind, trigger)
    line = config.lines.get(trigger) if config is not None else None
    file = config.path.name if config is not None and config.path is not None else "built-in"
    return f"{words} ({file}:{line})" if line and kind == "rule" else words


def _head(trial: Trial) -> str:
    since, until = (clock.local(moment or 0.0, 0.0) for moment in (trial.first, trial.last))
    return f"{trial.items:,} items, {len(trial.stories):,} stories, {since} to {until}, {_days(trial.days)}"


def _days(days: float) -> str:
    return f"{days:.1f} days" if days >= 2 else f"{days * 24:.0f} hours"


def _lines(found: Found, trial: Trial, config: Config) -> list[str]:
    a_day = len(found.stories) / max(1.0, trial.days)
    hit = f"{_many(found.items, 'item', 'items')}, {_many(len(found.stories), 'story', 'stories')}"
    counted = f": {hit}, {a_day:.1f} stories a day" if found.items else ""
    lines = [f"{named(found.trigger, config)}{counted}"]
    if found.alerts:
        said = ", ".join(f"{found.alerts[state]:,} {words}" for state, words in STATES.items() if found.alerts[state])
        lines.append(f"  alerts    {said}")
    if len(found.days) > 1:
        lines.append(f"  by day    {', '.join(f'{_day(day)} {count}' for day, count in sorted(found.days.items()))}")
    if found.sources:
        lines.append(f"  from      {_most(found.sources)}")
    if overlap := trial.overlap(found.trigger) if found.items else []:
        shown = ", ".join(f"{named(other)} {count}" for other, count in overlap[:NAMED])
        more = f", {len(overlap) - NAMED} more" if len(overlap) > NAMED else ""
        lines.append(f"  also hit  {shown}{more}")
    lines += [_example_line(example) for example in found.examples]
    return lines


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _most(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name} {count:,}" for name, count in counts.most_common(NAMED))
    return shown + (f", {len(counts) - NAMED} more" if len(counts) > NAMED else "")


def _day(day: str) -> str:
    return f"{datetime.date.fromisoformat(day):%a %d}"


def _example_line(example: Example) -> str:
    flag = example.flag
    found = "" if flag.field == "headline" else f"  “{flag.text}” in the {flag.field}"
    return _item_line("  e.g.      ", example.placed, found)


def _item_line(start: str, placed: Placed, more: str = "") -> str:
    item = placed.item
    line = f"{start}{clock.local(item.received, 0.0)}  {item.source}  {item.headline}{more}"
    width = output.width()
    if width is None:
        return line
    from wirewatch.widgets.cells import fit

    return fit(line, width).rstrip()


def _totals(trial: Trial) -> dict[str, Any]:
    return {
        "items": trial.items,
        "stories": len(trial.stories),
        "first": output.stamp(trial.first),
        "last": output.stamp(trial.last),
        "days": round(trial.days, 2),
    }


def _object(found: Found, trial: Trial, config: Config) -> dict[str, Any]:
    return {
        "trigger": found.trigger,
        "line": config.lines.get(found.trigger),
        "items": found.items,
        "stories": len(found.stories),
        "stories_a_day": round(len(found.stories) / max(1.0, trial.days), 2),
        "alerts": dict(found.alerts),
        "by_day": dict(sorted(found.days.items())),
        "by_source": dict(found.sources.most_common()),
        "overlap": dict(trial.overlap(found.trigger)) if found.items else {},
        "examples": [
            {
                "id": example.placed.item.id,
                "story": example.placed.story,
                "source": example.placed.item.source,
                "headline": example.placed.item.headline,
                "received": output.stamp(example.placed.item.received),
                "flag": output.flag_object(example.flag),
            }
            for example in found.examples
        ],
    }


def _alerts(trial: Trial, trigger: str) -> Counter[str]:
    from collections import Counter

    found = trial.found.get(trigger)
    return found.alerts if found is not None else Counter()
