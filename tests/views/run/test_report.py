from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from reconciler.applying.events import Event, RunStarted, StepFinished, Waiting
from reconciler.applying.report import RunReport
from reconciler.errors import Unreachable
from reconciler.message import Message
from reconciler.planning.change import Action
from reconciler.privacy.masking import Masker
from reconciler.state.journal import StepState
from reconciler.views.run.history import History
from reconciler.views.run.json import history_json, report_json, run_json
from reconciler.views.run.report import (
    event_line,
    report_text,
)
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, create
from tests.views.view_runs import NOW, a_run, a_step

Golden = Callable[[str, str], None]

PLAN = a_plan(create("statuses/Lunch"))
DONE = (
    a_step("statuses/Lunch", "create", StepState.SUCCEEDED),
    a_step("statuses/Break", "update", StepState.SUCCEEDED),
    a_step("campaigns/Sales", "adopt", StepState.SUCCEEDED),
)
PARTLY = (
    *DONE,
    a_step(
        "campaigns/Sales/members",
        "update",
        StepState.SUCCEEDED,
        "differs from the plan after the write: members",
        needs_look=True,
    ),
    a_step("templates/Hello", "create", StepState.FAILED, "the platform refused it (422 invalid)"),
    a_step(
        "campaigns/Sales/channels/email",
        "update",
        StepState.SKIPPED,
        "not tried: it depends on templates/Hello, which was not done",
    ),
)
STOPPED = (
    *DONE,
    a_step("blacklist/+59829001234", "delete", StepState.UNKNOWN, "no answer"),
    a_step(
        "dispositions/Sale/Done",
        "rename",
        StepState.PENDING,
        previous_address="dispositions/Sale/Completed",
    ),
)


def test_a_complete_run_is_one_line(masker: Masker) -> None:
    text = report_text(RunReport(a_run(*DONE), DONE, PLAN), View(masker, NOW))
    assert text == (
        "Applied 3 of 3 changes in run 7kq2m4. 1 created, 1 updated and 1 now tracked.\n"
    )


def test_a_partial_run_lists_failed_and_skipped_steps(golden: Golden, masker: Masker) -> None:
    golden(
        "report-partly.txt", report_text(RunReport(a_run(*PARTLY), PARTLY, PLAN), View(masker, NOW))
    )


def test_a_stopped_run_lists_uncertain_steps_and_how_to_resume(
    golden: Golden, masker: Masker
) -> None:
    report = RunReport(a_run(*STOPPED), STOPPED, PLAN, Unreachable("no answer in 30 s"))
    golden("report-stopped.txt", report_text(report, View(masker, NOW)))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (RunStarted("7kq2m4", 1), "Run 7kq2m4: 1 change"),
        (StepFinished("statuses/A", Action.CREATE, "succeeded"), "  ✓ created statuses/A"),
        (
            StepFinished("statuses/A", Action.DELETE, "failed", Message.plain("it is in use")),
            "  ✗ could not delete statuses/A: it is in use",
        ),
        (
            StepFinished("statuses/A", Action.UPDATE, "skipped", Message.plain("not tried")),
            "  ○ skipped statuses/A: not tried",
        ),
        (
            StepFinished("statuses/A", Action.ADOPT, "succeeded"),
            "  ✓ updated statuses/A",
        ),
        (
            StepFinished("statuses/A", Action.FORGET, "succeeded"),
            "  ✓ no longer tracked statuses/A",
        ),
        (
            Waiting(Message.plain("requests that may still take effect"), 12.2),
            "Waiting up to 12 s for requests that may still take effect",
        ),
    ],
)
def test_each_event_is_one_line(event: Event, line: str, masker: Masker) -> None:
    assert event_line(event, View(masker, NOW)) == line


def test_run_documents_agree(masker: Masker) -> None:
    run = a_run(*STOPPED)
    report = orjson.loads(report_json(RunReport(run, STOPPED, PLAN), View(masker, NOW)))
    assert report["run"]["state"] == "interrupted"
    assert report["run"]["counts"]["unknown"] == 1
    assert report["exit_code"] == 5
    assert orjson.loads(history_json(History((run,)), View(masker, NOW)))["runs"] == [report["run"]]
    assert orjson.loads(run_json((run, STOPPED), View(masker, NOW)))["steps"] == report["steps"]
    assert report["run"]["started_at"] == "2026-11-23T09:30:00Z"


def test_an_adoption_with_changes_is_reported_as_an_update(masker: Masker) -> None:
    steps = (
        a_step(
            "statuses/A", "adopt", StepState.SUCCEEDED, before={"icon": "a"}, after={"icon": "b"}
        ),
        a_step(
            "statuses/B", "adopt", StepState.SUCCEEDED, before={"icon": "a"}, after={"icon": "a"}
        ),
    )
    text = report_text(RunReport(a_run(*steps), steps, PLAN), View(masker, NOW))
    assert text.endswith(" 1 updated and 1 now tracked.\n")


def test_a_change_of_the_ledger_only_has_no_line_of_progress(masker: Masker) -> None:
    event = StepFinished("statuses/A", Action.ADOPT, "succeeded", writes=False)
    assert event_line(event, View(masker, NOW)) is None
