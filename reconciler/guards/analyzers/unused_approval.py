"""unused-approval: an approval covers no finding.

It warns, so that no approval stays for a later finding. `approvals.cover_findings` finds them once
all findings are known; this module words them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import address_in_text
from reconciler.manifests.settings import Approval
from reconciler.message import Message
from reconciler.planning.findings import Finding

CODE = "unused-approval"


@dataclass(frozen=True, slots=True)
class UnusedApproval:
    """An approval that covers no finding; `reason` names no customer."""

    approval: Approval
    reason: str

    def __str__(self) -> str:
        place = f" ({self.approval.source})" if self.approval.source is not None else ""
        at = address_in_text(self.approval.address)
        return f"{self.approval.guard} at {at}{place}: {self.reason}"


def unused_finding(unused: UnusedApproval) -> Finding:
    """The warning about an unused approval."""
    place = f" in {unused.approval.source}" if unused.approval.source is not None else ""
    return Finding(
        code=CODE,
        severity="warn",
        address=unused.approval.address,
        message=Message.of(
            "the approval of {guard}{place} covers nothing: {reason}",
            guard=unused.approval.guard,
            place=place,
            reason=unused.reason,
        ),
        safer=Message.plain("correct it or remove it"),
    )


def no_finding_reason(guard: str) -> str:
    """The reason when the guard has no finding at the approval's address."""
    return f"{guard} found nothing at this address"


_SPENT = re.compile(
    r"the approval of (?P<guard>\S+) in (?P<file>.+):\d+ covers nothing: "
    + no_finding_reason("(?P=guard)")
)


def spent_approval(finding: Finding) -> tuple[str, str] | None:
    """The guard and the file of an approval that is no longer needed.

    None for an approval that is wrong: misspelled, expired, or given for a lower count.
    """
    found = _SPENT.fullmatch(str(finding.message)) if finding.code == CODE else None
    return (found["guard"], found["file"]) if found is not None else None


def _analyze(review: Review) -> Iterator[Finding]:  # noqa: ARG001
    return iter(())


GUARD = Guard(CODE, "An approval covers no finding.", _analyze, __doc__)
