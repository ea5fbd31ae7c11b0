"""One operation, alone or in a batch: checked, performed, and answered once for its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from reconciler.sandbox.domain import deletes, writes
from reconciler.sandbox.domain.computed_fields import rendered
from reconciler.sandbox.domain.permissions import Caller, section_of
from reconciler.sandbox.problems import Refusal, bad_request
from reconciler.sandbox.store.idempotency import Answer, Answers, check_key, fingerprint_of
from reconciler.sandbox.store.lookup import located, placed
from reconciler.sandbox.store.session import Session, Stored

_Act = Callable[[], Answer]

RIGHT_FOR: Mapping[str, str] = {
    "get": "view",
    "create": "create",
    "patch": "update",
    "put": "update",
    "delete": "delete",
    "rename": "update",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked for. `key` is its idempotency key."""

    op: str
    address: str
    body: JsonValue = None
    if_match: str | None = None
    key: str | None = None
    require_unused: bool = False


def perform(session: Session, caller: Caller, operation: Operation, answers: Answers) -> Answer:
    """Do it, or answer why not. Never raises a Refusal."""
    if operation.op == "get":
        return answered(lambda: _act(session, caller, operation))
    return answered(lambda: _write_once(session, caller, operation, answers))


def _write_once(session: Session, caller: Caller, operation: Operation, answers: Answers) -> Answer:
    fingerprint = fingerprint_of(
        operation.op, operation.address, operation.body, operation.require_unused
    )
    return once(answers, operation.key, fingerprint, lambda: _act(session, caller, operation))


def once(answers: Answers, key: str | None, fingerprint: str, act: _Act) -> Answer:
    """The key's first answer, whether it was a resource or a refusal."""
    return answered(
        lambda: answers.once(
            None if key is None else check_key(key), fingerprint, lambda: answered(act)
        )
    )


def answered(act: _Act) -> Answer:
    """The answer, be it a refusal."""
    try:
        return act()
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body(), headers=refusal.headers)


def _act(session: Session, caller: Caller, operation: Operation) -> Answer:
    right = RIGHT_FOR.get(operation.op)
    if right is None:
        known = ", ".join(RIGHT_FOR)
        raise bad_request("bad-operation", f"'{operation.op}' is no op: there are {known}")
    place = placed(operation.address)
    caller.require(section_of(place.kind), right)
    if operation.op == "create":
        return resource_answer(session, writes.create(session, place, _body(operation)), 201)
    stored = located(session, operation.address)
    if operation.op == "get":
        return resource_answer(session, stored)
    if operation.op == "delete":
        deletes.delete(session, stored, operation.if_match, require_unused=operation.require_unused)
        return Answer(204)
    write = {"patch": writes.patch, "put": writes.put, "rename": writes.rename}[operation.op]
    return resource_answer(session, write(session, stored, _body(operation), operation.if_match))


def resource_answer(session: Session, stored: Stored, status: int = 200) -> Answer:
    """A whole resource."""
    return Answer(status, rendered(session, stored), stored.document()["etag"])


def _body(operation: Operation) -> dict[str, JsonValue]:
    if operation.body is None and operation.op == "create":
        return {}
    if not isinstance(operation.body, dict):
        raise bad_request("malformed", "the body is a JSON object")
    return operation.body
