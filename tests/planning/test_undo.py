"""Undo puts back what a run did, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ManifestError, PlanRefused
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.live.platform import Snapshot, Usage
from reconciler.manifests.desired import Desired
from reconciler.planning import plan_file
from reconciler.planning.happened import Happened, happened
from reconciler.planning.model import Action, Origin, Plan
from reconciler.planning.undo import undo
from reconciler.state.journal import Step, StepState
from reconciler.state.ledger import Ledger, LedgerEntry
from tests.planning.estates import (
    NOW,
    SETTINGS,
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    only,
    owned,
    planned,
    snapshot,
    wanted,
)
from tests.planning.test_planner_properties import _cases

World = tuple[Snapshot, Ledger]


def journal(
    made: Plan, failed: Collection[str] = (), *, found_so: Collection[str] = ()
) -> list[Step]:
    """The steps of a run: those whose key is in `failed` failed, the rest was done; those in
    `found_so` were so already."""
    return [
        Step(
            seq=seq,
            address=change.address,
            action=change.action,
            state=StepState.FAILED if change.key in failed else StepState.SUCCEEDED,
            idempotency_key="k",
            before=change.before,
            after=change.after,
            previous_address=change.previous_address,
            detail="",
            status_code=200 if change.sends and change.key not in found_so else None,
            attempts=1,
            updated_at=NOW,
            fenced=False,
        )
        for seq, change in enumerate(made.changes)
    ]


def undone(made: Plan, world: World, failed: Collection[str] = ()) -> Plan:
    """The undo of a run that applied `made`, in the world it left."""
    return undo(made, journal(made, failed), *world, run_id="r1", settings=SETTINGS, now=NOW)


def there_and_back(want: Desired, live: Snapshot, books: Ledger) -> tuple[Plan, Plan, World]:
    """A plan, its undo, and the world once both were carried out."""
    made = planned(want, live, books)
    world = carried_out(made, live, books)
    back = undone(made, world)
    return made, back, carried_out(back, *world)


def fields_of(world: World) -> dict[str, tuple[str, Fields]]:
    return {key: (one.address, one.fields) for key, one in world[0].resources.items()}


def entries_of(books: Ledger, live: Snapshot) -> dict[str, LedgerEntry]:
    """The entries of what is there: nobody can own what is not."""
    return {key: one for key, one in books.entries.items() if key in live.resources}


# ---- one action at a time ------------------------------------------------------------------


def test_what_was_created_is_deleted() -> None:
    _, back, (live, books) = there_and_back(
        desired(wanted("statuses/Lunch")), snapshot([]), ledger()
    )
    assert only(back, Action.DELETE) == ["statuses/Lunch"]
    assert not live.resources
    assert not books.entries


def test_what_was_deleted_is_created_again_and_owned_again() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}, protect=True))
    _, back, after = there_and_back(desired(), live, books)
    assert only(back, Action.CREATE) == ["statuses/Lunch"]
    assert after == (live, books)


def test_what_was_updated_goes_back_with_its_ledger() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "spoon", "color": "#112233"})), live, books
    )
    assert [one.path for one in back.changes[0].differences] == ["icon", "color"]
    assert {one.origin for one in back.changes[0].differences} == {Origin.GIT}
    assert after == (live, books)


def test_what_was_adopted_with_changes_goes_back_and_is_forgotten_after() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "spoon"})), live, ledger()
    )
    assert [one.key for one in back.changes] == ["update statuses/Lunch", "forget statuses/Lunch"]
    assert back.changes[1].depends_on == ("update statuses/Lunch",)
    assert after == (live, ledger())


def test_what_was_only_adopted_is_only_forgotten() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "fork"})), live, ledger()
    )
    assert [one.key for one in back.changes] == ["forget statuses/Lunch"]
    assert not back.writes
    assert after == (live, ledger())


def test_what_was_forgotten_is_tracked_again() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    books = ledger(owned("statuses/Lunch", {"icon": "circle"}, on_remove="keep"))
    _, back, after = there_and_back(desired(), live, books)
    assert only(back, Action.ADOPT) == ["statuses/Lunch"]
    assert not back.writes
    assert after == (live, books)


def test_what_a_run_did_is_gone_through_as_often_however_much_is_restored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def times_gone_through(deleted: int) -> int:
        live = snapshot([live_resource(f"statuses/S{number}") for number in range(deleted)])
        made = planned(desired(), live, ledger(*[owned(one) for one in live.resources]))
        counted = _Counted(happened(made, journal(made)))
        monkeypatch.setattr("reconciler.planning.undo.happened", lambda *_: counted)
        assert len(undone(made, (snapshot([]), ledger())).changes) == deleted
        return counted.times

    assert times_gone_through(20) == times_gone_through(2)


class _Counted(tuple[Happened, ...]):
    """Counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[Happened]:
        self.times += 1
        return super().__iter__()


