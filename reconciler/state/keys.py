"""What a ledger is kept under, and the moments and texts that are written down: the store's small
change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple


class LedgerKey(NamedTuple):
    """One project in one environment on one platform: what ledger, runs and lease belong to."""

    project: str
    environment: str
    platform_id: str

    def __str__(self) -> str:
        return f"{self.project}/{self.environment} on {self.platform_id}"


def utc(moment: datetime) -> datetime:
    """The moment in UTC. One without a time zone is a mistake of the caller's."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)


def storable(text: str) -> str:
    """The text without what a database refuses: NUL and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
