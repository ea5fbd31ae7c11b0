"""Commands that only read, and their output."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.views.schemas import NAMES
from tests.end_to_end.harness import ROOT, Workspace


def test_explain_shows_a_field_in_git_as_applied_and_live(settled: Workspace) -> None:
    settled.sandbox.maria.patch("statuses/Lunch", icon="pizza")
    settled.edit("lunch.yaml", "utensils", "sandwich")
    result = settled.run("explain", "statuses/Lunch").expect(0)
    result.mentions("lunch.yaml:3", "utensils", "pizza", "sandwich", "maria")
    found = settled.run("explain", "statuses/Lunch", "--format", "json").expect(0).json
    (icon,) = [field for field in found["fields"] if field["path"] == "icon"]
    assert (icon["git"], icon["applied"], icon["live"]) == ("sandwich", "utensils", "pizza")
    assert icon["by"] == "maria"


def test_explain_reports_unmanaged_and_unknown_resources(watched: Workspace) -> None:
    watched.run("explain", "statuses/Available").expect(0).mentions("statuses/Available")
    watched.run("explain", "statuses/Nowhere").mentions("statuses/Nowhere")


def test_usage_shows_who_uses_a_resource(settled: Workspace) -> None:
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.run("usage", "statuses/Lunch").expect(0).mentions("ana")
    settled.run("usage", "templates/Signature").expect(0).mentions("campaigns/Sales/channels/email")
    found = settled.run("usage", "statuses/Lunch", "--format", "json").expect(0).json
    assert found["agents_now"] == ["ana"]


def test_usage_of_an_unknown_resource_is_an_error(settled: Workspace) -> None:
    settled.run("usage", "statuses/Nobody").expect(1).mentions("statuses/Nobody does not exist")


def test_history_lists_runs_one_run_and_runs_of_an_address(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    newest, oldest = settled.run("history", "--format", "json").expect(0).json["runs"]
    settled.run("history").expect(0).mentions(newest["id"], oldest["id"], "tester")
    one = settled.run("history", newest["id"]).expect(0)
    one.mentions("statuses/Lunch", "tester", "acme/test on test")
    steps = settled.run("history", newest["id"], "--format", "json").expect(0).json["steps"]
    assert [(step["address"], step["action"]) for step in steps] == [("statuses/Lunch", "update")]
    assert newest["id"] in settled.run("history", "statuses/Lunch").expect(0).out
    of_support = settled.run("history", "campaigns/Support").expect(0).out
    assert newest["id"] not in of_support
    assert oldest["id"] in of_support


def test_history_of_an_unknown_run_is_an_error(watched: Workspace) -> None:
    watched.run("history", "0123456789").expect(1).mentions("0123456789")


def test_permissions_show_what_the_token_may_do(watched: Workspace) -> None:
    watched.run("permissions").expect(0).mentions("ci", "deployment", "blacklist")
    found = watched.run("permissions", "--format", "json", RECONCILER_TOKEN="no-contacts")
    assert found.expect(0).json["permissions"]["contacts"] == []


def test_schemas_are_printed_and_written(watched: Workspace) -> None:
    for name in ("manifest", "plan", "plan-output"):
        assert "2020-12" in watched.run("schema", name).expect(0).json["$schema"]
    folder = watched.base / "schemas"
    watched.run("schema", "--out", folder).expect(0)
    assert len(list(folder.glob("*.schema.json"))) == len(NAMES)


@pytest.mark.parametrize(
    "words",
    [
        ["validate"],
        ["plan"],
        ["plan", "--out", "../plan.json"],
        ["drift"],
        ["history"],
        ["explain", "statuses/Lunch"],
        ["usage", "statuses/Lunch"],
        ["permissions"],
    ],
    ids=lambda words: words[0],
)
def test_stdout_has_only_json(watched: Workspace, words: list[str]) -> None:
    output = json.loads(watched.run(*words, "--format", "json").expect(0).out)
    name = output["format"].removeprefix("reconciler.").partition("/")[0]
    schema = json.loads((ROOT / "schemas" / f"{name}-output.schema.json").read_bytes())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(output)] == []


def test_json_of_an_apply_is_pure_and_its_progress_is_on_stderr(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    result = settled.run("apply", settled.plan_file, "--format", "json").expect(0)
    assert result.json["exit_code"] == 0
    assert "statuses/Lunch" in result.err


def test_json_of_a_blocked_plan_is_pure(watched: Workspace) -> None:
    watched.remove("campaigns/support.yaml")
    result = watched.run("plan", "--format", "json").expect(3)
    assert not result.json["may_be_applied"]
    assert result.err == ""


def test_force_color_is_ignored(watched: Workspace) -> None:
    """The harness refuses escapes from every command; these are the variables that invite them."""
    watched.run("plan", TERM="xterm-256color", NO_COLOR="1").expect(0)
    watched.run("plan", TERM="xterm-256color", COLORTERM="truecolor").expect(0)
