"""The sandbox's time: the system's, or one that stands still until somebody moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time. Given a `start` it stands there; `set` and `advance` move it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._standing = start.astimezone(UTC) if start else None
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The moment it is, in UTC."""
        return (self._standing or datetime.now(UTC)) + self._ahead

    def set(self, moment: datetime) -> None:
        """Stand still at a moment (aware)."""
        self._standing, self._ahead = moment.astimezone(UTC), timedelta()

    def advance(self, by: timedelta) -> None:
        """Move on; a running clock goes on running, a standing one goes on standing."""
        self._ahead += by


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, of one width, so that comparing texts compares moments."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Read RFC 3339. Raises ValueError, also where the offset is missing."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' lacks its offset: write {text}Z")
    return moment.astimezone(UTC)
