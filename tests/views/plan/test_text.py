from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.guards.analyzers import stale_checkout
from reconciler.guards.analyzers.unused_approval import unused_finding
from reconciler.kinds.address import Address
from reconciler.live.platform import Usage
from reconciler.manifests.files.git_history import Standing
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.applied_elsewhere import AppliedElsewhere
from reconciler.planning.change import Action, Change, Reason, Tracking
from reconciler.planning.findings import Evidence, UnusedApproval, WhyUnused
from reconciler.planning.impact import (
    HolidayImpact,
    HoursImpact,
    Impact,
    ServiceImpact,
    SharedImpact,
    ToggleImpact,
)
from reconciler.planning.plan import Plan, Unknown
from reconciler.privacy.masking import Masker
from reconciler.state.journal import StepState
from reconciler.views.plan.text import plan_text
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.view import View
from tests.guards import guard_builders
from tests.views.view_plans import a_plan, blocking, change, create, full_plan, update, warning
from tests.views.view_runs import NOW, a_run, a_step

Golden = Callable[[str, str], None]


def _text(plan: Plan, masker: Masker, *parts: str) -> str:
    return plan_text(plan, View(masker, NOW, PLAIN, frozenset(parts)))


def _first(plan: Plan, masker: Masker) -> str:
    return _text(plan, masker).splitlines()[0]


def test_a_plan_with_one_of_everything(golden: Golden, masker: Masker) -> None:
    golden("plan.txt", _text(full_plan(), masker))


def test_a_plan_of_a_stale_branch(golden: Golden, masker: Masker) -> None:
    huddle = Change(
        Address("statuses/Huddle"),
        "Status",
        Action.DELETE,
        Reason.APPLIED_ELSEWHERE,
        before={"icon": "", "color": ""},
    )
    run = a_run(a_step("statuses/Huddle", "create", StepState.SUCCEEDED))
    elsewhere = AppliedElsewhere(
        run, Standing.DIVERGED, is_latest=True, taken_back=(huddle.address,)
    )
    plan = a_plan(huddle)
    review = replace(guard_builders.review(huddle), plan=plan, elsewhere=(elsewhere,))
    findings = tuple(stale_checkout.GUARD.analyze(review))
    plan = replace(a_plan(huddle, findings=findings), digest="0" * 64)
    golden("plan-stale-branch.txt", _text(plan, masker))


def test_a_plan_that_nothing_blocks(golden: Golden, masker: Masker) -> None:
    golden("plan-unblocked.txt", _text(replace(full_plan(), findings=()), masker))


def test_a_plan_in_detail(golden: Golden, masker: Masker) -> None:
    golden("plan-details.txt", _text(full_plan(), masker, "details"))


def test_colour_adds_sequences_and_changes_no_letter(masker: Masker) -> None:
    import re

    painted = plan_text(full_plan(), View(masker, NOW, Paint(colour=True)))
    assert "\x1b[31m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == _text(full_plan(), masker)


def closing(*names: str) -> tuple[HoursImpact, ...]:
    first = "2026-11-24T12:00:00+00:00"
    return tuple(HoursImpact(name, "UTC", "UTC", True, False, 60, 0, first, "") for name in names)


def test_the_verdict_counts_campaigns_customers_and_people(masker: Masker) -> None:
    plan = a_plan(
        update("campaigns/Sales", {}, {"enabled": False}),
        impact=Impact(("Collections", "Sales", "Support"), ("luis", "maria")),
    )
    assert _first(plan, masker) == (
        "3 campaigns change. Nobody closes now. 0 customers unblocked. "
        "2 people's edits would be reverted."
    )


def test_the_verdict_names_closing_campaigns_and_uses_the_singular(masker: Masker) -> None:
    one = update("campaigns/Sales", {}, {"enabled": False})
    two = a_plan(
        one, impact=Impact(("Sales",), ("luis",), closing("Sales", "Support"), unblocked=1)
    )
    assert _text(two, masker).splitlines()[:2] == [
        (
            "1 campaign changes. Sales and Support close now. 1 customer unblocked. "
            "1 person's edits would be reverted."
        ),
        "2 campaigns lose 2 hours in 28 days, first Tue 2026-11-24 12:00, UTC.",
    ]
    alone = a_plan(one, impact=Impact(("Sales",), hours=closing("Sales")))
    assert "Sales closes now." in _first(alone, masker)


