"""What a resource must have is asked of git and the platform together, never of git alone."""

from __future__ import annotations

import pytest

from reconciler.errors import ManifestError, Problem
from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource
from reconciler.planning.change import Action
from tests.planning.plan_worlds import (
    campaign,
    desired,
    live_resource,
    only,
    planned,
    snapshot,
    wanted,
)

PHONE = "campaigns/Sales/channels/telephony"
SMS = "campaigns/Sales/channels/sms"


def _problems(address: str, fields: Fields, *live: LiveResource) -> list[Problem]:
    try:
        planned(desired(wanted(address, fields)), snapshot([*campaign("Sales"), *live]))
    except ManifestError as error:
        return list(error.problems)
    return []


def test_a_connector_that_the_live_channel_has_may_be_left_out() -> None:
    there = live_resource(PHONE, enabled=True, connector="phone")
    assert _problems(PHONE, {"enabled": True, "wrap_up_seconds": 20}, there) == []


def test_a_number_that_the_live_channel_has_may_be_left_out() -> None:
    there = live_resource(SMS, connector="text", numbers=["+59829001234"])
    assert _problems(SMS, {"enabled": True}, there) == []


@pytest.mark.parametrize(
    ("address", "fields", "message", "hint"),
    [
        (PHONE, {"enabled": True}, "needs a connector", "add `connector:`"),
        (SMS, {"enabled": True, "connector": "text"}, "exactly one number", "add `numbers:`"),
    ],
)
def test_a_requirement_that_neither_side_meets_is_an_error(
    address: str, fields: Fields, message: str, hint: str
) -> None:
    (problem,) = _problems(address, fields)
    assert problem.message.unmasked().startswith(f"{address}: ")
    assert message in problem.message.unmasked()
    assert (problem.hint.unmasked(), problem.place) == (hint, "estate.yaml:1:1")


def test_a_new_campaigns_channel_has_only_what_git_gives_it() -> None:
    want = desired(wanted("campaigns/New"), wanted("campaigns/New/channels/sms", {"enabled": True}))
    with pytest.raises(ManifestError, match="needs a connector"):
        planned(want, snapshot([]))


def test_removing_a_requirement_of_an_enabled_channel_is_an_error() -> None:
    there = live_resource(PHONE, enabled=True, connector="phone")
    (problem,) = _problems(PHONE, {"connector": None}, there)
    assert "needs a connector" in problem.message.unmasked()


def test_a_contact_with_a_key_may_leave_out_the_phone_it_has() -> None:
    address = "contacts/desk"
    there = live_resource(address, contact_name="Desk", phone="+59829001234")
    want = wanted(address, {"contact_name": "Front desk"})
    made = planned(desired(want), snapshot([there]))
    assert only(made, Action.ADOPT) == [address]
    (problem,) = _problems(address, {"contact_name": "Front desk"})
    assert "a contact has a phone or an email" in problem.message.unmasked()
