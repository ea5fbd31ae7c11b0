"""Small estates as values: desired, live and ledger, and a plan carried out on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue

from reconciler.kinds.address import Address, child, identity, name_of, parent_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import parse_address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import (
    Connector,
    Directory,
    LiveResource,
    PlatformInfo,
    Snapshot,
)
from reconciler.manifests.desired import Desired, DesiredList, DesiredResource, Form, Lifecycle
from reconciler.manifests.settings import Environment, ProjectSettings
from reconciler.manifests.source import Source
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.planning.planner import make_plan
from reconciler.state.ledger import Ledger, LedgerEntry

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SETTINGS = ProjectSettings(project="acme", environment=Environment("dev", "http://x", "acme-dev"))
INFO = PlatformInfo("acme-dev", "Acme", "1", "ci", "all", {})
_PLAIN = Lifecycle()
USERS = {name: name for name in ("ana", "luis", "pia", "eva")}
CONNECTORS = {
    "phone": Connector("phone", "telephony", ("+59829001234", "+59829005678")),
    "text": Connector("text", "sms", ("+59829001234",)),
    "mail": Connector("mail", "email"),
}


def live_resource(address: str, **fields: JsonValue) -> LiveResource:
    """A resource as the platform would show it, the rest of its fields at their defaults."""
    kind = parse_address(address).kind
    return LiveResource(Address(address), kind, kind.with_defaults(address, fields), etag='"1"')


def campaign(name: str, **fields: JsonValue) -> list[LiveResource]:
    """A live campaign with the seven channels and the member list it always has."""
    top = child("campaigns", name)
    return [
        live_resource(top, **fields),
        *[live_resource(child(top, "channels", channel_type)) for channel_type in CHANNEL_TYPES],
        live_resource(child(top, "members")),
    ]


def snapshot(
    resources: Iterable[LiveResource], unknown: Mapping[str, str] | None = None
) -> Snapshot:
    """A snapshot with the users and connectors of these tests."""
    return Snapshot(
        info=INFO,
        resources={identity(resource.address): resource for resource in resources},
        directory=Directory(USERS, CONNECTORS, {}),
        unknown=unknown or {},
    )


def wanted(
    address: str,
    fields: Fields | None = None,
    *,
    form: Form = "standalone",
    renamed_from: str | None = None,
    removes: tuple[str, ...] | None = None,
    lifecycle: Lifecycle = _PLAIN,
) -> DesiredResource:
    """A declared resource; `renamed_from` is the sibling's plain name."""
    kind = parse_address(address).kind
    old = child(parent_of(address), renamed_from) if renamed_from is not None else None
    return DesiredResource(
        address=Address(address),
        kind=kind,
        fields=kind.normalized(address, fields or {}),
        source=Source("estate.yaml", 1),
        form=form,
        lifecycle=lifecycle,
        renamed_from=old,
        removes=removes,
    )


def desired(*resources: DesiredResource, lists: Iterable[DesiredList] = ()) -> Desired:
    """Desired state of these resources and lists."""
    return Desired(
        resources={identity(resource.address): resource for resource in resources},
        lists={identity(listed.address): listed for listed in lists},
        digest="d",
    )


def complete(address: str) -> DesiredList:
    """A list that is present, and so complete."""
    return DesiredList(address, Source("estate.yaml", 1))


def ledger(*entries: LedgerEntry, foreign: Mapping[str, str] | None = None) -> Ledger:
    """A ledger that has been applied to."""
    return Ledger(
        "acme",
        "dev",
        "acme-dev",
        lineage="lineage",
        entries={identity(entry.address): entry for entry in entries},
        foreign=foreign or {},
    )


def owned(address: str, fields: Fields | None = None, **more: object) -> LedgerEntry:
    """A ledger entry; `more` are its other fields."""
    kind = parse_address(address).kind
    entry = LedgerEntry(
        Address(address), kind.name, "standalone", kind.normalized(address, fields or {})
    )
    return replace(entry, **more)  # type: ignore[arg-type]


