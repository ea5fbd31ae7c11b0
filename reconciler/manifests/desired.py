"""What the manifests of one environment ask for, as values: the output of this package.

Everything is expanded: nested and standalone forms are equal here, variables and maps are
applied, `copy_from` is copied, `ignore` lists are field names of the resource at hand.
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
"""How a resource was declared: under its parent's key, or as a document or item of its own."""
OnRemove = Literal["delete", "keep"]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a resource is to be treated: `ignore` holds names of fields set on create only.

    `protect` is None where git does not say: what is protected then stays so.
    """

    protect: bool | None = None
    on_remove: OnRemove = "delete"
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DesiredResource:
    """One resource as the manifests want it.

    `fields` holds only what is declared, in normal form; a None inside clears. For members,
    `removes` is None when the list is complete, else the users to take out, and `fields` holds
    the entries to ensure. `path` leads to it inside its document (for field positions).
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


@dataclass(frozen=True, slots=True)
class DesiredList:
    """A list a manifest speaks of: the entries directly below `address`.

    `campaigns/Sales/statuses`, `dispositions/Sale` (the levels below it), or a global collection
    that the project owns exclusively. A `complete` list has no other entries than the desired
    ones; otherwise only `removes` are taken out, each at the place that says so.
    """

    address: str
    source: Source
    complete: bool = True
    removes: tuple[tuple[Address, Source], ...] = ()


@dataclass(frozen=True, slots=True)
class Desired:
    """All of it, keyed by `kinds.address.identity` of each address, in file order.

    `digest` is a SHA-256 over the compiled content (not over formatting or comments).
    """

    resources: Mapping[str, DesiredResource]
    lists: Mapping[str, DesiredList]
    digest: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifests:
    """A folder, read for one environment."""

    settings: ProjectSettings
    desired: Desired
    approvals: tuple[Approval, ...]
    files: frozenset[str] = frozenset()
    """Every file that was read, below the folder."""
