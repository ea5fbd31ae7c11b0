"""The one request that makes a change."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from reconciler.kinds.address import Address, name_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import Request
from reconciler.planning.change import Action, Change


def request_for(change: Change, *, if_match: str | None, key: str) -> Request:
    """The request of a change; the change must be one that sends a request."""
    if change.action in (Action.CREATE, Action.REPLACE):
        return Request("create", change.address, change.after or {}, key=key)
    if change.action is Action.DELETE:
        return Request("delete", change.address, if_match=if_match, key=key)
    if change.action is Action.RENAME:
        name: dict[str, JsonValue] = {"name": name_of(change.address)}
        old = Address(change.previous_address or change.address)
        return Request("rename", old, name, if_match=if_match, key=key)
    kind = KINDS.named(change.kind)
    if kind is not None and kind.life is Life.ORDERED_LIST:
        return Request("put", change.address, change.after, if_match=if_match, key=key)
    whole = kind.replaced_whole if kind is not None else frozenset[str]()
    patch = merge_patch(change.before or {}, change.after or {}, whole=whole)
    return Request("patch", change.address, patch, if_match=if_match, key=key)


def merge_patch(
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    *,
    whole: frozenset[str] = frozenset(),
) -> Fields:
    """The JSON Merge Patch (RFC 7396) that turns `before` into `after`.

    A field in `whole` is sent whole whenever it changes: the platform does not merge schedules.
    """
    patch: Fields = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, dict) and isinstance(old, dict) and name not in whole:
            inner = merge_patch(old, value)
            if inner:
                patch[name] = inner
        elif name not in before or value != old:
            patch[name] = value
    return patch
