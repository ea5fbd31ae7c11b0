"""Compiles one resource from its mapping or bare name, and lists of them.

The declaration of a kind decides everything: its identity, its fields, whether entries have levels.
Places in a manifest differ only in the keys they allow besides the fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as Folder

import orjson
from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, encode, identity, parent_of, same_spelling
from reconciler.kinds.base import DECLARED, Body, Fields, Kind, Life, Qualifier, Renaming
from reconciler.manifests.config.environment_rules import EnvironmentRules, NameCollision
from reconciler.manifests.declaration_keys import (
    CAMPAIGN,
    LEVELS,
    LIFECYCLE,
    RENAMED_FROM,
    RESET,
    Declaration,
    Placement,
    declaration_of,
)
from reconciler.manifests.desired import DesiredList, DesiredResource, Form, Lifecycle, MappedName
from reconciler.manifests.files.content_files import ContentError, read_content
from reconciler.manifests.loading.collector import Collector, DocumentContext
from reconciler.manifests.loading.lifecycle import DEFAULT_LIFECYCLE, lifecycle_of
from reconciler.manifests.loading.lists import RawMapping, add_and_remove, refuse_non_list
from reconciler.manifests.problems.suggestions import did_you_mean, nearest
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.diagnostics import QUOTE_HINT, QUOTE_NAME_HINT
from reconciler.manifests.yaml.nodes import Path
from reconciler.message import NO_MESSAGE, Message, Personal


@dataclass(frozen=True, slots=True)
class _Declared:
    """The declaration of one resource: its mapping, its place and its model."""

    given: RawMapping
    path: Path
    where: Placement
    body: type[Body]
    inherited: Lifecycle


class Entries:
    """Compiles the entries of one document into the collector."""

    def __init__(self, context: DocumentContext, root: Folder, rules: EnvironmentRules) -> None:
        self.context = context
        self.collector: Collector = context.collector
        self.rules = rules
        self._root = root

    # Lists

    def listed(self, kind: Kind, base: str, value: object, path: Path) -> None:
        """Compile a declared list, complete or `{add, remove}`; its entries are below `base`."""
        context = self.context
        source = context.source(path, of_key=True)
        if isinstance(value, list):
            self._each(kind, base, value, path)
            self.collector.add_list(DesiredList(base, source))
        elif isinstance(value, dict):
            parts = add_and_remove(self.context, value, path, what=f"a list of {kind.plural}")
            if parts is not None:
                self._each(kind, base, parts[0], (*path, "add"))
                removes = self._removed(kind, base, parts[1], (*path, "remove"))
                self.collector.add_list(DesiredList(base, source, complete=False, removes=removes))
        else:
            refuse_non_list(self.context, value, path)

    def _each(self, kind: Kind, base: str, items: list[JsonValue], path: Path) -> None:
        for index, item in enumerate(items):
            self.entry(kind, base, item, (*path, index), where=Placement.NESTED)

    def _removed(
        self, kind: Kind, base: str, names: list[JsonValue], path: Path
    ) -> tuple[tuple[Address, Source], ...]:
        removes: list[tuple[Address, Source]] = []
        what = f"each entry to remove must be the name of a {kind.noun}"
        for index, value in enumerate(names):
            name = self.clean(kind, value, (*path, index), what=what)
            if name is not None:
                address = Address(f"{base}/{encode(name)}")
                removes.append((address, self.context.source((*path, index))))
        return tuple(removes)

    # One entry

    def entry(
        self,
        kind: Kind,
        base: str,
        value: object,
        path: Path,
        *,
        where: Placement,
        name: str | None = None,
        inherited: Lifecycle = DEFAULT_LIFECYCLE,
    ) -> Address | None:
        """Compile one resource below `base`; `name` is given if its key is the name.

        Returns its address, if it has one, even if its fields are wrong.
        """
        given: RawMapping
        if isinstance(value, dict):
            given = value
        elif isinstance(value, str) and name is None:
            given, name = {}, self.clean(kind, value, path)
            if name is None:
                return None
        elif value == RESET and RESET in declaration_of(kind, kind.bodies[name or ""], where).own:
            given = {RESET: True}
        else:
            self._refuse_entry(kind, value, path, name)
            return None
        if name is None and kind.identity in given:
            name = self._identity(kind, given, path)
            if name is None:
                return None
        body = self._body(kind, name, path)
        if body is None:
            return None
        return self._resource(kind, base, _Declared(given, path, where, body, inherited), name)

    def removed_name(self, kind: Kind, value: JsonValue, path: Path) -> str | None:
        """The name of an item to remove; None after reporting a problem with it."""
        what = f"each entry to remove must be the {kind.identity} of a {kind.noun}"
        if not isinstance(value, dict):
            return self.clean(kind, value, path, what=what)
        known = [kind.identity, CAMPAIGN, *([kind.qualifier.key] if kind.qualifier else ())]
        for key in value:
            if key not in known:
                message = Message.of("`{key}` is not allowed in `remove`", key=Personal(key))
                hint = Message.of("write only {known}", known=" and ".join(f"`{k}`" for k in known))
                self.context.refuse((*path, key), message, hint, of_key=True)
        if kind.identity not in value:
            message = Message.of("`{identity}` is missing", identity=kind.identity)
            self.context.refuse(path, message, Message.of("{what}", what=what))
            return None
        return self._identity(kind, value, path)

    def _refuse_entry(self, kind: Kind, value: object, path: Path, name: str | None) -> None:
        if value is None:
            hint = Message.of("remove the line")
            if name is not None:
                hint = Message.of(
                    "write `{reset}` to restore its defaults, or leave the key out", reset=RESET
                )
            label = f"`{name}`" if name else f"an entry of `{path[-2]}`" if path[1:] else "it"
            self.context.refuse(path, Message.of("{label} cannot be null", label=label), hint)
            return
        expected = "a mapping" if name else "a mapping or a name"
        message = Message.of("a {noun} must be {expected}", noun=kind.noun, expected=expected)
        hint = QUOTE_NAME_HINT if isinstance(value, int | float) else NO_MESSAGE
        if name is not None:
            hint = Message.of("write its fields, or `{reset}` to restore its defaults", reset=RESET)
        self.context.refuse(path, message, hint)

    def _identity(self, kind: Kind, given: RawMapping, path: Path) -> str | None:
        """The name in a mapping, with its namespace if it has one."""
        value, here = given[kind.identity], (*path, kind.identity)
        qualifier = kind.qualifier
        if qualifier is None or qualifier.key not in given or not isinstance(value, str):
            return self.clean(kind, value, here)
        namespace = given[qualifier.key]
        if not isinstance(namespace, str) or namespace not in qualifier.values:
            self._refuse_namespace(qualifier, namespace, (*path, qualifier.key))
            return None
        return self.clean(kind, qualifier.qualified(namespace, value), here)

    def _refuse_namespace(self, qualifier: Qualifier, given: JsonValue, path: Path) -> None:
        message = Message.of(
            "`{key}` must be {values}", key=qualifier.key, values=" or ".join(qualifier.values)
        )
        near = nearest(given, qualifier.values) if isinstance(given, str) else None
        hint = Message.plain(qualifier.description)
        if near is not None:
            hint = Message.of("did you mean `{near}`?", near=near)
        self.context.refuse(path, message, hint)

    def clean(self, kind: Kind, value: object, path: Path, *, what: str = "") -> str | None:
        """A name in normal form; None after reporting a problem with it."""
        if not isinstance(value, str):
            expected = what or f"the {kind.identity} of a {kind.noun} must be text"
            shown = "null" if value is None else f"a {_type_name(value)}"
            hint = QUOTE_HINT if isinstance(value, int | float) else NO_MESSAGE
            self.context.refuse(
                path, Message.of("{expected}, not {shown}", expected=expected, shown=shown), hint
            )
            return None
        return self.context.cleaned(kind.clean_identity, value, path)

    def _body(self, kind: Kind, name: str | None, path: Path) -> type[Body] | None:
        if len(kind.bodies) == 1:
            return kind.bodies[""]
        if name is None:
            bodies = ", ".join(kind.bodies)
            message = Message.of("`{key}` is missing", key=kind.identity)
            hint = Message.of("add `{key}:`, one of {bodies}", key=kind.identity, bodies=bodies)
            self.context.refuse(path, message, hint)
            return None
        body = kind.bodies.get(name)
        if body is None:
            at = path if path and path[-1] == name else (*path, kind.identity)
            message = Message.of("'{name}' is not a {noun}", name=Personal(name), noun=kind.noun)
            hint = did_you_mean(name, kind.bodies)
            self.context.refuse(at, message, hint, of_key=at == path)
        return body

    def _resource(
        self, kind: Kind, base: str, declared: _Declared, name: str | None
    ) -> Address | None:
        shape = declaration_of(kind, declared.body, declared.where)
        if name is None and kind.natural_identity is None:
            key = kind.identity
            message = Message.of(
                "`{key}` is missing: every {noun} needs one", key=key, noun=kind.noun
            )
            self.context.refuse(declared.path, message, Message.of("add `{key}:`", key=key))
        fields = self._fields(declared.given, declared.path, shape)
        if name is None and kind.natural_identity is not None and fields is not None:
            name = kind.natural_identity(fields)
            if not name:
                self._refuse_nameless(kind, fields, declared)
        if not name:
            return None
        address = Address(f"{base}/{encode(name)}")
        self._add(kind, address, fields, declared)
        if kind.is_tree and LEVELS in declared.given:
            self.listed(kind, address, declared.given[LEVELS], (*declared.path, LEVELS))
        return address

    def _refuse_nameless(self, kind: Kind, fields: Fields, declared: _Declared) -> None:
        """Report what is missing in a resource that is named by its fields."""
        try:
            declared.body.model_validate(fields)
        except ValidationError as error:
            self.context.refuse_all(
                error, declared.body, fields, path=declared.path, noun=kind.noun
            )

    def _add(
        self, kind: Kind, address: Address, fields: Fields | None, declared: _Declared
    ) -> None:
        given, path = declared.given, declared.path
        nested = declared.where is Placement.NESTED
        source = self.context.source(path, of_key=nested)
        lifecycle, renamed_from = declared.inherited, None
        if LIFECYCLE in given:
            here = (*path, LIFECYCLE)
            lifecycle = lifecycle_of(self.context, kind, given[LIFECYCLE], here, lifecycle)
        if RENAMED_FROM in given:
            renamed_from = former_address(self, kind, address, given[RENAMED_FROM], path)
        mapped = None if fields is None else self.mapped(kind, address, fields, path)
        if mapped is None:
            self.collector.add_broken(address, source)
            return
        form: Form = "nested" if nested else "standalone"
        lifecycle = self.rules.lifecycle(kind, address, lifecycle)
        names = self.mapped_names(kind, fields, mapped)
        resource = DesiredResource(
            address, kind, mapped, source, form, lifecycle, renamed_from, path=path, mapped=names
        )
        self.collector.add(resource)

    # Fields

    def mapped(self, kind: Kind, address: Address, fields: Fields, path: Path) -> Fields | None:
        """The fields with the names of this environment; None after reporting a collision.

        `path` leads to the fields, or to the list of a kind that is one list.
        """
        try:
            return self.rules.mapped(kind, address, fields)
        except NameCollision as collision:
            at = collision.index if kind.life is Life.ORDERED_LIST else collision.field
            hint = Message.of(
                "keep one of them, or change `map: {{{field}: …}}` of the environment",
                field=collision.field,
            )
            self.context.refuse((*path, at), collision.message, hint)
            return None

    def mapped_names(
        self, kind: Kind, written: Fields | None, mapped: Fields
    ) -> tuple[MappedName, ...]:
        """The names that `mapped` changed in the written fields."""
        if written is None or mapped is written:
            return ()
        return self.rules.mapped_names(kind, written)

    def _fields(self, given: RawMapping, path: Path, shape: Declaration) -> Fields | None:
        """The fields in normal form; None after reporting their problems."""
        own = shape.own
        fields = {key: value for key, value in given.items() if key not in own}
        is_read = True
        for key, field in shape.files:
            if key in given:
                is_read = self._read_file(given[key], key, field, fields, path) and is_read
        if RESET in own and RESET in given:
            return self._reset(given[RESET], fields, path, shape)
        if not fields and shape.bare:
            return {}
        instance = self.validated(shape.body, fields, path, shape.noun, also=shape.keys)
        if instance is None or not is_read:
            return None
        return instance.model_dump(mode="json", exclude_unset=True)

    def validated(
        self,
        body: type[Body],
        fields: RawMapping,
        path: Path,
        noun: str,
        *,
        also: tuple[str, ...] = (),
        inside: int = 0,
    ) -> Body | None:
        """The validated body; types must be as written, without conversion. None after reporting
        errors."""
        try:
            return body.model_validate_json(orjson.dumps(fields), strict=True, context=DECLARED)
        except ValidationError as error:
            self.context.refuse_all(
                error, body, fields, path=path, noun=noun, also=also, inside=inside
            )
            return None

    def _read_file(
        self, name: JsonValue, key: str, field: str, fields: RawMapping, path: Path
    ) -> bool:
        here = (*path, key)
        if field in fields:
            message = Message.of("write `{field}` or `{key}`, not both", field=field, key=key)
            self.context.refuse(here, message, of_key=True)
        fields.setdefault(field, "")
        if not isinstance(name, str):
            self.context.refuse(here, Message.of("`{key}` must be the name of a file", key=key))
            return False
        try:
            fields[field], path_read = read_content(self._root, self.context.document.file, name)
        except ContentError as error:
            self.context.refuse(here, error.message, error.hint)
            return False
        self.collector.files_read.add(path_read)
        self.collector.content_files.setdefault(path_read, []).append(self.context.source(here))
        return True

    def _reset(
        self, value: JsonValue, fields: RawMapping, path: Path, shape: Declaration
    ) -> Fields | None:
        if value is not True:
            self.context.refuse(
                (*path, RESET), Message.of("`{reset}` must be true, or left out", reset=RESET)
            )
            return None
        for key in fields:
            message = Message.of(
                "`{key}` is not allowed next to `{reset}`, which restores every default",
                key=Personal(key),
                reset=RESET,
            )
            self.context.refuse((*path, key), message, Message.of("keep one of them"), of_key=True)
        return None if fields else shape.body().model_dump(mode="json")


def former_address(
    entries: Entries, kind: Kind, address: Address, value: JsonValue, path: Path
) -> Address | None:
    """The old address of a renamed resource, next to its new one; None after reporting a
    problem."""
    here = (*path, RENAMED_FROM)
    if kind.renaming is Renaming.NEVER:
        hint = Message.of("leave `renamed_from` out")
        if kind.life is Life.ENTRY:
            hint = Message.of(
                "leave `renamed_from` out, and declare the new one next to the old one"
            )
        message = Message.of("a {noun} cannot be renamed", noun=kind.noun)
        entries.context.refuse(here, message, hint, of_key=True)
        return None
    name = entries.clean(kind, value, here)
    if name is None:
        return None
    old = Address(f"{parent_of(address)}/{encode(name)}")
    if same_spelling(old, address):
        message = Message.of("`renamed_from` is its present name")
        entries.context.refuse(
            here, message, Message.of("write its previous name, or leave the key out")
        )
        return None
    if identity(old) == identity(address) and kind.renaming is not Renaming.IN_PLACE:
        message = Message.of("the name of a {noun} cannot change, not even in case", noun=kind.noun)
        entries.context.refuse(
            here, message, Message.of("keep '{name}', as on the platform", name=Personal(name))
        )
        return None
    if kind.is_system_default(old):
        shown = Personal(name)
        message = Message.of("{name} belongs to the platform and cannot be renamed", name=shown)
        entries.context.refuse(here, message)
        return None
    return old


def _type_name(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "mapping"
