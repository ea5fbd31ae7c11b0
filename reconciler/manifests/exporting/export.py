"""Exports live state as tidy manifests; a plan of them against the platform has no changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from reconciler.errors import UsageError
from reconciler.kinds.address import Address, collection_of, identity, parent_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import KINDS
from reconciler.kinds.selection import Selection
from reconciler.manifests.config.models import OWNABLE
from reconciler.manifests.declaration_keys import ITEMS, LEVELS
from reconciler.manifests.exporting.declarable import undeclarable
from reconciler.manifests.exporting.documents import Documents, Exportable, ManifestFile
from reconciler.manifests.exporting.fields import escape_expressions
from reconciler.manifests.exporting.scaffold import git_files
from reconciler.manifests.exporting.writer import write_files
from reconciler.manifests.files.discovery import ENVIRONMENTS, PROJECT_FILE
from reconciler.manifests.settings import GuardSettings, ProjectSettings
from reconciler.manifests.variables.substitution import OPENING_BYTES
from reconciler.manifests.yaml.writer import Document, Style, to_yaml

__all__ = ["PERSONAL", "Exportable", "export_files", "left_out", "write_files"]

PERSONAL = frozenset(kind.collection for kind in KINDS if kind.is_personal)
"""Collections that are exported only on request."""

_STYLE = Style(
    tall=frozenset({LEVELS, "questions", "options"}),
    listed=frozenset({ITEMS, LEVELS, *(kind.collection for kind in KINDS.nested)}),
    inline=frozenset({"options"}),
)
_LARGEST_FILE_BYTES = 8 * 1024 * 1024


def export_files(
    resources: Iterable[Exportable],
    settings: ProjectSettings,
    *,
    only: Sequence[str] = (),
    include: frozenset[str] = frozenset(),
    names: Mapping[str, str] | None = None,
    unread: Iterable[str] = (),
) -> Mapping[str, bytes]:
    """The files of a project that declares these resources, by path.

    `only` are globs of addresses; they include everything below a match. `include` names
    collections of `PERSONAL`. `names` has the platform's spelling of users, connectors and forms,
    by identity of their address. `unread` has the addresses of resources that could not be read:
    their complete lists are left out, because a list without them would ask for their deletion.
    Raises UsageError if `only` matches nothing.
    """
    unread = tuple(unread)
    chosen = _without_lists_of(unread, _chosen(resources, only, include))
    refused = undeclarable(chosen)
    chosen = {key: resource for key, resource in chosen.items() if resource.address not in refused}
    if only and not chosen:
        left_out = sorted(PERSONAL - include)
        hint = f"; add --include to export {' and '.join(left_out)}" if left_out else ""
        raise UsageError(f"nothing to export matches {', '.join(only)}{hint}")
    partial = frozenset(identity(parent_of(address)) for address in refused)
    documents = Documents(chosen, spelled=names or {}, partial=partial)
    files = {path: text.encode() for path, text in documents.contents.items()}
    for file in documents.files():
        files.update(_files_of(file))
    # A collection that was not read whole must not be exclusive.
    whole = documents.global_collections - {
        collection_of(resource) for resource in (*refused, *unread)
    }
    exclusive = frozenset() if only else settings.exclusive & whole
    project = {**git_files(), **_project_files(settings, exclusive)}
    return {**project, **dict(sorted(files.items()))}


def left_out(
    resources: Iterable[Exportable],
    *,
    only: Sequence[str] = (),
    include: frozenset[str] = frozenset(),
) -> Mapping[Address, str]:
    """The resources that an export leaves out because no manifest can declare them, with
    reasons."""
    return undeclarable(_chosen(resources, only, include))


def _chosen(
    resources: Iterable[Exportable], only: Sequence[str], include: frozenset[str]
) -> dict[str, Exportable]:
    """The selected resources, sorted and keyed by identity."""
    selection = Selection(only)
    chosen: dict[str, Exportable] = {}
    for resource in resources:
        key = identity(resource.address)
        if (not resource.kind.is_personal or resource.kind.collection in include) and selection.has(
            key
        ):
            chosen[key] = resource
    return {key: chosen[key] for key in sorted(chosen)}


def _without_lists_of(
    unread: Iterable[str], chosen: Mapping[str, Exportable]
) -> dict[str, Exportable]:
    """The resources outside the complete lists with unread entries."""
    lacking = [identity(place) for place in map(_complete_list, unread) if place]
    return {
        key: resource
        for key, resource in chosen.items()
        if not any(key == place or key.startswith(f"{place}/") for place in lacking)
    }


def _complete_list(address: str) -> str:
    """The complete list or tree that a manifest would declare with this resource; "" without
    resource."""
    collection = collection_of(address)
    kind = KINDS.of_address(address)
    if kind is None or kind.life is not Life.ENTRY or not kind.has_complete_lists:
        return ""
    if "/" in collection:
        return collection
    return "/".join(address.split("/")[:2]) if kind.is_tree else ""


def _files_of(file: ManifestFile) -> dict[str, bytes]:
    """The file, split into several if it would be too large to read."""
    parts = _parts(file.documents)
    names = [file.stem, *(f"{file.stem}-{n}" for n in range(2, len(parts) + 1))]
    return {f"{name}.yaml": data for name, data in zip(names, parts, strict=True)}


def _parts(documents: Sequence[Document]) -> list[bytes]:
    data = to_yaml(documents, _STYLE)
    if OPENING_BYTES in data:
        data = to_yaml([escape_expressions(resource) for resource in documents], _STYLE)
    if len(data) <= _LARGEST_FILE_BYTES:
        return [data]
    halves = _halves(documents)
    return [part for half in halves for part in _parts(half)] if halves else [data]


def _halves(documents: Sequence[Document]) -> tuple[Sequence[Document], ...]:
    if len(documents) > 1:
        middle = len(documents) // 2
        return documents[:middle], documents[middle:]
    items = documents[0].get(ITEMS)
    if not isinstance(items, list) or len(items) < 2:
        return ()
    middle = len(items) // 2
    parts: tuple[JsonValue, JsonValue] = (items[:middle], items[middle:])
    return tuple([{**documents[0], ITEMS: part}] for part in parts)


def _project_files(settings: ProjectSettings, exclusive: frozenset[str]) -> dict[str, bytes]:
    project: Fields = {"project": settings.project}
    if exclusive:
        project["ownership"] = {name: "exclusive" for name in OWNABLE if name in exclusive}
    guards = settings.guards
    if guards != GuardSettings():
        project["guards"] = {
            "mass-change": {
                "count": guards.mass_change_count,
                "percent": guards.mass_change_percent,
            },
            "delete-in-use": {"recent_days": guards.recent_days},
            "service-stops": {"recent_days": guards.service_days},
        }
    environment = settings.environment
    platform: Fields = {"url": environment.url, "id": environment.platform_id}
    return {
        PROJECT_FILE: to_yaml([project]),
        f"{ENVIRONMENTS}/{environment.name}.yaml": to_yaml([{"platform": platform}]),
    }
