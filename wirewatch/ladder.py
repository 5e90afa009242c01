"""Who had a story first, who has it of their own and who repeats it: publishers' times and arrivals taken together.

An arrival is a fact, and an upper bound: the item was out by then, perhaps for long. A publisher's time is a claim. It
is believed where it can be trusted (`Item.date_note`), unless it lies long before anybody had the story while the item
came in long after the first. Pure; it knows the model only, so that engine, desk and command line say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from wirewatch.clock import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wirewatch.model import Placed, Role

LONG_BEFORE = HOUR
"""A publisher's time that lies further before the story's first arrival than this is a bold claim ..."""
TOGETHER = 15 * MINUTE
"""... and believed only of an item that itself came in within this of the first: a backlog, or a slow poll."""
CLOSE = MINUTE
"""Publishers stamp to the minute: what lies no further apart than this is too close to call."""
_SECOND_HAND = "second-hand"


class Rung(NamedTuple):
    """An outlet with words of its own, and who repeats them."""

    placed: Placed
    """Its first item."""
    when: float
    """The publisher's time if `stated`, else the arrival."""
    stated: bool
    after: float
    """Seconds after the first rung."""
    credits: tuple[str, ...]
    """Whom it tells the story after; empty where it speaks for itself."""
    copies: tuple[Placed, ...]
    """What other outlets took over, in order of arrival."""
    later: tuple[Placed, ...]
    """Its own later items, versions and reports, in order of arrival."""

    @property
    def source(self) -> str:
        """The outlet."""
        return self.placed.item.source


class Ladder(NamedTuple):
    """The outlets of a story in the order in which they had it."""

    rungs: tuple[Rung, ...]
    first: Rung
    """The first that speaks for itself; where all credit somebody, the first."""
    arrived: Placed
    """What came in first, whoever's it is."""

    @property
    def repeaters(self) -> tuple[str, ...]:
        """Outlets that have nothing but what others wrote, each once."""
        own = {rung.source for rung in self.rungs}
        copied = dict.fromkeys(copy.item.source for rung in self.rungs for copy in rung.copies)
        return tuple(source for source in copied if source not in own)


def when(placed: Placed, first_arrival: float) -> tuple[float, bool]:
    """The time an item is ranked by in a story that first came in at some time, and whether its publisher says so."""
    dated = placed.dated
    if dated is None or is_bold(placed, first_arrival):
        return placed.arrived, False
    return min(dated, placed.arrived), True


def is_bold(placed: Placed, first_arrival: float) -> bool:
    """True where a publisher claims to have had a story long before it first came in, with an item that came late."""
    dated = placed.dated
    return dated is not None and dated < first_arrival - LONG_BEFORE and placed.arrived > first_arrival + TOGETHER


def ranked(items: Iterable[Placed]) -> list[Placed]:
    """Items in the order in which they came out, as far as that is known."""
    every = list(items)
    start = min((placed.arrived for placed in every), default=0.0)
    return sorted(every, key=lambda placed: (when(placed, start)[0], placed.arrived, placed.item.id))


def climb(items: Sequence[Placed]) -> Ladder:
    """The ladder of a story's items. Raises ValueError for none."""
    if not items:
        raise ValueError("a story has at least one item")
    order = ranked(items)
    start = min(placed.arrived for placed in items)
    own: dict[str, list[Placed]] = {}
    copies: dict[str, list[Placed]] = {}
    for author, family in _texts(order):
        source = author.item.source
        own.setdefault(source, []).extend(placed for placed in family if placed.item.source == source)
        copies.setdefault(source, []).extend(placed for placed in family if placed.item.source != source)
    place = {placed.item.id: at for at, placed in enumerate(order)}
    rungs = []
    for source, its in own.items():
        its.sort(key=lambda placed: place[placed.item.id])
        moment, stated = when(its[0], start)
        rungs.append(
            Rung(
                its[0],
                moment,
                stated,
                0.0,
                credited(its[0]),
                tuple(sorted(copies[source], key=lambda placed: (placed.arrived, placed.item.id))),
                tuple(sorted(its[1:], key=lambda placed: (placed.arrived, placed.item.id))),
            )
        )
    rungs.sort(key=lambda rung: place[rung.placed.item.id])
    rungs = [rung._replace(after=rung.when - rungs[0].when) for rung in rungs]
    first = next((rung for rung in rungs if not rung.credits), rungs[0])
    arrived = min(items, key=lambda placed: (placed.arrived, place[placed.item.id]))
    return Ladder(tuple(rungs), first, arrived)