def test_the_verdict_begins_with_losses_and_counts_interrupted_agents(masker: Masker) -> None:
    lost = Usage(Address("campaigns/Surveys"), interactions_total=380)
    gone = change("campaigns/Surveys", Action.DELETE, before={"enabled": True}, usage=lost)
    in_it, open_on_it = (
        Evidence(counts={"agents_now": 2}),
        Evidence(counts={"open_interactions": 1}),
    )
    going_on = (
        blocking("open-hours", "statuses/Lunch", "agents", evidence=in_it),
        blocking("open-hours", "campaigns/Sales", "interactions", evidence=open_on_it),
        blocking("delete-in-use", "statuses/Lunch", "agents", evidence=in_it),
    )
    plan = a_plan(gone, findings=going_on, impact=Impact(("Surveys",), agents_without_status=2))
    assert _first(plan, masker) == (
        "Surveys is DELETED, with its 380 interactions. No other campaign changes. "
        "Nobody closes now. 2 agents lose their status now. 1 open interaction stops. "
        "0 customers unblocked. 0 people's edits would be reverted."
    )


def test_a_change_of_a_shared_resource_is_in_the_verdict(masker: Masker) -> None:
    plan = a_plan(create("statuses/Lunch"), update("statuses/Break", {}, {"icon": "cup"}))
    assert _first(plan, masker).startswith("1 status is created. 1 status changes.")


def test_approvals_no_longer_needed_are_one_line_a_file(masker: Masker) -> None:
    def unused(guard: str, address: str, line: int, why: WhyUnused, words: str) -> UnusedApproval:
        source = Source("approvals/a.yaml", line)
        text = Message.plain(words)
        return UnusedApproval(guard, address, source, why, text, environment="prod")

    done = [
        unused("delete-in-use", f"statuses/S{n}", n, WhyUnused.NOTHING_FOUND, "nothing there")
        for n in range(1, 12)
    ]
    expired = unused("replace", "statuses/New", 20, WhyUnused.EXPIRED, "it expired yesterday")
    approvals = (*done, expired)
    plan = a_plan(unused_approvals=approvals, findings=tuple(map(unused_finding, approvals)))
    lines = _text(plan, masker).splitlines()
    at = lines.index("Warnings: 2")
    assert lines[at + 1] == "  ! 11 approvals are no longer needed  unused-approval"
    assert lines[at + 2].startswith(
        "    Remove from approvals/a.yaml: delete-in-use at statuses/S1, delete-in-use at "
    )
    assert lines[at + 2].endswith(" and 3 more")
    assert lines[at + 3] == "  ! statuses/New  unused-approval"
    assert "it expired" in lines[at + 4]
    assert "S11" in _text(plan, masker, "details")


def test_approvals_that_another_environment_may_need_are_never_to_be_removed(
    masker: Masker,
) -> None:
    approvals = tuple(
        UnusedApproval(
            "delete-in-use",
            f"statuses/S{line}",
            Source("approvals/a.yaml", line),
            WhyUnused.NOTHING_FOUND,
            Message.plain("nothing there"),
        )
        for line in (1, 2)
    )
    plan = a_plan(unused_approvals=approvals, findings=tuple(map(unused_finding, approvals)))
    text = _text(plan, masker)

    assert "  ! 2 approvals cover nothing in prod  unused-approval" in text
    assert "In approvals/a.yaml: delete-in-use at statuses/S1, delete-in-use at statuses" in text
    assert "Another environment may need them. Add `environment: NAME` to each." in text
    assert "emove" not in text


def test_an_empty_plan_counts_tracked_resources(masker: Masker) -> None:
    plan = a_plan(unchanged=("statuses/Lunch", "statuses/Break"))
    text = _text(plan, masker)
    assert text.startswith("Nothing to do. 2 resources are tracked and match git.\n")
    assert text.splitlines()[-1].endswith(": nothing to do. 14 requests spent, 18 predicted.")


def test_an_unread_collection_is_reported_as_unknown(masker: Masker) -> None:
    unknowns = (
        Unknown("statuses", Message.plain("403"), 2),
        Unknown("templates", Message.plain("403")),
    )
    said = "1 collection could not be read; its state is unknown."
    assert _first(a_plan(unknowns=unknowns), masker) == (
        f"Nothing to do in what could be read. {said}"
    )
    assert _first(a_plan(create("statuses/X"), unknowns=unknowns), masker).endswith(said)
    assert "(403); git declares 2 there\n" in _text(a_plan(unknowns=unknowns), masker)
    only_told = a_plan(unknowns=unknowns[1:])
    assert _first(only_told, masker) == "Nothing to do."


