"""What speaks against two headlines telling the same thing, however alike they look.

`Contrast` lines two normal forms up: what both have, what only one has. From that come the conflicts, each in words a
reader understands. A copy tolerates none of them; a story tolerates what a developing event changes by itself
(the toll rises, a name is added), but not another place, another day, the other side's victory.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from wirewatch.stories import tables
from wirewatch.stories.contrast import LIGHT, Contrast, in_use, marks_of
from wirewatch.stories.normal import BREAK, BY, CUT, NAME, NEGATION, NUMBER, PLACE, Form

REPLACED, ADDED = 2, 1


class Conflict(NamedTuple):
    """A reason against; `grave` ones keep reports apart too, not only copies."""

    kind: str
    text: str
    grave: bool


def conflicts(one: Form, other: Form) -> list[Conflict]:
    """Everything that speaks against two headlines telling the same, gravest first; empty where nothing does."""
    return reasons(Contrast(one, other))


def reasons(contrast: Contrast) -> list[Conflict]:
    """What speaks against in a contrast, gravest first."""
    left, right = marks_of(contrast.left), marks_of(contrast.right)
    found: list[Conflict] = []
    if left & right & NUMBER:
        found += _numbers(contrast)
    if (left ^ right) & NEGATION:
        found += _negation(contrast)
    found += _directions(contrast)
    if left & right & PLACE:
        found += _places(contrast)
    if left & right & NAME:
        found += _names(contrast)
    found += _turns(contrast)
    swapped = _swapped(contrast)
    if swapped:
        found.append(swapped)
    return sorted(found, key=lambda conflict: not conflict.grave)


def wording(contrast: Contrast) -> Conflict | None:
    """Copies add or leave out words; where each has words in place of the other's, they say two things."""
    left = [token for token in contrast.left if token not in LIGHT]
    right = [token for token in contrast.right if token not in LIGHT]
    if left and right:
        return Conflict("wording", f"each says something of its own: {_some(left)} / {_some(right)}", grave=False)
    return None


def pattern(contrast: Contrast) -> list[Conflict]:
    """Two pieces of a running series, or a word put for another in a language whose opposites no table knows."""
    worded = wording(contrast) if contrast.minimal() else None
    if worded is None:
        return []
    if contrast.shared & tables.words().series:
        return [Conflict("series", f"two pieces of one series: {worded.text}", grave=True)]
    if _substituted(contrast):
        return [
            Conflict("wording", worded.text.replace("each says something of its own", "one word for another"), True)
        ]
    changed = [token for token in (*contrast.left, *contrast.right) if token not in LIGHT]
    if not any(token.isascii() for token in changed):
        return [worded._replace(grave=True)]
    return []


def _substituted(contrast: Contrast) -> bool:
    """True where two headlines are the same word for word but for a word or two in one place, and at most one more."""
    one = [token for token in contrast.one.tokens if token not in LIGHT]
    other = [token for token in contrast.other.tokens if token not in LIGHT]
    replaced = added = 0
    for kind, begin, end, start, stop in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        mine, theirs = one[begin:end], other[start:stop]
        if kind == "replace" and not (_placeless(contrast.left, mine) and _placeless(contrast.right, theirs)):
            return False
        if kind == "replace":
            if max(len(mine), len(theirs)) > REPLACED or all(token[0] in "#@" for token in (*mine, *theirs)):
                return False
            replaced += 1
        elif kind != "equal":
            added += len(mine) + len(theirs)
    if replaced != 1 or added > ADDED or len(contrast.shared) < 2:
        return False
    return _english(contrast.one) == _english(contrast.other)


def _placeless(side: dict[str, int], tokens: list[str]) -> bool:
    """True where something is left of one side that is no place: of those `_places` knows which lie in which."""
    return any(not side[token] & PLACE for token in tokens if token in side)


def _english(form: Form) -> bool:
    """True where half of the words that are no names are in English use; a translation replaces words all the time."""
    words = [token for token, marks in zip(form.tokens, form.marks, strict=True) if not marks & (NAME | NUMBER)]
    return 2 * sum(map(in_use, words)) >= len(words)


_TOLL = frozenset(
    {
        "kill",
        "injure",
        "miss",
        "arrest",
        "trap",
        "rescue",
        "evacuate",
        "displace",
        "infect",
        "case",
        "hostage",
        "victim",
        "body",
        "toll",
    }
)
"""Beside one of these a number grows from report to report."""


def _same_place(one: str, other: str) -> bool:
    """True where one place lies in the other, or one name is the longer form of the other's."""
    within = tables.places().within
    up, down = one, other
    for _ in range(3):
        if up == other or down == one:
            return True
        up, down = within.get(up, up), within.get(down, down)
    return up == other or down == one


def _numbers(contrast: Contrast) -> list[Conflict]:
    left, right = contrast.sides(NUMBER)
    kinds = {"@m": "months", "@d": "weekdays", "@q": "quarters", "@o": "ordinals"}
    found = []
    for start, name in kinds.items():
        mine = [token for token in left if token.startswith(start)]
        theirs = [token for token in right if token.startswith(start)]
        if mine and theirs:
            found.append(Conflict(name, f"{name} differ: {_some(mine)} / {_some(theirs)}", grave=True))
    mine, theirs = _plain_numbers(left), _plain_numbers(right)
    if (mine and theirs) or not found:
        mine, theirs = mine or left, theirs or right
        toll = bool(contrast.shared & _TOLL)
        found.append(Conflict("numbers", f"numbers differ: {_some(mine)} / {_some(theirs)}", grave=not toll))
    return found


