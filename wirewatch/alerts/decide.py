"""From what came in to what is said: one alert a story, a budget for floods, quiet hours, and nothing lost.

Every alert that is decided goes into the alert log; its state says whether anybody hears it. What the decider
remembers it can read back from that log, so a crash makes it neither forget an alert nor raise one twice.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from wirewatch.alerts.quiet import Quiet
from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.model import Alert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirewatch.alerts.hits import Hit
    from wirewatch.config.settings import AlertSettings
    from wirewatch.model import AlertState, AlertWhy, Story

REMEMBERED = 3 * DAY
"""How long a story that alerted is followed: it alerts again when it grows, is corrected or killed."""
CORRECTED_AGAIN = HOUR
"""Between two alerts for corrections of one story: ten outlets take a correction over."""
URGENT = 1
"""A story that rises to this priority alerts again."""
NAMED = 3
"""Rules that a summary names."""


class News(NamedTuple):
    """What one poll brought to one story."""

    story: Story
    """As it stands with it."""
    hits: tuple[Hit, ...] = ()
    """The rules that its new items hit; of a new take only those that the earlier take didn't."""
    late: bool = False
    """What hit is old news: a source's first poll, the catching-up after a gap, a piece from hours ago."""
    killed: bool = False
    """A kill is among the news."""
    corrected: bool = False
    seen: bool = False
    """A reader opened or starred the story before this came; asked for where `killed` or `corrected`."""
    by: str = ""
    """Who killed or corrected it, and what they put over it."""
    headline: str = ""


class _Told(msgspec.Struct):
    """What is known of a story that alerted."""

    at: float
    outlets: int
    priority: int
    own: int
    late: bool
    killed: bool = False
    corrected: float = -DAY


