"""When each source is asked next, and why then: pure decisions on what is known of it.

The user's `every` stands as it is. Otherwise the pace is that of `cadence`, and never faster than the server asks for.
All moments are wall time; the engine turns them into monotonic delays at once, so that a clock that jumps moves nothing
that is under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from wirewatch import text
from wirewatch.clock import DAY, HOUR, MINUTE
from wirewatch.engine import cadence
from wirewatch.engine.cadence import HINT_MOST, PROMPT, TTL_MOST, span
from wirewatch.errors import FetchError, OfflineError, ParserDiedError
from wirewatch.model import SourceState

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

    from wirewatch.engine.fetch import Response
    from wirewatch.errors import ParseError
    from wirewatch.model import Document, Source

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
HOST_GAP = 1.0
"""Seconds between sources of one host after an outage."""
HOST_MOST = 50.0
"""All sources of one host are asked within this many seconds, however many they are."""
MOVED_AFTER, MOVED_TIMES = DAY, 3
"""So long and so often permanent redirects lead to one address before it is taken for the new one (FAULT 39)."""
MOVED = "it has moved for good to "
CLOCK_SLACK = MINUTE


# -- before a poll ----------------------------------------------------------------------------------------------------


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


def afresh(state: SourceState) -> SourceState:
    """The state of a source whose last answers are lost: it is asked for everything again."""
    return msgspec.structs.replace(state, etag=None, last_modified=None, body_hash=None, last_full=None)


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


def sweep(sources: Iterable[Source], *, rng: random.Random) -> dict[str, float]:
    """Seconds until each of these sources is asked once the network is back: soon, and no host more than once a second.

    Agencies and officials come first; nobody before the host of the source that answered has had its second. By name.
    """
    order = sorted(sources, key=lambda source: (source.kind not in PROMPT, rng.random()))
    hosts = [urlsplit(source.url).netloc.rpartition("@")[2] for source in order]
    gap = min(SWEEP_GAP, SWEEP_MOST / max(len(order), 1))
    free: dict[str, float] = {}
    delays: dict[str, float] = {}
    for number, (source, host) in enumerate(zip(order, hosts, strict=True)):
        delays[source.name] = max(HOST_GAP + number * gap, free.get(host, 0.0))
        free[host] = delays[source.name] + min(HOST_GAP, HOST_MOST / hosts.count(host))
    return delays


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
        hint=cadence.hint(source, response.max_age, document.ttl),
        title=document.title or before.title,
        size=response.size,
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
        hint = cadence.hint(source, response.max_age, min(before.hint or 0.0, TTL_MOST))
    state = msgspec.structs.replace(
        before,
        etag=response.etag if whole else response.etag or before.etag,
        last_modified=response.last_modified if whole else response.last_modified or before.last_modified,
        last_full=now if whole else before.last_full,
        hint=hint,
        unchanged=before.unchanged + 1,
        size=response.size if whole else before.size,
        saved=before.saved if whole else before.saved + max(0, before.size - response.size),
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
    if isinstance(error, OfflineError) if offline is None else offline:
        tried = msgspec.structs.replace(before, last_attempt=now, requests=before.requests + 1, held_until=held)
        return cut_off(tried, reason, now=now, rng=rng)
    common = {"reason": reason, "last_attempt": now, "requests": before.requests + 1, "held_until": held}
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


def cut_off(before: SourceState, reason: str, *, now: float, rng: random.Random) -> SourceState:
    """The state while this machine has no network, which is held against no source (FAULTS 3, 47)."""
    pause = PROBE * (1 + JITTER * rng.random())
    why = f"no network, tried every {span(PROBE)}"
    return msgspec.structs.replace(before, state="offline", reason=reason, next_poll=now + pause, next_why=why)


def _well(source: Source, state: SourceState, response: Response, *, now: float, rng: random.Random) -> SourceState:
    """What any usable answer means: no failures, the rate a little older, the next poll at the usual pace."""
    state = _where(cadence.aged(state, now), response.permanent_url, now)
    state = msgspec.structs.replace(
        state,
        state="ok",
        reason=None,
        failures=0,
        held_until=None,
        since=now if state.since is None else state.since,
        last_attempt=now,
        last_success=now,
        requests=state.requests + 1,
        bytes=state.bytes + response.size,
    )
    seconds, why = cadence.interval(source, state)
    if source.every is None:
        seconds *= 1 + JITTER * rng.random()
    return msgspec.structs.replace(state, next_poll=now + seconds, next_why=why)


def _backoff(source: Source, state: SourceState, failures: int, *, refused: bool) -> float:
    """Seconds: the usual pace after the first failure, twice as long after each further one, up to a limit."""
    usual, _ = cadence.interval(source, state)
    most = max(usual, REFUSED_MOST if refused else BACKOFF_MOST)
    return min(usual * 2.0 ** min(failures - 1, 32), most)


def _where(state: SourceState, leads_to: str | None, now: float) -> SourceState:
    """The state with where permanent redirects lead; its note names the new address once that is sure (FAULT 39)."""
    if leads_to is None or leads_to != state.moved_to:
        state = msgspec.structs.replace(state, moved_to=leads_to, moved_since=now if leads_to else None, moves=0)
    state = msgspec.structs.replace(state, moves=state.moves + 1 if leads_to else 0)
    notes = [note for note in (state.note or "").split("; ") if note and not note.startswith(MOVED)]
    if leads_to and state.moves >= MOVED_TIMES and now - (state.moved_since or now) >= MOVED_AFTER:
        notes.append(text.message(f"{MOVED}{leads_to}: put this address into the configuration"))
    return msgspec.structs.replace(state, note="; ".join(notes) or None)


# -- words ------------------------------------------------------------------------------------------------------------


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th` …"""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
