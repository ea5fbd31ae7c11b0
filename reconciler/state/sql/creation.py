"""A new SQLite state, made whole before it has its name.

It is made beside the place where it is to be and linked there when its tables exist. So a file at
that place is never one that is only half made: one without a byte in it was lost, and is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from reconciler.errors import StateError
from reconciler.state.locations import FOLDER, VARIABLE
from reconciler.state.sql import engines, schema
from reconciler.state.sql.errors import StateNotWritable

_PREFIX = ".reconciler-new-"
_COMPANIONS = ("", "-wal", "-shm", "-journal")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


def make_if_missing(path: Path) -> bool:
    """Make the state at `path`, private to this user, unless something is there; whether it did.

    Of several that do so at once, one makes it and all use it. Raises StateError,
    StateNotWritable.
    """
    place = Path(os.path.realpath(path))  # what a link without a target points to
    if place.exists():
        return False
    made = _beside(place)
    try:
        _fill(made)
        _give_its_name(made, place)
    finally:
        for companion in _COMPANIONS:
            with contextlib.suppress(OSError):
                made.with_name(f"{made.name}{companion}").unlink(missing_ok=True)
    return True


def _beside(path: Path) -> Path:
    """An empty file in the folder of `path`, which is made where it is the usual one."""
    try:
        if path.parent.name == FOLDER:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    except FileNotFoundError as error:
        raise StateError(
            f"there is no folder {path.parent} for the state: check {VARIABLE}, or make the folder"
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise StateError(
            f"the state {path} cannot be there, since a file is where its folder should be: check "
            f"{VARIABLE}"
        ) from error
    except OSError as error:
        raise StateNotWritable(
            f"the state {path} cannot be created ({error.strerror}): make its folder writable, or "
            f"name another place in {VARIABLE}"
        ) from error
    os.close(handle)
    return Path(name)


def _fill(made: Path) -> None:
    engine = engines.of_file(made)
    try:
        schema.migrate(engine, str(made))
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _give_its_name(made: Path, path: Path) -> None:
    """Link it to its place, where nothing may be. Some file systems have no links."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not path.exists():
            made.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
