"""Numbers, dates and units as headlines write them, brought to one form each."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wirewatch.stories import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirewatch.stories.pieces import Piece

_NUMBER = re.compile(r"^(?P<sign>[^\d]*)(?P<digits>\d+(?:[.,]\d+)*)\s?(?P<tail>.*)$")
_ORDINAL_TAIL = frozenset({"st", "nd", "rd", "th", "er", "e", "º", "ª", "ème"})
_ORDINAL_ENDING = frozenset(["й", "я", "е", "м", "го", "му", "ю", "ая", "ый", "ой", "ого"])
"""Behind the dash of a Russian ordinal: `14-й`."""
_ENGLISH_SCALES = frozenset(
    {"hundred", "thousand", "million", "millions", "mln", "mn", "m", "billion", "billions", "bln", "bn", "b", "k"}
    | {"trillion", "trn", "tn"}
)
_POINTS = frozenset({"point", "points", "punkt", "punkte", "punto", "puntos", "ponto", "pontos", "punti"})
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11} | {
    "XII": 12,
    "XIII": 13,
    "XIV": 14,
    "XV": 15,
    "XVI": 16,
}
_ROMAN_ALONE = frozenset(_ROMAN) - {"I", "V", "X", "XI"}
"""Those that are no letters and no names."""
_FRACTION = {"quarter": 0.25, "half": 0.5, "viertel": 0.25, "demi": 0.5, "medio": 0.5, "mezzo": 0.5, "halben": 0.5}
_BASIS = frozenset({"bps", "bp", "bpt", "basispunkte", "basispunkten", "бп"})
_LINKS = frozenset({"a", "of", "percentage", "basis", "de", "percent"})
_DOZEN = {"dozen": 12, "dozens": 0, "score": 20, "dutzend": 12, "douzaine": 12, "docena": 12, "dozzina": 12}


def may_begin(text: str, low: str) -> bool:
    """True for a word with which a number or date may begin, as it is written and folded."""
    return text in _ROMAN or low in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    table = tables.numbers()
    return frozenset().union(
        _FRACTION, _DOZEN, ("half", "may"), table.cardinal, table.ordinal, table.month, table.weekday, table.quarter
    )


class Reader:
    """Reads numbers out of the pieces of one headline in one language."""

    def __init__(self, language: str, only: Mapping[str, frozenset[str]]) -> None:
        self.language = language
        self.only = only
        self.table = tables.numbers()

    def read(self, pieces: Sequence[Piece], at: int) -> tuple[list[str], int] | None:
        """The tokens of the number that begins at a piece and the index behind it; None where none begins."""
        kind, piece, low = pieces[at][:3]
        if kind in {"cjk", "known", "sign"}:
            return None if kind != "sign" else ([], at + 1)
        if kind == "word" and low in self.only and self.language not in self.only[low]:
            month = low in self.table.month and piece[0].isupper() and self._dated(pieces, at)
            return ([f"@m{self.table.month[low]}"], at + 1) if month else None
        if kind == "word":
            return self._word(pieces, at, piece, low)
        found = _NUMBER.match(piece)
        if found is None:
            return None
        tail = found["tail"].casefold()
        if tail in self.table.quarter or low in self.table.quarter:
            return [f"@q{self.table.quarter[low]}"], at + 1
        after = pieces[at + 1][2] if at + 1 < len(pieces) else ""
        digits, end = found["digits"], at + 1
        if digits.isdigit() and not tail:
            while (
                end < len(pieces) and re.fullmatch(r"\d{3}(?:,\d+)?", pieces[end][1]) and len(digits) <= 3 * (end - at)
            ):
                digits, end = digits + pieces[end][1], end + 1
            after = pieces[end][2] if end < len(pieces) else ""
        value = self._value(digits, after, signed=bool(found["sign"].strip()))
        if tail in _ORDINAL_TAIL or (after in _ORDINAL_ENDING and not tail):
            end += not tail
            after = pieces[end][2] if end < len(pieces) else ""
            if after in self.table.period and value <= 4:
                return [f"@q{self.table.period[after] + value:g}"], end + 1
            return [f"@o{value:g}"], end
        sign = found["sign"].strip()
        unit = ""
        if sign:
            known = self.table.unit.get(sign.casefold())
            unit = known or self.table.unit.get(sign[-1:] if sign[-1:] in "$€£¥₹₩" else "", "")
        if (tail in self.table.scale and tail != "k") or tail == "k":
            value *= self.table.scale[tail]
        elif tail in _BASIS:
            return [_token(value / 100, "pt")], end
        elif tail in self.table.unit:
            unit = self.table.unit[tail]
        elif tail:
            return [found["digits"] + tail], end
        return self._rest(pieces, end, value, unit, exact=tail == "")

    def _word(self, pieces: Sequence[Piece], at: int, piece: str, low: str) -> tuple[list[str], int] | None:
        table = self.table
        after = pieces[at + 1][2] if at + 1 < len(pieces) else ""
        if low in _FRACTION and (end := self._points(pieces, at + 1)):
            return [_token(_FRACTION[low], "pt")], end
        if low == "half" and (end := self._of_scale(pieces, at + 1)):
            return self._rest(pieces, end, 0.5 * table.scale[pieces[end - 1][2]], "", exact=False)
        if piece in _ROMAN and after in table.period and _ROMAN[piece] <= 4:
            return [f"@q{table.period[after] + _ROMAN[piece]}"], at + 2
        if piece in _ROMAN_ALONE and at:
            return [_token(_ROMAN[piece], "")], at + 1
        if low in table.quarter:
            return [f"@q{table.quarter[low]}"], at + 1
        if low in table.weekday:
            return [f"@d{table.weekday[low]}"], at + 1
        if low in table.month and (
            low not in {"march", "mar", "mai", "mars", "mayo", "jun", "jan", "sep", "dec"} or piece[0].isupper()
        ):
            return [f"@m{table.month[low]}"], at + 1
        if low == "may" and piece[0].isupper() and self._dated(pieces, at):
            return ["@m5"], at + 1
        if low in table.ordinal:
            if after in table.period and table.ordinal[low] <= 4:
                return [f"@q{table.period[after] + table.ordinal[low]}"], at + 2
            return [f"@o{table.ordinal[low]}"], at + 1
        if _DOZEN.get(low):
            return [_token(_DOZEN[low], "")], at + 1
        if low in table.cardinal:
            value = table.cardinal[low]
            end = at + 1
            if after == "quarters" and (points := self._points(pieces, at + 2)):
                return [_token(value / 4, "pt")], points
            if value >= 20 and end < len(pieces) and 0 < table.cardinal.get(pieces[end][2], 0) < 10:
                value += table.cardinal[pieces[end][2]]
                end += 1
            return self._rest(pieces, end, value, "", exact=False)
        return None

    def _rest(
        self, pieces: Sequence[Piece], end: int, value: float, unit: str, *, exact: bool
    ) -> tuple[list[str], int]:
        """Scale and unit behind a number: `3.2 billion dollars`, `25 basis points`, `two dozen`."""
        table = self.table
        while (
            end < len(pieces)
            and pieces[end][0] in {"word", "cjk"}
            and pieces[end][2] in table.scale
            and pieces[end][2] != "b"
        ):
            value *= table.scale[pieces[end][2]]
            end += 1
        if end < len(pieces):
            low = pieces[end][2]
            if _DOZEN.get(low):
                return [_token(value * _DOZEN[low], "")], end + 1
            if low in _BASIS:
                return [_token(value / 100, "pt")], end + 1
            if low == "basis" or low in {"points", "puntos", "punti", "базисных"}:
                after = [piece[2] for piece in pieces[end + 1 : end + 3]]
                if (
                    low == "базисных"
                    or low == "basis"
                    or after[:1] in (["básicos"], ["base"])
                    or after[:2] == ["de", "base"]
                ):
                    return [_token(value / 100, "pt")], end + (3 if after[:2] == ["de", "base"] else 2)
            if low == "б" and end + 1 < len(pieces) and pieces[end + 1][2] == "п":
                return [_token(value / 100, "pt")], end + 2
            for phrase in table.points:
                if tuple(piece[2] for piece in pieces[end : end + len(phrase)]) == phrase:
                    return [_token(value, "pt")], end + len(phrase)
            if pieces[end][0] == "sign" and not unit:
                return [_token(value, table.unit.get(low, ""))], end + 1
            if low == "por" and end + 1 < len(pieces) and pieces[end + 1][2] in {"ciento", "cento"}:
                return [_token(value, "%")], end + 2
            if low == "per" and end + 1 < len(pieces) and pieces[end + 1][2] in {"cent", "cento"}:
                return [_token(value, "%")], end + 2
            if low in table.unit:
                return [_token(value, table.unit[low])], end + 1
        return [_token(value, unit)], end

    def _of_scale(self, pieces: Sequence[Piece], at: int) -> int:
        """The index behind `(a) million` from a place on; 0 where none stands there."""
        if at < len(pieces) and pieces[at][2] == "a":
            at += 1
        return at + 1 if at < len(pieces) and self.table.scale.get(pieces[at][2], 0) >= 1e6 else 0

    def _points(self, pieces: Sequence[Piece], at: int) -> int:
        """The index behind `(a, percentage, basis) point` from a place on; 0 where none stands there."""
        for end in range(at, min(at + 4, len(pieces))):
            if pieces[end][2] in _POINTS:
                return end + 1
            if pieces[end][2] not in _LINKS:
                return 0
        return 0

    def _dated(self, pieces: Sequence[Piece], at: int) -> bool:
        before = pieces[at - 1] if at else ("", "", "")
        after = pieces[at + 1] if at + 1 < len(pieces) else ("", "", "")
        dated = before[2] in {
            "in",
            "on",
            "of",
            "for",
            "by",
            "until",
            "since",
            "from",
            "late",
            "early",
            "mid",
            "and",
            "next",
            "last",
        }
        return dated or before[0] == "number" or after[0] == "number"

    def _value(self, digits: str, after: str, *, signed: bool) -> float:
        """What digits stand for. `2.700` has a thousand's stop though no language is known: who ends on 00?"""
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
            return float(digits.replace(",", ""))
        if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", digits) and (
            self.language != "en"
            or digits.count(".") > 1
            or (digits.endswith("00") and not signed and after not in _ENGLISH_SCALES and after not in self.table.unit)
            or after in self.table.scale.keys() - _ENGLISH_SCALES
        ):
            return float(digits.replace(".", "").replace(",", "."))
        try:
            return float(digits.replace(",", "."))
        except ValueError:
            return float(re.sub(r"[.,]", "", digits)[:15])


def _token(value: float, unit: str) -> str:
    return f"#{value:.12g}{unit}"
