"""The one place where text from outside becomes safe to store, print and paint.

Everything that a feed, a file or a server sent passes here once, after all decoding, before it reaches an `Item`, a log
line or the terminal. What comes out holds no control, bidi-override, invisible, tag, surrogate or noncharacter code
point, at most four marks on a base character and no token longer than 200; a newline only where paragraphs are
meant. Each function leaves its own output as it is: f(f(x)) == f(x).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from wirewatch.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

TITLE_MOST: Final = 500
SUMMARY_MOST: Final = 20_000
BODY_MOST: Final = 200_000
NAME_MOST: Final = 120
LINK_MOST: Final = 2_048
MARKUP_MOST: Final = 2_000_000
TAGS_MOST: Final = 20_000  # unclosed elements cost the HTML parser time squared
TOKEN_MOST: Final = 200
MARKS_MOST: Final = 4

# What nearly every headline is made of. Text of these alone, without double spaces, needs no second look: no marks, no
# joiners, nothing that NFC would change.
_PLAIN: Final = r"[ -~¡-¬®-ɏΑ-ΡΣ-ώА-тт-ҁҊ-ӿא-תء-ي٠-٬ٮٯٱ-ۓ‐-‧‰-⁞₠-⃀←-⇿、-〩ぁ-ゖァ-ヿ一-鿿가-힣！-ﾟ🌀-🏺🐀-🛒🤀-🧿]*"
_TWO_SPACES: Final = "  "

# Dropped without a trace: C0 but white space, DEL, C1, soft hyphen, joiner-like and filler letters, bidi controls,
# format characters that show nothing, language tags, surrogates, noncharacters.
_DROPPED: Final = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\ud800-\udfff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# These match only what they change: a lone space, which nearly all of them are, isn't replaced by itself.
_SPACES: Final = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_ANY_SPACE: Final = re.compile(r"\s{2,}|[^\S ]")
_LINE_ENDS: Final = r"\r\n?|[\x0b\x0c\x85\u2028]"
_ROUND_NEWLINE: Final = re.compile(r" +\n *|\n +")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_LONG_TOKEN: Final = rf"[^\s、。，．；：！？「」]{{{TOKEN_MOST + 1},}}"
_BREAK_CUT: Final = 40

# Scripts whose letters change shape with a joiner between them: Arabic, Syriac, Mongolian, Indic, Khmer, Myanmar …
_SHAPED: Final = (
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1aaf\ua8e0-\ua8ff\ufb50-\ufdcf\ufe70-\ufefc]"
)
_JOINERS: Final = "[\u200c\u200d]+"
_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_VARIATION: Final = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_CONTROL: Final = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"


def _plain(s: str) -> bool:
    if s.isascii():
        return s.isprintable()
    return late(_PLAIN).fullmatch(s) is not None


def title(s: str | None) -> str:
    """One line of at most 500 characters."""
    return _line(s, TITLE_MOST)


def name(s: str | None) -> str:
    """A person's, feed's or source's name: one line of at most 120 characters."""
    return _line(s, NAME_MOST)


def message(s: str | None) -> str:
    """A reason or log line that may quote outside text: one line of at most 500 characters."""
    return _line(s, TITLE_MOST)


def summary(s: str | None) -> str:
    """Plain text of at most 20,000 characters and 400 line breaks; paragraphs are set apart by an empty line."""
    return _lines(s, SUMMARY_MOST, 400)


def body(s: str | None) -> str:
    """Plain text of at most 200,000 characters and 4,000 line breaks; paragraphs are set apart by an empty line."""
    return _lines(s, BODY_MOST, 4_000)


def is_clean(s: str, *, multiline: bool = False) -> bool:
    """Whether this text could have come out of here: the invariant that guards and tests ask for."""
    most = max(len(s), 1)
    return s == (_lines(s, most, max(most, 4_000)) if multiline else _line(s, most))


def _line(s: str | None, most: int) -> str:
    if not s:
        return ""
    if _neat(s, most, 0):
        return s.strip(" ")
    return _settled(_ANY_SPACE.sub(" ", s[: most * 4 + 8_000]), most)


def _lines(s: str | None, most: int, breaks: int) -> str:
    if not s:
        return ""
    if _neat(s, most, breaks):
        return s.strip(" \n")
    text = late(_LINE_ENDS).sub("\n", s[: most * 4 + 8_000]).replace("\u2029", "\n\n")
    return _settled(_tidied(text), most, breaks)


