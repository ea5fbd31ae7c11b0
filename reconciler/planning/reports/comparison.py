"""How two environments, two platforms or two plans differ, resource by resource.

A report for people: nothing is decided by it. Names that an environment maps must be restored to
the names in git first (`compare` does not translate names).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.deep_differences import (
    ValueDifference,
    keyed_lists_of,
    value_differences,
)
from reconciler.planning.plan import Plan

_IMAGES = ("before", "after")


class Presence(Enum):
    """On which of the two sides a resource is."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Compared:
    """One resource on one side. `kind` is the name of its kind."""

    address: Address
    kind: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class ResourceDifference:
    """A resource that differs; `differences` is empty where it is on one side only."""

    address: Address
    kind: str
    presence: Presence
    differences: tuple[ValueDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between `first` and `second` (their names), sorted by address.

    `equal` counts the resources that are the same. `unread` maps a collection or resource that
    could not be read on either side to the reason: what is in it was not compared.
    """

    first: str
    second: str
    resources: tuple[ResourceDifference, ...]
    equal: int
    unread: Mapping[str, Message]

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs in what was compared."""
        return not self.resources

    def present(self, presence: Presence) -> tuple[ResourceDifference, ...]:
        """The differing resources that are on these sides."""
        return tuple(found for found in self.resources if found.presence is presence)


def compare(
    first: tuple[str, Mapping[str, Compared]],
    second: tuple[str, Mapping[str, Compared]],
    unread: Mapping[str, Message] | None = None,
) -> Comparison:
    """Compare two sides, each a name and its resources by identity of their address."""
    keys = {**first[1], **second[1]}
    found = sorted(
        (
            difference
            for key in keys
            if (difference := _difference(first[1].get(key), second[1].get(key)))
        ),
        key=lambda difference: difference.address,
    )
    return Comparison(first[0], second[0], tuple(found), len(keys) - len(found), unread or {})


def _difference(first: Compared | None, second: Compared | None) -> ResourceDifference | None:
    if first is not None and second is not None:
        differences = value_differences(
            first.fields, second.fields, keyed_lists_of(first.kind, _IMAGES)
        )
        if not differences:
            return None
        return ResourceDifference(first.address, first.kind, Presence.BOTH, differences)
    if first is not None:
        return ResourceDifference(first.address, first.kind, Presence.FIRST)
    if second is not None:
        return ResourceDifference(second.address, second.kind, Presence.SECOND)
    return None


def compare_plans(
    first: Plan, second: Plan, *, names: tuple[str, str] = ("first", "second")
) -> Comparison:
    """Compare what two plans would do, and what their guards found."""
    return compare((names[0], _of_plan(first)), (names[1], _of_plan(second)))


def _kind_at(address: str) -> str:
    kind = KINDS.of_address(address)
    return "" if kind is None else kind.name


def _of_plan(plan: Plan) -> dict[str, Compared]:
    findings: dict[str, list[JsonValue]] = {}
    for finding in plan.findings:
        found = findings.setdefault(identity(finding.address), [])
        found.append(f"{finding.code}: {finding.severity}")
    entries = {
        identity(finding.address): Compared(
            Address(finding.address),
            _kind_at(finding.address),
            _findings(finding.address, findings),
        )
        for finding in plan.findings
    }
    for change in plan.changes:
        fields = _findings(change.address, findings)
        fields |= {"action": change.action.value}
        fields |= {"before": dict(change.before or {}), "after": dict(change.after or {})}
        if change.previous_address is not None:
            fields["previous_address"] = change.previous_address
        entries[identity(change.address)] = Compared(change.address, change.kind, fields)
    for consequence in plan.consequences:
        key = identity(consequence.address)
        entry = entries.get(key) or Compared(consequence.address, consequence.kind, {})
        result: Fields = {
            f"consequences.{consequence.field}": {
                "before": consequence.before,
                "after": consequence.after,
            }
        }
        entries[key] = replace(entry, fields={**entry.fields, **result})
    return entries


def _findings(address: str, findings: Mapping[str, list[JsonValue]]) -> Fields:
    found = findings.get(identity(address))
    return {} if found is None else {"findings": found}
