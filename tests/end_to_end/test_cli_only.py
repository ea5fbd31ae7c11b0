"""`plan --only`: a part of the changes, reviewed and applied as such."""

from __future__ import annotations

from tests.end_to_end.harness import Workspace, by_action
from tests.end_to_end.printed_commands import printed_commands


def _two_edits(workspace: Workspace) -> None:
    workspace.edit("lunch.yaml", "utensils", "fork")
    workspace.edit("campaigns/support.yaml", "members: [luis]", "members: [luis, ana]")


def test_only_the_selected_part_is_applied_and_the_rest_stays(settled: Workspace) -> None:
    _two_edits(settled)
    shown = settled.run("plan", "--only", "statuses/*", "--out", settled.plan_file).expect(0)
    shown.mentions("1 other change is left out by --only.")
    settled.apply().expect(0)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "fork"
    assert by_action(settled.plan()) == {"update": ["campaigns/Support/members"]}


def test_a_selection_without_changes_is_not_nothing_to_do(watched: Workspace) -> None:
    _two_edits(watched)
    shown = watched.run("plan", "--only", "quality_models", "--detailed-exitcode").expect(2)
    shown.mentions("Nothing to do in the selection.", "2 other changes are left out by --only.")


def test_apply_expect_takes_the_same_selection(settled: Workspace) -> None:
    _two_edits(settled)
    made = settled.run("plan", "--only", "statuses/Lunch").expect(0)
    (apply,) = printed_commands(made.out)
    assert apply[:2] == ["apply", "--expect"]
    assert apply[3:] == ["--only", "statuses/Lunch"]
    settled.run(*apply[:3]).expect(4)
    settled.run(*apply).expect(0)
    assert by_action(settled.plan()) == {"update": ["campaigns/Support/members"]}


def test_json_shows_the_selection(watched: Workspace) -> None:
    _two_edits(watched)
    shown = watched.run("plan", "--only", "statuses/Lunch", "--format", "json").expect(0).json
    assert (shown["only"], shown["left_out"]) == (["statuses/Lunch"], 1)


def test_guards_see_the_selected_plan(settled: Workspace) -> None:
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.remove("lunch.yaml")
    settled.edit("campaigns/support.yaml", "members: [luis]", "members: [luis, ana]")
    settled.run("plan").expect(3)
    settled.run("plan", "--only", "campaigns").expect(0)


def test_a_dependency_that_is_left_out_is_refused_and_the_printed_command_works(
    watched: Workspace,
) -> None:
    watched.write("sign.yaml", "kind: Template\nname: Short\ntype: html\ncontent: <b>A</b>\n")
    watched.edit("campaigns/sales.yaml", "signature: Signature", "signature: Short")
    refused = watched.run("plan", "--only", "campaigns/Sales/channels/email").expect(64)
    refused.mentions("depends on create templates/Short")
    (again,) = printed_commands(refused.err)
    watched.run(*again).expect(0)


def test_a_mask_selects_a_customer(watched: Workspace) -> None:
    watched.edit("blacklist.yaml", '"+59829001234"', '"+59829001234", "+59829007777"')
    watched.edit("lunch.yaml", "utensils", "fork")
    shown = watched.run("plan", "--format", "json").expect(0).json
    (mask,) = (each["address"] for each in shown["changes"] if each["action"] == "create")
    assert mask.startswith("blacklist/~")
    selected = watched.run("plan", "--only", mask).expect(0)
    selected.mentions("1 other change is left out")
    assert "29007777" not in selected.output


def test_an_unused_approval_of_what_is_left_out_is_not_reported(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    watched.write(
        "approvals/a.yaml",
        "- {guard: delete-in-use, address: campaigns/Support, reason: moved, by: maria}\n",
    )
    assert "unused-approval" in watched.run("plan").expect(0).output
    assert "unused-approval" not in watched.run("plan", "--only", "statuses").expect(0).output


def test_the_report_counts_what_was_left_out(settled: Workspace) -> None:
    _two_edits(settled)
    settled.saved_plan("--only", "statuses")
    settled.apply().expect(0).mentions("1 other change left out by --only.")


def test_a_forgotten_selection_is_named_when_the_approved_plan_is_given(
    settled: Workspace,
) -> None:
    _two_edits(settled)
    made = settled.saved_plan("--only", "statuses")
    digest = made["content_digest"]
    refused = settled.run("apply", "--expect", digest, "--against", settled.plan_file).expect(4)
    (apply,) = printed_commands(refused.err)
    assert apply == ["apply", "--expect", digest, "--only", "statuses"]
    settled.run(*apply).expect(0)