def _neat(s: str, most: int, breaks: int) -> bool:
    """Whether there is nothing to do but to strip it, which is so for nearly all that feeds bring."""
    if len(s) > most or _TWO_SPACES in s:
        return False
    if len(s) > TOKEN_MOST and max(map(len, s.split()), default=0) > TOKEN_MOST:
        return False
    if "\n" in s:
        if s.count("\n") > breaks or " \n" in s or "\n " in s or "\n\n\n" in s:
            return False
        s = s.replace("\n", "")
    return _plain(s)


def _tidied(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _ROUND_NEWLINE.sub("\n", _SPACES.sub(" ", text))).strip(" \n")


def _settled(text: str, most: int, breaks: int | None = None) -> str:
    """Repeats the steps until they change nothing: what one step drops may bring together what another must see."""
    for _ in range(8):
        before = text
        if not _plain(text.replace("\n", "")):
            text = _bare_of_marks(unicodedata.normalize("NFC", _joined(late(_DROPPED).sub("", text))))
        text = _ANY_SPACE.sub(" ", text).strip() if breaks is None else _few_lines(_tidied(text), breaks)
        text = _cut(late(_LONG_TOKEN).sub(_broken, text), most)
        if text == before:
            return text
    return _settled("".join(char for char in text if not _is_mark(char) and char not in (_ZWJ, _ZWNJ)), most, breaks)


def _few_lines(text: str, breaks: int) -> str:
    """Turns line breaks past a number into spaces: a widget pays for each line, whatever stands in it."""
    if text.count("\n") <= breaks:
        return text
    at = -1
    for _ in range(breaks):
        at = text.index("\n", at + 1)
    return text[: at + 1] + _ANY_SPACE.sub(" ", text[at + 1 :])


def _is_mark(char: str) -> bool:
    return char > "\u02ff" and unicodedata.category(char)[0] == "M"


def _bare_of_marks(text: str) -> str:
    """At most four marks on a base, one variation selector among them, and none where no base stands before it."""
    out: list[str] = []
    marks = MARKS_MOST
    varied = True
    for char in text:
        if not _is_mark(char):
            marks, varied = (MARKS_MOST, True) if char.isspace() else (0, False)
        elif marks >= MARKS_MOST or (varied and late(_VARIATION).match(char)):
            continue
        else:
            marks += 1
            varied = varied or bool(late(_VARIATION).match(char))
        out.append(char)
    return "".join(out)


def _joined(text: str) -> str:
    """Keeps a joiner only between two letters of one of the scripts that need it, or between two emoji."""
    if _ZWJ not in text and _ZWNJ not in text:
        return text
    text = late(_JOINERS).sub(lambda found: found[0][0], text)
    return late(_JOINERS).sub(lambda found: found[0] if _joins(found) else "", text)


def _joins(found: re.Match[str]) -> bool:
    before, after = found.string[max(found.start() - 1, 0)], found.string[found.end() : found.end() + 1] or " "
    if late(_SHAPED).match(before) and late(_SHAPED).match(after):
        return unicodedata.category(before)[0] in "LM" and after.isalpha()
    return found[0] == _ZWJ and _is_emoji(before, after=True) and _is_emoji(after)


def _is_emoji(char: str, *, after: bool = False) -> bool:
    code = ord(char)
    return 0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x2BFF or (after and code in (0xFE0F, 0x20E3))


def _holds_on(text: str, at: int) -> bool:
    """Whether a cut at this place would part a mark or joiner from what it belongs to."""
    return _is_mark(text[at]) or text[at] in (_ZWJ, _ZWNJ) or text[at - 1] in (_ZWJ, _ZWNJ)


def _cut_place(text: str, at: int) -> int:
    for place in range(at, max(at - _BREAK_CUT, 1), -1):
        if not _holds_on(text, place):
            return place
    return at


def _broken(token: re.Match[str]) -> str:
    text = token[0]
    pieces: list[str] = []
    start = 0
    while len(text) - start > TOKEN_MOST:
        place = _cut_place(text, start + TOKEN_MOST)
        pieces.append(text[start:place])
        start = place
    pieces.append(text[start:])
    return " ".join(pieces)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: _cut_place(text, most - 1)].rstrip() + "…"


# --- markup

_TAG: Final = r"<[a-zA-Z/!?]"
_ANY_TAG: Final = r"<[^<>]*>"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNSHOWN: Final = _words(
    "script style noscript template iframe object embed svg math canvas audio video select textarea title head"
)
_BLOCKS: Final = _words(
    "address article aside blockquote center details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr main nav ol p pre section table ul"
)
_ROWS: Final = frozenset(("br", "li", "tr", "dt", "dd", "option", "caption"))
_CELLS: Final = frozenset(("td", "th"))


