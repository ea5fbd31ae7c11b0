"""What a plan says the platform does to referrers, compared with the platform.

Before an apply: whether it would still do that. After a write: whether it did that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from reconciler.applying.answers import shown
from reconciler.applying.events import CollateralFound
from reconciler.applying.rechecks.live import Standing, Verified, edit_in_words
from reconciler.applying.run_progress import Progress
from reconciler.kinds.address import Address, identity
from reconciler.live.platform import Outcome, Snapshot
from reconciler.planning.change import Change
from reconciler.planning.effects.consequences import field_after, find_consequences
from reconciler.planning.plan import Consequence, Plan
from reconciler.state.journal import StepState

_Place = tuple[str, str]
"""The identity of a referrer, and its field."""
_WILL_NOT_HAPPEN = (StepState.FAILED, StepState.SKIPPED)


# ---- before an apply ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Departures:
    """Where the platform would do something else to referrers than the plan says.

    Sentences by the key of a change that brings it about. `changed` are fields that the plan
    shows. `new` are fields that it does not show; guards say more about most of these, so they
    have to be asked first.
    """

    changed: Mapping[str, str]
    new: Mapping[str, str]

    @classmethod
    def of(
        cls,
        plan: Plan,
        live: Snapshot,
        standing: Mapping[str, Verified],
        *,
        made: frozenset[str] = frozenset(),
    ) -> Departures:
        """Those of the changes that are still to do; `made` holds the keys of changes already
        made."""
        done = made | _keys(standing, Standing.DONE)
        pending = _keys(standing, Standing.TO_DO)
        to_do = [one for one in plan.changes if one.key in pending]
        fresh = {_place(one): one for one in find_consequences(to_do, live.resources)}
        left = (_left(one, done, pending) for one in plan.consequences)
        planned = {_place(one): one for one in left if one.references}
        changed: dict[str, str] = {}
        for place, one in planned.items():
            if place not in fresh or _result(fresh[place]) != _result(one):
                changed |= dict.fromkeys(_causes(one) & pending, _changed(one, live))
        new: dict[str, str] = {}
        for place, one in fresh.items():
            if place not in planned:
                new |= dict.fromkeys(_causes(one), _unforeseen(one))
        return cls(changed, new)


def made_stale(standing: Mapping[str, Verified], why: Mapping[str, str]) -> dict[str, Verified]:
    """The standing, with each change to do stale that `why` has a sentence about."""
    return {
        key: Verified(Standing.STALE, found.live, why[key])
        if key in why and found.standing is Standing.TO_DO
        else found
        for key, found in standing.items()
    }


def _keys(standing: Mapping[str, Verified], wanted: Standing) -> frozenset[str]:
    return frozenset(key for key, found in standing.items() if found.standing is wanted)


def _left(one: Consequence, done: frozenset[str], pending: frozenset[str]) -> Consequence:
    """What is left of a consequence once some of its changes are made."""
    can_be = done | pending
    return replace(
        one,
        before=field_after(one, done.__contains__),
        after=field_after(one, can_be.__contains__),
        references=tuple(
            lost
            for lost in one.references
            if can_be.issuperset(lost.changes) and not done.issuperset(lost.changes)
        ),
    )


def _place(one: Consequence) -> _Place:
    return identity(one.address), one.field


def _causes(one: Consequence) -> set[str]:
    return {key for lost in one.references for key in lost.changes}


def _result(one: Consequence) -> tuple[JsonValue, JsonValue, dict[str, str]]:
    means = {identity(lost.name): identity(lost.means or "") for lost in one.references}
    return one.before, one.after, means


def _changed(one: Consequence, live: Snapshot) -> str:
    why = live.why_unknown(one.address)
    if why is not None:
        return f"{one.address} cannot be checked: {why}"
    here = live.find(one.address)
    if here is None:
        return f"{one.address} is gone from the platform"
    if here.fields.get(one.field) == one.before:
        return f"{one.address}: its {one.field} would mean something else than the plan says"
    return f"{one.address}: {edit_in_words({**here.fields, one.field: one.before}, here)}"


def _unforeseen(one: Consequence) -> str:
    return f"{one.address}: its {one.field} refers to it, which the plan does not show"


# ---- after a write -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the platform did to referrers because of a run's changes, as far as the run is."""

    progress: Progress

    def referrers(self, changes: Iterable[Change]) -> tuple[Address, ...]:
        """Where to look once these changes are made."""
        made = {one.key for one in changes}
        concerned = [one.address for one in self.progress.consequences if _causes(one) & made]
        return tuple(dict.fromkeys(concerned))

    def collateral(
        self, changes: Iterable[Change], seen: Mapping[str, Outcome]
    ) -> Mapping[str, list[CollateralFound]]:
        """The fields that are not as the plan says now that these changes are made, each by the
        key of one of them.

        `seen` is what was found, by address. A change that is not settled yet may be made or not.
        """
        made = {one.key: None for one in changes}

        def is_made(key: str) -> bool:
            return key in made or self.progress.state_of(key) is StepState.SUCCEEDED

        def can_be_made(key: str) -> bool:
            return is_made(key) or self.progress.state_of(key) not in _WILL_NOT_HAPPEN

        found: dict[str, list[CollateralFound]] = {}
        for one in self.progress.consequences:
            cause = next((key for key in made if key in _causes(one)), None)
            if cause is None:
                continue
            expected, least = field_after(one, is_made), field_after(one, can_be_made)
            deviation = _deviation(one, seen.get(one.address), expected, least)
            if deviation is not None:
                found.setdefault(cause, []).append(deviation)
        return found


def differs(found: Iterable[CollateralFound], *fields: str) -> str:
    """What differs after a write, in words: its own fields, and those of referrers; "" for
    nothing."""
    names = [*fields, *(f"{one.field} of {one.address}" for one in found)]
    return f"differs from the plan after the write: {', '.join(names)}" if names else ""


def _deviation(
    one: Consequence, outcome: Outcome | None, expected: JsonValue, least: JsonValue
) -> CollateralFound | None:
    told = shown({one.field: expected}, one.field)
    if outcome is None or not outcome.shows_resource:
        return CollateralFound(one.address, one.field, told, "not shown by the platform")
    fields = outcome.resource.fields if outcome.resource is not None else None
    if fields is not None and _is_between(fields.get(one.field), expected, least):
        return None
    return CollateralFound(one.address, one.field, told, shown(fields, one.field))


def _is_between(value: JsonValue, most: JsonValue, least: JsonValue) -> bool:
    """Whether a value is `most`, `least`, or a list with some of what only `most` has."""
    if value in (most, least):
        return True
    if not (isinstance(value, list) and isinstance(most, list) and isinstance(least, list)):
        return False
    in_order = [one for one in most if one in value]
    return in_order == value and all(one in value for one in least)
