"""Makes wirewatch/stories/background.txt.gz: how many headlines of a year have a word, which are written small.

    python -m bench.background ../shared/corpora/headlines/background-2014.tsv.gz

The table holds counts of words, no headline. `w` lines are words written small in running text, `t` lines tokens of
normal forms, each with the number of headlines that have it; the `n` line is the number of headlines read.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter
from pathlib import Path

from wirewatch.stories import tables

OUT = Path(tables.__file__).with_name("background.txt.gz")
MOST_WORDS, MOST_TOKENS = 20_000, 40_000
SEEN_AT_LEAST = 3


def headlines(path: Path) -> list[str]:
    """The first column of the gzipped table, without its heading."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        return [line.split("\t", 1)[0] for line in lines]


def written_small(texts: list[str]) -> Counter[str]:
    """Words by how many headlines in sentence case write them small, where most do."""
    small: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for text in texts:
        words = re.findall(r"[^\W\d_]+", text)
        long = [word for word in words if len(word) > 3]
        if sum(word[0].islower() for word in long) < 0.4 * len(long):
            continue
        small.update({word for word in words if word.islower()})
        every.update({word.casefold() for word in words[1:]} | {word for word in words[:1] if word.islower()})
    return Counter(
        {word: count for word, count in small.items() if count >= 0.6 * every[word] and count >= SEEN_AT_LEAST}
    )


def write(common: Counter[str], df: Counter[str], total: int) -> None:
    """Writes the table; the same counts give the same bytes."""
    lines = [f"n\t\t{total}"]
    lines += [f"w\t{word}\t{count}" for word, count in sorted(common.most_common(MOST_WORDS), key=lambda pair: pair[0])]
    lines += [f"t\t{word}\t{count}" for word, count in sorted(df.most_common(MOST_TOKENS)) if count >= SEEN_AT_LEAST]
    OUT.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))


def main(path: Path) -> None:
    """Two passes: normal forms need to know the common words."""
    texts = headlines(path)
    common = written_small(texts)
    write(common, Counter(), len(texts))
    tables.background.cache_clear()
    from wirewatch.stories.normal import normal

    df: Counter[str] = Counter()
    for text in texts:
        df.update(set(normal(text).tokens))
    write(common, df, len(texts))
    print(f"{OUT.name}: {len(common)} words, {len(df)} tokens, {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