def test_renames_go_back_with_all_below_and_the_edits_on_them() -> None:
    live = snapshot(
        [
            live_resource("dispositions/Sale"),
            live_resource("dispositions/Sale/Done", text_code="D"),
            live_resource("dispositions/Sale/Old"),
        ]
    )
    books = ledger(
        owned("dispositions/Sale"),
        owned("dispositions/Sale/Done", {"text_code": "D"}),
        owned("dispositions/Sale/Old"),
    )
    want = desired(
        wanted("dispositions/Sold", renamed_from="Sale"),
        wanted("dispositions/Sold/Completed", {"text_code": "C"}, renamed_from="Done"),
        wanted("dispositions/Sold/New"),
    )
    made, back, after = there_and_back(want, live, books)
    assert only(made, Action.DELETE) == ["dispositions/Sold/Old"]
    assert [one.key for one in back.changes] == [
        "rename dispositions/Sale",
        "rename dispositions/Sale/Done",
        "create dispositions/Sale/Old",
        "delete dispositions/Sale/New",
        "update dispositions/Sale/Done",
    ]
    assert after == (live, books)


def test_a_change_of_case_goes_back() -> None:
    live = snapshot([live_resource("dispositions/sale")])
    books = ledger(owned("dispositions/sale"))
    want = desired(wanted("dispositions/Sale"))
    _, back, after = there_and_back(want, live, books)
    assert [(c.action, c.previous_address, c.address) for c in back.changes] == [
        (Action.RENAME, "dispositions/Sale", "dispositions/sale")
    ]
    assert after == (live, books)


def test_a_rename_of_what_nobody_owned_is_forgotten_after() -> None:
    live = snapshot([live_resource("dispositions/Sale")])
    want = desired(wanted("dispositions/Sold", renamed_from="Sale"))
    _, back, after = there_and_back(want, live, ledger())
    assert [one.key for one in back.changes] == [
        "rename dispositions/Sale",
        "forget dispositions/Sale",
    ]
    assert after == (live, ledger())


def test_a_replace_goes_back_as_a_replace_with_who_refers_to_it() -> None:
    live = snapshot(
        [live_resource("quality_models/Old"), *campaign("Sales", quality_models=["Old"])]
    )
    books = ledger(
        owned("quality_models/Old"), owned("campaigns/Sales", {"quality_models": ["Old"]})
    )
    want = desired(
        wanted("quality_models/New", renamed_from="Old"),
        wanted("campaigns/Sales", {"quality_models": ["New"]}),
    )
    _, back, after = there_and_back(want, live, books)
    assert [one.key for one in back.changes] == [
        "replace quality_models/Old",
        "update campaigns/Sales",
        "delete quality_models/New",
    ]
    assert back.changes[0].previous_address == "quality_models/New"
    assert after == (live, books)


def test_a_replace_that_kept_the_old_one_goes_back_to_it() -> None:
    live = snapshot([live_resource("statuses/Old")])
    books = ledger(owned("statuses/Old", on_remove="keep"))
    _, back, after = there_and_back(
        desired(wanted("statuses/New", renamed_from="Old")), live, books
    )
    assert [one.key for one in back.changes] == ["adopt statuses/Old", "delete statuses/New"]
    assert after == (live, books)


