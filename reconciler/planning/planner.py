"""`make_plan(desired, live, ledger, …) → Plan`: pure, deterministic, and unable to write.

The plan has no findings and no usage yet: `project` fetches the usage, and the guards add their
findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.address import Address, identity, name_of, same_spelling
from reconciler.kinds.base import Fields, Life, Renaming
from reconciler.kinds.registry import parent_resource
from reconciler.kinds.selection import Selection
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.settings import ProjectSettings
from reconciler.planning.change import (
    Action,
    Change,
    Difference,
    Origin,
    Reason,
    Tracking,
    ledger_facts,
)
from reconciler.planning.connector_checks import connector_problems
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.consequences import creates_before_deletes
from reconciler.planning.order import order_changes
from reconciler.planning.plan import Plan
from reconciler.planning.plan_header import draft_plan
from reconciler.planning.references import Locate, dangling_references, declaration_source
from reconciler.planning.removals import Removals
from reconciler.planning.renames import ResolvedRenames, resolve_renames
from reconciler.planning.resource_problems import (
    case_change,
    immutable_fields,
    invalid_fields,
    missing_parents,
)
from reconciler.planning.selection import select_changes
from reconciler.planning.spelling import misspelled_references
from reconciler.planning.target import Target
from reconciler.state.ledger import Ledger, LedgerEntry


def make_plan(
    desired: Desired,
    live: Snapshot,
    ledger: Ledger,
    *,
    settings: ProjectSettings,
    now: datetime,
    locate: Locate = declaration_source,
    only: Sequence[str] = (),
) -> Plan:
    """The changes that make `live` match `desired`, given what `ledger` has as applied.

    `now` has a time zone; `locate` finds the place of a problem; `only` are globs of addresses.
    Raises ManifestError with all problems that depend on the platform's state: dangling references,
    impossible renames, fields that cannot change. Raises UsageError for an `only` that leaves out
    what it depends on.
    """
    target = Target(desired, live)
    return plan_for(target, live, ledger, settings=settings, now=now, locate=locate, only=only)


def plan_for(
    target: Target,
    live: Snapshot,
    ledger: Ledger,
    *,
    settings: ProjectSettings,
    now: datetime,
    locate: Locate = declaration_source,
    only: Sequence[str] = (),
) -> Plan:
    """The plan for any target, as `make_plan`."""
    skipped = target.skipped
    skipped.collect(target.desired.resources)
    planned = {
        key: wanted
        for key, wanted in target.desired.resources.items()
        if not skipped.includes(wanted.address)
    }
    settled = resolve_renames(planned.values(), live.resources, ledger.entries)
    removals = target.removals(
        Removals(target.desired, settled.live, settled.entries, ledger.foreign, live, skipped),
        settled.replaced,
    )
    planning = _Planning(target, planned, settled, removals, live, ledger, locate)
    changes = planning.changes()
    selected = select_changes(changes, only, _known(target.desired, live, ledger))
    drafted = draft_plan(selected, live, ledger, settings=settings, now=now)
    skipped.count_lists(target.desired.lists.values())
    selection = Selection(only)
    return with_digests(
        replace(
            drafted,
            manifests_digest=target.desired.digest,
            unknowns=skipped.unknowns(),
            unmanaged=selection.of(planning.unmanaged()),
            unchanged=selection.of(planning.unchanged),
            only=tuple(only),
            left_out=len(changes) - len(selected),
        )
    )


def _known(desired: Desired, live: Snapshot, ledger: Ledger) -> Iterator[str]:
    """The addresses in git, on the platform and in the ledger."""
    for side in (desired.resources, live.resources, ledger.entries):
        yield from (resource.address for resource in side.values())


@dataclass(slots=True)
class _Planning:
    target: Target
    planned: Mapping[str, DesiredResource]
    """The desired resources that the plan does not skip, by identity."""
    settled: ResolvedRenames
    removals: Mapping[str, Change]
    live: Snapshot
    ledger: Ledger
    locate: Locate
    unchanged: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    orphans: dict[str, list[DesiredResource]] = field(default_factory=dict)
    """The resources whose parent does not exist after the plan, by the parent's address."""

    def changes(self) -> tuple[Change, ...]:
        """All changes in order. Raises ManifestError with all problems."""
        self.problems.extend((*self.target.problems, *self.settled.problems))
        changes = list(self._wanted())
        changes.extend(self.removals.values())
        for parent, found in self.orphans.items():
            is_deleted = identity(parent) in self.settled.live
            self.problems.extend(missing_parents(found, parent, is_deleted=is_deleted))
        self._check_references()
        if self.problems:
            raise ManifestError(self.problems)
        return order_changes(changes, creates_before_deletes(changes, self.live.resources))

    def unmanaged(self) -> Iterable[str]:
        """The live resources that no manifest declares and no ledger has."""
        desired, entries = self.target.desired.resources, self.settled.entries
        for key, live in self.settled.live.items():
            if key in desired or key in entries or key in self.removals:
                continue
            if live.kind.life is Life.ENTRY and not live.kind.is_system_default(live.address):
                yield live.address

    # ---- desired resources ---------------------------------------------------------------

    def _wanted(self) -> Iterable[Change]:
        for key, wanted in self.planned.items():
            if not self._has_parent(wanted):
                continue
            current = self.settled.live.get(key)
            try:
                if current is None:
                    yield from self._missing(key, wanted)
                else:
                    yield from self._present(key, wanted, current)
            except ValidationError as error:
                self.problems.extend(invalid_fields(wanted, error, self.locate))

    def _has_parent(self, wanted: DesiredResource) -> bool:
        parent = parent_resource(wanted.address)
        if not parent or self._exists(parent) or self.live.unread_part(parent):
            return True
        self.orphans.setdefault(parent, []).append(wanted)
        return False

    def _exists(self, address: str) -> bool:
        """Whether a managed resource exists after the plan."""
        key = identity(address)
        if key in self.target.desired.resources:
            return True
        gone = self.removals.get(key)
        return key in self.settled.live and (gone is None or gone.action is not Action.DELETE)

    def _missing(self, key: str, wanted: DesiredResource) -> Iterable[Change]:
        """The changes of a resource that is not on the platform."""
        entry = self.settled.entries.get(key)
        if wanted.kind.life is not Life.ENTRY:
            blank = wanted.kind.with_defaults(wanted.address, {})
            born = LiveResource(wanted.address, wanted.kind, blank, etag="")
            yield from self._compared(key, wanted, born, entry, is_new=True)
            return
        old = self.settled.replaced.get(key)
        start: Fields = dict(old.fields) if old is not None else {}
        old_key = identity(old.address) if old is not None else ""
        owner = self.ledger.foreign.get(key, "") or self.ledger.foreign.get(old_key, "")
        create = Change.create(
            wanted.address,
            wanted.kind,
            after=self.target.completed(wanted, start, creating=old is None),
            reason=_reason_to_create(old, entry),
            tracking=self.target.tracking(wanted, entry, self.settled.entries.get(old_key)),
            source=wanted.source,
            owner=owner,
            previous_tracking=Tracking.of(entry),
            spent_rename=wanted.renamed_from if self._is_spent(wanted, entry) else None,
        )
        yield create if old is None else Change.replace(create, old.address)

    def _is_spent(self, wanted: DesiredResource, entry: LedgerEntry | None) -> bool:
        """Whether it is new, and nothing live or tracked has the old name that git declares."""
        if wanted.renamed_from is None or entry is not None:
            return False
        old = identity(wanted.renamed_from)
        is_known = old in self.settled.live or old in self.settled.entries
        return not is_known and self.live.why_unknown(wanted.renamed_from) is None

    def _present(
        self, key: str, wanted: DesiredResource, current: LiveResource
    ) -> Iterable[Change]:
        """The changes of a resource that is on the platform, with the renames already made."""
        old = self.settled.renamed.get(key)
        entry = self.settled.entries.get(key)
        if old is None and _differs_by_case(wanted, current):
            if wanted.kind.renaming is not Renaming.IN_PLACE:
                self.problems.append(case_change(wanted, current))
                return
            old = current
        if old is not None:
            owner = self._owner_of_tree(old.address) or self._owner_of_tree(wanted.address)
            tracking = self.target.tracking(wanted, entry)
            kept: Fields = {} if entry is None else entry.fields
            yield Change.rename(
                wanted.address,
                wanted.kind,
                old=old.address,
                fields=current.fields,
                reason=Reason.RENAMED,
                tracking=tracking and replace(tracking, fields=kept),
                source=wanted.source,
                **ledger_facts(entry, owner),
            )
        yield from self._compared(key, wanted, current, entry, is_new=False)

    def _owner_of_tree(self, address: str) -> str:
        """Another project that owns a resource at or below an address, which a rename moves."""
        root = identity(address)
        return next(
            (
                owner
                for key, owner in self.ledger.foreign.items()
                if key == root or key.startswith(f"{root}/")
            ),
            "",
        )

    def _compared(
        self,
        key: str,
        wanted: DesiredResource,
        current: LiveResource,
        entry: LedgerEntry | None,
        *,
        is_new: bool,
    ) -> Iterable[Change]:
        """An update or an adoption; nothing when the resource is as declared and as tracked."""
        before, after = (
            current.fields,
            self.target.completed(wanted, current.fields, creating=is_new),
        )
        changed: tuple[Difference, ...] = ()
        if after is not before and after != before:
            changed = self.target.differences(wanted, before, after, entry, is_new=is_new)
            self.problems.extend(immutable_fields(wanted, changed, self.locate))
        tracking = self.target.tracking(wanted, entry)
        if not changed and (tracking is None or tracking == Tracking.of(entry)):
            self.unchanged.append(wanted.address)
            return
        facts = ledger_facts(entry, self.ledger.foreign.get(key, ""))
        facts["unowned"] = entry is None and not is_new
        adopts = not changed or changed[0].origin is Origin.UNOWNED
        make = Change.adopt if adopts else Change.update
        yield make(
            wanted.address,
            wanted.kind,
            before=before,
            after=after,
            reason=_reason_to_change(changed, facts["unowned"]),
            tracking=tracking,
            differences=changed,
            source=wanted.source,
            **facts,
        )

    def _check_references(self) -> None:
        wanted = self.target.desired.resources.values()
        self.problems.extend(
            dangling_references(wanted, self._exists, self.live, locate=self.locate)
        )
        self.problems.extend(
            connector_problems(
                self.planned.values(), self.settled.live, self.live, locate=self.locate
            )
        )
        if self.target.checks_spelling:
            self.problems.extend(
                misspelled_references(
                    wanted,
                    self._spelling,
                    self.live,
                    locate=self.locate,
                )
            )

    def _spelling(self, address: str) -> Address | None:
        key = identity(address)
        there = self.target.desired.resources.get(key) or self.settled.live.get(key)
        return there.address if there is not None and self._exists(address) else None


def _differs_by_case(wanted: DesiredResource, current: LiveResource) -> bool:
    if wanted.address == current.address:
        return False
    return not same_spelling(name_of(wanted.address), name_of(current.address))


def _reason_to_create(old: LiveResource | None, entry: LedgerEntry | None) -> Reason:
    if old is not None:
        return Reason.REPLACED
    return Reason.NEW if entry is None else Reason.DRIFTED


def _reason_to_change(changed: tuple[Difference, ...], unowned: bool) -> Reason:
    if unowned:
        return Reason.FOUND_UNOWNED
    if not changed:
        return Reason.TRACKING
    is_drift = all(difference.origin is Origin.PLATFORM for difference in changed)
    return Reason.DRIFTED if is_drift else Reason.CHANGED
