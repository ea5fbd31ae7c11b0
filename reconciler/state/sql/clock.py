"""One clock for leases and attempts, shared by all processes that use a state.

The clocks of hosts may differ by minutes. On PostgreSQL the server's clock is used. A SQLite state
is a file on one machine, so the caller's clock is the shared one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from reconciler.state.keys import utc


def shared(connection: Connection, local_time: datetime) -> datetime:
    """The shared clock's time, even inside a transaction that began earlier.

    `local_time` is the time of the caller's clock.
    """
    if connection.dialect.name != "postgresql":
        return utc(local_time)
    return utc(connection.execute(select(func.clock_timestamp())).scalar_one())
