"""Pictures of the desk for the README, from a fixed clock and a day of our own invention: `make screenshots`."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from tests.desk_double import FixedClock, MemoryStore
from wirewatch.clock import parse_rfc3339
from wirewatch.config.settings import Config, DeskSettings
from wirewatch.model import Alert, Flag, Item, Placed, Source, SourceState, Story, Take
from wirewatch.screens.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

OUT = Path(__file__).resolve().parent.parent / "screenshots"
NOW = parse_rfc3339("2026-03-12T03:58:20Z")
ZONE = timezone(timedelta(hours=1), "CET")
OUTLETS = (
    "Meridian Agency",
    "Harbour News",
    "The Northern Post",
    "Tagesbogen",
    "La Dépêche du Port",
    "東湾新報",
    "Radio Kestrel",
    "Ledger & Quay",
    "Central Bank of Norland",
    "Coastline Weather Service",
    "El Faro Diario",
    "Gazeta Wybrzeże",
    "Press Dispatch Wire",
)
HEADLINES: tuple[tuple[int, str, str, tuple[str, ...], int, int], ...] = (
    # minutes ago, source, headline, flags, priority, outlets
    (
        1,
        "Meridian Agency",
        "EXCLUSIVE: Norland central bank to cut key rate on Thursday, three officials say",
        ("exclusive", "sourced-anonymous", "entity:Norland central bank", "keyword:key rate"),
        1,
        6,
    ),
    (2, "Radio Kestrel", "Ferry with 212 aboard runs aground off Skarholm, all passengers safe", ("breaking",), 0, 9),
    (4, "東湾新報", "北方中央銀行、木曜日に利下げへ 関係者3人が語る", ("entity:Norland central bank",), 2, 3),
    (5, "The Northern Post", "UPDATE 2-Parliament votes to extend harbour emergency by 30 days", ("update:2",), 2, 6),
    (7, "Harbour News", "Finance minister declines to comment on rate report", ("denial",), 3, 4),
    (8, "Tagesbogen", "Notenbank vor Zinssenkung – Kreise", ("sourced-anonymous", "keyword:Zinssenkung"), 2, 5),
    (9, "Ledger & Quay", "Crown falls 1.4 percent against the dollar, bonds rally", (), 3, 7),
    (
        11,
        "Meridian Agency",
        "CORRECTED-Grain exports rose 3 percent in February, not 13 percent",
        ("correction",),
        2,
        2,
    ),
    (13, "Coastline Weather Service", "Storm warning raised to red for the western islands", ("alert",), 1, 5),
    (15, "La Dépêche du Port", "Exclusif : le ministre des Transports sur le départ", ("exclusive",), 2, 2),
    (18, "El Faro Diario", "El puerto de Alta Mar reabre tras nueve días de huelga", (), 3, 3),
    (21, "Press Dispatch Wire", "Quayside Robotics announces record quarter", ("press-release",), 4, 1),
    (24, "Gazeta Wybrzeże", "Rząd przyjął projekt budżetu, deficyt niższy od zapowiedzi", (), 3, 2),
    (28, "Harbour News", "KILL: Report on mayor's resignation is withdrawn", ("kill",), 1, 3),
    (31, "The Northern Post", "Analysis: What a rate cut would mean for household debt", ("analysis",), 4, 1),
    (35, "Radio Kestrel", "LIVE: Rescue at Skarholm 🚢 minute by minute", ("live",), 3, 1),
    (
        39,
        "Central Bank of Norland",
        "Governor Aune to speak at 1500 in Port Alva",
        ("entity:Norland central bank",),
        3,
        4,
    ),
    (44, "Ledger & Quay", "Shipping insurers weigh cover as ice closes the strait early", (), 3, 2),
    (52, "Tagesbogen", "Hafenstreik: Schlichtung gescheitert, Gewerkschaft ruft zu Protest auf", (), 3, 3),
    (58, "Meridian Agency", "WRAPUP 1-Markets brace for Thursday's decision", ("wrapup",), 3, 4),
)
LATER = (
    "Fishing quota talks resume after all-night session",
    "Three arrested over forged customs seals",
    "Power restored to most of Vestmark after substation fire",
    "Court rejects appeal in tanker collision case",
    "Observers report calm as polls close in island referendum",
    "Rail link to the capital to stay shut until Sunday",
    "Health agency lifts advisory on coastal shellfish",
    "Steelmaker to idle second furnace, unions demand talks",
    "Universities agree to joint admissions from autumn",
    "Cargo drone makes first scheduled flight across the sound",
)


def stories() -> list[Story]:
    """The day, newest last."""
    found = []
    for number, (minutes, source, headline, flags, priority, outlets) in enumerate(HEADLINES):
        at = NOW - minutes * 60 - (number * 17) % 50
        found.append(
            _story(1000 - number, at, source, headline, flags, priority, outlets, read=number in (6, 9, 11, 14))
        )
    for number in range(400):
        at = NOW - 3700 - number * 190
        source = OUTLETS[number * 7 % len(OUTLETS)]
        found.append(
            _story(900 - number, at, source, LATER[number % len(LATER)], (), 3, 1 + number % 4, read=number % 3 > 0)
        )
    return found


def _story(
    number: int,
    at: float,
    source: str,
    headline: str,
    flags: tuple[str, ...],
    priority: int,
    outlets: int,
    *,
    read: bool,
) -> Story:
    return Story(
        id=f"s{number:04}",
        seq=number,
        headline=headline,
        lead=f"i{number}",
        source=source,
        first_seen=at,
        updated=at + 30,
        at=at,
        published=at - 21,
        url=f"https://news.example/{number}",
        items=outlets + outlets // 3,
        outlets=outlets,
        originators=(source,) if "exclusive" in flags else (),
        flags=flags,
        priority=priority,
        read=read,
        starred=number == 991,
    )


def lead_items(of: Story) -> list[Placed]:
    """The items of the day's first story: lead, copies, reports, a translation."""
    headline = of.headline
    body = (
        "PORT ALVA, March 12 (Meridian) - Norland's central bank is set to lower its key rate by a quarter of a point "
        "on Thursday, three officials familiar with the discussions said, in what would be its first in four years.\n\n"
        "The officials, who asked not to be named because the talks are private, said a majority of the seven-member "
        "board had been won over by figures due to be published on the morning of the meeting.\n\n"
        "The central bank declined to comment. The finance ministry did not answer a request sent at night.\n\n"
        "The crown fell as much as 1.4 percent against the dollar after the report.\n\n"
        "(Reporting by Ida Solheim in Port Alva; editing by Marek Dunn)"
    )
    summary = "Three officials say a majority of the board favours a quarter-point cut, the first in four years."
    flags = (
        Flag("exclusive", "label", "headline", 0, 9, "EXCLUSIVE"),
        Flag("entity:Norland central bank", "entity", "headline", 11, 31, "Norland central bank"),
        Flag("keyword:key rate", "keyword", "headline", 39, 47, "key rate"),
        Flag("sourced-anonymous", "sourcing", "body", body.index("three officials familiar"), body.index(" said,"), ""),
    )
    flags = (*flags[:3], Flag(*(*_fields(flags[3])[:5], body[flags[3].start : flags[3].end])))
    first = of.first_seen
    rows: list[tuple[float, str, str, str, float, tuple[str, ...]]] = [
        (38, "Harbour News", headline, "copy", 98, ("same text",)),
        (
            71,
            "The Northern Post",
            "Central bank poised to cut rates - Meridian",
            "report",
            91,
            ("names", "number", "day"),
        ),
        (95, "Tagesbogen", "Notenbank vor Zinssenkung – Kreise", "report", 84, ("translation", "names")),
        (140, "Ledger & Quay", "Norland set for first rate cut in four years, sources say", "report", 90, ("names",)),
        (152, "Radio Kestrel", headline, "copy", 97, ("same text",)),
    ]
    item = Item(
        id=of.lead,
        source=of.source,
        kind="agency",
        headline=headline,
        received=first,
        published=first - 21,
        summary=summary,
        body=body,
        url=of.url,
        byline="Ida Solheim",
        dateline="Port Alva, March 12 (Meridian)",
    )
    found = [Placed(item, of.id, "lead", flags=flags, priority=1)]
    for number, (after, source, text, role, score, why) in enumerate(rows):
        copy = Item(
            f"c{number}", source, text, first + after, published=first + after - 12, url="https://copy.example/"
        )
        found.append(
            Placed(copy, of.id, role, of.lead if role == "copy" else None, of.lead, score, why)  # type: ignore[arg-type]
        )
    return found


