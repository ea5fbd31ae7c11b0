"""Whose change a difference is: what one side alone did is never both sides' doing.

Manifests and the ledger hold what is declared, the platform holds every field: a partial word is
compared with what it makes of the whole.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.live.platform import Snapshot
from reconciler.planning.change import Action, Difference, Origin
from reconciler.planning.merge import without_nulls
from reconciler.planning.plan import Plan
from reconciler.planning.reports.drift import drift_report
from reconciler.state.ledger import Ledger
from tests.planning.plan_worlds import (
    campaign,
    carried_out,
    desired,
    ledger,
    live_resource,
    planned,
    snapshot,
    wanted,
)

MEMBERS = "campaigns/Sales/members"
MODEL = "quality_models/Courtesy"
WEBCHAT = "campaigns/Sales/channels/webchat"


def _settled(address: str, fields: Fields) -> tuple[Snapshot, Ledger]:
    """The world once these fields, and nothing else, were applied."""
    live = snapshot(campaign("Sales"))
    want = desired(wanted(address, fields))
    return carried_out(planned(want, live, ledger()), live, ledger())


def _edited(live: Snapshot, address: str, fields: Fields) -> Snapshot:
    """A person has written these fields; a platform keeps no nulls in a map of texts."""
    key = identity(address)
    one = live_resource(address, **without_nulls(fields, fields))
    return replace(live, resources={**live.resources, key: one})


def _origins(made: Plan) -> dict[str, Origin]:
    return {
        difference.path: difference.origin
        for change in made.changes
        for difference in change.differences
    }


def _told(made: Plan, path: str) -> Difference:
    return next(d for change in made.changes for d in change.differences if d.path == path)


MEMBER_LISTS: list[Fields] = [
    {"members": [{"user": "ana"}, {"user": "luis"}]},
    {"members": [{"user": "ana"}, {"user": "luis", "channels": {"whatsapp": {"receive": False}}}]},
]


@pytest.mark.parametrize("applied", MEMBER_LISTS)
def test_a_member_removed_in_git_is_gits_change(applied: Fields) -> None:
    made = planned(
        desired(wanted(MEMBERS, {"members": [{"user": "ana"}]})), *_settled(MEMBERS, applied)
    )
    assert _origins(made) == {"members[luis]": Origin.GIT}
    assert drift_report(made).is_empty


@pytest.mark.parametrize("applied", MEMBER_LISTS)
def test_a_member_removed_on_the_platform_is_drift(applied: Fields) -> None:
    live, books = _settled(MEMBERS, applied)
    edited = _edited(live, MEMBERS, {"members": [{"user": "ana"}]})
    made = planned(desired(wanted(MEMBERS, applied)), edited, books)
    assert _origins(made) == {"members[luis]": Origin.PLATFORM}
    assert [resource.address for resource in drift_report(made).resources] == [MEMBERS]


def test_what_people_set_of_a_member_that_git_takes_out_is_a_conflict_where_git_set_it() -> None:
    applied: Fields = {"members": [{"user": "ana"}, {"user": "luis", "penalty": 5}]}
    live, books = _settled(MEMBERS, applied)
    edited = _edited(live, MEMBERS, {"members": [{"user": "ana"}, {"user": "luis", "penalty": 7}]})
    made = planned(desired(wanted(MEMBERS, {"members": [{"user": "ana"}]})), edited, books)
    assert _origins(made) == {"members[luis]": Origin.BOTH}


def test_what_people_set_of_a_member_that_git_takes_out_is_theirs_where_git_left_it() -> None:
    applied: Fields = {"members": [{"user": "ana"}, {"user": "luis"}]}
    live, books = _settled(MEMBERS, applied)
    edited = _edited(live, MEMBERS, {"members": [{"user": "ana"}, {"user": "luis", "penalty": 7}]})
    made = planned(desired(wanted(MEMBERS, {"members": [{"user": "ana"}]})), edited, books)
    assert _origins(made) == {"members[luis]": Origin.GIT}


def test_a_members_channel_that_people_took_out_is_drift() -> None:
    applied: Fields = {"members": [{"user": "ana", "channels": {"whatsapp": {"receive": False}}}]}
    live, books = _settled(MEMBERS, applied)
    edited = _edited(live, MEMBERS, {"members": [{"user": "ana"}]})
    made = planned(desired(wanted(MEMBERS, applied)), edited, books)
    assert _origins(made) == {"members[ana].channels.whatsapp": Origin.PLATFORM}


def test_channels_of_a_member_that_git_empties_are_drift_once_people_set_one() -> None:
    applied: Fields = {"members": [{"user": "ana", "channels": {}}]}
    live, books = _settled(MEMBERS, applied)
    edited = _edited(
        live, MEMBERS, {"members": [{"user": "ana", "channels": {"sms": {"create": False}}}]}
    )
    made = planned(desired(wanted(MEMBERS, applied)), edited, books)
    assert _origins(made) == {"members[ana].channels.sms": Origin.PLATFORM}


def test_a_member_that_a_part_of_a_list_newly_takes_out_is_gits_change() -> None:
    ana: Fields = {"members": [{"user": "ana"}]}
    live, books = _applied_over(MEMBERS, {"members": [{"user": "pia"}]}, ana, ())
    made = planned(desired(wanted(MEMBERS, ana, removes=("pia",))), live, books)
    assert _origins(made) == {"members[pia]": Origin.GIT}


@pytest.mark.parametrize("part", ["category", "question", "option"])
def test_a_part_of_a_quality_model_taken_out_on_one_side_is_that_sides_change(part: str) -> None:
    applied: Fields = {
        "categories": [
            {
                "name": "Tone",
                "questions": [
                    {"text": "Greets?", "options": [{"label": "Yes"}, {"label": "No"}]},
                    {"text": "Thanks?"},
                ],
            },
            {"name": "Facts", "questions": [{"text": "Right?", "options": [{"label": "Yes"}]}]},
        ]
    }
    without = _without(applied, part)
    live, books = _settled(MODEL, applied)
    in_git = planned(desired(wanted(MODEL, without)), live, books)
    assert set(_origins(in_git).values()) == {Origin.GIT}
    on_platform = planned(desired(wanted(MODEL, applied)), _edited(live, MODEL, without), books)
    assert set(_origins(on_platform).values()) == {Origin.PLATFORM}


def _without(fields: Fields, part: str) -> Fields:
    left: dict[str, list[dict[str, list[dict[str, list[object]]]]]] = copy.deepcopy(fields)  # type: ignore[assignment]
    match part:
        case "category":
            del left["categories"][1]
        case "question":
            del left["categories"][0]["questions"][0]
        case _:
            del left["categories"][0]["questions"][0]["options"][0]
    return left  # type: ignore[return-value]


def test_a_text_that_git_clears_is_drift_once_people_write_one() -> None:
    applied: Fields = {"welcome": {"en": None}}
    live, books = _settled(WEBCHAT, applied)
    edited = _edited(live, WEBCHAT, {"welcome": {"en": "Hi"}})
    made = planned(desired(wanted(WEBCHAT, applied)), edited, books)
    assert _origins(made) == {"welcome.en": Origin.PLATFORM}


def test_a_text_that_git_cleared_and_now_writes_is_gits_change() -> None:
    world = _settled(WEBCHAT, {"welcome": {"en": None}})
    made = planned(desired(wanted(WEBCHAT, {"welcome": {"en": "Hi"}})), *world)
    assert _origins(made) == {"welcome.en": Origin.GIT}


def test_a_difference_shows_the_applied_value_and_not_the_completed_one() -> None:
    live, books = _settled(MEMBERS, {"members": [{"user": "ana"}, {"user": "luis"}]})
    made = planned(
        desired(wanted(MEMBERS, {"members": [{"user": "ana", "penalty": 5}]})), live, books
    )
    assert _told(made, "members[ana].penalty").base is None
    assert _told(made, "members[luis]").base == {"user": "luis"}


def test_applied_fields_that_are_invalid_now_still_decide_the_origin() -> None:
    address = "campaigns/Sales/channels/sms"
    number = "+59829001234"
    full: Fields = {"connector": "text", "numbers": [number], "enabled": True}
    live, books = _settled(address, full)
    kept = replace(books.entries[identity(address)], fields={"enabled": True})
    books = replace(books, entries={identity(address): kept})
    edited = _edited(live, address, {})
    made = planned(desired(wanted(address, full)), edited, books)
    assert _origins(made)["enabled"] is Origin.PLATFORM


# ---- properties ------------------------------------------------------------------------------

_SWITCHES = st.fixed_dictionaries({}, optional={"receive": st.booleans(), "create": st.booleans()})
_MEMBER_FIELDS = {
    "penalty": st.integers(0, 2),
    "channels": st.dictionaries(st.sampled_from(["whatsapp", "sms"]), _SWITCHES, max_size=2),
}


def _keyed(
    key: str, names: list[str], more: dict[str, st.SearchStrategy[JsonValue]]
) -> st.SearchStrategy[JsonValue]:
    entry = st.fixed_dictionaries({key: st.sampled_from(names)}, optional=more)
    return st.lists(entry, unique_by=lambda one: str(one[key]), max_size=3)  # type: ignore[return-value]


_OPTIONS = _keyed("label", ["Yes", "No"], {"score": st.integers(0, 2)})
_QUESTIONS = _keyed("text", ["A?", "B?"], {"options": _OPTIONS, "description": st.just("x")})
_CATEGORIES = _keyed("name", ["Tone", "Facts"], {"questions": _QUESTIONS})
_MEMBERS = _keyed("user", ["ana", "luis", "pia"], _MEMBER_FIELDS)  # type: ignore[arg-type]
_TEXTS = st.dictionaries(st.sampled_from(["en", "es"]), st.sampled_from(["Hi", "Hey", None]))
_FLOWS = st.fixed_dictionaries(
    {},
    optional={
        "on_start": st.sampled_from([None, "Greet"]),
        "on_end": st.sampled_from([None, "Ask"]),
    },
)
_WEEKS = st.sampled_from(["always", "never"]) | st.fixed_dictionaries(
    {}, optional={"mon": st.sampled_from([[], ["09:00-18:00"]]), "sat": st.just(["09:00-13:00"])}
)
_FIELDS: dict[str, st.SearchStrategy[Fields]] = {
    MEMBERS: st.fixed_dictionaries({"members": _MEMBERS}),
    MODEL: st.fixed_dictionaries(
        {}, optional={"description": st.just("x"), "categories": _CATEGORIES}
    ),
    WEBCHAT: st.fixed_dictionaries(
        {}, optional={"welcome": _TEXTS, "automations": _FLOWS, "max_queue": st.integers(0, 2)}
    ),
    "campaigns/Sales": st.fixed_dictionaries(
        {}, optional={"schedule": _WEEKS, "enabled": st.booleans()}
    ),
    "dispositions/Sale": st.fixed_dictionaries(
        {},
        optional={
            "text_code": st.sampled_from([None, "S"]),
            "actions": st.fixed_dictionaries({}, optional={"respool": st.booleans()}),
        },
    ),
}


@st.composite
def _edits(draw: st.DrawFn) -> tuple[str, Fields, Fields, Fields, tuple[str, ...] | None]:
    """A resource as it was before us, as it was applied, as one side has it after."""
    address = draw(st.sampled_from(sorted(_FIELDS)))
    removes = draw(st.none() | st.just(())) if address == MEMBERS else None
    first, applied, then = (draw(_FIELDS[address]) for _ in range(3))
    return address, first, applied, then, removes


def _applied_over(
    address: str, first: Fields, applied: Fields, removes: tuple[str, ...] | None
) -> tuple[Snapshot, Ledger]:
    live = snapshot([*campaign("Sales"), live_resource("dispositions/Sale"), live_resource(MODEL)])
    live = _edited(live, address, first)
    want = desired(wanted(address, applied, removes=removes))
    return carried_out(planned(want, live, ledger()), live, ledger())


@settings(max_examples=400, deadline=None)
@given(_edits(), st.sampled_from([(), ("pia",)]))
def test_changing_git_alone_is_never_a_conflict_nor_drift(
    edits: tuple[str, Fields, Fields, Fields, tuple[str, ...] | None], gone: tuple[str, ...]
) -> None:
    address, first, applied, then, removes = edits
    world = _applied_over(address, first, applied, removes)
    if removes is not None:
        listed = then["members"]
        assert isinstance(listed, list)
        then = {"members": [m for m in listed if isinstance(m, dict) and m["user"] not in gone]}
        removes = gone
    made = planned(desired(wanted(address, then, removes=removes)), *world)
    assert set(_origins(made).values()) <= {Origin.GIT}, made.changes


@settings(max_examples=400, deadline=None)
@given(_edits())
def test_changing_the_platform_alone_is_never_a_conflict_and_always_drift(
    edits: tuple[str, Fields, Fields, Fields, tuple[str, ...] | None],
) -> None:
    address, first, applied, then, removes = edits
    live, books = _applied_over(address, first, applied, removes)
    edited = _edited(live, address, then)
    made = planned(desired(wanted(address, applied, removes=removes)), edited, books)
    changed = [change for change in made.changes if change.action is Action.UPDATE]
    assert set(_origins(made).values()) <= {Origin.PLATFORM}, changed
    assert len(drift_report(made).resources) == len(changed)
