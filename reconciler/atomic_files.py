"""Write a file in one piece: after a crash it is complete, or as it was before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PRIVATE_MODE = 0o600


def replace_file(
    path: Path, data: bytes, *, durable: bool = True, mode: int = PRIVATE_MODE
) -> None:
    """Write a file, or replace it. Without a `mode`, only its owner may read it. Raises OSError.

    A `durable` file's bytes are on disk before it gets its name. Whatever has the name is replaced.
    """
    handle, temporary = tempfile.mkstemp(  # mode 0600
        dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if mode != PRIVATE_MODE:
                os.fchmod(file.fileno(), mode)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
