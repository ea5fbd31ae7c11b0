"""The three-way difference of one resource: before, after, and last applied.

A change of order in a list of objects is one difference, `….order`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.kinds.absent import ABSENT, null_if_absent
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.field_path import FieldPath
from reconciler.planning.change import Difference, Origin
from reconciler.planning.three_way import Field, Parts


def differences(
    kind: Kind,
    before: Fields,
    after: Fields,
    base: Fields | None,
    *,
    applied: Fields | None = None,
) -> tuple[Difference, ...]:
    """What changes from `before` to `after`, and who changed it.

    `base` has the complete fields as if nobody had changed what was last applied
    (`merge.without_drift`), None when nobody managed the resource. Differences show the values of
    `applied`, the ledger's fields; by default those of `base`.
    """
    shown = base if applied is None else applied
    sides = (ABSENT if side is None else side for side in (base, shown))
    whole = Field(kind, "", (before, after, *sides))
    return tuple(_Comparison(owned=base is not None).walk(whole))


@dataclass(frozen=True, slots=True)
class _Comparison:
    owned: bool

    def walk(self, field: Field) -> Iterator[Difference]:
        before, after, base, applied = field.values
        if before == after:
            return
        parts = field.parts((before, after))
        if parts is None:
            yield Difference(
                FieldPath(field.path),
                null_if_absent(before),
                null_if_absent(after),
                self._origin(before, after, base),
                base=null_if_absent(applied),
            )
            return
        for part in parts.fields.values():
            yield from self.walk(part)
        if parts.lists:
            yield from self._order(field.path, parts)

    def _order(self, path: str, parts: Parts) -> Iterator[Difference]:
        old, new, base, _ = parts.lists
        both = old.keys() & new.keys()
        were, will, based = ([name for name in side if name in both] for side in (old, new, base))
        if were == will:
            return
        is_known = len(based) == len(were)
        yield Difference(
            FieldPath(f"{path}.order"),
            [old[name][parts.key] for name in were],
            [new[name][parts.key] for name in will],
            self._origin(were, will, based if is_known else were),
            base=[old[name][parts.key] for name in based] if is_known else None,
        )

    def _origin(self, before: object, after: object, base: object) -> Origin:
        if not self.owned:
            return Origin.UNOWNED
        if after == base:
            return Origin.PLATFORM
        return Origin.GIT if before == base else Origin.BOTH
