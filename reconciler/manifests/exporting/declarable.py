"""Which live resources a manifest can declare: an export writes what `validate` accepts.

A platform may hold names that manifests refuse: with invisible characters, or a customer whose
social network is not known. They are left out, with all that is below them.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.address import Address, ancestors, name_of
from reconciler.kinds.values.names import clean_name
from reconciler.manifests.exporting.documents import Exportable


def undeclarable(resources: Mapping[str, Exportable]) -> dict[Address, str]:
    """Why each resource that no manifest can declare cannot be; `resources` are by identity."""
    found: dict[Address, str] = {}
    keys: set[str] = set()
    for key, one in resources.items():
        if not keys.isdisjoint(ancestors(key)):
            found[one.address] = "it is below one that is left out"
            continue
        why = _why_not(one)
        if why:
            keys.add(key)
            found[one.address] = why
    return found


def _why_not(one: Exportable) -> str:
    """What keeps a manifest from declaring it, "" where nothing does."""
    kind, name = one.kind, name_of(one.address)
    try:
        if kind.identity and kind.clean_identity(name) != name:
            return f"its {kind.identity} is not in normal form"
        for reference in kind.references(one.address, one.fields):
            clean_name(reference.name)
    except ValueError as error:
        # Of a customer nothing is quoted: the reason is shown as it is.
        return f"manifests refuse its {kind.identity}" if kind.is_personal else str(error)
    return ""
