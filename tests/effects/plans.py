"""A plan from an estate to another one, and its requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.kinds.address import Address, child, identity, name_of, parent_of
from reconciler.kinds.base import Life
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.registry import KINDS, parse_address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Connector, Directory, LiveResource, Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Plan
from reconciler.planning.planner import make_plan
from tests.effects.client import Client
from tests.effects.estates import Estate
from tests.planning.plan_worlds import INFO, SETTINGS, desired, ledger, owned, wanted

COLLECTIONS = (
    "campaigns",
    "statuses",
    "templates",
    "dispositions",
    "quality_models",
    "holidays",
    "blacklist",
    "contacts",
    "campaigns/-/channels",
    "campaigns/-/members",
    "campaigns/-/statuses",
    "campaigns/-/templates",
    "campaigns/-/dispositions",
    "campaigns/-/blacklist",
)


def read(client: Client) -> Snapshot:
    """The snapshot of a sandbox, over its API."""
    found = []
    for collection in COLLECTIONS:
        for item in client.items(collection):
            address = Address(item["address"])
            kind = parse_address(address).kind
            fields = {name: item[name] for name in kind.field_names(address)}
            found.append(LiveResource(address, kind, fields, item["etag"]))
    return Snapshot(INFO, {identity(each.address): each for each in found}, _directory(client))


def _directory(client: Client) -> Directory:
    connectors = {
        item["name"]: Connector(item["name"], item["type"], tuple(item["numbers"]))
        for item in client.items("connectors")
    }
    users = {identity(item["name"]): item["name"] for item in client.items("users")}
    return Directory(users, connectors, {})


def plan_between(
    before: Estate,
    after: Estate,
    live: Snapshot,
    *,
    renames: Mapping[str, str],
    now: datetime,
) -> Plan:
    """The plan that makes `after` of `before`, which is all managed.

    `renames` has the old address of renamed dispositions, by the new one.
    """
    resources = [_wanted(address, fields, renames) for address, fields in after.items()]
    resources += [
        wanted(channel, CHANNEL.with_defaults(channel, {}))
        for address in after
        if parse_address(address).kind.holds_resources
        for channel in (child(address, "channels", name) for name in CHANNEL_TYPES)
        if channel not in after
    ]
    tracked = [owned(address, fields) for address, fields in before.items()]
    return make_plan(desired(*resources), live, ledger(*tracked), settings=SETTINGS, now=now)


def _wanted(address: str, fields: dict[str, Any], renames: Mapping[str, str]) -> DesiredResource:
    old = renames.get(address)
    kind = parse_address(address).kind
    return wanted(
        address,
        kind.with_defaults(address, fields),
        renamed_from=name_of(old) if old is not None else None,
    )


def apply(client: Client, changes: tuple[Change, ...]) -> None:
    """Send the requests of a plan's changes, in order."""
    operations = [_operation(change) for change in changes if change.sends]
    if not operations:
        return
    answer = client.call("POST", "batch", {"operations": operations})
    assert answer.status == 200, answer
    for change, outcome in zip(
        [change for change in changes if change.sends], answer.body["outcomes"], strict=True
    ):
        assert outcome["status"] < 300, (change.key, outcome)


def _operation(change: Change) -> dict[str, Any]:
    if change.action is Action.DELETE:
        return {"op": "delete", "address": change.address}
    if change.action is Action.RENAME:
        assert change.previous_address is not None
        body = {"name": name_of(change.address)}
        return {"op": "rename", "address": change.previous_address, "body": body}
    if change.action in (Action.CREATE, Action.REPLACE):
        return {"op": "create", "address": change.address, "body": change.after}
    is_list = KINDS[change.kind].life is Life.ORDERED_LIST
    return {"op": "put" if is_list else "patch", "address": change.address, "body": change.after}


def with_rename(after: Estate, level: str, name: str) -> tuple[Estate, dict[str, str]]:
    """The estate with a disposition and its levels under a new name, and the declared rename."""
    new = child(parent_of(level), name)
    if any(identity(address) == identity(new) for address in after):
        return after, {}
    moved = {
        new + address[len(level) :]
        if address == level or address.startswith(f"{level}/")
        else address: fields
        for address, fields in after.items()
    }
    return moved, {new: level}
