"""guard-weakened: the files ask for less than the last apply did.

The guards' numbers, the required signature, the trusted keys and the freeze windows are in the
files under review, so a change that they should stop could weaken them on its way. Each that is
weakened takes an approval, named by the setting; what was last applied holds for that plan too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.guards.context import Guard, Review
from reconciler.manifests.settings import COUNTED_DAYS
from reconciler.planning.findings import Evidence, Finding
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.safeguards import freeze_of
from reconciler.state.ledger import Ledger
from reconciler.state.safeguards import Safeguards

CODE = "guard-weakened"
_STRICTEST = {"delete-in-use.recent_days": COUNTED_DAYS}
"""The settings that are weaker when they are smaller, with where more makes no difference."""
_STILL_SIGNED = "This plan itself must be signed by a key that was trusted then"


def weakenings(plan: Plan, ledger: Ledger, now: datetime) -> Iterator[Finding]:
    """What applying a plan would weaken, compared with what the ledger has."""
    yield from _numbers(plan, ledger)
    found: dict[str, Finding] = {}
    for applied in ledger.safeguards:
        for one in (*_signatures(applied, plan), *_windows(applied, plan, now)):
            found.setdefault(one.address, one)
    yield from found.values()


def _analyze(review: Review) -> Iterator[Finding]:
    yield from weakenings(review.plan, review.ledger, review.now)


def _numbers(plan: Plan, ledger: Ledger) -> Iterator[Finding]:
    for name, value in sorted(plan.guard_settings.items()):
        was = ledger.guard_settings.get(name)
        if was is None or not _is_weaker(name, value, was):
            continue
        yield _finding(
            name,
            f"the guards would let more through: {name} was {was} at the last apply and is "
            f"{value} now",
            safer=f"put {name} back to {was}, and approve the one finding that needs more",
            was=was,
            now=value,
        )


def _is_weaker(name: str, value: int, was: int) -> bool:
    strictest = _STRICTEST.get(name)
    return value > was if strictest is None else value < min(was, strictest)


def _signatures(applied: Safeguards, plan: Plan) -> Iterator[Finding]:
    """A key that is added weakens as much as one that is removed: whoever has it can sign plans
    that nobody trusted until now has seen, this one included if its author could add a key."""
    if not applied.require_signature:
        return
    if not plan.safeguards.require_signature:
        yield _finding(
            "require_signature",
            "the last apply required a signed plan, and this plan turns that off: plans that "
            f"nobody signed could be applied from then on. {_STILL_SIGNED}",
            safer="keep `require_signature: true` in the environment's file",
        )
        return
    now = plan.safeguards.keys
    for key in (one for one in now if one not in applied.keys):
        yield _finding(
            f"trust.{key}",
            f"the key {key} was not trusted at the last apply, and would be: whoever has it could "
            f"sign plans that no trusted person has seen. {_STILL_SIGNED}",
            safer="take it out of `trust`, or check with its owner that it is their key",
        )
    for key in (one for one in applied.keys if one not in now):
        yield _finding(
            f"trust.{key}",
            f"the key {key} was trusted at the last apply, and would not be any more: plans that "
            f"its owner reviewed and signed would be refused. {_STILL_SIGNED}",
            safer="keep it in `trust`",
        )


def _windows(applied: Safeguards, plan: Plan, now: datetime) -> Iterator[Finding]:
    was = freeze_of(applied)
    if was is None:
        return
    for window in was.not_frozen_in(freeze_of(plan.safeguards), now):
        yield _finding(
            f"freeze.{window}",
            f"the freeze window {window} ({was.zone}) was in force at the last apply, and would "
            "be gone or shorter",
            safer="put the window back under `freeze` in the environment's file",
        )


def _finding(name: str, message: str, *, safer: str, **counts: int) -> Finding:
    return Finding(
        code=CODE,
        severity="block",
        address=name,
        message=message,
        evidence=Evidence(counts=counts),
        safer=safer,
        approval=name,
    )


GUARD = Guard(CODE, "The files ask for less than the last apply did.", _analyze)
