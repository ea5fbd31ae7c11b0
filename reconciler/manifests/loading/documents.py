"""What a document declares: its kind, whose it is, and the resources in it.

Three forms become one: a document of a resource's own, a document of `items`, and the keys of a
campaign's document that hold what lives in the campaign.
"""

from __future__ import annotations

from pathlib import Path as Folder

from pydantic import JsonValue

from reconciler.kinds.address import Address, encode
from reconciler.kinds.base import Kind, Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.names import clean_name
from reconciler.kinds.values.refusal import message_and_hint
from reconciler.manifests.config.environment_rules import EnvironmentRules
from reconciler.manifests.declaration_keys import (
    CAMPAIGN,
    ITEMS,
    KIND,
    LIFECYCLE,
    RENAMED_FROM,
    Placement,
)
from reconciler.manifests.desired import Lifecycle
from reconciler.manifests.loading.collector import Collector, DocumentContext
from reconciler.manifests.loading.entries import Entries, RawMapping
from reconciler.manifests.loading.lifecycle import DEFAULT_LIFECYCLE, lifecycle_of
from reconciler.manifests.loading.members import compile_members
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.yaml.diagnostics import QUOTE_HINT
from reconciler.manifests.yaml.nodes import Document, Path, as_json

_OF_ITEMS = (KIND, CAMPAIGN, ITEMS, LIFECYCLE)


def compile_document(
    document: Document, estate: Collector, root: Folder, rules: EnvironmentRules
) -> None:
    """Compile one document into the estate, problems included."""
    given = as_json(document.root)
    sheet = DocumentContext(document, estate)
    if not isinstance(given, dict):
        shown = "a list" if isinstance(given, list) else "a single value"
        hint = "begin it with `kind:`"
        sheet.refuse((), f"a document is a mapping with a `kind`, and this is {shown}", hint)
        return
    kind = _kind(sheet, given)
    if kind is not None:
        _Compiler(Entries(sheet, root, rules), kind).document(given)


def _kind(sheet: DocumentContext, given: RawMapping) -> Kind | None:
    name = given.get(KIND)
    known = [kind.name for kind in KINDS]
    if KIND not in given:
        near = next((key for key in given if key.lower() == KIND), None)
        hint = f"write it `{KIND}`" if near else f"add `kind:`, one of {', '.join(known)}"
        sheet.refuse((), "the document does not say its `kind`", hint)
        return None
    if not isinstance(name, str):
        sheet.refuse((KIND,), "`kind` is a name", f"one of {', '.join(known)}")
        return None
    kind = KINDS.named(name)
    if kind is None:
        by_other = next(
            (k.name for k in KINDS if name.lower() in (k.collection, k.noun, k.plural)), None
        )
        hint = f"did you mean `{by_other}`?" if by_other else did_you_mean(name, known)
        sheet.refuse((KIND,), f"there is no kind '{name}'", hint)
    return kind


