"""The key of a ledger, and the form in which moments and texts are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple


class LedgerKey(NamedTuple):
    """The key of a ledger, its runs and its lease: project, environment and platform."""

    project: str
    environment: str
    platform_id: str

    def is_other_environment(self, other: LedgerKey) -> bool:
        """Whether the two are environments of one project."""
        return self.project == other.project and self.environment != other.environment

    def __str__(self) -> str:
        return f"{self.project}/{self.environment} on {self.platform_id}"


def utc(moment: datetime) -> datetime:
    """The moment in UTC. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)


def storable(text: str) -> str:
    """The text without characters that a database refuses: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
