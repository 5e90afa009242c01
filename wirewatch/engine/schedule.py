"""When each source is asked next, and why then: pure decisions on what is known of it.

The user's `every` stands as it is. Otherwise the pace comes from the kind of source, is slowed down for one that rarely
brings anything, and never goes below what the server asks for. All moments are wall time; the engine turns them into
monotonic delays at once, so that a clock that jumps moves nothing that is under way.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.errors import FetchError, OfflineError, ParserDiedError
from wirewatch.model import SourceState

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

    from wirewatch.engine.fetch import Response
    from wirewatch.errors import ParseError
    from wirewatch.model import Document, Kind, Source

DEFAULT: dict[Kind, float] = {"agency": MINUTE, "official": MINUTE, "press": 2 * MINUTE, "web": 2 * MINUTE}
"""Seconds between polls of a source of each kind, where nothing else is known."""
PROMPT = frozenset({"agency", "official"})
"""Kinds that are never slowed down for being quiet: what they bring is rare and can't wait."""
QUIET_MOST = 15 * MINUTE
"""The longest pause that quietness alone brings."""
PER_ITEM = 20
"""Polls for each item that a source brings on average, before it counts as quiet."""
HINT_MOST = DAY
TTL_MOST = 10 * MINUTE
"""A feed's own `ttl` counts up to here: most say 60 minutes out of habit while their news is minutes old. What the
server says about caching (Cache-Control, Expires) counts in full."""
BACKOFF_MOST = HOUR
REFUSED_MOST = 6 * HOUR
"""The longest back-off from servers that refuse or have nothing (FAULTS 48, 49)."""
REFUSED = frozenset({401, 402, 403, 404, 451})
QUARANTINE = HOUR
"""How long a source is left alone whose document the parser didn't survive (FAULT 76)."""
JITTER = 0.1
PROBE = 15.0
"""Seconds between tries while this machine seems to have no network (FAULT 3)."""
AFRESH = 8 * DAY
"""A source is asked without validators this long after it last sent a document: some answer 304 for ever (FAULT 34)."""
SWEEP_GAP = 0.1
"""Seconds between sources that are overdue at a start (FAULTS 63, 64)."""
SWEEP_MOST = 30.0
"""All overdue sources are asked within this many seconds."""
FIRST_GAP = 0.02
"""Seconds between sources never asked before: somebody is waiting for a first screen."""
RATE_SPAN = 6 * HOUR
"""How far back the observed rate looks: an item counts e times less this long after it came."""
CLOCK_SLACK = MINUTE


# -- before a poll ----------------------------------------------------------------------------------------------------


def interval(source: Source, state: SourceState) -> tuple[float, str]:
    """Seconds between polls while all goes well, and why, in plain words."""
    if source.every is not None:
        return source.every, f"every {span(source.every)} as configured"
    seconds = DEFAULT[source.kind]
    why = f"every {span(seconds)}, as for all sources of kind {source.kind}"
    if source.kind not in PROMPT and state.rate is not None:
        quiet = min(HOUR / max(state.rate, 1e-6) / PER_ITEM, QUIET_MOST)
        if quiet > seconds:
            seconds, why = quiet, f"every {span(quiet)}, because it brings {often(state.rate)}"
    if state.hint is not None and state.hint > seconds:
        seconds, why = state.hint, f"every {span(state.hint)}, as the server asks"
    return seconds, why


def held_back(state: SourceState | None, now: float, *, by_hand: bool = False) -> bool:
    """True for a source that must not be asked now whether due or not: gone, paused, or its server asked for silence.

    `by_hand`: the user wants it now, which revives a gone or paused source but doesn't break a server's request.
    """
    if state is None:
        return False
    if state.state in {"gone", "paused"} and not by_hand:
        return True
    # no wait is longer than a day: a later time is a clock that was set back
    return state.held_until is not None and now < state.held_until <= now + HINT_MOST + CLOCK_SLACK


