"""Who did what on the platform: the audit's word put beside what it explains."""

from __future__ import annotations

from reconciler.kinds.address import Address
from reconciler.kinds.field_path import FieldPath
from reconciler.live.platform import AuditChange, AuditEntry
from reconciler.planning.change import Action, Origin
from reconciler.planning.plan import Plan
from reconciler.planning.reports.attribution import addresses_to_attribute, with_attribution
from reconciler.planning.reports.drift import drift_report
from tests.planning.plan_worlds import (
    campaign,
    complete,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)


def _entry(at: str, by: str, address: str, action: str) -> AuditEntry:
    return AuditEntry(f"2026-11-{at}T10:00:00Z", by, Address(address), action)


def _told(plan: Plan, *entries: AuditEntry) -> Plan:
    assert {entry.address for entry in entries} <= set(addresses_to_attribute(plan))
    return with_attribution(plan, entries)


def test_who_deleted_a_resource_that_is_created_again_is_reported() -> None:
    made = planned(
        desired(wanted("statuses/Lunch")), snapshot([]), ledger(owned("statuses/Lunch", {}))
    )
    told = _told(
        made,
        _entry("23", "maria", "statuses/Lunch", "delete"),
        _entry("22", "luis", "statuses/Lunch", "update"),
    )
    (change,) = told.changes
    assert (change.by, change.at) == ("maria", "2026-11-23T10:00:00Z")
    assert told.impact.reverted_people == ("maria",)
    assert told.content_digest == made.content_digest
    assert told.digest != made.digest
    (drifted,) = drift_report(told).resources
    assert (drifted.by, drift_report(told).people) == ("maria", ("maria",))


def test_who_added_an_entry_that_a_complete_list_deletes_is_reported() -> None:
    own = "campaigns/Sales/statuses"
    live = snapshot([*campaign("Sales"), live_resource(f"{own}/Play")])
    want = desired(wanted("campaigns/Sales"), lists=[complete(own)])
    told = _told(
        planned(want, live, ledger(owned("campaigns/Sales", {}))),
        _entry("23", "luis", f"{own}/Play", "update"),
        _entry("22", "maria", f"{own}/Play", "create"),
    )
    (change,) = told.changes
    assert change.by == "maria"
    assert told.impact.reverted_people == ("maria",)


def test_a_delete_from_git_has_no_author() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch", {})))
    assert addresses_to_attribute(made) == ()


def test_who_edited_a_deleted_resource_is_reported_and_counted() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="pizza", color="#112233")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    entry = AuditEntry(
        "2026-11-23T10:00:00Z",
        "maria",
        Address("statuses/Lunch"),
        "update",
        (AuditChange(FieldPath("icon"), "fork", "pizza"),),
    )
    told = _told(planned(desired(), live, books), entry)
    (change,) = told.changes
    (lost,) = change.differences
    assert (lost.path, lost.before, lost.base, lost.after) == ("icon", "pizza", "fork", None)
    assert (lost.origin, lost.by) == (Origin.PLATFORM, "maria")
    assert told.impact.reverted_people == ("maria",)
    (drifted,) = drift_report(told).resources
    assert not drifted.in_git


def test_edits_of_cascaded_deletes_are_reported_too() -> None:
    own = "campaigns/Sales/statuses/Coaching"
    live = snapshot([*campaign("Sales"), live_resource(own, icon="pizza")])
    books = ledger(owned("campaigns/Sales"), owned(own, {"icon": "fork"}, form="nested"))
    told = [change for change in planned(desired(), live, books).changes if change.differences]
    assert [change.address for change in told] == [own]


def test_an_edit_that_the_replacement_has_is_not_lost() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="pizza", color="#112233")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork", "color": "#000000"}))
    same = wanted("statuses/Meal", {"icon": "pizza"}, renamed_from="Lunch")
    other = wanted("statuses/Meal", {"icon": "fork"}, renamed_from="Lunch")
    for one, paths in ((same, []), (other, ["icon"])):
        changes = planned(desired(one), live, books).changes
        old = next(change for change in changes if change.action is Action.DELETE)
        assert [each.path for each in old.differences] == paths
