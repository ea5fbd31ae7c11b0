"""Copying one campaign's members to another: merged in at the end, or in place of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from reconciler.kinds.address import child, identity, join
from reconciler.sandbox.domain import writes
from reconciler.sandbox.domain.operations import resource_answer
from reconciler.sandbox.problems import invalid_field
from reconciler.sandbox.store.idempotency import Answer
from reconciler.sandbox.store.lookup import located
from reconciler.sandbox.store.session import Session

_MODES = ("merge", "replace")


def copy_members(
    session: Session, source: str, body: Mapping[str, JsonValue], if_match: str | None
) -> Answer:
    """Copy `source`'s members to the campaign `to`; answers the list that comes of it."""
    to, mode = body.get("to"), body.get("mode", "merge")
    if not isinstance(to, str) or set(body) - {"to", "mode"}:
        raise invalid_field("to", 'the body is {"to": campaign, "mode": "merge" or "replace"}')
    if mode not in _MODES:
        raise invalid_field("mode", f"there are {' and '.join(_MODES)}")
    campaign = session.find(join("campaigns", to))
    if campaign is None:
        raise invalid_field("to", f"there is no campaign '{to}'", "unknown-reference")
    theirs = _members(session, child(located(session, source).address, "members"))
    target = located(session, child(campaign.address, "members"))
    if mode == "merge":
        own = _members(session, target.address)
        there = {identity(one["user"]) for one in own}
        theirs = own + [one for one in theirs if identity(one["user"]) not in there]
    return resource_answer(session, writes.put(session, target, {"members": theirs}, if_match))


def _members(session: Session, address: str) -> list[Any]:
    members: list[Any] = located(session, address).document()["members"]
    return members
