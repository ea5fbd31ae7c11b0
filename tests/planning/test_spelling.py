"""References in another case: git uses the platform's spelling, and case alone is not drift."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.base import Fields
from reconciler.live.platform import Directory, LiveResource, Snapshot
from reconciler.manifests.desired import Desired, MappedName
from reconciler.message import Message
from reconciler.planning.change import Origin
from reconciler.planning.plan import Plan
from tests.planning.plan_worlds import (
    CONNECTORS,
    USERS,
    campaign,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

FORMS = {"customer data": "Customer data"}


def _platform(*resources: LiveResource, unknown: dict[str, str] | None = None) -> Snapshot:
    everything = [
        *campaign("Sales"),
        live_resource("quality_models/Courtesy"),
        live_resource("templates/Firma", type="text", content=""),
        *resources,
    ]
    directory = Directory(USERS, CONNECTORS, FORMS)
    return replace(snapshot(everything, unknown), directory=directory)


def _problems(want: Desired, live: Snapshot | None = None) -> list[Problem]:
    with pytest.raises(ManifestError) as caught:
        planned(want, live or _platform())
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("address", "fields", "message", "right"),
    [
        ("campaigns/Sales", {"forms": ["customer DATA"]}, "the form", "Customer data"),
        ("campaigns/Sales", {"quality_models": ["courtesy"]}, "the quality model", "Courtesy"),
        ("campaigns/Sales/members", {"members": [{"user": "ANA"}]}, "the user 'ANA'", "ana"),
        ("campaigns/Sales/channels/email", {"connector": "MAIL"}, "the connector 'MAIL'", "mail"),
        ("campaigns/Sales/channels/email", {"signature": "firma"}, "the template 'firma'", "Firma"),
        (
            "holidays/Xmas",
            {"date": "2026-12-25", "campaigns": ["SALES"]},
            "the campaign 'SALES'",
            "Sales",
        ),
        ("campaigns/sales/statuses/Coaching", {}, "the campaign 'sales'", "Sales"),
    ],
)  # fmt: skip
def test_every_kind_of_reference_is_refused_with_the_platforms_spelling(
    address: str, fields: Fields, message: str, right: str
) -> None:
    (problem,) = _problems(desired(wanted(address, fields)))
    assert message in problem.message.unmasked()
    assert f"is '{right}' on the platform" in problem.message.unmasked()
    assert problem.hint.unmasked() == f"write {right}"


def test_the_campaigns_own_template_is_meant_before_the_global_one() -> None:
    own = live_resource("campaigns/Sales/templates/FIRMA", type="text", content="")
    want = desired(wanted("campaigns/Sales/channels/email", {"signature": "Firma"}))
    (problem,) = _problems(want, _platform(own))
    assert problem.hint.unmasked() == "write FIRMA"


def test_an_unreadable_spelling_is_not_reported() -> None:
    want = desired(wanted("campaigns/Sales/channels/email", {"signature": "firma"}))
    for unread in ("templates", "campaigns/-/templates"):
        planned(want, _platform(unknown={unread: Message.plain("refused (403)")}))
    planned(
        desired(wanted("campaigns/Sales", {"forms": ["customer DATA"]})),
        replace(_platform(), directory=Directory(None, None, None)),
    )


def test_a_misspelled_campaign_is_reported_once_for_each_file() -> None:
    entries = [wanted(f"campaigns/SALES/statuses/S{n}") for n in range(3)]
    (problem,) = _problems(desired(*entries))
    assert problem.hint.unmasked() == "write Sales"


def test_the_hint_for_a_mapped_name_is_about_the_map() -> None:
    place = "`map.connectors` of environments/dev.yaml"
    channel = wanted("campaigns/Sales/channels/email", {"connector": "MAIL"})
    mapped = (MappedName("MAIL", "correo", place, "connector"),)
    (problem,) = _problems(desired(replace(channel, mapped=mapped)))
    assert problem.hint.unmasked() == f"in {place}: write mail"
    assert f"'correo', which {place} changes to 'MAIL'" in problem.message.unmasked()


def test_another_encoding_of_the_same_letters_is_the_same_spelling() -> None:
    live = replace(_platform(), directory=Directory(USERS, CONNECTORS, {"café": "Cafe\u0301"}))
    planned(desired(wanted("campaigns/Sales", {"forms": ["Café"]})), live)


# Case alone is not drift


def _saved_by_somebody(want: Fields, live: Fields) -> Plan:
    """The plan of a campaign that is applied as `want`, and was saved as `live` since."""
    platform = _platform()
    resources = dict(platform.resources)
    resources["campaigns/sales"] = live_resource("campaigns/Sales", **live)
    return planned(
        desired(wanted("campaigns/Sales", want)),
        replace(platform, resources=resources),
        ledger(owned("campaigns/Sales", want)),
    )


def test_a_reference_that_differs_only_in_case_is_not_a_change() -> None:
    made = _saved_by_somebody({"forms": ["Customer data"]}, {"forms": ["customer DATA"]})
    assert made.changes == ()


def test_a_member_that_differs_only_in_case_is_not_a_change() -> None:
    members: list[Fields] = [{"user": "ana", "penalty": 3}]
    live = _platform()
    resources = dict(live.resources)
    resources["campaigns/sales/members"] = live_resource(
        "campaigns/Sales/members", members=[{"user": "ANA", "penalty": 3}]
    )
    made = planned(
        desired(wanted("campaigns/Sales/members", {"members": members})),
        replace(live, resources=resources),
        ledger(owned("campaigns/Sales/members", {"members": members})),
    )
    assert made.changes == ()


def test_another_change_in_git_does_not_conflict_with_a_saved_case() -> None:
    before, after = {"forms": ["Customer data"]}, {"forms": ["Customer data", "Other"]}
    platform = _platform()
    resources = dict(platform.resources)
    resources["campaigns/sales"] = live_resource("campaigns/Sales", forms=["customer DATA"])
    live = replace(
        platform,
        resources=resources,
        directory=Directory(USERS, CONNECTORS, {**FORMS, "other": "Other"}),
    )
    made = planned(
        desired(wanted("campaigns/Sales", after)), live, ledger(owned("campaigns/Sales", before))
    )
    (change,) = made.changes
    assert [difference.origin for difference in change.differences] == [Origin.GIT]
    assert change.after is not None
    assert change.after["forms"] == ["customer DATA", "Other"]
