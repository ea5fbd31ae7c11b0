"""What an apply requires of a plan: a trusted signature, and files that were committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import PlanRefused, PlanUnsigned
from reconciler.manifests.settings import Environment
from reconciler.message import Command, Message
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import signing
from reconciler.state.ledger import Ledger
from reconciler.state.safeguards import Safeguards

_NOBODY_SIGNED = "and --expect makes a new plan, which nobody has signed"
_SAVE_AND_SIGN = Message.of(
    "save one with {plan}, sign it with {sign}, then run {apply}",
    plan=Command.of("plan", "--out", "PLAN"),
    sign=Command.of("sign", "PLAN", "--key", "KEY.pem"),
    apply=Command.of("apply", "PLAN"),
)


@dataclass(frozen=True, slots=True)
class ApplyRequirements:
    """What the command line requires."""

    signature: Path | None = None
    """The plan's signature file. It is read only when a signature is required."""
    trust: tuple[Path, ...] = ()
    """Public keys. When there are any, one of them must have signed the plan."""
    clean: bool = False
    """Whether all files must have been committed."""


def check_requirements(plan: Plan, required: ApplyRequirements) -> None:
    """Raises PlanRefused unless the plan meets the command line's requirements."""
    if required.clean:
        _check_clean(plan)
    if required.trust:
        _check_signed(plan, required, signing.load_public_keys(required.trust))


def check_environment_signature(
    plan: Plan, required: ApplyRequirements, here: Safeguards, applied: Sequence[Safeguards]
) -> None:
    """Raises PlanUnsigned unless the plan has the signature that its environment requires.

    `here` has the safeguards of the environment's file, `applied` those of the ledger: a plan that
    weakens them must still satisfy them. The command line can require more, never less.
    """
    signed_before = [each for each in applied if each.require_signature]
    if not (signed_before or here.require_signature):
        return
    keys = _keys_in_force(here, signed_before)
    if not (keys or required.trust):
        raise PlanUnsigned(
            f"environment '{plan.environment}' applies only signed plans, and trusts no key",
            next_step="list public keys under `trust:` in its file, or use --trust PUBKEY.pem",
        )
    if not keys:
        return  # `check_requirements` checked the command line's key
    try:
        _check_signed(plan, required, keys)
    except PlanUnsigned as error:
        if not signed_before or set(keys) == set(here.keys):
            raise
        raise PlanUnsigned(
            Message.of(
                "{error}. The last apply on this platform required a signature by a key that it "
                "trusted ({keys}): that stays in force until a plan that changes it is applied",
                error=error.message,
                keys=", ".join(keys),
            ),
            next_step=error.next_step,
        ) from error


def check_unsigned_allowed(plan: Plan, ledger: Ledger) -> None:
    """Raises PlanUnsigned when the ledger requires a signature, for a plan without one."""
    check_environment_signature(plan, ApplyRequirements(), Safeguards(), ledger.safeguards)


def check_unsaved_allowed(environment: Environment) -> None:
    """Raises PlanUnsigned when the environment requires a signature, for a plan made just now."""
    if environment.require_signature:
        raise PlanUnsigned(
            f"environment '{environment.name}' applies only signed plans, {_NOBODY_SIGNED}",
            next_step=_SAVE_AND_SIGN,
        )


def _keys_in_force(here: Safeguards, required: Sequence[Safeguards]) -> Mapping[str, str]:
    """The keys that may sign.

    With an earlier requirement: the keys last applied that the file still has, or all of them when
    it has none of them. Otherwise the keys of the file.
    """
    if not required:
        return here.keys
    known = {name: key for each in required for name, key in each.keys.items()}
    return {name: key for name, key in known.items() if name in here.keys} or known


def _check_signed(plan: Plan, required: ApplyRequirements, trusted: Mapping[str, str]) -> None:
    if required.signature is None:
        raise PlanUnsigned(f"this plan is not signed, {_NOBODY_SIGNED}", next_step=_SAVE_AND_SIGN)
    signing.check_signature(plan, signing.read_signature(required.signature), trusted)


def _check_clean(plan: Plan) -> None:
    if plan.git_dirty:
        raise PlanRefused(
            "this plan was made from uncommitted files",
            next_step=Message.of(
                "commit them, and make it again with {again}", again=plan.command_to_save
            ),
        )
    if not plan.git_commit:
        raise PlanRefused(
            "this plan was made outside a git repository, so its source is unknown",
            next_step="make it in one",
        )
