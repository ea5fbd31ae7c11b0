"""guard-weakened: the files ask for less than the last apply did.

The guard settings, the required signature, the trusted keys and the freeze windows are in files
that a reviewed change can edit. It blocks each one that becomes weaker; the approval names the
setting. What was last applied also holds for the plan that weakens it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.guards.analyzers import delete_in_use, service_stops
from reconciler.guards.context import Guard, Review, finding
from reconciler.manifests.settings import COUNTED_DAYS
from reconciler.message import Message
from reconciler.planning.findings import Evidence, Finding
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.safeguards import freeze_of
from reconciler.state.ledger import Ledger
from reconciler.state.safeguards import Safeguards

CODE = "guard-weakened"
_STRICTEST = {
    delete_in_use.RECENT_DAYS.name: COUNTED_DAYS,
    service_stops.RECENT_DAYS.name: COUNTED_DAYS,
}
"""The largest useful value of the settings that are weaker when they are smaller."""
_STILL_SIGNED = "This plan itself must be signed by a key that was trusted then"


def weakenings(plan: Plan, ledger: Ledger, now: datetime) -> Iterator[Finding]:
    """One finding for each safeguard that the plan makes weaker than the ledger has it."""
    yield from _settings(plan, ledger)
    findings: dict[str, Finding] = {}
    for applied in ledger.safeguards:
        for found in (*_signatures(applied, plan), *_windows(applied, plan, now)):
            findings.setdefault(found.address, found)
    yield from findings.values()


def _analyze(review: Review) -> Iterator[Finding]:
    yield from weakenings(review.plan, review.ledger, review.now)


def _settings(plan: Plan, ledger: Ledger) -> Iterator[Finding]:
    for name, value in sorted(plan.guard_settings.items()):
        was = ledger.guard_settings.get(name)
        if was is None or not _is_weaker(name, value, was):
            continue
        message = Message.of(
            "the guards would let more through: {name} was {was} at the last apply and is "
            "{value} now",
            name=name,
            was=str(was),
            value=str(value),
        )
        safer = f"set {name} to {was} again, and approve the one finding that needs more"
        evidence = Evidence(counts={"was": was, "now": value})
        yield finding(CODE, "block", name, message, safer, evidence)


def _is_weaker(name: str, value: int, was: int) -> bool:
    strictest = _STRICTEST.get(name)
    return value > was if strictest is None else value < min(was, strictest)


def _signatures(applied: Safeguards, plan: Plan) -> Iterator[Finding]:
    """A new key weakens as much as a removed one: its owner can sign plans that no trusted person
    has seen, including this one."""
    if not applied.require_signature:
        return
    if not plan.safeguards.require_signature:
        message = Message.of(
            "the last apply required a signed plan, and this plan turns that off: unsigned "
            "plans could be applied afterwards. {still_signed}",
            still_signed=_STILL_SIGNED,
        )
        safer = "keep `require_signature: true` in the environment's file"
        yield finding(CODE, "block", "require_signature", message, safer)
        return
    now = plan.safeguards.keys
    for key in (key for key in now if key not in applied.keys):
        message = Message.of(
            "this plan starts to trust the key {key}: its owner could sign plans that no "
            "trusted person has seen. {still_signed}",
            key=key,
            still_signed=_STILL_SIGNED,
        )
        safer = "remove it from `trust`, or check with its owner that it is their key"
        yield finding(CODE, "block", f"trust.{key}", message, safer)
    for key in (key for key in applied.keys if key not in now):
        message = Message.of(
            "this plan stops trusting the key {key}: plans that its owner reviewed and signed "
            "would be refused. {still_signed}",
            key=key,
            still_signed=_STILL_SIGNED,
        )
        yield finding(CODE, "block", f"trust.{key}", message, "keep it in `trust`")


def _windows(applied: Safeguards, plan: Plan, now: datetime) -> Iterator[Finding]:
    was = freeze_of(applied)
    if was is None:
        return
    for window in was.not_frozen_in(freeze_of(plan.safeguards), now):
        message = Message.of(
            "the freeze window {window} ({zone}) was in force at the last apply, and this plan "
            "removes or shortens it",
            window=str(window),
            zone=was.zone,
        )
        safer = "restore the window under `freeze` in the environment's file"
        yield finding(CODE, "block", f"freeze.{window}", message, safer)


GUARD = Guard(CODE, "The files ask for less than the last apply did.", _analyze, __doc__)
