"""Runs as JSON: `reconciler.report/1`, `reconciler.history/1`, `reconciler.run/1`.

A run has `id`, `state` (running, interrupted, finished, partly, failed), `operation`, `actor`,
`project`, `environment`, `platform`, `plan`, `content_digest`, `git_commit`, `started_at`,
`finished_at` (or null), `counts` of its steps by state, and `approvals`. A step has `address`,
`previous_address`, `action`, `state` (pending, sent, succeeded, failed, skipped, unknown),
`detail`, `status_code`, `attempts`, `updated_at`, `fenced`. Customers are handles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from reconciler.applying.report import RunReport
from reconciler.privacy.known_people import masker_for_steps
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step
from reconciler.state.runs import Run
from reconciler.views.reports.clock import clock_document
from reconciler.views.style.json_output import json_bytes

_Json = dict[str, object]


def report_to_json(report: RunReport, masker: Masker, now: datetime) -> bytes:
    """What became of an apply, with `exit_code`, what `stopped_by` says, and the `clock`, as in a
    plan."""
    known = masker_for_steps(masker, report.steps)
    return json_bytes(
        {
            "format": "reconciler.report/1",
            "exit_code": report.exit_code,
            "stopped_by": known.text(str(report.stopped_by)) if report.stopped_by else None,
            "clock": clock_document(report.platform_ahead_seconds),
            "run": _run(report.run, known, now),
            "steps": [_step(one, known) for one in report.steps],
        }
    )


def history_to_json(runs: Sequence[Run], masker: Masker, now: datetime) -> bytes:
    """Runs, newest first."""
    return json_bytes(
        {"format": "reconciler.history/1", "runs": [_run(one, masker, now) for one in runs]}
    )


def run_to_json(run: Run, steps: Sequence[Step], masker: Masker, now: datetime) -> bytes:
    """One run and its steps."""
    known = masker_for_steps(masker, steps)
    return json_bytes(
        {
            "format": "reconciler.run/1",
            "run": _run(run, known, now),
            "steps": [_step(one, known) for one in steps],
        }
    )


def _run(run: Run, masker: Masker, now: datetime) -> _Json:
    return {
        "id": run.id,
        "state": run.state(now).value,
        "operation": run.operation,
        "actor": run.actor,
        "project": run.key.project,
        "environment": run.key.environment,
        "platform": run.key.platform_id,
        "plan": run.plan_id,
        "content_digest": run.content_digest,
        "git_commit": run.git_commit,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "counts": asdict(run.summary) | {"total": run.summary.total},
        "approvals": [_approval(one, masker) for one in run.reasons],
        "pruned": run.pruned,
    }


def _approval(reason: object, masker: Masker) -> _Json:
    given = reason if isinstance(reason, dict) else {}
    address = str(given.get("address", ""))
    return {
        "guard": str(given.get("guard", "")),
        "address": masker.address(address),
        "reason": masker.text(str(given.get("reason", "")), about=address),
        "by": str(given.get("by", "")),
    }


def _step(step: Step, masker: Masker) -> _Json:
    return {
        "address": masker.address(step.address),
        "previous_address": masker.address(step.previous_address)
        if step.previous_address
        else None,
        "action": step.action,
        "state": step.state.value,
        "detail": masker.text(step.detail, about=step.address),
        "status_code": step.status_code,
        "attempts": step.attempts,
        "updated_at": step.updated_at,
        "fenced": step.fenced,
    }
