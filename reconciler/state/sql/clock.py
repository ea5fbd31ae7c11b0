"""The clock that leases and attempts are told by: one for all who share a state.

Hosts disagree about the time, by minutes when something is wrong. On PostgreSQL the server's clock
is asked, whichever host asks. A SQLite state is one file on one machine: its clock is shared by
everybody who can have the file open, and is what the caller says.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from reconciler.state.keys import utc


def shared(connection: Connection, told: datetime) -> datetime:
    """This moment by the shared clock, also inside a transaction that began earlier; `told` is
    what the caller's own clock says."""
    if connection.dialect.name != "postgresql":
        return utc(told)
    return utc(connection.execute(select(func.clock_timestamp())).scalar_one())
