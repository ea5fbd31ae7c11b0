"""Validate, plan and apply, from an empty platform to an empty plan."""

from __future__ import annotations

import json

from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.plan import FORMAT_VERSION
from tests.end_to_end.estate import SEED, STRICTER
from tests.end_to_end.harness import Sandbox, Workspace, by_action

_NEW_CAMPAIGN = """\
kind: Campaign
name: Surveys
channels:
  sms: {enabled: true, connector: sms, numbers: ["+59899001001"]}
members: [ana]
dispositions: [Answered]
statuses: [Reading]
templates: [{name: Question, type: text, content: How was it}]
---
kind: BlacklistEntry
items: [{customer: "+59829001299", campaign: Surveys}]
---
kind: Contact
campaign: Surveys
contact_name: Agency
phone: "+59829001298"
"""


def test_validate_plan_and_apply_until_the_plan_is_empty(workspace: Workspace) -> None:
    """Each command runs in a new interpreter."""
    run, file = workspace.run_cold, workspace.plan_file
    run("validate").expect(0).mentions("valid")
    run("plan", "--detailed-exitcode", "--out", file).expect(2)
    run("apply", file).expect(0)
    maria = workspace.sandbox.maria
    assert maria.get("campaigns/Sales")["quality_models"] == ["Courtesy"]
    assert maria.get("campaigns/Sales/channels/email")["signature"] == "Signature"
    again = run("plan", "--detailed-exitcode", "--format", "json").expect(0)
    assert again.json["changes"] == []
    for command in (["drift"], ["history"], ["explain", "statuses/Lunch"], ["permissions"]):
        run(*command).expect(0)


def test_batches_respect_a_platform_with_small_limits(
    workspace: Workspace,
) -> None:
    little = {**SEED["platform"], "limits": {"batch": 4, "body_bytes": 2000}}
    small = Sandbox.start(workspace.base / "small", {**SEED, "platform": little})
    workspace.sandbox.stop()
    workspace.sandbox = small
    try:
        workspace.plan_and_apply()
        workspace.expect_nothing_to_do()
    finally:
        small.stop()


def test_applying_an_empty_plan_writes_nothing(settled: Workspace) -> None:
    settled.saved_plan()
    settled.sandbox.forget_requests()
    settled.apply().expect(0)
    assert settled.sandbox.writes() == 0


def test_changes_made_by_another_plan_are_not_written_again(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    settled.write("reconciler.yaml", STRICTER)
    twin = settled.base / "twin.json"
    settled.run("plan", "--out", twin).expect(0)
    settled.apply().expect(0)
    settled.sandbox.forget_requests()
    settled.run("apply", twin).expect(0)
    assert settled.sandbox.writes() == 0
    settled.expect_nothing_to_do()


def test_a_replace_is_applied_after_its_old_resource_was_deleted(settled: Workspace) -> None:
    settled.edit(
        "holidays.yaml", "name: Christmas 2098", "name: Xmas, renamed_from: Christmas 2098"
    )
    plan = settled.saved_plan()
    assert by_action(plan) == {"replace": ["holidays/Xmas"], "delete": ["holidays/Christmas 2098"]}
    settled.sandbox.maria.delete("holidays/Christmas 2098")
    settled.apply().expect(0)
    assert settled.sandbox.maria.addresses("holidays") == ["holidays/Xmas"]
    settled.expect_nothing_to_do()


def test_planning_sends_only_reads(settled: Workspace) -> None:
    """The plan contains every action, on kinds of every life."""
    maria = settled.sandbox.maria
    maria.create("statuses/Meeting", icon="comments")
    settled.write("surveys.yaml", _NEW_CAMPAIGN)
    settled.write("adopted.yaml", "kind: Status\nname: Meeting\n")
    settled.edit("lunch.yaml", "name: Lunch", "name: Midday\nrenamed_from: Lunch")
    settled.edit("dispositions.yaml", "Completed", "{name: Done, renamed_from: Completed}")
    settled.edit("quality.yaml", "score: 10", "score: 20")
    settled.edit("holidays.yaml", "campaigns: all", "campaigns: [Support]")
    settled.edit("contacts.yaml", "carla@", "c.techera@")
    settled.edit("campaigns/support.yaml", "members: [luis]", "members: [luis, ana]")
    settled.remove("blacklist.yaml")
    settled.edit("campaigns/sales.yaml", '"Hello!"', '"Good day!"')
    text = (settled.folder / "campaigns/sales.yaml").read_text()
    settled.write("campaigns/sales.yaml", text[: text.index("templates:")])
    settled.sandbox.forget_requests()
    plan = settled.plan()
    assert set(by_action(plan)) == {action.value for action in Action} - {"none"}
    assert {KINDS[change["kind"]].life for change in plan["changes"]} == set(Life)
    settled.run("drift").expect(0)
    settled.run("explain", "statuses/Lunch").expect(0)
    settled.run("usage", "statuses/Lunch").expect(0)
    settled.run("permissions").expect(0)
    settled.run("export", settled.base / "exported").expect(0)
    assert set(settled.sandbox.requests()) <= {"GET", "HEAD"}


def test_a_new_plan_with_the_approved_digest_is_applied(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    digest = settled.run("plan", "--format", "json").expect(0).json["content_digest"]
    settled.run("apply", ".", "--expect", digest[:16]).expect(0)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "fork"


def test_a_plan_with_another_digest_is_refused(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    digest = watched.run("plan", "--format", "json").expect(0).json["content_digest"]
    watched.edit("lunch.yaml", "fork", "knife")
    watched.sandbox.forget_requests()
    watched.run("apply", ".", "--expect", digest[:16]).expect(4).mentions(digest[:16])
    assert watched.sandbox.writes() == 0


def test_resume_without_an_unfinished_run_is_reported(watched: Workspace) -> None:
    watched.run("apply", "--resume").expect(4).mentions("no unfinished run")
    run = watched.run("history", "--format", "json").json["runs"][0]["id"]
    watched.run("apply", "--resume", run).expect(4).mentions("finished")


def test_a_saved_plan_can_be_shown_without_the_platform(watched: Workspace) -> None:
    watched.edit("lunch.yaml", "utensils", "fork")
    plan = watched.saved_plan()
    shown = watched.run("show", watched.plan_file, RECONCILER_URL="http://127.0.0.1:1")
    shown.expect(0).mentions("statuses/Lunch", "fork")
    as_json = watched.run("show", watched.plan_file, "--format", "json", RECONCILER_TOKEN=None)
    assert as_json.expect(0).json["id"] == plan["digest"]


def test_only_the_owner_can_read_the_plan_file(watched: Workspace) -> None:
    watched.saved_plan()
    assert watched.plan_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(watched.plan_file.read_text())["format_version"] == FORMAT_VERSION
