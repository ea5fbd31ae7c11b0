"""The desired state of one environment: what loading the manifests returns.

Everything is expanded. Nested and standalone forms are equal, variables and maps are applied,
`copy_from` is copied, and `ignore` lists field names of the resource itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reconciler.errors import Problem
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields, Kind
from reconciler.manifests.settings import Approval, ProjectSettings
from reconciler.manifests.source import Source

Form = Literal["nested", "standalone"]
"""How a resource was declared: under its parent's key, or as a document or item."""
OnRemove = Literal["delete", "keep"]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How to treat a resource: `ignore` has the names of fields that are set on create only.

    `protect` is None when git does not say; the protection in the ledger then stays.
    """

    protect: bool | None = None
    on_remove: OnRemove = "delete"
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MappedName:
    """A name that the environment's map changed."""

    name: str
    """The name in this environment."""
    written: str
    """The name in the manifest."""
    place: str
    """The map: "`map.users` of environments/prod.yaml"."""
    key: str
    """The key of the name: `user`, `connector`, `numbers`."""

    def is_at(self, path: str, value: object) -> bool:
        """Whether it is the name at a path, which ends with an entry or has this value."""
        return f"[{self.name}]" in path or (path == self.key and value == self.name)


@dataclass(frozen=True, slots=True)
class DesiredResource:
    """One resource that the manifests declare.

    `fields` has only the declared fields, in normal form; None clears a field. For members,
    `removes` is None for a complete list, else the users to remove, and `fields` has the entries to
    ensure. `path` leads to the resource inside its document.
    """

    address: Address
    kind: Kind
    fields: Fields
    source: Source
    form: Form = "standalone"
    lifecycle: Lifecycle = Lifecycle()
    renamed_from: Address | None = None
    removes: tuple[str, ...] | None = None
    path: tuple[str | int, ...] = ()
    mapped: tuple[MappedName, ...] = ()
    """The names in `fields` that the environment changed."""

    def mapping_at(self, path: str) -> MappedName | None:
        """The mapped name at the path of a field, None for an unchanged name."""
        value = self.fields.get(path)
        return next((name for name in self.mapped if name.is_at(path, value)), None)


@dataclass(frozen=True, slots=True)
class DesiredList:
    """A list that a manifest declares: the entries directly below `address`.

    `campaigns/Sales/statuses`, `dispositions/Sale` (the levels below it), or a global collection
    that the project owns exclusively. A `complete` list has only the desired entries. Any other
    list loses only `removes`, each with the place that removes it.
    """

    address: str
    source: Source
    complete: bool = True
    removes: tuple[tuple[Address, Source], ...] = ()


@dataclass(frozen=True, slots=True)
class Desired:
    """All resources and lists, keyed by `kinds.address.identity` of their address, in file order.

    `digest` is a SHA-256 of the compiled content, without formatting and comments.
    """

    resources: Mapping[str, DesiredResource]
    lists: Mapping[str, DesiredList]
    digest: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifests:
    """A folder, loaded for one environment."""

    settings: ProjectSettings
    desired: Desired
    approvals: tuple[Approval, ...]
    files: frozenset[str] = frozenset()
    """Every file that was read, as paths below the folder."""
