"""Changes that the desk makes to the configuration for the user: comments and order stay, and it is all or nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from wirewatch.config import values
from wirewatch.config.files import read_text, shown
from wirewatch.config.lines import lines_of
from wirewatch.config.read import examine
from wirewatch.errors import ConfigError, Problem

Kind = Literal["keywords", "entities"]


class Edit(NamedTuple):
    """A change that was written: what the file held before and holds since."""

    path: Path
    kind: Kind
    word: str
    line: int
    """Where the word stands now."""
    before: str
    after: str


def watch_for(path: Path, word: str, kind: Kind = "keywords") -> Edit:
    """Puts a word on the watch list in the file.

    Raises ConfigError where the file can't be read or written or is broken already, or the word is watched or can't be.
    """
    before = read_text(path)
    try:
        word = values.term(word)
    except values.WrongError as error:
        raise _refused(path, 0, f"watch.{kind}", str(error)) from None
    config, problems = examine(before, file=shown(path))
    if config is None or problems:
        raise ConfigError(problems)
    listed = getattr(config.watch, kind)
    name = {"keywords": "keyword", "entities": "entity"}[kind]
    for other in listed:
        if other.casefold() == word.casefold():
            line = config.lines.get(f"{name}:{other}", 0)
            raise _refused(path, line, f"watch.{kind}", f"{values.quoted(other)} is watched already")
    after = _with_word(before, word, kind)
    found, problems = examine(after, file=shown(path))
    if found is None or problems or word not in getattr(found.watch, kind):
        raise _refused(
            path, 0, f"watch.{kind}", f"{values.quoted(word)} can't be put into this list; write it in by hand"
        )
    replace(path, after)
    return Edit(path, kind, word, found.lines.get(f"{name}:{word}", 0), before, after)


def take_back(edit: Edit) -> None:
    """Takes the word out again; what else was changed in the file since stays. Raises ConfigError."""
    now = read_text(edit.path)
    if now == edit.after:
        replace(edit.path, edit.before)
        return
    import tomlkit

    document = tomlkit.parse(now)
    listed = document.get("watch", {}).get(edit.kind, [])
    if edit.word not in listed:
        raise _refused(edit.path, 0, f"watch.{edit.kind}", f"{values.quoted(edit.word)} isn't there any more")
    listed.remove(edit.word)
    replace(edit.path, tomlkit.dumps(document))


def replace(path: Path, text: str) -> None:
    """Writes the whole file or nothing: a desk that runs never reads a half of it. Raises ConfigError.

    Its permissions stay, and where the path is a link, the file behind it is meant.
    """
    target = Path(os.path.realpath(path))
    beside = None
    try:
        mode = target.stat().st_mode & 0o7777
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".config-")
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - mkstemp gives a descriptor
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except OSError as error:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        raise _refused(path, 0, "", f"can't be written: {error.strerror or error}") from None


def _with_word(text: str, word: str, kind: Kind) -> str:
    """The text with the word at the end of its list, which is begun where there is none."""
    import tomlkit

    document = tomlkit.parse(text)
    listed = document.get("watch", {}).get(kind)
    if listed is not None:
        listed.append(word)
        return tomlkit.dumps(document)
    line = f"{kind} = [{tomlkit.item(word).as_string()}]"
    header = lines_of(text).get(("watch",))
    lines = text.splitlines(keepends=True)
    if header is None:
        begin = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{begin}{chr(10) if text else ''}[watch]\n{line}\n"
    if lines[header - 1].lstrip().startswith("["):
        end = "" if lines[header - 1].endswith("\n") else "\n"
        return "".join(lines[:header]) + f"{end}{line}\n" + "".join(lines[header:])
    table = document["watch"]
    table[kind] = tomlkit.array()
    table[kind].append(word)
    return tomlkit.dumps(document)


def _refused(path: Path, line: int, key: str, why: str) -> ConfigError:
    return ConfigError([Problem(shown(path), line, key, why)])
