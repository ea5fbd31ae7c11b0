"""Builders of small histories for the tests of the checker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.simulation.checker import Verdict, check, folded
from tests.simulation.history import (
    CommandResult,
    History,
    LedgerCommit,
    Owned,
    RunLine,
    Sent,
    StepLine,
    Write,
)

ACME, BETA = "acme/dev on acme-dev", "beta/dev on acme-dev"
CUP = {"icon": "cup"}
FORK = {"icon": "fork"}


def tracking(fields: Mapping[str, Any], *, protect: bool = False) -> dict[str, Any]:
    """The ledger entry that a plan announces."""
    return {"form": "standalone", "fields": fields, "protect": protect, "on_remove": "delete"}


def owned(address: str, fields: Mapping[str, Any], *, protect: bool = False) -> Owned:
    """An entry of a ledger."""
    return Owned(address, "standalone", fields, protect, "delete")


def change(
    action: str,
    address: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A change of a plan file. An update is for a tracked resource."""
    made = action == "create"
    return {
        "action": action,
        "address": address,
        "before": before,
        "after": after,
        "previous_address": None,
        "differences": [],
        "tracking": None if after is None else tracking(after),
        "previous_tracking": None if made or before is None else tracking(before),
        "cascaded": False,
        **more,
    }


def finding(code: str, address: str, *, approved: bool) -> Any:
    """A finding of a plan file."""
    return {
        "code": code,
        "address": address,
        "approved": {"reason": "agreed"} if approved else None,
    }


def write(
    action: str,
    address: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    key: str | None = "key-0",
    request: int = 1,
    asked: str = "",
    by: str = "ci",
    previous: str | None = None,
) -> Write:
    """A line of the audit log."""
    return Write(by, address, action, before, after, previous, asked or address, key, request)


def step(made: Mapping[str, Any], seq: int = 0, state: str = "succeeded", **more: Any) -> StepLine:
    """A line of the journal."""
    said: dict[str, Any] = {"detail": "", "status": 200, "fenced": False, **more}
    return StepLine(
        seq, made["address"], made["action"], state, f"key-{seq}", made["previous_address"], **said
    )


def history(
    changes: Sequence[Mapping[str, Any]],
    writes: Sequence[Write],
    *,
    start: Mapping[str, Any] | None = None,
    steps: Sequence[StepLine] | None = None,
    ledger: str = ACME,
    findings: Sequence[Any] = (),
    consequences: Sequence[Any] = (),
    before: Mapping[str, Owned] | None = None,
    finished: int | None = 9,
) -> History:
    """One run of one plan. The ledger is committed as planned, after all writes."""
    made = History(start=dict(start or {}))
    made.writes = list(writes)
    made.plans = {
        "plan": {
            "changes": list(changes),
            "findings": list(findings),
            "consequences": list(consequences),
        }
    }
    lines = tuple(steps or [step(entry, seq) for seq, entry in enumerate(changes)])
    made.runs = [RunLine("run", ledger, "plan", lines, 0, 0, finished)]
    made.sent = {entry.request: Sent(1.0, 0) for entry in writes}
    entries = dict(
        before
        if before is not None
        else {
            folded(entry["address"]): owned(entry["address"], entry["previous_tracking"]["fields"])
            for entry in changes
            if entry["previous_tracking"] is not None
        }
    )
    then = dict(entries)
    for item in changes:
        then.pop(folded(item["address"]), None)
        if item["tracking"] is not None:
            then[folded(item["address"])] = Owned(item["address"], **item["tracking"])
    if entries:
        made.commits.append(LedgerCommit(0, ledger, "run", (), entries, entries))
    succeeded = tuple(line.seq for line in lines if line.state == "succeeded")
    if succeeded:
        made.commits.append(LedgerCommit(len(writes), ledger, "run", succeeded, entries, then))
    return made


def found(made: History) -> tuple[str, ...]:
    """The non-zero counters."""
    return check(made).failed


__all__ = [
    "CommandResult",
    "Verdict",
    "change",
    "finding",
    "found",
    "history",
    "owned",
    "step",
    "write",
]
