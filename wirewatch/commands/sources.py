"""`wirewatch sources`: how every source is, why, and when it is asked next. None is silent without a reason here.

`sources pause NAME` has sources left alone until `sources resume NAME`, whether an engine runs or not.
"""

from __future__ import annotations

import time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from wirewatch import clock, vitals
from wirewatch import config as configuration
from wirewatch.commands import output, stored
from wirewatch.errors import Exit
from wirewatch.model import SourceState

if TYPE_CHECKING:
    import argparse

    from wirewatch.model import Source

DROPPED = "no longer in the configuration"
WAITING = "not polled yet"


def run(args: argparse.Namespace) -> int:
    """Prints the configured sources in their order, then those only the store knows; 1 when there is none at all.

    With `pause` or `resume` it does that instead; 1 where a name is no source's, and then nothing is done.
    """
    configured = _configured(args)
    if args.action:
        return _pause(args, configured)
    states: dict[str, SourceState] = {}
    if stored.exists(args.data):
        with stored.reading(args.data) as reader:
            states = reader.states()
    rows = [source_object(source, states.get(source.name)) for source in configured.values()]
    rows += [_dropped(state) for name, state in sorted(states.items()) if name not in configured]
    if not rows:
        output.complain("no source is configured; `wirewatch config init` writes a configuration with some")
        return Exit.NOTHING
    now = time.time()
    for row in rows:
        if args.json:
            output.write_json(row)
        else:
            output.write(_line(row, now))
    return Exit.DONE


def source_object(source: Source | None, state: SourceState | None, now: float | None = None) -> dict[str, Any]:
    """A source as configured with what is known of it; one that was never polled is `new`."""
    now = time.time() if now is None else now
    polled = state or SourceState(name=source.name if source else "")
    usual = vitals.daily(polled, now)
    url = source.url if source else polled.url
    return {
        "name": source.name if source else polled.name,
        "state": polled.state,
        "reason": polled.reason,
        "next_poll": output.stamp(polled.next_poll),
        "next_why": polled.next_why,
        "url": configuration.redacted(url),
        "kind": source.kind if source else None,
        "title": polled.title,
        "note": polled.note,
        "last_attempt": output.stamp(polled.last_attempt),
        "last_success": output.stamp(polled.last_success),
        "held_until": output.stamp(polled.held_until),
        "failures": polled.failures,
        "items": polled.items,
        "items_a_day": None if usual is None else round(usual, 1),
        "last_new": output.stamp(polled.last_new),
        "latency_p50": polled.latency(0.5),
        "latency_p95": polled.latency(0.95),
        "attention": vitals.attention(polled, now),
        "requests": polled.requests,
        "unchanged": polled.unchanged,
        "bytes": polled.bytes,
        "bytes_saved": polled.saved,
    }


def _pause(args: argparse.Namespace, configured: dict[str, Source]) -> int:
    """Pauses or resumes the named sources, all of them or none."""
    from contextlib import closing

    from wirewatch.store import open_reader

    unknown = [name for name in args.names if name not in configured]
    for name in unknown:
        near = get_close_matches(name, configured, n=1, cutoff=0.6)
        output.complain(f"no source is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    if unknown:
        return Exit.NOTHING
    paused = args.action == "pause"
    with closing(open_reader(args.data)) as reader:
        reader.pause(args.names, paused=paused)
    with stored.reading(args.data) as reader:  # what is stored, not what still waits to be
        states = reader.states()
    if any((name in states and states[name].state == "paused") is not paused for name in args.names):
        output.complain("another program holds the database; nothing was changed, try again")
        return Exit.NOTHING
    for name in args.names:
        if args.json:
            output.write_json(source_object(configured[name], states.get(name)))
        else:
            output.write(
                f"{name} is paused until it is resumed" if paused else f"{name} is polled again when it is due"
            )
    return Exit.DONE


def _dropped(state: SourceState) -> dict[str, Any]:
    return {**source_object(None, state), "state": "paused", "reason": DROPPED, "next_poll": None, "next_why": None}


def _configured(args: argparse.Namespace) -> dict[str, Source]:
    """The sources that an engine would poll, by name; those at fault are named on stderr."""
    if not args.config_given and not args.config.exists():
        config = configuration.parse(configuration.default_text(), file="built-in configuration")
    else:
        config, problems = configuration.load_usable(args.config)
        for problem in problems:
            output.complain(str(problem))
    return {source.name: source for source in config.sources}


def _line(row: dict[str, Any], now: float) -> str:
    from wirewatch.widgets.cells import fit, steady

    told = row["reason"] or row["attention"] or row["note"] or (WAITING if row["state"] == "new" else "")
    next_poll = row["next_poll"]
    due = _in(clock.parse_rfc3339(next_poll) - now) if next_poll else ""
    items = f"{row['items']} item{'s' if row['items'] != 1 else ''}" if row["items"] else ""
    columns = (fit(steady(row["name"]), 26), fit(row["state"], 7), fit(due, 11), fit(items, 11), steady(told))
    return "  ".join(columns).rstrip()


def _in(seconds: float) -> str:
    """How long until the next poll."""
    if seconds < 1:
        return "next: now"
    ago = clock.ago(0.0, seconds)
    return f"next: {ago if ago != 'now' else f'{seconds:.0f}s'}"
