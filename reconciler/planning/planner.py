"""`plan(desired, live, ledger, …) → Plan`: pure and deterministic, with no way to write.

What it returns has no findings yet and no usage: `project` fetches usage of what is deleted,
replaced or disabled, and the guards look at the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.address import Address, identity, name_of, same_spelling
from reconciler.kinds.base import Fields, Life, Renaming
from reconciler.kinds.registry import parent_resource
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
    fingerprint,
)
from reconciler.planning.connector_checks import connector_problems
from reconciler.planning.diff import differences
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.consequences import creates_before_deletes
from reconciler.planning.merge import managed_fields, merge_fields, without_drift, without_nulls
from reconciler.planning.order import order_changes
from reconciler.planning.plan import Plan
from reconciler.planning.plan_header import draft_plan
from reconciler.planning.references import Locate, dangling_references, declaration_source
from reconciler.planning.removals import Removals, tracking_of
from reconciler.planning.renames import ResolvedRenames, resolve_renames
from reconciler.planning.skipped import Skipped
from reconciler.planning.spelling import misspelled_references
from reconciler.state.ledger import Ledger, LedgerEntry


def make_plan(
    desired: Desired,
    live: Snapshot,
    ledger: Ledger,
    *,
    settings: ProjectSettings,
    now: datetime,
    locate: Locate = declaration_source,
) -> Plan:
    """What it takes to make `live` as `desired`, given what `ledger` says was applied.

    `now` is aware; `locate` places problems. Raises ManifestError with every problem that only
    the platform's state can show: references that dangle, renames that cannot be, fields that
    cannot change.
    """
    return _Planning(desired, live, ledger, settings, now, locate, Skipped(live)).plan()


@dataclass(slots=True)
class _Planning:
    desired: Desired
    live: Snapshot
    ledger: Ledger
    settings: ProjectSettings
    now: datetime
    locate: Locate
    unseen: Skipped
    problems: list[Problem] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def plan(self) -> Plan:
        self.unseen.leave(self.desired.resources)
        settled = resolve_renames(self._in_sight(), self.live.resources, self.ledger.entries)
        self.problems.extend(settled.problems)
        removals = Removals(
            self.desired, settled.live, settled.entries, self.ledger.foreign, self.live, self.unseen
        ).collect(settled.replaced)
        changes = list(self._wanted(settled, removals))
        changes.extend(removals.values())
        self._check_references(settled, removals)
        if self.problems:
            raise ManifestError(self.problems)
        in_order = order_changes(changes, creates_before_deletes(changes, self.live.resources))
        return self._assembled(in_order, settled, removals)

    def _in_sight(self) -> list[DesiredResource]:
        """What git wants and the plan does not leave alone."""
        wanted = self.desired.resources.values()
        return [one for one in wanted if not self.unseen.takes(one.address)]

    def _assembled(
        self, changes: tuple[Change, ...], settled: ResolvedRenames, removals: Mapping[str, Change]
    ) -> Plan:
        drafted = draft_plan(changes, self.live, self.ledger, settings=self.settings, now=self.now)
        self.unseen.lists(self.desired.lists.values())
        return with_digests(
            replace(
                drafted,
                manifests_digest=self.desired.digest,
                unknowns=self.unseen.unknowns(),
                unmanaged=tuple(self._unmanaged(settled, removals)),
                unchanged=tuple(self.unchanged),
            )
        )

    def _unmanaged(self, settled: ResolvedRenames, removals: Mapping[str, Change]) -> Iterable[str]:
        desired, entries = self.desired.resources, settled.entries
        for key, one in settled.live.items():
            if key in desired or key in entries or key in removals:
                continue
            if one.kind.life is Life.ENTRY and not one.kind.is_system_default(one.address):
                yield one.address

    # ---- what git wants ------------------------------------------------------------------

    def _wanted(self, settled: ResolvedRenames, removals: Mapping[str, Change]) -> Iterable[Change]:
        for key, wanted in self.desired.resources.items():
            if self.unseen.takes(wanted.address):
                continue
            current = settled.live.get(key)
            if not self._has_parent(wanted, settled, removals):
                continue
            try:
                if current is None:
                    yield from self._absent(key, wanted, settled)
                else:
                    yield from self._present(key, wanted, current, settled)
            except ValidationError as error:
                self._refused_fields(wanted, error)

    def _has_parent(
        self, wanted: DesiredResource, settled: ResolvedRenames, removals: Mapping[str, Change]
    ) -> bool:
        holder = parent_resource(wanted.address)
        parent = identity(holder)
        if not parent or parent in self.desired.resources:
            return True
        if parent in settled.live and parent not in removals:
            return True
        if parent in settled.live and removals[parent].action is not Action.DELETE:
            return True
        what = "is deleted by this plan" if parent in removals else "does not exist"
        self._problem(
            wanted,
            f"{wanted.address} lives in {holder}, which {what}",
            "declare it, or take this out too",
        )
        return False

    def _absent(
        self, key: str, wanted: DesiredResource, settled: ResolvedRenames
    ) -> Iterable[Change]:
        if wanted.kind.life is not Life.ENTRY:
            blank = wanted.kind.with_defaults(wanted.address, {})
            born = LiveResource(wanted.address, wanted.kind, blank, etag="")
            yield from self._compared(key, wanted, born, settled.entries.get(key), new=True)
            return
        old = settled.replaced.get(key)
        start: Fields = dict(old.fields) if old is not None else {}
        managed = managed_fields(wanted, creating=old is None)
        after = self._normal(wanted, merge_fields(wanted, start, managed))
        entry = settled.entries.get(key)
        replaced = settled.entries.get(identity(old.address)) if old is not None else None
        foreign = self.ledger.foreign
        yield Change(
            address=wanted.address,
            kind=wanted.kind.name,
            action=Action.CREATE if old is None else Action.REPLACE,
            reason=_reason_to_create(old, entry),
            after=after,
            previous_address=old.address if old is not None else None,
            source=wanted.source,
            tracking=_tracking(wanted, managed_fields(wanted, creating=False), entry, replaced),
            owner=foreign.get(key, "") or foreign.get(identity(old.address) if old else "", ""),
            previous_tracking=tracking_of(entry),
        )

    def _present(
        self, key: str, wanted: DesiredResource, current: LiveResource, settled: ResolvedRenames
    ) -> Iterable[Change]:
        old = settled.renamed.get(key)
        entry = settled.entries.get(key)
        if old is None and _differs_by_case(wanted, current):
            if wanted.kind.renaming is not Renaming.IN_PLACE:
                self._refuse_case(wanted, current)
                return
            old = current
        if old is not None:
            yield Change(
                address=wanted.address,
                kind=wanted.kind.name,
                action=Action.RENAME,
                reason=Reason.RENAMED,
                before=current.fields,
                after=current.fields,
                previous_address=old.address,
                fingerprint=fingerprint(current.fields),
                source=wanted.source,
                unowned=entry is None,
                owner=self._owner_of_tree(old.address) or self._owner_of_tree(wanted.address),
                tracking=_tracking(wanted, {}) if entry is None else _kept(wanted, entry),
                previous_tracking=tracking_of(entry),
            )
        yield from self._compared(key, wanted, current, entry, new=False)

    def _owner_of_tree(self, address: str) -> str:
        """The other project that owns a resource at or below an address: a rename moves it."""
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
        new: bool,
    ) -> Iterable[Change]:
        managed = managed_fields(wanted, creating=new)
        after = merge_fields(wanted, current.fields, managed)
        if after != current.fields:
            after = self._normal(wanted, after)
        changed: tuple[Difference, ...] = ()
        if after != current.fields:
            changed = _differences(wanted, current, after, entry, new=new)
        if changed:
            self._refuse_immutable(wanted, changed)
        tracking = _tracking(wanted, managed_fields(wanted, creating=False), entry)
        if not changed and entry is not None and _is_tracked(entry, tracking):
            self.unchanged.append(wanted.address)
            return
        unowned = entry is None and not new
        yield Change(
            address=wanted.address,
            kind=wanted.kind.name,
            action=_action(changed, unowned),
            reason=_reason_to_change(changed, unowned),
            before=current.fields,
            after=after,
            differences=changed,
            fingerprint=fingerprint(current.fields),
            source=wanted.source,
            tracking=tracking,
            unowned=unowned,
            protected=entry is not None and entry.protect,
            owner=self.ledger.foreign.get(key, ""),
            previous_tracking=tracking_of(entry),
        )

    def _normal(self, wanted: DesiredResource, fields: Fields) -> Fields:
        return wanted.kind.with_defaults(wanted.address, without_nulls(fields, wanted.fields))

    # ---- problems ------------------------------------------------------------------------

    def _check_references(self, settled: ResolvedRenames, removals: Mapping[str, Change]) -> None:
        def exists(address: str) -> bool:
            key = identity(address)
            if key in self.desired.resources:
                return True
            gone = removals.get(key)
            return key in settled.live and (gone is None or gone.action is not Action.DELETE)

        wanted = self.desired.resources.values()
        self.problems.extend(dangling_references(wanted, exists, self.live, locate=self.locate))
        self.problems.extend(
            connector_problems(self._in_sight(), settled.live, self.live, locate=self.locate)
        )

        def spell(address: str) -> Address | None:
            key = identity(address)
            declared = self.desired.resources.get(key)
            there = declared or settled.live.get(key)
            return there.address if there is not None and exists(address) else None

        self.problems.extend(
            misspelled_references(
                wanted,
                spell,
                self.live,
                environment=self.settings.environment,
                locate=self.locate,
            )
        )

    def _refuse_case(self, wanted: DesiredResource, current: LiveResource) -> None:
        self._problem(
            wanted,
            f"{wanted.address} is '{current.address}' on the platform, and its name is fixed: "
            "a change of case alone cannot be made",
            f"write it as the platform does: {name_of(current.address)}",
        )

    def _refuse_immutable(self, wanted: DesiredResource, changed: tuple[Difference, ...]) -> None:
        for difference in changed:
            name = difference.path.split(".")[0]
            if name in wanted.kind.immutable:
                self._problem(
                    wanted,
                    f"{wanted.address}: {name} cannot change from '{difference.before}' to "
                    f"'{difference.after}' once the {wanted.kind.noun} exists",
                    f"keep '{difference.before}', or give the new one another name and say "
                    "renamed_from",
                    path=name,
                )

    def _refused_fields(self, wanted: DesiredResource, error: ValidationError) -> None:
        for one in error.errors(include_url=False):
            path = ".".join(str(part) for part in one["loc"])
            where = f"{wanted.address}: {path}" if path else wanted.address
            hint = str(one.get("ctx", {}).get("hint", ""))
            self._problem(
                wanted,
                f"{where}: {one['msg']}",
                hint or "the fields here and those already on the platform do not go together",
                path=path,
            )

    def _problem(self, wanted: DesiredResource, message: str, hint: str, *, path: str = "") -> None:
        source = self.locate(wanted, path) if path else wanted.source
        self.problems.append(source.problem(message, hint))


def _differs_by_case(wanted: DesiredResource, current: LiveResource) -> bool:
    if wanted.address == current.address:
        return False
    return not same_spelling(name_of(wanted.address), name_of(current.address))


def _differences(
    wanted: DesiredResource,
    current: LiveResource,
    after: Fields,
    entry: LedgerEntry | None,
    *,
    new: bool,
) -> tuple[Difference, ...]:
    if entry is None and not new:
        return differences(wanted.kind, current.fields, after, None)
    applied: Fields = entry.fields if entry is not None else {}
    base = without_drift(wanted, current.fields, applied)
    return differences(wanted.kind, current.fields, after, base, applied=applied)


def _tracking(wanted: DesiredResource, managed: Fields, *known: LedgerEntry | None) -> Tracking:
    """What will be tracked; where git is silent, protection is as any of `known` has it."""
    protect = wanted.lifecycle.protect
    if protect is None:
        protect = any(entry is not None and entry.protect for entry in known)
    return Tracking(wanted.form, managed, protect, wanted.lifecycle.on_remove)


def _kept(wanted: DesiredResource, entry: LedgerEntry) -> Tracking:
    return _tracking(wanted, entry.fields, entry)


def _is_tracked(entry: LedgerEntry, tracking: Tracking) -> bool:
    return (
        entry.fields == tracking.fields
        and entry.form == tracking.form
        and entry.protect == tracking.protect
        and entry.on_remove == tracking.on_remove
    )


def _reason_to_create(old: LiveResource | None, entry: LedgerEntry | None) -> Reason:
    if old is not None:
        return Reason.REPLACED
    return Reason.NEW if entry is None else Reason.DRIFTED


def _action(changed: tuple[Difference, ...], unowned: bool) -> Action:
    if unowned:
        return Action.ADOPT
    return Action.UPDATE if changed else Action.ADOPT


def _reason_to_change(changed: tuple[Difference, ...], unowned: bool) -> Reason:
    if unowned:
        return Reason.FOUND_UNOWNED
    if not changed:
        return Reason.TRACKING
    drifted = all(one.origin is Origin.PLATFORM for one in changed)
    return Reason.DRIFTED if drifted else Reason.CHANGED
