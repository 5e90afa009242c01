"""All flags of one item (FLAGS.md): from its labels, its fields, its sourcing, and what the user watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirewatch.clock import rfc3339
from wirewatch.flags.phrases import possible, rows, tongues
from wirewatch.flags.places import flag
from wirewatch.flags.priority import priority
from wirewatch.flags.sourcing import sourcing
from wirewatch.flags.watch import WatchList
from wirewatch.headline.datelines import dateline
from wirewatch.headline.labels import opening_labels, scan, slug_labels
from wirewatch.headline.language import language_of
from wirewatch.headline.letters import in_capitals
from wirewatch.headline.words import may_say
from wirewatch.model import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirewatch.config.settings import Entity, Watch
    from wirewatch.headline.labels import Label
    from wirewatch.model import Item

LABEL_FLAGS = (
    "exclusive",
    "breaking",
    "urgent",
    "alert",
    "update",
    "wrapup",
    "correction",
    "refile",
    "kill",
    "live",
    "analysis",
    "opinion",
    "factbox",
    "timeline",
    "video",
    "photo",
    "press-release",
)
"""Flags raised by labels: a watched keyword of that name means the flag, not the word."""

_KILLED = frozenset(("canceled", "cancelled", "killed", "withdrawn", "deleted"))
_SUMMARY_HEAD = 160


class Flagger:
    """Finds the flags of items. Building it compiles the watch list; finding costs the same with 10 terms or 10,000."""

    def __init__(self, watch: Watch, entities: Sequence[Entity] = ()) -> None:
        self._watched = WatchList(watch, entities, LABEL_FLAGS)

    def flags(self, item: Item) -> tuple[Flag, ...]:
        """The flags of an item that has been through `headline.read_body`: labels, fields, sourcing, the watch list."""
        language = language_of(item.language, f"{item.headline} {(item.summary or '')[:200]}")
        own = scan(item.headline, language, item.kind)
        found = [*_labels(item, language, own.labels), *_fields(item)]
        found += sourcing(item, language, own.start, own.claim_end)
        return self._with_watched(item, found, language)

    def rewatched(self, item: Item, flags: Sequence[Flag]) -> tuple[Flag, ...]:
        """Flags found earlier, with those of the watch list as it is now: a fraction of the work of `flags`."""
        kept = [one for one in flags if one.flag.partition(":")[0] not in ("entity", "keyword")]
        language = language_of(item.language, f"{item.headline} {(item.summary or '')[:200]}")
        return self._with_watched(item, kept, language)

    def _with_watched(self, item: Item, found: list[Flag], language: str) -> tuple[Flag, ...]:
        found = [*found, *self._watched.flags(item, language)]
        for keyword, name in self._watched.label_keywords:
            found += [
                Flag(f"keyword:{keyword}", "keyword/label", one.field, one.start, one.end, one.text)
                for one in found
                if one.flag.split(":")[0] == name
            ]
        return tuple(_once(found))

    def priority(self, item: Item, flags: Sequence[Flag]) -> int:
        """0 flash, 1 urgent, 2 important, 3 normal, 4 routine (`wirewatch.flags.priority`)."""
        return priority(item, flags)


def _once(found: list[Flag]) -> list[Flag]:
    seen: dict[tuple[str, str, int, int], Flag] = {}
    for one in found:
        seen.setdefault((one.flag, one.field, one.start, one.end), one)
    return list(seen.values())


def _labels(item: Item, language: str, labels: Sequence[Label]) -> Iterator[Flag]:
    kinds: set[str] = set()
    for label in labels:
        kinds.add(label.flag)
        yield flag(label.flag, label.rule, "headline", item.headline, label.start, label.end)
    for label in slug_labels(item.slug):
        yield flag(label.flag, label.rule, "slug", item.slug or "", label.start, label.end)
    opening = item.summary[:_SUMMARY_HEAD].split("\n")[0] if item.summary else ""
    if item.summary and may_say("exclusive", opening):
        for label in opening_labels(opening, language, item.kind):
            if label.flag == "exclusive":
                yield flag(label.flag, f"{label.rule}-summary", "summary", item.summary, label.start, label.end)
    if item.ednote:
        for name in ("correction", "refile", "kill"):
            for phrase in rows("ednote", "", name):
                hit = phrase.pattern.search(item.ednote)
                if hit:
                    yield flag(name, f"ednote/{name}", "ednote", item.ednote, *hit.span("hit"))
                    break
    if _is_alert(item, kinds):
        yield flag("alert", "agency/capitals", "headline", item.headline, 0, len(item.headline))


def _is_alert(item: Item, kinds: set[str]) -> bool:
    """An agency's snap: one line all in capitals with nothing under it (Reuters Handbook, alerts)."""
    text = item.headline
    return (
        item.kind == "agency"
        and not item.summary
        and not item.body
        and 25 <= len(text) <= 140
        and len(text.split()) >= 4
        and not any(char.islower() for char in text)
        and in_capitals(text)
        and not kinds & {"alert", "kill", "hold", "advisory"}
    )


def _fields(item: Item) -> Iterator[Flag]:
    status = (item.status or "").casefold()
    if item.status and status.rsplit(":", 1)[-1] in _KILLED:
        yield flag("kill", "field/status", "status", item.status, 0, len(item.status))
    if item.kind == "press":
        yield flag("press-release", "field/kind", "kind", item.kind, 0, len(item.kind))
    yield from _release_wire(item)
    if item.embargo is not None and item.embargo > item.received:
        shown = rfc3339(item.embargo)
        yield flag("embargo", "field/embargo", "embargo", shown, 0, len(shown))
    if item.embargo is None or item.embargo > item.received:
        for field, text in (("headline", item.headline), ("ednote", item.ednote)):
            if not text or not possible("embargo", text):
                continue
            for tongue in tongues(language_of(item.language, item.headline)):
                for phrase in rows("embargo", "", tongue):
                    hit = phrase.pattern.search(text)
                    if hit:
                        yield flag("embargo", "embargo/phrase", field, text, *hit.span("hit"))


def _release_wire(item: Item) -> Iterator[Flag]:
    for field, text in (("dateline", item.dateline), ("body", item.body)):
        if text:
            opening = dateline(f"{text} " if field == "dateline" else text)
            if opening and opening.release:
                yield flag("press-release", "dateline/release-wire", field, text, 0, len(opening.text))
                return
