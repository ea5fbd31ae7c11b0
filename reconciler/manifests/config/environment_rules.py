"""What an environment changes in every resource: names that are mapped, fields that are ignored."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.manifests.desired import Lifecycle
from reconciler.manifests.settings import Environment

MAPPED = {"connector": "connectors", "user": "users", "numbers": "numbers"}
"""The fields whose values are mapped, by the map that does it."""


class NameCollision(ValueError):
    """Two entries of a list that the environment gives one name; `index` is the second's."""

    def __init__(self, message: str, field: str, index: int) -> None:
        self.field = field
        self.index = index
        super().__init__(message)


class EnvironmentRules:
    """The maps and the `ignore` of one environment, ready to be applied."""

    def __init__(self, environment: Environment) -> None:
        maps = environment.maps
        self._maps: dict[str, dict[str, str]] = {
            field: {identity(name): to for name, to in maps.get(of, {}).items()}
            for field, of in MAPPED.items()
            if maps.get(of)
        }
        self._ignore = environment.ignore
        self._ignored: dict[str, frozenset[str]] = {}
        self._lifecycles: dict[tuple[Lifecycle, frozenset[str]], Lifecycle] = {}
        self._concerned: dict[str, bool] = {}

    def mapped(self, kind: Kind, address: Address, fields: Fields) -> Fields:
        """The fields with the names of this environment, in normal form.

        Raises Clash where two entries of a list become one.
        """
        if not self._maps or not fields or not self._concerns(kind):
            return fields
        mapped = {name: self._value(name, value) for name, value in fields.items()}
        if mapped == fields:
            return fields
        for name, value in fields.items():
            self._check_apart(name, value)
        return kind.normalized(address, mapped)

    def _check_apart(self, name: str, value: JsonValue) -> None:
        """Refuse two entries of a list, names or objects that have one, that become one."""
        seen: dict[str, str] = {}
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            for field, given in entry.items() if isinstance(entry, dict) else ((name, entry),):
                if field in self._maps and isinstance(given, str):
                    became = str(self._value(field, given))
                    first = seen.setdefault(identity(became), given)
                    if first != given:
                        message = f"'{first}' and '{given}' are both '{became}' in this environment"
                        raise NameCollision(message, MAPPED[field], index)

    def _concerns(self, kind: Kind) -> bool:
        known = self._concerned.get(kind.name)
        if known is None:
            schemas = [str(body.model_json_schema()) for body in kind.bodies.values()]
            known = any(f"'{field}':" in schema for schema in schemas for field in self._maps)
            self._concerned[kind.name] = known
        return known

    def user(self, name: str) -> str:
        """A user's name in this environment."""
        return self._maps.get("user", {}).get(identity(name), name)

    def _value(self, name: str, value: JsonValue) -> JsonValue:
        if isinstance(value, Mapping):
            return {key: self._value(key, inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._value(name, inner) for inner in value]
        names = self._maps.get(name)
        if names is None or not isinstance(value, str):
            return value
        return names.get(identity(value), value)

    def lifecycle(self, kind: Kind, address: Address, own: Lifecycle) -> Lifecycle:
        """A resource's lifecycle with what this environment ignores added."""
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
