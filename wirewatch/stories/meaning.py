"""What words mean, as directions: the extra `semantic`. Headlines that share no word may still point the same way.

A static table of word pieces, wordllama's, read from the installed package: no network, and none of its code is run.
The direction of a headline or a story is the sum of its words' own. So it is a function of the same tokens as all
other evidence, needs no room per item, and is the same in an index rebuilt from the store.
"""

from __future__ import annotations

import json
import mmap
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

PACKAGE = "wordllama"
TABLE = "weights/l2_supercat_256.safetensors"
PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
DIMENSIONS = 256
"""All that the table has."""
REMEMBERED = 20_000
"""Words whose directions are kept at hand: some 20 MB."""


class Meaning:
    """Directions of words and of what they add up to; `pieces` cuts a word, `row` gives the direction of a piece."""

    def __init__(self, pieces: Callable[[str], Sequence[int]], row: Callable[[int], Any]) -> None:
        import numpy

        self._numpy = numpy
        self._pieces = pieces
        self._row = row
        self._words: dict[str, Any] = {}

    def direction(self, counts: Sequence[tuple[str, int]]) -> Any:
        """The unit vector of words by how often they count; zeros where none of them is known to mean anything.

        Sums have one order, that of `counts`, whatever the machine: equal words give equal vectors to the last bit.
        """
        numpy = self._numpy
        if not counts:
            return numpy.zeros(DIMENSIONS, numpy.float32)
        weights = numpy.array([count for _, count in counts], numpy.float32)
        return self._unit((numpy.array([self._word(word) for word, _ in counts]) * weights[:, None]).sum(axis=0))

    def cosine(self, one: Any, other: Any) -> float:
        """-1 to 1 for two directions."""
        return float((one * other).sum())

    def _unit(self, vector: Any) -> Any:
        norm = float(self._numpy.sqrt((vector * vector).sum()))
        return vector / self._numpy.float32(norm) if norm else vector

    def _word(self, word: str) -> Any:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            known = self._numpy.zeros(DIMENSIONS, self._numpy.float32)
            if word[0] not in "#@":
                for piece in self._pieces(word.replace("-", " ")):
                    known = known + self._row(piece)
            self._words[word] = known
        return known


def load() -> Meaning | None:
    """The table of the installed package; None where the extra isn't installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None or find_spec("tokenizers") is None:
        return None
    folder = Path(found.origin).parent
    if not (folder / TABLE).is_file() or not (folder / PIECES).is_file():
        return None
    import numpy
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / PIECES))
    with (folder / TABLE).open("rb") as file:
        table = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (length,) = struct.unpack_from("<Q", table)
    (described,) = (entry for name, entry in json.loads(table[8 : 8 + length]).items() if name != "__metadata__")
    rows, width = described["shape"]
    begin = 8 + length + described["data_offsets"][0]
    weights = numpy.frombuffer(table, "<f2", rows * width, begin).reshape(rows, width)

    def pieces(word: str) -> Sequence[int]:
        listed: Sequence[int] = tokenizer.encode(word, add_special_tokens=False).ids
        return listed

    return Meaning(pieces, lambda piece: weights[piece, :DIMENSIONS].astype(numpy.float32))
