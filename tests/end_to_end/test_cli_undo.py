"""`undo`: restoring the platform and the ledger after a run."""

from __future__ import annotations

import json

from tests.end_to_end.harness import Workspace, approvals, blocking, by_action


def _last_run(workspace: Workspace) -> str:
    runs = workspace.run("history", "--format", "json").expect(0).json
    found: str = runs["runs"][0]["id"]
    return found


def _undo(workspace: Workspace, run: str) -> None:
    """Undo a run with all needed approvals."""
    plan = workspace.base / "undo.json"
    first = workspace.run("undo", run, "--out", plan)
    words = approvals(json.loads(plan.read_text()))
    if words:
        assert first.code == 3, first.output
        words += ["--reason", "the run was a mistake"]
        workspace.run("undo", run, "--out", plan, *words).expect(0)
    workspace.run("apply", plan).expect(0)


def _change_much(workspace: Workspace) -> str:
    """A run with nearly every action."""
    workspace.sandbox.maria.create("statuses/Meeting", icon="comments")
    workspace.write("adopted.yaml", "kind: Status\nname: Meeting\nicon: users\n")
    workspace.write("new.yaml", "kind: Campaign\nname: Surveys\nstatuses: [Reading]\n")
    workspace.edit("lunch.yaml", "name: Lunch", "name: Midday\nrenamed_from: Lunch")
    workspace.edit("dispositions.yaml", "Completed", "{name: Done, renamed_from: Completed}")
    workspace.edit("campaigns/support.yaml", "members: [luis]", "members: [luis, ana]")
    workspace.edit("campaigns/sales.yaml", "[Full, Partial]", "[Partial, Whole]")
    workspace.remove("blacklist.yaml")
    plan = workspace.plan()
    workspace.saved_plan(*approvals(plan), "--reason", "a test")
    workspace.apply().expect(0)
    return _last_run(workspace)


def _picture(workspace: Workspace) -> dict[str, object]:
    maria = workspace.sandbox.maria
    collections = (
        "campaigns",
        "statuses",
        "dispositions",
        "blacklist",
        "campaigns/-/statuses",
        "campaigns/-/dispositions",
        "campaigns/-/blacklist",
    )
    picture: dict[str, object] = {
        collection: maria.addresses(collection) for collection in collections
    }
    picture["members"] = maria.get("campaigns/Support/members")["members"]
    return picture


def test_a_run_is_undone_and_then_the_undo(settled: Workspace) -> None:
    settled.sandbox.maria.create("statuses/Meeting", icon="comments")
    before = _picture(settled)
    settled.sandbox.maria.delete("statuses/Meeting")
    run = _change_much(settled)
    after = _picture(settled)
    _undo(settled, run)
    assert _picture(settled) == before
    assert settled.sandbox.maria.get("statuses/Meeting")["icon"] == "comments"
    history = settled.run("history", "--format", "json").json["runs"]
    assert [event["operation"] for event in history[:2]] == ["undo", "apply"]
    _undo(settled, history[0]["id"])
    assert _picture(settled) == after
    settled.expect_nothing_to_do()


def test_a_plan_after_an_undo_repeats_the_run(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    run = _last_run(settled)
    plan = settled.base / "undo.json"
    settled.run("undo", run, "--out", plan).expect(0)
    settled.run("apply", plan).expect(0).mentions("revert it in git too")
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"
    settled.run("undo", run).expect(0).mentions("Nothing to undo")
    assert by_action(settled.plan()) == {"update": ["statuses/Lunch"]}
    settled.edit("lunch.yaml", "fork", "utensils")
    settled.expect_nothing_to_do()


def test_later_changes_block_an_undo_until_approved(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    run = _last_run(settled)
    settled.sandbox.maria.patch("statuses/Lunch", icon="knife")
    plan = settled.base / "undo.json"
    told = settled.run("undo", run, "--out", plan).expect(3)
    told.mentions("utensils before the run", "knife on the platform", "fork after it")
    told.mentions("before the run  utensils", "changed again since the run")
    assert "in git" not in told.out
    assert blocking(json.loads(plan.read_text())) == {("conflict", "statuses/Lunch")}
    settled.run("apply", plan).expect(3)
    _undo(settled, run)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_an_undo_uses_approvals_of_files_and_ignores_unused_ones(
    settled: Workspace,
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    settled.sandbox.maria.patch("statuses/Lunch", icon="knife")
    settled.write(
        "approvals/undo.yaml",
        "- {guard: conflict, address: statuses/Lunch, reason: a mistake}\n"
        "- {guard: unblock, address: statuses/Other, reason: of another plan}\n",
    )
    said = settled.run("undo", _last_run(settled)).expect(0)
    assert "unused-approval" not in said.output


def test_an_undo_does_not_need_valid_manifests(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    settled.write("lunch.yaml", "kind: [")
    _undo(settled, _last_run(settled))
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_an_undo_reports_what_it_cannot_restore(settled: Workspace) -> None:
    settled.remove("lunch.yaml")
    settled.plan_and_apply()
    said = settled.run("undo", _last_run(settled)).expect(0)
    said.mentions("Created again without the agents who were in it", "statuses/Lunch", "--out")


def test_an_unknown_run_cannot_be_undone(watched: Workspace) -> None:
    watched.run("undo", "20200101T0000-0000").expect(1).mentions(
        "run 20200101T0000-0000 does not exist"
    )
