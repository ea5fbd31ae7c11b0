"""Reserve some disk space next to a SQLite state while its lease is held.

Releasing a lease is a write. On a full disk it would fail, and other processes would wait another
minute. The reserve is freed first. If it could not be reserved, or another process uses the space,
the lease expires.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_BYTES = 65_536
"""Enough for some pages of the state and of its log."""


def reserve_path(state: Path) -> Path:
    """The path of a state's reserve."""
    return state.with_name(f"{state.name}-reserve")


def allocate(reserve: Path) -> None:
    """Reserve the space, with random bytes that no file system can compress.

    An existing file is removed first and never written to: it may be a link or a pipe.
    """
    with contextlib.suppress(OSError):
        reserve.unlink(missing_ok=True)
        handle = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(_BYTES))


def free(reserve: Path) -> None:
    """Free the reserved space."""
    with contextlib.suppress(OSError):
        reserve.unlink(missing_ok=True)
