"""Authentication of plan files: HMAC-SHA-256 of a plan's digest, with a key of the state store.

The digest shows that a file is complete, and anybody can compute it. The code shows that somebody
with the key wrote the file. The key is random and never in a file, so no number of plan files helps
to forge one. The digest covers the whole plan, and the code covers the digest.

Everybody who can read the state has the key. A signature (`signing`) also stops them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from reconciler.errors import PlanForeign, PlanForged
from reconciler.message import Command, Message
from reconciler.planning.plan import Plan

_CODE_CONTEXT = b"reconciler plan file 1\n"
_NAME_CONTEXT = b"reconciler plan key 1\n"
_NAME_CHARACTERS = 16
_PLAN_AGAIN = Command.of("plan", "--out", "FILE")
"""It repeats nothing from a plan file that is not verified, such as its approvals."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """The last member of a plan file: `key` names the key, `code` is the HMAC in hex.

    The name is an HMAC of a constant: it identifies a key and reveals nothing about it.
    """

    key: str
    code: str


def authentication(plan: Plan, key: bytes) -> Authentication:
    """The authentication of a plan with a state's key."""
    name = _hmac(key, _NAME_CONTEXT)[:_NAME_CHARACTERS]
    return Authentication(name, _hmac(key, _CODE_CONTEXT + plan.digest.encode()))


def is_from_state(given: Authentication, key: bytes) -> bool:
    """Whether a file names this key, so was made with this state."""
    return _is_same(_hmac(key, _NAME_CONTEXT)[:_NAME_CHARACTERS], given.key)


def check_authentication(plan: Plan, given: Authentication, key: bytes, *, name: str) -> None:
    """Raises PlanForeign for a file of another state, and PlanForged for a wrong code.

    Check the plan's digest first. `name` is for the message.
    """
    if not is_from_state(given, key):
        raise PlanForeign(
            f"{name} was made with another state",
            next_step=Message.of(
                "check RECONCILER_STATE, or make it again with {again}", again=_PLAN_AGAIN
            ),
        )
    if not _is_same(authentication(plan, key).code, given.code):
        raise PlanForged(
            f"{name} is forged: its digests are correct and its authentication code is not, so "
            "somebody changed it, or reconciler never wrote it. Nothing in it is used",
            next_step=Message.of(
                "find out who changed it, and make it again with {again}",
                again=_PLAN_AGAIN,
            ),
        )


def missing_authentication(name: str) -> PlanForged:
    """The error for a plan file without authentication."""
    return PlanForged(
        f"{name} is not authenticated: its authentication code was removed, or another version of "
        "reconciler wrote it. Nothing in it is used"
    )


def _is_same(ours: str, given: str) -> bool:
    """Compare in constant time; as bytes, because a file may have any characters."""
    return hmac.compare_digest(ours.encode(), given.encode())


def _hmac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()
