"""The formats of a validation for pipelines, each read by its consumer."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from reconciler.errors import Problem
from reconciler.invocation import Invocation
from reconciler.message import Message
from reconciler.privacy.masking import Masker
from reconciler.views.formats import VALIDATION
from reconciler.views.reports.problems import Validation
from reconciler.views.style.view import View
from tests.views.plan.test_pipeline_formats import HOSTILE, Runner
from tests.views.view_runs import NOW

PROBLEM = Problem("a.yaml", 3, 5, Message.of("no {n}", n=HOSTILE), Message.plain("write b"))
FOUND = Validation(["dev"], [PROBLEM, Problem("b.yaml", 0, 0, Message.plain("empty"))], [PROBLEM])
VALID = Validation(["dev", "prod"])


def rendered(validation: Validation, output_format: str, masker: Masker) -> str:
    view = View(replace(masker, invocation=Invocation("configs")), NOW)
    output = VALIDATION.render(validation, output_format, view)
    return output if isinstance(output, str) else output.decode()


def test_github_annotates_problems(masker: Masker) -> None:
    runner = Runner(rendered(FOUND, "github", masker))
    assert [(level, each["file"], each["line"]) for level, each, _ in runner.commands] == [
        ("error", "configs/a.yaml", "3"),
        ("error", "configs/b.yaml", "1"),
        ("warning", "configs/a.yaml", "3"),
    ]
    assert "write b" in runner.commands[0][2]
    assert Runner(rendered(VALID, "github", masker)).text == ["dev, prod: valid"]


def test_sarif_is_read_by_another_program(masker: Masker) -> None:
    from sarif_pydantic import Sarif

    for validation, count in ((FOUND, 3), (VALID, 0)):
        text = rendered(validation, "sarif", masker)
        Sarif.model_validate_json(text)
        (run,) = json.loads(text)["runs"]
        assert len(run["results"]) == count


def test_junit_counts_what_it_has(masker: Masker) -> None:
    for validation, tests, failures in ((FOUND, 2, 2), (VALID, 2, 0)):
        suite = ET.fromstring(rendered(validation, "junit", masker))[0]  # noqa: S314
        assert (suite.get("tests"), suite.get("failures")) == (str(tests), str(failures))
        assert len(suite.findall("testcase")) == tests
        assert len(suite.findall("testcase/failure")) == failures
