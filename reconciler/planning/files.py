"""Small files written in one piece, mode 0600: there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from reconciler.errors import UsageError


def write_private(data: bytes, path: Path) -> None:
    """Write a file only its owner may read. Raises UsageError when it cannot be."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
