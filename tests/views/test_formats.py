"""The registry of documents: every format loads, and JSON output matches its published schema."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.applying.report import RunReport
from reconciler.errors import Problem
from reconciler.kinds.address import Address
from reconciler.live.platform import PlatformInfo, Usage
from reconciler.message import Message
from reconciler.planning.reports.comparison import compare_plans
from reconciler.planning.reports.directory import (
    DirectoryReport,
    NumberEntry,
    NumberState,
    Section,
)
from reconciler.planning.reports.drift import drift_report
from reconciler.privacy.masking import Masker
from reconciler.state.journal import StepState
from reconciler.state.runs import UsedApproval
from reconciler.views.formats import DOCUMENTS, Document
from reconciler.views.reports.problems import Validation
from reconciler.views.run.history import History
from reconciler.views.style.view import View
from tests.views.reports.test_reports import explained
from tests.views.view_plans import full_plan
from tests.views.view_runs import NOW, a_run, a_step

SCHEMAS = Path(__file__).parents[2] / "schemas"
STEPS = (
    a_step("statuses/Lunch", "create", StepState.SUCCEEDED, after={"icon": "fork"}),
    a_step("blacklist/+59829001234", "delete", StepState.UNKNOWN, "no answer"),
)
RUN = a_run(*STEPS, approvals=(UsedApproval("unblock", "blacklist/x", "asked"),))
SUBJECTS: dict[str, Any] = {
    "plan": full_plan(),
    "report": RunReport(RUN, STEPS, full_plan()),
    "run": (RUN, STEPS),
    "history": History((RUN,)),
    "drift": drift_report(full_plan()),
    "explanation": explained(git={"max_queue": 10}, applied=None, live={"max_queue": 20}),
    "usage": Usage(Address("statuses/Old"), agents_now=("ana",)),
    "comparison": compare_plans(full_plan(), replace(full_plan(), changes=())),
    "platform": DirectoryReport(
        Section.NUMBERS,
        numbers=(NumberEntry("+59829001000", "tel", "telephony", NumberState.FREE, (), (), ()),),
    ),
    "permissions": PlatformInfo("acme", "Acme", "1", "ci", "Planner", {"forms": frozenset()}),
    "validation": Validation(["dev"], warnings=[Problem("a.yaml", 1, 2, Message.of("unusual"))]),
}


def document_id(document: Document[Any]) -> str:
    return document.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_id)
def test_every_format_renders_its_subject(document: Document[Any], masker: Masker) -> None:
    for output_format in document.formats:
        assert document.render(SUBJECTS[document.name], output_format, View(masker, NOW))


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_id)
def test_json_output_matches_its_schema(document: Document[Any], masker: Masker) -> None:
    schema = json.loads((SCHEMAS / f"{document.name}-output.schema.json").read_bytes())
    output = json.loads(document.render(SUBJECTS[document.name], "json", View(masker, NOW)))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(output)] == []
    assert sorted(output) == sorted(schema["properties"])


def test_no_format_loads_rich() -> None:
    modules = {f"reconciler.views.{m}" for each in DOCUMENTS for m in each.formats.values()}
    code = f"import sys, {', '.join(sorted(modules))}; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
