"""What an edit of the configuration can change about items that are stored: which have to be read anew. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from wirewatch.flags import LABEL_FLAGS
from wirewatch.query import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirewatch.config import Config, Rule

_BEGINNING = 3
"""Letters by which a watched word is looked for: after them endings and hyphens may come that no index knows of."""
_LABELS = frozenset(LABEL_FLAGS)


class Reflag(NamedTuple):
    """What an edit changed that flags and priorities hang on."""

    every: bool = False
    """The priority of every story is to be worked out anew."""
    rules: frozenset[str] = frozenset()
    """Names of the rules that are new, gone or otherwise; the flags of others stay."""
    watch: bool = False
    """The watch list: flags of watched words and names are read anew, and with them those of all rules."""
    words: frozenset[str] | None = frozenset()
    """Words (with `*` after them: beginnings) of which an item must have one for the watch list's change to concern it;
    None where that can't be said."""
    flags: frozenset[str] = frozenset()
    """Flags that are raised no more, or otherwise."""

    def after(self, earlier: Reflag | None) -> Reflag:
        """Both edits in one."""
        if earlier is None:
            return self
        unsaid = self.words is None or earlier.words is None
        return Reflag(
            self.every or earlier.every,
            self.rules | earlier.rules,
            self.watch or earlier.watch,
            None if unsaid else (self.words or frozenset()) | (earlier.words or frozenset()),
            self.flags | earlier.flags,
        )


def between(old: Config, new: Config) -> Reflag:
    """What was changed from one configuration to the next; equal to `Reflag()` for nothing that matters here."""
    rules = frozenset(name for name, _ in _asked(old.rules) ^ _asked(new.rules))
    keywords = set(old.watch.keywords) ^ set(new.watch.keywords)
    before, after = _watched(old), _watched(new)
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    aliases = {alias for name in names for known in (before, after) if name in known for alias in known[name][0]}
    shipped = {*old.watch.gazetteer, *new.watch.gazetteer}  # they have names of their own, and lend them to the user's
    unsaid = old.watch.gazetteer != new.watch.gazetteer or bool(shipped and names)
    flags = {f"keyword:{word}" for word in keywords} | {f"entity:{name}" for name in names}
    return Reflag(
        every=old.weights != new.weights,
        rules=rules,
        watch=(old.watch, old.entities) != (new.watch, new.entities),
        words=None if unsaid else _beginnings(keywords | aliases),
        flags=frozenset(flags) | frozenset(rule.raises for rule in old.rules if rule.name in rules),
    )


def _asked(rules: Sequence[Rule]) -> set[tuple[str, Rule]]:
    """All of the rules that flags and priorities hang on: not where they stand, nor what their alerts are like."""
    return {
        (rule.name, msgspec.structs.replace(rule, line=0, alert=False, quiet=(), cooldown=None, sound=None, channel=()))
        for rule in rules
    }


def _watched(config: Config) -> dict[str, tuple[tuple[str, ...], object]]:
    """By each watched name its aliases, and its table as it is written."""
    tables = {entity.name: entity for entity in config.entities}
    return {
        name: ((name, *(tables[name].aliases if name in tables else ())), tables.get(name))
        for name in config.watch.entities
    }


def _beginnings(terms: Iterable[str]) -> frozenset[str] | None:
    """How words begin that these terms may be found by; None where one is the name of a label, or may have a prefix."""
    found = set()
    for term in terms:
        first = words.cut(term).split(" ")[0]
        label = term.strip().casefold().replace(" ", "-") in _LABELS
        if not first or label or "\u0590" <= first[0] <= "\u08ff":
            return None
        found |= {first[:_BEGINNING] + "*", *(first[:length] for length in range(1, min(_BEGINNING, len(first))))}
    return frozenset(found)
