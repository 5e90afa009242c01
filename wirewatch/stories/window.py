"""The items of the last 72 hours as arrays: tokens, times, clusters, and for each token the items that have it.

Everything a decision looks at is a function of the items inside the window and of which cluster each is in, never of
the way it came about. So an index rebuilt from the store decides like the one that had been running.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from wirewatch.clock import HOUR
from wirewatch.stories import tables
from wirewatch.stories.heaviest import heaviest
from wirewatch.stories.ids import Register
from wirewatch.stories.normal import CUT, Form
from wirewatch.stories.packed import Rows
from wirewatch.stories.passages import Echoes
from wirewatch.stories.rarity import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SPAN = 72 * HOUR
"""Seconds for which an item can still be joined."""

ENTRIES_PER_TOKEN = 300
ENTRIES = 1000
"""Postings read for one item at most: what keeps the cost flat however many items there are."""

TEXTS = 10_000
"""Normal forms kept in one line, for they are compared again and again."""

SPENT = 1000
"""Expired items kept before the arrays are cut, and no fewer than half as many as live ones: cutting costs as these."""

_BACKGROUND_WEIGHT = 0.1
"""What a shipped headline counts against one of the window, so that the window's own words soon show."""
_GRAIN = 2.0**-20
"""Background counts are multiples of it, so that adding and taking off live items is exact in any order."""


