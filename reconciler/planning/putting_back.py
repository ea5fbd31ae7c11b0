"""Fields put back as they were before a change, leaving alone what has changed since elsewhere.

A three-way merge: from what the change left (`after`) to what was before it, laid over what is
there now. Lists of objects go entry by entry by their key; what was added since stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields, Kind


class _Nothing(Enum):
    ABSENT = "absent"


_Value: TypeAlias = "JsonValue | _Nothing"
_ABSENT = _Nothing.ABSENT


def put_back(kind: Kind, *, before: Fields, after: Fields, now: Fields) -> Fields:
    """`now` with what changed from `before` to `after` as in `before`."""
    return _Merge(kind.keyed_lists).objects("", before, after, now)


@dataclass(frozen=True, slots=True)
class _Merge:
    keyed_lists: Mapping[str, str]

    def values(self, path: str, before: _Value, after: _Value, now: _Value) -> _Value:
        if before == after:
            return now
        if now == after:
            return before
        if isinstance(before, dict) and isinstance(after, dict) and isinstance(now, dict):
            return self.objects(path, before, after, now)
        key = self.keyed_lists.get(path)
        if (
            key is not None
            and isinstance(before, list)
            and isinstance(after, list)
            and isinstance(now, list)
        ):
            return self._lists(path, _keyed(before, key), _keyed(after, key), _keyed(now, key))
        return before

    def objects(
        self,
        path: str,
        before: Mapping[str, JsonValue],
        after: Mapping[str, JsonValue],
        now: Mapping[str, JsonValue],
    ) -> Fields:
        result: Fields = {}
        for name in dict.fromkeys([*now, *before]):
            value = self.values(
                f"{path}.{name}" if path else name,
                before.get(name, _ABSENT),
                after.get(name, _ABSENT),
                now.get(name, _ABSENT),
            )
            if not isinstance(value, _Nothing):
                result[name] = value
        return result

    def _lists(
        self,
        path: str,
        before: Mapping[str, JsonValue],
        after: Mapping[str, JsonValue],
        now: Mapping[str, JsonValue],
    ) -> list[JsonValue]:
        found: dict[str, JsonValue] = {}
        for name in dict.fromkeys([*now, *before]):
            value = self.values(
                path,
                before.get(name, _ABSENT),
                after.get(name, _ABSENT),
                now.get(name, _ABSENT),
            )
            if not isinstance(value, _Nothing):
                found[name] = value
        moved = [one for one in before if one in after] != [one for one in after if one in before]
        first, second = (before, now) if moved else (now, before)
        return [found[name] for name in _order(found, list(first), list(second))]


def _keyed(values: Sequence[JsonValue], key: str) -> dict[str, JsonValue]:
    return {identity(str(one[key])): one for one in values if isinstance(one, dict) and key in one}


def _order(
    names: Mapping[str, JsonValue], first: Sequence[str], second: Sequence[str]
) -> list[str]:
    """The names in the order of `first`; the others each after who stood before it in `second`."""
    ordered = [name for name in first if name in names]
    placed = set(ordered)
    at = 0
    for name in second:
        if name in placed:
            at = ordered.index(name) + 1
        elif name in names:
            ordered.insert(at, name)
            placed.add(name)
            at += 1
    return ordered
