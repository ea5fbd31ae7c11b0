"""Approvals: what they cover when planning, and for how long that holds."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.guards.approval_text import approval_line
from reconciler.guards.approvals import evidence_growth, recheck_findings
from reconciler.guards.evaluate import evaluate
from reconciler.manifests.settings import Approval
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.findings import (
    ApprovedBy,
    Evidence,
    Finding,
    UnusedApproval,
    WhyUnused,
)
from tests.guards.guard_builders import NOW, again, approve, approved, delete, review, usage

CODE = "delete-in-use"
LUNCH = "statuses/Lunch"
DAY = timedelta(days=1)
ONE = review(delete(LUNCH, used=usage(LUNCH, agents=3)))


def _finding(one: Approval) -> tuple[Finding, tuple[UnusedApproval, ...]]:
    findings, unused = evaluate(ONE, [one])
    return next(finding for finding in findings if finding.code == CODE), unused


def _only_unused(one: Approval) -> str:
    finding, unused = _finding(one)
    assert finding.blocks
    (approval,) = unused
    return str(approval.sentence())


def test_an_approval_covers_its_guard_at_its_address_however_its_case_is_written() -> None:
    source = Source("configs/approvals/2026-11.yaml", 3)
    finding, unused = _finding(approve(CODE, "statuses/LUNCH", source=source))

    assert not finding.blocks
    assert unused == ()
    assert finding.approved == ApprovedBy(
        "agreed with the floor",
        "maria",
        "configs/approvals/2026-11.yaml:3",
        None,
        finding.evidence,
    )


def test_an_approval_on_the_command_line_has_that_source() -> None:
    finding, _ = _finding(approve(CODE, LUNCH))

    assert finding.approved is not None
    assert finding.approved.source == "the command line"


def test_an_approval_of_another_environment_is_ignored() -> None:
    assert not _finding(approve(CODE, LUNCH, environment="prod"))[0].blocks
    finding, unused = _finding(approve(CODE, LUNCH, environment="test"))
    assert finding.blocks
    assert unused == ()


def test_the_last_day_still_counts_and_the_day_after_does_not() -> None:
    assert not _finding(approve(CODE, LUNCH, expires=date(2026, 11, 23)))[0].blocks
    told = _only_unused(approve(CODE, LUNCH, expires=date(2026, 11, 22)))
    assert told.endswith("it expired: its last day was 2026-11-22")


def test_up_to_bounds_the_headline_count_when_planning() -> None:
    assert not _finding(approve(CODE, LUNCH, up_to=3))[0].blocks
    assert "it covers up to 2, and agents now is 3" in _only_unused(approve(CODE, LUNCH, up_to=2))


@pytest.mark.parametrize("reason", ["", "…", " ... "])
def test_a_line_pasted_without_a_reason_covers_nothing(reason: str) -> None:
    assert "it gives no reason" in _only_unused(Approval(CODE, LUNCH, reason))


def test_an_unknown_guard_gets_the_nearest_code() -> None:
    assert "did you mean delete-in-use?" in _only_unused(approve("delete-inuse", LUNCH))


def test_an_address_without_a_finding_gets_the_nearest_one() -> None:
    assert "did you mean statuses/Lunch?" in _only_unused(approve(CODE, "statuses/Lunhc"))


def test_an_unused_approval_is_a_warning_too() -> None:
    findings, _ = evaluate(ONE, [approve("open-hours", "campaigns/Sales")])
    warned = next(finding for finding in findings if finding.code == "unused-approval")

    assert warned.severity == "warn"
    assert warned.address == "campaigns/Sales"
    assert "the approval of open-hours covers nothing" in str(warned.message)


def _unused(one: Approval) -> UnusedApproval:
    (unused,) = evaluate(ONE, [one])[1]
    return unused


def test_a_spent_approval_is_distinguished_from_a_wrong_one() -> None:
    at = {"source": Source("approvals/2026 a.yaml", 3), "environment": "prod"}
    assert _unused(approve("open-hours", "campaigns/Sales", **at)).is_spent
    assert not _unused(approve("open-hours", "campaigns/Sales")).is_spent
    assert not _unused(approve(CODE, "statuses/Lunhc", **at)).is_spent
    assert not _unused(approve(CODE, LUNCH, expires=date(2026, 11, 22), **at)).is_spent


def test_an_unused_approval_has_its_reason_and_what_it_could_have_meant() -> None:
    misspelled = _unused(approve(CODE, "statuses/Lunhc"))
    assert (misspelled.why, misspelled.meant) == (WhyUnused.NOTHING_FOUND, LUNCH)
    unknown = _unused(approve("delete-inuse", LUNCH))
    assert (unknown.why, unknown.meant) == (WhyUnused.UNKNOWN_GUARD, CODE)
    assert _unused(approve(CODE, LUNCH, up_to=2)).why is WhyUnused.ABOVE_LIMIT
    assert _unused(Approval(CODE, LUNCH, "…")).why is WhyUnused.NO_REASON
    assert _unused(approve(CODE, LUNCH, expires=date(2026, 11, 22))).why is WhyUnused.EXPIRED


def test_an_unused_approval_names_no_customer_in_free_text() -> None:
    one = review(delete("blacklist/+59829001234"))
    findings, (unused,) = evaluate(one, [approve("unblock", "blacklist/+59829001235")])
    warned = next(finding for finding in findings if finding.code == "unused-approval")

    sentence = str(unused.sentence())
    assert sentence.startswith("unblock at blacklist/•••: ")
    assert "+5982900" not in sentence + str(warned.message)


def test_two_approvals_of_one_finding_are_both_used() -> None:
    _, unused = evaluate(ONE, [approve(CODE, LUNCH), approve(CODE, LUNCH)])

    assert unused == ()


# ---- the re-check at apply ---------------------------------------------------------------

_NAMES = st.sampled_from(["agents_now", "open_interactions", "recent_interactions", "members"])
_COUNTS = st.dictionaries(_NAMES, st.integers(0, 200))
_REFERRERS = st.sets(st.sampled_from([f"campaigns/C{number}" for number in range(8)]))
_EVIDENCE = st.builds(
    lambda referrers, counts, headline: Evidence(tuple(sorted(referrers)), counts, headline),
    _REFERRERS,
    _COUNTS,
    st.one_of(st.just(""), _NAMES),
)
_APPROVED = st.builds(
    lambda evidence, up_to: ApprovedBy("why", "maria", "a.yaml:1", up_to, evidence),
    _EVIDENCE,
    st.one_of(st.none(), st.integers(0, 300)),
)


@given(_APPROVED, _EVIDENCE)
def test_a_new_referrer_is_never_covered(given_: ApprovedBy, fresh: Evidence) -> None:
    if set(fresh.referrers) - set(given_.evidence.referrers):
        assert evidence_growth(given_, fresh)


@given(_APPROVED, _EVIDENCE)
def test_a_count_that_rose_from_zero_is_never_covered(given_: ApprovedBy, fresh: Evidence) -> None:
    if any(now and not given_.evidence.counts.get(name) for name, now in fresh.counts.items()):
        assert evidence_growth(given_, fresh)


@given(_APPROVED, _EVIDENCE)
def test_a_headline_past_up_to_is_never_covered(given_: ApprovedBy, fresh: Evidence) -> None:
    headline = given_.evidence.headline
    if given_.up_to is not None and fresh.counts.get(headline, 0) > given_.up_to:
        assert evidence_growth(given_, fresh)


@given(_APPROVED, _EVIDENCE)
def test_no_count_more_than_doubles_past_ten_without_a_bound(
    given_: ApprovedBy, fresh: Evidence
) -> None:
    seen = given_.evidence
    for name, now in fresh.counts.items():
        bound = given_.up_to is not None and name == seen.headline
        if not bound and now > max(10, 2 * seen.counts.get(name, 0)):
            assert evidence_growth(given_, fresh)


@given(_APPROVED)
def test_less_of_everything_is_covered(given_: ApprovedBy) -> None:
    assert not evidence_growth(given_, Evidence())


@given(_EVIDENCE)
def test_the_same_evidence_is_covered(evidence: Evidence) -> None:
    assert not evidence_growth(ApprovedBy("why", "", "", None, evidence), evidence)


def test_every_growth_of_the_evidence_is_reported() -> None:
    given_ = ApprovedBy("why", "", "", 5, Evidence(("a",), {"agents_now": 3}, "agents_now"))
    fresh = Evidence(("a", "b"), {"agents_now": 6, "open_interactions": 1})

    assert evidence_growth(given_, fresh) == (
        "1 new referrer since it was approved",
        "agents now: approved at 3 (up to 5), now 6",
        "open interactions: approved at 0, now 1",
    )


def test_a_finding_that_is_new_at_apply_is_covered_by_nothing() -> None:
    planned = approved(ONE, approve(CODE, LUNCH))
    other = review(
        delete("statuses/Tea", used=usage("statuses/Tea", agents=3)),
    )

    assert again(other, planned, CODE).blocks


@pytest.mark.parametrize(("last_day", "blocks"), [(NOW.date(), False), (NOW.date() - DAY, True)])
def test_an_approval_counts_up_to_its_last_day_when_applying_too(
    last_day: date, blocks: bool
) -> None:
    begun = review(delete(LUNCH, used=usage(LUNCH, agents=3)), now=NOW - DAY)
    planned = approved(begun, approve(CODE, LUNCH, expires=last_day))
    assert not next(finding for finding in planned.findings if finding.code == CODE).blocks

    found = again(ONE, planned, CODE)
    assert found.blocks is blocks
    assert ("its approval expired: its last day was 2026-11-22" in str(found.message)) is blocks


def test_a_finding_that_cannot_be_approved_stays_blocked() -> None:
    fresh = Finding("foreign-owner", "block", LUNCH, Message.plain("m"))
    forged = Finding(
        "foreign-owner",
        "block",
        LUNCH,
        Message.plain("m"),
        approved=ApprovedBy("", "", "", None, Evidence()),
    )

    assert recheck_findings([fresh], [forged], today=NOW.date())[0].blocks


# ---- the line to paste -------------------------------------------------------------------


def test_the_line_to_paste_is_yaml_with_the_count_seen() -> None:
    finding, _ = _finding(approve(CODE, LUNCH))

    assert approval_line(finding, "prod") == (
        '- {guard: delete-in-use, address: "statuses/Lunch", reason: "…", by: "…", '
        'environment: "prod", up_to: 3}'
    )


def test_without_a_headline_there_is_no_up_to() -> None:
    assert "up_to" not in approval_line(
        Finding("unblock", "block", "a", Message.plain("m"), approval="a"), "prod"
    )


def test_what_cannot_be_approved_has_no_line() -> None:
    assert approval_line(Finding("foreign-owner", "block", "a", "m"), "prod") == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_address_survives_the_paste(address: str) -> None:
    line = approval_line(Finding("unblock", "block", address, "m", approval=address), "prod")
    loader = YAML(typ="safe", pure=True)

    assert loader.load(StringIO(line))[0]["address"] == address


def test_a_count_that_grows_by_itself_is_pasted_without_a_bound() -> None:
    evidence = Evidence(counts={"recent_interactions": 41}, headline="recent_interactions")
    finding = Finding("delete-in-use", "block", "a", "m", evidence, approval="a")
    assert "up_to" not in approval_line(finding, "prod")