def validators(state: SourceState, *, now: float) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to be sent, exactly as they came; neither once in eight days without a document."""
    if state.last_full is None or now - state.last_full >= AFRESH:
        return None, None
    return state.etag, state.last_modified


def moved(before: SourceState, source: Source) -> SourceState:
    """The state of a source whose URL is new or another one than before: nothing of the old server applies any more."""
    if not before.url:
        return msgspec.structs.replace(before, url=source.url)
    return SourceState(before.name, source.url, items=before.items, requests=before.requests, bytes=before.bytes)


def resume(
    sources: Iterable[Source], states: Mapping[str, SourceState], *, now: float, rng: random.Random
) -> dict[str, float]:
    """When each source is asked first after a start, from the persisted schedule: by name, gone and paused ones absent.

    What is overdue is spread out, agencies and officials first; never at once, never later than half a minute.
    """
    moments: dict[str, float] = {}
    overdue: list[tuple[bool, bool, float, str]] = []
    for source in sources:
        state = states.get(source.name)
        if state is not None and state.url and state.url != source.url:
            state = None
        if state is not None and state.state in {"gone", "paused"}:
            continue
        moment = None if state is None else _persisted(state, now)
        if moment is not None and moment > now:
            moments[source.name] = moment
        else:
            overdue.append((moment is not None, source.kind not in PROMPT, rng.random(), source.name))
    overdue.sort()
    asked_before = sum(known for known, *_ in overdue)
    gap = min(SWEEP_GAP, SWEEP_MOST / max(asked_before, 1))
    moment = now
    for known, _, _, name in overdue:
        moments[name] = moment
        moment += gap if known else min(FIRST_GAP, gap)
    return moments


def _persisted(state: SourceState, now: float) -> float | None:
    """The stored moment of the next poll, mended where the clock was set back since; None when it was never asked."""
    if state.next_poll is None:
        return None if state.last_attempt is None else now
    if state.last_attempt is not None and state.last_attempt > now + CLOCK_SLACK:
        return now + min(max(state.next_poll - state.last_attempt, 0.0), HINT_MOST)
    return min(state.next_poll, now + HINT_MOST + CLOCK_SLACK)


# -- after a poll -----------------------------------------------------------------------------------------------------


def after_success(
    source: Source, before: SourceState, response: Response, document: Document, *, now: float, rng: random.Random
) -> SourceState:
    """The state after a document was read. `counted` adds what was new in it once that is known."""
    notes = [note for note in (document.note, response.note) if note]
    state = msgspec.structs.replace(
        before,
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=response.body_hash,
        last_full=now,
        hint=_hint(source, response.max_age, document.ttl),
        title=document.title or before.title,
        note="; ".join(notes) or None,
    )
    return _well(source, state, response, now=now, rng=rng)


def after_unchanged(
    source: Source, before: SourceState, response: Response, *, now: float, rng: random.Random
) -> SourceState:
    """The state after a 304, or after the same bytes came again."""
    whole = response.content is not None
    hint = before.hint
    if response.max_age is not None:
        # the document isn't read again, so its ttl, which counts only so far, is what is left of the old hint
        hint = _hint(source, response.max_age, min(before.hint or 0.0, TTL_MOST))
    state = msgspec.structs.replace(
        before,
        etag=response.etag if whole else response.etag or before.etag,
        last_modified=response.last_modified if whole else response.last_modified or before.last_modified,
        last_full=now if whole else before.last_full,
        hint=hint,
        unchanged=before.unchanged + 1,
    )
    return _well(source, state, response, now=now, rng=rng)


def after_failure(
    source: Source,
    before: SourceState,
    error: FetchError | ParseError,
    *,
    now: float,
    rng: random.Random,
    offline: bool | None = None,
) -> SourceState:
    """The state after a failed poll; validators stay as they were, so that nothing is missed when it works again.

    `offline`: whether this machine has no network, where the caller knows better than the error. Being offline is not
    held against a source.
    """
    status = error.status if isinstance(error, FetchError) else None
    held = error.held_until if isinstance(error, FetchError) else None
    reason = error.reason if isinstance(error, FetchError) else str(error)
    common = {"reason": reason, "last_attempt": now, "requests": before.requests + 1, "held_until": held}
    if isinstance(error, OfflineError) if offline is None else offline:
        pause = PROBE * (1 + JITTER * rng.random())
        return msgspec.structs.replace(
            before, **common, state="offline", next_poll=now + pause, next_why=f"no network, tried every {span(PROBE)}"
        )
    failures = before.failures + 1
    if status == 410:
        why = "never by itself: the server says that it is gone for good; poll it by hand to try again"
        return msgspec.structs.replace(before, **common, state="gone", failures=failures, next_poll=None, next_why=why)
    pause = _backoff(source, before, failures, refused=status in REFUSED) * (1 + JITTER * (2 * rng.random() - 1))
    if isinstance(error, ParserDiedError):
        pause = max(pause, QUARANTINE)
    if held is not None and held > now + pause:
        when = held + min((held - now) * JITTER, MINUTE) * rng.random()
        return msgspec.structs.replace(
            before,
            **common,
            state="held",
            failures=failures,
            next_poll=when,
            next_why=f"the server asked for {span(held - now)}",
        )
    return msgspec.structs.replace(
        before,
        **common,
        state="failing",
        failures=failures,
        next_poll=now + pause,
        next_why=f"{ordinal(failures)} failure{' in a row' if failures > 1 else ''}, retry in {span(pause)}",
    )


def counted(state: SourceState, fresh: int, document: Document) -> SourceState:
    """The state with the new items of its last document counted, in all and into the hourly rate."""
    if state.rate is None:
        rate = _rate_of(document, state.last_success or 0.0)
    else:
        rate = state.rate + fresh * HOUR / RATE_SPAN
    return msgspec.structs.replace(state, items=state.items + fresh, rate=rate)


def _well(source: Source, state: SourceState, response: Response, *, now: float, rng: random.Random) -> SourceState:
    """What any usable answer means: no failures, the rate a little older, the next poll at the usual pace."""
    rate = state.rate
    if rate is not None and state.last_success is not None:
        rate *= math.exp(-max(0.0, now - state.last_success) / RATE_SPAN)
    state = msgspec.structs.replace(
        state,
        state="ok",
        reason=None,
        failures=0,
        held_until=None,
        rate=rate,
        last_attempt=now,
        last_success=now,
        requests=state.requests + 1,
        bytes=state.bytes + response.size,
    )
    seconds, why = interval(source, state)
    if source.every is None:
        seconds *= 1 + JITTER * rng.random()
    return msgspec.structs.replace(state, next_poll=now + seconds, next_why=why)


def _backoff(source: Source, state: SourceState, failures: int, *, refused: bool) -> float:
    """Seconds: the usual pace after the first failure, twice as long after each further one, up to a limit."""
    usual, _ = interval(source, state)
    most = max(usual, REFUSED_MOST if refused else BACKOFF_MOST)
    return min(usual * 2.0 ** min(failures - 1, 32), most)


def _hint(source: Source, max_age: float | None, ttl: float | None) -> float | None:
    """Seconds that server and feed ask for, from the usual pace up to a day (FAULT 57); None when it is less."""
    asked = min(max(max_age or 0.0, min(ttl or 0.0, TTL_MOST)), HINT_MOST)
    least = source.every if source.every is not None else DEFAULT[source.kind]
    return asked if asked > least else None


def _rate_of(document: Document, now: float) -> float | None:
    """Items an hour by the publisher's times in a first document; None where they say too little."""
    times = [item.published for item in document.items if item.published is not None and item.published <= now]
    recent = sorted(moment for moment in times if moment > now - 7 * DAY)
    if len(times) < 3 or not recent:
        return 0.0 if len(times) >= 3 else None
    return len(recent) * HOUR / max(now - recent[0], HOUR)


# -- words ------------------------------------------------------------------------------------------------------------


def span(seconds: float) -> str:
    """`30 s`, `8 min`, `1.5 h`: a pause as people say it."""
    if seconds < 90:
        return f"{seconds:.3g} s"
    if seconds < 90 * MINUTE:
        return f"{seconds / MINUTE:.2g} min" if seconds < 10 * MINUTE else f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.3g} h"


def often(rate: float) -> str:
    """How often something comes, from items an hour."""
    if rate >= 1:
        return f"about {rate:.0f} items an hour"
    daily = rate * 24
    return f"about {daily:.0f} items a day" if daily >= 1.5 else "less than two items a day"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th` …"""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
