"""The journal as values: each step of a run, and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.message import NO_MESSAGE, Message


class StepState(StrEnum):
    """The state of a step. `sent` and `unknown` are uncertain: it may have taken effect."""

    PENDING = "pending"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NewStep:
    """A pending step to write to the journal. A missing idempotency key is drawn."""

    seq: int
    address: Address
    action: str
    before: Fields | None = None
    after: Fields | None = None
    previous_address: Address | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The outcome of a step: `succeeded`, `failed`, `skipped`, or `unknown` (no clear answer).

    `needs_look` marks a success after which the platform differs from the plan, or could not be
    read back.
    """

    seq: int
    state: StepState
    detail: Message = NO_MESSAGE
    status_code: int | None = None
    needs_look: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A journal row.

    `attempts` counts the intents. `fenced` marks an outcome that arrived after the lease was lost:
    it is a fact, but another process may have acted on the resource since. `needs_look` is as in
    `StepOutcome`.
    """

    seq: int
    address: Address
    action: str
    state: StepState
    idempotency_key: str
    before: Fields | None
    after: Fields | None
    previous_address: Address | None
    detail: Message
    status_code: int | None
    attempts: int
    updated_at: datetime
    fenced: bool
    needs_look: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """The number of steps of a run in each state, counted from the rows."""

    pending: int = 0
    sent: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All steps."""
        return self.unsettled + self.succeeded + self.failed + self.skipped

    @property
    def uncertain(self) -> int:
        """Steps that may have taken effect or not."""
        return self.sent + self.unknown

    @property
    def unsettled(self) -> int:
        """Steps without a final outcome."""
        return self.pending + self.uncertain
