"""Flags: what a desk wants to know of an item at a glance, why, and where it says so."""

from __future__ import annotations

from wirewatch.flags.flagger import LABEL_FLAGS, Flagger

__all__ = ["LABEL_FLAGS", "Flagger"]