def planned(
    want: Desired, live: Snapshot, books: Ledger | None = None, *, globs: Sequence[str] = ()
) -> Plan:
    """The plan of these three; `globs` limit it."""
    return make_plan(
        want,
        live,
        books or Ledger("acme", "dev", "acme-dev"),
        settings=SETTINGS,
        now=NOW,
        only=globs,
    )


def carried_out(made: Plan, live: Snapshot, books: Ledger) -> tuple[Snapshot, Ledger]:
    """Live state and ledger once the platform has done everything the plan says, in its order."""
    world = {identity(resource.address): resource for resource in live.resources.values()}
    entries = dict(books.entries)
    for change in made.changes:
        key = identity(change.address)
        if change.action in (Action.DELETE, Action.FORGET):
            entries.pop(key, None)
            if change.action is Action.DELETE:
                _delete(world, key)
            continue
        if change.action is Action.RENAME:
            _move(world, entries, change.previous_address or "", change.address)
        elif change.after is not None:
            assert not (change.action is Action.CREATE and key in world), change.address
            _put(world, change.address, change.after)
        if change.tracking is not None:
            entries[key] = LedgerEntry(
                change.address,
                change.kind,
                change.tracking.form,
                change.tracking.fields,
                change.tracking.protect,
                change.tracking.on_remove,
            )
    return (
        replace(live, resources=world),
        replace(books, entries=entries, lineage=books.lineage or "lineage"),
    )


def _put(world: dict[str, LiveResource], address: Address, fields: Fields) -> None:
    kind = parse_address(address).kind
    key = identity(address)
    if key not in world and kind.name == "Campaign":
        for one in campaign(name_of(address)):
            world[identity(one.address)] = one
    assert kind.life is Life.ENTRY or key in world, f"{address} has no campaign"
    old = world.get(key)
    shown = old.address if old is not None else address
    world[key] = LiveResource(shown, kind, kind.with_defaults(address, fields), etag='"1"')


def _delete(world: dict[str, LiveResource], key: str) -> None:
    """Take it away with what is below, and its name out of what refers to it (DOMAIN)."""
    gone = [one for one in world if one == key or one.startswith(key + "/")]
    names = {
        (gone_key.split("/")[-2], identity(world[gone_key].address).split("/")[-1])
        for gone_key in gone
    }
    for gone_key in gone:
        del world[gone_key]
    for where, one in world.items():
        cleared = _cleared(one, names, world)
        if cleared != one.fields:
            world[where] = replace(one, fields=cleared)


def _cleared(
    one: LiveResource, names: set[tuple[str, str]], world: Mapping[str, LiveResource]
) -> Fields:
    fields = dict(one.fields)
    models, closed = fields.get("quality_models"), fields.get("campaigns")
    if isinstance(models, list):
        fields["quality_models"] = [
            name for name in models if ("quality_models", identity(str(name))) not in names
        ]
    if isinstance(closed, list):
        fields["campaigns"] = [
            name for name in closed if ("campaigns", identity(str(name))) not in names
        ]
    sign = identity(str(fields.get("signature")))
    own = "/".join(identity(one.address).split("/")[:2])
    if ("templates", sign) in names and not {f"{own}/templates/{sign}", f"templates/{sign}"} & set(
        world
    ):
        fields["signature"] = None
    return fields


def _move(
    world: dict[str, LiveResource], entries: dict[str, LedgerEntry], old: str, new: Address
) -> None:
    was = identity(old)
    for one in list(world.values()):
        if identity(one.address) == was or identity(one.address).startswith(was + "/"):
            moved = Address(new + one.address[len(old) :])
            del world[identity(one.address)]
            world[identity(moved)] = replace(one, address=moved)
    for entry in list(entries.values()):
        if identity(entry.address) == was or identity(entry.address).startswith(was + "/"):
            moved = Address(new + entry.address[len(old) :])
            del entries[identity(entry.address)]
            entries[identity(moved)] = replace(entry, address=moved)


def only(made: Plan, action: Action) -> list[str]:
    """The addresses of a plan's changes of one action, in order."""
    return [change.address for change in made.changes if change.action is action]