def credited(placed: Placed) -> tuple[str, ...]:
    """Whom an item tells its story after: the agency it credits, else whom its sourcing names."""
    credit = placed.item.credit
    if credit:
        return () if same_outlet(credit, placed.item.source) else (credit,)
    return tuple(dict.fromkeys(name for name in _named(placed) if not same_outlet(name, placed.item.source)))


def is_second_hand(placed: Placed) -> bool:
    """True for an item that says that it tells what another outlet has."""
    return any(flag.flag.partition(":")[0] == _SECOND_HAND for flag in placed.flags)


def originators(items: Sequence[Placed]) -> tuple[str, ...]:
    """Who a story comes from, the first one first: whom copies and credits point to, else the outlet itself."""
    found: dict[str, None] = {}
    order = ranked(items)
    authors = {author.item.id for author, _ in _texts(order)}
    for placed in order:
        if not placed.item.credit and placed.item.id not in authors:
            continue
        named = [placed.item.credit] if placed.item.credit else _named(placed)
        if not named and not is_second_hand(placed):
            named = [placed.item.source]
        found.update(dict.fromkeys(named))
    return _folded(found) or (items[0].item.source,)


def lead(items: Sequence[Placed]) -> Placed:
    """The first item that tells the story in its own words and of its own knowledge; failing that the first one."""
    order = ranked(items)
    authors = [author for author, family in _texts(order) if author.role != "copy" or len(family) > 1]
    own = {author.item.id for author in authors if not is_second_hand(author)}
    return next((placed for placed in order if placed.item.id in own), order[0])


def as_told(items: Sequence[Placed], lead: str) -> tuple[Placed, ...]:
    """The items with roles as the ladder has them: one lead, and copies of who wrote the text, not of who came first.

    Roles are given as items arrive, in the order in which sources are polled; publishers' times come later or differ.
    """
    given: dict[str, tuple[Role, str | None]] = {}
    for author, family in _texts(ranked(items)):
        for placed in family:
            role = placed.role
            if placed is author:
                role = "report" if role in ("lead", "copy") and (role == "lead" or len(family) > 1) else role
            elif role != "version":
                role = "copy" if placed.item.source != author.item.source else "version"
            given[placed.item.id] = (role, author.item.id if role == "copy" and placed is not author else None)
    told = []
    for placed in items:
        role, copy_of = given[placed.item.id]
        if placed.item.id == lead:
            role, copy_of = "lead", None
        elif role == "copy" and copy_of is None:
            copy_of = placed.copy_of
        told.append(
            placed if (placed.role, placed.copy_of) == (role, copy_of) else replace(placed, role=role, copy_of=copy_of)
        )
    return tuple(told)


def role(placed: Placed, lead: str) -> Role:
    """An item's role beside the story's lead item: a story shows one lead, whichever item its headline comes from."""
    if placed.item.id == lead:
        return "lead"
    return "report" if placed.role == "lead" else placed.role


