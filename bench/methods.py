"""Ways to tell that two headlines are one story: ours, and what others do, each over a stream and for a single pair.

All naive methods but LSH and TF-IDF get our own candidates, so they are faster and better here than they are alone.
"""

from __future__ import annotations

import itertools
import math
import re
import time
from collections import Counter, defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from rapidfuzz import fuzz, process

from wirewatch.clock import HOUR
from wirewatch.model import Item
from wirewatch.stories import StoryIndex, meaning, tables
from wirewatch.stories.normal import normal
from wirewatch.stories.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Grouped = tuple[dict[str, str], float]
    """The story of every item, and the CPU seconds it took."""

NAIVE = {
    "ratio": fuzz.ratio,
    "token_sort": fuzz.token_sort_ratio,
    "token_set": fuzz.token_set_ratio,
    "WRatio": fuzz.WRatio,
}
TABLE = meaning.load()
"""None without the extra `semantic`."""
HASHES = 64
NEWEST = 2000
"""Earlier headlines that TF-IDF compares of each word."""


class Method(NamedTuple):
    """One way; `copy` says that two headlines are the same text, `same` that they tell of one event."""

    name: str
    group: Callable[[Sequence[Item]], Grouped]
    copy: Callable[[str, str], bool]
    same: Callable[[str, str], bool]


def methods() -> Iterator[Method]:
    """All of them, ours first."""
    for preset in ("strict", "broad"):
        yield _ours(f"ours {preset}", preset, None)
    if TABLE is not None:
        for preset in ("strict", "broad"):
            yield _ours(f"ours {preset}, semantic", preset, TABLE)
    yield _alike("exact normal form", group_exact, lambda one, other: normal(one).text == normal(other).text)
    for (name, scorer), cutoff in itertools.product(NAIVE.items(), (85, 90)):
        yield _scorer(f"{name} >= {cutoff}", scorer, cutoff)
    yield _scorer("token_set >= 55, tuned", fuzz.token_set_ratio, 55)
    for cosine in (0.25, 0.5):
        yield _alike(
            f"TF-IDF neighbour >= {cosine}",
            lambda items, least=cosine: group_tfidf(items, least),
            lambda one, other, least=cosine: tfidf(one, other) >= least,
        )
    if find_spec("datasketch") is not None:
        for jaccard in (0.3, 0.5, 0.7):
            yield _alike(
                f"MinHash LSH >= {jaccard}",
                lambda items, least=jaccard: group_lsh(items, least),
                lambda one, other, least=jaccard: minhash(one).jaccard(minhash(other)) >= least,
            )


def missing() -> Iterator[str]:
    """What can't be measured here, and why."""
    if TABLE is None:
        yield "ours, semantic: the extra `semantic` isn't installed"
    if find_spec("datasketch") is None:
        yield "MinHash LSH: datasketch isn't installed (extra `bench`)"


def _alike(name: str, group: Callable[[Sequence[Item]], Grouped], alike: Callable[[str, str], bool]) -> Method:
    return Method(name, group, alike, alike)


def _scorer(name: str, scorer: Callable[..., float], cutoff: float) -> Method:
    return _alike(
        name,
        lambda items: group_naive(items, scorer, cutoff),
        lambda one, other: scorer(one.lower(), other.lower()) >= cutoff,
    )


def _ours(name: str, preset: Any, table: meaning.Meaning | None) -> Method:
    return Method(
        name,
        lambda items: group_ours(items, preset, table),
        lambda one, other: judge(one, other, preset, table)[0],
        lambda one, other: judge(one, other, preset, table)[1],
    )


def judge(
    one: str, other: str, preset: Any = "strict", table: meaning.Meaning | None = None
) -> tuple[bool, bool, bool]:
    """(copy, same story, same or related) for two headlines alone in an index."""
    index = StoryIndex(preset, table)
    first = index.place(Item(id="1", source="One", headline=one, received=0.0))
    second = index.place(Item(id="2", source="Two", headline=other, received=60.0))
    same = first.story == second.story
    return second.copy_of is not None, same, same or any(reason.startswith("related") for reason in second.why)


