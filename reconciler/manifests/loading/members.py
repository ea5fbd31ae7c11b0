"""Compiles member lists: bare names, `{add, remove}`, and copies of another list.

Copies are resolved after every file is read, once for each campaign; a circle is an error. Entries
that a copy adds are merged over the copied ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from reconciler.kinds.address import CAMPAIGNS, Address, identity, join, name_of, parent_of
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.keyed_lists import entries_by_identity
from reconciler.kinds.values.names import clean_name
from reconciler.manifests.declaration_keys import COPY_FROM
from reconciler.manifests.desired import DesiredResource, Form, Lifecycle
from reconciler.manifests.loading.collector import Collector, CopiedList
from reconciler.manifests.loading.entries import Entries
from reconciler.manifests.loading.lists import add_and_remove, refuse_non_list
from reconciler.manifests.problems.suggestions import did_you_mean
from reconciler.manifests.yaml.nodes import Path
from reconciler.message import Message, Personal


def compile_members(
    entries: Entries,
    kind: Kind,
    address: Address,
    value: JsonValue,
    path: Path,
    *,
    form: Form,
    lifecycle: Lifecycle,
) -> None:
    """Compile the list at `path` into its resource."""
    context, collector = entries.context, entries.collector
    source = context.source(path, of_key=True)
    items, removes, place = value, None, path
    copies, copied_from = isinstance(value, dict) and COPY_FROM in value, None
    if isinstance(value, dict):
        parts = add_and_remove(context, value, path, what=f"a {kind.noun}", also=(COPY_FROM,))
        if parts is None:
            collector.add_broken(address, source)
            return
        items, place = parts[0], (*path, "add")
        removes = _removed(entries, parts[1], (*path, "remove"), kind.list_key)
        if copies:
            copied_from = _copied_from(entries, address, value[COPY_FROM], (*path, COPY_FROM))
    written = _listed_fields(entries, kind, address, items, path, place)
    fields = None if written is None else entries.mapped(kind, address, written, place)
    if fields is None or (copies and copied_from is None):
        collector.add_broken(address, source)
        return
    lifecycle = entries.rules.lifecycle(kind, address, lifecycle)
    names = entries.mapped_names(kind, written, fields)
    resource = DesiredResource(
        address, kind, fields, source, form, lifecycle, removes=removes, path=path, mapped=names
    )
    _refuse_both(entries, resource, removes or (), path)
    if copied_from is None:
        collector.add(resource)
    else:
        where = context.source((*path, COPY_FROM))
        collector.add_copied(CopiedList(resource, copied_from, where))


def _listed_fields(
    entries: Entries, kind: Kind, address: Address, items: JsonValue, path: Path, place: Path
) -> Fields | None:
    """The fields with the list as written; None after reporting problems."""
    if not isinstance(items, list):
        refuse_non_list(entries.context, items, path)
        return None
    key = kind.list_key
    listed: list[JsonValue] = [{key: item} if isinstance(item, str) else item for item in items]
    given: Fields = {kind.list_field: listed}
    instance = entries.validated(kind.body_of(address), given, place, kind.noun, inside=1)
    if instance is None:
        return None
    return instance.model_dump(mode="json", exclude_unset=True)


def _removed(entries: Entries, names: list[JsonValue], path: Path, key: str) -> tuple[str, ...]:
    removes: dict[str, str] = {}
    for index, name in enumerate(names):
        if not isinstance(name, str):
            message = Message.of("each entry to remove must be the name of a {key}", key=key)
            hint = Message.of("write only the name of the {key}", key=key)
            entries.context.refuse((*path, index), message, hint)
            continue
        cleaned = entries.context.cleaned(clean_name, name, (*path, index))
        if cleaned is not None:
            user = entries.rules.user(cleaned)
            removes.setdefault(identity(user), user)
    return tuple(removes.values())


def _copied_from(
    entries: Entries, address: Address, value: JsonValue, path: Path
) -> Address | None:
    """The address of the copied list; None after reporting a problem."""
    if not isinstance(value, str):
        entries.context.refuse(
            path, Message.of("`{copy_from}` must be the name of a campaign", copy_from=COPY_FROM)
        )
        return None
    name = entries.context.cleaned(clean_name, value, path)
    return None if name is None else join(CAMPAIGNS, name, name_of(address))


def _refuse_both(
    entries: Entries, resource: DesiredResource, removes: tuple[str, ...], path: Path
) -> None:
    gone = {identity(name): name for name in removes}
    for who in _keyed(resource):
        if who in gone:
            message = Message.of("{who} is both added and removed", who=Personal(gone[who]))
            entries.context.refuse(
                (*path, "remove"), message, Message.of("keep one of them"), of_key=True
            )


def _keyed(resource: DesiredResource) -> Mapping[str, Mapping[str, JsonValue]]:
    return entries_by_identity(
        resource.fields.get(resource.kind.list_field), resource.kind.list_key
    )


# Copies, once everything is read


def resolve_copies(collector: Collector) -> None:
    """Replace every list that copies another by its full list; problems go to the collector."""
    done: set[str] = set()
    for key in list(collector.copies):
        _resolve(collector, key, done)
    collector.copies.clear()


def _resolve(collector: Collector, key: str, done: set[str]) -> None:
    """Resolve one list after the lists it copies; uses a stack, because chains may be long."""
    stack = [key]
    while stack:
        here = stack[-1]
        copied = collector.copies[here]
        of = identity(copied.of)
        if here in done:
            stack.pop()
        elif of in collector.copies and of not in done:
            if of in stack:
                start = stack.index(of)
                _refuse_circle(collector, stack[start:], done)
                del stack[start:]
            else:
                stack.append(of)
        else:
            _expand(collector, here, copied)
            done.add(here)
            stack.pop()


def _refuse_circle(collector: Collector, circle: list[str], done: set[str]) -> None:
    names = [name_of(parent_of(collector.copies[at].resource.address)) for at in circle]
    chain = " copies ".join([*names, names[0]])
    first = collector.copies[circle[0]]
    message = Message.of("members are copied in a circle: {chain}", chain=Personal(chain))
    hint = Message.of("write one of the lists in full")
    if len(circle) == 1:
        message = Message.of("{name} copies itself", name=Personal(names[0]))
        hint = Message.of("name another campaign")
    collector.refuse(first.place, message, hint)
    for at in circle:
        done.add(at)
        resource = collector.copies[at].resource
        collector.broken.setdefault(at, (resource.address, resource.source))


def _expand(collector: Collector, key: str, copied: CopiedList) -> None:
    source = collector.resources.get(identity(copied.of))
    own = copied.resource
    if source is None:
        if identity(copied.of) not in collector.broken and not collector.unread:
            _refuse_missing(collector, copied)
        collector.broken.setdefault(key, (own.address, own.source))
        return
    _refuse_strangers(collector, copied, source)
    collector.resources[key] = _copy(own, source)


def _copy(own: DesiredResource, source: DesiredResource) -> DesiredResource:
    gone = {identity(name) for name in own.removes or ()}
    listed = {who: dict(entry) for who, entry in _keyed(source).items() if who not in gone}
    for who, entry in _keyed(own).items():
        listed[who] = _merged(listed.get(who, {}), entry)
    fields: Fields = {own.kind.list_field: list(listed.values())}
    removes = None
    if source.removes is not None:
        names = {identity(name): name for name in (*source.removes, *(own.removes or ()))}
        removes = tuple(name for who, name in names.items() if who not in listed)
    return replace(
        own,
        fields=own.kind.normalized(own.address, fields),
        removes=removes,
        mapped=tuple(dict.fromkeys((*own.mapped, *source.mapped))),
    )


def _merged(below: Mapping[str, JsonValue], above: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            result[name] = _merged(old, value)
        else:
            result[name] = value
    return result


def _refuse_missing(collector: Collector, copied: CopiedList) -> None:
    name = name_of(parent_of(copied.of))
    kind = copied.resource.kind
    known = [
        name_of(parent_of(listed.address))
        for listed in collector.resources.values()
        if listed.kind is kind
    ]
    message = Message.of(
        "these manifests declare no {noun} of {name} to copy", noun=kind.noun, name=Personal(name)
    )
    hint = did_you_mean(name, known, what="there are lists of", show=Personal)
    collector.refuse(copied.place, message, hint)


def _refuse_strangers(collector: Collector, copied: CopiedList, source: DesiredResource) -> None:
    """Report names to remove that are not in the copied list: likely typing errors."""
    if source.removes is not None:
        return
    there, key = _keyed(source), source.kind.list_key
    for name in copied.resource.removes or ():
        if identity(name) not in there:
            message = Message.of(
                "'{name}' is removed, but is not in the copied list", name=Personal(name)
            )
            names = [str(entry[key]) for entry in there.values()]
            hint = did_you_mean(name, names, show=Personal)
            collector.refuse(copied.place, message, hint)
