"""Batches: up to 1000 operations in order, in one transaction; each has its own outcome."""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.sandbox.domain.operations import Operation, perform
from reconciler.sandbox.limits import MAX_OPERATIONS
from reconciler.sandbox.permissions import Caller
from reconciler.sandbox.problems import Refusal, bad_request
from reconciler.sandbox.store.idempotency import Answer, Answers
from reconciler.sandbox.store.session import Session

_TEXTS = ("if_match", "idempotency_key")
_MEMBERS = frozenset({"op", "address", "body", *_TEXTS})


def operations_of(body: dict[str, JsonValue], *, at_most: int = MAX_OPERATIONS) -> list[Operation]:
    """Parse a batch. Raises 400 when malformed, 413 when too long."""
    listed = body.get("operations")
    if not isinstance(listed, list):
        raise bad_request("bad-batch", '"operations" must be a list')
    if len(listed) > at_most:
        raise Refusal(
            413,
            "batch-too-large",
            f"the batch has {len(listed)} operations; the limit is {at_most}",
        )
    return [_operation(position, item) for position, item in enumerate(listed)]


def _operation(position: int, item: JsonValue) -> Operation:
    place = f"operations[{position}]"
    if not isinstance(item, dict):
        raise bad_request("bad-batch", f"{place} must be an object")
    op, address = item.get("op"), item.get("address")
    if not isinstance(op, str) or not isinstance(address, str):
        raise bad_request("bad-batch", f'{place} needs "op" and "address", both strings')
    unknown = sorted(set(item) - _MEMBERS)
    if unknown:
        raise bad_request("bad-batch", f"{place} has unknown members: {', '.join(unknown)}")
    texts: dict[str, str | None] = {}
    for name in _TEXTS:
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request("bad-batch", f'{place}: "{name}" must be a string')
        texts[name] = value
    return Operation(op, address, item.get("body"), texts["if_match"], texts["idempotency_key"])


def run(session: Session, caller: Caller, operations: list[Operation], answers: Answers) -> bytes:
    """Perform the operations in order and return the outcomes as JSON."""
    answers.load(operation.key for operation in operations if operation.key is not None)
    session.load(operation.address for operation in operations)
    outcomes = [_outcome(perform(session, caller, operation, answers)) for operation in operations]
    return b'{"outcomes":[%b]}' % b",".join(outcomes)


def _outcome(answer: Answer) -> bytes:
    resource, problem = (answer.body or b"null"), b""
    if answer.status >= 400:
        resource, problem = b"null", b',"problem":%b' % (answer.body or b"{}")
    replayed = b',"replayed":true' if answer.replayed else b""
    return b'{"status":%d,"resource":%b%b%b}' % (answer.status, resource, problem, replayed)
