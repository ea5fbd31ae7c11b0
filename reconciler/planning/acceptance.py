"""What is asked of a plan besides that nothing blocks it: whose word it has, and what it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import PlanRefused, PlanUnsigned
from reconciler.manifests.desired import Environment
from reconciler.planning import signing
from reconciler.planning.model import Plan


@dataclass(frozen=True, slots=True)
class Demands:
    """What whoever applies asks for: a signature by a key of `trust`, where there are any, and
    files that were all committed. `signature` is the file that came with the plan; it is read
    only where one is asked for."""

    signature: Path | None = None
    trust: tuple[Path, ...] = ()
    clean: bool = False


def accept(plan: Plan, demands: Demands, environment: Environment, folder: Path) -> None:
    """Raises PlanRefused unless the plan meets the demands and those of its environment.

    Where both name keys, both must be content: the command line can ask for more, not for less.
    """
    if demands.clean:
        _check_clean(plan)
    if environment.require_signature and not (environment.trust or demands.trust):
        raise PlanUnsigned(
            f"environment '{environment.name}' applies signed plans only, and names no key to "
            "trust: list public keys under `trust:` in its file, or give --trust PUBKEY.pem"
        )
    if environment.require_signature and environment.trust:
        _check_signed(plan, demands, [folder / path for path in environment.trust])
    if demands.trust:
        _check_signed(plan, demands, demands.trust)


def accept_unsaved(environment: Environment) -> None:
    """Raises PlanUnsigned where only signed plans are applied: one made just now is not."""
    if environment.require_signature:
        raise PlanUnsigned(
            f"environment '{environment.name}' applies signed plans only, and --expect makes the "
            "plan afresh, so nobody has signed it: save it with `reconciler plan --out PLAN`, sign "
            "it with `reconciler sign PLAN --key KEY.pem`, then `reconciler apply PLAN`"
        )


def _check_signed(plan: Plan, demands: Demands, trusted: Sequence[Path]) -> None:
    signature = None if demands.signature is None else signing.read(demands.signature)
    signing.check(plan, signature, trusted)


def _check_clean(plan: Plan) -> None:
    if plan.git_dirty:
        raise PlanRefused(
            "this plan was made from files that were not all committed: commit them, and make it "
            "again with `reconciler plan --out FILE`"
        )
    if not plan.git_commit:
        raise PlanRefused(
            "this plan was made outside any git repository: nothing tells what it was made from"
        )