class _Compiler:
    """Compiles one document, whose kind is known."""

    def __init__(self, entries: Entries, kind: Kind) -> None:
        self._entries = entries
        self._sheet = entries.sheet
        self._kind = kind

    def document(self, given: RawMapping) -> None:
        if ITEMS in given and not self._kind.holds_resources:
            self._items(given)
            return
        if ITEMS in given:
            message = f"a {self._kind.noun} is a document of its own: it has no `items`"
            self._sheet.refuse((ITEMS,), message, "write one document each", of_key=True)
            given = {key: value for key, value in given.items() if key != ITEMS}
        base = self._base(given, ())
        if base is None:
            base = self._nowhere(())
        address = self._one(base, given, (), Placement.DOCUMENT, DEFAULT_LIFECYCLE)
        if address is not None and self._kind.holds_resources:
            self._nested(address, given)

    def _items(self, given: RawMapping) -> None:
        for key in given:
            if key not in _OF_ITEMS:
                message = f"`{key}` cannot stand beside `items`"
                hint = "move it into each item, or write a document of its own"
                self._sheet.refuse((key,), message, hint, of_key=True)
        inherited = DEFAULT_LIFECYCLE
        if LIFECYCLE in given:
            inherited = lifecycle_of(self._sheet, self._kind, given[LIFECYCLE], (LIFECYCLE,))
        items = given[ITEMS]
        if not isinstance(items, list):
            self._entries.refuse_no_list(items, (ITEMS,))
            return
        shared = CAMPAIGN in given
        common = self._base(given, ()) if shared or self._kind.scope is not Scope.CAMPAIGN else None
        for index, item in enumerate(items):
            path = (ITEMS, index)
            base = common
            if isinstance(item, dict) and CAMPAIGN in item:
                if shared:
                    message = "`campaign` is given for all items already"
                    self._sheet.refuse((*path, CAMPAIGN), message, "give it once", of_key=True)
                base = self._base(item, path)
            elif not shared and self._kind.scope is Scope.CAMPAIGN:
                base = self._base({}, path)
            self._one(base or self._nowhere(path), item, path, Placement.ITEM, inherited)

    def _nowhere(self, path: Path) -> str:
        """A list of its own for what belongs nowhere: told already, and checked all the same."""
        return f"?{self._sheet.source(path)}/{self._kind.collection}"

    def _base(self, given: RawMapping, path: Path) -> str | None:
        """The list a resource belongs to: a collection's, or that of its campaign."""
        kind = self._kind
        if CAMPAIGN not in given:
            if kind.scope is not Scope.CAMPAIGN:
                return kind.collection
            hint = f"add `{CAMPAIGN}:`, the name of its campaign"
            self._sheet.refuse(path, f"`{CAMPAIGN}` is missing: whose {kind.noun} is it?", hint)
            return None
        here = (*path, CAMPAIGN)
        if kind.scope is Scope.GLOBAL:
            fields = [name for body in kind.bodies.values() for name in body.model_fields]
            hint = "did you mean `campaigns`?" if "campaigns" in fields else "leave it out"
            message = f"a {kind.noun} is for all campaigns: it has no `{CAMPAIGN}`"
            self._sheet.refuse(here, message, hint, of_key=True)
            return kind.collection
        value = given[CAMPAIGN]
        if not isinstance(value, str):
            hint = QUOTE_HINT if isinstance(value, int | float) else ""
            hint = "leave the key out if it is for all campaigns" if value is None else hint
            self._sheet.refuse(here, f"`{CAMPAIGN}` is the name of a campaign", hint)
            return None
        try:
            return f"campaigns/{encode(clean_name(value))}/{kind.collection}"
        except ValueError as error:
            self._sheet.refuse(here, *message_and_hint(error))
            return None

    def _one(
        self, base: str, given: JsonValue, path: Path, where: Placement, inherited: Lifecycle
    ) -> Address | None:
        if self._kind.life is Life.ORDERED_LIST:
            self._ordered(base, given, path, inherited)
            return None
        return self._entries.entry(self._kind, base, given, path, where=where, inherited=inherited)

    def _ordered(self, base: str, given: JsonValue, path: Path, lifecycle: Lifecycle) -> None:
        """A campaign's list as a document of its own."""
        field = self._kind.list_field
        if not isinstance(given, dict) or field not in given:
            message = f"`{field}` is missing: what is in the {self._kind.noun}?"
            self._sheet.refuse(path, message, f"add `{field}:`")
            return
        known = (field, KIND, CAMPAIGN, LIFECYCLE)
        for key in given:
            if key == RENAMED_FROM:
                address = Address(base)
                self._entries.renamed_from(self._kind, address, given[key], path)
            elif key not in known:
                message = f"`{key}` is not a field of a {self._kind.noun}"
                hint = did_you_mean(key, known, what="it has")
                self._sheet.refuse((*path, key), message, hint, of_key=True)
        if LIFECYCLE in given:
            here = (*path, LIFECYCLE)
            lifecycle = lifecycle_of(self._sheet, self._kind, given[LIFECYCLE], here, lifecycle)
        compile_members(
            self._entries,
            self._kind,
            Address(base),
            given[field],
            (*path, field),
            form="standalone",
            lifecycle=lifecycle,
        )

    # What a campaign's document holds

    def _nested(self, campaign: Address, given: RawMapping) -> None:
        for kind in KINDS.nested:
            if kind.collection not in given:
                continue
            base = f"{campaign}/{kind.collection}"
            value, path = given[kind.collection], (kind.collection,)
            if kind.life is Life.FIXED:
                self._fixed(kind, base, value, path)
            elif kind.life is Life.ORDERED_LIST:
                compile_members(
                    self._entries,
                    kind,
                    Address(base),
                    value,
                    path,
                    form="nested",
                    lifecycle=DEFAULT_LIFECYCLE,
                )
            else:
                self._entries.listed(kind, base, value, path)

    def _fixed(self, kind: Kind, base: str, value: JsonValue, path: Path) -> None:
        if not isinstance(value, dict):
            message = f"`{kind.collection}` must be a mapping from a {kind.identity} to its fields"
            hint = f"write {kind.collection}: {{{next(iter(kind.bodies))}: …}}"
            if value is None:
                message = f"`{kind.collection}` cannot be null"
                hint = f"leave the key out: {kind.plural} left out are left alone"
            self._sheet.refuse(path, message, hint)
            return
        for name, fields in value.items():
            if name not in kind.bodies:
                hint = did_you_mean(name, kind.bodies)
                message = f"`{name}` is no {kind.noun}"
                self._sheet.refuse((*path, name), message, hint, of_key=True)
                continue
            self._entries.entry(
                kind, base, fields, (*path, name), where=Placement.NESTED, name=name
            )
