"""What a guard is given, and what a guard is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.live.platform import Snapshot
from reconciler.manifests.freeze import Freeze
from reconciler.planning.effects.opening_hours import OpeningHours
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Review:
    """A plan under review, with fresh facts beside it.

    The plan's changes carry usage of what is deleted, replaced, disabled or reset. `hours` is
    None when the plan changes no campaign and no holiday. `now` is aware. `freezes` are in force:
    that of the environment's file and those last applied; none where a run that has begun goes on.
    `starting` is an apply that would begin now; otherwise a plan is being made.
    """

    plan: Plan
    live: Snapshot
    ledger: Ledger
    hours: OpeningHours | None
    now: datetime
    freezes: tuple[Freeze, ...] = ()
    starting: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: its stable code, a sentence for the documentation, and its analyzer."""

    code: str
    summary: str
    analyze: Callable[[Review], Iterator[Finding]]
