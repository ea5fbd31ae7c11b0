"""The three-way difference of one resource: before, after, and what was last applied.

Lists of objects are compared by their key, never by position; a change of their order alone is
one difference, `….order`. Paths read as people would say them: `members[ana].penalty`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields, Kind
from reconciler.planning.model import Difference, Origin


class _Nothing(Enum):
    ABSENT = "absent"
    """Not there, and that is known."""
    UNTRACKED = "untracked"
    """Never applied by us: it says nothing."""


_Value: TypeAlias = "JsonValue | _Nothing"
_ABSENT, _UNTRACKED = _Nothing.ABSENT, _Nothing.UNTRACKED


@dataclass(frozen=True, slots=True)
class _Comparison:
    keyed_lists: Mapping[str, str]
    owned: bool

    def walk(
        self, path: str, shape: str, before: _Value, after: _Value, base: _Value
    ) -> Iterator[Difference]:
        if before == after:
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._walk_object(path, shape, before, after, base)
            return
        key = self.keyed_lists.get(shape)
        if key is not None and isinstance(before, list) and isinstance(after, list):
            yield from self._walk_list(path, shape, key, before, after, base)
            return
        yield Difference(
            path=path,
            before=_plain(before),
            after=_plain(after),
            origin=self._origin(before, after, base),
            base=_plain(base),
        )

    def _walk_object(
        self,
        path: str,
        shape: str,
        before: dict[str, JsonValue],
        after: dict[str, JsonValue],
        base: _Value,
    ) -> Iterator[Difference]:
        applied = base if isinstance(base, dict) else {}
        nothing = _ABSENT if base is _ABSENT else _UNTRACKED
        for name in dict.fromkeys([*before, *after]):
            yield from self.walk(
                f"{path}.{name}" if path else name,
                f"{shape}.{name}" if shape else name,
                before.get(name, _ABSENT),
                after.get(name, _ABSENT),
                applied.get(name, nothing),
            )

    def _walk_list(
        self,
        path: str,
        shape: str,
        key: str,
        before: list[JsonValue],
        after: list[JsonValue],
        base: _Value,
    ) -> Iterator[Difference]:
        old, new = _by_key(before, key), _by_key(after, key)
        applied = _by_key(base, key) if isinstance(base, list) else {}
        nothing = _ABSENT if isinstance(base, list) or base is _ABSENT else _UNTRACKED
        for name in dict.fromkeys([*old, *new]):
            label = _label(new.get(name, old.get(name)), key)
            yield from self.walk(
                f"{path}[{label}]",
                shape,
                old.get(name, _ABSENT),
                new.get(name, _ABSENT),
                applied.get(name, nothing),
            )
        yield from self._order(path, key, old, new, applied)

    def _order(
        self,
        path: str,
        key: str,
        old: Mapping[str, JsonValue],
        new: Mapping[str, JsonValue],
        applied: Mapping[str, JsonValue],
    ) -> Iterator[Difference]:
        were = [name for name in old if name in new]
        will = [name for name in new if name in old]
        if were == will:
            return
        based = [name for name in applied if name in old and name in new]
        known: _Value = _UNTRACKED
        if len(based) == len(were):
            known = [_label(applied[name], key) for name in based]
        before: list[JsonValue] = [_label(old[name], key) for name in were]
        after: list[JsonValue] = [_label(new[name], key) for name in will]
        origin = self._origin(before, after, known)
        yield Difference(f"{path}.order", before, after, origin, base=_plain(known))

    def _origin(self, before: _Value, after: _Value, base: _Value) -> Origin:
        if base is _UNTRACKED:
            return Origin.GIT if self.owned else Origin.UNOWNED
        if after == base:
            return Origin.PLATFORM
        if before == base:
            return Origin.GIT
        return Origin.BOTH


def _by_key(values: list[JsonValue], key: str) -> dict[str, JsonValue]:
    return {identity(str(one[key])): one for one in values if isinstance(one, dict) and key in one}


def _label(entry: JsonValue, key: str) -> str:
    return str(entry[key]) if isinstance(entry, dict) else ""


def _plain(value: _Value) -> JsonValue:
    return None if isinstance(value, _Nothing) else value


def differences(
    kind: Kind, before: Fields, after: Fields, base: Fields | None
) -> tuple[Difference, ...]:
    """What changes from `before` to `after`, each told whose change it is.

    `base` is the ledger's word, None where nobody owned the resource.
    """
    comparison = _Comparison(kind.keyed_lists, owned=base is not None)
    whole: _Value = _UNTRACKED if base is None else base
    return tuple(comparison.walk("", "", before, after, whole))
