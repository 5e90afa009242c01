"""What waits to be written while the store can't take it: the disk is full, or another program holds the database.

Documents wait unjudged, in order, with the source states that vouch for them; judging needs what is stored before them.
Only the first one is judged: it is what the store refused, and is tried again as it is. So validators never get ahead
of the items in the store (FAULTS 118, 119, 125).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from wirewatch.engine import cadence
from wirewatch.errors import LeaseLostError, StoreError
from wirewatch.model import Document, SourceState
from wirewatch.store.contract import Outcome, StoreBusyError, StoreFullError
from wirewatch.stories import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wirewatch.engine.filing import Filing
    from wirewatch.model import Change

MOST = 32_000_000
"""Characters of text held; beyond it no source is asked until the store takes writes again."""
ITEM_OVERHEAD = 1000
"""What an item counts for besides its text."""
ROOM_LEAST = 200_000_000
"""Bytes that must be free on the disk: the last ones are the user's (FAULT 119)."""
BATCH = 50
"""Polls handed over in one go, so that others get at the store in between."""

Trouble = StoreBusyError | StoreFullError


class Written(NamedTuple):
    """What `retry` did: what changed, how the sources now stand, and whose answers had to be given up."""

    changes: list[Change]
    states: dict[str, SourceState]
    given_up: dict[str, StoreError]


class _Waiting(msgspec.Struct):
    state: SourceState
    document: Document | None
    heard: float | None
    outcome: Outcome | None = None
    """What judging made of it, once it was its turn."""


class Held:
    """Files polls one after the other, and keeps them where the store can't. Belongs to the thread of the store.

    `start_over` fills the index anew after judgements that were not written; `room` says how many bytes are free.
    """

    def __init__(self, filing: Filing, start_over: Callable[[], object], room: Callable[[], int]) -> None:
        self.filing = filing
        self.trouble: Trouble | None = None
        """Why the store takes nothing now; None while it does."""
        self.weight = 0
        """Characters of text that wait."""
        self._start_over = start_over
        self._room = room
        self._queue: deque[_Waiting] = deque()
        self._last: dict[str, _Waiting] = {}
        self._listed: dict[str, dict[str, set[str]]] = {}
        """What a source whose polls wait said last of each item, by source and item."""
        self._counted: dict[str, SourceState] = {}
        """The last state written late, by source, until a later one has its counts."""
        self._stale = False
        """The index knows what isn't stored, and nobody will write it."""

    @property
    def full(self) -> bool:
        """True when no more may be kept."""
        return self.weight > MOST

    @property
    def items(self) -> int:
        """How many items and takes wait, some of which may turn out to be known."""
        return sum(len(waiting.document.items) for waiting in self._queue if waiting.document is not None)

    def file(
        self, document: Document | None, state: SourceState, heard: float | None = None
    ) -> tuple[list[Change], SourceState]:
        """Writes a poll, or keeps it until `retry`. Raises LeaseLostError, and StoreError for what waiting can't mend.

        `document` is None where the poll brought none; `heard` is when the source last answered before it.
        """
        waiting = _Waiting(state, document, heard)
        if self.trouble is None:
            try:
                return self._write(waiting)
            except (StoreBusyError, StoreFullError) as error:
                self.trouble = error
        self._keep(waiting)
        return [], state

    def file_states(self, polls: Sequence[tuple[SourceState, float | None]]) -> dict[str, SourceState]:
        """Writes polls that brought nothing in one transaction, or keeps them until `retry`; each source's state.

        A poll is the state after it, and when the source last answered before. Raises as `file`.
        """
        waiting = [_Waiting(self._caught_up(state), None, heard) for state, heard in polls]
        states = {one.state.name: one.state for one in waiting}
        if self.trouble is None:
            try:
                self._check_room()
                self.filing.writer.put_states(states.values())
            except (StoreBusyError, StoreFullError) as error:
                self.trouble = error
            else:
                return states
        for one in waiting:
            self._keep(one)
        return states

    def retry(self, most: int = BATCH) -> Written:
        """Hands over what waits, as far as the store takes it; `trouble` is None once nothing waits any more.

        Raises LeaseLostError. A source whose document can't be stored for another reason loses all that waits of it,
        and must be asked anew without validators.
        """
        written = Written([], {}, {})
        for _ in range(most):
            if not self._queue:
                break
            name = self._queue[0].state.name
            try:
                changes, state = self._write(self._queue[0])
            except (StoreBusyError, StoreFullError) as error:
                self.trouble = error
                return written
            except LeaseLostError:
                raise
            except StoreError as error:
                written.given_up[name] = error
                self._drop(name)
                continue
            written.changes.extend(changes)
            written.states[name] = state
            self._pass(state)
        if not self._queue:
            self.trouble = None
            self.weight = 0
        return written

    def _check_room(self) -> None:
        if self._room() < ROOM_LEAST:
            raise StoreFullError(f"Less than {ROOM_LEAST // 1_000_000} MB are free on the disk of the data directory.")

    def _write(self, waiting: _Waiting) -> tuple[list[Change], SourceState]:
        self._check_room()
        waiting.state = self._caught_up(waiting.state)
        if waiting.outcome is None:
            waiting.outcome = self._judged(waiting)
        outcome = waiting.outcome
        if waiting.state.last_attempt != outcome.state.last_attempt:  # polled again since it was judged
            outcome = msgspec.structs.replace(outcome, state=cadence.carried(waiting.state, outcome.state))
        changes = self.filing.writer.complete(outcome)
        if waiting.document is not None:
            self._stale = False
        return changes, outcome.state

    def _judged(self, waiting: _Waiting) -> Outcome:
        if waiting.document is None:
            return Outcome(waiting.state)
        if self._stale:
            self._start_over()
        self._stale = True
        return self.filing.judge(waiting.document, waiting.state, heard=waiting.heard)

    def _keep(self, waiting: _Waiting) -> None:
        """Puts a poll behind what waits; what its source brought before and still lists isn't kept twice."""
        name, last = waiting.state.name, self._last.get(waiting.state.name)
        if waiting.document is not None:
            known = self._listed.setdefault(name, {})
            listed: dict[str, set[str]] = {}
            news = []
            for item in waiting.document.items:
                text = identity.content(item)
                listed.setdefault(item.id, set()).add(text)
                if text not in known.get(item.id, ()):
                    news.append(item)
                    self.weight += ITEM_OVERHEAD + sum(map(len, (item.headline, item.summary or "", item.body or "")))
            known.update(listed)
            waiting.document = msgspec.structs.replace(waiting.document, items=tuple(news)) if news else None
        if last is not None and waiting.document is None:
            last.state = waiting.state
            return
        self._queue.append(waiting)
        self._last[name] = waiting

    def _pass(self, state: SourceState) -> None:
        """Takes the first one off, which is written now."""
        done = self._queue.popleft()
        self._counted[state.name] = state
        if self._last[state.name] is done:
            self._forget(state.name)

    def _caught_up(self, state: SourceState) -> SourceState:
        """The state with the news of earlier polls in its counts, where it was made before they were counted."""
        counted = self._counted.pop(state.name, None)
        return state if counted is None or counted.items <= state.items else cadence.carried(state, counted)

    def _drop(self, name: str) -> None:
        self._queue = deque(waiting for waiting in self._queue if waiting.state.name != name)
        self._forget(name)

    def _forget(self, name: str) -> None:
        del self._last[name]
        self._listed.pop(name, None)