class Window:
    """The live items by running number; a number is never given twice."""

    def __init__(self) -> None:
        background = tables.background()
        self.total = max(1.0, background.total * _BACKGROUND_WEIGHT)
        self.weights = Weights(self.total)
        """How much a shared token says: 0 for one that every headline has."""
        self.vocabulary: dict[str, int] = {}
        self.words: list[str] = []
        self.df = array("d")
        self.postings: list[array[int] | None] = []
        self._last_more = array("I")
        """By token, the newest item whose summary has it: with `df` it tells which words no live item has."""
        self._free: list[int] = []
        """Tokens whose words no live item had at the last cut; they are given to new words."""
        for word, count in background.df.items():
            self._word(word, round(count * _BACKGROUND_WEIGHT / _GRAIN) * _GRAIN)
        self.parents: dict[int, int] = {}
        """Places within places: who speaks of Kyiv speaks of Ukraine."""
        for part, whole in tables.places().within.items():
            self.parents[self._token(part)] = self._token(whole)
        self._shipped = len(self.words)
        """Tokens below stay for good."""
        self.first = 0
        """Number of the oldest live item."""
        self.base = 0
        """Number of the item at position 0 of the arrays."""
        self._ids = Register()
        self._tokens = Rows("I")
        self._marks = Rows("B")
        self.extra = Rows("I")
        """Tokens of the summary that the headline hasn't."""
        self.apart = array("B")
        """1 for items that tell of several events, or about one: live pages, round-ups, columns. They join nothing."""
        self.echoes = Echoes()
        self._texts: dict[int, str] = {}
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

    def __len__(self) -> int:
        return self.base + len(self.when) - self.first

    def _word(self, word: str, count: float = 0.0) -> int:
        if self._free:
            token = self.vocabulary[word] = self._free.pop()
            self.words[token] = word
            return token
        token = self.vocabulary[word] = len(self.words)
        self.words.append(word)
        self._last_more.append(0)
        self.df.append(count)
        self.weights.enter(count)
        self.postings.append(None)
        return token

    def _token(self, word: str) -> int:
        token = self.vocabulary.get(word)
        return self._word(word) if token is None else token

    def numbers(self, words: Iterable[str]) -> list[int]:
        """The tokens of words, new ones included."""
        known = self.vocabulary
        return [known[word] if word in known else self._word(word) for word in words]

    def meant(self, tokens: Iterable[int]) -> set[int]:
        """Tokens with the places that they lie in."""
        found = set(tokens)
        parents = self.parents
        inner: Iterable[int] = parents.keys() & found
        while inner:
            outer = {parents[token] for token in inner} - found
            found |= outer
            inner = parents.keys() & outer
        return found

    def idf(self, token: int) -> float:
        """How much a shared token says: 0 for one that every headline has."""
        return self.weights.of((token,))[0]

    def _count(self, token: int, more: float) -> None:
        df = self.df[token] = self.df[token] + more
        self.weights.count(token, df)

    def number_of(self, item_id: str) -> int | None:
        """The number of a live item; None where there is none."""
        number = self._ids.number(item_id)
        return number if number is not None and number >= self.first else None

    def id(self, number: int) -> str:
        """The id of an item."""
        return self._ids.id(number)

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
        tokens = self.numbers(form.tokens)
        number = self._ids.enter(item_id)
        self._tokens.add(tokens)
        self._marks.add(form.marks)
        self.extra.add(self._more(number, summary))
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
        meant = self.meant(tokens)
        for token in meant:
            self._count(token, 1.0)
            posting = self.postings[token]
            if posting is None:
                posting = self.postings[token] = array("I")
            posting.append(number)
        self.weights.items(self.total + len(self))
        return number

    def retake(
        self, number: int, form: Form, summary: Sequence[str], said: Sequence[int], *, aside: bool = False
    ) -> None:
        """Replaces the text of an item in its place; the old text no longer counts."""
        self.apart[number - self.base] = aside
        old = self.meant(self.of(number))
        tokens = self.numbers(form.tokens)
        self._tokens.replace(number, tokens)
        self._texts.pop(number, None)
        self._marks.replace(number, form.marks)
        self.extra.replace(number, self._more(number, summary))
        self.echoes.replace(number, said)
        new = self.meant(tokens)
        for token in old - new:
            self._count(token, -1.0)
            posting = self.postings[token]
            if posting is not None:
                del posting[bisect_left(posting, number)]
        for token in new - old:
            self._count(token, 1.0)
            posting = self.postings[token]
            if posting is None:
                posting = self.postings[token] = array("I")
            posting.insert(bisect_left(posting, number), number)
        self.weights.items(self.total + len(self))

    def _more(self, number: int, summary: Sequence[str]) -> list[int]:
        """The tokens of an item's summary, which are kept for as long as it lives."""
        tokens = self.numbers(summary)
        last = self._last_more
        for token in tokens:
            if last[token] < number:
                last[token] = number
        return tokens

    def of(self, number: int) -> array[int]:
        """The tokens of an item's headline, in order."""
        return self._tokens.of(number)

    def form(self, number: int) -> Form:
        """An item's normal form, as it was put in."""
        return Form(tuple(map(self.words.__getitem__, self._tokens.of(number))), tuple(self._marks.of(number)))

    def sorted_text(self, number: int) -> str:
        """The tokens of an item's headline in one line by the alphabet, for comparing whatever their order."""
        known = self._texts.get(number)
        if known is None:
            if len(self._texts) >= TEXTS:
                self._texts.clear()
            known = self._texts[number] = " ".join(sorted(map(self.words.__getitem__, self._tokens.of(number))))
        return known

    def marked(self, number: int) -> Iterator[tuple[int, int]]:
        """The tokens of an item's headline with their marks."""
        return zip(self._tokens.of(number), self._marks.of(number), strict=True)

    def marks(self, number: int) -> array[int]:
        """The marks of an item's headline, one for each token."""
        return self._marks.of(number)

    def stands_apart(self, number: int) -> bool:
        """True for an item that joins no story by its kind."""
        return bool(self.apart[number - self.base])

    def broken_off(self, number: int) -> bool:
        """True for a headline that ends in dots."""
        marks = self._marks.of(number)
        return bool(marks) and bool(marks[-1] & CUT)

    # --- clusters

    def cluster_of(self, number: int) -> int:
        """The cluster an item is in, by the number of its first item."""
        return self.cluster[number - self.base]

    def clusters_of(self, numbers: Iterable[int]) -> list[int]:
        """The clusters that items are in, in their order."""
        clusters, base = self.cluster, self.base
        return [clusters[number - base] for number in numbers]

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
        return name if name is not None else "s" + self.id(cluster)

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
        if story != "s" + self.id(cluster):
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
        last = self.base + len(self.when)
        while self.first < last and self.when[self.first - self.base] < horizon:
            yield self._expire(self.first)
        if self.first - self.base > max(SPENT, len(self) // 2):
            self._cut()

    def _expire(self, number: int) -> int:
        cluster = self.cluster_of(number)
        meant = self.meant(self.of(number))
        for token in meant:
            self._count(token, -1.0)
        self.extra.drop(number)
        self.echoes.drop(number)
        self._texts.pop(number, None)
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
        self.weights.items(self.total + len(self))
        return cluster

    def _cut(self) -> None:
        """Gives the room of expired items back."""
        gone = self.first - self.base
        for rows in (self._ids, self._tokens, self._marks, self.extra, self.echoes):
            rows.cut(self.first)
        del self.apart[:gone], self.when[:gone], self.cluster[:gone], self.source[:gone], self.original[:gone]
        self.base = self.first
        self._forget_words()
        self._forget_sources()
        first, df = self.first, self.df
        for token, posting in enumerate(self.postings):
            if not df[token]:
                self.postings[token] = None
            elif posting and posting[0] < first:
                del posting[: bisect_left(posting, first)]

    def _forget_words(self) -> None:
        """Frees the tokens of words that no live item has, and nothing shipped."""
        words, last, first = self.words, self._last_more, self.first
        for token, count in enumerate(self.df[self._shipped :], self._shipped):
            if not count and last[token] < first and words[token]:
                del self.vocabulary[words[token]]
                words[token] = ""
                self._free.append(token)

    def _forget_sources(self) -> None:
        """Numbers the sources of live items anew where others have none any more."""
        live = sorted(set(self.source))
        if len(live) < len(self.sources):
            numbers = {old: new for new, old in enumerate(live)}
            self.source = array("I", map(numbers.__getitem__, self.source))
            self.sources = {name: numbers[old] for name, old in self.sources.items() if old in numbers}

    # --- candidates

    def nearest(self, tokens: Iterable[int], most: int) -> list[int]:
        """The live items that share most with these tokens, best first; found by the rarest tokens, newest first."""
        df, words = self.df, self.words
        rarest = sorted(self.meant(tokens), key=lambda token: (df[token], words[token]))
        read: list[tuple[array[int], float]] = []
        budget = ENTRIES
        for token, weight in zip(rarest, self.weights.of(rarest), strict=True):
            posting = self.postings[token]
            if not posting:
                continue
            if posting[0] < self.first:
                del posting[: bisect_left(posting, self.first)]
            newest = posting[-min(ENTRIES_PER_TOKEN, budget) :]
            read.append((newest, weight**2))
            budget -= len(newest)
            if budget <= 0:
                break
        return heaviest(read, most)
