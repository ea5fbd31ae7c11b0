"""Loads a seed into a new database: in bulk, with times relative to the clock.

All sections of a seed are optional:

    platform      `id`, `name`, and lower `limits`
    users, connectors, forms
    profiles, tokens
    resources     an `address` and fields, with defaults for missing fields; `updated_by`,
                  `updated_hours_ago` and `created_hours_ago` set the metadata
    interactions  patterns: `count` interactions, spread evenly from `newest_hours_ago` to
                  `oldest_hours_ago`
    agents        agents with a status
    audit         entries of the audit log
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

import orjson

from reconciler.garbage_collection import collector_paused
from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.registry import KINDS, AddressParts, parse_address
from reconciler.kinds.values.refusal import full_message
from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.domain import rules
from reconciler.sandbox.domain.traffic import REFERENCE_FIELDS, insert_agents, insert_interactions
from reconciler.sandbox.domain.writes import campaign_parts
from reconciler.sandbox.limits import Limits
from reconciler.sandbox.permissions import token_specs
from reconciler.sandbox.problems import Refusal
from reconciler.sandbox.seeds.validation import check_shape
from reconciler.sandbox.store import audit
from reconciler.sandbox.store.documents import merged, row_of
from reconciler.sandbox.store.lookup import lookup_address
from reconciler.sandbox.store.session import Link, Session, remember

_LISTS = ("users", "connectors", "forms", "resources", "interactions", "agents", "audit")
_SECTIONS = frozenset({*_LISTS, "platform", "profiles", "tokens"})
_META = ("updated_by", "updated_hours_ago", "created_hours_ago")
_SYSTEM = "system"
_AGE_HOURS = 24 * 90
_PATTERN = frozenset({"count", "newest_hours_ago", "oldest_hours_ago", "users"})


def load_seed(session: Session, seed: Mapping[str, Any]) -> None:
    """Write a seed. Raises ValueError for data that the platform would refuse."""
    unknown = sorted(set(seed) - _SECTIONS)
    if unknown:
        raise ValueError(f"the seed has unknown sections: {', '.join(unknown)}")
    check_shape(seed)
    Limits.parse(seed.get("platform", {}).get("limits", {}))
    with collector_paused():  # a seed creates 100,000 objects
        remember(session, "platform", seed.get("platform", {}))
        remember(session, "profiles", seed.get("profiles", {}))
        remember(session, "tokens", token_specs(seed.get("tokens", {})))
        remember(session, "lineage", token_hex(6))
        _Loader(session).load(seed)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A resource of the seed with complete fields."""

    kind: Kind
    address: Address
    campaign: str | None
    fields: Fields
    meta: Mapping[str, Any]


def _check_name(place: AddressParts, address: Address) -> None:
    """Raise ValueError for a name that a create would refuse."""
    if place.names:
        try:
            place.kind.clean_identity(place.names[-1])
        except ValueError as error:
            raise ValueError(f"{address}: {full_message(error)}") from error


