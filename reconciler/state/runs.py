"""Runs as values: who applied which plan, when and why, and what state that leaves them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import JsonValue

from reconciler.state.journal import Summary
from reconciler.state.keys import LedgerKey

Operation = Literal["apply", "undo"]
"""What a run does. Resuming is no run of its own: it goes on with the one that stopped."""


class RunState(StrEnum):
    """Where a run stands. Nobody writes it down: `Run.state` derives it."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    PARTLY = "partly"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run starts from. `plan` is the plan file's bytes; `reasons` the approvals used.

    `verified_at` is when the plan was last compared with the platform, by the clock of
    `Store.now`: what other projects change after that moment makes it stale.
    """

    plan_id: str
    content_digest: str
    plan: bytes
    operation: Operation
    actor: str
    git_commit: str = ""
    reasons: tuple[JsonValue, ...] = ()
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as its row, its steps and the lease tell.

    `lease_expires_at` is set while the lease it works under is held. `pruned` runs have lost
    their plan and images and can no longer be undone.
    """

    id: str
    key: LedgerKey
    plan_id: str
    content_digest: str
    operation: Operation
    actor: str
    git_commit: str
    reasons: tuple[JsonValue, ...]
    started_at: datetime
    finished_at: datetime | None
    lease_expires_at: datetime | None
    summary: Summary
    pruned: bool

    def state(self, now: datetime) -> RunState:
        """Where it stands at a moment."""
        if self.finished_at is None:
            held = self.lease_expires_at is not None and self.lease_expires_at > now
            return RunState.RUNNING if held else RunState.INTERRUPTED
        if self.summary.succeeded == self.summary.total:
            return RunState.FINISHED
        return RunState.PARTLY if self.summary.succeeded else RunState.FAILED
