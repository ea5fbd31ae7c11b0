"""Copy a state, for example from a file to a team's PostgreSQL database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.errors import Locked, StateError
from reconciler.message import Command, Message
from reconciler.project.credentials import claim_of_process
from reconciler.state.lease import LeaseTaken
from reconciler.state.locations import Location, SqliteLocation, parse
from reconciler.state.sql.store import Store

_OPTION = "--to"


@dataclass(frozen=True, slots=True)
class StateCopy:
    """What was copied. Locations have no passwords."""

    source: Location
    target: Location
    rows: Mapping[str, int]
    """Rows by table."""


def copy_state(source: str, target: str, *, now: datetime) -> StateCopy:
    """Copy a state into an empty one, which is created if it is a file that does not exist.

    Raises StateError, and Locked while an apply runs.
    """
    here, there = parse(source), parse(target, _OPTION)
    if _place(here) == _place(there):
        raise StateError(f"{_OPTION} names the state itself, {here}: name another place")
    with Store.open(source, create=False) as store, Store.open(target) as copy:
        try:
            tables = store.copy_to(copy, claim_of_process("state copy"), now=now)
        except LeaseTaken as taken:
            raise Locked(taken.message, next_step=_after(taken)) from taken
    return StateCopy(here, there, {table.name: table.rows for table in tables})


def _after(taken: LeaseTaken) -> Message:
    return Message.of(
        "try again when it has ended; if that process does not run any more, remove the lock with "
        "{unlock}",
        unlock=Command.of("unlock", "--env", taken.key.environment),
    )


def _place(location: Location) -> str:
    if isinstance(location, SqliteLocation):
        return os.path.realpath(location.path)
    return location.url
