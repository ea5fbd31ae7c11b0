"""unused-approval: what it advises for approvals that cover nothing."""

from __future__ import annotations

from reconciler.guards.evaluate import evaluate
from reconciler.manifests.settings import Approval
from reconciler.manifests.source import Source
from reconciler.planning.findings import Finding, UnusedApproval
from tests.guards.guard_builders import approve, create, review

FILE = Source("approvals/a.yaml", 1)


def unused(approval: Approval) -> tuple[Finding, UnusedApproval]:
    findings, (only,) = evaluate(review(create("statuses/Lunch")), [approval])
    (finding,) = [each for each in findings if each.code == "unused-approval"]
    return finding, only


def test_a_spent_approval_of_this_environment_can_be_removed() -> None:
    given = approve("delete-in-use", "statuses/Lunch", environment="prod", source=FILE)
    finding, only = unused(given)

    assert only.is_spent
    assert str(finding.safer) == "correct it or remove it"


def test_an_approval_without_environment_is_never_advised_away() -> None:
    """Another environment may need it."""
    finding, only = unused(approve("delete-in-use", "statuses/Lunch", source=FILE))

    assert not only.is_spent
    assert "remove" not in str(finding.safer)
    assert "add `environment: NAME`" in str(finding.safer)


def test_a_wrong_approval_without_environment_is_to_be_corrected() -> None:
    finding, _ = unused(approve("delete-in-used", "statuses/Lunch", source=FILE))

    assert "did you mean delete-in-use?" in str(finding.message)
    assert "remove" not in str(finding.safer)


def test_an_approval_of_another_environment_is_not_mentioned() -> None:
    given = approve("delete-in-use", "statuses/Lunch", environment="dev", source=FILE)
    findings, nothing = evaluate(review(create("statuses/Lunch")), [given])

    assert nothing == ()
    assert findings == ()
