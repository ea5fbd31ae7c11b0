"""How patient the HTTP client is: waits, attempts and sizes, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Patience with a platform.

    `deadline_seconds` bounds one request with all its attempts and pauses, `read_seconds` each
    silence in one of them. `backoff_seconds`
    is the first wait after a failure; it doubles up to `backoff_max_seconds`, jittered by as
    much as `jitter_seconds`. A host that has never answered yet gets `first_attempts` only, so
    that a mistyped address is told at once. `answer_bytes` bounds one answer, as sent and unpacked:
    a page of 5000 items of 50 KB fits. `now` is this machine's clock, for the platform's to be
    compared with; also where a `Retry-After` is a date and the answer carries no `Date`.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    deadline_seconds: float = 120.0
    attempts: int = 6
    first_attempts: int = 2
    backoff_seconds: float = 0.25
    backoff_max_seconds: float = 4.0
    jitter_seconds: float = 0.25
    answer_bytes: int = 256 * 1024 * 1024
    now: Callable[[], datetime] = _utc_now

    @property
    def attempt_seconds(self) -> float:
        """What one attempt of a write may take, to the last byte of its answer. Whoever comes
        after a process that died counts on it."""
        return min(self.deadline_seconds, self.connect_seconds + self.read_seconds)
