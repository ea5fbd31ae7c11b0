"""The addresses that resources have while renames of a plan are still to be made."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from reconciler.applying.rechecks.change_state import ChangeState, CheckedChange, check_rename
from reconciler.kinds.address import identity
from reconciler.kinds.renames import address_under_renames
from reconciler.live.platform import LiveResource
from reconciler.planning.change import Action, Change


class OldNames:
    """Maps an address of the plan to the address that the resource has now."""

    def __init__(self) -> None:
        self._old: dict[str, str] = {}

    @classmethod
    def on_platform(
        cls, changes: Iterable[Change], live: Mapping[str, LiveResource], pending: Container[str]
    ) -> OldNames:
        """The names on the platform: old where a pending rename is not made there yet."""
        renames = [
            change for change in changes if change.action is Action.RENAME and change.key in pending
        ]
        names = cls()
        for change in sorted(renames, key=lambda rename: rename.address.count("/")):
            names._put(change)
            if names.check_rename(change, live).state is ChangeState.DONE:
                names._drop(change)
        return names

    @classmethod
    def in_ledger(
        cls, changes: Iterable[Change], entries: Container[str], pending: Container[str]
    ) -> OldNames:
        """The names in the ledger: old before a pending rename, even one made on the platform.

        A rename that another run recorded in the ledger counts as made.
        """
        names = cls()
        for change in changes:
            if change.action is not Action.RENAME or change.key not in pending:
                continue
            names._put(change)
            old = identity(names.of(change.address))
            if old not in entries and identity(change.address) in entries:
                names._drop(change)
        return names

    def check_rename(self, change: Change, live: Mapping[str, LiveResource]) -> CheckedChange:
        """Compare a rename with the platform; `live` is keyed by identity."""
        old = live.get(identity(self.of(change.address)))
        return check_rename(change, old, live.get(identity(change.address)))

    def of(self, address: str) -> str:
        """The address now of the resource that the plan calls `address`."""
        return address_under_renames(address, self._old)

    def _put(self, change: Change) -> None:
        if change.previous_address is not None:
            self._old[identity(change.address)] = change.previous_address

    def _drop(self, change: Change) -> None:
        self._old.pop(identity(change.address), None)
