"""What a plan aims for: the desired resources, and how to complete, compare and track each of them.

`Target` has the rules for manifests. An undo overrides them (`undo.target`), so that one planner
makes both plans.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import Problem
from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Desired, DesiredResource
from reconciler.planning.change import Change, Difference, Tracking
from reconciler.planning.diff import differences
from reconciler.planning.merge import managed_fields, merge_fields, without_drift, without_nulls
from reconciler.planning.removals import Removals
from reconciler.planning.skipped import Skipped
from reconciler.state.ledger import LedgerEntry


class Target:
    """The desired state of the manifests."""

    checks_spelling = True
    """Whether a reference must have the platform's spelling."""

    def __init__(self, desired: Desired, live: Snapshot) -> None:
        self.desired = desired
        self.skipped = Skipped(live)
        self.problems: list[Problem] = []

    def completed(self, wanted: DesiredResource, current: Fields, *, creating: bool) -> Fields:
        """The complete fields that a resource will have; `current` itself when they stay the same.

        Raises ValidationError.
        """
        fields = merge_fields(wanted, current, managed_fields(wanted, creating=creating))
        if current and fields == current:
            return current
        return wanted.kind.with_defaults(wanted.address, without_nulls(fields, wanted.fields))

    def differences(
        self,
        wanted: DesiredResource,
        current: Fields,
        after: Fields,
        entry: LedgerEntry | None,
        *,
        is_new: bool,
    ) -> tuple[Difference, ...]:
        """What changes, and who changed it; a new resource has only its defaults before."""
        if entry is None and not is_new:
            return differences(wanted.kind, current, after, None)
        applied: Fields = entry.fields if entry is not None else {}
        base = without_drift(wanted, current, applied)
        return differences(wanted.kind, current, after, base, applied=applied)

    def tracking(self, wanted: DesiredResource, *known: LedgerEntry | None) -> Tracking | None:
        """What the ledger will record; None leaves its record unchanged.

        Without `protect` in git, protection stays as in `known`.
        """
        protect = wanted.lifecycle.protect
        if protect is None:
            protect = any(entry is not None and entry.protect for entry in known)
        fields = managed_fields(wanted, creating=False)
        return Tracking(wanted.form, fields, protect, wanted.lifecycle.on_remove)

    def removals(
        self, removals: Removals, replaced: Mapping[str, LiveResource]
    ) -> dict[str, Change]:
        """The deletes and forgets, by identity."""
        return removals.collect(replaced)