def test_a_deleted_campaign_comes_back_whole_and_the_plan_says_what_does_not() -> None:
    members: Fields = {"members": [{"user": "ana", "penalty": 3, "channels": {}}]}
    live = snapshot(
        [
            *[
                one
                for one in campaign("Sales", enabled=True)
                if not one.address.endswith(("members", "webchat"))
            ],
            live_resource("campaigns/Sales/members", **members),
            live_resource("campaigns/Sales/channels/webchat", enabled=True),
            live_resource("campaigns/Sales/dispositions/Refund"),
            live_resource("campaigns/Sales/dispositions/Refund/Full"),
        ]
    )
    books = ledger(
        owned("campaigns/Sales"),
        owned("campaigns/Sales/members", members),
        owned("campaigns/Sales/channels/sms"),
    )
    made = planned(desired(), live, books)
    usage = Usage(Address("campaigns/Sales"), interactions_total=120)
    told = replace(
        made,
        changes=tuple(
            replace(one, usage=usage) if one.address == "campaigns/Sales" else one
            for one in made.changes
        ),
    )
    world = carried_out(told, live, books)
    back = undone(told, world)
    assert carried_out(back, *world) == (live, books)
    assert only(back, Action.UPDATE) == [
        "campaigns/Sales/channels/webchat",
        "campaigns/Sales/members",
    ]
    assert only(back, Action.ADOPT) == ["campaigns/Sales/channels/sms"]
    assert (
        "Created again without its interactions: campaigns/Sales (120 interactions)" in back.notes
    )
    assert any("dispositions/Refund/Full" in note for note in back.notes)


def test_customers_are_never_named_in_what_a_plan_says() -> None:
    live = snapshot([live_resource("blacklist/+59829001234")])
    books = ledger(owned("blacklist/+59829001234"))
    made = planned(desired(wanted("blacklist/+59829005678")), live, books)
    unread = snapshot([], unknown={"blacklist": "403"})
    back = undo(made, journal(made), unread, books, run_id="r1", settings=SETTINGS, now=NOW)
    assert back.notes == ("Left as it is, since it cannot be read now: 2 blacklist entries",)
    assert back.is_empty


# ---- what happened, and what has happened since ----------------------------------------------


def test_only_what_happened_is_undone() -> None:
    live = snapshot([live_resource("statuses/B", icon="fork")])
    books = ledger(owned("statuses/B", {"icon": "fork"}))
    made = planned(desired(wanted("statuses/A"), wanted("statuses/B", {"icon": "x"})), live, books)
    done = replace(made, changes=tuple(c for c in made.changes if c.address == "statuses/A"))
    back = undone(made, carried_out(done, live, books), failed=["update statuses/B"])
    assert [one.key for one in back.changes] == ["delete statuses/A"]


def test_what_was_already_so_is_left_and_only_its_tracking_goes_back() -> None:
    made = planned(desired(wanted("statuses/A")), snapshot([]))
    world = carried_out(made, snapshot([]), ledger())
    steps = journal(made, found_so=["create statuses/A"])
    back = undo(made, steps, *world, run_id="r1", settings=SETTINGS, now=NOW)
    assert [one.key for one in back.changes] == ["forget statuses/A"]


def _edited(world: World, address: str, **fields: str) -> World:
    one = world[0].resources[identity(address)]
    edited = replace(one, fields={**one.fields, **fields})
    return replace(world[0], resources={**world[0].resources, identity(address): edited}), world[1]


def _spoon() -> tuple[Plan, World]:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    made = planned(desired(wanted("statuses/Lunch", {"icon": "spoon"})), live, books)
    return made, carried_out(made, live, books)


def test_what_changed_since_elsewhere_stays() -> None:
    made, world = _spoon()
    back = undone(made, _edited(world, "statuses/Lunch", color="#abcdef"))
    (change,) = back.changes
    assert change.after == {"icon": "fork", "color": "#abcdef"}
    assert [one.path for one in change.differences] == ["icon"]


def test_the_same_field_changed_since_is_a_conflict() -> None:
    made, world = _spoon()
    (change,) = undone(made, _edited(world, "statuses/Lunch", icon="knife")).changes
    (difference,) = change.differences
    assert (difference.before, difference.after, difference.base) == ("knife", "fork", "spoon")
    assert difference.origin is Origin.BOTH


