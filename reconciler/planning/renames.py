"""Declared renames, settled against what is live, before anything else is compared.

Parents go before children. After a rename in place, everything below moves with it: live state
and ledger are seen here as they will be once the renames are done, so the rest of planning knows
nothing of them. An old name that is no longer live is spent, and so is one that is live beside
the new name once the new one is ours and the old is not; both names live is else an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.errors import Problem
from reconciler.kinds.address import Address, collection_of, identity, name_of
from reconciler.kinds.base import Renaming
from reconciler.kinds.renames import address_under_renames
from reconciler.live.platform import LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.state.ledger import LedgerEntry

_Addressed = TypeVar("_Addressed", LiveResource, LedgerEntry)


@dataclass(slots=True)
class ResolvedRenames:
    """Live state and ledger as the renames leave them.

    `renamed` maps the identity of a new address to the live resource as it was; `replaced` maps
    the identity of a new address to the live resource under its old name. `spent` are those made
    before, whose old name lives on as somebody's own.
    """

    live: dict[str, LiveResource]
    entries: dict[str, LedgerEntry]
    renamed: dict[str, LiveResource] = field(default_factory=dict)
    replaced: dict[str, LiveResource] = field(default_factory=dict)
    spent: list[DesiredResource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def resolve_renames(
    desired: Iterable[DesiredResource],
    live: Mapping[str, LiveResource],
    entries: Mapping[str, LedgerEntry],
) -> ResolvedRenames:
    """Settle every `renamed_from`. Problems are collected, not raised."""
    settled = ResolvedRenames(dict(live), dict(entries))
    by_depth: dict[int, list[DesiredResource]] = {}
    for wanted in desired:
        if wanted.renamed_from is not None:
            by_depth.setdefault(wanted.address.count("/"), []).append(wanted)
    for depth in sorted(by_depth):
        _settle_depth(settled, by_depth[depth])
    return settled


def _settle_depth(settled: ResolvedRenames, declared: list[DesiredResource]) -> None:
    moves: dict[str, Address] = {}
    for wanted in declared:
        old = settled.live.get(identity(wanted.renamed_from or ""))
        if old is None:
            continue
        if identity(old.address) == identity(wanted.address):
            continue
        if identity(wanted.address) in settled.live:
            if _is_spent(settled, wanted, old):
                settled.spent.append(wanted)
            else:
                settled.problems.append(both_names_live(wanted))
        elif wanted.kind.renaming is Renaming.REPLACE:
            settled.replaced[identity(wanted.address)] = old
        else:
            settled.renamed[identity(wanted.address)] = old
            moves[identity(old.address)] = wanted.address
    if moves:
        _move(settled, moves)


def _move(settled: ResolvedRenames, moves: Mapping[str, Address]) -> None:
    prefixes = {collection_of(address) for address in moves.values()}
    settled.live = _renamed(settled.live, moves, prefixes)
    settled.entries = _renamed(settled.entries, moves, prefixes)


def _renamed(
    resources: Mapping[str, _Addressed], moves: Mapping[str, Address], prefixes: set[str]
) -> dict[str, _Addressed]:
    """The same under their new addresses, in the same order.

    What is renamed takes the place of what was left under its new address, as in the ledger.
    """
    found: dict[str, _Addressed] = {}
    taken: set[str] = set()
    for one in resources.values():
        moved = _moved(one.address, moves, prefixes)
        key = identity(moved)
        if moved != one.address:
            taken.add(key)
            found[key] = replace(one, address=moved)
        elif key not in taken:
            found[key] = one
    return found


def _moved(address: Address, moves: Mapping[str, Address], prefixes: set[str]) -> Address:
    if collection_of(address) not in prefixes:
        return address
    return address_under_renames(address, moves)


def _is_spent(settled: ResolvedRenames, wanted: DesiredResource, old: LiveResource) -> bool:
    """Whether the new one is ours and the old one is not, or is only kept."""
    if identity(wanted.address) not in settled.entries:
        return False
    entry = settled.entries.get(identity(old.address))
    return entry is None or entry.on_remove == "keep"


def both_names_live(wanted: DesiredResource) -> Problem:
    """That a rename cannot be, since both names are taken."""
    old, new = name_of(wanted.renamed_from or ""), name_of(wanted.address)
    return wanted.source.problem(
        f"{wanted.address}: both '{old}' and '{new}' are on the platform, so this is no rename",
        f"take renamed_from out and remove '{old}' if it is no longer wanted; a swap of two names "
        "takes two applies by way of a third name",
    )
