"""unused-approval: an approval covers no finding.

It warns, so that no approval stays for a later finding. Another environment may need an approval
that names none, so the advice is then to add `environment`. `approvals.cover_findings` finds them
once all findings are known; this module words them.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.message import Message
from reconciler.planning.findings import Finding, UnusedApproval

CODE = "unused-approval"


def unused_finding(unused: UnusedApproval) -> Finding:
    """The warning about an unused approval."""
    return Finding(
        code=CODE,
        severity="warn",
        address=unused.address,
        message=Message.of(
            "the approval of {guard}{source} covers nothing: {explanation}",
            guard=unused.guard,
            source="" if unused.source is None else f" in {unused.source}",
            explanation=unused.explanation,
        ),
        safer=_safer(unused),
    )


def _safer(unused: UnusedApproval) -> Message:
    if unused.is_for_others:
        return Message.plain(
            "it has no `environment`, so another one may need it: add `environment: NAME` to it"
        )
    if unused.environment is None and unused.source is not None:
        return Message.plain("correct it; it has no `environment`, so another one may use it")
    return Message.plain("correct it or remove it")


def _analyze(review: Review) -> Iterator[Finding]:  # noqa: ARG001
    return iter(())


GUARD = Guard(CODE, "An approval covers no finding.", _analyze, __doc__)
