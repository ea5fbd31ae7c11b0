"""What the platform changes by itself when a plan is applied: fields that refer to what goes.

The platform never refuses to delete what is in use. It takes the name out of every field that
refers to it (a channel's `signature`, a campaign's `quality_models`, a holiday's `campaigns`),
unless another resource of that name is left: a campaign's own template hides a global one of the
same name, and uncovers it when it goes. Pure: told from live state and the plan's own changes.
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
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Consequence, LostReference

_MAKES = (Action.CREATE, Action.REPLACE)


def find_consequences(
    changes: Iterable[Change],
    live: Mapping[str, LiveResource],
    foreign: Mapping[str, str] | None = None,
) -> tuple[Consequence, ...]:
    """Every field that changes, or changes its meaning, and that no change of the plan writes.

    `live` is by identity; `foreign` maps what other projects own to their names.
    """
    return tuple(_Outcome.of(changes, live).consequences(foreign or {}))


def creates_before_deletes(
    changes: Iterable[Change], live: Mapping[str, LiveResource]
) -> tuple[tuple[str, str], ...]:
    """Pairs (delete, create) of keys: the create gives a reference what takes the place of what is
    deleted, so it has to be made first, or the platform would clear the reference."""
    return tuple(dict.fromkeys(_Outcome.of(changes, live).successions()))


def field_after(consequence: Consequence, is_made: Callable[[str], bool]) -> JsonValue:
    """The field's value once the changes whose key `is_made` are made."""
    value = consequence.before
    for one in consequence.references:
        if one.means is None and all(is_made(key) for key in one.changes):
            value = without_name(value, one.name)
    return value


@dataclass(frozen=True, slots=True)
class _Held:
    """A reference that a plan concerns, in a field as it is when the plan's own writes are made.

    `is_written` says that the plan itself puts it there.
    """

    referrer: Address
    kind: Kind
    fields: Fields
    reference: Reference
    is_written: bool


@dataclass(slots=True)
class _Outcome:
    """What exists before and after a plan. All mappings are by identity of the address."""

    live: Mapping[str, LiveResource]
    gone: dict[str, Change] = field(default_factory=dict)
    made: dict[str, Change] = field(default_factory=dict)
    written: dict[str, Change] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Iterable[Change], live: Mapping[str, LiveResource]) -> _Outcome:
        outcome = cls(live)
        for change in changes:
            if change.action is Action.DELETE:
                outcome.gone[identity(change.address)] = change
            elif change.action in _MAKES:
                outcome.made[identity(change.address)] = change
            elif change.writes and change.after is not None:
                outcome.written[identity(change.address)] = change
        return outcome

    def consequences(self, foreign: Mapping[str, str]) -> Iterator[Consequence]:
        found: dict[tuple[str, str], Consequence] = {}
        for held in self._concerned():
            lost = self._lost(held)
            if lost is None:
                continue
            where, name = identity(held.referrer), held.reference.field
            before = held.fields[name]
            blank = Consequence(
                held.referrer, held.kind.name, name, before, before, (), foreign.get(where, "")
            )
            known = found.get((where, name), blank)
            found[where, name] = replace(known, references=(*known.references, lost))
        for _, one in sorted(found.items()):
            yield replace(one, after=field_after(one, lambda _: True))

    def successions(self) -> Iterator[tuple[str, str]]:
        for held in self._concerned():
            candidates = [identity(one) for one in held.reference.candidates]
            gone = [self.gone[key] for key in candidates if key in self.gone]
            made = [self.made[key] for key in candidates if key in self.made]
            yield from ((self._sender(old).key, new.key) for old in gone for new in made)

    def _concerned(self) -> Iterator[_Held]:
        """The references of what stays to something that goes, or to a name that comes beside."""
        beside = {key for key in self.made if campaign_of(key)}
        if not self.gone and not beside:
            return
        for referrer, kind, fields, old in self._referrers():
            known = None
            for one in kind.references(referrer, fields):
                keys = [identity(candidate) for candidate in one.candidates]
                if not any(key in self.gone or key in self.made for key in keys):
                    continue
                if known is None:
                    known = {(each.path, each.name) for each in kind.references(referrer, old)}
                is_written = (one.path, one.name) not in known
                yield _Held(referrer, kind, fields, one, is_written)

    def _referrers(self) -> Iterator[tuple[Address, Kind, Fields, Fields]]:
        """What stays or comes, with its fields as the plan leaves them and as they were before."""
        for key, one in self.live.items():
            if one.kind.references is no_references or key in self.gone:
                continue
            change = self.written.get(key)
            after = change.after if change is not None else None
            yield one.address, one.kind, one.fields if after is None else after, one.fields
        for change in self.made.values():
            kind = KINDS.named(change.kind)
            if kind is not None and change.after is not None:
                yield change.address, kind, change.after, {}

    def _lost(self, held: _Held) -> LostReference | None:
        candidates = [identity(one) for one in held.reference.candidates]
        meant = next((self.live[key].address for key in candidates if key in self.live), None)
        means = next((self._address(key) for key in candidates if self._stays(key)), None)
        is_set_so = held.is_written and means is not None
        if meant is None or meant == means or is_set_so:
            return None
        return LostReference(held.reference.name, meant, means, self._causes(candidates, means))

    def _causes(self, candidates: Sequence[str], means: Address | None) -> tuple[str, ...]:
        """The changes that all have to be made: the deletes of what is nearer than `means`, and
        the create of it."""
        causes: dict[str, None] = {}
        for key in candidates:
            if means is not None and key == identity(means):
                if key in self.made:
                    causes[self.made[key].key] = None
                break
            if key in self.gone:
                causes[self._sender(self.gone[key]).key] = None
        return tuple(causes)

    def _stays(self, key: str) -> bool:
        return key in self.made or (key in self.live and key not in self.gone)

    def _address(self, key: str) -> Address:
        return self.made[key].address if key in self.made else self.live[key].address

    def _sender(self, gone: Change) -> Change:
        """The delete whose request takes it away: its own, or that of what it is in."""
        if not gone.cascaded:
            return gone
        for upper in ancestors(identity(gone.address)):
            parent = self.gone.get(upper)
            if parent is not None and not parent.cascaded:
                return parent
        return gone
