"""`wirewatch alerts`: the alert log, heard or not; with `--follow` what comes, with `--ack` what is dealt with."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from wirewatch import clock
from wirewatch.alerts.shown import WORDS, alert_object
from wirewatch.commands import output, stored
from wirewatch.errors import Exit, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from wirewatch.model import Alert
    from wirewatch.store.contract import Reader

LOOK_AGAIN = 0.2
"""Seconds between two looks at whether the log has grown."""
ALL = "all"
STATES = {"held": "held", "folded": "over the budget", "cooling": "cooling down", "late": "old news"}
"""What is said of an alert that wasn't heard."""


def run(args: argparse.Namespace) -> int:
    """Prints the alerts of the time asked for, oldest first; 1 when there is none."""
    if args.ack:
        return _ack(args)
    with stored.reading(args.data) as reader:
        last = reader.alerts_standing().last
        found = [alert for alert in reader.alerts(since=time.time() - args.since) if alert.n <= last]
        shown = [alert for alert in found if alert.acked is None or not args.unacked]
        _show(shown, as_json=args.json)
        if args.follow:
            _follow(reader, last, as_json=args.json)
    if shown:
        return Exit.DONE
    output.complain("no alert in that time; `--since 7d` looks further back")
    return Exit.NOTHING


def _follow(reader: Reader, after: int, *, as_json: bool) -> None:
    version = -1
    while True:
        changed = reader.version()
        if changed == version:
            time.sleep(LOOK_AGAIN)
            continue
        version = changed
        news = reader.alerts(after=after)
        _show(news, as_json=as_json)
        after = news[-1].n if news else after


def _show(alerts: Iterable[Alert], *, as_json: bool) -> None:
    now = time.time()
    for alert in alerts:
        if as_json:
            output.write_json(alert_object(alert))
        else:
            output.write(alert_line(alert, now))


def alert_line(alert: Alert, now: float) -> str:
    """An alert on one line: whether it waits, its number, time, kind, source and headline, rule and reason."""
    from wirewatch.widgets.cells import fit, steady

    said = f"{alert.source}: {alert.headline}" if alert.source else alert.headline
    why = ", ".join(filter(None, (alert.rule, alert.reason, STATES.get(alert.state))))
    mark = " " if alert.acked is not None else "●"
    line = f"{mark} {alert.n:>5}  {clock.local(alert.at, now)}  {fit(WORDS[alert.why], 11)}  {said}"
    return steady(line + (f"  [{why}]" if why else ""))


def _ack(args: argparse.Namespace) -> int:
    """Acknowledges alerts by their numbers, or all that there are."""
    if not stored.exists(args.data):
        raise UsageError(f"there is nothing stored in {args.data} yet")
    from wirewatch.store import open_reader

    with closing(open_reader(args.data)) as reader:
        before = reader.alerts_standing()
        if ALL in args.ack:
            reader.ack(up_to=before.last)
        else:
            reader.ack(args.ack)
        done = before.unacked - reader.alerts_standing().unacked
    if args.json:
        output.write_json({"acknowledged": done})
    else:
        output.write(f"{done} alert{'s' * (done != 1)} acknowledged")
    return Exit.DONE if done else Exit.NOTHING
