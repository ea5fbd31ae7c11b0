"""One resource explained field by field, from git, the ledger, the platform and its audit log.

Pure: all of these are parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from reconciler.kinds.absent import ABSENT, OptionalValue, null_if_absent
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import AuditEntry, LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.message import NO_MESSAGE, Message
from reconciler.planning.change import Action
from reconciler.planning.merge import managed_fields, merge_complete, without_drift
from reconciler.planning.three_way import Field
from reconciler.state.ledger import LedgerEntry


class FieldState(StrEnum):
    """What the three values of a field mean together."""

    SAME = "same"
    """The live value matches git."""
    CHANGED_IN_GIT = "changed-in-git"
    """Git has a new value; an apply would write it."""
    DRIFTED = "drifted"
    """Somebody changed it on the platform; an apply would revert it."""
    CONFLICT = "conflict"
    """Changed in git and on the platform, to different values."""
    UNOWNED = "unowned"
    """Git and the platform differ, and nothing was ever applied."""
    MISSING = "missing"
    """In git, and the resource is not on the platform."""
    IGNORED = "ignored"
    """Set when the resource was created, then left to people."""
    RELEASED = "released"
    """Applied before and no longer in git; the platform keeps its value."""
    UNMANAGED = "unmanaged"
    """Not in git: read and shown, never changed."""
    REMOVED = "removed"
    """On the platform, and removed because the list in git is complete."""
    GOING = "going"
    """Not in git, and deleted together with the resource."""
    UNKNOWN = "unknown"
    """In git, and the platform could not be read."""


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """One field by its path.

    None is null or no value: the flags `in_git`, `in_ledger` and `on_platform` distinguish them.
    `by` and `at` (RFC 3339) are about the last change in the audit log.
    """

    path: str
    state: FieldState
    git: JsonValue = None
    applied: JsonValue = None
    live: JsonValue = None
    in_git: bool = False
    in_ledger: bool = False
    on_platform: bool = False
    source: Source | None = None
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    """Facts about a resource as a whole.

    `owner` is another project that owns it. `removal` is delete or forget when an apply would do
    that. `unknown` is why the platform's resource could not be read.
    """

    owner: str = ""
    removal: Action | None = None
    unknown: Message = NO_MESSAGE


@dataclass(frozen=True, slots=True)
class Explanation:
    """One resource: where it exists, who owns it, and each of its fields.

    `updated_by` and `updated_at` are the platform's; `audit` has the latest entries, newest first.
    """

    address: Address
    kind: str
    source: Source | None
    in_git: bool
    tracked: bool
    on_platform: bool
    circumstances: ResourceStatus
    protected: bool = False
    kept_on_removal: bool = False
    updated_by: str = ""
    updated_at: str = ""
    fields: tuple[FieldExplanation, ...] = ()
    audit: tuple[AuditEntry, ...] = ()


def explain(
    address: Address,
    *,
    desired: DesiredResource | None,
    entry: LedgerEntry | None,
    live: LiveResource | None,
    audit: Sequence[AuditEntry],
    positions: Mapping[str, Source],
    circumstances: ResourceStatus,
) -> Explanation:
    """The explanation of a resource.

    `audit` is newest first; `positions` has the place of each declared field, by path.
    """
    kind = parse_address(address).kind
    sides = _Sides(kind, desired, entry, live, audit, positions, circumstances)
    return Explanation(
        address=live.address if live is not None else address,
        kind=kind.name,
        source=desired.source if desired is not None else None,
        in_git=desired is not None,
        tracked=entry is not None,
        on_platform=live is not None,
        circumstances=circumstances,
        protected=entry is not None and entry.protect,
        kept_on_removal=entry is not None and entry.on_remove == "keep",
        updated_by=live.updated_by if live is not None else "",
        updated_at=live.updated_at if live is not None else "",
        fields=tuple(sides.fields(address)),
        audit=tuple(audit),
    )


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one field.

    `planned` is the live value after an apply, `untouched` the one without people's edits. Git and
    ledger may have only a part of an object.
    """

    git: OptionalValue
    applied: OptionalValue
    live: OptionalValue
    planned: OptionalValue
    untouched: OptionalValue


@dataclass(frozen=True, slots=True)
class _Sides:
    kind: Kind
    desired: DesiredResource | None
    entry: LedgerEntry | None
    live: LiveResource | None
    audit: Sequence[AuditEntry]
    positions: Mapping[str, Source]
    circumstances: ResourceStatus

    def fields(self, address: Address) -> Iterator[FieldExplanation]:
        whole = Field(self.kind, "", self._whole())
        for name in self.kind.field_names(address):
            field = whole.field(name)
            present = [value for value in field.values if value is not ABSENT]
            parts = field.parts(present)
            if parts is not None and (parts.fields or parts.lists):
                for part in parts.fields.values():
                    yield self._field(part.path, name, _Values(*part.values))
            elif present:
                yield self._field(name, name, _Values(*field.values))

    def _whole(self) -> tuple[OptionalValue, ...]:
        git: Fields = self.desired.fields if self.desired is not None else {}
        applied: Fields = self.entry.fields if self.entry is not None else {}
        live: Fields = self.live.fields if self.live is not None else {}
        if self.desired is None or self.live is None:
            return git, applied, live, live, live
        managed = managed_fields(self.desired, creating=False)
        planned = merge_complete(self.desired, live, managed)
        return git, applied, live, planned, without_drift(self.desired, live, applied)

    def _field(self, path: str, name: str, values: _Values) -> FieldExplanation:
        git, applied, live = values.git, values.applied, values.live
        by, at = self._last_change(name) if git != live or self.desired is None else ("", "")
        return FieldExplanation(
            path=path,
            state=self._state(name, values),
            git=null_if_absent(git),
            applied=null_if_absent(applied),
            live=null_if_absent(live),
            in_git=git is not ABSENT,
            in_ledger=applied is not ABSENT,
            on_platform=live is not ABSENT,
            source=self._source(path, name) if git is not ABSENT else None,
            by=by,
            at=at,
        )

    def _state(self, name: str, values: _Values) -> FieldState:
        if values.git is ABSENT:
            goes = self.circumstances.removal is Action.DELETE
            return FieldState.GOING if goes else _state_outside_git(values)
        if self.live is None:
            return FieldState.UNKNOWN if self.circumstances.unknown else FieldState.MISSING
        if self.desired is not None and name in self.desired.lifecycle.ignore:
            return FieldState.IGNORED
        return FieldState.SAME if values.planned == values.live else self._state_unlike(values)

    def _state_unlike(self, values: _Values) -> FieldState:
        if self.entry is None:
            return FieldState.UNOWNED
        if values.untouched == values.live:
            return FieldState.CHANGED_IN_GIT
        return FieldState.DRIFTED if values.planned == values.untouched else FieldState.CONFLICT

    def _source(self, path: str, name: str) -> Source | None:
        found = self.positions.get(path) or self.positions.get(name)
        return found or (self.desired.source if self.desired is not None else None)

    def _last_change(self, name: str) -> tuple[str, str]:
        for entry in self.audit:
            if entry.has_field(name):
                return entry.by, entry.at
        return "", ""


def _state_outside_git(values: _Values) -> FieldState:
    if values.live is not ABSENT and values.planned is ABSENT:
        return FieldState.REMOVED
    return FieldState.UNMANAGED if values.applied is ABSENT else FieldState.RELEASED