def test_an_unfinished_run_is_shown_first(masker: Masker) -> None:
    plan = a_plan(create("statuses/Lunch"), unfinished_run="7kq2m4")
    lines = _text(plan, masker).splitlines()
    assert lines[3].startswith("RUN 7kq2m4 IS UNFINISHED")
    assert lines[4] == "Settle the run, then plan again: reconciler apply --resume 7kq2m4"


def test_the_approval_to_paste_is_below_its_finding(masker: Masker) -> None:
    found = blocking("delete-protected", "statuses/Lunch", "it is protected")
    text = _text(a_plan(create("statuses/X"), findings=(found,)), masker)
    assert '- {guard: delete-protected, address: "statuses/Lunch", ' in text


def test_a_finding_without_a_possible_approval_is_marked(masker: Masker) -> None:
    found = blocking("guard-crashed", "unblock", "the guard failed", approval="")
    text = _text(a_plan(create("statuses/X"), findings=(found,)), masker)
    assert "No approval can cover this." in text


def test_deletes_come_before_other_changes(masker: Masker) -> None:
    text = _text(full_plan(), masker, "details")
    places = [
        text.index(f"\n{title}")
        for title in (
            "Delete:",
            "Replace:",
            "Update:",
            "Create:",
            "Start tracking",
            "Stop tracking",
        )
    ]
    assert places == sorted(places)


def test_a_resource_deleted_on_the_platform_is_not_folded_with_creates(masker: Masker) -> None:
    again = replace(create("statuses/Lunch"), reason=Reason.DRIFTED)
    text = _text(a_plan(create("statuses/X"), again), masker)
    assert "+ statuses/Lunch  deleted on the platform, will be created again" in text


def test_terminal_escapes_and_bidi_controls_are_escaped(masker: Masker) -> None:
    evil = "a\x1b[2Jb\u202ec\rd\x9b31m"
    plan = a_plan(
        update("templates/T", {"type": "text", "content": "x"}, {"type": "text", "content": evil}),
        create(f"statuses/{evil}", Source(f"{evil}.yaml", 1)),
        change(f"statuses/Z{evil}", Action.DELETE, before={"icon": evil}),
        findings=(blocking(evil, f"statuses/{evil}", evil, safer=evil),),
        unfinished_run=evil,
        project=evil,
        git_commit=evil,
        impact=Impact(hours=closing(evil)),
    )
    for parts in ((), ("details", "unchanged", "unmanaged")):
        text = _text(plan, masker, *parts)
        assert not {c for c in text if c in "\x1b\r\x9b\u202e"}
    assert "a\\x1b[2Jb\\u202ec\\rd\\x9b31m" in text


def test_one_long_line_is_compared_in_parts(masker: Masker) -> None:
    words = [f"word{n}" for n in range(60)]
    before = {"type": "text", "content": " ".join(words)}
    after = {"type": "text", "content": " ".join([*words[:40], "changed", *words[41:]])}
    text = _text(a_plan(update("templates/T", before, after)), masker)
    lines = [line for line in text.splitlines() if line.strip()[:1] in "+\N{MINUS SIGN}"]
    assert any("changed" in line for line in lines)
    assert all(len(line) < 120 for line in lines)


def test_a_long_difference_is_cut_without_details(masker: Masker) -> None:
    before = {"type": "text", "content": "\n".join(f"old {n}" for n in range(50))}
    after = {"type": "text", "content": "\n".join(f"new {n}" for n in range(50))}
    plan = a_plan(update("templates/T", before, after))
    assert "more lines, shown by --details" in _text(plan, masker)
    assert "new 49" not in _text(plan, masker)
    assert "new 49" in _text(plan, masker, "details")


def test_a_list_of_names_shows_only_added_and_removed_names(masker: Masker) -> None:
    models = {"quality_models": ["Courtesy", "Sales"]}
    plan = a_plan(update("campaigns/A", models, {"quality_models": ["Courtesy", "Written"]}))
    gone = "\N{MINUS SIGN} Sales"
    assert f"quality_models: {gone}, + Written (1 unchanged)" in _text(plan, masker)
    emptied = a_plan(update("campaigns/A", models, {"quality_models": []}))
    assert "quality_models: Courtesy, Sales → empty" in _text(emptied, masker)