def html_to_text(markup: str, *, block: str = "\n\n") -> str:
    """The text of an HTML fragment, or of plain text with entities. Not yet sanitised.

    Blocks are set apart by `block`, rows and list items by a newline; scripts, styles, frames and media vanish.
    Markup past 2,000,000 characters isn't read, and of more than 20,000 elements only the tags are taken out.
    """
    from html import unescape

    markup = markup[:MARKUP_MOST]
    if not late(_TAG).search(markup):
        return unescape(markup) if "&" in markup else markup
    if markup.count("<") > TAGS_MOST:
        return unescape(late(_ANY_TAG).sub(block, markup))
    from selectolax.lexbor import LexborHTMLParser

    if not (markup.isascii() and markup.replace("\n", "").isprintable()):
        markup = late(_DROPPED).sub("", markup)
    root = LexborHTMLParser(markup).body
    if root is None:
        return ""
    parts = (part.strip() for part in "".join(_pieces(root, block)).split("\0"))
    return block.join(_evenly_spaced(part) for part in parts if part)


def _evenly_spaced(text: str) -> str:
    """With one space where there are several or any other white space but newlines."""
    if _TWO_SPACES not in text and text.replace("\n", "").isprintable():  # no space but the plain one is printable
        return text
    return _SPACES.sub(" ", text)


def _pieces(root: LexborNode, block: str) -> Iterator[str]:
    """Text and separators in document order; walked without recursion, as nesting may be any depth."""
    row = "\n" if "\n" in block else block
    ends: list[tuple[LexborNode | None, str]] = [(root.first_child, "")]
    while ends:
        node, end = ends.pop()
        if node is None:
            yield end
            continue
        ends.append((node.next, end))
        tag = node.tag or ""
        if node.is_text_node:
            text = node.text_content or ""
            yield text if text.isprintable() and _TWO_SPACES not in text else _ANY_SPACE.sub(" ", text)
        elif tag in _ROWS:
            yield row
            ends.append((node.first_child, ""))
        elif tag in _BLOCKS:
            yield "\0"
            ends.append((node.first_child, "\0"))
        elif tag in _CELLS:
            yield " "
            ends.append((node.first_child, " "))
        elif tag not in _UNSHOWN and not tag.startswith("-"):
            ends.append((node.first_child, ""))


# --- links

_HOST: Final = r"(?a)(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?"
_ESCAPE: Final = r"%[0-9a-fA-F]{2}|%"
_PATH_KEPT: Final = "/%:@!$&'()*+,;=-._~"


def link(s: str | None, base: str | None = None) -> str | None:
    """The absolute http or https URL that a link means, in ASCII, safe to hand to a browser; None where there is none.

    User names and passwords are taken out, hosts put into punycode, everything unusual percent-encoded (a `%` that
    escapes nothing too), so that no control character, space, quote or leading dash is left. Links longer than
    2,048 characters, with line breaks inside or with any other scheme are no links.
    """
    from urllib.parse import urljoin, urlsplit

    text = (s or "").strip(" \t\r\n\f")
    if not text or len(text) > LINK_MOST or late(_CONTROL).search(text):
        return None
    try:
        if base and not text.lower().startswith(("http://", "https://")):
            text = urljoin(base.strip(), text)
        elif text.startswith("//"):
            text = "https:" + text
        parts = urlsplit(text)
        scheme, port = parts.scheme.lower(), parts.port
        host = _ascii_host(parts.hostname or "")
        if (
            scheme not in ("http", "https")
            or not host
            or "\\" in parts.netloc
            or late(_CONTROL).search(text)
            or port == 0
        ):
            return None
        place = host if port is None or port == {"http": 80, "https": 443}[scheme] else f"{host}:{port}"
        query = f"?{_encoded(parts.query, '?')}" if parts.query else ""
        fragment = f"#{_encoded(parts.fragment, '?')}" if parts.fragment else ""
        url = f"{scheme}://{place}{_encoded(parts.path, '')}{query}{fragment}"
    except ValueError:
        return None
    return url if len(url) <= LINK_MOST else None


def _encoded(part: str, more: str) -> str:
    from urllib.parse import quote

    return quote(
        late(_ESCAPE).sub(lambda found: found[0].upper() if len(found[0]) == 3 else "%25", part),
        safe=_PATH_KEPT + more,
    )


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        from ipaddress import IPv6Address

        return f"[{IPv6Address(host).compressed}]" if "%" not in host else None
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).encode("idna").decode("ascii")
    host = host.lower()
    return host if late(_HOST).fullmatch(host) and ".." not in host else None


def shown_link(url: str | None) -> str:
    """A link as a person may be shown it: the host always in ASCII, so that no letter passes for another one.

    What can't be opened (`javascript:…`) comes back as sanitised text.
    """
    return link(url) or _line(url, LINK_MOST)
