"""Changes to the ledger, as values; `ledger_rows` applies them in order."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.address import Address
from reconciler.state.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class Upsert:
    """Set the entry of an address, whatever it was before."""

    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the entry of an address. Entries below it need their own changes."""

    address: Address


@dataclass(frozen=True, slots=True)
class Rebase:
    """Move an entry, and all entries below it, to a new address.

    Entries at the new address are dropped: the platform allowed the rename, so the address was
    free. Without an entry at the old address nothing happens, so a repetition is safe.
    """

    old: Address
    new: Address


LedgerChange = Upsert | Remove | Rebase
