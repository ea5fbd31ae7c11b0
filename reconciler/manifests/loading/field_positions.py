"""Finds the place of each field of a resource by reading its file again, because few are needed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path as Folder

from reconciler.errors import Problem
from reconciler.manifests.declaration_keys import file_keys
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.files.discovery import read_file
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.limits import FileLimits
from reconciler.manifests.yaml.nodes import Document, Path, Position, YamlValue
from reconciler.manifests.yaml.nodes import Sequence as YamlSequence
from reconciler.manifests.yaml.reader import read_documents


def field_positions(manifests_root: Folder, resource: DesiredResource) -> Mapping[str, Source]:
    """The place of each declared field, by its path (`schedule.mon`, `members[ana].penalty`).

    Other keys (`lifecycle`, `campaign`) are included. Empty if the file does not exist any more.
    """
    return field_positions_in(documents_of(manifests_root, resource.source.file), resource)


def documents_of(root: Folder, file: str) -> list[Document]:
    """The documents of a file; none if it cannot be read."""
    limits = FileLimits()
    data = read_file(root, file, limits.size_bytes)
    return [] if isinstance(data, Problem) else read_documents(data, file, limits)[0]


class FieldLocator:
    """Finds places of fields of any resource; keeps the last file."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._file = ""
        self._documents: Sequence[Document] = ()

    def __call__(self, resource: DesiredResource, path: str) -> Source:
        """The place of the field at `path`, or of the nearest field above it.

        An entry that the environment renames is found by its written name.
        """
        name = resource.mapping_at(path)
        if name is not None:
            path = path.replace(f"[{name.name}]", f"[{name.written}]")
        file = resource.source.file
        if self._file != file:
            self._file, self._documents = file, documents_of(self._root, file)
        found = field_positions_in(self._documents, resource)
        while path:
            if path in found:
                return found[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return resource.source


def field_positions_in(
    documents: Sequence[Document], resource: DesiredResource
) -> Mapping[str, Source]:
    """The place of each declared field, from the documents of the resource's file."""
    place = Position(resource.source.line, resource.source.column)
    after = bisect_right(documents, place, key=lambda document: document.position)
    return _Finder(resource, documents[after - 1]).positions() if after else {}


class _Finder:
    """Walks the declaration of a resource and notes the place of each field."""

    def __init__(self, resource: DesiredResource, document: Document) -> None:
        self._resource = resource
        self._document = document
        self._found: dict[str, Source] = {}

    def positions(self) -> dict[str, Source]:
        resource, path = self._resource, self._resource.path
        node = _at(self._document.root, path)
        if not resource.kind.identity:
            field = resource.kind.list_field
            self._note(field, path)
            at = (*path, "add") if isinstance(node, dict) else path
            listed = node.get("add") if isinstance(node, dict) else node
            self._walk(field, field, listed, at)
        elif isinstance(node, dict):
            body = resource.kind.body_of(resource.address)
            for name, value in node.items():
                self._note(name, (*path, name))
                if name in body.model_fields:
                    self._walk(name, name, value, (*path, name))
            for key, field in file_keys(body):
                if key in node:
                    self._note(field, (*path, key))
        for field in resource.fields:
            self._found.setdefault(field, resource.source)
        return self._found

    def _walk(self, name: str, schema: str, node: YamlValue, path: Path) -> None:
        """`name` is the path of a field for people; `schema` is the same without list keys."""
        if isinstance(node, dict) and schema not in self._resource.kind.replaced_whole:
            for key, value in node.items():
                self._note(f"{name}.{key}", (*path, key))
                self._walk(f"{name}.{key}", f"{schema}.{key}", value, (*path, key))
        elif isinstance(node, dict):
            for key in node:
                self._note(f"{name}.{key}", (*path, key))
        elif isinstance(node, YamlSequence):
            self._list(name, schema, node, path)

    def _list(self, name: str, schema: str, items: YamlSequence, path: Path) -> None:
        key = self._resource.kind.keyed_lists.get(schema)
        for index, item in enumerate(items):
            known = item.get(key) if isinstance(item, dict) and key is not None else item
            if isinstance(known, str):
                self._note(f"{name}[{known}]", (*path, index))
                if isinstance(item, dict):
                    self._walk(f"{name}[{known}]", schema, item, (*path, index))

    def _note(self, name: str, path: Path) -> None:
        self._found[name] = self._document.source(path)


def _at(node: YamlValue, path: Path) -> YamlValue:
    for element in path:
        if isinstance(node, dict) and isinstance(element, str):
            node = node.get(element)
        elif isinstance(node, list) and isinstance(element, int) and element < len(node):
            node = node[element]
        else:
            return None
    return node
