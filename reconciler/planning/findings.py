"""What a guard found about a plan, and the approval that covers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on. `headline` names the count that an approval's `up_to` bounds.

    `referrers` are addresses; `counts` are by a stable English key, such as `agents_now`.
    """

    referrers: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    headline: str = ""


@dataclass(frozen=True, slots=True)
class ApprovedBy:
    """The approval a finding is covered by, the evidence it was given for, and its last day."""

    reason: str
    by: str
    source: str
    up_to: int | None
    evidence: Evidence
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard found: a stable code, the evidence in business words, and the safer change.

    `approval` is the address an approval of it must name, empty where none can cover it.
    """

    code: str
    severity: Severity
    address: str
    message: str
    evidence: Evidence = Evidence()
    safer: str = ""
    approval: str = ""
    approved: ApprovedBy | None = None

    @property
    def blocks(self) -> bool:
        """Whether it stops the plan."""
        return self.severity == "block" and self.approved is None
