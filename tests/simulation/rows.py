"""The values of a simulated platform: the row of a resource, and a line of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from reconciler.kinds.address import Address, name_of
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.field_path import FieldPath
from reconciler.live.platform import AuditChange, AuditEntry, LiveResource


@dataclass(frozen=True, slots=True)
class Row:
    """A stored resource.

    `number` is the order of creation and survives a rename. `path` is the list it is in
    (`statuses`, `campaigns/-/statuses`), `campaign` the name of the campaign it belongs to.
    `names` holds the identities of what its fields name of what can be deleted, and its numbers.
    """

    number: int
    path: str
    campaign: str | None
    live: LiveResource
    names: frozenset[str] = frozenset()

    @property
    def owner(self) -> str:
        """The name of its campaign, or of itself; "" for a global resource."""
        if self.campaign is not None:
            return self.campaign
        return name_of(self.live.address) if self.path == "campaigns" else ""


@dataclass(frozen=True, slots=True)
class Write:
    """A line of the audit log, with details for the checker.

    `before` and `after` are the complete fields, None where there was or is nothing. A rename
    has `previous`. `asked` is the address of the operation that caused it: not the address itself
    for what a cascade deletes, moves or takes a name out of. `key` is that operation's idempotency
    key, `request` the number of the batch it came in.
    """

    number: int
    at: str
    by: str
    address: Address
    action: str
    kind: Kind
    before: Fields | None
    after: Fields | None
    previous: Address | None
    asked: str
    key: str | None
    request: int

    def entry(self) -> AuditEntry:
        """The line as an entry of the platform's audit log."""
        return AuditEntry(self.at, self.by, self.address, self.action, tuple(self._changes()))

    def _changes(self) -> Iterator[AuditChange]:
        if self.previous is not None:
            old, new = name_of(self.previous), name_of(self.address)
            if old != new:
                yield AuditChange(FieldPath(self.kind.identity), old, new)
            return
        yield from _differences(self.before or {}, self.after or {}, self.kind.replaced_whole)


def _differences(
    before: Fields, after: Fields, whole: frozenset[str] = frozenset(), path: str = ""
) -> Iterator[AuditChange]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new and name in before and name in after:
            continue
        if _is_open(old, new) and name not in whole:
            yield from _differences(old, new, frozenset(), f"{path}{name}.")  # type: ignore[arg-type]
        else:
            yield AuditChange(FieldPath(f"{path}{name}"), old, new)


def _is_open(old: JsonValue, new: JsonValue) -> bool:
    return isinstance(old, dict) and isinstance(new, dict)
