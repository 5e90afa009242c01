"""Bytes to text: which of the charsets that a document could be in it is in.

A byte order mark decides; then the bytes do, where they can only be UTF-8; then the transport's charset, then the
document's own. Labels mean what browsers take them to mean (WHATWG Encoding): Latin-1 is windows-1252, gb2312 gb18030.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from wirewatch.errors import ParseError

_HEAD: Final = 1024
_DECLARED: Final = re.compile(rb"<\?xml\b[^>]*?encoding\s*=\s*['\"]\s*([A-Za-z][\w.:-]*)", re.DOTALL)
_CHARSET: Final = re.compile(r";\s*charset\s*[=:]\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# The first character, `<` or `{`, gives the width and order away where there is no mark.
_OPENINGS: Final = (
    (re.compile(rb"\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\s)*\0[<{]\0"), "utf-16-be"),
    (re.compile(rb"(?:\s\0)*[<{]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Python codecs that are no charsets: they run escapes or hide bytes, so a label that names one is no label.
_NO_CHARSETS: Final = frozenset(("unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"))
_SEVEN_BIT: Final = ("iso2022", "iso-2022", "hz")
_WIDE: Final = ("utf-16", "utf-32", "utf_16", "utf_32")
_LENIENT: Final = "wirewatch-windows-1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads bytes that aren't UTF-8 as windows-1252: feeds often paste a stray quote or dash in it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_LENIENT, _as_windows)


def decode(content: bytes, content_type: str | None = None) -> str:
    """The document as text, without byte order mark. Bytes that fit no charset come out as U+FFFD.

    Raises ParseError for UTF-7, which can hide anything from those who look at bytes.
    """
    labels = declared(content, content_type)
    for mark, codec in _MARKS:
        if content.startswith(mark) and not (codec == "utf-16-le" and content.startswith(codecs.BOM_UTF32_LE)):
            return content[len(mark) :].decode(codec, _LENIENT if codec == "utf-8" else "replace")
    for opening, codec in _OPENINGS:
        if opening.match(content):
            return content.decode(codec, "replace")
    if not content.isascii():
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
    for codec in labels:
        if codec.startswith(_WIDE) or codec == "utf-8" or (content.isascii() and not codec.startswith(_SEVEN_BIT)):
            continue
        try:
            return content.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    # Nothing fits to the last byte. A declared charset of many bytes a character is still the best reading.
    for codec in labels:
        if codec.startswith(("gb", "big5", "cp932", "cp949", "euc", *_SEVEN_BIT)):
            return content.decode(codec, "replace")
    return content.decode("utf-8", _LENIENT)


def declared(content: bytes, content_type: str | None = None) -> list[str]:
    """The charsets that the transport and the XML declaration name, as Python codecs, the stronger first."""
    labels = []
    if content_type and (found := _CHARSET.search(content_type)):
        labels.append(found[1])
    if inside := _DECLARED.search(content[:_HEAD].replace(b"\0", b"")):
        labels.append(inside[1].decode("ascii", "replace"))
    codecs_named: list[str] = []
    for label in labels:
        if re.fullmatch(r"(?:x-|unicode-1-1-|csunicode11)?(?:imap4-modified-)?utf[-_]?7(?:-imap)?", label.lower()):
            raise ParseError("the document is in UTF-7, which wirewatch doesn't read")
        try:
            codec = codecs.lookup(label).name
        except LookupError:
            continue
        if codec.replace("_", "-") not in _NO_CHARSETS and codec not in codecs_named:
            codecs_named.append(_MEANT.get(codec, codec))
    return codecs_named
