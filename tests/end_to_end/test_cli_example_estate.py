"""The example configuration of the repository against the edited demo platform."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.end_to_end.harness import ROOT, Sandbox, Workspace


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Workspace]:
    sandbox = Sandbox.start(tmp_path / "sandbox", "demo")
    workspace = Workspace(tmp_path, sandbox)
    shutil.copytree(ROOT / "configs", workspace.folder)
    yield workspace
    sandbox.stop()


def test_after_an_apply_with_all_approvals_the_plan_is_empty(demo: Workspace) -> None:
    blocked = demo.run("plan", "--env", "dev", "--format", "json").expect(3).json
    assert not blocked["may_be_applied"]
    wanted = [finding for finding in blocked["findings"] if finding["blocks"]]
    assert all(item["approval_to_paste"] for item in wanted)
    demo.write("approvals/agreed.yaml", _agreed([item["approval_to_paste"] for item in wanted]))
    demo.saved_plan("--env", "dev")
    demo.apply().expect(0)
    again = demo.run("plan", "--env", "dev", "--format", "json", "--detailed-exitcode").expect(0)
    assert again.json["changes"] == []
    run = demo.run("history", "--env", "dev", "--format", "json").json["runs"][0]
    assert len(run["approvals"]) == len(wanted)
    assert {approval["reason"] for approval in run["approvals"]} == {"agreed with the floor"}


_PAGE_LINES = 60


def test_the_first_plan_of_the_demo_fits_a_page_with_every_finding(demo: Workspace) -> None:
    text = demo.run("plan", "--env", "dev").expect(3).out
    assert len(text.splitlines()) <= _PAGE_LINES
    findings = demo.run("plan", "--env", "dev", "--format", "json").expect(3).json["findings"]
    lines = text.splitlines()
    for finding in findings:
        name = finding["address"].rpartition("/")[2]
        about = [line for line in lines if finding["code"] in line or name in line]
        assert any(finding["code"] in line for line in about), finding
        assert any(name in line for line in about), finding
        message = finding["message"][1:].rstrip(".")
        assert message in text, finding


def test_the_approvals_of_a_plan_are_valid_as_printed(demo: Workspace) -> None:
    text = demo.run("plan", "--env", "dev").expect(3).out
    snippet = [line for line in text.splitlines() if line.startswith("  - {guard: ")]
    completed = "\n".join(snippet).replace('reason: "…"', 'reason: "agreed with the floor"')
    demo.write("approvals/pasted.yaml", completed.replace('by: "…"', 'by: "maria"') + "\n")
    planned = demo.run("plan", "--env", "dev").expect(0)
    planned.mentions(f"Approved: {len(snippet)} findings")
    assert "BLOCKED" not in planned.out


def _agreed(lines: list[str]) -> str:
    entries = YAML(typ="safe", pure=True).load("\n".join(lines))
    return json.dumps(
        [{**entry, "reason": "agreed with the floor", "by": "maria"} for entry in entries],
        ensure_ascii=False,
    )
