"""Write a private file in one piece: after a crash it is complete, or as it was before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file that only its owner may read, or replace it. Raises OSError.

    A `durable` file's bytes are on disk before it gets its name. Whatever has the name is replaced.
    """
    handle, temporary = tempfile.mkstemp(  # mode 0600
        dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
