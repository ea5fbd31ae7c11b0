"""The state before a run as a target: what the run changed gets back what it had.

Later changes elsewhere stay. When the same field changed again since, the difference has both
origins, so the guard `conflict` blocks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.errors import Problem
from reconciler.kinds.address import (
    Address,
    ancestors,
    child,
    identity,
    name_of,
    parent_of,
)
from reconciler.kinds.base import Fields, Life
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.source import Source
from reconciler.planning.change import (
    Action,
    Change,
    Difference,
    Origin,
    Reason,
    Tracking,
    ledger_facts,
)
from reconciler.planning.diff import differences
from reconciler.planning.removals import Removals
from reconciler.planning.renames import both_names_live, resolve_renames
from reconciler.planning.skipped import Skipped
from reconciler.planning.target import Target
from reconciler.planning.undo.notes import UndoNotes
from reconciler.planning.undo.reverse_merge import reverse_merge, reverse_tracking
from reconciler.planning.undo.reverse_renames import FormerNames
from reconciler.planning.undo.run_effects import RunEffect
from reconciler.state.ledger import Ledger, LedgerEntry


@dataclass(frozen=True, slots=True)
class Restored:
    """What one resource gets back."""

    fields: Fields
    """Its complete fields after the undo."""
    base: Fields | None
    """Its fields after the run; None when the run deleted it, and somebody created it again."""
    tracking: Tracking | None


class UndoTarget(Target):
    """The resources that an undo restores, and the changes that remove what the run created."""

    checks_spelling = False

    def __init__(
        self, desired: Desired, restored: Mapping[str, Restored], removed: Mapping[str, Change]
    ) -> None:
        super().__init__(desired)
        self._restored = restored
        self._removed = removed

    def completed(self, wanted: DesiredResource, current: Fields, *, creating: bool) -> Fields:  # noqa: ARG002
        """The fields before the run, with later changes."""
        fields = self._of(wanted).fields
        return fields if fields == current else wanted.kind.with_defaults(wanted.address, fields)

    def differences(
        self,
        wanted: DesiredResource,
        current: Fields,
        after: Fields,
        entry: LedgerEntry | None,  # noqa: ARG002
        *,
        is_new: bool,
    ) -> tuple[Difference, ...]:
        """What changes. What also changed since the run has both origins."""
        base = self._of(wanted).base
        if is_new:
            return differences(wanted.kind, current, after, current, applied={})
        if base is not None:
            return differences(wanted.kind, current, after, base)
        found = differences(wanted.kind, current, after, current)
        return tuple(replace(each, origin=Origin.BOTH, base=None) for each in found)

    def tracking(self, wanted: DesiredResource, *known: LedgerEntry | None) -> Tracking | None:  # noqa: ARG002
        """The ledger's record before the run, with later changes."""
        return self._of(wanted).tracking

    def removals(
        self,
        removals: Removals,
        replaced: Mapping[str, LiveResource],  # noqa: ARG002
    ) -> dict[str, Change]:
        """The removals of what the run created or started to manage."""
        removals.found.update(self._removed)
        return removals.with_cascades()

    def _of(self, wanted: DesiredResource) -> Restored:
        return self._restored[identity(wanted.address)]


