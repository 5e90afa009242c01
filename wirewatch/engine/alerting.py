"""What a poll brought, as news for the decider of alerts: what hit, what is old, what was withdrawn after it was shown.

Belongs to the thread of the store. Decides where an outcome is judged, so that alerts are written in the same
transaction as what raised them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.alerts import Decider, Hit, News, watched_hits
from wirewatch.alerts.decide import REMEMBERED
from wirewatch.clock import HOUR, MINUTE
from wirewatch.errors import StoreError
from wirewatch.rules.ruleset import RULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from wirewatch.config import Config, Rule
    from wirewatch.model import Alert, Placed, SourceState, Story
    from wirewatch.store.contract import Writer

CAUGHT_UP = 15 * MINUTE
"""A source not heard for longer than this brings a backlog."""
USUAL_MOST = 12 * HOUR
"""A source whose clock or zone is wrong, or that is slow, may usually be late by this much and is still heard."""
USUAL_LEAST = 8
"""Pieces from which what is usual is known."""


class Alerting:
    """Decides the alerts of one outcome after the other. `now` is the wall clock: seconds since the epoch, UTC."""

    def __init__(self, config: Config, writer: Writer, now: Callable[[], float]) -> None:
        self._writer = writer
        self._now = now
        self._decider = Decider(config.alerts)
        self._rules: dict[str, Rule] = {}
        self.reload(config)

    def reload(self, config: Config) -> None:
        """Takes over edited rules and settings."""
        self._rules = {rule.name: rule for rule in config.rules if rule.alert is not False}
        self._decider.configure(config.alerts)

    def load(self) -> None:
        """Forgets what was decided and not written: what is known is what the store has."""
        self._decider.load(self._writer.alerts(since=self._now() - REMEMBERED))

    def decide(
        self,
        state: SourceState,
        heard: float | None,
        placed: Sequence[Placed],
        before: Mapping[str, Placed],
        stories: Iterable[Story],
        merged: Sequence[tuple[str, str]],
    ) -> tuple[Alert, ...]:
        """The alerts that these items raise. `before` has the earlier takes of known ones, by item id.

        `state` is how the source stood before this poll, `heard` when it had last answered, None if never; `stories`
        are as they stand now.
        """
        olds: dict[str, set[str]] = {}
        for old, kept in merged:
            olds.setdefault(kept, set()).update({old, *olds.pop(old, ())})
            self._decider.merged(old, kept)
        news = [
            self._news(
                story,
                [one for one in placed if one.story == story.id],
                before,
                lambda one: self._late(one, before.get(one.item.id), state, heard),
                {story.id, *olds.get(story.id, ())},
            )
            for story in stories
        ]
        return tuple(self._decider.decide(news, self._now()))

    def summarise(self) -> bool:
        """Writes the summaries that are due; whether there were any. Raises StoreError; then they are due again."""
        summaries = self._decider.due(self._now())
        if summaries:
            try:
                self._writer.put_alerts(summaries)
            except StoreError:
                self.load()
                raise
        return bool(summaries)

    @property
    def owes(self) -> bool:
        """Whether a summary is to come."""
        return self._decider.owes

    def hits(self, placed: Placed, story: Story) -> tuple[Hit, ...]:
        """The rules that an item of a story hit and that want an alert; where there are none, what is watched."""
        return hits_that_alert(self._rules, placed, story)

    def _news(
        self,
        story: Story,
        placed: Sequence[Placed],
        before: Mapping[str, Placed],
        late: Callable[[Placed], bool],
        ids: set[str],
    ) -> News:
        fresh: dict[str, Hit] = {}
        old: dict[str, Hit] = {}
        for one in placed:
            earlier = before.get(one.item.id)
            known = {hit.rule for hit in self.hits(earlier, story)} if earlier is not None else set()
            hits = {hit.rule: hit for hit in self.hits(one, story) if hit.rule not in known}
            if hits:
                (old if late(one) else fresh).update(hits)
        killed = next((one for one in placed if _gained("kill", one, before)), None)
        corrected = next((one for one in placed if one.role != "copy" and _gained("correction", one, before)), None)
        amended = killed or corrected
        return News(
            story,
            tuple((fresh or old).values()),
            late=not fresh,
            killed=killed is not None,
            corrected=corrected is not None,
            seen=amended is not None and bool(self._writer.seen(ids)),
            by=amended.item.source if amended is not None else "",
            headline=amended.item.headline if amended is not None else "",
        )

    def _late(self, one: Placed, earlier: Placed | None, state: SourceState, heard: float | None) -> bool:
        """Whether an item is old news, whatever it says."""
        if heard is None:
            return True
        item, gap = one.item, one.item.received - heard > CAUGHT_UP
        if item.published is None:
            return gap and earlier is None
        if earlier is not None and not gap:
            return False
        known = not gap and len(state.delays) >= USUAL_LEAST
        usual = min(max(0.0, state.latency(0.5) or 0.0), USUAL_MOST) if known else 0.0
        return item.received - item.published - usual > self._decider.settings.max_age


def hits_that_alert(rules: Mapping[str, Rule], placed: Placed, story: Story) -> tuple[Hit, ...]:
    """Which of these rules, which all want alerts, an item of a story hit; of none, the one that needs no writing."""
    if not rules:
        return watched_hits(placed, story)
    found: dict[str, Hit] = {}
    for flag in placed.flags:
        rule = rules.get(flag.rule.removeprefix(RULE)) if flag.rule.startswith(RULE) else None
        if rule is not None and rule.name not in found:
            found[rule.name] = Hit(
                rule.name,
                f"“{flag.text[:80]}” in the {flag.field}",
                None if isinstance(rule.alert, bool) else rule.alert,
                rule.cooldown,
                rule.sound,
                rule.channel,
                rule.quiet,
            )
    return tuple(found.values())


def _gained(name: str, one: Placed, before: Mapping[str, Placed]) -> bool:
    """Whether an item has a flag that its earlier take, if there is one, hadn't."""
    earlier = before.get(one.item.id)
    return any(flag.flag == name for flag in one.flags) and not (
        earlier is not None and any(flag.flag == name for flag in earlier.flags)
    )
