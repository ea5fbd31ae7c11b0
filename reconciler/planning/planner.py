"""`make_plan(desired, live, ledger, …) → Plan`: pure, deterministic, and unable to write.

The plan has no findings and no usage yet: `project` fetches the usage, and the guards add their
findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.address import Address, identity, name_of, same_spelling
from reconciler.kinds.base import Fields, Life, Renaming
from reconciler.kinds.registry import parent_resource, place
from reconciler.kinds.selection import Selection
from reconciler.kinds.values.refusal import messages_in
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.manifests.settings import ProjectSettings
from reconciler.message import NO_MESSAGE, Message, Personal
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
from reconciler.planning.selection import select_changes
from reconciler.planning.skipped import Skipped
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
    return _Planning(
        target,
        target.desired,
        target.skipped,
        target.problems,
        live,
        ledger,
        settings,
        now,
        locate,
        tuple(only),
    ).run()


@dataclass(slots=True)
class _Planning:
    target: Target
    desired: Desired
    skipped: Skipped
    problems: list[Problem]
    live: Snapshot
    ledger: Ledger
    settings: ProjectSettings
    now: datetime
    locate: Locate
    only: tuple[str, ...] = ()
    unchanged: list[str] = field(default_factory=list)

    def run(self) -> Plan:
        self.skipped.collect(self.desired.resources)
        settled = resolve_renames(self._planned(), self.live.resources, self.ledger.entries)
        self.problems.extend(settled.problems)
        removals = self.target.removals(
            Removals(
                self.desired,
                settled.live,
                settled.entries,
                self.ledger.foreign,
                self.live,
                self.skipped,
            ),
            settled.replaced,
        )
        changes = list(self._wanted(settled, removals))
        changes.extend(removals.values())
        self._check_references(settled, removals)
        if self.problems:
            raise ManifestError(self.problems)
        in_order = order_changes(changes, creates_before_deletes(changes, self.live.resources))
        return self._assembled(in_order, settled, removals)

    def _planned(self) -> list[DesiredResource]:
        """The desired resources that the plan does not skip."""
        resources = self.desired.resources.values()
        return [wanted for wanted in resources if not self.skipped.includes(wanted.address)]

    def _assembled(
        self, changes: tuple[Change, ...], settled: ResolvedRenames, removals: Mapping[str, Change]
    ) -> Plan:
        selected = select_changes(changes, self.only, self._known())
        drafted = draft_plan(selected, self.live, self.ledger, settings=self.settings, now=self.now)
        self.skipped.count_lists(self.desired.lists.values())
        return with_digests(
            replace(
                drafted,
                manifests_digest=self.desired.digest,
                unknowns=self.skipped.unknowns(),
                unmanaged=self._selected(self._unmanaged(settled, removals)),
                unchanged=self._selected(self.unchanged),
                only=self.only,
                left_out=len(changes) - len(selected),
            )
        )

    def _known(self) -> Iterator[str]:
        """The addresses in git, on the platform and in the ledger."""
        for side in (self.desired.resources, self.live.resources, self.ledger.entries):
            yield from (resource.address for resource in side.values())

    def _selected(self, addresses: Iterable[str]) -> tuple[str, ...]:
        selection = Selection(self.only)
        return tuple(address for address in addresses if selection.has(identity(address)))

    def _unmanaged(self, settled: ResolvedRenames, removals: Mapping[str, Change]) -> Iterable[str]:
        desired, entries = self.desired.resources, settled.entries
        for key, live in settled.live.items():
            if key in desired or key in entries or key in removals:
                continue
            if live.kind.life is Life.ENTRY and not live.kind.is_system_default(live.address):
                yield live.address

    # ---- desired resources ---------------------------------------------------------------

    def _wanted(self, settled: ResolvedRenames, removals: Mapping[str, Change]) -> Iterable[Change]:
        for key, wanted in self.desired.resources.items():
            if self.skipped.includes(wanted.address):
                continue
            current = settled.live.get(key)
            if not self._has_parent(wanted, settled, removals):
                continue
            try:
                if current is None:
                    yield from self._missing(key, wanted, settled)
                else:
                    yield from self._present(key, wanted, current, settled)
            except ValidationError as error:
                self._refuse_fields(wanted, error)

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
        problem = "this plan deletes" if parent in removals else "does not exist"
        self._problem(
            wanted,
            Message.of(
                "{address} is in {holder}, which {problem}",
                address=place(wanted.address),
                holder=place(holder),
                problem=problem,
            ),
            Message.of("declare {holder}, or remove this too", holder=place(holder)),
        )
        return False

    def _missing(
        self, key: str, wanted: DesiredResource, settled: ResolvedRenames
    ) -> Iterable[Change]:
        """The changes of a resource that is not on the platform."""
        entry = settled.entries.get(key)
        if wanted.kind.life is not Life.ENTRY:
            blank = wanted.kind.with_defaults(wanted.address, {})
            born = LiveResource(wanted.address, wanted.kind, blank, etag="")
            yield from self._compared(key, wanted, born, entry, is_new=True)
            return
        old = settled.replaced.get(key)
        start: Fields = dict(old.fields) if old is not None else {}
        old_key = identity(old.address) if old is not None else ""
        owner = self.ledger.foreign.get(key, "") or self.ledger.foreign.get(old_key, "")
        create = Change.create(
            wanted.address,
            wanted.kind,
            after=self.target.completed(wanted, start, creating=old is None),
            reason=_reason_to_create(old, entry),
            tracking=self.target.tracking(wanted, entry, settled.entries.get(old_key)),
            source=wanted.source,
            owner=owner,
            previous_tracking=Tracking.of(entry),
        )
        yield create if old is None else Change.replace(create, old.address)

    def _present(
        self, key: str, wanted: DesiredResource, current: LiveResource, settled: ResolvedRenames
    ) -> Iterable[Change]:
        """The changes of a resource that is on the platform, with the renames already made."""
        old = settled.renamed.get(key)
        entry = settled.entries.get(key)
        if old is None and _differs_by_case(wanted, current):
            if wanted.kind.renaming is not Renaming.IN_PLACE:
                self._refuse_case_change(wanted, current)
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
        if after != before:
            changed = self.target.differences(wanted, before, after, entry, is_new=is_new)
        if changed:
            self._refuse_immutable(wanted, changed)
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
            connector_problems(self._planned(), settled.live, self.live, locate=self.locate)
        )

        if self.target.checks_spelling:
            self.problems.extend(self._misspelled(settled, exists))

    def _misspelled(
        self, settled: ResolvedRenames, exists: Callable[[str], bool]
    ) -> Iterable[Problem]:
        def spell(address: str) -> Address | None:
            key = identity(address)
            there = self.desired.resources.get(key) or settled.live.get(key)
            return there.address if there is not None and exists(address) else None

        return misspelled_references(
            self.desired.resources.values(),
            spell,
            self.live,
            environment=self.settings.environment,
            locate=self.locate,
        )

    def _refuse_case_change(self, wanted: DesiredResource, current: LiveResource) -> None:
        self._problem(
            wanted,
            Message.of(
                "{address} is '{current}' on the platform: names of this kind cannot change, not "
                "even their case",
                address=place(wanted.address),
                current=place(current.address),
            ),
            Message.of(
                "write it as the platform does: {name}",
                name=Personal(name_of(current.address)),
            ),
        )

    def _refuse_immutable(self, wanted: DesiredResource, changed: tuple[Difference, ...]) -> None:
        for difference in changed:
            name = difference.path.field
            if name in wanted.kind.immutable:
                self._problem(
                    wanted,
                    Message.of(
                        "{address}: {name} cannot change from '{before}' to '{after}' once the "
                        "{noun} exists",
                        address=place(wanted.address),
                        name=name,
                        before=Personal(str(difference.before)),
                        after=Personal(str(difference.after)),
                        noun=wanted.kind.noun,
                    ),
                    Message.of(
                        "keep '{before}', or declare it under another name with `renamed_from`",
                        before=Personal(str(difference.before)),
                    ),
                    path=name,
                )

    def _refuse_fields(self, wanted: DesiredResource, error: ValidationError) -> None:
        for each in error.errors(include_url=False):
            path = ".".join(str(part) for part in each["loc"])
            at = place(wanted.address)
            where = Message.of("{at}: {path}", at=at, path=Personal(path)) if path else at
            known = messages_in(each.get("ctx"))
            message, hint = known or (Message.of("{text}", text=Personal(each["msg"])), NO_MESSAGE)
            self._problem(
                wanted,
                Message.of("{where}: {message}", where=where, message=message),
                hint
                or Message.of(
                    "change the fields here so that they fit the fields already on the platform"
                ),
                path=path,
            )

    def _problem(
        self, wanted: DesiredResource, message: Message, hint: Message, *, path: str = ""
    ) -> None:
        source = self.locate(wanted, path) if path else wanted.source
        self.problems.append(source.problem(message, hint))


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
