"""What is asked of a plan besides that nothing blocks it: whose word it has, and what it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import PlanRefused, PlanUnsigned
from reconciler.manifests.settings import Environment
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import signing
from reconciler.state.ledger import Ledger
from reconciler.state.safeguards import Safeguards

_SAVE = (
    "and --expect makes the plan afresh, so nobody has signed it: save it with `reconciler plan "
    "--out PLAN`, sign it with `reconciler sign PLAN --key KEY.pem`, then `reconciler apply PLAN`"
)


@dataclass(frozen=True, slots=True)
class ApplyRequirements:
    """What whoever applies asks for: a signature by a key of `trust`, where there are any, and
    files that were all committed. `signature` is the file that came with the plan; it is read
    only where one is asked for."""

    signature: Path | None = None
    trust: tuple[Path, ...] = ()
    clean: bool = False


def check_requirements(plan: Plan, demands: ApplyRequirements) -> None:
    """Raises PlanRefused unless the plan meets what the command line asks for."""
    if demands.clean:
        _check_clean(plan)
    if demands.trust:
        _check_signed(plan, demands, signing.load_public_keys(demands.trust))


def check_environment_signature(
    plan: Plan, demands: ApplyRequirements, here: Safeguards, applied: Sequence[Safeguards]
) -> None:
    """Raises PlanUnsigned unless the plan has the signature that its environment requires.

    `here` is what the environment's file asks for now, `applied` what the ledger has: a plan that
    weakens what was last applied must still satisfy it. The command line can ask for more than
    both, and not for less.
    """
    required = [one for one in applied if one.require_signature]
    if not (required or here.require_signature):
        return
    keys = _keys_in_force(here, required)
    if not (keys or demands.trust):
        raise PlanUnsigned(
            f"environment '{plan.environment}' applies signed plans only, and names no key to "
            "trust: list public keys under `trust:` in its file, or give --trust PUBKEY.pem"
        )
    if not keys:
        return  # the command line named the key, and it was checked
    try:
        _check_signed(plan, demands, keys)
    except PlanUnsigned as error:
        if not required or set(keys) == set(here.keys):
            raise
        raise PlanUnsigned(
            f"{error}. The last apply on this platform required a signature by a key that it "
            f"trusted ({', '.join(keys)}): that holds until a plan that changes it is applied"
        ) from error


def check_unsigned_allowed(plan: Plan, ledger: Ledger) -> None:
    """`accept` for a plan that has no signature: raises PlanUnsigned where the ledger asks for
    one."""
    check_environment_signature(plan, ApplyRequirements(), Safeguards(), ledger.safeguards)


def check_unsaved_allowed(environment: Environment) -> None:
    """Raises PlanUnsigned where only signed plans are applied: one made just now is not."""
    if environment.require_signature:
        raise PlanUnsigned(f"environment '{environment.name}' applies signed plans only, {_SAVE}")


def _keys_in_force(here: Safeguards, required: Sequence[Safeguards]) -> Mapping[str, str]:
    """The keys that may sign: those last applied that the file still names, or all of them where
    it names none of them; those of the file where no signature was required before."""
    if not required:
        return here.keys
    known = {name: key for one in required for name, key in one.keys.items()}
    return {name: key for name, key in known.items() if name in here.keys} or known


def _check_signed(plan: Plan, demands: ApplyRequirements, trusted: Mapping[str, str]) -> None:
    if demands.signature is None:
        raise PlanUnsigned(f"this plan is not signed, {_SAVE}")
    signing.check_signature(plan, signing.read_signature(demands.signature), trusted)


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
