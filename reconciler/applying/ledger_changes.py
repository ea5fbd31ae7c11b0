"""What a change that was made does to the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.address import Address
from reconciler.planning.change import Action, Change
from reconciler.state.changes import LedgerChange, Rebase, Remove, Upsert
from reconciler.state.ledger import LedgerEntry


def ledger_changes(change: Change) -> Iterator[LedgerChange]:
    """The ledger changes to commit with the outcome of a change."""
    if change.action in (Action.DELETE, Action.FORGET):
        yield Remove(change.address)
        return
    if change.action is Action.RENAME and change.previous_address is not None:
        yield Rebase(Address(change.previous_address), change.address)
    tracking = change.tracking
    if tracking is not None:
        yield Upsert(
            LedgerEntry(
                address=change.address,
                kind=change.kind,
                form=tracking.form,
                fields=tracking.fields,
                protect=tracking.protect,
                on_remove=tracking.on_remove,
            )
        )