def test_what_was_created_and_edited_since_is_a_conflict() -> None:
    made = planned(desired(wanted("statuses/A", {"icon": "x"})), snapshot([]))
    world = carried_out(made, snapshot([]), ledger())
    (change,) = undone(made, _edited(world, "statuses/A", icon="y")).changes
    assert change.action is Action.DELETE
    (difference,) = change.differences
    assert (difference.before, difference.after, difference.base) == ("y", None, "x")
    assert difference.origin is Origin.BOTH


def test_what_was_deleted_and_made_again_since_is_a_conflict() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch")))
    (change,) = undone(
        made, (snapshot([live_resource("statuses/Lunch", icon="knife")]), ledger())
    ).changes
    assert (change.action, change.unowned) == (Action.UPDATE, True)
    assert [one.origin for one in change.differences] == [Origin.BOTH]


def test_a_member_the_run_added_and_people_set_up_since_is_a_conflict() -> None:
    address = "campaigns/Sales/members"
    live = snapshot(campaign("Sales"))
    made = planned(desired(wanted(address, {"members": [{"user": "ana"}]})), live, ledger())
    _, books = carried_out(made, live, ledger())
    members: Fields = {"members": [{"user": "ana", "channels": {"sms": {"create": False}}}]}
    since = replace(
        live, resources={**live.resources, identity(address): live_resource(address, **members)}
    )
    (change, _) = undone(made, (since, books)).changes
    assert [(one.path, one.origin) for one in change.differences] == [("members[ana]", Origin.BOTH)]


def test_what_is_gone_since_is_told_and_left() -> None:
    made, (live, books) = _spoon()
    back = undone(made, (replace(live, resources={}), books))
    assert back.is_empty
    assert back.notes == ("Not put back, since it is gone from the platform: statuses/Lunch",)


def test_members_go_back_one_by_one_and_who_came_since_stays() -> None:
    def members(*users: str) -> list[dict[str, object]]:
        return [{"user": user, "penalty": 0, "channels": {}} for user in users]

    others = [one for one in campaign("Sales") if not one.address.endswith("members")]
    live = snapshot(
        [*others, live_resource("campaigns/Sales/members", members=members("ana", "luis"))]  # type: ignore[arg-type]
    )
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Sales/members"))
    want = desired(
        wanted("campaigns/Sales"),
        wanted("campaigns/Sales/members", {"members": [{"user": "luis"}, {"user": "eva"}]}),
    )
    made = planned(want, live, books)
    after_run, owned_now = carried_out(made, live, books)
    since = snapshot(
        [
            *others,
            live_resource("campaigns/Sales/members", members=members("luis", "eva", "pia")),  # type: ignore[arg-type]
        ]
    )
    (change,) = undone(made, (since, owned_now)).changes
    assert change.after is not None
    assert change.after["members"] == members("ana", "luis", "pia")
    assert {one.origin for one in change.differences} == {Origin.GIT}
    assert carried_out(undone(made, (after_run, owned_now)), after_run, owned_now)[0] == live


def test_a_later_runs_fields_stay_in_the_ledger() -> None:
    made, (live, books) = _spoon()
    want = desired(wanted("statuses/Lunch", {"icon": "spoon", "color": "#112233"}))
    world = carried_out(planned(want, live, books), live, books)
    after = carried_out(undone(made, world), *world)
    entry = after[1].find("statuses/Lunch")
    assert entry is not None
    assert entry.fields == {"icon": "fork", "color": "#112233"}


def test_what_it_names_that_is_gone_since_is_refused() -> None:
    live = snapshot([live_resource("quality_models/Q"), *campaign("Sales", quality_models=["Q"])])
    books = ledger(owned("campaigns/Sales"), owned("quality_models/Q"))
    made = planned(desired(wanted("quality_models/Q")), live, books)
    world = carried_out(made, live, books)
    gone = {k: v for k, v in world[0].resources.items() if k != "quality_models/q"}
    with pytest.raises(PlanRefused, match="names the quality model 'Q', which does not exist any"):
        undone(made, (replace(world[0], resources=gone), world[1]))


