"""`wirewatch rules test|missed|bursts`: what the user's rules find in what is stored, and what they don't."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

from wirewatch import config as configuration
from wirewatch.alerts import Decider, News
from wirewatch.commands import output, rulesheet, stored
from wirewatch.commands.pipe import Pipe
from wirewatch.engine.alerting import hits_that_alert
from wirewatch.engine.process import Process
from wirewatch.errors import Exit
from wirewatch.rules.bursts import WEEK, Mention, measured
from wirewatch.rules.workshop import Trial, differences, missed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wirewatch.config import Config
    from wirewatch.model import Placed, Story
    from wirewatch.store.contract import Reader

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds before a sign of progress is shown."""
STEP = 0.2
"""Seconds between two signs."""


def run(args: argparse.Namespace) -> int:
    """Does one of the three."""
    if args.action == "missed":
        return _missed(args)
    if args.action == "bursts":
        return _bursts(args)
    config = stored.settings_in_full(args)
    other = configuration.load(args.against) if args.against else None
    if args.files:
        given = Given(config)
        for name in args.files:
            given.document(name)
        given.close()
        code = _try(args, config, other, given.items(), given.stories(), len(given.placed))
        return Exit.NOTHING if given.failed else code
    with stored.reading(args.data) as reader:
        since = time.time() - args.since
        stories = {story.id: story for story in reader.since(since)}
        total = sum(story.items for story in stories.values())
        return _try(args, config, other, reader.recent(since), stories, total)


class Given(Pipe):
    """Items of documents, read and judged as `pipe` does, kept until all are there."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, lambda _: None, lambda: None)
        self.placed: dict[str, Placed] = {}
        self._merged: dict[str, str] = {}

    def items(self) -> Iterator[Placed]:
        """The items in order of arrival, each in the story that it came to belong to."""
        import msgspec

        for placed in sorted(self.placed.values(), key=lambda placed: placed.item.received):
            yield msgspec.structs.replace(placed, story=self._final(placed.story))

    def stories(self) -> dict[str, Story]:
        """The stories as they stand at the end, by id."""
        members: dict[str, list[Placed]] = {}
        for placed in self.items():
            members.setdefault(placed.story, []).append(placed)
        return {story: self._process.story(items) for story, items in members.items()}

    def _print(self, placed: Placed, merged: Sequence[tuple[str, str]], file: str | None) -> None:
        self.placed[placed.item.id] = placed
        self._merged.update(merged)

    def _final(self, story: str) -> str:
        while story in self._merged:
            story = self._merged[story]
        return story


def _try(
    args: argparse.Namespace,
    config: Config,
    other: Config | None,
    items: Iterable[Placed],
    stories: Mapping[str, Story],
    total: int,
) -> int:
    """Tries one rule set, or two, on the items and prints what came of it; 1 when there are none."""
    trials = [_Judge(each, args.examples) for each in (config, other) if each is not None]
    kept: dict[str, Placed] = {}
    for placed in shown_progress(items, total):
        hits = [judge.take(placed, stories.get(placed.story)) for judge in trials]
        if other is not None and hits[0] != hits[1]:
            kept[placed.item.id] = placed
    first = trials[0].trial
    if not first.items:
        output.complain("there are no items in that time" if not args.files else "there are no items in it")
        return Exit.NOTHING
    if other is None:
        rulesheet.print_trial(first, config, as_json=args.json)
    else:
        found = differences(first, trials[1].trial)
        rulesheet.print_differences(
            found, first, trials[1].trial, (config, other), kept, examples=args.examples, as_json=args.json
        )
    return Exit.DONE


class _Judge:
    """One configuration, asked of one item after the other: its watch list, its rules, its alerts."""

    def __init__(self, config: Config, examples: int) -> None:
        self.trial = Trial(config, examples=examples)
        self._process = Process(config)
        self._rules = {rule.name: rule for rule in config.rules if rule.alert is not False}
        self._decider = Decider(config.alerts)

    def take(self, placed: Placed, story: Story | None) -> list[str]:
        """What hits the item, which is counted. Alerts for growth, corrections and kills are not tried."""
        judged = self._process.reflag(placed)
        if story is not None:
            judged = self._process.in_story(judged, story)
        hits = self.trial.take(judged)
        alerting = hits_that_alert(self._rules, judged, story) if story is not None else ()
        if alerting and story is not None:
            for alert in self._decider.decide([News(story, alerting)], judged.item.received):
                if alert.why == "new":
                    name = f"rule:{alert.rule}" if alert.rule in self._rules else alert.rule
                    self.trial.alerted(name, alert.state)
        return hits


def _missed(args: argparse.Namespace) -> int:
    """Prints the stories that many outlets had and that nothing of the user's flagged; 1 when there is none."""
    with stored.reading(args.data) as reader:
        since = time.time() - args.since
        wide = [story for story in reader.since(since) if story.outlets >= args.outlets]
        found = missed(_with_items(reader, wide), args.outlets)
    for story in found:
        if args.json:
            output.write_json(output.story_object(story))
        else:
            output.write(output.story_line(story, time.time(), width=output.width()))
    if not found:
        output.complain(
            f"no story reached {args.outlets} outlets unflagged by your rules, words and names in that time"
        )
        return Exit.NOTHING
    return Exit.DONE


def _with_items(reader: Reader, stories: list[Story]) -> Iterator[tuple[Story, tuple[Placed, ...]]]:
    for story in shown_progress(stories, len(stories), "stories"):
        detail = reader.story(story.id)
        if detail is not None:
            yield detail.story, detail.items


def _bursts(args: argparse.Namespace) -> int:
    """Prints the watched words and names that are much talked about now; 1 when none is."""
    config = stored.settings(args)
    names = [f"keyword:{word}" for word in config.watch.keywords] + [f"entity:{name}" for name in config.watch.entities]
    now = time.time()
    with stored.reading(args.data) as reader:
        mentions, since = reader.mentions(names, now - WEEK)
    found = [measured(name, [Mention(*one) for one in mentions[name]], now, known_since=since) for name in names]
    bursting = sorted((burst for burst in found if burst.bursting), key=lambda burst: -burst.last_hour)
    for burst in bursting:
        rulesheet.print_burst(burst, as_json=args.json)
    if not bursting:
        output.complain("nothing that you watch is talked about more than usual")
        return Exit.NOTHING
    return Exit.DONE


def shown_progress(things: Iterable[T], total: int, what: str = "items") -> Iterator[T]:
    """The things as they are, with a sign of progress on a terminal's standard error once it takes a second."""
    start = last = time.monotonic()
    shown = False
    for number, thing in enumerate(things, 1):
        yield thing
        now = time.monotonic()
        if sys.stderr.isatty() and now - start > PATIENCE and now - last > STEP:
            share = f" of {total:,}" if total >= number else ""
            sys.stderr.write(f"\r\x1b[K{number:,}{share} {what}")
            sys.stderr.flush()
            last, shown = now, True
    if shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
