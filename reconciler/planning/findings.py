"""What guards found about a plan, the approvals that cover it, and unused approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from reconciler.kinds.registry import place
from reconciler.manifests.source import Source
from reconciler.message import NO_MESSAGE, Message

COMMAND_LINE = "the command line"
"""The source of an approval that no file has."""

Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts a finding rests on, and an approval covers."""

    referrers: tuple[str, ...] = ()
    """Addresses. A new one ends an approval."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Numbers by a stable English key, such as `agents_now`."""
    headline: str = ""
    """The key of the count that an approval's `up_to` bounds, "" for none."""

    @classmethod
    def of(
        cls, counts: Mapping[str, int], *, headline: str = "", referrers: Iterable[str] = ()
    ) -> Evidence:
        """The evidence, without counts of zero; a headline that counts zero is none."""
        above_zero = {name: count for name, count in counts.items() if count}
        return cls(tuple(referrers), above_zero, headline if headline in above_zero else "")


@dataclass(frozen=True, slots=True)
class ApprovedBy:
    """The approval that covers a finding."""

    reason: str
    by: str
    source: str
    """The approval's file and line, or COMMAND_LINE."""
    up_to: int | None
    """The largest headline count that it covers, None when it names no bound."""
    evidence: Evidence
    """The evidence it was given for. Compare fresh evidence with this, not with a fresh plan."""
    expires: date | None = None
    """The last day on which it counts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard found."""

    code: str
    """The guard's code, which approvals and documentation use."""
    severity: Severity
    """What the guard asks for. Whether the plan is stopped is `blocks`."""
    address: str
    """The resource, collection or setting it is about."""
    message: Message
    """What would happen and why it matters."""
    evidence: Evidence = Evidence()
    safer: Message = NO_MESSAGE
    """What to do instead."""
    approval: str = ""
    """The address that an approval must name, "" when no approval can cover it."""
    approved: ApprovedBy | None = None

    @property
    def blocks(self) -> bool:
        """Whether it stops the plan."""
        return self.severity == "block" and self.approved is None

    def title(self) -> Message:
        """The code and the address."""
        return Message.of("{code} at {address}", code=self.code, address=place(self.address))

    def approval_name(self) -> Message:
        """What `--approve` takes: `delete-in-use:statuses/Lunch`."""
        return Message.of("{code}:{address}", code=self.code, address=place(self.approval))


class WhyUnused(StrEnum):
    """Why an approval covers no finding."""

    EXPIRED = "expired"
    NO_REASON = "no-reason"
    ABOVE_LIMIT = "above-limit"
    UNKNOWN_GUARD = "unknown-guard"
    NOT_APPROVABLE = "not-approvable"
    NOTHING_FOUND = "nothing-found"


@dataclass(frozen=True, slots=True)
class UnusedApproval:
    """An approval that covers no finding."""

    guard: str
    address: str
    source: Source | None
    """None for an approval from the command line."""
    why: WhyUnused
    explanation: Message
    """`why` in words."""
    meant: str = ""
    """The guard, or the address of a finding, that it could have meant; "" for none."""
    environment: str | None = None
    """The environment that it names; None for all of them."""

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong with it: it only covers nothing here and now."""
        return self.why is WhyUnused.NOTHING_FOUND and not self.meant

    @property
    def is_spent(self) -> bool:
        """Whether its file has it, nothing is wrong with it, and no environment needs it."""
        return self.is_valid and self.source is not None and self.environment is not None

    @property
    def is_for_others(self) -> bool:
        """Whether nothing is wrong with it, and another environment may need it."""
        return self.is_valid and self.source is not None and self.environment is None

    def sentence(self) -> Message:
        """The guard, the address, the source and the explanation."""
        return Message.of(
            "{guard} at {address}{source}: {explanation}",
            guard=self.guard,
            address=place(self.address),
            source="" if self.source is None else f" ({self.source})",
            explanation=self.explanation,
        )
