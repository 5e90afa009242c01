"""Text of an XML document, made fit for an XML parser: the mistakes that feeds really make, mended as they were meant.

Nothing here expands what a document declares beyond its own size, so the entity bombs stay what they look like: text.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Final

AUTHOR_MOST: Final = 1024
"""Characters of an author element. feedparser searches it for an e-mail address in cubic time."""
_ENTITY_MOST: Final = 200
_EXPANSION_MOST: Final = 65_536
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_ENTITY: Final = re.compile(r"<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:\"([^\"%&]*|&#\w+;)\"|'([^'%&]*|&#\w+;)')\s*>")
_ANY_REFERENCE: Final = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)")
_MEDIA: Final = re.compile(r"<(/?)media:(description|title|text)\b[^<>]*?(/?)>")
_AUTHOR: Final = re.compile(
    r"<((?:[\w.-]++:)?(?:author|creator|managingeditor|webmaster|publisher|owner))(?=[\s>])[^>]*(?<!/)>",
    re.IGNORECASE,
)
# What is left alone (sections, comments, instructions), then what a parser would stumble over.
_MISTAKE: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
    r"|&(?!amp;|lt;|gt;|quot;|apos;)(?:#(\d+|[xX][0-9a-fA-F]+);|(\w+);)?|(<)(?![A-Za-z_/!?])",
    re.DOTALL,
)


def fit(document: str) -> str:
    """Without the characters that XML forbids, which are worth nothing in text either."""
    try:
        content = document.encode()
    except UnicodeEncodeError:
        return _UNFIT.sub("", document)
    if len(content.translate(None, _CONTROLS)) == len(content) and not any(code in content for code in _NO_CHARACTERS):
        return document
    return _UNFIT.sub("", document)


def entities(prolog: str) -> dict[str, str]:
    """What a document type declaration declares that is short, plain and built on nothing else."""
    found = {}
    if "<!ENTITY" in prolog:
        for name, double, single in _ENTITY.findall(prolog):
            if len(double or single) <= _ENTITY_MOST:
                found[name] = double or single
    return found


def refers(document: str) -> bool:
    """Whether it holds references other than to XML's own five entities and to characters by number."""
    return _ANY_REFERENCE.search(document) is not None


def mended(document: str, declared: dict[str, str]) -> str:
    """References resolved, bare ampersands and angle brackets escaped; sections and comments stay as they are.

    A declared entity that would blow the document up, and one that nobody knows, is left standing as text.
    """
    budget = _EXPANSION_MOST

    def mend(found: re.Match[str]) -> str:
        nonlocal budget
        number, name, bracket = found.groups()
        if bracket:
            return "&lt;"
        if found[0][0] == "<":
            return found[0]
        if number:
            return found[0] if _fits(number) else ""
        if name:
            if (value := declared.get(name)) is not None:
                budget -= len(value)
                return value.replace("<", "&lt;") if budget > 0 else f"&amp;{name};"
            if value := html5.get(f"{name};"):
                return "".join(f"&#{ord(char)};" for char in value)
        return "&amp;" + found[0][1:]

    return _MISTAKE.sub(mend, document)


def _fits(number: str) -> bool:
    try:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
    except ValueError:
        return False
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def eased(document: str) -> str:
    """Without what feedparser takes amiss: endless authors, and captions that it would take for the summary.

    A picture's title and caption, `media:title` and `media:description`, become `media:x-title` and
    `media:x-description`, without attributes, as feedparser keeps no text of unknown elements that have any.
    """
    if "<media:" in document:
        document = _MEDIA.sub(r"<\1media:x-\2\3>", document)
    pieces: list[str] = []
    done = 0
    unclosed: set[str] = set()
    sections = _Sections(document)
    for found in _AUTHOR.finditer(document):
        name = found[1]
        if sections.hold(found.start(), found.end()) or found.start() < done or name.lower() in unclosed:
            continue
        closing = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE)
        if closing.search(document, found.end(), found.end() + AUTHOR_MOST):
            continue
        if end := closing.search(document, found.end()):
            pieces.append(document[done : found.end()])
            done = end.start()
        else:
            unclosed.add(name.lower())
    return "".join([*pieces, document[done:]]) if done else document


class _Sections:
    """Where the CDATA sections of a document are, asked for places in their order."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._begins = self._ends = 0
        self._next(0)

    def _next(self, at: int) -> None:
        self._begins = self._document.find("<![CDATA[", at)
        self._ends = self._document.find("]]>", self._begins) if self._begins >= 0 else -1

    def hold(self, begins: int, ends: int) -> bool:
        """Whether a tag is part of a section; what looks like a section inside the tag is none."""
        while 0 <= self._begins < begins and 0 <= self._ends < begins:
            self._next(self._ends)
        if 0 <= self._begins < begins:
            return True
        if 0 <= self._begins < ends:
            self._next(ends)
        return False