class Decider:
    """Decides what is alerted, in the order in which things are written. Times are seconds since the epoch, UTC."""

    def __init__(self, settings: AlertSettings) -> None:
        self._stories: dict[str, _Told] = {}
        self._sounded: deque[float] = deque()
        """When alerts of the last minute were told."""
        self._ruled: dict[str, float] = {}
        """When each rule was last heard."""
        self._folded: Counter[str] = Counter()
        """Alerts that no summary stands for yet, by rule: folded ones, and those held in quiet hours."""
        self._folded_since = 0.0
        self._held: Counter[str] = Counter()
        self._held_since = self._held_until = 0.0
        self.configure(settings)

    def configure(self, settings: AlertSettings) -> None:
        """Takes over edited settings; what was decided stays."""
        self.settings = settings
        self._quiet = Quiet(settings.quiet, settings.tzinfo())

    def load(self, alerts: Iterable[Alert]) -> None:
        """Forgets everything but what this log says, which is in order of its numbers."""
        for memory in (self._stories, self._sounded, self._ruled, self._folded, self._held):
            memory.clear()
        for alert in alerts:
            self._remember(alert)

    def merged(self, old: str, kept: str) -> None:
        """Two stories turned out to be one, which has alerted if either had."""
        before = self._stories.pop(old, None)
        other = self._stories.get(kept)
        if before is not None and (other is None or (other.late and not before.late)):
            self._stories[kept] = before

    def decide(self, news: Iterable[News], now: float) -> list[Alert]:
        """The alerts for what came in, kills first, then by urgency; summaries that are due stand before them."""
        if not self.settings.on:
            return []
        found = self.due(now)
        for each in sorted(news, key=lambda each: (not each.killed, not each.corrected, each.story.priority)):
            alert = self._of(each, now)
            if alert is not None:
                self._remember(alert)
                found.append(alert)
        self._forget(now)
        return found

    def due(self, now: float) -> list[Alert]:
        """The summaries whose time has come: of a flood a minute after it began, of quiet hours when they are over."""
        found = []
        if self._held and now >= self._held_until and self._quiet.until(now) is None and self._room(now, whole=True):
            found.append(self._summary("quiet", self._held, now))
        if self._folded and now - self._folded_since >= MINUTE and self._room(now, whole=True):
            found.append(self._summary("flood", self._folded, now))
        for alert in found:
            self._remember(alert)
        return found

    @property
    def owes(self) -> bool:
        """Whether a summary is to come: look at `due` now and then."""
        return bool(self._folded or self._held)

    # --- one story ----------------------------------------------------------------------------------------------------

    def _of(self, news: News, now: float) -> Alert | None:
        """The alert of a story, if it is one at all."""
        story, told = news.story, self._stories.get(news.story.id)
        alerted = told is not None and not told.late
        if news.killed and (alerted or news.seen) and not (told and told.killed):
            return self._amended("killed", news, now, "withdrew what was shown")
        if news.corrected and (alerted or news.seen) and not (told and now - told.corrected < CORRECTED_AGAIN):
            return self._amended("corrected", news, now, "corrected what was shown")
        if told is None or (told.late and not news.late):
            return self._hit(news, now)
        if told.late or told.killed:
            return None
        if story.priority < min(told.priority, told.own) and story.priority <= URGENT:
            return self._alert("raised", story, now, "it became more urgent")
        crossed = [mark for mark in self.settings.grow if told.outlets < mark <= story.outlets]
        if crossed:
            return self._alert("grown", story, now, f"{story.outlets} outlets have it", level=told.priority)
        return None

    def _amended(self, why: AlertWhy, news: News, now: float, did: str) -> Alert:
        alert = self._alert(why, news.story, now, f"{news.by or news.story.source} {did}")
        return msgspec.structs.replace(alert, headline=news.headline or alert.headline, source=news.by or alert.source)

    def _hit(self, news: News, now: float) -> Alert | None:
        if not news.hits:
            return None
        hit = min(news.hits, key=lambda hit: news.story.priority if hit.level is None else hit.level)
        alert = self._alert("new", news.story, now, hit.reason, hit=hit, level=self._level(news))
        return msgspec.structs.replace(alert, state="late", acked=now, channels=()) if news.late else alert

    @staticmethod
    def _level(news: News) -> int:
        return min(news.story.priority if hit.level is None else hit.level for hit in news.hits)

    def _alert(
        self, why: AlertWhy, story: Story, now: float, reason: str, *, hit: Hit | None = None, level: int | None = None
    ) -> Alert:
        priority = story.priority if level is None else level
        channels = (hit.channels if hit is not None else ()) or self.settings.channels
        sound = (hit.sound if hit is not None else None) or self.settings.sound
        state, until = self._state(why, priority, hit, now)
        return Alert(
            n=0,
            at=now,
            why=why,
            state=state,
            headline=story.headline,
            story=story.id,
            rule=hit.rule if hit is not None else "",
            reason=reason,
            source=story.source,
            url=story.url,
            priority=priority,
            own=story.priority,
            outlets=story.outlets,
            flags=story.flags,
            channels=channels if state == "told" else (),
            sound=sound,
            until=until,
        )

    def _state(self, why: AlertWhy, priority: int, hit: Hit | None, now: float) -> tuple[AlertState, float]:
        """Whether an alert is heard now, and until when it is held where it is."""
        until = self._quiet.until(now)
        if until is None and hit is not None and hit.quiet:
            until = Quiet(hit.quiet, self.settings.tzinfo()).until(now)
        if until is not None and priority > self.settings.quiet_level:
            return "held", until
        if why == "new" and hit is not None:
            cooldown = self.settings.cooldown if hit.cooldown is None else hit.cooldown
            if now - self._ruled.get(hit.rule, -DAY) < cooldown:
                return "cooling", 0.0
        return ("told" if self._room(now) else "folded"), 0.0

    def _room(self, now: float, *, whole: bool = False) -> bool:
        """Whether the minute's budget has room; while a summary is to come its place in it is kept free."""
        while self._sounded and now - self._sounded[0] >= MINUTE:
            self._sounded.popleft()
        kept = 0 if whole or not self._folded else 1
        return len(self._sounded) < self.settings.budget - kept

    # --- summaries ----------------------------------------------------------------------------------------------------

    def _summary(self, why: AlertWhy, counts: Counter[str], now: float) -> Alert:
        until = self._quiet.until(now)
        state: AlertState = "told" if until is None else "held"
        number = counts.total()
        since = self._held_since if why == "quiet" else self._folded_since
        named = ", ".join(f"{rule or 'on stories shown before'} {count}" for rule, count in counts.most_common(NAMED))
        more = f", {len(counts) - NAMED} more rules" if len(counts) > NAMED else ""
        what = "held in quiet hours" if why == "quiet" else "more at once"
        return Alert(
            n=0,
            at=now,
            why=why,
            state=state,
            headline=f"{number} alert{'s' * (number != 1)} {what}: {named}{more}",
            reason=f"since {int(now - since) // 60} minutes" if now - since >= 2 * MINUTE else "",
            priority=URGENT,
            channels=self.settings.channels if state == "told" else (),
            sound=self.settings.sound,
            count=number,
            until=until or 0.0,
        )

    def _remember(self, alert: Alert) -> None:
        """Takes an alert into account, one just decided or one of the log."""
        if alert.why in ("flood", "quiet"):
            (self._folded if alert.why == "flood" else self._held).clear()
        elif alert.state == "folded":
            self._folded_since = self._folded_since if self._folded else alert.at
            self._folded[alert.rule] += 1
        if alert.state == "held":
            self._held_since, self._held_until = (
                (self._held_since, max(self._held_until, alert.until)) if self._held else (alert.at, alert.until)
            )
            self._held[alert.rule] += alert.count or 1
        if alert.state == "told":
            self._sounded.append(alert.at)
            if alert.rule:
                self._ruled[alert.rule] = alert.at
        if alert.story:
            self._remember_story(alert)

    def _remember_story(self, alert: Alert) -> None:
        late = alert.state == "late"
        told = self._stories.pop(alert.story, None)
        if told is None or told.late:
            told = _Told(alert.at, alert.outlets, alert.priority, alert.own, late)
        elif not late:
            told.at = alert.at
            told.outlets = max(told.outlets, alert.outlets)
            told.priority = min(told.priority, alert.priority)
            told.own = min(told.own, alert.own)
        told.killed = told.killed or alert.why == "killed"
        if alert.why == "corrected":
            told.corrected = alert.at
        self._stories[alert.story] = told  # at the end: the oldest are forgotten first

    def _forget(self, now: float) -> None:
        for story in list(self._stories):
            if now - self._stories[story].at <= REMEMBERED:
                break
            del self._stories[story]
