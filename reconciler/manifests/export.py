"""Live state as tidy manifests: files that, planned against that platform, change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from reconciler.errors import UsageError
from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import KINDS
from reconciler.manifests.desired import GuardSettings, Settings
from reconciler.manifests.export_documents import Documents, Exportable, ManifestFile
from reconciler.manifests.export_fields import literally
from reconciler.manifests.export_selection import Selection
from reconciler.manifests.export_write import write_files
from reconciler.manifests.folder import ENVIRONMENTS, PROJECT_FILE
from reconciler.manifests.scaffold import git_files
from reconciler.manifests.settings import OWNABLE
from reconciler.manifests.shapes import ITEMS, LEVELS
from reconciler.manifests.variables import OPENING_BYTES
from reconciler.manifests.yaml_writer import Document, Style, written

__all__ = ["PERSONAL", "Exportable", "export_files", "write_files"]

PERSONAL = frozenset(kind.collection for kind in KINDS if kind.personal)
"""Collections that are left out unless they are asked for."""

_STYLE = Style(
    tall=frozenset({LEVELS, "questions", "options"}),
    listed=frozenset({ITEMS, LEVELS, *(kind.collection for kind in KINDS.nested)}),
    inline=frozenset({"options"}),
)
_LARGEST_FILE_BYTES = 8 * 1024 * 1024


def export_files(
    resources: Iterable[Exportable],
    settings: Settings,
    *,
    only: Sequence[str] = (),
    include: frozenset[str] = frozenset(),
) -> Mapping[str, bytes]:
    """The files of a project that asks for what there is, by their path in it.

    `only` are globs of addresses, which take what is below them too; `include` names collections
    of `PERSONAL`. Raises UsageError where `only` leaves nothing.
    """
    selection = Selection(only)
    chosen: dict[str, Exportable] = {}
    for one in resources:
        key = identity(one.address)
        if (not one.kind.personal or one.kind.collection in include) and selection.has(key):
            chosen[key] = one
    if only and not chosen:
        left_out = sorted(PERSONAL - include)
        hint = f"; {' and '.join(left_out)} only with --include" if left_out else ""
        raise UsageError(f"there is nothing to export at {', '.join(only)}{hint}")
    documents = Documents({key: chosen[key] for key in sorted(chosen)})
    files = {path: text.encode() for path, text in documents.contents.items()}
    for file in documents.files():
        files.update(_files_of(file))
    # What was read in part, or not at all, is not to be owned whole.
    exclusive = frozenset() if only else settings.exclusive & documents.global_collections
    project = {**git_files(), **_project_files(settings, exclusive)}
    return {**project, **dict(sorted(files.items()))}


def _files_of(file: ManifestFile) -> dict[str, bytes]:
    """The file, or several where one would be too large to be read."""
    parts = _parts(file.documents)
    names = [file.stem, *(f"{file.stem}-{n}" for n in range(2, len(parts) + 1))]
    return {f"{name}.yaml": data for name, data in zip(names, parts, strict=True)}


def _parts(documents: Sequence[Document]) -> list[bytes]:
    data = written(documents, _STYLE)
    if OPENING_BYTES in data:
        data = written([literally(one) for one in documents], _STYLE)
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


def _project_files(settings: Settings, exclusive: frozenset[str]) -> dict[str, bytes]:
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
        }
    environment = settings.environment
    platform: Fields = {"url": environment.url, "id": environment.platform_id}
    return {
        PROJECT_FILE: written([project]),
        f"{ENVIRONMENTS}/{environment.name}.yaml": written([{"platform": platform}]),
    }
