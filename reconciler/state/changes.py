"""What an outcome does to the ledger. Values only: `ledger_rows` carries them out, in order."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.address import Address
from reconciler.state.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class Upsert:
    """This is what is owned now at the entry's address, whatever was there before."""

    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Remove:
    """The address is owned no more. What is below it has changes of its own."""

    address: Address


@dataclass(frozen=True, slots=True)
class Rebase:
    """The resource and all below it go by a new address.

    Entries left under the new address are dropped: the platform let it be renamed to, so nothing
    was there. Where nothing is owned under the old address it does nothing, so it can be repeated.
    """

    old: Address
    new: Address


LedgerChange = Upsert | Remove | Rebase
