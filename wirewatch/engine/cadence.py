"""How often a source is worth asking: from its kind, its news by hour, and what its server asks for. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from wirewatch.clock import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirewatch.model import Document, Kind, Source, SourceState

DEFAULT: dict[Kind, float] = {"agency": MINUTE, "official": MINUTE, "press": 2 * MINUTE, "web": 2 * MINUTE}
"""Seconds between polls of a source of each kind, where nothing else is known."""
FLOOR: dict[Kind, float] = {"agency": 30.0, "official": 30.0, "press": MINUTE, "web": MINUTE}
"""The shortest pause for a source that brings much, whose server can say cheaply that nothing is new."""
PROMPT = frozenset({"agency", "official"})
"""Kinds that are never slowed down for being quiet: what they bring is rare and can't wait."""
SLOWEST = 30 * MINUTE
"""The longest pause that quietness alone brings."""
PER_ITEM = 20
"""Polls for each item that a source is expected to bring."""
HINT_MOST = DAY
TTL_MOST = 10 * MINUTE
"""A feed's own `ttl` counts up to here: most say 60 minutes out of habit while their news is minutes old. What the
server says about caching (Cache-Control, Expires) counts in full."""
RATE_SPAN = 6 * HOUR
"""How far back the observed rate looks: an item counts e times less this long after it came."""
RHYTHM_DAYS = 7
"""The same for the hours of the day."""
AHEAD = 15 * MINUTE
"""So long before an hour begins, its rhythm counts already."""
DELAYS_KEPT = 50
DELAY_MOST = DAY
"""An item that arrives later than this was put into the feed late; it says nothing about how fast it was fetched."""


def interval(source: Source, state: SourceState) -> tuple[float, str]:
    """Seconds between polls while all goes well, and why, in plain words."""
    if source.every is not None:
        return source.every, f"every {span(source.every)} as configured"
    usual = seconds = DEFAULT[source.kind]
    why = f"every {span(seconds)}, as for all sources of kind {source.kind}"
    news, at_this_hour = expected(state)
    if news is not None:
        least = FLOOR[source.kind] if state.etag or state.last_modified else usual
        most = usual if source.kind in PROMPT else SLOWEST
        wanted = min(max(HOUR / max(news, 1e-6) / PER_ITEM, least), most)
        if wanted != usual:
            seconds = wanted
            why = f"every {span(seconds)}, because {'at this hour ' if at_this_hour else ''}it brings {often(news)}"
    if state.hint is not None and state.hint > seconds:
        seconds, why = state.hint, f"every {span(state.hint)}, as the server asks"
    return seconds, why


def expected(state: SourceState) -> tuple[float | None, bool]:
    """Items an hour that it will bring now, None where nothing is known; and whether its hours of the day say so."""
    if state.rate is None or not state.rhythm or state.last_attempt is None:
        return state.rate, False
    usual = max(state.rhythm[_hour(state.last_attempt)], state.rhythm[_hour(state.last_attempt + AHEAD)])
    return max(usual, state.rate), usual > state.rate


def hint(source: Source, max_age: float | None, ttl: float | None) -> float | None:
    """Seconds that server and feed ask for, from the shortest pause up to a day (FAULT 57); None when it is less."""
    asked = min(max(max_age or 0.0, min(ttl or 0.0, TTL_MOST)), HINT_MOST)
    least = source.every if source.every is not None else FLOOR[source.kind]
    return asked if asked > least else None


def aged(state: SourceState, now: float) -> SourceState:
    """The state with what is known of its pace grown older since its last success."""
    if state.rate is None or state.last_success is None:
        return state
    gone = max(0.0, now - state.last_success)
    fade = math.exp(-gone / (RHYTHM_DAYS * DAY))
    return msgspec.structs.replace(
        state,
        rate=state.rate * math.exp(-gone / RATE_SPAN),
        rhythm=tuple(news * fade for news in state.rhythm),
    )


def counted(state: SourceState, fresh: int, document: Document, delays: Sequence[float] = ()) -> SourceState:
    """The state with the new items of its last document counted: in all, into rate and rhythm, and how late they were.

    `delays` are seconds from the publisher's time to arrival, for those items of which both are known.
    """
    now = state.last_success or 0.0
    timely = tuple(round(max(0.0, delay)) for delay in delays if delay <= DELAY_MOST)
    if state.rate is None:
        rate, rhythm = _rate_of(document, now), _rhythm_of(document, now)
    else:
        rate, rhythm = state.rate + fresh * HOUR / RATE_SPAN, state.rhythm
        if fresh:
            hours = list(rhythm) or [0.0] * 24
            hours[_hour(now)] += fresh / RHYTHM_DAYS
            rhythm = tuple(hours)
    return msgspec.structs.replace(
        state,
        items=state.items + fresh,
        rate=rate,
        rhythm=rhythm,
        delays=(*state.delays, *timely)[-DELAYS_KEPT:],
        last_new=now if fresh else state.last_new,
        newest=max((item.published for item in document.items if item.published is not None), default=state.newest),
    )


def carried(state: SourceState, before: SourceState) -> SourceState:
    """A state with the counts of an earlier one of the same source, whose news was counted only after this was made."""
    return msgspec.structs.replace(
        state,
        items=before.items,
        rate=before.rate,
        rhythm=before.rhythm,
        delays=before.delays,
        last_new=before.last_new,
        newest=before.newest,
    )


def _recent(document: Document, now: float) -> list[float] | None:
    """The publisher's times of the last days in a document, oldest first; None where it has hardly any times."""
    times = [item.published for item in document.items if item.published is not None and item.published <= now]
    if len(times) < 3:
        return None
    return sorted(moment for moment in times if moment > now - RHYTHM_DAYS * DAY)


def _rate_of(document: Document, now: float) -> float | None:
    recent = _recent(document, now)
    if not recent:
        return 0.0 if recent is not None else None
    return len(recent) * HOUR / max(now - recent[0], HOUR)


def _rhythm_of(document: Document, now: float) -> tuple[float, ...]:
    recent = _recent(document, now)
    if not recent:
        return ()
    hours = [0.0] * 24
    for moment in recent:
        hours[_hour(moment)] += DAY / max(now - recent[0], DAY)
    return tuple(hours)


def _hour(moment: float) -> int:
    return int(moment % DAY // HOUR)


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
