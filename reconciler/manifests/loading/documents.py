"""Compiles one document: its kind, its campaign, and the resources it declares.

There are three forms: a document of one resource, a document of `items`, and the keys of a
campaign's document that declare the campaign's resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as Folder

from pydantic import JsonValue

from reconciler.kinds.address import Address, encode
from reconciler.kinds.base import Kind, Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.names import clean_name
from reconciler.manifests.config.environment_rules import EnvironmentRules
from reconciler.manifests.declaration_keys import (
    ADD,
    CAMPAIGN,
    ITEMS,
    KIND,
    LIFECYCLE,
    REMOVE,
    RENAMED_FROM,
    Placement,
    keys_beside_fields,
)
from reconciler.manifests.desired import DesiredList, Form, Lifecycle
from reconciler.manifests.loading.collector import Collector, DocumentContext
from reconciler.manifests.loading.entries import Entries, former_address
from reconciler.manifests.loading.lifecycle import DEFAULT_LIFECYCLE, lifecycle_of
from reconciler.manifests.loading.lists import RawMapping, add_and_remove, refuse_non_list
from reconciler.manifests.loading.members import compile_members
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.diagnostics import QUOTE_HINT
from reconciler.manifests.yaml.nodes import Document, Path, as_json
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import NO_MESSAGE, Message, Personal

_OF_ITEMS = (KIND, CAMPAIGN, ITEMS, LIFECYCLE)


def compile_document(
    document: Document, collector: Collector, root: Folder, rules: EnvironmentRules
) -> None:
    """Compile one document into the collector, problems included."""
    given = as_json(document.root)
    context = DocumentContext(document, collector)
    if not isinstance(given, dict):
        shown = "a list" if isinstance(given, list) else "a single value"
        hint = Message.of("begin it with `kind:`")
        message = Message.of("a document must be a mapping with a `kind`, not {shown}", shown=shown)
        context.refuse((), message, hint)
        return
    kind = _kind(context, given)
    if kind is not None:
        _Compiler(Entries(context, root, rules), kind).document(given)


def _kind(context: DocumentContext, given: RawMapping) -> Kind | None:
    name = given.get(KIND)
    known = [kind.name for kind in KINDS]
    if KIND not in given:
        near = next((key for key in given if key.lower() == KIND), None)
        hint = (
            Message.of("write it `{kind}`", kind=KIND)
            if near
            else Message.of("add `kind:`, one of {known}", known=", ".join(known))
        )
        context.refuse((), Message.of("the document has no `kind`"), hint)
        return None
    if not isinstance(name, str):
        message = Message.of("`kind` must be a name")
        context.refuse((KIND,), message, Message.of("one of {known}", known=", ".join(known)))
        return None
    kind = KINDS.named(name)
    if kind is None:
        by_other = next(
            (k.name for k in KINDS if name.lower() in (k.collection, k.noun, k.plural)), None
        )
        hint = (
            Message.of("did you mean `{by_other}`?", by_other=by_other)
            if by_other
            else did_you_mean(name, known)
        )
        message = Message.of("'{name}' is not a kind", name=name if by_other else Personal(name))
        context.refuse((KIND,), message, hint)
    return kind


class _Compiler:
    """Compiles one document whose kind is known."""

    def __init__(self, entries: Entries, kind: Kind) -> None:
        self._entries = entries
        self._context = entries.context
        self._kind = kind

    def document(self, given: RawMapping) -> None:
        if ITEMS in given and not self._kind.holds_resources:
            self._items(given)
            return
        if ITEMS in given:
            message = Message.of("a {noun} cannot be declared in `items`", noun=self._kind.noun)
            self._context.refuse(
                (ITEMS,), message, Message.of("write one document for each"), of_key=True
            )
            given = {key: value for key, value in given.items() if key != ITEMS}
        base = self._base(given, ())
        if base is None:
            base = self._nowhere(())
        address = self._resource(base, given, (), Placement.DOCUMENT, DEFAULT_LIFECYCLE)
        if address is not None and self._kind.holds_resources:
            self._nested(address, given)

    def _items(self, given: RawMapping) -> None:
        for key in given:
            if key not in _OF_ITEMS:
                message = Message.of("`{key}` is not allowed next to `items`", key=Personal(key))
                hint = Message.of("move it into each item, or write a separate document")
                self._context.refuse((key,), message, hint, of_key=True)
        inherited = DEFAULT_LIFECYCLE
        if LIFECYCLE in given:
            inherited = lifecycle_of(self._context, self._kind, given[LIFECYCLE], (LIFECYCLE,))
        items = given[ITEMS]
        place: Path = (ITEMS,)
        if isinstance(items, dict) and self._kind.life is Life.ENTRY:
            parts = add_and_remove(self._context, items, place, what=f"`{ITEMS}`")
            if parts is None:
                return
            items, place = parts[0], (ITEMS, ADD)
            self._removed(given, parts[1], (ITEMS, REMOVE))
        if not isinstance(items, list):
            refuse_non_list(self._context, items, place)
            return
        for path, item, base in self._based(given, items, place):
            self._resource(base, item, path, Placement.ITEM, inherited)

    def _based(
        self, given: RawMapping, items: list[JsonValue], place: Path
    ) -> Iterator[tuple[Path, JsonValue, str]]:
        """Each item with its path and the list that it belongs to."""
        shared = CAMPAIGN in given
        common = self._base(given, ()) if shared or self._kind.scope is not Scope.CAMPAIGN else None
        for index, item in enumerate(items):
            path = (*place, index)
            base = common
            if isinstance(item, dict) and CAMPAIGN in item:
                if shared:
                    message = Message.of("the document already has a `campaign` for all items")
                    self._context.refuse(
                        (*path, CAMPAIGN), message, Message.of("keep one of them"), of_key=True
                    )
                base = self._base(item, path)
            elif not shared and self._kind.scope is Scope.CAMPAIGN:
                base = self._base({}, path)
            yield path, item, base or self._nowhere(path)

    def _removed(self, given: RawMapping, items: list[JsonValue], place: Path) -> None:
        """Compile the items to remove: names, or mappings with the identity alone."""
        removes: dict[str, list[tuple[Address, Source]]] = {}
        for path, item, base in self._based(given, items, place):
            name = self._entries.removed_name(self._kind, item, path)
            if name is not None:
                address = Address(f"{base}/{encode(name)}")
                removes.setdefault(base, []).append((address, self._context.source(path)))
        source = self._context.source(place, of_key=True)
        for base, gone in removes.items():
            listed = DesiredList(base, source, complete=False, removes=tuple(gone))
            self._context.collector.add_list(listed)

    def _nowhere(self, path: Path) -> str:
        """The list for a resource without a campaign: already reported, but still checked."""
        return f"?{self._context.source(path)}/{self._kind.collection}"

    def _base(self, given: RawMapping, path: Path) -> str | None:
        """The list that a resource belongs to: a global collection, or one of its campaign."""
        kind = self._kind
        if CAMPAIGN not in given:
            if kind.scope is not Scope.CAMPAIGN:
                return kind.collection
            hint = Message.of("add `{campaign}:`, the name of its campaign", campaign=CAMPAIGN)
            message = Message.of(
                "`{campaign}` is missing: every {noun} belongs to a campaign",
                campaign=CAMPAIGN,
                noun=kind.noun,
            )
            self._context.refuse(path, message, hint)
            return None
        here = (*path, CAMPAIGN)
        if kind.scope is Scope.GLOBAL:
            fields = [name for body in kind.bodies.values() for name in body.model_fields]
            hint = Message.of("leave it out")
            if "campaigns" in fields and "campaigns" not in given:
                written = scalar_text(str(given[CAMPAIGN]))
                hint = Message.of("write `campaigns: [{name}]`", name=Personal(written))
            message = Message.of(
                "`{campaign}` is not allowed: a {noun} is for all campaigns",
                campaign=CAMPAIGN,
                noun=kind.noun,
            )
            self._context.refuse(here, message, hint, of_key=True)
            return kind.collection
        value = given[CAMPAIGN]
        if not isinstance(value, str):
            hint = QUOTE_HINT if isinstance(value, int | float) else NO_MESSAGE
            hint = (
                Message.of("leave the key out if it is for all campaigns")
                if value is None
                else hint
            )
            message = Message.of("`{campaign}` must be the name of a campaign", campaign=CAMPAIGN)
            self._context.refuse(here, message, hint)
            return None
        name = self._context.cleaned(clean_name, value, here)
        return None if name is None else f"campaigns/{encode(name)}/{kind.collection}"

    def _resource(
        self, base: str, given: JsonValue, path: Path, where: Placement, inherited: Lifecycle
    ) -> Address | None:
        if self._kind.life is Life.ORDERED_LIST:
            self._ordered(base, given, path, inherited)
            return None
        return self._entries.entry(self._kind, base, given, path, where=where, inherited=inherited)

    def _ordered(self, base: str, given: JsonValue, path: Path, lifecycle: Lifecycle) -> None:
        """Compile a campaign's list in a separate document."""
        field = self._kind.list_field
        if not isinstance(given, dict) or field not in given:
            message = Message.of(
                "`{field}` is missing: the entries of the {noun}", field=field, noun=self._kind.noun
            )
            self._context.refuse(path, message, Message.of("add `{field}:`", field=field))
            return
        body = self._kind.bodies[""]
        known = (field, *keys_beside_fields(self._kind, body, Placement.DOCUMENT))
        for key in given:
            if key == RENAMED_FROM:
                address = Address(base)
                former_address(self._entries, self._kind, address, given[key], path)
            elif key not in known:
                message = Message.of(
                    "`{key}` is not a field of a {noun}", key=Personal(key), noun=self._kind.noun
                )
                hint = did_you_mean(key, known, what="it has")
                self._context.refuse((*path, key), message, hint, of_key=True)
        if LIFECYCLE in given:
            here = (*path, LIFECYCLE)
            lifecycle = lifecycle_of(self._context, self._kind, given[LIFECYCLE], here, lifecycle)
        self._members(self._kind, base, given[field], (*path, field), "standalone", lifecycle)

    def _members(
        self, kind: Kind, base: str, value: JsonValue, path: Path, form: Form, lifecycle: Lifecycle
    ) -> None:
        address = Address(base)
        compile_members(self._entries, kind, address, value, path, form=form, lifecycle=lifecycle)

    # The resources in a campaign's document

    def _nested(self, campaign: Address, given: RawMapping) -> None:
        for kind in KINDS.nested:
            if kind.collection not in given:
                continue
            base = f"{campaign}/{kind.collection}"
            value, path = given[kind.collection], (kind.collection,)
            if kind.life is Life.FIXED:
                self._fixed(kind, base, value, path)
            elif kind.life is Life.ORDERED_LIST:
                self._members(kind, base, value, path, "nested", DEFAULT_LIFECYCLE)
            else:
                self._entries.listed(kind, base, value, path)

    def _fixed(self, kind: Kind, base: str, value: JsonValue, path: Path) -> None:
        if not isinstance(value, dict):
            message = Message.of(
                "`{collection}` must map each {identity} to its fields",
                collection=kind.collection,
                identity=kind.identity,
            )
            hint = Message.of(
                "write {collection}: {{{bodies}: {{}}}}, with the fields inside",
                collection=kind.collection,
                bodies=next(iter(kind.bodies)),
            )
            if value is None:
                message = Message.of("`{collection}` cannot be null", collection=kind.collection)
                hint = Message.of(
                    "leave the key out to leave {plural} unmanaged", plural=kind.plural
                )
            self._context.refuse(path, message, hint)
            return
        for name, fields in value.items():
            if name not in kind.bodies:
                hint = did_you_mean(name, kind.bodies)
                message = Message.of(
                    "`{name}` is not a {noun}", name=Personal(name), noun=kind.noun
                )
                self._context.refuse((*path, name), message, hint, of_key=True)
                continue
            self._entries.entry(
                kind, base, fields, (*path, name), where=Placement.NESTED, name=name
            )