def _fields(flag: Flag) -> tuple[str, str, str, int, int, str]:
    return flag.flag, flag.rule, flag.field, flag.start, flag.end, flag.text


def states(*, offline: bool = False) -> dict[str, SourceState]:
    """What is known of the sources."""
    found = {}
    for number, name in enumerate(OUTLETS):
        state = SourceState(
            name,
            state="ok",
            last_attempt=NOW - 5 - number * 9,
            last_success=NOW - 5 - number * 9,
            next_poll=NOW + 20 + number * 7,
        )
        if offline:
            state = SourceState(name, state="offline", reason="no network", last_attempt=NOW - 12, next_poll=NOW + 15)
        elif name == "Gazeta Wybrzeże":
            state = SourceState(
                name, state="failing", reason="the server answered 503", last_attempt=NOW - 80, next_poll=NOW + 240
            )
        elif name == "El Faro Diario":
            state = SourceState(
                name, state="held", reason="asked to wait by the server", last_attempt=NOW - 80, next_poll=NOW + 1500
            )
        found[name] = state
    return found


def desk(store: MemoryStore, *, theme: str = "wirewatch-dark") -> Desk:
    """The desk on a store, at the fixed hour and in a fixed zone."""
    sources = tuple(Source(name, f"https://{number}.example/feed") for number, name in enumerate(OUTLETS))
    config = Config(path=Path("config.toml"), sources=sources, desk=DeskSettings(theme=theme, mark_read_after=None))
    return Desk(config, store.reader, clock=FixedClock(NOW), zone=ZONE)


