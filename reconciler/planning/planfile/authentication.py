"""Authentication of plan files: HMAC-SHA-256 of a plan's digest, under a key of the state store.

The digest shows that a file is whole, and anybody can compute it. The code shows that the file
was written by someone who has the key. The key is random and is never in a file, so no number of
plan files helps to make a code for another plan. The digest covers all that a plan says, and the
code covers the digest.

Who may read the state has the key: what keeps those people in check is a signature (`signing`).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from reconciler.errors import PlanForeign, PlanForged
from reconciler.planning.plan import Plan

_CODE_CONTEXT = b"reconciler plan file 1\n"
_NAME_CONTEXT = b"reconciler plan key 1\n"
_NAME_CHARACTERS = 16
_AGAIN = "make it again with `reconciler plan --out FILE`"


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a plan file carries beside its plan: `key` names the key, `code` is the HMAC in hex.

    The name is an HMAC of a constant, so it tells two states apart and nothing about a key.
    """

    key: str
    code: str


def authentication(plan: Plan, key: bytes) -> Authentication:
    """The authentication of a plan under a state's key."""
    name = _hmac(key, _NAME_CONTEXT)[:_NAME_CHARACTERS]
    return Authentication(name, _hmac(key, _CODE_CONTEXT + plan.digest.encode()))


def is_from_state(given: Authentication, key: bytes) -> bool:
    """Whether a file says that it was made with the state that has this key."""
    return _is_same(_hmac(key, _NAME_CONTEXT)[:_NAME_CHARACTERS], given.key)


def check_authentication(plan: Plan, given: Authentication, key: bytes, *, name: str) -> None:
    """Raises PlanForeign for a file of another state, PlanForged for one that was not written with
    the key. The plan's digest must have been checked before; `name` is for the message."""
    if not is_from_state(given, key):
        raise PlanForeign(
            f"{name} was made with another state than this one: check RECONCILER_STATE, or {_AGAIN}"
        )
    if not _is_same(authentication(plan, key).code, given.code):
        raise PlanForged(
            f"{name} is forged: its digests are right, but its authentication code is not, so it "
            f"was changed after reconciler wrote it, or never written by it. Nothing of it is "
            f"used; find out who changed it, and {_AGAIN}"
        )


def missing_authentication(name: str) -> PlanForged:
    """That a plan file has no authentication at all."""
    return PlanForged(
        f"{name} is not authenticated: its authentication code was removed, or it was not written "
        f"by this version of reconciler. Nothing of it is used; {_AGAIN}"
    )


def _is_same(ours: str, given: str) -> bool:
    """Compared in constant time; as bytes, since a file may say anything."""
    return hmac.compare_digest(ours.encode(), given.encode())


def _hmac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()
