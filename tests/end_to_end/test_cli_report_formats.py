"""A plan in the formats of pipelines and reviews, as a pipeline asks for them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.views.formats import PLAN
from tests.end_to_end.harness import Workspace
from tests.views.markdown_reader import read_markdown
from tests.views.plan.test_pipeline_formats import CODE_QUALITY, Runner

HOSTILE = "@team `x` </details> ::error::%0A <b>"


def test_a_plan_is_written_in_several_formats_at_once(watched: Workspace) -> None:
    from sarif_pydantic import Sarif

    watched.write("hostile.yaml", f"kind: Status\nname: {json.dumps(HOSTILE)}\n")
    files = {name: watched.base / f"report.{name}" for name in PLAN.formats}
    words = [word for name, path in files.items() for word in ("--out-format", f"{name}={path}")]
    found = watched.run("plan", "--out", watched.plan_file, *words).expect(0)
    found.mentions("1 to create")
    digest = json.loads(files["json"].read_bytes())["content_digest"]
    page = read_markdown(files["markdown"].read_text())
    assert digest in page.text
    assert HOSTILE in page.text
    assert page.active == []
    assert json.loads(files["gitlab"].read_bytes()) == {"create": 1, "update": 0, "delete": 0}
    issues = json.loads(files["code-quality"].read_bytes())
    assert Draft202012Validator(CODE_QUALITY).is_valid(issues)
    Sarif.model_validate_json(files["sarif"].read_bytes())
    runner = Runner(files["github"].read_text())
    assert runner.text == files["text"].read_text().splitlines()
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o644}

    again = watched.base / "again.md"
    watched.run("show", watched.plan_file, "--out-format", f"markdown={again}").expect(0)
    assert again.read_text() == files["markdown"].read_text()


def test_a_blocked_plan_is_written_too(settled: Workspace) -> None:
    settled.sandbox.maria.status_of("ana", "Lunch")
    settled.remove("lunch.yaml")
    report = settled.base / "plan.md"
    found = settled.run("plan", "--out-format", f"markdown={report}", "--format", "github")
    found.expect(3)
    assert report.read_text().splitlines()[1].startswith("## Blocked: ")
    blocks = [command for command in Runner(found.out).commands if command[0] == "error"]
    assert "delete-in-use" in blocks[0][1]["title"]


def test_annotations_name_files_from_where_the_command_runs(watched: Workspace) -> None:
    watched.edit("signature.yaml", "<p>Acme</p>", "<p>Acme Inc.</p>")
    for folder, file in ((None, "signature.yaml"), ("../estate", "../estate/signature.yaml")):
        words = () if folder is None else ("--dir", folder)
        found = watched.run("plan", *words, "--format", "github")
        places = [(each.get("file"), each.get("line")) for _, each, _ in Runner(found.out).commands]
        assert (file, "2") in places or (file, "1") in places


def test_the_step_summary_gets_the_plan(watched: Workspace) -> None:
    summary = watched.base / "summary.md"
    summary.write_text("before\n")
    watched.write("new.yaml", "kind: Status\nname: New\n")
    watched.run("plan", "--format", "text", GITHUB_STEP_SUMMARY=str(summary)).expect(0)
    assert summary.read_text() == "before\n"
    watched.run("plan", "--format", "github", GITHUB_STEP_SUMMARY=str(summary)).expect(0)
    text = summary.read_text()
    assert text.startswith("before\n<!-- reconciler-plan project=")
    read_markdown(text)
    missing = watched.base / "missing" / "summary.md"
    found = watched.run("plan", "--format", "github", GITHUB_STEP_SUMMARY=str(missing)).expect(0)
    found.mentions("the plan is not in the step summary")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out-format", "markdown"], "is not a FORMAT=FILE"),
        (["--out-format", "pdf=plan.pdf"], "unknown format 'pdf'"),
        (["--out-format", "json=a", "--out-format", "text=a"], "twice"),
        (["--out", "a", "--out-format", "text=a"], "would replace the plan file a"),
    ],
)
def test_a_wrong_out_format_is_a_usage_error(
    words: list[str], message: str, watched: Workspace
) -> None:
    watched.run("plan", *words).expect(64).mentions(message)
    assert not (watched.folder / "a").exists()


def test_a_report_never_replaces_a_device_or_the_shown_plan(watched: Workspace) -> None:
    watched.write("new.yaml", "kind: Status\nname: New\n")
    watched.saved_plan()
    before = watched.plan_file.read_bytes()
    watched.run("show", watched.plan_file, "--out-format", f"json={watched.plan_file}").expect(64)
    assert watched.plan_file.read_bytes() == before
    folder = watched.base / "folder"
    folder.mkdir()
    found = watched.run("plan", "--out-format", f"json={folder}")
    assert found.code != 0
    found.mentions("is a folder")


def test_a_plan_that_is_not_verified_says_so_in_what_is_shared(watched: Workspace) -> None:
    watched.write("new.yaml", "kind: Status\nname: New\n")
    watched.saved_plan()
    report = watched.base / "plan.md"
    words = ("--format", "github", "--out-format", f"markdown={report}")
    elsewhere = str(watched.base / "other.db")
    found = watched.run("show", watched.plan_file, *words, RECONCILER_STATE=elsewhere).expect(0)
    assert "NOT VERIFIED" in "".join(report.read_text().splitlines(keepends=True)[:10])
    assert Runner(found.out).commands[0][1]["title"] == "Not verified"
    watched.run("show", watched.plan_file, *words).expect(0)
    assert "NOT VERIFIED" not in report.read_text()


def test_a_report_with_personal_data_is_private(watched: Workspace) -> None:
    watched.write("new.yaml", "kind: BlacklistEntry\nitems: ['+59829009876']\n")
    report, masked = watched.base / "open.md", watched.base / "masked.md"
    watched.run("plan", "--show-personal-data", "--out-format", f"markdown={report}")
    watched.run("plan", "--out-format", f"markdown={masked}")
    assert "59829009876" in report.read_text()
    assert "59829009876" not in masked.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_report(watched: Workspace) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    folder = Path(watched.base / "closed")
    folder.mkdir()
    (folder / "plan.md").write_text("old")
    folder.chmod(0o500)
    found = watched.run("plan", "--out-format", f"markdown={folder / 'plan.md'}")
    folder.chmod(0o700)
    assert found.code == 64
    assert (folder / "plan.md").read_text() == "old"
