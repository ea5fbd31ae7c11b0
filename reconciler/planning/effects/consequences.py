"""What the platform changes by itself during an apply: fields that refer to deleted resources.

The platform never refuses to delete a resource in use. It removes the name from every field that
refers to it (a channel's `signature`, a campaign's `quality_models`, a holiday's `campaigns`),
unless another resource of that name remains: a campaign's own template hides a global template of
the same name until it is deleted. Pure: computed from live state and the plan's changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from reconciler.kinds.address import Address, ancestors, campaign_of, identity
from reconciler.kinds.base import Fields, Kind, Reference, no_references
from reconciler.kinds.name_lists import without_name
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource
from reconciler.planning.change import Action, Change, ChangeKey
from reconciler.planning.plan import Consequence, LostReference

_MAKES = (Action.CREATE, Action.REPLACE)


def find_consequences(
    changes: Iterable[Change],
    live: Mapping[str, LiveResource],
    foreign: Mapping[str, str] | None = None,
) -> tuple[Consequence, ...]:
    """Each field that changes its value or its meaning without being written by the plan.

    `live` is by identity; `foreign` has the owning project, by identity.
    """
    return tuple(_Outcome.of(changes, live).consequences(foreign or {}))


def creates_before_deletes(
    changes: Iterable[Change], live: Mapping[str, LiveResource]
) -> tuple[tuple[ChangeKey, ChangeKey], ...]:
    """Pairs of keys (delete, create) in which the create replaces the target of a reference.

    The create must come first, or the platform would clear the reference.
    """
    return tuple(dict.fromkeys(_Outcome.of(changes, live).successions()))


def field_after(consequence: Consequence, is_made: Callable[[ChangeKey], bool]) -> JsonValue:
    """The field's value once the changes are made whose keys `is_made` accepts."""
    value = consequence.before
    for lost in consequence.references:
        if lost.means is None and all(is_made(key) for key in lost.changes):
            value = without_name(value, lost.name)
    return value


@dataclass(frozen=True, slots=True)
class _AffectedReference:
    """A reference whose target a plan creates or deletes, after the plan's own writes."""

    referrer: Address
    kind: Kind
    fields: Fields
    reference: Reference
    is_written: bool
    """Whether the plan writes the reference."""


@dataclass(slots=True)
class _Outcome:
    """What exists before and after a plan, by identity of the address."""

    live: Mapping[str, LiveResource]
    deleted: dict[str, Change] = field(default_factory=dict)
    made: dict[str, Change] = field(default_factory=dict)
    written: dict[str, Change] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Iterable[Change], live: Mapping[str, LiveResource]) -> _Outcome:
        outcome = cls(live)
        for change in changes:
            if change.action is Action.DELETE:
                outcome.deleted[identity(change.address)] = change
            elif change.action in _MAKES:
                outcome.made[identity(change.address)] = change
            elif change.writes and change.after is not None:
                outcome.written[identity(change.address)] = change
        return outcome

    def consequences(self, foreign: Mapping[str, str]) -> Iterator[Consequence]:
        found: dict[tuple[str, str], Consequence] = {}
        for affected in self._affected():
            lost = self._lost(affected)
            if lost is None:
                continue
            where, name = identity(affected.referrer), affected.reference.field
            before = affected.fields[name]
            blank = Consequence(
                affected.referrer,
                affected.kind.name,
                name,
                before,
                before,
                (),
                foreign.get(where, ""),
            )
            known = found.get((where, name), blank)
            found[where, name] = replace(known, references=(*known.references, lost))
        for _, consequence in sorted(found.items()):
            yield replace(consequence, after=field_after(consequence, lambda _: True))

    def successions(self) -> Iterator[tuple[ChangeKey, ChangeKey]]:
        for affected in self._affected():
            candidates = [identity(candidate) for candidate in affected.reference.candidates]
            deleted = [self.deleted[key] for key in candidates if key in self.deleted]
            made = [self.made[key] for key in candidates if key in self.made]
            yield from ((self._sender(old).key, new.key) for old in deleted for new in made)

    def _affected(self) -> Iterator[_AffectedReference]:
        """The references of remaining resources to a deleted one, or to a name that is created."""
        if not self.deleted and not any(campaign_of(key) for key in self.made):
            return
        for referrer, kind, fields, old in self._referrers():
            known = None
            for reference in kind.references(referrer, fields):
                keys = [identity(candidate) for candidate in reference.candidates]
                if not any(key in self.deleted or key in self.made for key in keys):
                    continue
                if known is None:
                    known = {(each.path, each.name) for each in kind.references(referrer, old)}
                is_written = (reference.path, reference.name) not in known
                yield _AffectedReference(referrer, kind, fields, reference, is_written)

    def _referrers(self) -> Iterator[tuple[Address, Kind, Fields, Fields]]:
        """Each remaining or created resource, with its fields after and before the plan."""
        for key, live in self.live.items():
            if live.kind.references is no_references or key in self.deleted:
                continue
            change = self.written.get(key)
            after = change.after if change is not None else None
            yield live.address, live.kind, live.fields if after is None else after, live.fields
        for change in self.made.values():
            kind = KINDS.named(change.kind)
            if kind is not None and change.after is not None:
                yield change.address, kind, change.after, {}

    def _lost(self, affected: _AffectedReference) -> LostReference | None:
        candidates = [identity(candidate) for candidate in affected.reference.candidates]
        meant = next((self.live[key].address for key in candidates if key in self.live), None)
        means = next((self._address(key) for key in candidates if self._stays(key)), None)
        is_intended = affected.is_written and means is not None
        if meant is None or meant == means or is_intended:
            return None
        return LostReference(affected.reference.name, meant, means, self._causes(candidates, means))

    def _causes(self, candidates: Sequence[str], means: Address | None) -> tuple[ChangeKey, ...]:
        """The keys of the changes that cause it together: the deletes of what is nearer than
        `means`, and the create of `means`."""
        causes: dict[ChangeKey, None] = {}
        for key in candidates:
            if means is not None and key == identity(means):
                if key in self.made:
                    causes[self.made[key].key] = None
                break
            if key in self.deleted:
                causes[self._sender(self.deleted[key]).key] = None
        return tuple(causes)

    def _stays(self, key: str) -> bool:
        return key in self.made or (key in self.live and key not in self.deleted)

    def _address(self, key: str) -> Address:
        return self.made[key].address if key in self.made else self.live[key].address

    def _sender(self, delete: Change) -> Change:
        """The delete whose request deletes it: itself, or the delete that cascades to it."""
        if not delete.cascaded:
            return delete
        for upper in ancestors(identity(delete.address)):
            parent = self.deleted.get(upper)
            if parent is not None and not parent.cascaded:
                return parent
        return delete
