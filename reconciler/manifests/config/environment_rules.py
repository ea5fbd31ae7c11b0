"""Applies an environment to every resource: maps names, and adds ignored fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.manifests.desired import Lifecycle, MappedName
from reconciler.manifests.settings import Environment
from reconciler.message import Message, Personal


class NameCollision(ValueError):
    """Two entries of a list that the environment maps to one name; `index` is the second."""

    def __init__(self, message: Message, field: str, index: int) -> None:
        self.message = message
        self.field = field
        self.index = index
        super().__init__(message)


class EnvironmentRules:
    """The maps and the `ignore` of one environment."""

    def __init__(self, environment: Environment) -> None:
        self._maps: dict[str, dict[str, str]] = {
            name: {identity(old): new for old, new in renamed.items()}
            for name, renamed in environment.maps.items()
            if renamed
        }
        self._file = environment.file
        self._ignore = environment.ignore
        self._ignored: dict[str, frozenset[str]] = {}
        self._lifecycles: dict[tuple[Lifecycle, frozenset[str]], Lifecycle] = {}

    def mapped(self, kind: Kind, address: Address, fields: Fields) -> Fields:
        """The fields with the names of this environment, in normal form.

        Raises NameCollision when two entries of a list get the same name.
        """
        maps = {
            field: self._maps[name]
            for field, name in kind.mapped_fields.items()
            if name in self._maps
        }
        if not maps or not fields:
            return fields
        mapped = {name: _mapped(maps, name, value) for name, value in fields.items()}
        if mapped == fields:
            return fields
        for name, value in fields.items():
            _check_names_differ(kind, maps, name, value)
        return kind.normalized(address, mapped)

    def mapped_names(self, kind: Kind, written: Fields) -> tuple[MappedName, ...]:
        """The names in written fields that `mapped` changes."""
        found: dict[MappedName, None] = {}
        for field, map_name in kind.mapped_fields.items():
            names = self._maps.get(map_name, {})
            place = f"`map.{map_name}` of {self._file}"
            for given in _names_under(field, written):
                new = names.get(identity(given), given)
                if new != given:
                    found[MappedName(new, given, place, field)] = None
        return tuple(found)

    def user(self, name: str) -> str:
        """A user's name in this environment."""
        return self._maps.get("users", {}).get(identity(name), name)

    def lifecycle(self, kind: Kind, address: Address, own: Lifecycle) -> Lifecycle:
        """The lifecycle with the fields that this environment ignores."""
        if not self._ignore:
            return own
        ignored = self._ignored_fields(kind, address)
        if ignored <= own.ignore:
            return own
        key = (own, ignored)
        known = self._lifecycles.get(key)
        if known is None:
            known = Lifecycle(own.protect, own.on_remove, own.ignore | ignored)
            self._lifecycles[key] = known
        return known

    def _ignored_fields(self, kind: Kind, address: Address) -> frozenset[str]:
        body = kind.body_of(address)
        known = self._ignored.get(body.__name__)
        if known is None:
            fields = tuple(body.model_fields)
            known = frozenset(
                field
                for field in fields
                if kind.collection in self._ignore or f"{kind.collection}.{field}" in self._ignore
            )
            self._ignored[body.__name__] = known
        return known


_Maps = Mapping[str, Mapping[str, str]]


def _mapped(maps: _Maps, name: str, value: JsonValue) -> JsonValue:
    """The value of a field with the names of this environment, at any depth."""
    if isinstance(value, dict):
        return {key: _mapped(maps, key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(maps, name, inner) for inner in value]
    names = maps.get(name)
    return names.get(identity(value), value) if names and isinstance(value, str) else value


def _names_under(field: str, value: JsonValue, key: str = "") -> Iterator[str]:
    """Each text under a key of this name, at any depth."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from _names_under(field, inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_under(field, inner, key)
    elif isinstance(value, str) and key == field:
        yield value


def _check_names_differ(kind: Kind, maps: _Maps, name: str, value: JsonValue) -> None:
    """Raise NameCollision for two entries of a list that the maps give the same name."""
    seen: dict[str, str] = {}
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        for field, given in entry.items() if isinstance(entry, dict) else ((name, entry),):
            if field in maps and isinstance(given, str):
                new = str(_mapped(maps, field, given))
                first = seen.setdefault(identity(new), given)
                if first != given:
                    message = Message.of(
                        "'{first}' and '{given}' are both '{new}' in this environment",
                        first=Personal(first),
                        given=Personal(given),
                        new=Personal(new),
                    )
                    raise NameCollision(message, kind.mapped_fields[field], index)
