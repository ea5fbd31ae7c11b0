"""Private files that are written completely or not at all, mode 0600.

Writing ends with a rename, which would replace a device, a pipe or a link with a regular file. So
only regular files are replaced.
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
    """Raises UsageError unless a path is free or a regular file.

    A symbolic link is refused: replacing it would surprise its owner, and following it would let it
    choose the file.
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
            f"{path} is a symbolic link to {path.readlink()}, and links are not followed: name the "
            "file itself"
        )
    what = next((name for matches, name in _NAMES if matches(mode)), "not a regular file")
    raise UsageError(f"{path} is {what} and cannot be replaced: name another file")


def write_private(data: bytes, path: Path) -> None:
    """Write a file that only its owner can read. Raises UsageError when it cannot be written."""
    check_target(path)
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
