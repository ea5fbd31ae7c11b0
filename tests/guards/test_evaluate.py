"""Running all guards: all report, order is stable, a crash blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.guards.context import Guard, Review
from reconciler.guards.evaluate import CRASHED, evaluate, reevaluate
from reconciler.guards.registry import GUARDS
from reconciler.message import Message
from reconciler.planning.findings import Finding
from tests.guards.guard_builders import approve, create, delete, plan, review, update, usage


def test_blocking_findings_come_first_then_by_address() -> None:
    one = review(
        delete("statuses/Z", used=usage("statuses/Z", agents=1)),
        delete("statuses/A", used=usage("statuses/A", agents=1)),
        create("holidays/H", date="2026-11-01"),
        on=[],
    )
    findings, _ = evaluate(one, [approve("delete-in-use", "statuses/A")])

    assert [(finding.code, finding.address) for finding in findings if finding.blocks] == [
        ("delete-in-use", "statuses/Z"),
    ]
    assert [(finding.code, finding.address) for finding in findings if not finding.blocks] == [
        ("delete-in-use", "statuses/A"),
        ("holiday-today-or-past", "holidays/H"),
        ("open-hours", "statuses/A"),
        ("open-hours", "statuses/Z"),
    ]
    assert [finding.blocks for finding in findings] == [True, False, False, False, False]


def _crashing(_: Review) -> Iterator[Finding]:
    yield Finding("broken", "warn", "statuses/Lunch", Message.plain("seen before it broke"))
    raise KeyError("ana@example.com")


def test_a_guard_that_crashes_blocks_and_the_others_still_report() -> None:
    guards = (Guard("broken", "Breaks.", _crashing, None), *GUARDS)
    one = review(delete("campaigns/Sales"))
    findings, _ = evaluate(one, [approve(CRASHED, "broken")], guards=guards)

    crash = next(finding for finding in findings if finding.code == CRASHED)
    assert crash.blocks
    assert "the guard broken failed (KeyError)" in str(crash.message)
    assert "ana@example.com" not in str(crash.message)
    assert {"broken", "delete-campaign"} <= {finding.code for finding in findings}
    assert any(
        finding.code == CRASHED for finding in reevaluate(one, plan(), begun=one.now, guards=guards)
    )


def test_an_empty_plan_has_no_findings() -> None:
    assert evaluate(review(), []) == ((), ())


def test_findings_are_the_same_each_time() -> None:
    one = review(
        delete("campaigns/Sales", used=usage("campaigns/Sales", total=3)),
        delete("dispositions/Old", unowned=True),
        update("statuses/Lunch", {"icon": "a"}, {"icon": "b"}, base={"icon": "c"}),
    )

    assert evaluate(one, []) == evaluate(one, [])


def test_no_two_findings_share_code_and_address() -> None:
    one = review(
        *[delete(f"statuses/S{n}", used=usage("x", agents=1), protected=True) for n in range(5)],
        delete("campaigns/Sales"),
    )
    findings, _ = evaluate(one, [])
    names = [(finding.code, finding.address) for finding in findings]

    assert len(names) == len(set(names))


def test_a_covered_plan_may_be_applied_and_an_uncovered_one_may_not() -> None:
    one = review(delete("blacklist/+59829001234", used=usage("x")))
    findings, _ = evaluate(one, [])
    assert list(map(str, replace(one.plan, findings=findings).refusals())) == [
        "unblock at blacklist/•••"
    ]

    findings, _ = evaluate(one, [approve("unblock", "blacklist/+59829001234")])
    assert (
        "unblock at blacklist/+59829001234" not in replace(one.plan, findings=findings).refusals()
    )
