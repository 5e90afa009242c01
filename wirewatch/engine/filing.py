"""From a parsed document to one transaction: what is new in it, where it belongs, how its stories now stand."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from wirewatch.clock import MINUTE
from wirewatch.engine import arrivals, cadence, forms, words
from wirewatch.engine.process import Process
from wirewatch.store.contract import Outcome, StoreBusyError, StoreFullError
from wirewatch.stories import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wirewatch.config import Config
    from wirewatch.engine.alerting import Alerting
    from wirewatch.engine.arrivals import Arrival
    from wirewatch.engine.edits import Reflag
    from wirewatch.model import Alert, Change, Document, Item, Placed, SourceState, Story
    from wirewatch.store.contract import Settled, Writer

CAUGHT_UP = 15 * MINUTE
"""A source not heard for longer than this brings a backlog: its items take their places by the publisher's time."""
STEP = 500
"""Items that one step of `rebuilding` brings."""


class Filing:
    """Files one source's news at a time. Belongs to the thread that owns the writer."""

    def __init__(self, process: Process, writer: Writer, alerting: Alerting | None = None) -> None:
        self.process = process
        self.writer = writer
        self.alerting = alerting

    def start_over(self, config: Config, since: float) -> None:
        """Forgets what was judged and not written: the index is filled again with what is stored."""
        self.process = Process(config)
        self.rebuild(since)

    def rebuild(self, since: float) -> int:
        """Fills the same-story index from the stored items that arrived since a time; how many there were."""
        return sum(self.rebuilding(since))

    def rebuilding(self, since: float) -> Iterator[int]:
        """Does what `rebuild` does in steps of some hundred items; how many each of them brought.

        Nothing may be judged before the last step. Forms that another version of wirewatch made are made anew.
        """
        stamp = forms.stamp()
        index = self.process.index
        afresh: dict[str, bytes] = {}
        count = 0
        if self.alerting is not None:
            self.alerting.load()
        for recent in self.writer.to_index(since, stamp):
            if recent.form is not None:
                index.recall(recent.id, recent.story, recent.source, recent.arrived, forms.unpack(recent.form))
            elif recent.placed is not None:
                self.process.load(recent.placed)
                afresh |= self._forms([recent.id])
            count += 1
            if count % STEP == 0:
                self._keep(afresh)
                afresh = {}
                yield STEP
        self._keep(afresh)
        for one, other in self.writer.apart():
            index.word.keep_apart(one, other)
        yield count % STEP

    def _keep(self, forms: dict[str, bytes]) -> None:
        """Stores forms where the store can take them; where it can't, texts are read again at the next start."""
        if forms:
            with suppress(StoreBusyError, StoreFullError):
                self.writer.put_forms(forms)

    def _forms(self, item_ids: Iterable[str]) -> dict[str, bytes]:
        """What the index makes of these items, ready to be stored, as far as it knows them."""
        known = ((item_id, self.process.index.memory(item_id)) for item_id in item_ids)
        return {item_id: forms.pack(memory) for item_id, memory in known if memory is not None}

    def hear(self) -> tuple[list[Change], list[str]]:
        """Does what the user said of stories; what changed, and in words what couldn't be done. Raises StoreError."""
        changes: list[Change] = []
        refused: list[str] = []
        for word in self.writer.words():
            settled = words.settled(word, self.writer, self._row)
            changes += self.writer.settle(settled)
            if settled.refused:
                refused.append(f"That couldn't be done: {settled.refused}.")
            else:
                self._obey(settled)
        return changes, refused

    def _obey(self, settled: Settled) -> None:
        """Has the index know what a word changed; whatever comes later is compared with that."""
        word = self.process.index.word
        for old, kept in settled.merged:
            word.join(old, kept)
        moved: dict[str, list[tuple[str, str | None]]] = {}
        for placed in settled.placed:
            moved.setdefault(placed.story, []).append((placed.item.id, placed.copy_of))
        for story, items in moved.items():
            word.put(items, story)
        for one, other in settled.apart:
            word.keep_apart(one, other)

    def file(self, document: Document, state: SourceState, *, heard: float | None) -> tuple[list[Change], SourceState]:
        """Writes what is new in a document together with the source's new state; the changes, and that state.

        `heard` is when the source last answered before this poll, None if never. Raises StoreError; then nothing was
        written, but the index knows what was judged.
        """
        outcome = self.judge(document, state, heard=heard)
        return self.writer.complete(outcome), outcome.state

    def judge(self, document: Document, state: SourceState, *, heard: float | None) -> Outcome:
        """What is new in a document, ready to be written. Raises StoreError.

        The index knows it from now on: nothing else may be judged before the outcome is written, or `start_over`.
        """
        found = arrivals.candidates(document.items)
        known = self.writer.known(
            state.name, [key for candidate in found for key in (*candidate.keys, *candidate.nearby)]
        )
        news = [self._split_reused(arrival) for arrival in arrivals.decide(found, known)]
        fresh = sum(arrival.previous is None for arrival in news)
        was, state = state, cadence.counted(state, fresh, document, _delays(news, heard))
        if not news:
            return Outcome(state)
        placed, merged, before = self._judge(news)
        renamed = [self._renamed(arrival) for arrival in news]
        content = {arrival.item.id: arrival.content for arrival in renamed}
        deposed = self._deposed(merged)
        begun = {f"s{arrival.item.id}" for arrival in news if arrival.previous is None}
        touched = placed | deposed
        before = deposed | before
        stories = []
        for story, changed in self._stories(touched, merged, begun, heard):
            stories.append(story)
            touched |= {item_id: new for item_id, (_, new) in changed.items()}
            before |= {item_id: old for item_id, (old, _) in changed.items() if item_id not in placed}
        alerts: tuple[Alert, ...] = ()
        if self.alerting is not None:
            alerts = self.alerting.decide(was, heard, tuple(touched.values()), before, stories, merged)
        return Outcome(
            state,
            placed=tuple(touched.values()),
            keys={arrival.item.id: arrival.keys for arrival in renamed},
            content=content
            | {item_id: identity.content(one.item) for item_id, one in touched.items() if item_id not in content},
            stories=tuple(stories),
            merged=merged,
            alerts=alerts,
            forms=self._forms(touched),
        )

    def reflag(self, since: float, edit: Reflag) -> list[Change]:
        """Reads the flags of all items received since a time anew, as far as an edit concerns them."""
        judged: dict[str, Placed] = {}
        touched: dict[str, None] = {}
        every = edit.every or self.process.rules.ask_story
        words = None if edit.every else self.process.rules.needed(edit.rules)
        words = None if words is None or edit.words is None else words | edit.words
        for old in self.writer.recent(since, words=words, flags=edit.flags):
            new = self.process.reflag(old, None if edit.watch else edit.rules)
            if _differs(old, new):
                judged[new.item.id] = new
            if every or new.item.id in judged:
                touched[old.story] = None
        changed: list[Placed] = []
        stories: list[Story] = []
        for story in touched:
            before = self.writer.items_of(story)
            row, after = self._row([judged.get(placed.item.id, placed) for placed in before])
            changed += [new for old, new in zip(before, after, strict=True) if _differs(old, new)]
            stories.append(row)
        return self.writer.replace_flags(changed, stories) if stories else []

    def _row(self, members: list[Placed]) -> tuple[Story, list[Placed]]:
        """The story of these items, and they themselves as rules see them that ask for what it tells."""
        story = self.process.story(members)
        if not self.process.rules.ask_story:
            return story, members
        again = [self.process.in_story(placed, story) for placed in members]
        return (story, members) if again == members else (self.process.story(again), again)

    def _split_reused(self, arrival: Arrival) -> Arrival:
        """The arrival as a new item where its known guid was given to another piece."""
        previous = arrival.previous
        if previous is None or not arrival.keys[0].startswith("g:") or previous.key != arrival.keys[0]:
            return arrival
        stored = self._stored(previous.story, previous.id)
        if stored is None or not arrivals.reused_guid(arrival.item, stored.item):
            return arrival
        item = msgspec.structs.replace(arrival.item, id=f"{arrival.item.id}-{arrival.content[:6]}")
        return arrival._replace(item=item, previous=None, keys=arrival.keys[1:] or arrival.keys)

    def _renamed(self, arrival: Arrival) -> Arrival:
        """The arrival under the id it is filed under: a later take keeps the id of the item it is a take of."""
        if arrival.previous is None:
            return arrival
        return arrival._replace(item=msgspec.structs.replace(arrival.item, id=arrival.previous.id))

    def _deposed(self, merged: tuple[tuple[str, str], ...]) -> dict[str, Placed]:
        """The stored leads of stories that became part of another one: reports there, by item id."""
        into = dict(merged)
        return {
            old.item.id: msgspec.structs.replace(old, role="report", story=_final(kept, into))
            for story, kept in merged
            for old in self.writer.items_of(story)
            if old.role == "lead"
        }

    def _judge(
        self, news: Sequence[Arrival]
    ) -> tuple[dict[str, Placed], tuple[tuple[str, str], ...], dict[str, Placed]]:
        """Every arrival placed and flagged, oldest published first, by item id; the stories found to be one.

        And the earlier takes of what isn't new, by item id.
        """
        placed: dict[str, Placed] = {}
        before: dict[str, Placed] = {}
        merged: list[tuple[str, str]] = []
        for arrival in sorted(news, key=lambda arrival: _by_time(arrival.item)):
            known = arrival.previous
            previous = self._stored(known.story, known.id) if known else None
            if previous is None:
                judged, joined = self.process.place(arrival.item)
                merged.extend(joined)
            else:
                take = msgspec.structs.replace(
                    arrival.item,
                    id=previous.item.id,
                    version=previous.item.version + 1,
                )
                judged = self.process.retake(take, previous)
                judged = msgspec.structs.replace(judged, role=previous.role)
                before.setdefault(judged.item.id, previous)
            placed[judged.item.id] = judged
        into = dict(merged)
        for item_id, judged in placed.items():
            story = _final(judged.story, into)
            if story != judged.story:
                role = "report" if judged.role == "lead" else judged.role
                placed[item_id] = msgspec.structs.replace(judged, story=story, role=role)
        return placed, tuple(merged), before

    def _stories(
        self, placed: dict[str, Placed], merged: tuple[tuple[str, str], ...], begun: set[str], heard: float | None
    ) -> Iterable[tuple[Story, dict[str, tuple[Placed, Placed]]]]:
        """Every story touched, as it stands with these arrivals, and which of its items were judged anew for that.

        Those are given by id, as they were and as they are.

        Those in `begun` have nothing stored yet.
        """
        sources_of: dict[str, list[str]] = {}
        for old, kept in merged:
            sources_of.setdefault(kept, []).extend([old, *sources_of.pop(old, [])])
        for story in dict.fromkeys(judged.story for judged in placed.values()):
            sources_of.setdefault(story, [])
        for story, olds in sources_of.items():
            members: dict[str, Placed] = {}
            for part in (story, *olds):
                if part not in begun:
                    for member in self.writer.items_of(part):
                        members[member.item.id] = msgspec.structs.replace(member, story=story)
            members.update((item_id, judged) for item_id, judged in placed.items() if judged.story == story)
            if members:
                ordered = sorted(members.values(), key=lambda member: (member.arrived, _by_time(member.item)))
                row, after = self._row(ordered)
                both = zip(ordered, after, strict=True)
                changed = {new.item.id: (old, new) for old, new in both if _differs(old, new)}
                yield _in_its_place(row, heard), changed

    def _stored(self, story: str, item_id: str) -> Placed | None:
        return next((placed for placed in self.writer.items_of(story) if placed.item.id == item_id), None)


