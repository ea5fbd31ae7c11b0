"""unused-approval: an approval that covers nothing, so that none is left lying for later.

What is unused shows only once all findings are there: `approvals.cover` finds it, this words it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import address_in_text
from reconciler.manifests.settings import Approval
from reconciler.planning.findings import Finding

CODE = "unused-approval"


@dataclass(frozen=True, slots=True)
class UnusedApproval:
    """An approval that covers nothing, and why; `why` names nobody."""

    approval: Approval
    why: str

    def __str__(self) -> str:
        where = f" ({self.approval.source})" if self.approval.source is not None else ""
        return (
            f"{self.approval.guard} at {address_in_text(self.approval.address)}{where}: {self.why}"
        )


def unused_finding(unused: UnusedApproval) -> Finding:
    """The warning about one."""
    where = f" in {unused.approval.source}" if unused.approval.source is not None else ""
    return Finding(
        code=CODE,
        severity="warn",
        address=unused.approval.address,
        message=f"the approval of {unused.approval.guard}{where} covers nothing: {unused.why}",
        safer="correct it, or take it out",
    )


def no_finding_reason(guard: str) -> str:
    """Why an approval covers nothing whose guard has nothing to say at its address."""
    return f"{guard} found nothing at this address"


_SPENT = re.compile(
    r"the approval of (?P<guard>\S+) in (?P<file>.+):\d+ covers nothing: "
    + no_finding_reason("(?P=guard)")
)


def spent_approval(one: Finding) -> tuple[str, str] | None:
    """The guard and the file of an approval that nothing needs any more.

    None for one that is wrong as it stands: misspelt, expired, given at a lower count.
    """
    found = _SPENT.fullmatch(one.message) if one.code == CODE else None
    return (found["guard"], found["file"]) if found is not None else None


def _analyze(review: Review) -> Iterator[Finding]:  # noqa: ARG001
    return iter(())


GUARD = Guard(CODE, "An approval covers nothing.", _analyze)
