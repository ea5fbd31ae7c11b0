"""Small files written in one piece, mode 0600: there whole or not at all.

Only a regular file is ever replaced. Writing in one piece ends with a rename, which would put a
regular file in the place of whatever has the name: a device, a pipe, a link.
"""

from __future__ import annotations

import stat
from pathlib import Path

from reconciler.atomic_files import replace_file
from reconciler.errors import UsageError

_NAMES = (
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def check_target(path: Path) -> None:
    """Raises UsageError unless a path is that of a regular file, or of nothing yet.

    A symbolic link is refused, wherever it leads: to replace the link would surprise whoever made
    it, and to write through it would let it choose the file.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise UsageError(f"{path} is a folder: name a file in it")
    if stat.S_ISLNK(mode):
        raise UsageError(
            f"{path} is a symbolic link to {path.readlink()}, and links are not written through: "
            "name the file itself"
        )
    what = next((name for matches, name in _NAMES if matches(mode)), "no regular file")
    raise UsageError(f"{path} is {what}, and would be replaced by a file: name another file")


def write_private(data: bytes, path: Path) -> None:
    """Write a file only its owner may read. Raises UsageError when it cannot be."""
    check_target(path)
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
