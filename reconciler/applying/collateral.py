"""What writes changed beyond their plan: differences that are found when a write is read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from reconciler.applying.events import CollateralFound
from reconciler.applying.rechecks.consequences import causes
from reconciler.applying.run_progress import RunProgress
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import place
from reconciler.live.platform import Outcome
from reconciler.message import NO_MESSAGE, Message, joined_messages
from reconciler.planning.change import Change
from reconciler.planning.deep_differences import Absent, Side, keyed_lists_of, value_differences
from reconciler.planning.effects.consequences import field_after
from reconciler.planning.plan import Consequence
from reconciler.state.journal import StepState
from reconciler.text import short_value

_NOTHING = "nothing"
_STILL_EXISTS = ("it still exists", _NOTHING, "the resource")
_DOES_NOT_EXIST = ("it does not exist", "the resource", _NOTHING)
_WILL_NOT_BE_MADE = (StepState.FAILED, StepState.SKIPPED)


def own_collateral(change: Change, fields: Fields | None) -> list[CollateralFound]:
    """The places of a written resource that differ from the plan; `fields` are those read back."""
    if change.after is None:
        return [] if fields is None else [CollateralFound(change.address, *_STILL_EXISTS)]
    if fields is None:
        return [CollateralFound(change.address, *_DOES_NOT_EXIST)]
    return [
        CollateralFound(
            change.address, found.path, _side_text(found.first), _side_text(found.second)
        )
        for found in value_differences(change.after, fields, keyed_lists_of(change.kind))
    ]


def affected_referrers(changes: Iterable[Change], progress: RunProgress) -> tuple[Address, ...]:
    """The referrers to read back once these changes are made."""
    made = {change.key for change in changes}
    affected = [one.address for one in progress.consequences if causes(one) & made]
    return tuple(dict.fromkeys(affected))


def referrer_collateral(
    changes: Iterable[Change], progress: RunProgress, outcomes: Mapping[str, Outcome]
) -> Mapping[str, list[CollateralFound]]:
    """The fields of referrers that differ from the plan, by the key of a change that was made.

    `outcomes` holds what was read, by address. A change without an outcome may be made or not.
    """
    made = {change.key: None for change in changes}

    def is_made(key: str) -> bool:
        return key in made or progress.state_of(key) is StepState.SUCCEEDED

    def can_be_made(key: str) -> bool:
        return is_made(key) or progress.state_of(key) not in _WILL_NOT_BE_MADE

    found: dict[str, list[CollateralFound]] = {}
    for consequence in progress.consequences:
        cause = next((key for key in made if key in causes(consequence)), None)
        if cause is None:
            continue
        now, later = field_after(consequence, is_made), field_after(consequence, can_be_made)
        difference = _difference(consequence, outcomes.get(consequence.address), now, later)
        if difference is not None:
            found.setdefault(cause, []).append(difference)
    return found


def collateral_message(
    own: Iterable[CollateralFound], of_referrers: Iterable[CollateralFound]
) -> Message:
    """What differs after a write: its fields, and those of referrers; empty for nothing."""
    fields = joined_messages(
        [
            *(Message.of("{field}", field=found.field) for found in own),
            *(
                Message.of(
                    "{field} of {referrer}", field=found.field, referrer=place(found.address)
                )
                for found in of_referrers
            ),
        ],
        ", ",
    )
    if not fields:
        return NO_MESSAGE
    return Message.of("differs from the plan after the write: {fields}", fields=fields)


def _value_text(fields: Fields | None, name: str) -> str:
    return _NOTHING if fields is None or name not in fields else short_value(fields[name])


def _side_text(value: Side) -> str:
    return _NOTHING if isinstance(value, Absent) else short_value(value)


def _difference(
    consequence: Consequence, outcome: Outcome | None, now: JsonValue, later: JsonValue
) -> CollateralFound | None:
    address, field = consequence.address, consequence.field
    expected = _value_text({field: now}, field)
    if outcome is None or not outcome.shows_resource:
        return CollateralFound(address, field, expected, "not shown by the platform")
    fields = outcome.resource.fields if outcome.resource is not None else None
    if fields is not None and _is_between(fields.get(field), now, later):
        return None
    return CollateralFound(address, field, expected, _value_text(fields, field))


def _is_between(value: JsonValue, most: JsonValue, least: JsonValue) -> bool:
    """Whether a value is `most`, `least`, or a list with some of what only `most` has."""
    if value in (most, least):
        return True
    if not (isinstance(value, list) and isinstance(most, list) and isinstance(least, list)):
        return False
    in_order = [item for item in most if item in value]
    return in_order == value and all(item in value for item in least)