def test_what_lived_in_something_that_is_gone_since_is_refused() -> None:
    live = snapshot([*campaign("Sales"), live_resource("campaigns/Sales/statuses/Own")])
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Sales/statuses/Own"))
    made = planned(
        desired(wanted("campaigns/Sales"), lists=[complete("campaigns/Sales/statuses")]),
        live,
        books,
    )
    with pytest.raises(PlanRefused, match="lives in campaigns/Sales, which is gone"):
        undone(made, (snapshot([]), ledger()))


def test_an_old_name_taken_since_is_refused() -> None:
    live = snapshot([live_resource("dispositions/Sale")])
    books = ledger(owned("dispositions/Sale"))
    made = planned(desired(wanted("dispositions/Sold", renamed_from="Sale")), live, books)
    after, owned_now = carried_out(made, live, books)
    both = snapshot([*after.resources.values(), live_resource("dispositions/Sale")])
    with pytest.raises(PlanRefused, match="both 'Sold' and 'Sale' are on the platform"):
        undone(made, (both, owned_now))
    ours = ledger(owned("dispositions/Sale"))
    with pytest.raises(PlanRefused, match="both 'Sold' and 'Sale' are on the platform"):
        undone(made, (both, ours))


def test_what_another_project_owns_by_now_is_marked() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch", on_remove="keep")))
    (change,) = undone(made, (live, ledger(foreign={"statuses/lunch": "other"}))).changes
    assert (change.action, change.owner) == (Action.ADOPT, "other")


def test_what_came_to_live_below_something_created_goes_with_it_as_nobodys() -> None:
    made = planned(desired(wanted("campaigns/Sales")), snapshot([]))
    live, books = carried_out(made, snapshot([]), ledger())
    grown = snapshot([*live.resources.values(), live_resource("campaigns/Sales/statuses/Theirs")])
    back = undone(made, (grown, books))
    (theirs,) = [c for c in back.changes if c.address == "campaigns/Sales/statuses/Theirs"]
    assert (theirs.cascaded, theirs.unowned) == (True, True)


def test_undoing_twice_finds_nothing_left_to_do() -> None:
    made, world = _spoon()
    world = carried_out(undone(made, world), *world)
    assert undone(made, world).is_empty


def test_an_undo_names_its_run_and_its_digest_covers_that_and_the_notes() -> None:
    made, world = _spoon()
    back = undone(made, world)
    assert back.undoes == "r1"
    other = undo(made, journal(made), *world, run_id="r2", settings=SETTINGS, now=NOW)
    assert other.digest != back.digest
    assert other.content_digest == back.content_digest
    assert plan_file.loads(plan_file.dumps(back), name="p") == back


# ---- properties ------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(_cases(), st.data())
def test_undo_puts_back_whatever_happened(
    case: tuple[Desired, Snapshot, Ledger], data: st.DataObject
) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    failed: set[str] = set()
    broken = data.draw(st.sets(st.sampled_from([c.key for c in made.changes] or ["none"])))
    for change in made.changes:
        if (change.key in broken and not change.cascaded) or failed & set(change.depends_on):
            failed.add(change.key)
    done = replace(made, changes=tuple(c for c in made.changes if c.key not in failed))
    world = carried_out(done, live, books)
    back = undone(made, world, failed)
    assert not [d for c in back.changes for d in c.differences if d.origin is Origin.BOTH]
    after = carried_out(back, *world)
    assert fields_of(after) == fields_of((live, books))
    assert entries_of(after[1], live) == entries_of(books, live)


@settings(max_examples=300, deadline=None)
@given(_cases())
def test_undo_of_an_undo_is_the_run_again(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    done = carried_out(made, live, books)
    back = undone(made, done)
    again = undone(back, carried_out(back, *done))
    after = carried_out(again, *carried_out(back, *done))
    assert fields_of(after) == fields_of(done)
    assert entries_of(after[1], done[0]) == entries_of(done[1], done[0])
