"""Text cut to a number of terminal cells, so that what stands right of it stays in its column on every terminal."""

from __future__ import annotations

from rich.cells import cell_len, split_graphemes

from wirewatch.patterns import late

# Terminals disagree on the width of joined emoji, flags and emoji variants; taken apart, every part has one width.
_UNSTABLE = "[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_ANY_UNSTABLE = f"{_UNSTABLE}|{_FLAG}"
_NON_JOINER = "\u200c"

# A stretch of blanks, a word, or one character of a script that breaks anywhere.
_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"


_TOKENS = f"\\s+|[^\\s{_CJK}]+|[{_CJK}]"


def steady(text: str) -> str:
    """The text with joined emoji taken apart and flags written as letters: as wide everywhere as it is counted.

    The second guard of the terminal: whatever the text came through, nothing that isn't printable passes here.
    """
    if text.isprintable() and (text.isascii() or late(_ANY_UNSTABLE).search(text) is None):
        return text
    text = late(_FLAG).sub(lambda match: chr(ord(match[0]) - 0x1F1E6 + ord("A")), text)
    return "".join(map(_printable, late(_UNSTABLE).sub("", text)))


def _printable(char: str) -> str:
    if char.isprintable() or char == _NON_JOINER:
        return char
    return " " if char.isspace() else ""


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: padded with blanks, or cut with an ellipsis. A wide character is never halved."""
    if width <= 0:
        return ""
    size = len(text) if text.isascii() else cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    kept, used = cut(text, width - 1)
    return kept + "…" + " " * (width - 1 - used)


def pointing(text: str, cell: int, width: int) -> str:
    """A line of at most `width` cells with a pointer in one cell and the text beside it, where more of it fits."""
    if cell_len(text) <= width - cell - 2 or width - cell - 2 >= cell - 1:
        return " " * cell + "▼ " + fit(text, width - cell - 2).rstrip()
    shown = fit(text, cell - 1).rstrip()
    return " " * (cell - 1 - cell_len(shown)) + shown + " ▼"


def cut(text: str, width: int) -> tuple[str, int]:
    """The longest start of the text that takes at most `width` cells, and how many it takes."""
    if text.isascii():
        return text[: max(0, width)], min(len(text), max(0, width))
    if width <= 0:
        return "", 0
    text = text[: width * 8]
    spans, size = split_graphemes(text)
    if size <= width:
        return text, size
    used = end = 0
    for _start, stop, cells in spans:
        if used + cells > width:
            break
        used += cells
        end = stop
    return text[:end], used


def line_breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Where text breaks into lines of at most `width` cells: (start, end) offsets, blanks at the breaks left out."""
    width = max(1, width)
    if text.isascii() and len(text) <= width:
        return [(0, len(text))]
    lines: list[tuple[int, int]] = []
    start = end = used = blank = 0
    for token in late(_TOKENS).finditer(text):
        piece = token[0]
        size = len(piece) if piece.isascii() else cell_len(piece)
        if piece.isspace():
            blank = size
            continue
        first, last = token.span()
        if end > start and used + blank + size <= width:
            end, used, blank = last, used + blank + size, 0
            continue
        if end > start:
            lines.append((start, end))
        blank = 0
        if size > width:
            pieces = _chop(text, first, last, width)
            lines.extend(pieces[:-1])
            start, end = pieces[-1]
            used = cell_len(text[start:end])
        else:
            start, end, used = first, last, size
    if end > start or not lines:
        lines.append((start, end))
    return lines


def _chop(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """Pieces of a word that is longer than a line; each takes at least one character."""
    pieces = []
    while start < end:
        kept, _used = cut(text[start : min(end, start + 8 * width)], width)
        stop = start + (len(kept) or 1)
        pieces.append((start, stop))
        start = stop
    return pieces
