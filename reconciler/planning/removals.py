"""Deletes, and resources that stop being managed.

A plan deletes what the ledger has and git no longer declares, what a complete list or an exclusive
collection does not name, and what a `remove:` names. It never deletes a default of the platform.
Everything below a deleted resource is a separate change that sends nothing. A resource with
`on_remove: keep` is forgotten. In a complete list it stays tracked instead: untracked, the next
plan would delete it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds.address import ancestors, identity, is_campaign, parent_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredList
from reconciler.manifests.source import Source
from reconciler.planning.change import Action, Change, Reason, ledger_facts
from reconciler.planning.effects.lost_edits import entry_with_differing_fields, lost_edits
from reconciler.planning.renames import resolve_renames
from reconciler.planning.skipped import Skipped
from reconciler.state.ledger import Ledger, LedgerEntry


@dataclass(slots=True)
class Removals:
    """Collects deletes and forgets, one for each identity."""

    desired: Desired
    live: Mapping[str, LiveResource]
    """Live resources after the renames, by identity."""
    entries: Mapping[str, LedgerEntry]
    """Ledger entries after the renames, by identity."""
    foreign: Mapping[str, str]
    """The projects that own other resources, by identity."""
    snapshot: Snapshot
    skipped: Skipped
    found: dict[str, Change] = field(default_factory=dict)
    _children: dict[str, list[LiveResource]] | None = None

    def collect(self, replaced: Mapping[str, LiveResource]) -> dict[str, Change]:
        """All deletes and forgets; `replaced` are the resources that replaces delete."""
        for key, old in replaced.items():
            if identity(old.address) not in self.desired.resources:
                self._delete(old, Reason.REPLACED)
                self._carry_over(old, self.desired.resources[key].fields)
        for listed in self.desired.lists.values():
            self._collect_from_list(listed)
        for entry in sorted(self.entries.values(), key=_depth):
            self._collect_entry(entry)
        return self.with_cascades()

    def with_cascades(self) -> dict[str, Change]:
        """What was found, and a delete for each resource below a deleted one."""
        for change in [c for c in self.found.values() if c.action is Action.DELETE]:
            self._add_cascade(change)
        return self.found

    def _collect_from_list(self, listed: DesiredList) -> None:
        for address, source in listed.removes:
            resource = self.live.get(identity(address))
            if resource is not None:
                self._delete(resource, Reason.REMOVE_LISTED, source)
        if not listed.complete:
            return
        exclusive = "/" not in listed.address and KINDS.of_collection(listed.address) is not None
        reason = Reason.NOT_IN_EXCLUSIVE_COLLECTION if exclusive else Reason.NOT_IN_COMPLETE_LIST
        for resource in self.children(identity(listed.address)):
            if identity(resource.address) not in self.desired.resources:
                self._delete(resource, reason, listed.source)

    def _collect_entry(self, entry: LedgerEntry) -> None:
        key = identity(entry.address)
        if key in self.desired.resources or key in self.found or self._is_kept_in_list(entry):
            return
        if self.snapshot.why_unknown(entry.address) is not None:
            return
        if self.skipped.is_kept(entry.address):
            return
        resource = self.live.get(key)
        if resource is None:
            self._forget(entry, Reason.GONE)
        elif entry.on_remove == "keep":
            self._forget(entry, Reason.KEPT)
        elif resource.kind.life is not Life.ENTRY:
            if not self._is_parent_deleted(key):
                self._forget(entry, Reason.RELEASED)
        elif entry.form == "nested" and not self._is_parent_deleted(key):
            self._forget(entry, Reason.RELEASED)
        elif entry.form == "standalone":
            self._delete(resource, Reason.REMOVED_FROM_GIT)

    def _is_kept_in_list(self, entry: LedgerEntry) -> bool:
        key = identity(entry.address)
        listed = self.desired.lists.get(parent_of(key))
        return (
            entry.on_remove == "keep"
            and listed is not None
            and listed.complete
            and key in self.live
            and key not in self.desired.resources
        )

    def _is_parent_deleted(self, key: str) -> bool:
        """Whether something above it is deleted. Parents are collected before their children."""
        changes = (self.found.get(parent) for parent in ancestors(key))
        return any(change is not None and change.action is Action.DELETE for change in changes)

    def _delete(self, resource: LiveResource, reason: Reason, source: Source | None = None) -> None:
        key = identity(resource.address)
        if key in self.found or resource.kind.life is not Life.ENTRY:
            return
        entry = self.entries.get(key)
        if resource.kind.is_system_default(resource.address):
            if entry is not None:
                self._forget(entry, Reason.PLATFORMS_OWN)
            return
        if entry is not None and entry.on_remove == "keep":
            if not self._is_kept_in_list(entry):
                self._forget(entry, Reason.KEPT)
            return
        if self.skipped.must_keep(resource.address):
            return
        self.found[key] = Change.delete(
            resource,
            reason=reason,
            differences=lost_edits(resource, entry),
            source=source,
            **ledger_facts(entry, self.foreign.get(key, "")),
        )

    def _carry_over(self, old: LiveResource, then: Fields) -> None:
        """Keep as lost only the edits that the replacing resource does not have."""
        key = identity(old.address)
        change, entry = self.found.get(key), self.entries.get(key)
        if change is not None and entry is not None and change.differences:
            lost = lost_edits(old, entry_with_differing_fields(old, entry, then))
            self.found[key] = replace(change, differences=lost)

    def _forget(self, entry: LedgerEntry, reason: Reason) -> None:
        key = identity(entry.address)
        live = self.live.get(key)
        fields = live.fields if live is not None else None
        self.found[key] = Change.forget(entry, fields, reason=reason)

    def _add_cascade(self, change: Change) -> None:
        for resource in self._below(identity(change.address)):
            key = identity(resource.address)
            entry = self.entries.get(key)
            if self._is_untouched(resource, entry):
                continue
            self.found[key] = Change.delete(
                resource,
                reason=Reason.PARENT_DELETED,
                cascaded=True,
                differences=lost_edits(resource, entry),
                **ledger_facts(entry, self.foreign.get(key, "")),
            )

    def _is_untouched(self, resource: LiveResource, entry: LedgerEntry | None) -> bool:
        """Whether every campaign has it, and nobody manages it or changed its defaults."""
        kind = resource.kind
        if kind.life is Life.ENTRY or entry is not None:
            return False
        if identity(resource.address) in self.foreign:
            return False
        return resource.fields == kind.with_defaults(resource.address, {})

    def _below(self, key: str) -> Iterator[LiveResource]:
        if is_campaign(key):
            for kind in KINDS:
                yield from self._tree(f"{key}/{kind.collection}")
                if kind.life is Life.ORDERED_LIST and f"{key}/{kind.collection}" in self.live:
                    yield self.live[f"{key}/{kind.collection}"]
            return
        yield from self._tree(key)

    def _tree(self, key: str) -> Iterator[LiveResource]:
        for child in self.children(key):
            yield child
            yield from self._tree(identity(child.address))

    def children(self, key: str) -> list[LiveResource]:
        """The live resources directly below a list or a parent, given by identity."""
        if self._children is None:
            self._children = {}
            for where, resource in self.live.items():
                self._children.setdefault(parent_of(where), []).append(resource)
        return self._children.get(key, [])


def planned_removal(
    address: str, desired: Desired, live: Snapshot, ledger: Ledger
) -> Action | None:
    """What an apply would do to a resource: delete or forget; None when it does neither."""
    skipped = Skipped(live)
    skipped.collect(desired.resources)
    planned = [each for each in desired.resources.values() if not skipped.includes(each.address)]
    settled = resolve_renames(planned, live.resources, ledger.entries)
    removals = Removals(desired, settled.live, settled.entries, ledger.foreign, live, skipped)
    change = removals.collect(settled.replaced).get(identity(address))
    return change.action if change is not None else None


def _depth(entry: LedgerEntry) -> int:
    return entry.address.count("/")
