"""What a guard declares, and the facts it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.live.platform import Snapshot
from reconciler.manifests.freeze import Freeze
from reconciler.message import Message
from reconciler.planning.applied_elsewhere import AppliedElsewhere
from reconciler.planning.effects.effects import Effects
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger

_NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Review:
    """A plan under review, with fresh facts."""

    plan: Plan
    """Its changes have the usage of what is deleted, replaced, disabled or reset."""
    live: Snapshot
    ledger: Ledger
    effects: Effects
    """What the plan means for people, with the usage that it needs."""
    now: datetime
    """The platform's time, with a time zone."""
    freezes: tuple[Freeze, ...] = ()
    """The freezes in force: the environment file's and those last applied. Empty when a run that
    has started continues."""
    elsewhere: tuple[AppliedElsewhere, ...] = ()
    """The runs of commits that this checkout does not contain, newest first. Empty at apply: there,
    a change of what another run touched is stale."""
    is_starting: bool = False
    """Whether an apply would start now. False while a plan is made."""


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a guard, from `guards:` in the project file."""

    name: str
    """As `Plan.guard_settings` has it: `mass-change.count`."""
    default: int


@dataclass(frozen=True, slots=True)
class Guard:
    """The declaration of one guard, at the end of its file."""

    code: str
    """Stable: approvals, plans and JSON use it."""
    summary: str
    """One sentence about what it finds."""
    analyze: Callable[[Review], Iterator[Finding]]
    help: str | None
    """The module's docstring: what it looks for, when it blocks and when it warns."""
    options: tuple[Option, ...] = ()


def finding(
    code: str,
    severity: Severity,
    address: str,
    message: Message,
    safer: str | Message,
    evidence: Evidence = _NO_EVIDENCE,
) -> Finding:
    """A finding that an approval of its address covers."""
    safer = Message.plain(safer) if isinstance(safer, str) else safer
    return Finding(code, severity, address, message, evidence, safer, approval=address)
