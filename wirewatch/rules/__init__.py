"""Rules and scores: what the user's `[[rule]]` tables find, and what a story's priority comes to. Pure, both."""

from wirewatch.rules.ruleset import Hit, RuleSet, is_quiet

__all__ = ["Hit", "RuleSet", "is_quiet"]