class _Loader:
    """Loads one seed, and remembers loaded resources to check references."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._now = moment_of(session.now)
        self._directory: dict[str, dict[str, Any]] = {}
        self._planned: dict[str, _Planned] = {}
        self._seqs: dict[str, int] = {}
        self._stamps: dict[float, str] = {}

    def load(self, seed: Mapping[str, Any]) -> None:
        for collection in ("users", "connectors", "forms"):
            for entry in seed.get(collection, ()):
                self._plan_directory(collection, entry)
        self._plan_resources([dict(resource) for resource in seed.get("resources", ())])
        self._insert()
        self._insert_interactions(seed.get("interactions", ()))
        self._insert_agents(seed.get("agents", ()))
        self._insert_audit(seed.get("audit", ()))

    def _plan_directory(self, collection: str, entry: Mapping[str, Any]) -> None:
        address = join(collection, entry["name"])
        self._directory[identity(address)] = {
            "address": address,
            "collection": collection,
            "campaign": None,
            "size": 0,
            "body": orjson.dumps({"address": address, **entry}),
        }

    def _plan_resources(self, given: list[dict[str, Any]]) -> None:
        present = {identity(resource["address"]) for resource in given}
        system = [join(kind.collection, n) for kind in KINDS for n in sorted(kind.system_names)]
        for address in system:
            if identity(address) not in present:
                given.append({"address": address, "updated_by": _SYSTEM})
        given.sort(key=lambda resource: resource["address"].count("/"))  # parents before children
        for resource in given:
            place = parse_address(resource.pop("address"))
            meta = {name: resource.pop(name) for name in _META if name in resource}
            address = lookup_address(place)
            _check_name(place, address)
            self._plan(place.kind, address, place.campaign, resource, meta)
            if place.kind.holds_resources:
                for kind, own in campaign_parts(name_of(address)):
                    self._plan(kind, own, name_of(address), {}, meta)

    def _plan(
        self,
        kind: Kind,
        address: Address,
        campaign: str | None,
        given: Mapping[str, Any],
        meta: Mapping[str, Any],
    ) -> None:
        parent = address.rpartition("/")[0]
        if campaign is not None:
            self._check_exists(address, join("campaigns", campaign))
        if parent.count("/") > (0 if campaign is None else 2):
            self._check_exists(address, parent)
        if identity(address) in self._planned and kind.life is Life.ENTRY:
            raise ValueError(f"{address} is in the seed twice")
        patch = merged({}, dict(given), kind.replaced_whole)
        try:
            fields = rules.complete(kind, address, patch if isinstance(patch, dict) else {})
        except Refusal as refusal:
            raise ValueError(f"{address}: {refusal.detail}") from refusal
        self._planned[identity(address)] = _Planned(kind, address, campaign, fields, meta)

    def _check_exists(self, address: str, needed: str) -> None:
        if identity(needed) not in self._planned and identity(needed) not in self._directory:
            raise ValueError(f"{address}: {needed} does not exist")

    def _insert(self) -> None:
        links: list[tuple[str, Link]] = []
        rows = list(self._directory.values())
        for key, planned in self._planned.items():
            self._check_references(planned)
            named = rules.links_of(planned.kind, planned.address, planned.fields)
            links += [(key, link) for link in named]
            rows.append(self._row(planned))
        for stored in self._session.insert(rows):
            self._seqs[identity(stored.address)] = stored.seq
        self._session.add_links([(self._seqs[key], link) for key, link in links])

    def _check_references(self, planned: _Planned) -> None:
        for reference in planned.kind.references(planned.address, planned.fields):
            candidates = map(identity, reference.candidates)
            if not any(key in self._planned or key in self._directory for key in candidates):
                raise ValueError(
                    f"{planned.address}: {reference.path}: "
                    f"the {reference.noun} '{reference.name}' does not exist"
                )

    def _row(self, planned: _Planned) -> dict[str, Any]:
        updated = self._ago(planned.meta.get("updated_hours_ago", _AGE_HOURS))
        created = self._ago(planned.meta.get("created_hours_ago", _AGE_HOURS))
        return row_of(
            planned.kind,
            planned.address,
            planned.campaign,
            planned.fields,
            created=min(created, updated),
            updated=updated,
            by=planned.meta.get("updated_by", "admin"),
        )

    def _insert_interactions(self, patterns: Iterable[Mapping[str, Any]]) -> None:
        items: list[tuple[dict[str, Any], list[int]]] = []
        for pattern in patterns:
            items.extend(self._interactions_of(pattern, len(items)))
        items.sort(key=lambda pair: pair[0]["at"])
        for number, (item, _) in enumerate(items, 1):
            item["id"] = number
        insert_interactions(self._session, items)

    def _interactions_of(
        self, pattern: Mapping[str, Any], before: int
    ) -> Iterator[tuple[dict[str, Any], list[int]]]:
        count, newest = pattern.get("count", 1), pattern.get("newest_hours_ago", 1)
        step = (pattern.get("oldest_hours_ago", newest) - newest) / max(count - 1, 1)
        used = [self._seq(pattern[name]) for name in REFERENCE_FIELDS if name in pattern]
        users = pattern.get("users", [pattern.get("user")])
        shared = {
            "id": 0,
            "channel": None,
            "inbound": True,
            "customer": None,
            **dict.fromkeys(REFERENCE_FIELDS),
            **{name: value for name, value in pattern.items() if name not in _PATTERN},
            "open": pattern.get("open", False),
        }
        self._seq(join("campaigns", shared["campaign"]))
        for number in range(count):
            user = users[(before + number) % len(users)]
            yield {**shared, "user": user, "at": self._ago(newest + step * number)}, used

    def _insert_agents(self, agents: Iterable[Mapping[str, Any]]) -> None:
        insert_agents(
            self._session,
            [
                (
                    {
                        "user": agent["user"],
                        "status": agent["status"],
                        "campaign": agent.get("campaign"),
                        "since": self._ago(agent.get("since_minutes_ago", 0) / 60),
                    },
                    self._seq(agent["status"]),
                )
                for agent in agents
            ],
        )

    def _insert_audit(self, entries: Iterable[Mapping[str, Any]]) -> None:
        for entry in sorted(entries, key=lambda entry: -entry.get("hours_ago", 0)):
            self._session.log(
                audit.row_of(
                    at=self._ago(entry.get("hours_ago", 0)),
                    by=entry["by"],
                    address=entry["address"],
                    action=entry.get("action", "update"),
                    changes=entry.get("changes", []),
                )
            )

    def _seq(self, address: str) -> int:
        seq = self._seqs.get(identity(address))
        if seq is None:
            raise ValueError(f"the seed's traffic refers to {address}, which is not in the seed")
        return seq

    def _ago(self, hours: float) -> str:
        known = self._stamps.get(hours)
        if known is None:
            known = self._stamps[hours] = stamp(self._now - timedelta(hours=hours))
        return known