def busy() -> MemoryStore:
    """The store of that day."""
    store = MemoryStore(stories())
    first = store.stories["s1000"]
    store.items[first.id] = lead_items(first)
    store.takes[first.lead] = (
        Take(1, first.first_seen - 240, "EXCLUSIVE: Norland central bank weighs rate cut, officials say"),
    )
    store.sources = states()
    return store


def alerted() -> MemoryStore:
    """That day with what it alerted to."""
    store = busy()
    for minutes, story, why, state, rule, reason in (
        (44, "s0987", "new", "told", "Flashes", "“KILL” in the headline"),
        (35, "s0990", "new", "folded", "Ports", "“puerto” in the headline"),
        (33, "s0985", "new", "cooling", "Ports", "“Skarholm” in the headline"),
        (28, "s0987", "killed", "told", "", "Harbour News withdrew what was shown"),
        (13, "s0992", "new", "told", "Storms", "“warning raised to red” in the headline"),
        (11, "s0993", "corrected", "told", "", "Meridian Agency corrected what was shown"),
        (2, "s0999", "new", "told", "Flashes", "“runs aground” in the headline"),
        (1, "s0999", "grown", "told", "", "9 outlets have it"),
        (0.5, "s1000", "new", "told", "Exclusives", "“EXCLUSIVE” in the headline"),
    ):
        of = store.stories[story]
        store.alert(
            Alert(
                0, NOW - minutes * 60, why, state, of.headline, story, rule, reason, of.source, of.url,  # type: ignore[arg-type]
                of.priority, of.priority, of.outlets, of.flags, acked=NOW - 600 if minutes > 12 else None,
            )
        )  # fmt: skip
    return store


def empty(*, offline: bool) -> MemoryStore:
    """A store without a story."""
    store = MemoryStore()
    if offline:
        store.sources = states(offline=True)
    return store


