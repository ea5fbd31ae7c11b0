"""One resource explained, and what changed outside git."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from reconciler.kinds.address import Address
from reconciler.kinds.field_path import FieldPath
from reconciler.kinds.registry import parse_address
from reconciler.kinds.status import STATUS
from reconciler.live.platform import AuditChange, AuditEntry, LiveResource
from reconciler.manifests.desired import DesiredResource, Lifecycle
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.change import Action, Reason
from reconciler.planning.plan import Unknown
from reconciler.planning.reports.drift import DriftKind, drift_report
from reconciler.planning.reports.explanation import Explanation, FieldState, ResourceStatus, explain
from reconciler.privacy.masking import Masker
from reconciler.state.ledger import LedgerEntry
from reconciler.views.reports.drift import drift_json, drift_text
from reconciler.views.reports.explanation import explanation_json, explanation_text
from reconciler.views.style.view import View
from tests.views.view_plans import a_plan, change, create, full_plan, update
from tests.views.view_runs import NOW

Golden = Callable[[str, str], None]

EMAIL = "campaigns/Sales/channels/email"
AUDIT = (
    AuditEntry(
        "2026-11-20T14:03:00Z",
        "luis",
        Address(EMAIL),
        "update",
        (
            AuditChange(FieldPath("max_queue"), 10, 20),
            AuditChange(FieldPath("enabled"), True, False),
        ),
    ),
    AuditEntry("2026-11-01T08:00:00Z", "maria", Address(EMAIL), "update", ()),
)


def explained(
    address: str = EMAIL,
    *,
    git: dict[str, Any] | None,
    applied: dict[str, Any] | None,
    live: dict[str, Any] | None,
    **how: Any,
) -> Explanation:
    where, kind = Address(address), parse_address(address).kind
    desired = (
        DesiredResource(where, kind, git, Source("sales.yaml", 4), **how)
        if git is not None
        else None
    )
    return explain(
        where,
        desired=desired,
        entry=LedgerEntry(where, kind.name, "nested", applied) if applied is not None else None,
        live=LiveResource(
            where, kind, kind.with_defaults(where, live), "e", "2026-11-20T14:03:00Z", "luis"
        )
        if live is not None
        else None,
        audit=AUDIT,
        positions={"max_queue": Source("sales.yaml", 7)},
        circumstances=ResourceStatus(),
    )


def _states(found: Explanation) -> dict[str, FieldState]:
    return {one.path: one.state for one in found.fields}


def test_each_field_has_the_state_of_its_three_values() -> None:
    found = explained(
        git={
            "max_queue": 10,
            "service_level_seconds": 90,
            "strategy": "rrmemory",
            "max_per_agent": 3,
            "block_inbound": True,
        },
        applied={
            "max_queue": 10,
            "service_level_seconds": 60,
            "strategy": "ringall",
            "max_per_agent": 3,
            "max_transfer_seconds": 5,
        },
        live={
            "max_queue": 20,
            "service_level_seconds": 60,
            "strategy": "wrandom",
            "max_per_agent": 3,
        },
    )
    states = _states(found)
    assert states["max_queue"] is FieldState.DRIFTED
    assert states["service_level_seconds"] is FieldState.CHANGED_IN_GIT
    assert states["strategy"] is FieldState.CONFLICT
    assert states["max_per_agent"] is FieldState.SAME
    assert states["block_inbound"] is FieldState.SAME
    assert states["max_transfer_seconds"] is FieldState.RELEASED
    assert states["signature"] is FieldState.UNMANAGED


def test_a_field_has_its_source_and_last_author() -> None:
    found = explained(git={"max_queue": 10}, applied={"max_queue": 10}, live={"max_queue": 20})
    field = next(one for one in found.fields if one.path == "max_queue")
    assert (field.by, field.at) == ("luis", "2026-11-20T14:03:00Z")
    assert field.source == Source("sales.yaml", 7)


def test_a_resource_not_on_the_platform_is_to_be_created() -> None:
    found = explained("statuses/A", git={"icon": "clock"}, applied=None, live=None)
    assert _states(found) == {"icon": FieldState.MISSING}


def test_a_differing_field_that_was_never_applied_is_unowned() -> None:
    found = explained(git={"max_queue": 1}, applied=None, live={})
    assert _states(found)["max_queue"] is FieldState.UNOWNED


def test_an_ignored_field_is_left_to_people() -> None:
    found = explained(
        git={"max_queue": 1},
        applied={},
        live={},
        lifecycle=Lifecycle(ignore=frozenset({"max_queue"})),
    )
    assert _states(found)["max_queue"] is FieldState.IGNORED


def test_members_are_explained_one_by_one() -> None:
    found = explained(
        "campaigns/Sales/members",
        git={"members": [{"user": "ana"}, {"user": "luis", "penalty": 5}]},
        applied={"members": [{"user": "ana"}, {"user": "luis", "penalty": 5}]},
        live={"members": [{"user": "Ana", "penalty": 2}, {"user": "luis"}, {"user": "pia"}]},
    )
    states = _states(found)
    assert states["members[luis]"] is FieldState.DRIFTED
    assert states["members[pia]"] is FieldState.REMOVED


def test_fields_that_git_leaves_out_of_an_entry_match_the_platform() -> None:
    tone: dict[str, Any] = {"name": "Tone", "questions": [{"text": "Greets?"}]}
    found = explained(
        "quality_models/Courtesy",
        git={"categories": [tone]},
        applied={"categories": [tone]},
        live={"categories": [{"name": "Tone", "questions": [{"text": "Greets?"}]}]},
    )
    assert _states(found)["categories[Tone]"] is FieldState.SAME


def test_removals_from_an_entry_are_drift_or_a_change_in_git() -> None:
    both = {"name": "Tone", "questions": [{"text": "Greets?"}, {"text": "Thanks?"}]}
    one = {"name": "Tone", "questions": [{"text": "Greets?"}]}
    address, applied = "quality_models/Courtesy", {"categories": [both]}
    theirs = explained(address, git=applied, applied=applied, live={"categories": [one]})
    assert _states(theirs)["categories[Tone]"] is FieldState.DRIFTED
    ours = explained(address, git={"categories": [one]}, applied=applied, live=applied)
    assert _states(ours)["categories[Tone]"] is FieldState.CHANGED_IN_GIT


def test_a_cleared_text_that_is_absent_matches_git() -> None:
    address, cleared = "campaigns/Sales/channels/webchat", {"welcome": {"en": None}}
    found = explained(address, git=cleared, applied=cleared, live={})
    assert _states(found)["welcome.en"] is FieldState.SAME
    written = explained(address, git=cleared, applied=cleared, live={"welcome": {"en": "Hi"}})
    assert _states(written)["welcome.en"] is FieldState.DRIFTED


def test_a_partial_list_does_not_manage_the_other_entries() -> None:
    found = explained(
        "campaigns/Sales/members",
        git={"members": [{"user": "ana"}]},
        applied={},
        live={"members": [{"user": "ana"}, {"user": "pia"}, {"user": "old"}]},
        removes=("old",),
    )
    assert _states(found)["members[pia]"] is FieldState.UNMANAGED
    assert _states(found)["members[old]"] is FieldState.REMOVED


def test_a_week_is_explained_day_by_day() -> None:
    week = {"mon": ["09:00-18:00"]}
    found = explained(
        "campaigns/Sales",
        git={"schedule": {**week, "sat": []}},
        applied={"schedule": {**week, "sat": []}},
        live={"schedule": {**week, "sat": ["09:00-13:00"]}},
    )
    assert _states(found)["schedule.mon"] is FieldState.SAME
    assert _states(found)["schedule.sat"] is FieldState.DRIFTED


def test_a_week_compared_with_a_word_is_explained_as_one_field() -> None:
    found = explained(
        "campaigns/Sales", git={"schedule": "always"}, applied=None, live={"schedule": {"mon": []}}
    )
    assert _states(found)["schedule"] is FieldState.UNOWNED


def test_an_explanation_as_text(golden: Golden, masker: Masker) -> None:
    found = explained(
        git={"max_queue": 10, "service_level_seconds": 90},
        applied={"max_queue": 10, "service_level_seconds": 60},
        live={"max_queue": 20, "service_level_seconds": 60},
    )
    golden("explanation.txt", explanation_text(found, View(masker, NOW)))
    document = orjson.loads(explanation_json(found, View(masker, NOW)))
    fields = {one["path"]: one for one in document["fields"]}
    assert fields["max_queue"]["state"] == "drifted"
    assert fields["max_queue"]["source"] == {"file": "sales.yaml", "line": 7, "column": 1}


def test_drift_has_changes_by_people_and_none_by_git() -> None:
    plan = a_plan(
        update("statuses/Git", {"icon": "a"}, {"icon": "b"}),
        update("statuses/People", {"icon": "a"}, {"icon": "b"}, {"icon": "b"}),
        replace(create("statuses/Back"), reason=Reason.DRIFTED),
        create("statuses/New"),
        change("statuses/Gone", Action.FORGET, reason=Reason.GONE),
        change("statuses/Kept", Action.FORGET, reason=Reason.KEPT),
        change("statuses/Theirs", Action.DELETE, reason=Reason.NOT_IN_COMPLETE_LIST, unowned=True),
        change("statuses/Ours", Action.DELETE, reason=Reason.REMOVED_FROM_GIT),
    )
    report = drift_report(plan)
    assert {one.address: one.drift for one in report.resources} == {
        "statuses/People": DriftKind.CHANGED,
        "statuses/Back": DriftKind.GONE,
        "statuses/Gone": DriftKind.GONE,
        "statuses/Theirs": DriftKind.ADDED,
    }
    assert report.people == ("luis",)
    assert not report.is_empty


def test_drift_as_text(golden: Golden, masker: Masker) -> None:
    report = drift_report(full_plan())
    golden("drift.txt", drift_text(report, View(masker, NOW)))
    document = orjson.loads(drift_json(report, View(masker, NOW)))
    assert document["people"] == ["luis"]


def test_nothing_has_drifted_before_the_first_apply(masker: Masker) -> None:
    theirs = change(
        "statuses/Theirs", Action.DELETE, reason=Reason.NOT_IN_COMPLETE_LIST, unowned=True
    )
    report = drift_report(a_plan(theirs, lineage=""))
    assert report.is_empty
    assert drift_text(report, View(masker, NOW)).startswith("Nothing has been applied yet")


def test_no_drift_is_reported_with_unread_collections(masker: Masker) -> None:
    assert drift_text(drift_report(a_plan()), View(masker, NOW)) == "Nothing changed outside git.\n"
    partly = drift_report(a_plan(unknowns=(Unknown("statuses", Message.plain("403")),)))
    assert drift_text(partly, View(masker, NOW)).startswith(
        "Nothing changed outside git in what could be read.\n"
    )


def test_a_resource_to_be_deleted_is_not_shown_as_unchanged(masker: Masker) -> None:
    found = explain(
        Address("statuses/Lunch"),
        desired=None,
        entry=LedgerEntry(Address("statuses/Lunch"), "Status", "standalone", {"icon": "fork"}),
        live=LiveResource(Address("statuses/Lunch"), STATUS, {"icon": "pizza"}, "e"),
        audit=(),
        positions={},
        circumstances=ResourceStatus(removal=Action.DELETE),
    )
    assert _states(found) == {"icon": FieldState.GOING}
    text = explanation_text(found, View(masker, NOW))
    assert "An apply would delete it." in text
    assert "left as it is" not in text
    assert orjson.loads(explanation_json(found, View(masker, NOW)))["removal"] == "delete"


def test_an_unreadable_resource_is_not_shown_as_missing(masker: Masker) -> None:
    found = explain(
        Address("statuses/Lunch"),
        desired=DesiredResource(
            Address("statuses/Lunch"), STATUS, {"icon": "fork"}, Source("lunch.yaml", 1)
        ),
        entry=None,
        live=None,
        audit=(),
        positions={},
        circumstances=ResourceStatus(unknown=Message.plain("403: lacks view on statuses")),
    )
    assert _states(found) == {"icon": FieldState.UNKNOWN}
    text = explanation_text(found, View(masker, NOW))
    assert "unknown whether it is on the platform" in text
    assert "It could not be read: 403: lacks view on statuses." in text
    assert "not on the platform" not in text
    assert orjson.loads(explanation_json(found, View(masker, NOW)))["unknown"]
