"""A little disk kept back beside a SQLite state while its lease is held.

Giving a lease back is a write as well. On a disk that has become full it would fail, and everybody
would be told for another minute that somebody is at work. What is kept back is let go of first.
No promise: where it cannot be kept, or somebody else takes the room, the lease expires by itself.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_BYTES = 65_536
"""Some pages of the state and of its log."""


def beside(state: Path) -> Path:
    """Where the reserve of a state is."""
    return state.with_name(f"{state.name}-reserve")


def keep(reserve: Path) -> None:
    """Take the room, with bytes that no file system makes small.

    Whatever is there already is removed first, and never written to: a link or a pipe may be.
    """
    with contextlib.suppress(OSError):
        reserve.unlink(missing_ok=True)
        handle = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(_BYTES))


def let_go(reserve: Path) -> None:
    """Give the room back to the disk."""
    with contextlib.suppress(OSError):
        reserve.unlink(missing_ok=True)
