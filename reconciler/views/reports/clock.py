"""The platform's clock beside this machine's: a warning where they differ by more than a minute."""

from __future__ import annotations

from reconciler.live.platform import TOLERATED_SECONDS
from reconciler.text import counted

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def clock_warning(ahead_seconds: int | None) -> str:
    """What to say of a platform that is so far ahead of this machine; "" where the two agree or
    the platform does not say what time it is."""
    if ahead_seconds is None or abs(ahead_seconds) <= TOLERATED_SECONDS:
        return ""
    side = "behind" if ahead_seconds > 0 else "ahead of"
    return (
        f"This machine's clock is {_duration(abs(ahead_seconds))} {side} the platform's. Opening "
        "hours, holidays, freeze windows and the last days of approvals go by the platform's "
        "clock. Correct the clock that is wrong."
    )


def clock_document(ahead_seconds: int | None) -> dict[str, object]:
    """The same for JSON: `{platform_ahead_seconds, warning}`."""
    return {
        "platform_ahead_seconds": ahead_seconds,
        "warning": clock_warning(ahead_seconds),
    }


def _duration(seconds: int) -> str:
    """In the largest unit that there are two of: `5 hours`, `90 minutes`."""
    size, unit = next((one for one in _UNITS if seconds >= 2 * one[0]), _UNITS[-1])
    return counted(round(seconds / size), unit)