async def nothing(pilot: Pilot[None]) -> None:
    """Leaves the desk as it comes up."""


async def down_the_list(pilot: Pilot[None]) -> None:
    """The reader is down the list and two stories have come in above."""
    await pilot.press("j", "j", "j")
    app = pilot.app
    assert isinstance(app, Desk)
    await pilot.pause(0.2)
    assert _store is not None
    for number, text in enumerate(("Skarholm ferry refloated, towed to Port Alva", "Strait closed to all traffic")):
        _store.tell(_story(2000 + number, NOW - 5 + number, "Radio Kestrel", text, ("breaking",), 1, 1, read=False))


def pressing(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Presses keys."""

    async def press(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    return press


async def one_of_its_items(pilot: Pilot[None]) -> None:
    """The reader asks why an item is part of the first story."""
    await unfolded(pilot)
    await pilot.press("i")


async def unfolded(pilot: Pilot[None]) -> None:
    """The first story is unfolded, and the reader is at one of its items."""
    await pilot.press("l")
    await pilot.pause(0.3)
    await pilot.press("j", "j", "j")


_store: MemoryStore | None = None

PICTURES: dict[
    str, tuple[tuple[int, int], Callable[[], MemoryStore], str, Callable[[Pilot[None]], Awaitable[None]]]
] = {
    "busy": ((120, 35), busy, "wirewatch-dark", nothing),
    "held": ((120, 35), busy, "wirewatch-dark", down_the_list),
    "narrow": ((80, 24), busy, "wirewatch-dark", nothing),
    "wide": ((200, 60), busy, "wirewatch-dark", nothing),
    "light": ((120, 35), busy, "wirewatch-light", nothing),
    "empty": ((120, 35), lambda: empty(offline=False), "wirewatch-dark", nothing),
    "offline": ((120, 35), lambda: empty(offline=True), "wirewatch-dark", nothing),
    "help": ((120, 76), busy, "wirewatch-dark", pressing("question_mark")),
    "alerts": ((120, 35), alerted, "wirewatch-dark", pressing("exclamation_mark")),
    "sources": ((120, 35), busy, "wirewatch-dark", pressing("S")),
    "unfolded": ((120, 35), busy, "wirewatch-dark", unfolded),
    "first": ((120, 35), busy, "wirewatch-dark", pressing("c")),
    "why": ((120, 35), busy, "wirewatch-dark", one_of_its_items),
}


async def take(name: str) -> str:
    """The picture of this name, as SVG."""
    global _store  # noqa: PLW0603 (one picture at a time)
    size, make, theme, act = PICTURES[name]
    _store = make()
    app = desk(_store, theme=theme)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        await act(pilot)
        await pilot.pause(0.5)
        picture = app.export_screenshot(title=f"wirewatch: {name}", simplify=False)
    app.backstage.stop()
    # The picture names its parts by a hash that differs from run to run.
    return _BLANK_LED.sub(_without_blanks, re.sub(r"terminal-\d+", f"wirewatch-{name}", picture))


_CELL = 12.2
"""Width of a cell in the picture."""
_BLANK_LED = re.compile(r'x="([\d.]+)"( y="[\d.]+") textLength="([\d.]+)"([^>]*)>((?:&#160;)+)')


def _without_blanks(found: re.Match[str]) -> str:
    """Some programs that draw SVG drop the blanks at the start of a text; so it starts further right instead."""
    skipped = len(found[5]) // len("&#160;") * _CELL
    x, length = float(found[1]) + skipped, float(found[3]) - skipped
    return f'x="{x:g}"{found[2]} textLength="{length:g}"{found[4]}>'


def main(names: list[str]) -> None:
    """Takes all pictures, or those that are named."""
    OUT.mkdir(exist_ok=True)
    for name in names or PICTURES:
        (OUT / f"{name}.svg").write_text(asyncio.run(take(name)), encoding="utf-8")
        print(OUT / f"{name}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
