"""The formats for pipelines, each read as its consumer reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator

from reconciler.guards.analyzers.unused_approval import unused_finding
from reconciler.invocation import Invocation
from reconciler.kinds.address import join
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.findings import UnusedApproval, WhyUnused
from reconciler.planning.plan import Plan
from reconciler.privacy.masking import Masker
from reconciler.views.formats import PLAN
from reconciler.views.plan.text import plan_text
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, blocking, create, full_plan, warning
from tests.views.view_runs import NOW

Golden = Callable[[str, str], None]
HOSTILE = "a,b:c%0A::error::x\r\n::set-env name=A::b [l](https:e) {0} \\ ##[add-mask]x"
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/|\.\.)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""The fields that GitLab documents for a Code Quality report."""


def rendered(plan: Plan, output_format: str, masker: Masker, folder: str = "") -> str:
    view = View(replace(masker, invocation=Invocation(folder)), NOW)
    output = PLAN.render(plan, output_format, view)
    return output if isinstance(output, str) else output.decode()


class Runner:
    """Reads a log as the runner of GitHub Actions does."""

    def __init__(self, log: str) -> None:
        self.commands: list[tuple[str, dict[str, str], str]] = []
        self.text: list[str] = []
        stopped = ""
        for line in log.splitlines():
            command = re.match(r"\s*::([^ :]+)(?: (.*?))?::(.*)$", line)
            if stopped:
                if line.strip() == f"::{stopped}::":
                    stopped = ""
                else:
                    self.text.append(line)
            elif command is None:
                self.text.append(line)
            elif command[1] == "stop-commands":
                stopped = command[3]
            else:
                pairs = (pair.split("=", 1) for pair in (command[2] or "").split(","))
                properties = {name: self._decoded(value) for name, value in pairs}
                self.commands.append((command[1], properties, self._decoded(command[3])))
        assert not stopped

    def _decoded(self, text: str) -> str:
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            text = text.replace(code, character)
        return text.replace("%25", "%")


def test_github_annotates_the_lines_of_the_manifests(masker: Masker, golden: Golden) -> None:
    log = rendered(full_plan(), "github", masker, "configs")
    golden("plan-github.txt", log)
    runner = Runner(log)
    assert [(level, each.get("file"), each.get("line")) for level, each, _ in runner.commands] == [
        ("error", None, None),
        ("error", None, None),
        ("warning", "configs/campaigns/sales.yaml", "9"),
    ]
    assert runner.commands[0][1]["title"] == "delete-in-use at statuses/Lunch"
    assert "61 agents are in it now" in runner.commands[0][2]
    assert "Safer: move the agents out of it first" in runner.commands[0][2]
    view = View(replace(masker, invocation=Invocation("configs")), NOW)
    assert runner.text == plan_text(full_plan(), view).splitlines()


def test_github_shows_ten_errors_and_ten_warnings_and_counts_the_rest(masker: Masker) -> None:
    findings = [warning("reverts-drift", f"statuses/W{n}", "odd") for n in range(13)]
    findings += [blocking("delete-in-use", f"statuses/B{n}", "used") for n in range(10)]
    runner = Runner(rendered(a_plan(findings=tuple(findings)), "github", masker))
    assert [level for level, _, _ in runner.commands] == ["error"] * 10 + ["warning"] * 10
    assert "not shown" not in runner.commands[9][2]
    assert runner.commands[19][2].endswith("3 more warnings not shown here.")


def test_no_name_is_a_workflow_command(masker: Masker) -> None:
    address = join("statuses", HOSTILE)
    plan = a_plan(
        create(address, Source(HOSTILE, 3, 5), icon="x"),
        findings=(blocking("delete-in-use", address, Message.of("{n}", n=HOSTILE), safer=HOSTILE),),
    )
    runner = Runner(rendered(plan, "github", masker))
    ((level, properties, text),) = runner.commands
    assert level == "error"
    assert properties["file"] == HOSTILE
    assert (properties["line"], properties["col"]) == ("3", "5")
    assert set(properties) == {"file", "line", "col", "title"}
    assert "::set-env name=A::b" in text


