"""Undo: an ordinary plan that puts back what a run did, made from what happened.

Only what the run changed is put back. Where the same has changed since, both sides' change is
told, for `conflict` to stop it; what changed elsewhere stays. The ledger will say again what it
said before, for all that is there to be owned. What nothing brings back is told in the notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from reconciler.errors import PlanRefused
from reconciler.kinds.address import Address, ancestors, identity, name_of, same_identity
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.registry import parent_resource
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.settings import ProjectSettings
from reconciler.planning.change import Action, Change, Difference, Origin, Reason, fingerprint
from reconciler.planning.diff import differences
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.consequences import creates_before_deletes
from reconciler.planning.order import order_changes
from reconciler.planning.plan import Plan
from reconciler.planning.plan_header import draft_plan
from reconciler.planning.references import dangling_references
from reconciler.planning.removals import Removals, tracking_of
from reconciler.planning.renames import ResolvedRenames, both_names_live, resolve_renames
from reconciler.planning.skipped import Skipped
from reconciler.planning.undo.notes import UndoNotes
from reconciler.planning.undo.reverse_merge import reverse_merge, reverse_tracking
from reconciler.planning.undo.reverse_renames import NO_SOURCE, FormerNames
from reconciler.planning.undo.run_effects import RunEffect, run_effects
from reconciler.state.journal import Step
from reconciler.state.ledger import Ledger, LedgerEntry


def make_undo_plan(
    run_plan: Plan,
    steps: Sequence[Step],
    live: Snapshot,
    ledger: Ledger,
    *,
    run_id: str,
    settings: ProjectSettings,
    now: datetime,
) -> Plan:
    """What it takes to put `live` and `ledger` back as they were before a run.

    Raises PlanRefused, saying all that stands in the way, where it cannot be put back.
    """
    made = run_effects(run_plan, steps)
    return _Undoing(made, live, ledger, run_id).plan(settings, now)


@dataclass(slots=True)
class _Undoing:
    """`_settled` is live state and ledger as the renames back leave them; every address below is
    one of before the run. `_stand_ins` maps what the run replaced to what it made in its place."""

    made: Sequence[RunEffect]
    live: Snapshot
    ledger: Ledger
    run_id: str
    problems: list[str] = field(default_factory=list)
    notes: UndoNotes = field(default_factory=UndoNotes)
    _names: FormerNames = field(default_factory=FormerNames)
    _settled: ResolvedRenames = field(default_factory=lambda: ResolvedRenames({}, {}))
    _removals: dict[str, Change] = field(default_factory=dict)
    _stand_ins: dict[str, Address] = field(default_factory=dict)
    _restored: set[str] = field(default_factory=set)
    _unseen: Skipped = field(init=False)

    def __post_init__(self) -> None:
        self._unseen = Skipped(self.live)

    def plan(self, settings: ProjectSettings, now: datetime) -> Plan:
        readable = [one for one in self.made if not self._is_unknown(one)]
        self._settle(readable)
        self._remove([one for one in readable if one.is_created])
        self._stand_ins = {
            identity(one.replaced): one.address
            for one in self.made
            if one.replaced is not None and self._is_deleted(one.key)
        }
        staying = [
            one
            for one in readable
            if not one.is_created and not self._goes(self._back(one.address))
        ]
        self._restored = {
            identity(self._back(one.address))
            for one in staying
            if one.is_deleted and self._live(one) is None
        }
        changes = [change for one in staying for change in self._put_back(one)]
        changes.extend(self._removals.values())
        self._check_references(changes)
        if self.problems:
            raise PlanRefused(
                f"run {self.run_id} cannot be undone as things are: {'; '.join(self.problems)}"
            )
        in_order = order_changes(changes, creates_before_deletes(changes, self.live.resources))
        drafted = draft_plan(in_order, self.live, self.ledger, settings=settings, now=now)
        return with_digests(
            replace(
                drafted,
                unchanged=self._untouched(changes),
                undoes=self.run_id,
                notes=self.notes.sentences(),
            )
        )

    def _is_unknown(self, one: RunEffect) -> bool:
        places = [one.address, *filter(None, (one.renamed_from, one.replaced))]
        unknown = any(self.live.unread_part(place) for place in places)
        if one.renamed_from is not None and self.live.unreadable_below(one.address):
            unknown = True
        if unknown:
            self.notes.add("Left as it is, since it cannot be read now", one.address, one.kind)
        return unknown

    def _untouched(self, changes: Sequence[Change]) -> tuple[str, ...]:
        touched = {identity(change.address) for change in changes}
        entries = self._settled.entries
        return tuple(one.address for key, one in entries.items() if key not in touched)

    # ---- names ---------------------------------------------------------------------------

    def _settle(self, made: Sequence[RunEffect]) -> None:
        self._names = FormerNames.of(made)
        self._settled = resolve_renames(
            self._names.renames(), self.live.resources, self.ledger.entries
        )
        taken = [*self._settled.problems, *map(both_names_live, self._settled.spent)]
        self.problems.extend(
            f"{one.message} ({one.hint})" if one.hint else one.message for one in taken
        )

    def _back(self, address: str) -> Address:
        return self._names.back(address)

    def _renamed(self, one: RunEffect) -> LiveResource | None:
        """The resource that is renamed back, None where there is none."""
        if one.renamed_from is None:
            return None
        found, old_name = self._live(one), name_of(one.renamed_from)
        if found is not None and same_identity(name_of(one.address), old_name):
            return found if name_of(found.address) != old_name else None
        return found if identity(self._back(one.address)) in self._settled.renamed else None

    # ---- what the run created ------------------------------------------------------------

    def _remove(self, created: Sequence[RunEffect]) -> None:
        removals = Removals(
            Desired({}, {}, ""),
            self._settled.live,
            self._settled.entries,
            self.ledger.foreign,
            self.live,
            self._unseen,
        )
        for one in sorted(created, key=lambda each: each.address.count("/")):
            here, entry = self._live(one), self._entry(one)
            if here is not None and self._is_spared(here.address):
                self.notes.add(
                    "Not deleted, since something below it cannot be read now",
                    here.address,
                    one.kind,
                )
            elif here is not None:
                change = self._deletion(one, here, entry)
                removals.found[identity(here.address)] = change
            elif entry is not None:
                removals.found[identity(entry.address)] = _forget(entry.address, one.kind, entry)
        for change in [c for c in removals.found.values() if c.action is Action.DELETE]:
            removals.cascade(change)
        self._removals = removals.found

    def _is_spared(self, address: str) -> bool:
        return self._unseen.is_spared(address) or self._unseen.spares(address)

    def _deletion(self, one: RunEffect, here: LiveResource, entry: LedgerEntry | None) -> Change:
        since = differences(one.kind, here.fields, one.after or {}, here.fields)
        return Change(
            address=here.address,
            kind=one.kind.name,
            action=Action.DELETE,
            reason=Reason.REPLACED if one.replaced is not None else Reason.UNDONE,
            before=here.fields,
            differences=tuple(
                replace(found, after=None, origin=Origin.BOTH, base=found.after) for found in since
            ),
            fingerprint=fingerprint(here.fields),
            unowned=entry is None,
            protected=entry is not None and entry.protect,
            owner=self._owner(here.address),
            previous_tracking=tracking_of(entry),
        )

    def _goes(self, address: Address) -> bool:
        """Whether this plan deletes it, or what it is in."""
        key = identity(address)
        if key in self._removals:
            return True
        return any(self._is_deleted(upper) for upper in ancestors(key))

    def _is_deleted(self, key: str) -> bool:
        found = self._removals.get(key)
        return found is not None and found.action is Action.DELETE

    # ---- what the run changed or deleted -------------------------------------------------

    def _put_back(self, one: RunEffect) -> Iterator[Change]:
        try:
            if one.is_deleted:
                yield from self._restore(one)
            elif one.before is not None or one.after is not None:
                yield from self._revert(one)
        except ValidationError as error:
            told = "; ".join(str(each["msg"]) for each in error.errors(include_url=False))
            self.problems.append(
                f"{self._back(one.address)}: as it was before and as it is now do not go together: "
                f"{told}"
            )

    def _restore(self, one: RunEffect) -> Iterator[Change]:
        address, before = self._back(one.address), one.before or {}
        here = self._live(one)
        if here is not None:
            found = differences(one.kind, here.fields, before, here.fields)
            both = tuple(replace(each, origin=Origin.BOTH, base=None) for each in found)
            yield from self._compared(one, here, before, both)
        elif one.kind.life is Life.ENTRY:
            if not self._has_parent(one):
                return
            self.notes.lost(address, one.kind, one.usage)
            yield self._creation(one, address, before)
        elif not self._restored.isdisjoint(ancestors(identity(address))):
            blank = one.kind.with_defaults(address, {})
            born = LiveResource(address, one.kind, blank, etag="")
            found = differences(one.kind, blank, before, blank, applied={})
            yield from self._compared(one, born, before, found, new=True)
        else:
            self.notes.gone(address, one.kind)

    def _creation(self, one: RunEffect, address: Address, before: Fields) -> Change:
        new = self._stand_ins.get(one.key)
        return Change(
            address=address,
            kind=one.kind.name,
            action=Action.CREATE if new is None else Action.REPLACE,
            reason=Reason.UNDONE,
            after=before,
            previous_address=None if new is None else self._back(new),
            tracking=one.tracked_before,
            owner=self._owner(address),
            previous_tracking=tracking_of(self._entry(one)),
        )

    def _has_parent(self, one: RunEffect) -> bool:
        parent = parent_resource(one.address)
        if not parent:
            return True
        key = identity(self._back(parent))
        if key in self._restored or (key in self._settled.live and not self._is_deleted(key)):
            return True
        self.problems.append(
            f"{self._back(one.address)} lives in {self._back(parent)}, which is gone: undo the run "
            "that deleted that first"
        )
        return False

    def _revert(self, one: RunEffect) -> Iterator[Change]:
        here = self._live(one)
        if here is None:
            self.notes.gone(self._back(one.address), one.kind)
            return
        if one.by_consequence and self._owner(one.address):
            self.notes.foreign(one.address, one.kind, one.before or {}, self._owner(one.address))
            return
        before, after = one.before, one.after
        fields = here.fields
        if before is not None and after is not None and before != after:
            fields = reverse_merge(one.kind, before=before, after=after, now=here.fields)
        found: tuple[Difference, ...] = ()
        if fields != here.fields:
            fields = one.kind.with_defaults(here.address, fields)
            found = differences(one.kind, here.fields, fields, after)
        yield from self._compared(one, here, fields, found)

    def _compared(
        self,
        one: RunEffect,
        here: LiveResource,
        fields: Fields,
        found: tuple[Difference, ...],
        *,
        new: bool = False,
    ) -> Iterator[Change]:
        """A resource that is there, put back to `fields`, and the ledger with it."""
        address, entry = self._back(one.address), self._entry(one)
        self._check_immutable(one, address, found)
        tracking = reverse_tracking(one, entry)
        forgets = entry is not None and one.tracked_before is None and one.tracked_after is not None
        unowned = entry is None and not new
        change = Change(
            address=address,
            kind=one.kind.name,
            action=Action.UPDATE,
            reason=Reason.UNDONE,
            before=here.fields,
            after=fields,
            differences=found,
            fingerprint=fingerprint(here.fields),
            tracking=tracking,
            unowned=unowned,
            protected=entry is not None and entry.protect,
            owner=self._owner(address),
            previous_tracking=tracking_of(entry),
        )
        renamed = self._renamed(one)
        if renamed is not None:
            yield replace(
                change,
                action=Action.RENAME,
                after=here.fields,
                previous_address=self._names.rename(one).renamed_from,
                differences=(),
            )
        if found:
            yield change
        elif renamed is None and tracking is not None and tracking != tracking_of(entry):
            yield replace(change, action=Action.ADOPT)
        if forgets and entry is not None:
            yield _forget(address, one.kind, entry, fields)

    def _check_immutable(
        self, one: RunEffect, address: Address, found: Sequence[Difference]
    ) -> None:
        for each in found:
            name = each.path.split(".")[0]
            if name in one.kind.immutable:
                self.problems.append(
                    f"{address}: {name} cannot change from '{each.before}' back to '{each.after}' "
                    f"while the {one.kind.noun} exists"
                )

    # ---- looking up ----------------------------------------------------------------------

    def _live(self, one: RunEffect) -> LiveResource | None:
        return self._settled.live.get(identity(self._back(one.address)))

    def _entry(self, one: RunEffect) -> LedgerEntry | None:
        return self._settled.entries.get(identity(self._back(one.address)))

    def _owner(self, address: str) -> str:
        return self.ledger.foreign.get(identity(address), "")

    def _check_references(self, changes: Sequence[Change]) -> None:
        """What is put back may name what has gone since."""
        kinds: Mapping[str, Kind] = {identity(self._back(o.address)): o.kind for o in self.made}

        def exists(address: str) -> bool:
            key = identity(address)
            there = key in self._settled.live and not self._is_deleted(key)
            return there or key in self._restored

        declared = [
            DesiredResource(
                change.address, kinds[identity(change.address)], _brought_back(change), NO_SOURCE
            )
            for change in changes
            if change.writes and change.after is not None
        ]
        for problem in dangling_references(declared, exists, self.live):
            self.problems.append(f"{problem.message} any more")
        for wanted in declared if self.live.unreadable else ():
            for reference in wanted.kind.references(wanted.address, wanted.fields):
                part = self._unseen.meant(reference, self._restored)
                if part:
                    self.problems.append(
                        f"{wanted.address}: {reference.path} would name {part}, and "
                        f"{self.live.why_unknown(part)}"
                    )


def _brought_back(change: Change) -> Fields:
    before = change.before or {}
    return {k: v for k, v in (change.after or {}).items() if k not in before or before[k] != v}


def _forget(
    address: Address, kind: Kind, entry: LedgerEntry, fields: Fields | None = None
) -> Change:
    return Change(
        address=address,
        kind=kind.name,
        action=Action.FORGET,
        reason=Reason.UNDONE,
        before=fields,
        after=fields,
        previous_tracking=tracking_of(entry),
    )
