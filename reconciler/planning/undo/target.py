"""The state before a run as a target: what the run changed gets back what it had.

Later changes elsewhere stay. When the same field changed again since, the difference has both
origins, so the guard `conflict` blocks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.kinds.address import Address, ancestors, child, identity, name_of, parent_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.renames import address_under_renames
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
from reconciler.planning.target import Target
from reconciler.planning.undo.notes import UndoNotes
from reconciler.planning.undo.reverse_merge import reverse_merge, reverse_tracking
from reconciler.planning.undo.run_effects import RunEffect
from reconciler.state.ledger import Ledger, LedgerEntry


@dataclass(frozen=True, slots=True)
class _Restored:
    """What a resource gets back."""

    fields: Fields
    """Its complete fields after the undo."""
    base: Fields | None
    """Its fields after the run, None when the run deleted it."""
    tracking: Tracking | None


class UndoTarget(Target):
    """The resources that get something back, and the removals of what the run created.

    Addresses are those before the run, unless a name says otherwise. `notes` has what is not
    restored.
    """

    checks_spelling = False

    def __init__(self, effects: Sequence[RunEffect], live: Snapshot, ledger: Ledger) -> None:
        self._wanted: dict[str, DesiredResource] = {}
        super().__init__(Desired(self._wanted, {}, ""), live)
        self.notes = UndoNotes()
        self._live = live
        self._foreign = ledger.foreign
        self._restored: dict[str, _Restored] = {}
        self._removed: dict[str, Change] = {}
        self._created: dict[str, RunEffect] = {}
        readable = [effect for effect in effects if not self._is_unreadable(effect)]
        self._former = {each.key: each.renamed_from for each in readable if each.renamed_from}
        renames = [self._rename(effect) for effect in readable if effect.renamed_from is not None]
        self._settled = resolve_renames(renames, live.resources, ledger.entries)
        self.problems.extend(map(both_names_live, self._settled.spent))
        self._remove_created([effect for effect in readable if effect.is_created])
        self._replacements = {
            identity(each.replaced): self._before(each.address)
            for each in readable
            if each.replaced is not None and self._is_deleted(self._key(each))
        }
        self._add_all([effect for effect in readable if not effect.is_created])

    @property
    def entries(self) -> Mapping[str, LedgerEntry]:
        """The ledger's entries, with the names before the run."""
        return self._settled.entries

    # ---- the rules of a target -----------------------------------------------------------

    def completed(self, wanted: DesiredResource, current: Fields, *, creating: bool) -> Fields:  # noqa: ARG002
        """The fields before the run, with later changes."""
        fields = self._of(wanted).fields
        return current if fields == current else wanted.kind.with_defaults(wanted.address, fields)

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
        if base is not None:
            return differences(wanted.kind, current, after, base)
        found = differences(wanted.kind, current, after, current, applied={})
        return found if is_new else tuple(replace(each, origin=Origin.BOTH) for each in found)

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

    def note_outcome(self) -> None:
        """Note the resources that the planner skipped, and what new ones do not get back."""
        for key, wanted in self._wanted.items():
            if self.skipped.includes(wanted.address):
                self.notes.unread(wanted.address, wanted.kind)
            elif key in self._created:
                self.notes.lost(wanted.address, wanted.kind, self._created[key].usage)

    def _of(self, wanted: DesiredResource) -> _Restored:
        return self._restored[identity(wanted.address)]

    # ---- names ---------------------------------------------------------------------------

    def _is_unreadable(self, effect: RunEffect) -> bool:
        places = filter(None, (effect.address, effect.renamed_from, effect.replaced))
        is_unreadable = any(map(self._live.unread_part, places)) or (
            effect.renamed_from is not None and any(self._live.unreadable_below(effect.address))
        )
        if is_unreadable:
            self.notes.unread(effect.address, effect.kind)
        return is_unreadable

    def _before(self, address: str) -> Address:
        return address_under_renames(address, self._former)

    def _key(self, effect: RunEffect) -> str:
        return identity(self._before(effect.address))

    def _rename(self, effect: RunEffect) -> DesiredResource:
        """The rename that restores a name, declared below the old name of its parent."""
        address = self._before(effect.address)
        return _wanted(address, effect, {}, child(parent_of(address), name_of(effect.address)))

    # ---- what the run created ------------------------------------------------------------

    def _remove_created(self, created: Sequence[RunEffect]) -> None:
        for effect in sorted(created, key=lambda each: each.address.count("/")):
            key = self._key(effect)
            live, entry = self._settled.live.get(key), self.entries.get(key)
            if live is None:
                if entry is not None:
                    self._removed[key] = Change.forget(entry, None, reason=Reason.UNDONE)
            elif self.skipped.is_kept(live.address) or self.skipped.must_keep(live.address):
                self.notes.kept(live.address, effect.kind)
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
            **ledger_facts(entry, self._foreign.get(identity(live.address), "")),
        )

    def _is_removed(self, key: str) -> bool:
        """Whether the undo deletes or forgets it, or deletes something above it."""
        return key in self._removed or any(map(self._is_deleted, ancestors(key)))

    def _is_deleted(self, key: str) -> bool:
        change = self._removed.get(key)
        return change is not None and change.action is Action.DELETE

    # ---- what the run changed or deleted -------------------------------------------------

    def _add_all(self, effects: Sequence[RunEffect]) -> None:
        remaining = [effect for effect in effects if not self._is_removed(self._key(effect))]
        missing = {self._key(effect) for effect in remaining if effect.is_deleted}
        missing -= self._settled.live.keys()
        for effect in remaining:
            key = self._key(effect)
            live = self._settled.live.get(key)
            if live is not None:
                self._revert(effect, live)
            elif key not in missing or (
                effect.kind.life is not Life.ENTRY and missing.isdisjoint(ancestors(key))
            ):
                self.notes.gone(self._before(effect.address), effect.kind)
            else:
                self._restore(effect)

    def _restore(self, effect: RunEffect) -> None:
        """Create a deleted resource again, in place of what replaced it."""
        address, fields = self._before(effect.address), effect.before or {}
        if effect.kind.life is Life.ENTRY:
            self._created[identity(address)] = effect
        replacement = self._replacements.get(effect.key)
        wanted = _wanted(address, effect, fields, replacement)
        self._add(wanted, _Restored(fields, None, effect.tracked_before))

    def _revert(self, effect: RunEffect, live: LiveResource) -> None:
        """Restore the fields that the run changed or deleted, and keep later changes of others."""
        before, after, fields = effect.before, effect.after, live.fields
        owner = self._foreign.get(effect.key, "")
        if effect.by_consequence and owner:
            self.notes.foreign(effect.address, effect.kind, before or {}, owner)
            return
        if effect.is_deleted:
            fields = before or {}
        elif before is not None and after is not None and before != after:
            fields = reverse_merge(effect.kind, before=before, after=after, now=fields)
        changed = {k: v for k, v in fields.items() if k not in live.fields or live.fields[k] != v}
        if effect.renamed_from is not None:
            wanted = replace(self._rename(effect), fields=changed)
        else:
            parent = parent_of(self._before(effect.address))
            wanted = _wanted(child(parent, name_of(live.address)), effect, changed)
        key = identity(wanted.address)
        entry = self.entries.get(key)
        self._add(wanted, _Restored(fields, after, reverse_tracking(effect, entry)))
        if entry is not None and effect.is_tracked_since:
            self._removed[key] = Change.forget(entry, fields, reason=Reason.UNDONE)

    def _add(self, wanted: DesiredResource, restored: _Restored) -> None:
        key = identity(wanted.address)
        self._wanted[key], self._restored[key] = wanted, restored


def _wanted(
    address: Address, effect: RunEffect, fields: Fields, old: Address | None = None
) -> DesiredResource:
    """A resource of the target. It has no file, so the place of a problem is its address."""
    return DesiredResource(address, effect.kind, fields, Source(address, 0), renamed_from=old)
