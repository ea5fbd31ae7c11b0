"""Runs and steps, as the journal would give them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.kinds.address import Address
from reconciler.kinds.registry import about
from reconciler.message import Message, as_message
from reconciler.state.journal import Step, StepState, Summary
from reconciler.state.keys import LedgerKey
from reconciler.state.runs import Run

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NOW = START + timedelta(minutes=3)


def a_step(
    address: str, action: str, state: StepState, detail: str | Message = "", **facts: Any
) -> Step:
    """A journal row."""
    given: dict[str, Any] = {
        "seq": 0,
        "address": Address(address),
        "action": action,
        "state": state,
        "idempotency_key": "k",
        "before": None,
        "after": None,
        "previous_address": None,
        "detail": about(as_message(detail), address),
        "status_code": 200 if state is StepState.SUCCEEDED else None,
        "attempts": 1,
        "updated_at": START,
        "fenced": False,
        "needs_look": False,
    }
    return Step(**{**given, **facts})


def a_run(*steps: Step, **facts: Any) -> Run:
    """The run of these steps; finished when they all are."""
    counts = Counter(step.state.value for step in steps)
    summary = Summary(**counts)
    given: dict[str, Any] = {
        "id": "7kq2m4",
        "key": LedgerKey("acme", "prod", "acme-prod"),
        "plan_id": "45e496d01c" + "0" * 54,
        "content_digest": "0c75f09e11" + "0" * 54,
        "operation": "apply",
        "actor": "maria",
        "git_commit": "1a2b3c4d5e6f7a8b",
        "git_author": "Maria Sosa",
        "approvals": (),
        "started_at": START,
        "finished_at": None if summary.unsettled else START + timedelta(seconds=48),
        "lease_expires_at": None,
        "summary": summary,
        "pruned": False,
    }
    return Run(**{**given, **facts})