def _differs(old: Placed, new: Placed) -> bool:
    return (new.flags, new.priority) != (old.flags, old.priority)


def _delays(news: Sequence[Arrival], heard: float | None) -> list[float]:
    """How late each new item came after its publisher's time, of a source that has been listened to all the while."""
    return [
        arrival.item.received - arrival.item.published
        for arrival in news
        if arrival.previous is None
        and arrival.item.published is not None
        and heard is not None
        and arrival.item.received - heard <= CAUGHT_UP
    ]


def _final(story: str, into: dict[str, str]) -> str:
    """The story that a story is part of now."""
    while story in into:
        story = into[story]
    return story


def _by_time(item: Item) -> tuple[float, str]:
    """Arrival order inside one document: what was published first arrived first; undated items count as just now."""
    return (item.published if item.published is not None else item.received, item.id)


def _in_its_place(story: Story, heard: float | None) -> Story:
    """The story with the time its row stands at: when it was first seen, or the publisher's time if it is backlog.

    Only a new story's place counts: the store keeps the one it has, so that no row moves under the reader.
    """
    at = story.first_seen
    gap = heard is None or story.first_seen - heard > CAUGHT_UP
    if gap and story.published is not None:
        at = max(min(story.published, story.first_seen), heard or 0.0)
    return msgspec.structs.replace(story, at=at)
