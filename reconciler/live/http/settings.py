"""The settings of the HTTP client: timeouts, attempts and sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Timeouts, attempts and sizes of requests to a platform.

    `deadline_seconds` limits one request with all its attempts and pauses; `read_seconds` limits
    each silence in an attempt. `backoff_seconds` is the first wait after a failure. It doubles up
    to `backoff_max_seconds`, plus at most `jitter_seconds`. A host that has never answered gets
    `first_attempts` only, so that a mistyped address fails at once. `answer_bytes` limits one
    answer, compressed or not: a page of 5000 items of 50 KB fits. `now` is this machine's clock.
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
        """The longest time of one attempt of a write, to the last byte of its answer.

        A resume after a dead process waits this long.
        """
        return min(self.deadline_seconds, self.connect_seconds + self.read_seconds)
