"""Batches: up to 1000 operations in order, each with its own outcome, in one transaction."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.sandbox.domain.operations import Operation, perform
from reconciler.sandbox.domain.permissions import Caller
from reconciler.sandbox.limits import MAX_OPERATIONS
from reconciler.sandbox.problems import Refusal, bad_request
from reconciler.sandbox.store.idempotency import Answer, Answers
from reconciler.sandbox.store.session import Session

_TEXTS = ("if_match", "idempotency_key")
_MEMBERS = frozenset({"op", "address", "body", *_TEXTS})


def operations_of(body: dict[str, JsonValue], *, at_most: int = MAX_OPERATIONS) -> list[Operation]:
    """Read a batch. Raises 400 for one that is malformed, 413 for one that is too long."""
    listed = body.get("operations")
    if not isinstance(listed, list):
        raise bad_request("bad-batch", '"operations" is a list')
    if len(listed) > at_most:
        raise Refusal(
            413,
            "batch-too-large",
            f"a batch has up to {at_most} operations, not {len(listed)}",
        )
    return [_operation(position, one) for position, one in enumerate(listed)]


def _operation(position: int, one: JsonValue) -> Operation:
    place = f"operations[{position}]"
    if not isinstance(one, dict):
        raise bad_request("bad-batch", f"{place} is no object")
    op, address = one.get("op"), one.get("address")
    if not isinstance(op, str) or not isinstance(address, str):
        raise bad_request("bad-batch", f'{place} needs "op" and "address", both texts')
    unknown = sorted(set(one) - _MEMBERS)
    if unknown:
        raise bad_request("bad-batch", f"{place} has the unknown {', '.join(unknown)}")
    texts: dict[str, str | None] = {}
    for name in _TEXTS:
        value = one.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request("bad-batch", f'{place}: "{name}" is a text')
        texts[name] = value
    return Operation(op, address, one.get("body"), texts["if_match"], texts["idempotency_key"])


def run(session: Session, caller: Caller, operations: list[Operation], answers: Answers) -> bytes:
    """Perform them in order; the JSON of the outcomes."""
    answers.load(one.key for one in operations if one.key is not None)
    session.load(one.address for one in operations)
    outcomes = [_outcome(perform(session, caller, one, answers)) for one in operations]
    return b'{"outcomes":[%b]}' % b",".join(outcomes)


def _outcome(answer: Answer) -> bytes:
    resource, problem = (answer.body or b"null"), b""
    if answer.status >= 400:
        resource, problem = b"null", b',"problem":%b' % (answer.body or b"{}")
    replayed = b',"replayed":true' if answer.replayed else b""
    return b'{"status":%d,"resource":%b%b%b}' % (answer.status, resource, problem, replayed)
