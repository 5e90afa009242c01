"""The one place that writes a file by a name somebody chose: in one directory, never through a link (FAULT 129)."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[^\W_][\w .@+-]{0,99}")
_NOT_FOLLOWED = os.O_NOFOLLOW if hasattr(os, "O_NOFOLLOW") else 0
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def write_new(folder: Path, name: str, end: str, content: str, *, force: bool = False) -> Path:
    """Writes a new file into a directory, which is made where it isn't there; its path.

    `name` is a plain name, to which the end of its format is added where it lacks it. Neither the directory nor the
    file may be a symbolic link, and a file that is there is only replaced with `force`. The file is its owner's alone.
    Raises UsageError with what is wrong, and OSError where the disk doesn't take it.
    """
    name = name if name.endswith(f".{end}") else f"{name}.{end}"
    if not _NAME.fullmatch(name) or ".." in name or _RESERVED.match(name) or not name.isprintable():
        raise UsageError(
            f"{name[:80]!r} can't be the name of an export: letters, digits, blanks and . _ - + @, no directories"
        )
    directory = _opened(folder)
    try:
        there = _kind_of(name, directory)
        if there is not None and (not force or not stat.S_ISREG(there)):
            what = "a file" if stat.S_ISREG(there) else "a link or something else that is no file"
            raise UsageError(
                f"there is {what} of this name already: {folder / name}" + ("; --force replaces a file" * (not force))
            )
        passing = f".{secrets.token_hex(8)}"
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOT_FOLLOWED, 0o600, dir_fd=directory)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(content)
            if there is None:  # unlike a rename it never replaces what somebody put there meanwhile
                os.link(passing, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
                os.unlink(passing, dir_fd=directory)
            else:
                os.replace(passing, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(passing, dir_fd=directory)
            raise
    finally:
        os.close(directory)
    return folder / name


def _opened(folder: Path) -> int:
    """The directory itself, so that what is written goes into it whatever becomes of its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NOT_FOLLOWED)
    except NotADirectoryError:
        raise UsageError(f"{folder} is no directory, or a link to one; give --dir the directory itself") from None


def _kind_of(name: str, directory: int) -> int | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
