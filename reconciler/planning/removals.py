"""What leaves: deletes, and resources that stop being tracked.

Deletes reach what the ledger owns, what a complete list or an exclusive collection does not name,
and what a `remove:` names; nothing else, and never a default of the platform, which is only let
go. A deleted parent takes its descendants along, each a change of its own that sends nothing. What
is to be kept is forgotten, except inside a list that is complete: there it stays tracked, since as
a stranger it would be deleted by the next plan.
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
from reconciler.planning.change import Action, Change, Reason, Tracking
from reconciler.planning.effects.lost_edits import entry_with_differing_fields, lost_edits
from reconciler.planning.renames import resolve_renames
from reconciler.planning.skipped import Skipped
from reconciler.state.ledger import Ledger, LedgerEntry


@dataclass(slots=True)
class Removals:
    """Collects the changes that take things away, one per identity.

    `live` and `entries` are as the renames leave them; `foreign` maps what other projects own to
    their names.
    """

    desired: Desired
    live: Mapping[str, LiveResource]
    entries: Mapping[str, LedgerEntry]
    foreign: Mapping[str, str]
    snapshot: Snapshot
    unseen: Skipped
    found: dict[str, Change] = field(default_factory=dict)
    _children: dict[str, list[LiveResource]] | None = None

    def collect(self, replaced: Mapping[str, LiveResource]) -> dict[str, Change]:
        """Every removal; `replaced` are the old halves of replaces."""
        for key, old in replaced.items():
            if identity(old.address) not in self.desired.resources:
                self._delete(old, Reason.REPLACED)
                self._carry_over(old, self.desired.resources[key].fields)
        for listed in self.desired.lists.values():
            self._of_list(listed)
        for entry in sorted(self.entries.values(), key=_depth):
            self._of_entry(entry)
        for change in [c for c in self.found.values() if c.action is Action.DELETE]:
            self.cascade(change)
        return self.found

    def _of_list(self, listed: DesiredList) -> None:
        for address, source in listed.removes:
            one = self.live.get(identity(address))
            if one is not None:
                self._delete(one, Reason.REMOVE_LISTED, source)
        if not listed.complete:
            return
        exclusive = "/" not in listed.address and KINDS.of_collection(listed.address) is not None
        reason = Reason.NOT_IN_EXCLUSIVE_COLLECTION if exclusive else Reason.NOT_IN_COMPLETE_LIST
        for one in self.children(identity(listed.address)):
            if identity(one.address) not in self.desired.resources:
                self._delete(one, reason, listed.source)

    def _of_entry(self, entry: LedgerEntry) -> None:
        key = identity(entry.address)
        if key in self.desired.resources or key in self.found or self._is_kept_in_list(entry):
            return
        if self.snapshot.why_unknown(entry.address) is not None:
            return
        if self.unseen.is_spared(entry.address):
            return
        one = self.live.get(key)
        if one is None:
            self._forget(entry, Reason.GONE)
        elif entry.on_remove == "keep":
            self._forget(entry, Reason.KEPT)
        elif one.kind.life is not Life.ENTRY:
            if not self._parent_goes(key):
                self._forget(entry, Reason.RELEASED)
        elif entry.form == "nested" and not self._parent_goes(key):
            self._forget(entry, Reason.RELEASED)
        elif entry.form == "standalone":
            self._delete(one, Reason.REMOVED_FROM_GIT)

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

    def _parent_goes(self, key: str) -> bool:
        """Whether something above is deleted; parents are looked at before what is below them."""
        found = (self.found.get(parent) for parent in ancestors(key))
        return any(one is not None and one.action is Action.DELETE for one in found)

    def _delete(self, one: LiveResource, reason: Reason, source: Source | None = None) -> None:
        key = identity(one.address)
        if key in self.found or one.kind.life is not Life.ENTRY:
            return
        entry = self.entries.get(key)
        if one.kind.is_system_default(one.address):
            if entry is not None:
                self._forget(entry, Reason.PLATFORMS_OWN)
            return
        if entry is not None and entry.on_remove == "keep":
            if not self._is_kept_in_list(entry):
                self._forget(entry, Reason.KEPT)
            return
        if self.unseen.spares(one.address):
            return
        self.found[key] = Change(
            address=one.address,
            kind=one.kind.name,
            action=Action.DELETE,
            reason=reason,
            before=one.fields,
            differences=lost_edits(one, entry),
            source=source,
            unowned=entry is None,
            protected=entry is not None and entry.protect,
            owner=self.foreign.get(key, ""),
            previous_tracking=tracking_of(entry),
        )

    def _carry_over(self, old: LiveResource, then: Fields) -> None:
        """Edits that what takes its place has too are not lost."""
        key = identity(old.address)
        change, entry = self.found.get(key), self.entries.get(key)
        if change is not None and entry is not None and change.differences:
            lost = lost_edits(old, entry_with_differing_fields(old, entry, then))
            self.found[key] = replace(change, differences=lost)

    def _forget(self, entry: LedgerEntry, reason: Reason) -> None:
        one = self.live.get(identity(entry.address))
        self.found[identity(entry.address)] = Change(
            address=entry.address,
            kind=entry.kind,
            action=Action.FORGET,
            reason=reason,
            before=one.fields if one is not None else None,
            after=one.fields if one is not None else None,
            previous_tracking=tracking_of(entry),
        )

    def cascade(self, change: Change) -> None:
        """Find what a delete takes along with it."""
        for one in self._below(identity(change.address)):
            key = identity(one.address)
            entry = self.entries.get(key)
            if self._is_untouched(one, entry):
                continue
            self.found[key] = Change(
                address=one.address,
                kind=one.kind.name,
                action=Action.DELETE,
                reason=Reason.PARENT_DELETED,
                before=one.fields,
                differences=lost_edits(one, entry),
                cascaded=True,
                unowned=entry is None,
                protected=entry is not None and entry.protect,
                owner=self.foreign.get(key, ""),
                previous_tracking=tracking_of(entry),
            )

    def _is_untouched(self, one: LiveResource, entry: LedgerEntry | None) -> bool:
        """Whether it is always there with its campaign, and nobody manages it or set it up."""
        if entry is not None or identity(one.address) in self.foreign:
            return False
        return one.kind.life is not Life.ENTRY and one.fields == one.kind.with_defaults(
            one.address, {}
        )

    def _below(self, key: str) -> Iterator[LiveResource]:
        if is_campaign(key):
            for kind in KINDS:
                yield from self._tree(f"{key}/{kind.collection}")
                if kind.life is Life.ORDERED_LIST and f"{key}/{kind.collection}" in self.live:
                    yield self.live[f"{key}/{kind.collection}"]
            return
        yield from self._tree(key)

    def _tree(self, key: str) -> Iterator[LiveResource]:
        for one in self.children(key):
            yield one
            yield from self._tree(identity(one.address))

    def children(self, key: str) -> list[LiveResource]:
        """The live resources directly below a list's or a parent's identity."""
        if self._children is None:
            self._children = {}
            for where, one in self.live.items():
                self._children.setdefault(parent_of(where), []).append(one)
        return self._children.get(key, [])


def planned_removal(
    address: str, desired: Desired, live: Snapshot, ledger: Ledger
) -> Action | None:
    """Whether an apply would delete or forget what is at an address; None where it does neither."""
    unseen = Skipped(live)
    unseen.leave(desired.resources)
    wanted = [one for one in desired.resources.values() if not unseen.takes(one.address)]
    settled = resolve_renames(wanted, live.resources, ledger.entries)
    removals = Removals(desired, settled.live, settled.entries, ledger.foreign, live, unseen)
    change = removals.collect(settled.replaced).get(identity(address))
    return change.action if change is not None else None


def tracking_of(entry: LedgerEntry | None) -> Tracking | None:
    """What the ledger says of a resource, as a change tells it."""
    if entry is None:
        return None
    return Tracking(entry.form, entry.fields, entry.protect, entry.on_remove)


def _depth(entry: LedgerEntry) -> int:
    return entry.address.count("/")
