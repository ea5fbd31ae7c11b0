"""The documents of an export: how each resource is declared, and in which file.

A campaign has a file with all its resources; each global collection has a file. A resource exported
without its campaign (or upper level) must not make a list look complete, so it becomes a standalone
document or an `{add: […]}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from reconciler.kinds.address import (
    CAMPAIGNS,
    Address,
    campaign_name,
    campaign_of,
    collection_of,
    identity,
    name_of,
)
from reconciler.kinds.base import Fields, Kind, Life, Reference
from reconciler.kinds.reference_spelling import with_spelling
from reconciler.kinds.registry import KINDS
from reconciler.manifests.declaration_keys import (
    CAMPAIGN,
    ITEMS,
    KIND,
    LEVELS,
    NESTED_KINDS,
    file_keys,
)
from reconciler.manifests.exporting.fields import without_defaults
from reconciler.manifests.exporting.file_names import file_stems
from reconciler.manifests.exporting.tree import Level, name_or_entry, nested_levels, tree_levels
from reconciler.manifests.variables.substitution import OPENING
from reconciler.manifests.yaml.writer import Document, Unquoted, is_literal

_LONGEST_INLINE = 2_000
_MOST_INLINE_LINES = 30


class Exportable(Protocol):
    """A resource to export, with all fields in normal form."""

    @property
    def address(self) -> Address: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def fields(self) -> Fields: ...


@dataclass(slots=True)
class _Scope:
    """The resources of one campaign, or (`name` is None) the global ones, by collection."""

    name: str | None
    campaign: Exportable | None = None
    own: dict[str, list[Exportable]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A file to write: its path without the ending, and its documents."""

    stem: str
    documents: list[Document]


