"""The undo of a run: a plan like any other, made from what the run did.

It restores only what the run changed. When the same field changed again since, the difference has
both origins, so the guard `conflict` blocks it; other later changes stay. The ledger gets its
earlier records back for everything that exists. The notes list what cannot be restored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from reconciler.errors import PlanRefused
from reconciler.kinds.address import Address, ancestors, identity, name_of, same_identity
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import KINDS, parent_resource, place
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.settings import ProjectSettings
from reconciler.message import NO_MESSAGE, FreeText, Message, joined_messages, searched
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
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.consequences import creates_before_deletes
from reconciler.planning.order import order_changes
from reconciler.planning.plan import Plan
from reconciler.planning.plan_header import draft_plan
from reconciler.planning.references import dangling_references
from reconciler.planning.removals import Removals
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
    """The changes that restore `live` and `ledger` to their state before a run.

    Raises PlanRefused with all reasons when it cannot be undone.
    """
    effects = run_effects(run_plan, steps)
    return _UndoPlanning(effects, live, ledger, run_id).run(settings, now)


@dataclass(slots=True)
class _UndoPlanning:
    """All addresses below are those from before the run, unless a name says otherwise."""

    effects: Sequence[RunEffect]
    live: Snapshot
    ledger: Ledger
    run_id: str
    problems: list[Message] = field(default_factory=list)
    notes: UndoNotes = field(default_factory=UndoNotes)
    _names: FormerNames = field(default_factory=FormerNames)
    _settled: ResolvedRenames = field(default_factory=lambda: ResolvedRenames({}, {}))
    """Live state and ledger after the names are restored."""
    _removals: dict[str, Change] = field(default_factory=dict)
    _replacements: dict[str, Address] = field(default_factory=dict)
    """What the run created in place of a resource, by the identity of the replaced one."""
    _restored: set[str] = field(default_factory=set)
    """The identities of the deleted resources that are created again."""
    _skipped: Skipped = field(init=False)

    def __post_init__(self) -> None:
        self._skipped = Skipped(self.live)

    def run(self, settings: ProjectSettings, now: datetime) -> Plan:
        readable = [effect for effect in self.effects if not self._is_unreadable(effect)]
        self._restore_names(readable)
        self._delete_created([effect for effect in readable if effect.is_created])
        self._replacements = {
            identity(effect.replaced): effect.address
            for effect in self.effects
            if effect.replaced is not None and self._is_deleted(effect.key)
        }
        remaining = [
            effect
            for effect in readable
            if not effect.is_created and not self._is_removed(self._former(effect.address))
        ]
        self._restored = {
            identity(self._former(effect.address))
            for effect in remaining
            if effect.is_deleted and self._live(effect) is None
        }
        changes = [change for effect in remaining for change in self._changes(effect)]
        changes.extend(self._removals.values())
        self._check_references(changes)
        if self.problems:
            raise PlanRefused(
                Message.of(
                    "run {run} cannot be undone: {problems}",
                    run=self.run_id,
                    problems=joined_messages(self.problems),
                )
            )
        in_order = order_changes(changes, creates_before_deletes(changes, self.live.resources))
        drafted = draft_plan(in_order, self.live, self.ledger, settings=settings, now=now)
        return with_digests(
            replace(
                drafted,
                unchanged=self._unchanged(changes),
                undoes=self.run_id,
                notes=self.notes.messages(),
            )
        )

    def _is_unreadable(self, effect: RunEffect) -> bool:
        places = [effect.address, *filter(None, (effect.renamed_from, effect.replaced))]
        is_unreadable = any(self.live.unread_part(place) for place in places)
        if effect.renamed_from is not None and self.live.unreadable_below(effect.address):
            is_unreadable = True
        if is_unreadable:
            self.notes.add(
                "Not changed, because it cannot be read now", effect.address, effect.kind
            )
        return is_unreadable

    def _unchanged(self, changes: Sequence[Change]) -> tuple[str, ...]:
        changed = {identity(change.address) for change in changes}
        entries = self._settled.entries
        return tuple(entry.address for key, entry in entries.items() if key not in changed)

    # ---- names ---------------------------------------------------------------------------

    def _restore_names(self, effects: Sequence[RunEffect]) -> None:
        self._names = FormerNames.of(effects)
        self._settled = resolve_renames(
            self._names.renames(), self.live.resources, self.ledger.entries
        )
        problems = [*self._settled.problems, *map(both_names_live, self._settled.spent)]
        self.problems.extend(
            searched(f"{problem.message.unmasked()} ({problem.hint.unmasked()})")
            if problem.hint
            else searched(problem.message.unmasked())
            for problem in problems
        )

    def _former(self, address: str) -> Address:
        return self._names.before(address)

    def _resource_to_rename(self, effect: RunEffect) -> LiveResource | None:
        """The live resource whose old name is restored, None when there is none."""
        if effect.renamed_from is None:
            return None
        live, old_name = self._live(effect), name_of(effect.renamed_from)
        if live is not None and same_identity(name_of(effect.address), old_name):
            return live if name_of(live.address) != old_name else None
        return live if identity(self._former(effect.address)) in self._settled.renamed else None

    # ---- what the run created ------------------------------------------------------------

    def _delete_created(self, created: Sequence[RunEffect]) -> None:
        removals = Removals(
            Desired({}, {}, ""),
            self._settled.live,
            self._settled.entries,
            self.ledger.foreign,
            self.live,
            self._skipped,
        )
        for effect in sorted(created, key=lambda each: each.address.count("/")):
            live, entry = self._live(effect), self._entry(effect)
            if live is not None and self._must_keep(live.address):
                self.notes.add(
                    "Not deleted, because something below it cannot be read now",
                    live.address,
                    effect.kind,
                )
            elif live is not None:
                change = self._delete(effect, live, entry)
                removals.found[identity(live.address)] = change
            elif entry is not None:
                forget = Change.forget(entry, None, reason=Reason.UNDONE)
                removals.found[identity(entry.address)] = forget
        for change in [c for c in removals.found.values() if c.action is Action.DELETE]:
            removals.add_cascade(change)
        self._removals = removals.found

    def _must_keep(self, address: str) -> bool:
        return self._skipped.is_kept(address) or self._skipped.must_keep(address)

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

    def _is_removed(self, address: Address) -> bool:
        """Whether this plan deletes or forgets it, or deletes something above it."""
        key = identity(address)
        if key in self._removals:
            return True
        return any(self._is_deleted(upper) for upper in ancestors(key))

    def _is_deleted(self, key: str) -> bool:
        change = self._removals.get(key)
        return change is not None and change.action is Action.DELETE

    # ---- what the run changed or deleted -------------------------------------------------

    def _changes(self, effect: RunEffect) -> Iterator[Change]:
        try:
            if effect.is_deleted:
                yield from self._restore(effect)
            elif effect.before is not None or effect.after is not None:
                yield from self._revert(effect)
        except ValidationError as error:
            reasons = "; ".join(str(each["msg"]) for each in error.errors(include_url=False))
            self.problems.append(
                Message.of(
                    "{address}: the fields before the run and the fields now are not valid "
                    "together: {reasons}",
                    address=place(self._former(effect.address)),
                    reasons=FreeText(reasons, effect.kind.is_personal),
                )
            )

    def _restore(self, effect: RunEffect) -> Iterator[Change]:
        """Create a deleted resource again, or revert the one that exists again."""
        address, before = self._former(effect.address), effect.before or {}
        kind, live = effect.kind, self._live(effect)
        if live is not None:
            found = differences(kind, live.fields, before, live.fields)
            both = tuple(replace(each, origin=Origin.BOTH, base=None) for each in found)
            yield from self._compared(effect, live, before, both)
        elif kind.life is Life.ENTRY:
            if self._has_parent(effect):
                self.notes.lost(address, kind, effect.usage)
                yield self._create(effect, address, before)
        elif not self._restored.isdisjoint(ancestors(identity(address))):
            blank = kind.with_defaults(address, {})
            born = LiveResource(address, kind, blank, etag="")
            found = differences(kind, blank, before, blank, applied={})
            yield from self._compared(effect, born, before, found, is_new=True)
        else:
            self.notes.gone(address, kind)

    def _create(self, effect: RunEffect, address: Address, before: Fields) -> Change:
        create = Change.create(
            address,
            effect.kind,
            after=before,
            reason=Reason.UNDONE,
            tracking=effect.tracked_before,
            owner=self._owner(address),
            previous_tracking=Tracking.of(self._entry(effect)),
        )
        replacement = self._replacements.get(effect.key)
        if replacement is None:
            return create
        return Change.replace(create, self._former(replacement))

    def _has_parent(self, effect: RunEffect) -> bool:
        parent = parent_resource(effect.address)
        if not parent:
            return True
        key = identity(self._former(parent))
        if key in self._restored or (key in self._settled.live and not self._is_deleted(key)):
            return True
        self.problems.append(
            Message.of(
                "{address} is in {parent}, which was deleted: undo the run that deleted it first",
                address=place(self._former(effect.address)),
                parent=place(self._former(parent)),
            )
        )
        return False

    def _revert(self, effect: RunEffect) -> Iterator[Change]:
        """Restore the fields that the run changed, and keep later changes of others."""
        live, before, after = self._live(effect), effect.before, effect.after
        if live is None:
            self.notes.gone(self._former(effect.address), effect.kind)
            return
        owner = self._owner(effect.address)
        if effect.by_consequence and owner:
            self.notes.foreign(effect.address, effect.kind, before or {}, owner)
            return
        fields = live.fields
        if before is not None and after is not None and before != after:
            fields = reverse_merge(effect.kind, before=before, after=after, now=fields)
        found: tuple[Difference, ...] = ()
        if fields != live.fields:
            fields = effect.kind.with_defaults(live.address, fields)
            found = differences(effect.kind, live.fields, fields, after)
        yield from self._compared(effect, live, fields, found)

    def _compared(
        self,
        effect: RunEffect,
        live: LiveResource,
        fields: Fields,
        found: tuple[Difference, ...],
        *,
        is_new: bool = False,
    ) -> Iterator[Change]:
        """The changes that restore a live resource to `fields`, and its ledger record."""
        address, kind, entry = self._former(effect.address), effect.kind, self._entry(effect)
        self._check_immutable(effect, address, found)
        tracking = reverse_tracking(effect, entry)
        facts = ledger_facts(entry, self._owner(address))
        facts["unowned"] = entry is None and not is_new
        to_rename = self._resource_to_rename(effect)
        if to_rename is not None:
            yield Change.rename(
                address,
                kind,
                old=self._names.rename(effect).renamed_from or live.address,
                fields=live.fields,
                reason=Reason.UNDONE,
                tracking=tracking,
                **facts,
            )
        if found:
            yield Change.update(
                address,
                kind,
                before=live.fields,
                after=fields,
                reason=Reason.UNDONE,
                tracking=tracking,
                differences=found,
                **facts,
            )
        elif to_rename is None and tracking is not None and tracking != Tracking.of(entry):
            yield Change.adopt(
                address,
                kind,
                before=live.fields,
                after=fields,
                reason=Reason.UNDONE,
                tracking=tracking,
                **facts,
            )
        if entry is not None and effect.is_tracked_since:
            yield Change.forget(entry, fields, reason=Reason.UNDONE)

    def _check_immutable(
        self, effect: RunEffect, address: Address, found: Sequence[Difference]
    ) -> None:
        for difference in found:
            name = difference.path.field
            if name in effect.kind.immutable:
                self.problems.append(
                    Message.of(
                        "{address}: {name} cannot change from '{before}' back to '{after}' while "
                        "the {kind} exists",
                        address=place(address),
                        name=name,
                        before=str(difference.before),
                        after=str(difference.after),
                        kind=effect.kind.noun,
                    )
                )

    # ---- lookups -------------------------------------------------------------------------

    def _live(self, effect: RunEffect) -> LiveResource | None:
        return self._settled.live.get(identity(self._former(effect.address)))

    def _entry(self, effect: RunEffect) -> LedgerEntry | None:
        return self._settled.entries.get(identity(self._former(effect.address)))

    def _owner(self, address: str) -> str:
        return self.ledger.foreign.get(identity(address), "")

    def _check_references(self, changes: Sequence[Change]) -> None:
        """Report restored references to resources that no longer exist or cannot be read."""

        def exists(address: str) -> bool:
            key = identity(address)
            is_live = key in self._settled.live and not self._is_deleted(key)
            return is_live or key in self._restored

        declared = [
            DesiredResource(change.address, KINDS[change.kind], _changed_fields(change), NO_SOURCE)
            for change in changes
            if change.writes and change.after is not None
        ]
        for problem in dangling_references(declared, exists, self.live):
            self.problems.append(searched(problem.message.unmasked()))
        for wanted in declared if self.live.unreadable else ():
            for reference in wanted.kind.references(wanted.address, wanted.fields):
                part = self._skipped.unread_target(reference, self._restored)
                if part:
                    self.problems.append(
                        Message.of(
                            "{address}: {path} would refer to {part}, and {why}",
                            address=place(wanted.address),
                            path=reference.path,
                            part=place(part),
                            why=self.live.why_unknown(part) or NO_MESSAGE,
                        )
                    )


def _changed_fields(change: Change) -> Fields:
    before = change.before or {}
    return {k: v for k, v in (change.after or {}).items() if k not in before or before[k] != v}