def test_warnings_with_the_same_text_are_shown_once(masker: Masker) -> None:
    warned = [
        warning("scope-widens", f"holidays/H{n}", "it closes 1 more campaign") for n in range(12)
    ]
    text = _text(a_plan(create("statuses/X"), findings=tuple(warned)), masker)
    assert text.count("It closes 1 more campaign.") == 1
    assert "  ! 12 holidays: H0, H1, H2, H3, H4, H5, H6, H7 and 4 more  scope-widens\n" in text


def test_new_tracking_in_many_campaigns_is_folded_by_kind(masker: Masker) -> None:
    adopts = [
        change(f"campaigns/C{n}/channels/{name}", Action.ADOPT, unowned=True)
        for n in range(20)
        for name in ("sms", "email")
    ]
    assert "  = 40 channels of 20 campaigns\n" in _text(a_plan(*adopts), masker)
    assert "campaigns/C19/channels: 2 (sms, email)" in _text(a_plan(*adopts), masker, "details")


def test_lifted_and_new_protection_are_shown(masker: Masker) -> None:
    def tracks(address: str, *, was: bool, will: bool) -> Change:
        return change(
            address,
            Action.ADOPT,
            source=Source("statuses.yaml", 3),
            tracking=Tracking("standalone", {}, protect=will),
            previous_tracking=Tracking("standalone", {}, protect=was),
        )

    plan = a_plan(
        tracks("statuses/A", was=True, will=False),
        tracks("statuses/B", was=False, will=True),
        tracks("statuses/C", was=True, will=True),
    )
    text = _text(plan, masker)
    assert "Protection lifted; later deletes are not blocked: 1\n" in text
    assert "  ○ statuses/A  statuses.yaml:3\n" in text
    assert "Protected from now on: 1\n  = statuses: 1 (B)" in text


def test_warnings_about_collections_are_counted_as_such(masker: Masker) -> None:
    found = tuple(warning("unknown-live", one, "not read") for one in ("a", "b"))
    unknowns = tuple(Unknown(one, Message.plain("not read")) for one in ("a", "b"))
    plan = a_plan(findings=found, unknowns=unknowns)
    assert "! 2 collections: a, b  unknown-live" in _text(plan, masker)


def test_a_resource_of_another_project_is_not_called_unmanaged(masker: Masker) -> None:
    one = update("statuses/A", {"icon": "x"}, {"icon": "y"})
    theirs = replace(one, action=Action.ADOPT, unowned=True, owner="rival")
    nobodys = replace(theirs, address=Address("statuses/B"), owner="")
    text = _text(a_plan(theirs), masker)
    assert "Owned by another project; will be changed to match git: 1\n" in text
    assert "unowned" not in text
    assert "Not managed yet; will be changed to match git: 1\n" in _text(
        a_plan(theirs, nobodys), masker
    )


def test_the_verdict_has_channels_holidays_customers_and_shared_edits(masker: Masker) -> None:
    template = Address("templates/Signature")
    impact = Impact(
        services=(
            ServiceImpact("Line", "telephony", "inbound", "stopped", ("no-number",)),
            ServiceImpact("Line", "telephony", "outbound", "stopped", ("no-creator",)),
            ServiceImpact("Day", "webchat", "inbound", "started", ("no-receiver",)),
        ),
        toggles=(ToggleImpact("Day", "sms", "outbound", "reachable", 4),),
        holidays=(
            HolidayImpact(Address("holidays/Strike"), "2026-12-03", "closed", ("Day",), 600),
        ),
        shared=(
            SharedImpact(template, "Template", "edited", ("Day", "Line"), 307),
            SharedImpact(Address("statuses/Lunch"), "Status", "deleted", ("Day",), None),
        ),
        unblocked=1,
        blocked=2,
    )
    plan = a_plan(update("statuses/Lunch", {}, {"icon": "soup"}), impact=impact)
    first, second, *_ = _text(plan, masker).split("\n")
    assert first == (
        "1 status changes. Nobody closes now. telephony of Line stops. "
        "1 customer unblocked, 2 blocked. 0 people's edits would be reverted."
    )
    assert second == (
        "Strike (Thu 2026-12-03) closes Day for 10 hours. webchat of Day starts. "
        "The change of 1 template reaches 2 campaigns, 307 interactions in 30 days. "
        "The delete of 1 status reaches 1 campaign. 1 channel stops applying the blacklist."
    )