@dataclass(slots=True)
class UndoTargetBuilder:
    """Computes the target of an undo from what the run did.

    Addresses are those before the run, unless a name says otherwise. `notes` gets what cannot be
    restored, `skipped` what is not deleted because something in it cannot be read.
    """

    live: Snapshot
    ledger: Ledger
    notes: UndoNotes
    skipped: Skipped
    problems: list[Problem] = field(default_factory=list)
    _names: FormerNames = field(default_factory=FormerNames)
    _resources: dict[str, LiveResource] = field(default_factory=dict)
    """Live resources after the names are restored."""
    entries: dict[str, LedgerEntry] = field(default_factory=dict)
    """Ledger entries after the names are restored."""
    _removed: dict[str, Change] = field(default_factory=dict)
    _wanted: dict[str, DesiredResource] = field(default_factory=dict)
    _restored: dict[str, Restored] = field(default_factory=dict)

    def build(self, effects: Sequence[RunEffect]) -> UndoTarget:
        """The target that takes back these effects."""
        readable = [effect for effect in effects if not self._is_unreadable(effect)]
        self._names = FormerNames.of(readable)
        settled = resolve_renames(self._names.renames(), self.live.resources, self.ledger.entries)
        self.problems.extend(map(both_names_live, settled.spent))
        self._resources, self.entries = settled.live, settled.entries
        self._remove_created([effect for effect in readable if effect.is_created])
        remaining = [
            effect
            for effect in readable
            if not effect.is_created and not self._is_removed(self._key(effect))
        ]
        replacing = {
            identity(effect.replaced): effect.address
            for effect in readable
            if effect.replaced is not None and self._is_deleted(self._key(effect))
        }
        restored = {
            self._key(effect)
            for effect in remaining
            if effect.is_deleted and self._key(effect) not in self._resources
        }
        for effect in remaining:
            live = self._resources.get(self._key(effect))
            if live is not None:
                self._revert(effect, live)
            elif effect.is_deleted and (
                effect.kind.life is Life.ENTRY
                or not restored.isdisjoint(ancestors(self._key(effect)))
            ):
                self._restore(effect, replacing.get(effect.key))
            else:
                self.notes.gone(self._names.before(effect.address), effect.kind)
        return UndoTarget(Desired(self._wanted, {}, ""), self._restored, self._removed)

    def _key(self, effect: RunEffect) -> str:
        return identity(self._names.before(effect.address))

    def _is_unreadable(self, effect: RunEffect) -> bool:
        places = [effect.address, *filter(None, (effect.renamed_from, effect.replaced))]
        is_unreadable = any(self.live.unread_part(place) for place in places) or (
            effect.renamed_from is not None and self.live.unreadable_below(effect.address)
        )
        if is_unreadable:
            self.notes.unread(effect.address, effect.kind)
        return bool(is_unreadable)

    def note_skipped(self) -> None:
        """Note the resources that the planner skipped."""
        for wanted in self._wanted.values():
            if self.skipped.includes(wanted.address):
                self.notes.unread(wanted.address, wanted.kind)

    # ---- what the run created ------------------------------------------------------------

    def _remove_created(self, created: Sequence[RunEffect]) -> None:
        for effect in sorted(created, key=lambda each: each.address.count("/")):
            key = self._key(effect)
            live, entry = self._resources.get(key), self.entries.get(key)
            if live is None:
                if entry is not None:
                    self._removed[key] = Change.forget(entry, None, reason=Reason.UNDONE)
            elif self.skipped.is_kept(live.address) or self.skipped.must_keep(live.address):
                self.notes.add(
                    "Not deleted, because something below it cannot be read now",
                    live.address,
                    effect.kind,
                )
            else:
                self._removed[key] = self._delete(effect, live, entry)

    def _delete(self, effect: RunEffect, live: LiveResource, entry: LedgerEntry | None) -> Change:
        later_edits = differences(effect.kind, live.fields, effect.after or {}, live.fields)
        return Change.delete(
            live,
            reason=Reason.REPLACED if effect.replaced is not None else Reason.UNDONE,
            differences=tuple(
                replace(edit, after=None, origin=Origin.BOTH, base=edit.after)
                for edit in later_edits
            ),
            **ledger_facts(entry, self._owner(live.address)),
        )

    def _is_removed(self, key: str) -> bool:
        """Whether the undo deletes or forgets it, or deletes something above it."""
        return key in self._removed or any(map(self._is_deleted, ancestors(key)))

    def _is_deleted(self, key: str) -> bool:
        change = self._removed.get(key)
        return change is not None and change.action is Action.DELETE

    # ---- what the run changed or deleted -------------------------------------------------

    def _restore(self, effect: RunEffect, replacing: Address | None) -> None:
        """Create a deleted resource again, in place of what replaced it."""
        address, fields = self._names.before(effect.address), effect.before or {}
        if effect.kind.life is Life.ENTRY:
            self.notes.lost(address, effect.kind, effect.usage)
        self._add(
            DesiredResource(
                address,
                effect.kind,
                fields,
                Source(address, 0),
                renamed_from=self._names.before(replacing) if replacing is not None else None,
            ),
            Restored(fields, {}, effect.tracked_before),
        )

    def _revert(self, effect: RunEffect, live: LiveResource) -> None:
        """Restore the fields that the run changed or deleted, and keep later changes of others."""
        before, after = effect.before, effect.after
        owner = self._owner(effect.address)
        if effect.by_consequence and owner:
            self.notes.foreign(effect.address, effect.kind, before or {}, owner)
            return
        fields = live.fields
        if effect.is_deleted:
            fields = before or {}
        elif before is not None and after is not None and before != after:
            fields = reverse_merge(effect.kind, before=before, after=after, now=fields)
        address = self._names.before(effect.address)
        entry = self.entries.get(identity(address))
        if effect.renamed_from is None:
            address = child(parent_of(address), name_of(live.address))
        self._add(
            DesiredResource(
                address,
                effect.kind,
                _changed(live.fields, fields),
                Source(address, 0),
                renamed_from=self._names.name_to_restore(effect),
            ),
            Restored(fields, after, reverse_tracking(effect, entry)),
        )
        if entry is not None and effect.is_tracked_since:
            self._removed[identity(address)] = Change.forget(entry, fields, reason=Reason.UNDONE)

    def _add(self, wanted: DesiredResource, restored: Restored) -> None:
        key = identity(wanted.address)
        self._wanted[key], self._restored[key] = wanted, restored

    def _owner(self, address: str) -> str:
        return self.ledger.foreign.get(identity(address), "")


def _changed(current: Fields, fields: Fields) -> Fields:
    return {k: v for k, v in fields.items() if k not in current or current[k] != v}
