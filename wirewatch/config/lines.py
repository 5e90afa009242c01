"""On which line of a TOML text each key stands: tomllib checks the grammar but forgets the places."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\r\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and array element of a TOML text that tomllib has accepted.

    A path has the keys by name and the elements of arrays by number: `("source", 2, "url")`.
    """
    return _Scan(text.replace("\r\n", "\n")).run()


class _Scan:
    """One walk over the text. It trusts the grammar, so it only has to know where things begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.counted = 0
        self.found: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}
        """How many `[[tables]]` of a path there were so far."""

    def run(self) -> dict[Path, int]:
        table: Path = ()
        self._blank()
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._blank()
        return self.found

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        names = self._key()
        self.at = self.text.index("]]" if many else "]", self.at) + (2 if many else 1)
        path: Path = ()
        for name in names[:-1]:
            path = self._last((*path, name))
            self._note(path)
        path = (*path, names[-1])
        if not many:
            self._note(path)
            return path
        self.found.setdefault(path, self._here())
        number = self.arrays[path] = self.arrays.get(path, -1) + 1
        self._note((*path, number))
        return (*path, number)

    def _last(self, path: Path) -> Path:
        """A path through an array of tables means its newest one."""
        return (*path, self.arrays[path]) if path in self.arrays else path

    def _pair(self, table: Path) -> None:
        path = table
        for name in self._key():
            path = (*path, name)
            self._note(path)
        self.at = self.text.index("=", self.at) + 1
        self._space()
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._space()
            match = _BARE.match(self.text, self.at)
            if match:
                names.append(match.group())
            else:
                match = _STRING.match(self.text, self.at)
                if match is None:
                    raise ValueError(f"no key on line {self._here()}")
                names.append(tomllib.loads(f"key = {match.group()}")["key"])
            self.at = match.end()
            self._space()
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def _value(self, path: Path) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline(path)
        else:
            match = _STRING.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no value on line {self._here()}")
            self.at = match.end()

    def _list(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self._blank()
            if self.text.startswith("]", self.at):
                self.at += 1
                return
            if self.text.startswith(",", self.at):
                self.at += 1
                number += 1
                continue
            self._note((*path, number))
            self._value((*path, number))

    def _inline(self, path: Path) -> None:
        self.at += 1
        while True:
            self._blank()
            if self.text.startswith("}", self.at):
                self.at += 1
                return
            if self.text.startswith(",", self.at):
                self.at += 1
                continue
            self._pair(path)

    def _note(self, path: Path) -> None:
        self.found.setdefault(path, self._here())

    def _here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = max(self.counted, self.at)
        return self.line

    def _blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _space(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