def test_gitlab_gets_the_counts_it_accepts(masker: Masker) -> None:
    counts = json.loads(rendered(full_plan(), "gitlab", masker))
    assert counts == {"create": 15, "update": 7, "delete": 9}
    assert json.loads(rendered(a_plan(), "gitlab", masker)) == dict.fromkeys(counts, 0)


def test_code_quality_has_the_documented_fields(masker: Masker, golden: Golden) -> None:
    text = rendered(full_plan(), "code-quality", masker, "configs")
    golden("plan-code-quality.json", text)
    issues = json.loads(text)
    assert [e.message for e in Draft202012Validator(CODE_QUALITY).iter_errors(issues)] == []
    assert [(each["check_name"], each["severity"]) for each in issues] == [
        ("delete-in-use", "blocker"),
        ("unblock", "blocker"),
        ("delete-campaign", "info"),
        ("reverts-drift", "minor"),
    ]
    assert issues[0]["location"]["path"] == "configs/reconciler.yaml"


def test_fingerprints_differ_in_a_plan_and_stay_in_the_next(masker: Masker) -> None:
    twice = tuple(blocking("delete-in-use", "statuses/A", f"used {n}") for n in range(2))
    first = json.loads(rendered(a_plan(findings=twice), "code-quality", masker))
    later = a_plan(create("statuses/B"), findings=twice)
    second = json.loads(rendered(later, "code-quality", masker))
    assert len({each["fingerprint"] for each in first}) == 2
    assert [each["fingerprint"] for each in first] == [each["fingerprint"] for each in second]


def sarif(plan: Plan, masker: Masker, folder: str = "") -> Any:
    from sarif_pydantic import Sarif

    text = rendered(plan, "sarif", masker, folder)
    read = Sarif.model_validate_json(text)
    written = read.model_dump(mode="json", by_alias=True, exclude_none=True)
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    for each, again in zip(run["results"], written["runs"][0]["results"], strict=True):
        assert again["message"]["text"] == each["message"]["text"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert {each["ruleId"] for each in run["results"]} <= set(rules)
    return run


def test_sarif_is_read_by_another_program(masker: Masker, golden: Golden) -> None:
    golden("plan.sarif", rendered(full_plan(), "sarif", masker, "configs"))
    run = sarif(full_plan(), masker, "configs")
    assert [each["level"] for each in run["results"]] == ["error", "error", "error", "warning"]
    assert "suppressions" in run["results"][2]
    (place,) = run["results"][3]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "configs/campaigns/sales.yaml"
    assert place["physicalLocation"]["region"] == {"startLine": 9, "startColumn": 1}
    assert sarif(a_plan(), masker)["results"] == []


def test_no_name_is_a_link_or_a_placeholder_in_sarif(masker: Masker) -> None:
    address = join("statuses", HOSTILE)
    finding = blocking("delete-in-use", address, Message.of("{n}", n=HOSTILE))
    (result,) = sarif(a_plan(findings=(finding,)), masker)["results"]
    text = result["message"]["text"]
    assert r"\[l\](https:e)" in text
    assert not re.search(r"(?<!\{)\{\d", text)


def test_a_warning_about_an_approval_is_at_its_line(masker: Masker) -> None:
    unused = UnusedApproval(
        "delete-in-use",
        "statuses/Lunch",
        Source("approvals/a.yaml", 7),
        WhyUnused.EXPIRED,
        Message.plain("it expired"),
    )
    plan = a_plan(findings=(unused_finding(unused),), unused_approvals=(unused,))
    ((_, properties, _),) = Runner(rendered(plan, "github", masker)).commands
    assert (properties["file"], properties["line"]) == ("approvals/a.yaml", "7")


def test_no_format_shows_a_customer(masker: Masker) -> None:
    for output_format in PLAN.formats:
        text = rendered(full_plan(), output_format, masker)
        for customer in ("ana@example.com", "59829001234", "59829005678", "Berta"):
            assert customer not in text, output_format
