"""Deletes of used or too many resources are blocked until approved, and show the usage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.end_to_end.estate import AGENTS
from tests.end_to_end.harness import Workspace, approvals, blocking, by_action

REASON = "agreed with the floor"


def _status_agents_are_in(workspace: Workspace) -> str:
    workspace.sandbox.maria.status_of("ana", "Lunch")
    workspace.remove("lunch.yaml")
    return "statuses/Lunch"


def _quality_model_of_a_campaign(workspace: Workspace) -> str:
    workspace.edit("campaigns/sales.yaml", "quality_models: [Courtesy]\n", "")
    workspace.remove("quality.yaml")
    return "quality_models/Courtesy"


def _signature(workspace: Workspace) -> str:
    workspace.edit("campaigns/sales.yaml", ", signature: Signature", "")
    workspace.remove("signature.yaml")
    return "templates/Signature"


def _disposition_used_last_week(workspace: Workspace) -> str:
    at = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    workspace.sandbox.maria.interact("Sales", disposition="dispositions/Sale/Postponed", at=at)
    workspace.edit("dispositions.yaml", ", Postponed", "")
    return "dispositions/Sale/Postponed"


@pytest.mark.parametrize(
    ("prepared", "used_by"),
    [
        (_status_agents_are_in, "1 agent is in it now"),
        (_quality_model_of_a_campaign, "used by 1 campaign"),
        (_signature, "used by 1 channel"),
        (_disposition_used_last_week, "1 recent interaction"),
    ],
)
def test_deleting_a_resource_in_use_is_blocked_until_approved(
    settled: Workspace, prepared: Callable[[Workspace], str], used_by: str
) -> None:
    address = prepared(settled)
    settled.sandbox.forget_requests()
    settled.run("plan").expect(3).mentions(address, used_by, "delete-in-use")
    approved = ("--approve", f"delete-in-use:{address}", "--reason", REASON)
    plan = settled.saved_plan(*approved)
    assert by_action(plan)["delete"] == [address]
    assert settled.sandbox.writes() == 0
    assert settled.sandbox.maria.exists(address)
    run = settled.run("apply", settled.plan_file, "--format", "json").expect(0).json["run"]["id"]
    assert not settled.sandbox.maria.exists(address)
    for words in (["history"], ["history", run]):
        settled.run(*words).expect(0).mentions("delete-in-use", address, REASON)
    settled.run("history", address).expect(0).mentions(run)


def test_a_resource_that_a_manifest_names_cannot_be_deleted(watched: Workspace) -> None:
    watched.remove("quality.yaml")
    watched.run("plan").expect(1).mentions(
        "campaigns/sales.yaml:4:18", "Courtesy", "this plan deletes"
    )


def test_an_approval_given_at_three_agents_does_not_cover_sixty_one(settled: Workspace) -> None:
    maria = settled.sandbox.maria
    for agent in AGENTS[:3]:
        maria.status_of(agent, "Lunch")
    settled.remove("lunch.yaml")
    settled.run("plan").expect(3).mentions("3 agents are in it now")
    settled.saved_plan("--approve", "delete-in-use:statuses/Lunch", "--reason", REASON)
    for agent in AGENTS:
        maria.status_of(agent, "Lunch")
    settled.sandbox.forget_requests()
    settled.apply().expect(3).mentions("statuses/Lunch", "61")
    assert settled.sandbox.writes() == 0
    assert maria.exists("statuses/Lunch")


def test_new_use_after_the_approval_blocks_again(settled: Workspace) -> None:
    settled.edit("campaigns/sales.yaml", ", signature: Signature", "")
    settled.remove("signature.yaml")
    address = "templates/Signature"
    settled.saved_plan("--approve", f"delete-in-use:{address}", "--reason", REASON)
    maria = settled.sandbox.maria
    maria.patch("campaigns/Support/channels/email", connector="mail", signature="Signature")
    settled.sandbox.forget_requests()
    told = settled.apply().expect(3).mentions(address, "1 new referrer")
    told.mentions("campaigns/Support/channels/email refers to it in signature, set by maria")
    assert settled.sandbox.writes() == 0


def test_removing_a_campaigns_file_shows_the_losses_and_a_safer_change(settled: Workspace) -> None:
    for _ in range(5):
        settled.sandbox.maria.interact("Support", user="luis")
    settled.remove("campaigns/support.yaml")
    result = settled.run("plan").expect(3)
    result.mentions("campaigns/Support", "5 interactions", "enabled: false")
    plan = settled.plan()
    assert ("delete-campaign", "campaigns/Support") in blocking(plan)
    settled.saved_plan(*approvals(plan), "--reason", REASON)
    settled.apply().expect(0)
    assert not settled.sandbox.maria.exists("campaigns/Support")
    settled.expect_nothing_to_do()


def test_disabling_a_campaign_loses_nothing(settled: Workspace) -> None:
    settled.sandbox.maria.interact("Support", user="luis")
    settled.edit("campaigns/support.yaml", "name: Support", "name: Support\nenabled: false")
    plan = settled.plan()
    assert by_action(plan) == {"update": ["campaigns/Support"]}
    settled.saved_plan(*approvals(plan), "--reason", REASON)
    settled.apply().expect(0)
    found = settled.sandbox.maria.get("campaigns/Support")
    assert (found["enabled"], found["interaction_count"]) == (False, 1)


def test_removing_the_members_key_changes_nothing_on_the_platform(settled: Workspace) -> None:
    settled.edit("campaigns/support.yaml", "members: [luis]\n", "")
    plan = settled.saved_plan()
    assert by_action(plan) == {"forget": ["campaigns/Support/members"]}
    settled.sandbox.forget_requests()
    settled.apply().expect(0)
    assert settled.sandbox.writes() == 0
    members = settled.sandbox.maria.get("campaigns/Support/members")["members"]
    assert [member["user"] for member in members] == ["luis"]


def test_an_empty_list_of_members_shows_the_removed_members(settled: Workspace) -> None:
    listed = "members:\n  - ana\n  - {user: luis, penalty: 10}\n"
    settled.edit("campaigns/sales.yaml", listed, "members: []\n")
    settled.run("plan").expect(3).mentions("campaigns/Sales/members", "ana", "luis")
    plan = settled.plan()
    assert by_action(plan) == {"update": ["campaigns/Sales/members"]}
    assert {code for code, _ in blocking(plan)} == {"empty-desired"}
    settled.saved_plan(*approvals(plan), "--reason", REASON)
    settled.apply().expect(0)
    assert settled.sandbox.maria.get("campaigns/Sales/members")["members"] == []


@pytest.mark.parametrize("members", ["members:", "members:\n  # - luis", "members: null"])
def test_commented_out_members_are_an_error(watched: Workspace, members: str) -> None:
    watched.edit("campaigns/support.yaml", "members: [luis]", members)
    watched.run("plan").expect(1).mentions("campaigns/support.yaml:3", "`members` cannot be null")


def test_a_system_default_removed_from_git_is_forgotten_and_stays(settled: Workspace) -> None:
    settled.write("break.yaml", 'kind: Status\nname: Break\ncolor: "#112233"\n')
    settled.plan_and_apply()
    settled.remove("break.yaml")
    told = settled.run("plan").expect(0)
    told.mentions("Stop tracking: 1", "it is a system default and stays", "statuses: 1 (Break)")
    settled.plan_and_apply()
    settled.expect_nothing_to_do()
    assert settled.sandbox.maria.get("statuses/Break")["color"] == "#112233"


def test_a_file_suffix_in_capitals_deletes_nothing(watched: Workspace) -> None:
    (watched.folder / "lunch.yaml").rename(watched.folder / "lunch.YAML")
    watched.expect_nothing_to_do()


def test_protection_outlives_the_file(settled: Workspace) -> None:
    settled.write("lunch.yaml", "kind: Status\nname: Lunch\nlifecycle: {protect: true}\n")
    settled.plan_and_apply()
    settled.remove("lunch.yaml")
    settled.run("plan").expect(3).mentions("delete-protected", "statuses/Lunch")


def test_only_an_edit_in_git_removes_protection_and_the_plan_shows_it(settled: Workspace) -> None:
    settled.write("lunch.yaml", "kind: Status\nname: Lunch\nlifecycle: {protect: true}\n")
    settled.run("plan").expect(0).mentions("Protected from now on: 1", "statuses: 1 (Lunch)")
    settled.plan_and_apply()
    settled.write("lunch.yaml", "kind: Status\nname: Lunch\n")
    settled.expect_nothing_to_do()
    settled.write("lunch.yaml", "kind: Status\nname: Lunch\nlifecycle: {protect: false}\n")
    settled.run("plan").expect(0).mentions("Protection lifted", "○ statuses/Lunch  lunch.yaml:1")
    (change,) = settled.run("plan", "--format", "json").json["changes"]
    assert change["protection"] == "lifted"
    settled.plan_and_apply()
    settled.remove("lunch.yaml")
    settled.run("plan").expect(0)
