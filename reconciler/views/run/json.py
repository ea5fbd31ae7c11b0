"""Runs as JSON: `reconciler.report/1`, `reconciler.history/1` and `reconciler.run/1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from reconciler.applying.report import RunReport
from reconciler.privacy.known_people import masker_for_steps
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Operation, Run, RunState, UsedApproval
from reconciler.views.fragments.clock import ClockDocument, clock_document
from reconciler.views.run.history import History
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View


class ApprovalDocument(TypedDict):
    """An approval that the run used."""

    guard: str
    address: str
    reason: str
    by: str


class StepCountsDocument(TypedDict):
    """Steps by state."""

    pending: int
    sent: int
    succeeded: int
    failed: int
    skipped: int
    unknown: int
    total: int


class RunDocument(TypedDict):
    """One run."""

    id: str
    state: RunState
    operation: Operation
    actor: str
    project: str
    environment: str
    platform: str
    plan: str
    """The id of the applied plan."""
    content_digest: str
    git_commit: str
    git_author: str
    """The author of the commit, "" when not recorded."""
    started_at: datetime
    finished_at: datetime | None
    counts: StepCountsDocument
    approvals: list[ApprovalDocument]
    pruned: bool
    """Whether its plan is no longer kept, so that it cannot be undone."""


class StepDocument(TypedDict):
    """One step. `sent` and `unknown` steps are uncertain."""

    address: str
    previous_address: str | None
    action: str
    state: StepState
    detail: str
    status_code: int | None
    attempts: int
    updated_at: datetime
    fenced: bool
    """Whether the answer came after the lease was lost."""


class ReportDocument(TypedDict):
    """The result of an apply, as `reconciler apply --format json` prints it."""

    format: Literal["reconciler.report/1"]
    exit_code: int
    stopped_by: str | None
    """The error that stopped the run; null if none did."""
    clock: ClockDocument
    run: RunDocument
    steps: list[StepDocument]


class HistoryDocument(TypedDict):
    """Runs, newest first, as `reconciler history --format json` prints them."""

    format: Literal["reconciler.history/1"]
    runs: list[RunDocument]


class RunWithStepsDocument(TypedDict):
    """One run with its steps, as `reconciler history RUN --format json` prints it."""

    format: Literal["reconciler.run/1"]
    run: RunDocument
    steps: list[StepDocument]


def report_json(report: RunReport, view: View) -> bytes:
    """The result of an apply as JSON."""
    masker = masker_for_steps(view.masker, report.steps)
    return json_bytes(
        ReportDocument(
            format="reconciler.report/1",
            exit_code=report.exit_code,
            stopped_by=masker.message(report.stopped_by.message_and_next_step)
            if report.stopped_by
            else None,
            clock=clock_document(report.platform_ahead_seconds),
            run=_run(report.run, masker, view.now),
            steps=[_step(step, masker) for step in report.steps],
        )
    )


def history_json(history: History, view: View) -> bytes:
    """Runs as JSON, newest first."""
    runs = [_run(run, view.masker, view.now) for run in history.runs]
    return json_bytes(HistoryDocument(format="reconciler.history/1", runs=runs))


def run_json(run_and_steps: tuple[Run, Sequence[Step]], view: View) -> bytes:
    """One run and its steps as JSON."""
    run, steps = run_and_steps
    masker = masker_for_steps(view.masker, steps)
    return json_bytes(
        RunWithStepsDocument(
            format="reconciler.run/1",
            run=_run(run, masker, view.now),
            steps=[_step(step, masker) for step in steps],
        )
    )


def _run(run: Run, masker: Masker, now: datetime) -> RunDocument:
    summary = run.summary
    return RunDocument(
        id=run.id,
        state=run.state(now),
        operation=run.operation,
        actor=run.actor,
        project=run.key.project,
        environment=run.key.environment,
        platform=run.key.platform_id,
        plan=run.plan_id,
        content_digest=run.content_digest,
        git_commit=run.git_commit,
        git_author=run.git_author,
        started_at=run.started_at,
        finished_at=run.finished_at,
        counts=StepCountsDocument(
            pending=summary.pending,
            sent=summary.sent,
            succeeded=summary.succeeded,
            failed=summary.failed,
            skipped=summary.skipped,
            unknown=summary.unknown,
            total=summary.total,
        ),
        approvals=[_approval(approval, masker) for approval in run.approvals],
        pruned=run.pruned,
    )


def _approval(approval: UsedApproval, masker: Masker) -> ApprovalDocument:
    return ApprovalDocument(
        guard=approval.guard,
        address=masker.address(approval.address),
        reason=masker.text(approval.reason, about=approval.address),
        by=approval.by,
    )


def _step(step: Step, masker: Masker) -> StepDocument:
    previous = step.previous_address
    return StepDocument(
        address=masker.address(step.address),
        previous_address=masker.address(previous) if previous else None,
        action=step.action,
        state=step.state,
        detail=masker.message(step.detail),
        status_code=step.status_code,
        attempts=step.attempts,
        updated_at=step.updated_at,
        fenced=step.fenced,
    )
