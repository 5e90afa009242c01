"""What desks do to a headline without changing what it says, and the least that makes it say something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence


VERBS = "beats?|sues?|buys?|defeats?|accuses?|attacks?|acquires?|warns?|slams?|joins?|kills?"
HEADS = (
    "UPDATE 2-",
    "EXCLUSIVE: ",
    "BREAKING: ",
    "WRAPUP 1-",
    "CORRECTED-",
    "Live: ",
    "WATCH: ",
    "BRIEF-",
    "RPT-",
    "Just in: ",
)
TAILS = (
    " - Reuters",
    " | The Evening Post",
    " (VIDEO)",
    " - sources",
    " - BBC News",
    ", report says",
    " - The Daily Star",
    ": Bloomberg",
    " [PHOTOS]",
)
SPELLINGS = (
    ("color", "colour"),
    ("center", "centre"),
    ("defense", "defence"),
    ("labor", "labour"),
    ("program", "programme"),
    ("organization", "organisation"),
    ("theater", "theatre"),
    ("favor", "favour"),
    ("gray", "grey"),
    ("U.S.", "US"),
    ("U.K.", "UK"),
)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
DIRECTIONS = (
    ("rise", "fall"),
    ("rises", "falls"),
    ("higher", "lower"),
    ("up", "down"),
    ("gains", "losses"),
    ("beats", "misses"),
    ("wins", "loses"),
    ("buys", "sells"),
    ("raises", "cuts"),
    ("opens", "closes"),
    ("approves", "rejects"),
    ("jumps", "drops"),
    ("starts", "ends"),
    ("increase", "decrease"),
    ("best", "worst"),
    ("first", "second"),
    ("buy", "sell"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
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
PLACES = (
    "China",
    "Russia",
    "Japan",
    "India",
    "France",
    "Germany",
    "Brazil",
    "Turkey",
    "Iran",
    "Iraq",
    "Egypt",
    "Texas",
    "California",
    "Florida",
    "London",
    "Paris",
    "Ukraine",
    "Syria",
    "Nigeria",
    "Mexico",
    "Canada",
    "Australia",
)


def rewrites(chance: random.Random) -> dict[str, Callable[[str], str | None]]:
    """Edits that leave the meaning alone."""

    def truncated(text: str) -> str | None:
        words = text.split()
        return " ".join(words[: max(5, len(words) * 7 // 10)]) + " ..." if len(words) >= 8 else None

    def broken_off(text: str) -> str | None:
        return text[: int(len(text) * 0.75)].rstrip() + "…" if len(text.split()) >= 8 else None

    def misspelt(text: str) -> str | None:
        places = [
            found.start()
            for found in re.finditer(r"(?<=[^\W\d_]{2})[^\W\d_]{2}(?=[^\W\d_]{2})", text)
            if text[found.start()] != text[found.start() + 1]
        ]
        if not places:
            return None
        at = chance.choice(places)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def letter_lost(text: str) -> str | None:
        places = [found.start() for found in re.finditer(r"(?<=[^\W\d_]{3})[^\W\d_](?=[^\W\d_]{2})", text)]
        if not places:
            return None
        at = chance.choice(places)
        return text[:at] + text[at + 1 :]

    def respelt(text: str) -> str | None:
        for one, other in SPELLINGS:
            for old, new in ((one, other), (other, one)):
                if re.search(rf"\b{re.escape(old)}(?!\w)", text):
                    return re.sub(rf"\b{re.escape(old)}(?!\w)", new, text)
        return None

    def numbers(text: str) -> str | None:
        if found := re.search(r"(\d)%", text):
            return text.replace(found.group(), found.group(1) + chance.choice((" percent", " pct", " per cent")))
        if found := re.search(r"\$(\d+(?:\.\d+)?) ?(billion|million)\b", text):
            return text.replace(
                found.group(), f"US${found.group(1)}{found.group(2)[0]}{'n' if found.group(2)[0] == 'b' else ''}"
            )
        if found := re.search(r"(?<![\d.,$#])\b(\d{4,6})\b(?![\d.,%])", text):
            return (
                text.replace(found.group(), f"{int(found.group()):,}") if not 1900 < int(found.group()) < 2100 else None
            )
        if found := re.search(r"(?<![\d.,$#-])\b([2-9]|1[0-2])\b(?![\d.,%:/-])", text):
            return text[: found.start()] + WORDS[int(found.group())] + text[found.end() :]
        return None

    def reordered(text: str) -> str | None:
        head, comma, tail = text.partition(", ")
        if comma and len(head.split()) >= 2 and len(tail.split()) >= 2 and "," not in tail:
            return f"{tail}, {head}"
        head, colon, tail = text.partition(": ")
        return f"{tail}, {head}" if colon and len(head.split()) >= 2 and len(tail.split()) >= 3 else None

    def small_words(text: str) -> str | None:
        words = text.split()
        thinner = [word for word in words if word.lower() not in {"the", "a", "an"}]
        if len(thinner) < len(words):
            return " ".join(thinner)
        return (
            re.sub(r"\b(in|of|on|for) ", r"\1 the ", text, count=1) if re.search(r"\b(in|of|on|for) ", text) else None
        )

    return {
        "head": lambda text: chance.choice(HEADS) + text,
        "two heads": lambda text: chance.choice(HEADS) + chance.choice(HEADS) + text,
        "tail": lambda text: text.rstrip(" .") + chance.choice(TAILS),
        "capitals": lambda text: text.upper(),
        "title case": lambda text: " ".join(word[:1].upper() + word[1:] for word in text.split()),
        "small letters": lambda text: text.lower(),
        "quotes": lambda text: (
            text.replace("'", "\u2019").replace('"', "\u201d") if "'" in text else f"\u2018{text}\u2019"
        ),
        "truncated": truncated,
        "broken off": broken_off,
        "letters swapped": misspelt,
        "letter lost": letter_lost,
        "spelling": respelt,
        "number style": numbers,
        "reordered": reordered,
        "small words": small_words,
        "spaces and stops": lambda text: "  " + text.replace(" - ", " \u2013 ").replace(" ", "\u00a0", 2) + ".",
    }


def changes(chance: random.Random, names: Sequence[str]) -> dict[str, Callable[[str], str | None]]:
    """Edits after which another thing is said. `names` are put in place of others."""

    def number(text: str) -> str | None:
        found = re.search(r"(?<![\w.])\d+(?:[.,]\d+)*", text)
        if not found or re.match(r"(?i)\W*(update|wrapup)\b", text):
            return None
        old = found.group()
        new = re.sub(r"[1-9]", lambda digit: str(int(digit.group()) % 9 + 1), old, count=1)
        return text[: found.start()] + new + text[found.end() :]

    def swapped_word(pairs: Sequence[tuple[str, str]], text: str) -> str | None:
        for one, other in pairs:
            for old, new in ((one, other), (other, one)):
                if re.search(rf"\b{old}\b", text, re.IGNORECASE):
                    return re.sub(rf"\b{old}\b", new, text, count=1, flags=re.IGNORECASE)
        return None

    def another_of(listed: Sequence[str], text: str) -> str | None:
        for old in listed:
            if re.search(rf"\b{old}\b", text):
                return re.sub(rf"\b{old}\b", chance.choice([new for new in listed if new != old]), text)
        return None

    def name(text: str) -> str | None:
        found = [match for match in re.finditer(r"(?<=[a-z] )[A-Z][a-z]{3,}\b", text) if match.group().lower() in names]
        if not found:
            return None
        old = chance.choice(found).group()
        new = chance.choice([new for new in names if new != old.lower()])
        return re.sub(rf"\b{old}\b", new.capitalize(), text)

    def negated(text: str) -> str | None:
        for old, new in (
            (r"\bwill\b", "will not"),
            (r"\bsays\b", "denies"),
            (r"\bto\b", "not to"),
            (r"\bis\b", "is not"),
            (r"\bhas\b", "has not"),
            (r"\bcan\b", "can't"),
        ):
            if re.search(old, text):
                return re.sub(old, new, text, count=1)
        return None

    def roles(text: str) -> str | None:
        found = re.match(
            rf"^([A-Z]\w{{3,}}) ({VERBS}) ([A-Z]\w{{3,}})\b(.*)$",
            text,
        )
        return f"{found[3]} {found[2]} {found[1]}{found[4]}" if found else None

    return {
        "number": number,
        "name": name,
        "direction": lambda text: swapped_word(DIRECTIONS, text),
        "negation": negated,
        "day or month": lambda text: (
            another_of(DAYS, text) or another_of([month for month in MONTHS if month != "May"], text)
        ),
        "place": lambda text: another_of(PLACES, text),
        "roles": roles,
    }
