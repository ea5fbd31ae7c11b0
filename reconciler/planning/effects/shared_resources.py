"""The reach of edits to resources of all campaigns: templates, dispositions, statuses, quality
models and holidays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from reconciler.kinds.address import Address, campaign_name, campaign_of, identity, name_of
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.disposition import DISPOSITION
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.quality_model import QUALITY_MODEL
from reconciler.kinds.status import STATUS
from reconciler.kinds.template import TEMPLATE
from reconciler.live.platform import Usage
from reconciler.planning.effects.effects import Edit, SharedEffect
from reconciler.planning.effects.world import Touched, World, Worlds

SHARED_KINDS: tuple[Kind, ...] = (TEMPLATE, DISPOSITION, STATUS, QUALITY_MODEL, HOLIDAY)


@dataclass(slots=True)
class References:
    """Who names a shared resource before or after the plan, by identity of its address.

    Each index is built once, when it is first needed.
    """

    worlds: Worlds
    _signatures: dict[str, dict[Address, None]] | None = None
    _quality_models: dict[str, dict[str, None]] | None = None
    _own: dict[str, dict[str, None]] | None = None

    def channels(self, template: Address) -> tuple[Address, ...]:
        """The channels whose signature means a template, before or after the plan."""
        if self._signatures is None:
            self._signatures = _index(
                (identity(meant), channel.address)
                for world in (self.worlds.before, self.worlds.after)
                for channel in world.of_kind(CHANNEL)
                if isinstance(channel.fields.get("signature"), str)
                for reference in CHANNEL.references(channel.address, channel.fields)
                if reference.field == "signature"
                and (meant := world.resolve(reference.candidates)) is not None
            )
        return tuple(sorted(self._signatures.get(identity(template), ())))

    def campaigns(self, quality_model: Address) -> tuple[str, ...]:
        """The campaigns that name a quality model, before or after the plan."""
        if self._quality_models is None:
            self._quality_models = _index(
                (identity(reference.candidates[0]), name_of(campaign.address))
                for world in (self.worlds.before, self.worlds.after)
                for campaign in world.of_kind(CAMPAIGN)
                for reference in CAMPAIGN.references(campaign.address, campaign.fields)
                if reference.field == "quality_models"
            )
        return tuple(sorted(self._quality_models.get(identity(quality_model), ())))

    def shadowed_in(self, address: Address) -> tuple[str, ...]:
        """The campaigns with their own resource of this name, before and after the plan."""
        if self._own is None:
            after = set(_own_names(self.worlds.after))
            self._own = _index(pair for pair in _own_names(self.worlds.before) if pair in after)
        return tuple(sorted(self._own.get(identity(address), ())))


_Value = TypeVar("_Value", bound=str)


def _index(pairs: Iterable[tuple[str, _Value]]) -> dict[str, dict[_Value, None]]:
    found: dict[str, dict[_Value, None]] = defaultdict(dict)
    for key, value in pairs:
        found[key][value] = None
    return found


def _own_names(world: World) -> Iterator[tuple[str, str]]:
    """Each resource of a campaign as the global address that it shadows, and the campaign."""
    for own in world.of_kind(TEMPLATE, DISPOSITION, STATUS):
        if campaign_of(own.address) is not None:
            yield shadowed_key(own.address), campaign_name(own.address)


def shadowed_key(own: Address) -> str:
    """The identity of the global resource with the name of a campaign's own."""
    return identity(own.split("/", 2)[2])


def shared_effects(worlds: Worlds, usage: Mapping[str, Usage]) -> tuple[SharedEffect, ...]:
    """The effect of each edited, renamed or deleted resource of all campaigns, by address."""
    references = References(worlds)
    found = [
        _effect(touched, references, usage)
        for kind in SHARED_KINDS
        for touched in worlds.of_kind(kind)
        if touched.before is not None and campaign_of(touched.before.address) is None
    ]
    return tuple(sorted(found, key=attrgetter("address")))


def _effect(touched: Touched, references: References, usage: Mapping[str, Usage]) -> SharedEffect:
    address, kind = touched.address, touched.kind
    facts = usage.get(identity(address))
    changed = _changed_fields(touched)
    return SharedEffect(
        address=address,
        kind=kind.name,
        edit=_edit(touched, changed),
        fields=changed,
        is_emptied=_is_emptied(touched),
        is_for_all=_is_for_all(touched),
        campaigns=_campaigns(touched, references),
        shadowed_in=references.shadowed_in(address) if kind in _NAMED_BY_AGENTS else (),
        channels=references.channels(address) if kind is TEMPLATE else (),
        recent=None if facts is None else facts.recent,
        open_interactions=None if facts is None else facts.open_interactions,
        agents=None if facts is None else tuple(sorted(facts.agents_now)),
    )


_NAMED_BY_AGENTS = (TEMPLATE, DISPOSITION, STATUS)


def _changed_fields(touched: Touched) -> tuple[str, ...]:
    if touched.before is None or touched.after is None:
        return ()
    before, after = touched.before.fields, touched.after.fields
    return tuple(name for name in before if before[name] != after.get(name))


def _edit(touched: Touched, changed: tuple[str, ...]) -> Edit:
    if touched.after is None:
        return "deleted"
    if touched.kind is DISPOSITION and "enabled" in changed:
        return "enabled" if touched.after.fields["enabled"] is True else "disabled"
    return "edited" if changed else "renamed"


def _is_emptied(touched: Touched) -> bool:
    if touched.before is None or touched.after is None:
        return False
    return _has_content(touched.kind, touched.before.fields) and not _has_content(
        touched.kind, touched.after.fields
    )


def _has_content(kind: Kind, fields: Fields) -> bool:
    if kind is TEMPLATE:
        return bool(str(fields["content"]).strip())
    if kind is QUALITY_MODEL:
        categories = fields["categories"]
        listed = categories if isinstance(categories, list) else ()
        return any(isinstance(category, dict) and category["questions"] for category in listed)
    return True


def _is_for_all(touched: Touched) -> bool:
    if touched.kind is HOLIDAY:
        return any(_closes_all(side.fields) for side in (touched.before, touched.after) if side)
    return touched.kind in _NAMED_BY_AGENTS


def _closes_all(holiday: Fields) -> bool:
    return holiday["campaigns"] == "all"


def _campaigns(touched: Touched, references: References) -> tuple[str, ...]:
    if touched.kind is QUALITY_MODEL:
        return references.campaigns(touched.address)
    if touched.kind is HOLIDAY:
        sides = [side for side in (touched.before, touched.after) if side is not None]
        return tuple(
            sorted({name for side in sides for name in names_in(side.fields["campaigns"])})
        )
    return ()
