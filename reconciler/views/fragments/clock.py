"""The difference between the platform's clock and this machine's."""

from __future__ import annotations

from typing_extensions import TypedDict

from reconciler.live.platform import TOLERATED_SECONDS
from reconciler.text import counted

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class ClockDocument(TypedDict):
    """How far the platform's clock is ahead of this machine's. Guards use the platform's."""

    platform_ahead_seconds: int | None
    """Null if the platform does not report its time."""
    warning: str
    """Empty if the clocks differ by at most a minute."""


def clock_warning(ahead_seconds: int | None) -> str:
    """A warning if the clocks differ by more than a minute; else empty."""
    if ahead_seconds is None or abs(ahead_seconds) <= TOLERATED_SECONDS:
        return ""
    side = "behind" if ahead_seconds > 0 else "ahead of"
    return (
        f"This machine's clock is {_duration(abs(ahead_seconds))} {side} the platform's. "
        "Opening hours, holidays, freeze windows and approval dates use the platform's clock. "
        "Correct the clock that is wrong."
    )


def clock_document(ahead_seconds: int | None) -> ClockDocument:
    """The difference and its warning."""
    return ClockDocument(platform_ahead_seconds=ahead_seconds, warning=clock_warning(ahead_seconds))


def _duration(seconds: int) -> str:
    """In the largest unit of which there are at least two: `5 hours`, `90 minutes`."""
    size, unit = next((pair for pair in _UNITS if seconds >= 2 * pair[0]), _UNITS[-1])
    return counted(round(seconds / size), unit)
