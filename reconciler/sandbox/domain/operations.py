"""One operation, alone or in a batch: checked, performed, and answered once per key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from reconciler.kinds.address import child, identity, join
from reconciler.sandbox.domain import deletes, writes
from reconciler.sandbox.domain.computed_fields import rendered
from reconciler.sandbox.permissions import Caller
from reconciler.sandbox.problems import Refusal, bad_request, invalid_field
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
    """A requested operation. `key` is its idempotency key."""

    op: str
    address: str
    body: JsonValue = None
    if_match: str | None = None
    key: str | None = None
    require_unused: bool = False


def perform(session: Session, caller: Caller, operation: Operation, answers: Answers) -> Answer:
    """Perform an operation; a refusal becomes an error answer."""
    if operation.op == "get":
        return answered(lambda: _act(session, caller, operation))
    return answered(lambda: _write_once(session, caller, operation, answers))


def _write_once(session: Session, caller: Caller, operation: Operation, answers: Answers) -> Answer:
    fingerprint = fingerprint_of(
        operation.op, operation.address, operation.body, operation.require_unused
    )
    return once(answers, operation.key, fingerprint, lambda: _act(session, caller, operation))


def once(answers: Answers, key: str | None, fingerprint: str, act: _Act) -> Answer:
    """The first answer of a key, success or refusal."""
    return answered(
        lambda: answers.once(
            None if key is None else check_key(key), fingerprint, lambda: answered(act)
        )
    )


def answered(act: _Act) -> Answer:
    """The answer of `act`; a raised Refusal becomes an error answer."""
    try:
        return act()
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body(), headers=refusal.headers)


def _act(session: Session, caller: Caller, operation: Operation) -> Answer:
    right = RIGHT_FOR.get(operation.op)
    if right is None:
        known = ", ".join(RIGHT_FOR)
        raise bad_request("bad-operation", f"unknown op '{operation.op}': use one of {known}")
    place = placed(operation.address)
    caller.require(place.kind.permission_section, right)
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
    """The answer that contains a whole resource."""
    return Answer(status, rendered(session, stored), stored.document()["etag"])


def copy_members(
    session: Session, source: str, body: Mapping[str, JsonValue], if_match: str | None
) -> Answer:
    """Copy the members of `source` to the campaign `to`; the answer is the resulting list.

    The mode `merge` appends the missing members; `replace` replaces the list.
    """
    to, mode = body.get("to"), body.get("mode", "merge")
    if not isinstance(to, str) or set(body) - {"to", "mode"}:
        raise invalid_field("to", 'the body must be {"to": campaign, "mode": "merge" or "replace"}')
    if mode not in ("merge", "replace"):
        raise invalid_field("mode", "the mode must be merge or replace")
    campaign = session.find(join("campaigns", to))
    if campaign is None:
        raise invalid_field("to", f"the campaign '{to}' does not exist", "unknown-reference")
    members = _members(session, child(located(session, source).address, "members"))
    target = located(session, child(campaign.address, "members"))
    if mode == "merge":
        present = _members(session, target.address)
        users = {identity(member["user"]) for member in present}
        members = present + [member for member in members if identity(member["user"]) not in users]
    return resource_answer(session, writes.put(session, target, {"members": members}, if_match))


def _members(session: Session, address: str) -> list[Any]:
    members: list[Any] = located(session, address).document()["members"]
    return members


def _body(operation: Operation) -> dict[str, JsonValue]:
    if operation.body is None and operation.op == "create":
        return {}
    if not isinstance(operation.body, dict):
        raise bad_request("malformed", "the body must be a JSON object")
    return operation.body