def _plain_numbers(tokens: list[str]) -> list[str]:
    return [token for token in tokens if not token.startswith("@")]


def _negation(contrast: Contrast) -> list[Conflict]:
    left, right = contrast.sides(NEGATION)
    word = (left or right)[0]
    whole, other = (contrast.one, contrast.other) if left else (contrast.other, contrast.one)
    cut = other.marks and other.marks[-1] & CUT and not whole.marks[-1] & CUT
    if cut and whole.tokens.index(word) >= len(other.tokens) - 1:
        return []
    return [Conflict("negation", f"only one of them says “{word}”", grave=True)]


def _directions(contrast: Contrast) -> list[Conflict]:
    opposites = tables.words().opposites
    found = []
    for token in contrast.left:
        against = opposites.get(token)
        if against and (against := against & contrast.right.keys()):
            found.append(Conflict("direction", f"opposite senses: {token} / {min(against)}", grave=True))
    return found


def _places(contrast: Contrast) -> list[Conflict]:
    """Each side has a place of its own, and neither lies in the other's: two towns of one country are two places."""
    within = tables.places().within
    left, right = contrast.sides(PLACE)
    towns_left, towns_right = (
        [place for place in left if place in within],
        [place for place in right if place in within],
    )
    apart = not any(_same_place(mine, theirs) for mine in towns_left for theirs in towns_right)
    if towns_left and towns_right and apart:
        return [Conflict("places", f"places differ: {_some(towns_left)} / {_some(towns_right)}", grave=True)]
    left = [place for place in left if not any(_same_place(place, token) for token in contrast.other.marked(PLACE))]
    right = [place for place in right if not any(_same_place(place, token) for token in contrast.one.marked(PLACE))]
    if left and right:
        return [Conflict("places", f"places differ: {_some(left)} / {_some(right)}", grave=True)]
    return []


def _names(contrast: Contrast) -> list[Conflict]:
    left, right = contrast.sides(NAME)
    left = [name for name in left if not contrast.left[name] & PLACE]
    right = [name for name in right if not contrast.right[name] & PLACE]
    if left and right:
        return [Conflict("names", f"names differ: {_some(left)} / {_some(right)}", grave=True)]
    return []


def _turns(contrast: Contrast) -> list[Conflict]:
    """The committee's vote isn't the house's, and who weighs a bid hasn't bid."""
    turns = tables.words().turns
    left, right = turns.intersection(contrast.left), turns.intersection(contrast.right)
    if left or right:
        return [Conflict("turn", f"only one of them says “{min(left or right)}”", grave=False)]
    return []


def _swapped(contrast: Contrast) -> Conflict | None:
    """The same names around the same verb in the other order: who did it to whom is turned round."""
    one, other = contrast.one, contrast.other
    if one.tokens == other.tokens:
        return None
    mine = [(name, other.tokens.index(name)) for name in one.marked(NAME) if name in other.tokens]
    for at, (first, behind) in enumerate(mine):
        for second, before in mine[at + 1 :]:
            if before >= behind:
                continue
            ours, yours = _between(one, first, second), _between(other, second, first)
            if ours is not None and yours is not None and ours & yours:
                return Conflict("roles", f"roles are swapped: {first} and {second}", grave=True)
    return None


def _between(form: Form, first: str, second: str) -> frozenset[str] | None:
    """The words between two names in one clause of the active voice; None where they aren't so placed."""
    start = form.tokens.index(first)
    end = form.tokens.index(second)
    if end <= start + 1:
        return None
    inner = form.marks[start + 1 : end + 1]
    if any(marks & BREAK for marks in inner) or any(marks & BY for marks in form.marks[start:end]):
        return None
    return frozenset(form.tokens[start + 1 : end])


def shown(token: str) -> str:
    """A token as a reader would write it: `#3200000000usd` → `3,200,000,000 usd`, `@m3` → `March`."""
    if token.startswith("@"):
        value = int(float(token[2:]))
        if token[1] == "m":
            return _MONTHS[value - 1] if 0 < value <= 12 else token
        if token[1] == "d":
            return _DAYS[value - 1] if 0 < value <= 7 else token
        if token[1] == "q":
            return f"Q{value}" if value < 10 else f"H{value - 10}"
        return f"no. {value}"
    if token.startswith("#"):
        digits = token[1:].rstrip("abcdefghijklmnopqrstuvwxyz%")
        unit = token[1 + len(digits) :]
        try:
            value_text = f"{float(digits):,.10g}"
        except ValueError:
            return token[1:]
        return f"{value_text}%" if unit == "%" else f"{value_text} {unit}".strip()
    return token


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _some(tokens: list[str]) -> str:
    listed = [shown(token) for token in tokens[:3]]
    return ", ".join(listed)
