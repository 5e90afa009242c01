"""The items of the last 72 hours as arrays: tokens, times, clusters, and for each token the items that have it.

Everything a decision looks at is a function of the items inside the window and of which cluster each is in, never of
the way it came about. So an index rebuilt from the store decides like the one that had been running.
"""

from __future__ import annotations

import math
from array import array
from heapq import nlargest
from typing import TYPE_CHECKING

from wirewatch.clock import HOUR
from wirewatch.stories import tables
from wirewatch.stories.ids import Register
from wirewatch.stories.normal import CUT, Form
from wirewatch.stories.passages import Echoes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SPAN = 72 * HOUR
"""Seconds for which an item can still be joined."""

ENTRIES_PER_TOKEN = 300
ENTRIES = 1000
"""Postings read for one item at most: what keeps the cost flat however many items there are."""

SPENT = 20_000
"""Expired items kept before the arrays are cut."""

MOST_TELLING = 7.0
"""A word that nobody has seen before tells no more than this: it may be the name of the year."""

_BACKGROUND_WEIGHT = 0.1
"""What a shipped headline counts against one of the window, so that the window's own words soon show."""


class Window:
    """The live items by running number; a number is never given twice."""

    def __init__(self) -> None:
        background = tables.background()
        self.vocabulary: dict[str, int] = {}
        self.words: list[str] = []
        self.df = array("d")
        self.postings: list[array[int] | None] = []
        for word, count in background.df.items():
            self._word(word, count * _BACKGROUND_WEIGHT)
        self.parents: dict[int, int] = {}
        """Places within places: who speaks of Kyiv speaks of Ukraine."""
        for part, whole in tables.places().within.items():
            self.parents[self._token(part)] = self._token(whole)
        self.total = max(1.0, background.total * _BACKGROUND_WEIGHT)
        self.first = 0
        """Number of the oldest live item."""
        self.base = 0
        """Number of the item at position 0 of the arrays."""
        self.ids: list[str] = []
        self._register = Register(self._id_of)
        self.tokens = array("I")
        self.marks = array("B")
        self.starts = array("I", [0])
        self.extra: dict[int, array[int]] = {}
        """Tokens of the summary, for items that have one."""
        self.apart = array("B")
        """1 for items that tell of several events, or about one: live pages, round-ups, columns. They join nothing."""
        self.echoes = Echoes()
        self.when = array("d")
        self.cluster = array("I")
        self.source = array("I")
        self.original = array("I")
        """The item that this one is a copy of; itself when it is none."""
        self.sources: dict[str, int] = {}
        self.members: dict[int, array[int]] = {}
        """Live items of each cluster with more than one, oldest first."""
        self.story_names: dict[int, str] = {}
        """Ids of stories whose first item has expired, by cluster."""
        self.named_clusters: dict[str, int] = {}
        self.now = -math.inf
        self._idf: dict[int, float] = {}
        """Weights asked for since the window last changed."""

    def __len__(self) -> int:
        return self.base + len(self.ids) - self.first

    def _word(self, word: str, count: float = 0.0) -> int:
        token = self.vocabulary[word] = len(self.words)
        self.words.append(word)
        self.df.append(count)
        self.postings.append(None)
        return token

    def _token(self, word: str) -> int:
        token = self.vocabulary.get(word)
        return self._word(word) if token is None else token

    def numbers(self, words: Iterable[str]) -> list[int]:
        """The tokens of words, new ones included."""
        return [self._token(word) for word in words]

    def meant(self, tokens: Iterable[int]) -> set[int]:
        """Tokens with the places that they lie in."""
        found = set(tokens)
        parents = self.parents
        outer = {parents[token] for token in found if token in parents}
        while outer - found:
            found |= outer
            outer = {parents[token] for token in outer if token in parents}
        return found

    def idf(self, token: int) -> float:
        """How much a shared token says: 0 for one that every headline has."""
        known = self._idf.get(token)
        if known is None:
            rare = math.log((self.total + len(self)) / (self.df[token] + 0.5))
            known = self._idf[token] = max(0.0, min(MOST_TELLING, rare))
        return known

    def number_of(self, item_id: str) -> int | None:
        """The number of a live item; None where there is none."""
        return self._register.number(item_id)

    def _id_of(self, number: int) -> str | None:
        return self.ids[number - self.base] if self.first <= number < self.base + len(self.ids) else None

    # --- items

    def add(
        self,
        item_id: str,
        form: Form,
        *,
        summary: Sequence[str] = (),
        said: Sequence[int] = (),
        when: float,
        source: str,
        cluster: int | None,
        aside: bool = False,
    ) -> int:
        """Puts an item in; `cluster` None makes it the first of a new one. Its number."""
        number = self.base + len(self.ids)
        tokens = self.numbers(form.tokens)
        self._idf.clear()
        self.ids.append(item_id)
        self._register.enter(item_id, number)
        self.tokens.extend(tokens)
        self.marks.extend(form.marks)
        self.starts.append(len(self.tokens))
        if summary:
            self.extra[number] = array("I", self.numbers(summary))
        self.apart.append(aside)
        self.echoes.add(number, said)
        self.when.append(when)
        self.source.append(self.sources.setdefault(source, len(self.sources)))
        self.original.append(number)
        self.cluster.append(number if cluster is None else cluster)
        if cluster is not None:
            known = self.members.get(cluster)
            if known is None:
                known = self.members[cluster] = array("I", [cluster]) if cluster >= self.first else array("I")
            known.append(number)
        for token in self.meant(tokens):
            self.df[token] += 1.0
            posting = self.postings[token]
            if posting is None:
                posting = self.postings[token] = array("I")
            posting.append(number)
        return number

    def retake(
        self, number: int, form: Form, summary: Sequence[str], said: Sequence[int], *, aside: bool = False
    ) -> None:
        """Replaces the text of an item in its place; the old text no longer counts."""
        self._idf.clear()
        at = number - self.base
        self.apart[at] = aside
        old = self.meant(self.tokens[self.starts[at] : self.starts[at + 1]])
        tokens = self.numbers(form.tokens)
        start, end = self.starts[at], self.starts[at + 1]
        shift = len(tokens) - (end - start)
        self.tokens[start:end] = array("I", tokens)
        self.marks[start:end] = array("B", form.marks)
        if shift:
            for later in range(at + 1, len(self.starts)):
                self.starts[later] += shift
        new = self.meant(tokens)
        for token in old - new:
            self.df[token] -= 1.0
            posting = self.postings[token]
            if posting is not None and number in posting:
                posting.remove(number)
        for token in new - old:
            self.df[token] += 1.0
            posting = self.postings[token]
            if posting is None:
                posting = self.postings[token] = array("I")
            place = next((place for place, other in enumerate(posting) if other > number), len(posting))
            posting.insert(place, number)
        self.echoes.drop(number)
        self.echoes.add(number, said)
        self.extra.pop(number, None)
        if summary:
            self.extra[number] = array("I", self.numbers(summary))

    def of(self, number: int) -> array[int]:
        """The tokens of an item's headline, in order."""
        at = number - self.base
        return self.tokens[self.starts[at] : self.starts[at + 1]]

    def form(self, number: int) -> Form:
        """An item's normal form, as it was put in."""
        at = number - self.base
        span = slice(self.starts[at], self.starts[at + 1])
        return Form(tuple(self.words[token] for token in self.tokens[span]), tuple(self.marks[span]))

    def text(self, number: int) -> str:
        """An item's normal form in one line."""
        words = self.words
        return " ".join([words[token] for token in self.of(number)])

    def stands_apart(self, number: int) -> bool:
        """True for an item that joins no story by its kind."""
        return bool(self.apart[number - self.base])

    def broken_off(self, number: int) -> bool:
        """True for a headline that ends in dots."""
        end = self.starts[number - self.base + 1]
        return end > self.starts[number - self.base] and bool(self.marks[end - 1] & CUT)

    # --- clusters

    def cluster_of(self, number: int) -> int:
        """The cluster an item is in, by the number of its first item."""
        return self.cluster[number - self.base]

    def items_of(self, cluster: int) -> Sequence[int]:
        """The live items of a cluster, oldest first."""
        known = self.members.get(cluster)
        if known is not None:
            return known
        return (cluster,)

    def merge(self, old: int, kept: int) -> None:
        """Makes one cluster of two."""
        both = array("I", sorted([*self.items_of(kept), *self.items_of(old)]))
        for number in self.items_of(old):
            self.cluster[number - self.base] = kept
        self.members.pop(old, None)
        self._forget_name(old)
        self.members[kept] = both

    def story(self, cluster: int) -> str:
        """The id of a cluster's story."""
        name = self.story_names.get(cluster)
        return name if name is not None else "s" + self.ids[cluster - self.base]

    def named(self, story: str) -> int | None:
        """The live cluster of a story; None where it has none."""
        if story in self.named_clusters:
            return self.named_clusters[story]
        first = self.number_of(story.removeprefix("s"))
        return (
            first if first is not None and self.cluster_of(first) == first and first not in self.story_names else None
        )

    def name(self, cluster: int, story: str) -> None:
        """Gives a cluster the id of its story, where that isn't the id of its first item."""
        if story != "s" + self.ids[cluster - self.base]:
            self.story_names[cluster] = story
            self.named_clusters[story] = cluster

    def _forget_name(self, cluster: int) -> None:
        name = self.story_names.pop(cluster, None)
        if name is not None:
            self.named_clusters.pop(name, None)

    def copied(self, number: int, copy: int) -> None:
        """Notes that an item is a copy of another, or of what that one is a copy of."""
        original = self.original[copy - self.base]
        self.original[number - self.base] = original if original >= self.first else copy

    # --- time

    def pass_time(self, now: float) -> Iterator[int]:
        """Moves on to a time and drops what is too old; yields the clusters that lost an item."""
        self.now = max(self.now, now)
        horizon = self.now - SPAN
        last = self.base + len(self.ids)
        while self.first < last and self.when[self.first - self.base] < horizon:
            yield self._expire(self.first)
        if self.first - self.base > SPENT and self.first - self.base > len(self):
            self._cut()

    def _expire(self, number: int) -> int:
        cluster = self.cluster_of(number)
        self._idf.clear()
        for token in self.meant(self.of(number)):
            self.df[token] -= 1.0
        self.extra.pop(number, None)
        self.echoes.drop(number)
        known = self.members.get(cluster)
        if known is not None and len(known) > 1:
            if cluster not in self.story_names:
                self.story_names[cluster] = name = self.story(cluster)
                self.named_clusters[name] = cluster
            known.remove(number)
        else:
            self.members.pop(cluster, None)
            self._forget_name(cluster)
        self.first += 1
        return cluster

    def _cut(self) -> None:
        """Gives the room of expired items back."""
        gone = self.first - self.base
        at = self.starts[gone]
        del self.tokens[:at], self.marks[:at]
        self.starts = array("I", [start - at for start in self.starts[gone:]])
        del self.apart[:gone]
        del self.ids[:gone], self.when[:gone], self.cluster[:gone], self.source[:gone], self.original[:gone]
        self.base = self.first
        self._register.forget(self.first)
        for token, posting in enumerate(self.postings):
            if posting is not None:
                live = array("I", [number for number in posting if number >= self.first])
                self.postings[token] = live or None

    # --- candidates

    def nearest(self, tokens: Iterable[int], most: int) -> list[int]:
        """The live items that share most with these tokens, best first; found by the rarest tokens, newest first."""
        rarest = sorted(self.meant(tokens), key=lambda token: (self.df[token], self.words[token]))
        found: dict[int, float] = {}
        budget = ENTRIES
        got = found.get
        for token in rarest:
            posting = self.postings[token]
            if not posting:
                continue
            weight = self.idf(token) ** 2
            newest = posting[-min(ENTRIES_PER_TOKEN, budget) :]
            budget -= len(newest)
            for number in newest:
                found[number] = got(number, 0.0) + weight
            if budget <= 0:
                break
        best = nlargest(most, zip(found.values(), found.keys(), strict=True))
        first = self.first
        return [number for _, number in best if number >= first]
