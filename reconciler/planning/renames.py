"""Declared renames, applied to live state and ledger before anything is compared.

Parents are renamed before children. A rename in place moves everything below the resource, so the
rest of planning sees live state and ledger after the renames. A rename is spent, and
ignored, when the old name is no longer live, or when both names are live and this project manages
only the new one. Otherwise two live names are an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.errors import Problem
from reconciler.kinds.address import Address, collection_of, identity, name_of
from reconciler.kinds.base import Renaming
from reconciler.kinds.registry import place
from reconciler.kinds.renames import address_under_renames
from reconciler.live.platform import LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.message import Message, Personal
from reconciler.state.ledger import LedgerEntry

_Addressed = TypeVar("_Addressed", LiveResource, LedgerEntry)


@dataclass(slots=True)
class ResolvedRenames:
    """Live state and ledger after the renames, all by identity."""

    live: dict[str, LiveResource]
    entries: dict[str, LedgerEntry]
    renamed: dict[str, LiveResource] = field(default_factory=dict)
    """The live resource before its rename, by the identity of its new address."""
    replaced: dict[str, LiveResource] = field(default_factory=dict)
    """The live resource that a new one replaces, by the identity of the new address."""
    spent: list[DesiredResource] = field(default_factory=list)
    """Renames that were made before, and whose old name is live again."""
    problems: list[Problem] = field(default_factory=list)


def resolve_renames(
    desired: Iterable[DesiredResource],
    live: Mapping[str, LiveResource],
    entries: Mapping[str, LedgerEntry],
) -> ResolvedRenames:
    """Live state and ledger after every `renamed_from`. Problems are collected, not raised."""
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
    """The resources under their new addresses, in the same order.

    A renamed resource replaces one that was left under its new address, as in the ledger.
    """
    found: dict[str, _Addressed] = {}
    taken: set[str] = set()
    for resource in resources.values():
        moved = _moved(resource.address, moves, prefixes)
        key = identity(moved)
        if moved != resource.address:
            taken.add(key)
            found[key] = replace(resource, address=moved)
        elif key not in taken:
            found[key] = resource
    return found


def _moved(address: Address, moves: Mapping[str, Address], prefixes: set[str]) -> Address:
    if collection_of(address) not in prefixes:
        return address
    return address_under_renames(address, moves)


def _is_spent(settled: ResolvedRenames, wanted: DesiredResource, old: LiveResource) -> bool:
    """Whether this project manages the new name, and not the old one or only keeps it."""
    if identity(wanted.address) not in settled.entries:
        return False
    entry = settled.entries.get(identity(old.address))
    return entry is None or entry.on_remove == "keep"


def both_names_live(wanted: DesiredResource) -> Problem:
    """The problem of a rename whose old and new names are both live."""
    old, new = name_of(wanted.renamed_from or ""), name_of(wanted.address)
    return wanted.source.problem(
        Message.of(
            "{address}: both '{old}' and '{new}' are on the platform, so '{old}' cannot be renamed",
            address=place(wanted.address),
            old=Personal(old),
            new=Personal(new),
        ),
        Message.of(
            "remove `renamed_from`, and delete '{old}' if you no longer need it; to swap two "
            "names, use a third name and two applies",
            old=Personal(old),
        ),
    )
