"""Near-identical text: the same words whatever their order, one headline cut out of another, and no conflict."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process

from wirewatch.stories.contrast import Contrast
from wirewatch.stories.normal import ASKS, CUT, Form
from wirewatch.stories.veto import reasons, wording

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wirewatch.stories.presets import Preset
    from wirewatch.stories.window import Window
    from wirewatch.stories.witness import Witnesses

ADDED, ADDED_ALONE = 0.4, 0.6
"""A copy may say more than what it copies by this share of all that is told; beyond it is a report of its own.
Where no summaries tell reports from cut headlines, by more."""


MORE_WORDS = 4
"""What a headline that holds all words of another one loses for having more."""
SAME_BODY, SAME_CREDITED = 0.6, 0.4
"""Bodies that share this part of the shorter one's sentences are one text; less will do where one credits the other."""


class Echo(NamedTuple):
    """The item whose body says most of the same sentences."""

    number: int
    sentences: int
    share: float
    """Of the shorter body."""
    copy: bool
    """The same text, cut or with furniture around it."""

    @property
    def why(self) -> str:
        """For the reader."""
        return f"{self.sentences} sentence{'s' * (self.sentences > 1)} of the same text"


class Copies:
    """Finds the live item that a new one is a copy of."""

    def __init__(self, window: Window, witnesses: Witnesses, preset: Preset) -> None:
        self.window = window
        self.witnesses = witnesses
        self.preset = preset

    def scores(self, form: Form, near: Sequence[int], most: int) -> dict[int, float]:
        """How alike the first candidates' words are, 0-100, whatever their order; longer headlines may have words more.

        Left out is what is no copy and has no other candidate of its story to be compared with.
        """
        stories = self.window.clusters_of(near)
        held = Counter(stories)
        alone: list[int] = []
        rivals: list[int] = []
        for number, story in zip(near[:most], stories, strict=False):
            (alone if held[story] == 1 else rivals).append(number)
        return self._from(0.0, form, rivals) | self._from(self.preset.copy, form, alone)

    def _from(self, least: float, form: Form, numbers: Sequence[int]) -> dict[int, float]:
        """The scores of items, as far as they come to `least`."""
        window = self.window
        texts = [window.sorted_text(number) for number in numbers]
        text = form.sorted_text
        ordered = process.extract(text, texts, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=least)
        scores = {numbers[at]: score for _, score, at in ordered}
        cut = form.ends(CUT)
        if len(form.tokens) < (3 if cut else 4):
            return scores
        within = process.extract(
            text, texts, scorer=fuzz.token_set_ratio, processor=None, limit=None, score_cutoff=least + MORE_WORDS
        )
        for _, score, at in within:
            number = numbers[at]
            if score - MORE_WORDS > scores.get(number, 0.0):
                enough = 3 if cut or window.broken_off(number) else 4
                if texts[at].count(" ") >= enough - 1:
                    scores[number] = score - MORE_WORDS
        return scores

    def echo(self, form: Form, said: Sequence[int], credit: str | None, related: Collection[int]) -> Echo | None:
        """What a body has in common with those before; the only sentence of a short one counts within its own story.

        Credit, from dateline or sign-off, is evidence: a text that names the agency which sent the other one.
        """
        window = self.window
        found = window.echoes.nearest(said) if said else None
        if found is None:
            return None
        number, sentences, share = found
        contrast = Contrast(form, window.form(number))
        if contrast.minimal() and reasons(contrast):
            return Echo(number, sentences, share, copy=False)
        source = next((name for name, at in window.sources.items() if at == window.source[number - window.base]), "")
        credited = bool(credit) and str(credit).casefold() in source.casefold()
        whole = share == 1.0 and bool(contrast.shared) and window.cluster_of(number) in related
        enough = sentences >= 2 and share >= (SAME_CREDITED if credited else SAME_BODY)
        return Echo(number, sentences, share, copy=enough or whole)

    def best(
        self, form: Form, more: Sequence[int], scores: dict[int, float], *, alone: bool
    ) -> tuple[int | None, float]:
        """The item this one is a copy of, the most alike and then the newest; None where none is."""
        for number in sorted(scores, key=lambda number: (-scores[number], -number))[:6]:
            score = scores[number]
            if score < self.preset.copy:
                break
            other = self.window.form(number)
            contrast = Contrast(form, other)
            if not wording(contrast) and not reasons(contrast) and self._holds(contrast, number, more, alone=alone):
                return number, score
        return None, 0.0

    def _holds(self, contrast: Contrast, number: int, more: Sequence[int], *, alone: bool) -> bool:
        """True where the shorter of two headlines holds most of what the longer one tells, and both are of one kind.

        One that asks is no copy of one that tells; of pieces that stand aside, neither may tell anything more.
        """
        one, other = contrast.one, contrast.other
        if one.tokens == other.tokens:
            return True
        needed = self.witnesses.needed(more, self.window.cluster_of(number))
        if needed and alone != self.window.stands_apart(number):
            return False
        if one.ends(CUT) or other.ends(CUT):
            return True
        if one.ends(ASKS) != other.ends(ASKS):
            return False
        weight = self._told
        left, right = (math.fsum(weight(token) for token in side) for side in (contrast.left, contrast.right))
        whole = math.fsum(weight(token) for token in contrast.shared) + left + right
        added = (0.0 if alone else ADDED) if needed else ADDED_ALONE
        return max(left, right) <= added * whole

    def _told(self, word: str) -> float:
        token = self.window.vocabulary.get(word)
        return 0.0 if token is None else self.window.idf(token)