class Documents:
    """Makes documents of resources that are keyed and sorted by identity.

    `spelled` has the names of unmanaged referenced resources (users, forms), by identity of their
    address. `partial` has the identities of lists that are not complete here.
    """

    def __init__(
        self,
        resources: Mapping[str, Exportable],
        *,
        spelled: Mapping[str, str],
        partial: frozenset[str],
    ) -> None:
        self._resources = resources
        self._spelled = spelled
        self._partial = partial
        self._scopes: dict[str, _Scope] = {"": _Scope(None)}
        self._sort_into_scopes()
        names = [scope.name for scope in self._scopes.values() if scope.name is not None]
        self._slugs = file_stems(names, CAMPAIGN)
        self._content_paths: dict[str, str] = {}
        self.contents: dict[str, str] = {}
        """Texts with separate files, by path."""
        self._place_contents()

    @property
    def global_collections(self) -> frozenset[str]:
        """The global collections with resources here."""
        campaigns = {
            resource.kind.collection
            for resource in self._resources.values()
            if _is_campaign(resource)
        }
        return frozenset(self._scopes[""].own) | campaigns

    def files(self) -> Iterator[ManifestFile]:
        """Every manifest file."""
        loose: list[_Scope] = []
        for scope in self._scopes.values():
            if scope.campaign is None or scope.name is None:
                loose.append(scope)
                continue
            stem = f"{CAMPAIGNS}/{self._slugs[scope.name]}"
            yield ManifestFile(stem, [self._campaign(scope.campaign, scope)])
            within = {kind.collection for kind in NESTED_KINDS}
            rest = {name: own for name, own in scope.own.items() if name not in within}
            loose.append(_Scope(scope.name, None, rest))
        for kind in KINDS:
            documents = [resource for scope in loose for resource in self._standalone(kind, scope)]
            if documents:
                yield ManifestFile(kind.collection, documents)

    def _sort_into_scopes(self) -> None:
        for key, resource in self._resources.items():
            if _is_campaign(resource):
                self._scopes[key] = _Scope(name_of(resource.address), resource)
                continue
            campaign = campaign_of(key) or ""
            if campaign not in self._scopes:
                self._scopes[campaign] = _Scope(campaign_name(resource.address))
            self._scopes[campaign].own.setdefault(resource.kind.collection, []).append(resource)

    # Documents

    def _campaign(self, campaign: Exportable, scope: _Scope) -> Document:
        document: Fields = {KIND: campaign.kind.name, **self._entry(campaign)}
        for kind in NESTED_KINDS:
            own = scope.own.get(kind.collection)
            value = self._nested(kind, own) if own else None
            if value:
                document[kind.collection] = value
        return document

    def _nested(self, kind: Kind, own: list[Exportable]) -> JsonValue:
        """The value of a campaign's key for its resources; empty if all are at their defaults."""
        if kind.life is Life.ORDERED_LIST:
            return self._ordered(own[0])
        if kind.life is Life.FIXED:
            there = {name_of(resource.address): resource for resource in own}
            return {
                name: fields
                for name in kind.bodies
                if name in there and (fields := self._fields(there[name]))
            }
        if kind.is_tree:
            top = tree_levels(own, 3)
            entries = [name_or_entry(self._tree(kind, level)) for level in top]
            # The list is not complete if an upper level is missing.
            whole = all(level.resource for level in top)
        else:
            entries = [name_or_entry(self._entry(resource, "../")) for resource in own]
            whole = True
        whole = whole and identity(collection_of(own[0].address)) not in self._partial
        return entries if whole else {"add": entries}

    def _ordered(self, resource: Exportable) -> JsonValue:
        field_name = resource.kind.list_field
        listed = self._fields(resource).get(field_name)
        if not isinstance(listed, list):
            return []
        return [name_or_entry(entry) if isinstance(entry, dict) else entry for entry in listed]

    def _standalone(self, kind: Kind, scope: _Scope) -> Iterator[Document]:
        own = scope.own.get(kind.collection)
        if not own:
            return
        head: Fields = {KIND: kind.name}
        if scope.name is not None:
            head[CAMPAIGN] = scope.name
        if kind.is_tree or kind.keyed_lists or kind.life is Life.FIXED:
            for resource in self._single(kind, own):
                yield {**head, **resource}
        else:
            yield {**head, ITEMS: [name_or_entry(self._entry(resource)) for resource in own]}

    def _single(self, kind: Kind, own: list[Exportable]) -> Iterator[Fields]:
        """The body of each document that declares one resource or one tree."""
        if kind.is_tree:
            depth = 3 if campaign_of(own[0].address) else 1
            yield from (self._tree(kind, level) for level in tree_levels(own, depth))
        elif kind.life is Life.ORDERED_LIST:
            listed = self._ordered(own[0])
            if listed:
                yield {kind.list_field: listed}
        else:
            skips_defaults = kind.life is Life.FIXED
            yield from (
                self._entry(resource)
                for resource in own
                if not skips_defaults or self._fields(resource)
            )

    def _tree(self, kind: Kind, top: Level[Exportable]) -> Fields:
        def entry(level: Level[Exportable]) -> Fields:
            return self._entry(level.resource) if level.resource else {kind.identity: level.name}

        def is_whole(level: Level[Exportable]) -> bool:
            return level.resource is not None and not self._is_partial(level.resource)

        return nested_levels(top, LEVELS, entry, is_whole)

    def _is_partial(self, resource: Exportable) -> bool:
        return identity(resource.address) in self._partial

    # Entries

    def _entry(self, resource: Exportable, upwards: str = "") -> Fields:
        """A resource with its name; `upwards` leads from its manifest to the project folder."""
        name = name_of(resource.address)
        fields = self._fields(resource, upwards)
        natural = resource.kind.natural_identity
        if natural is not None and natural(resource.fields) == name:
            return fields
        qualifier = resource.kind.qualifier
        parts = qualifier.parts(name) if qualifier is not None else None
        if qualifier is not None and parts is not None:
            return {resource.kind.identity: parts[1], qualifier.key: parts[0], **fields}
        return {resource.kind.identity: name, **fields}

    def _fields(self, resource: Exportable, upwards: str = "") -> Fields:
        fields = without_defaults(resource.kind, resource.address, resource.fields)
        if fields:
            fields = with_spelling(resource.kind, resource.address, fields, self._right)
        path = self._content_paths.get(resource.address)
        if path is not None:
            for key, name in file_keys(resource.kind.body_of(resource.address)):
                del fields[name]
                fields[key] = Unquoted(upwards + path)
        return fields

    def _right(self, reference: Reference) -> str:
        """The declared spelling of a reference, which manifests require."""
        for candidate in reference.candidates:
            key = identity(candidate)
            meant = self._resources.get(key)
            if meant is not None:
                return name_of(meant.address)
            if key in self._spelled:
                return self._spelled[key]
        return reference.name

    # Content files

    def _place_contents(self) -> None:
        for scope in self._scopes.values():
            for collection, own in scope.own.items():
                wanted = [resource for resource in own if _content(resource) is not None]
                folder = collection
                if scope.name is not None:
                    folder = f"{collection}/{self._slugs[scope.name]}"
                files = file_stems(
                    (name_of(resource.address) for resource in wanted), own[0].kind.noun
                )
                for resource in wanted:
                    ending = "txt" if resource.fields.get("type") == "text" else "html"
                    path = f"{folder}/{files[name_of(resource.address)]}.{ending}"
                    self._content_paths[resource.address] = path
                    self.contents[path] = _content(resource) or ""


def _is_campaign(resource: Exportable) -> bool:
    return resource.kind.holds_resources


def _content(resource: Exportable) -> str | None:
    """The text of a resource that belongs in a separate file; None without resource."""
    for _, name in file_keys(resource.kind.body_of(resource.address)):
        text = resource.fields.get(name)
        if not isinstance(text, str) or not text:
            continue
        if resource.fields.get("type") == "html" or not _reads_well_inline(text):
            return text
    return None


def _reads_well_inline(text: str) -> bool:
    """Whether a text is easy to read and change inside a manifest."""
    if OPENING in text or len(text) > _LONGEST_INLINE or "\r" in text:
        return False
    return "\n" not in text or (text.count("\n") <= _MOST_INLINE_LINES and is_literal(text))
