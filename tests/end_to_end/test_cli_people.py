"""Edits by people on the platform, distinguished from changes in git."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace, approvals, blocking, by_action


def _changed_on_both_sides(workspace: Workspace) -> None:
    workspace.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    workspace.edit("lunch.yaml", "utensils", "sandwich")


def test_a_field_changed_on_both_sides_is_a_conflict_with_all_three_values(
    settled: Workspace,
) -> None:
    _changed_on_both_sides(settled)
    result = settled.run("plan").expect(3)
    result.mentions("conflict", "utensils", "pizza", "sandwich", "maria")
    plan = settled.run("plan", "--format", "json").expect(3).json
    (change,) = plan["changes"]
    (difference,) = change["differences"]
    assert difference["path"] == "icon"
    assert (difference["base"], difference["before"], difference["after"]) == (
        "utensils",
        "pizza",
        "sandwich",
    )
    assert (difference["origin"], difference["by"]) == ("both", "maria")
    assert difference["at"] == settled.sandbox.maria.get("statuses/Lunch")["updated_at"]


def test_a_conflict_is_settled_by_an_approval_and_git_wins(settled: Workspace) -> None:
    _changed_on_both_sides(settled)
    plan = settled.plan()
    assert blocking(plan) == {("conflict", "statuses/Lunch")}
    settled.saved_plan(*approvals(plan), "--reason", "spoken with maria")
    settled.apply().expect(0)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "sandwich"


def test_taking_over_a_persons_value_is_not_a_conflict(settled: Workspace) -> None:
    _changed_on_both_sides(settled)
    settled.edit("lunch.yaml", "sandwich", "pizza")
    settled.sandbox.forget_requests()
    settled.plan_and_apply()
    assert settled.sandbox.writes() == 0
    settled.expect_nothing_to_do()


def test_a_decomposed_unicode_name_is_the_same_name(
    settled: Workspace,
) -> None:
    settled.sandbox.maria.create("statuses/Caf\u00e9", icon="cup")
    settled.write("cafe.yaml", "kind: Status\nname: Cafe\u0301\nicon: mug\n")
    settled.plan_and_apply()
    assert settled.sandbox.maria.get("statuses/Caf\u00e9")["icon"] == "mug"
    settled.expect_nothing_to_do()


def test_drift_shows_what_changed_and_who_changed_it(settled: Workspace) -> None:
    settled.run("drift", "--detailed-exitcode").expect(0)
    settled.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    result = settled.run("drift", "--detailed-exitcode").expect(2)
    result.mentions("statuses/Lunch", "icon", "utensils", "pizza", "maria")
    settled.run("drift").expect(0)
    document = settled.run("drift", "--format", "json").expect(0).json
    assert "maria" in str(document)
    assert "statuses/Lunch" in str(document)


def test_drift_shows_deletes_by_people_and_not_changes_in_git(settled: Workspace) -> None:
    settled.edit("campaigns/support.yaml", "members: [luis]", "members: [luis, ana]")
    settled.run("drift", "--detailed-exitcode").expect(0)
    settled.sandbox.maria.delete("holidays/Christmas 2098")
    result = settled.run("drift", "--detailed-exitcode").expect(2)
    result.mentions("holidays/Christmas 2098", "maria")


def test_a_member_removed_in_git_is_removed_without_findings(settled: Workspace) -> None:
    settled.edit("campaigns/sales.yaml", "  - ana\n", "")
    settled.run("drift", "--detailed-exitcode").expect(0)
    settled.run("plan").expect(0).mentions("0 people's edits would be reverted")
    settled.plan_and_apply()
    settled.expect_nothing_to_do()


def test_a_member_removed_by_a_person_is_drift_and_added_again(settled: Workspace) -> None:
    settled.sandbox.maria.put_members("Support")
    settled.run("drift", "--detailed-exitcode").expect(2).mentions("luis", "maria")
    settled.run("plan").expect(0).mentions("reverts-drift", "1 person's edit")
    settled.run("explain", "campaigns/Support/members").expect(0).mentions(
        "an apply would revert it"
    )
    settled.plan_and_apply()
    members = settled.sandbox.maria.get("campaigns/Support/members")["members"]
    assert [member["user"] for member in members] == ["luis"]


def test_a_reverted_edit_by_a_person_is_reported_in_the_plan(settled: Workspace) -> None:
    settled.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    settled.run("plan").expect(0).mentions("reverts-drift", "maria", "1 person's edit")
    settled.plan_and_apply()
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_unmanaged_resources_are_not_changed(settled: Workspace) -> None:
    settled.sandbox.maria.create("statuses/Meeting", icon="comments")
    settled.sandbox.maria.patch("campaigns/Support", time_zone="Europe/Madrid")
    plan = settled.saved_plan()
    assert plan["changes"] == []
    assert "statuses/Meeting" in plan["unmanaged"]


def test_an_unowned_entry_is_not_deleted_by_a_complete_list(settled: Workspace) -> None:
    settled.sandbox.maria.create("campaigns/Sales/statuses/Role play", icon="mask")
    plan = settled.plan()
    assert by_action(plan) == {"delete": ["campaigns/Sales/statuses/Role play"]}
    assert blocking(plan) == {("delete-unowned", "campaigns/Sales/statuses/Role play")}


def test_a_number_of_a_channel_with_open_interactions_is_not_removed(settled: Workspace) -> None:
    phone = 'telephony: {enabled: true, connector: tel, numbers: ["+59829001000"]}'
    settled.edit("campaigns/sales.yaml", "channels:\n", f"channels:\n  {phone}\n")
    settled.plan_and_apply()
    settled.sandbox.maria.interact("Sales", channel="telephony", user="ana", open=True)
    settled.edit("campaigns/sales.yaml", '["+59829001000"]', '["+59829001001"]')
    told = settled.run("plan").expect(3)
    told.mentions("open-hours", "would lose +59829001000 now: 1 interaction is open on it")
    told.mentions("Safer: apply once its interactions are closed")


def test_deleting_an_edited_resource_shows_the_editor_and_the_loss(
    settled: Workspace,
) -> None:
    settled.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    settled.remove("lunch.yaml")
    told = settled.run("plan").expect(0)
    told.mentions("1 person's edits would be reverted", "reverts-drift")
    told.mentions("lost with it: maria changed icon from utensils to pizza")
    told.mentions("by maria", "pizza", "utensils")
    drifted = settled.run("drift").expect(0).mentions("maria", "no longer in git")
    assert "will be reverted" not in drifted.out
    found = settled.run("explain", "statuses/Lunch").expect(0)
    found.mentions("An apply would delete it", "deleted with the resource")
    assert "left as it is" not in found.out
