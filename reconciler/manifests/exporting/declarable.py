"""Finds live resources that no manifest can declare, so that exports pass `validate`.

A platform may have names that manifests refuse: with invisible characters, or a customer without a
social network. They are left out, with everything below them.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.address import Address, ancestors, name_of
from reconciler.kinds.values.names import clean_name
from reconciler.manifests.exporting.documents import Exportable


def undeclarable(resources: Mapping[str, Exportable]) -> dict[Address, str]:
    """Why each such resource cannot be declared; `resources` are by identity."""
    found: dict[Address, str] = {}
    keys: set[str] = set()
    for key, resource in resources.items():
        if not keys.isdisjoint(ancestors(key)):
            found[resource.address] = "it belongs to a resource that is left out"
            continue
        why = _why_not(resource)
        if why:
            keys.add(key)
            found[resource.address] = why
    return found


def _why_not(resource: Exportable) -> str:
    """The reason why no manifest can declare it; "" without resource."""
    kind, name = resource.kind, name_of(resource.address)
    try:
        if kind.identity and kind.clean_identity(name) != name:
            return f"its {kind.identity} is not in normal form"
        for reference in kind.references(resource.address, resource.fields):
            clean_name(reference.name)
    except ValueError as error:
        # The reason is shown unmasked, so it quotes nothing about a customer.
        return f"manifests refuse its {kind.identity}" if kind.is_personal else str(error)
    return ""
