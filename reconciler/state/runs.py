"""Runs as values: who applied which plan, when and why, and the state of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from reconciler.state.journal import Summary
from reconciler.state.keys import LedgerKey

Operation = Literal["apply", "undo"]
"""What a run does. A resume continues a run and is not a run itself."""


class RunState(StrEnum):
    """The state of a run. It is not stored: `Run.state` computes it."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    PARTLY = "partly"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UsedApproval:
    """An approval that covers a finding of the plan of a run."""

    guard: str
    address: str
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class NewRun:
    """The facts that a run begins with. `plan` is the plan file.

    `verified_at` is when the plan was last compared with the platform, by the clock of
    `Store.now`. What another project changes after that moment makes the plan stale.
    """

    plan_id: str
    content_digest: str
    plan: bytes
    operation: Operation
    actor: str
    git_commit: str = ""
    git_author: str = ""
    approvals: tuple[UsedApproval, ...] = ()
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run, computed from its row, its steps and the lease.

    `lease_expires_at` is set while its lease is held. A `pruned` run has no plan and no images any
    more and cannot be undone.
    """

    id: str
    key: LedgerKey
    plan_id: str
    content_digest: str
    operation: Operation
    actor: str
    git_commit: str
    git_author: str
    approvals: tuple[UsedApproval, ...]
    started_at: datetime
    finished_at: datetime | None
    lease_expires_at: datetime | None
    summary: Summary
    pruned: bool

    def state(self, now: datetime) -> RunState:
        """The state at a moment."""
        if self.finished_at is None:
            held = self.lease_expires_at is not None and self.lease_expires_at > now
            return RunState.RUNNING if held else RunState.INTERRUPTED
        if self.summary.succeeded == self.summary.total:
            return RunState.FINISHED
        return RunState.PARTLY if self.summary.succeeded else RunState.FAILED