def said(ladder: Ladder, clock: Callable[[float], str]) -> tuple[str, ...]:
    """Who was first in sentences, and then everything that makes it uncertain. `clock` writes a moment."""
    first, arrived = ladder.first, ladder.arrived
    start = arrived.arrived
    if first.stated:
        opening = f"{first.source} at {clock(first.when)} by its own time; it came in at {clock(first.placed.arrived)}."
    else:
        opening = f"{first.source}, which came in at {clock(first.placed.arrived)}."
    sentences = [opening]
    if first.credits:
        sentences.append(f"It tells the story after {_listed(first.credits)}, whose own item hasn't come in.")
    if not first.stated:
        sentences.append(f"{_untimed(first, start, clock)}: it was out by then, perhaps for long.")
    if arrived.item.source != first.source:
        gap = span(first.placed.arrived - arrived.arrived)
        ahead = f", {gap} before {first.source}'s" if gap else ""
        sentences.append(f"First by arrival: {arrived.item.source} at {clock(arrived.arrived)}{ahead}.")
    elif len(ladder.rungs) > 1 and first.stated:
        sentences.append("It came in first, too.")
    for rung in ladder.rungs:
        if rung is first:
            continue
        if rung.when < first.when:
            sentences.append(f"{rung.source} was earlier, crediting {_listed(rung.credits)}.")
        elif rung.credits:
            continue
        elif rung.stated and first.stated and rung.when - first.when <= CLOSE:
            gap = span(rung.when - first.when)
            sentences.append(
                f"{rung.source} says {f'only {gap} later' if gap else 'the same time'}: too close to call."
            )
        elif not rung.stated and (is_bold(rung.placed, start) or rung.placed.arrived - first.when <= HOUR):
            sentences.append(f"{_untimed(rung, start, clock)}: it may have been out before it came in.")
    return tuple(sentences)


def span(seconds: float) -> str:
    """A length of time: `40 s`, `22 min`, `3 h 05 min`; empty for less than a second."""
    whole = int(seconds)
    if whole < 1:
        return ""
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def _untimed(rung: Rung, start: float, clock: Callable[[float], str]) -> str:
    placed = rung.placed
    if placed.dated is not None and is_bold(placed, start):
        return f"{rung.source} says {clock(placed.dated)}, but its item came in at {clock(placed.arrived)} only"
    note = placed.item.date_note
    return f"{rung.source} gives no time that can be used" + (f" ({note})" if note else "")


def _texts(order: Sequence[Placed]) -> list[tuple[Placed, list[Placed]]]:
    """Each text of a story: who wrote it, and all items that have it, in the order of `ranked`.

    It is the first who credits nobody; where several are too close to call, an agency.
    """
    by_id = {placed.item.id: placed for placed in order}
    families: dict[str, list[Placed]] = {}
    for placed in order:
        families.setdefault(_text_of(placed, by_id), []).append(placed)
    start = min((placed.arrived for placed in order), default=0.0)
    found = []
    for family in families.values():
        own = [placed for placed in family if not credited(placed)] or family[:1]
        first = when(own[0], start)[0]
        close = [placed for placed in own if when(placed, start)[0] - first <= CLOSE]
        found.append((next((placed for placed in close if placed.item.kind == "agency"), own[0]), family))
    return found


def _text_of(placed: Placed, by_id: dict[str, Placed]) -> str:
    """The item whose text this one has; itself where it has its own. A translation that credits nobody is its own."""
    original = by_id.get(placed.copy_of) if placed.copy_of is not None else None
    if original is None or (_is_translated(placed, original) and not placed.item.credit):
        return placed.item.id
    return original.item.id


def _is_translated(placed: Placed, original: Placed) -> bool:
    mine, theirs = placed.item.language, original.item.language
    return bool(mine and theirs) and str(mine).partition("-")[0] != str(theirs).partition("-")[0]


def _named(placed: Placed) -> list[str]:
    """Whom second-hand flags name."""
    named = [flag.flag.partition(":")[2] for flag in placed.flags if flag.flag.partition(":")[0] == _SECOND_HAND]
    return [name for name in named if name]


def same_outlet(one: str, other: str) -> bool:
    """`Reuters` and a source called `Reuters World` are one outlet."""
    low, high = sorted((one.casefold(), other.casefold()), key=len)
    return high == low or high.startswith(low + " ")


def _folded(names: dict[str, None]) -> tuple[str, ...]:
    """Names once each, the longer of two that are one outlet giving way; whoever was first stays so."""
    kept: list[str] = []
    for name in names:
        low = name.casefold()
        if any(low == other.casefold() or low.startswith(other.casefold() + " ") for other in kept):
            continue
        longer = [other for other in kept if other.casefold().startswith(low + " ")]
        if longer:
            kept[kept.index(longer[0])] = name
        else:
            kept.append(name)
        kept = [other for other in kept if other not in longer]
    return tuple(kept)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3])
