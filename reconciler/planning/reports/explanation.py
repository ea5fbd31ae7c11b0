"""One resource explained field by field: values for the views.

Pure: everything is told from git, the ledger, the platform and its audit as they are passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from reconciler.kinds.absent import ABSENT, OptionalValue, null_if_absent
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.keyed_lists import entries_by_identity
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import AuditEntry, LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.planning.change import Action
from reconciler.planning.merge import managed_fields, merge_complete, without_drift
from reconciler.state.ledger import LedgerEntry


class FieldState(StrEnum):
    """What a field's three values say together."""

    SAME = "same"
    """Live is what git says."""
    CHANGED_IN_GIT = "changed-in-git"
    """Git says something new; an apply would write it."""
    DRIFTED = "drifted"
    """Somebody changed it on the platform; an apply would put it back."""
    CONFLICT = "conflict"
    """Changed in git and on the platform, to different values."""
    UNOWNED = "unowned"
    """Git says another value than the platform has, and nothing was ever applied."""
    MISSING = "missing"
    """Git has it and the platform does not have the resource."""
    IGNORED = "ignored"
    """Set when it was created, then left to people."""
    RELEASED = "released"
    """Applied once, no longer in git: the platform keeps what it has."""
    UNMANAGED = "unmanaged"
    """Not in git: read, shown, never changed."""
    REMOVED = "removed"
    """On the platform, and taken out by what git says of the whole."""
    GOING = "going"
    """Not in git, and deleted with the whole resource."""
    UNKNOWN = "unknown"
    """In git, and whether the platform has it could not be read."""


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """One field by its path; None for a value that is not there, which the `in_…` flags tell
    from a null. `by` and `at` (RFC 3339) are of the last change the audit log knows of."""

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
    """What is to be known of a resource as a whole.

    `owner` is another project that owns it, `removal` what an apply would do to it where it
    leaves, delete or forget; `unknown` is why it cannot be seen on the platform.
    """

    owner: str = ""
    removal: Action | None = None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One resource: where it is, whose it is, and each of its fields.

    `updated_by` and `updated_at` are the platform's own word; `audit` holds the latest entries,
    newest first.
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
    """Put the three sides of a resource beside each other.

    `audit` is newest first; `positions` says where in the manifests a field stands, by path.
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
    """One place on every side, and what becomes of live there: `planned` once git is applied,
    `untouched` had nobody changed what was applied. Git and ledger may tell a part of it only."""

    git: OptionalValue
    applied: OptionalValue
    live: OptionalValue
    planned: OptionalValue
    untouched: OptionalValue

    def all(self) -> tuple[OptionalValue, ...]:
        """Every side's value."""
        return self.git, self.applied, self.live, self.planned, self.untouched

    def field(self, name: str) -> _Values:
        """The same of one field of an object."""
        sides = (one if isinstance(one, dict) else {} for one in self.all())
        return _Values(*(side.get(name, ABSENT) for side in sides))


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
        whole = self._whole()
        for name in self.kind.field_names(address):
            values = whole.field(name)
            if name in self.kind.keyed_lists and any(isinstance(v, list) for v in values.all()):
                yield from self._entries(name, self.kind.keyed_lists[name], values)
            elif any(isinstance(one, dict) and one for one in values.all()):
                yield from self._parts(name, values)
            elif any(one is not ABSENT for one in values.all()):
                yield self._field(name, name, values)

    def _whole(self) -> _Values:
        git: Fields = self.desired.fields if self.desired is not None else {}
        applied: Fields = self.entry.fields if self.entry is not None else {}
        live: Fields = self.live.fields if self.live is not None else {}
        if self.desired is None or self.live is None:
            return _Values(git, applied, live, live, live)
        managed = managed_fields(self.desired, creating=False)
        planned = merge_complete(self.desired, live, managed)
        return _Values(git, applied, live, planned, without_drift(self.desired, live, applied))

    def _parts(self, name: str, values: _Values) -> Iterator[FieldExplanation]:
        """An object part by part; whole where a side has another shape (`schedule: always`)."""
        sides = [one for one in values.all() if one is not ABSENT]
        if not all(isinstance(one, dict) for one in sides):
            yield self._field(name, name, values)
            return
        for part in dict.fromkeys(one for side in sides if isinstance(side, dict) for one in side):
            yield self._field(f"{name}.{part}", name, values.field(part))

    def _entries(self, name: str, key: str, values: _Values) -> Iterator[FieldExplanation]:
        by_key = [entries_by_identity(one, key) for one in values.all()]
        for entry in dict.fromkeys(one for side in by_key for one in side):
            label = next(side[entry][key] for side in by_key if entry in side)
            found = _Values(*(side.get(entry, ABSENT) for side in by_key))
            yield self._field(f"{name}[{label}]", name, found)

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
            if any(_top(change.path) == name for change in entry.changes):
                return entry.by, entry.at
        return "", ""


def _state_outside_git(values: _Values) -> FieldState:
    if values.live is not ABSENT and values.planned is ABSENT:
        return FieldState.REMOVED
    return FieldState.UNMANAGED if values.applied is ABSENT else FieldState.RELEASED


def _top(path: str) -> str:
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
