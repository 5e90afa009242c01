"""How sure is sure enough: every threshold of the three decisions, in one table."""

from __future__ import annotations

from typing import NamedTuple


class Preset(NamedTuple):
    """Thresholds; likelihoods and cosines are 0-1, copy scores 0-100."""

    join: float
    """From this likelihood an item is a report of a story."""
    second: float
    """From this likelihood it may also show that another story is the same one."""
    merge: float
    """From this cosine between their words two stories that an item belongs to both are one."""
    related: float
    """From this likelihood a story is named as related."""
    copy: float = 80.0
    """From this score two headlines without conflict are copies."""
    doubt: float = 1.0
    """What names that differ from those of a long story take from the evidence, in logits."""
    witness: float = 0.49
    """From this score (see `witness`) an item of a story bears another one out …"""
    crowd: float = 0.02
    """… more for each doubling of the story's items …"""
    stale: float = 0.002
    """… more for each hour between the two …"""
    contrary: float = 0.1
    """… and more where something speaks against."""
    support: float = 0.28
    """From this score a member has nothing against it; a third of those asked must have nothing."""
    vouched: float = 0.4
    """From this score two items of two stories speak for one story, where a third item belongs to both."""
    merged_meaning: float = 0.0
    """The cosine of where two stories point, with the extra `semantic`, added to that of their words …"""
    merged_size: float = 0.0
    """… and the logarithm of how many items the smaller one has: to join two large ones takes more …"""
    merged_hour: float = 0.0
    """… the hours between their first items, for what is of one event begins together …"""
    merged_least: float = 0.0
    """What speaks, in logits, for the item of the smaller one that belongs least to the other …"""
    merged_sure: float = 0.0
    """… and how likely the item that belongs to both is of the second."""
    plain: float = 0.7
    """From this score nobody asks for a deed."""


class Evidence(NamedTuple):
    """How much each kind of evidence for one event weighs, in logits; fitted on a labelled stream of headlines.

    A word's weight is its idf: the logarithm of how rare it is, natural.
    """

    shared: float = 0.21
    """A unit of idf that the item shares with the story, by how many of the story's items have the word."""
    covered: float = 3.4
    """The share of the item's idf that the story's words cover."""
    names: float = 0.17
    """A unit of idf of shared names, on top."""
    strange_names: float = -0.03
    """A unit of idf of names that the story hasn't."""
    summaries: float = 0.10
    """A unit of idf that two summaries share beyond the headlines, less what any two share …"""
    summaries_by_chance: float = 0.35
    """… which is this part of the shorter one's idf: with less they speak against."""
    summaries_most: float = 4.0
    names_only: float = -1.5
    """Nothing is shared but names of people and places: they make news more than once a day."""
    telling: float = 3.2
    """The idf from which a shared word counts as more than names."""
    hour: float = -0.08
    """An hour since the story's last item."""
    bias: float = -2.2
    size: float = 0.0
    """The logarithm of how many items the story has: a long one has words for everything."""
    meaning: float = 0.0
    """The cosine of where the item's and the story's words point, with the extra `semantic`."""
    near: float = 0.0
    """The share of the items most like it that are of the story."""
    age: float = 0.0
    """An hour since the story's first item."""


EVIDENCE = Evidence()
SEMANTIC_EVIDENCE = Evidence(
    shared=0.1,
    covered=1.73,
    names=0.185,
    strange_names=-0.018,
    names_only=-0.13,
    hour=-0.08,
    bias=-2.8,
    size=-0.25,
    meaning=6.5,
    near=1.77,
    age=-0.023,
)
"""Fitted anew: meaning takes over much of what covered words said."""

PRESETS = {
    "strict": Preset(join=0.85, second=0.5, merge=0.35, related=0.45),
    "broad": Preset(join=0.50, second=0.5, merge=0.25, related=0.30, witness=0.36, crowd=0.01, support=0.22),
}
SEMANTIC_PRESETS = {
    "strict": PRESETS["strict"]._replace(
        join=0.9,
        second=0.8,
        merge=1.28,
        merged_meaning=0.63,
        merged_hour=-0.021,
        merged_least=0.078,
        merged_sure=1.0,
    ),
    "broad": PRESETS["broad"]._replace(join=0.75, merge=0.44, merged_meaning=0.8, merged_size=-0.03),
}