def group_ours(items: Sequence[Item], preset: Any, table: meaning.Meaning | None = None) -> Grouped:
    """By a story index, after merges."""
    index = StoryIndex(preset, table)
    found: dict[str, str] = {}
    into: dict[str, str] = {}
    start = time.process_time()
    for item in items:
        placement = index.place(item)
        found[item.id] = placement.story
        into.update(placement.merged)
    spent = time.process_time() - start
    return after_merges(found, into), spent


def after_merges(found: dict[str, str], into: dict[str, str]) -> dict[str, str]:
    """The stories that items ended in, once all merges are done."""

    def last(story: str) -> str:
        while story in into:
            story = into[story]
        return story

    return {item_id: last(story) for item_id, story in found.items()}


def group_naive(items: Sequence[Item], scorer: Callable[..., float], cutoff: float) -> Grouped:
    """Joined to the nearest earlier headline by one rapidfuzz scorer over raw headlines in small letters."""
    window = Window()
    found: dict[str, str] = {}
    texts: dict[int, str] = {}
    stories: dict[int, str] = {}
    start = time.process_time()
    for item in items:
        for _ in window.pass_time(item.received):
            pass
        form = normal(item.headline)
        near = window.nearest(window.numbers(form.tokens), 30)
        text = item.headline.lower()
        best = process.extractOne(text, {number: texts[number] for number in near}, scorer=scorer, score_cutoff=cutoff)
        number = window.add(item.id, form, summary=(), when=item.received, source=item.source, cluster=None)
        texts[number] = text
        stories[number] = found[item.id] = stories[best[2]] if best else item.id
    return found, time.process_time() - start


def group_exact(items: Sequence[Item]) -> Grouped:
    """Joined where the normal forms are equal."""
    start = time.process_time()
    found = {item.id: normal(item.headline).text for item in items}
    return found, time.process_time() - start


def words(headline: str) -> list[str]:
    """The words of a headline in small letters, as most readers cut them."""
    return re.findall(r"\w+", headline.lower())


def weighted(headline: str) -> dict[str, float]:
    """Words by TF-IDF, of unit length; document frequencies are those of our shipped table."""
    background = tables.background()
    counts = Counter(words(headline))
    weights = {
        word: count * math.log((background.total + 1) / (background.df.get(word, background.common.get(word, 0)) + 1))
        for word, count in counts.items()
    }
    norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / norm for word, weight in weights.items()}


def tfidf(one: str, other: str) -> float:
    """The cosine of two headlines."""
    theirs = weighted(other)
    return sum(weight * theirs.get(word, 0.0) for word, weight in weighted(one).items())


def group_tfidf(items: Sequence[Item], least: float) -> Grouped:
    """Joined to the nearest headline of the last 72 hours by the cosine of TF-IDF."""
    found: dict[str, str] = {}
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    start = time.process_time()
    for at, item in enumerate(items):
        mine = weighted(item.headline)
        scores: Counter[int] = Counter()
        for word, weight in mine.items():
            for other, theirs in having[word][-NEWEST:]:
                scores[other] += weight * theirs
        live = {other: score for other, score in scores.items() if items[other].received > item.received - 72 * HOUR}
        best = max(live, key=lambda other: (live[other], other), default=None)
        near = best is not None and live[best] >= least
        found[item.id] = found[items[best].id] if near and best is not None else item.id
        for word, weight in mine.items():
            having[word].append((at, weight))
    return found, time.process_time() - start


def minhash(headline: str) -> Any:
    """The MinHash of a headline's words."""
    from datasketch import MinHash

    made = MinHash(num_perm=HASHES, seed=1)
    made.update_batch([word.encode() for word in words(headline)])
    return made


def group_lsh(items: Sequence[Item], least: float) -> Grouped:
    """Joined to the headline with the nearest MinHash that locality-sensitive hashing finds."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=least, num_perm=HASHES)
    hashes: dict[str, Any] = {}
    found: dict[str, str] = {}
    start = time.process_time()
    for item in items:
        mine = hashes[item.id] = minhash(item.headline)
        near = [(mine.jaccard(hashes[other]), other) for other in index.query(mine)]
        best = max(near, default=(0.0, item.id))
        found[item.id] = found[best[1]] if best[0] >= least else item.id
        index.insert(item.id, mine)
    return found, time.process_time() - start
