"""The sandbox's clock: the system time, or a fixed time that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The system clock, or with a `start` a clock that only `set` and `advance` move."""

    def __init__(self, start: datetime | None = None) -> None:
        self._fixed = start.astimezone(UTC) if start else None
        self._offset = timedelta()

    def now(self) -> datetime:
        """The current time in UTC."""
        return (self._fixed or datetime.now(UTC)) + self._offset

    def set(self, moment: datetime) -> None:
        """Stop the clock at an aware datetime."""
        self._fixed, self._offset = moment.astimezone(UTC), timedelta()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward; a stopped clock stays stopped."""
        self._offset += by


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with a fixed width, so texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Parse RFC 3339. Raises ValueError, also for a missing offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no offset: write {text}Z")
    return moment.astimezone(UTC)
