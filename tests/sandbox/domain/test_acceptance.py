"""Which interactions the platform accepts, and every reason of a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.sandbox_api import Api, refused

LINE = {"enabled": True, "connector": "tel", "numbers": ["+59829001000"]}


def reasons(api: Api, **fields: Any) -> list[str]:
    """The codes of all reasons of a refusal; empty when the interaction is accepted."""
    answer = api.interact("Sales", **fields)
    if answer.status_code == 201:
        return []
    problem = answer.json()
    assert problem["code"] == problem["reasons"][0]["code"]
    assert problem["detail"] == problem["reasons"][0]["detail"]
    return [reason["code"] for reason in problem["reasons"]]


def members(api: Api, *entries: dict[str, Any]) -> None:
    """Replace the members of Sales."""
    assert api.put("campaigns/Sales/members", {"members": list(entries)}).status_code == 200


@pytest.fixture
def line(sales: Api) -> Api:
    """An open campaign with telephony and webchat, and one member."""
    sales.patch("campaigns/Sales/channels/telephony", LINE)
    sales.patch("campaigns/Sales/channels/webchat", {"enabled": True})
    members(sales, {"user": "ana"})
    return sales


def test_a_member_who_may_receive_is_needed_for_an_inbound_interaction(line: Api) -> None:
    members(line, {"user": "ana", "channels": {"telephony": {"receive": False, "create": True}}})
    assert reasons(line, channel="telephony") == ["no-receiver"]
    assert reasons(line, channel="telephony", inbound=False) == []
    assert reasons(line, channel="webchat") == []


def test_a_member_who_may_create_is_needed_for_an_outbound_interaction(line: Api) -> None:
    members(line, {"user": "ana", "channels": {"telephony": {"receive": True, "create": False}}})
    assert reasons(line, channel="telephony") == []
    assert reasons(line, channel="telephony", inbound=False) == ["no-creator"]


def test_a_user_needs_the_right_that_the_interaction_takes(line: Api) -> None:
    silent = {"user": "luis", "channels": {"telephony": {"receive": True, "create": False}}}
    members(line, {"user": "ana"}, silent)
    assert reasons(line, channel="telephony", user="luis") == []
    assert reasons(line, channel="telephony", user="luis", inbound=False) == ["user-not-permitted"]
    assert reasons(line, channel="telephony", user="maria") == ["user-not-permitted"]


def test_nobody_reaches_a_line_without_numbers(line: Api) -> None:
    line.patch("campaigns/Sales/channels/telephony", {"numbers": []})
    assert reasons(line, channel="telephony") == ["no-number"]
    assert reasons(line, channel="telephony", inbound=False) == []


def test_a_closed_campaign_only_refuses_inbound_interactions(line: Api) -> None:
    line.patch("campaigns/Sales", {"schedule": {"mon": ["09:00-10:00"]}})
    assert reasons(line, channel="webchat") == ["closed"]
    assert reasons(line) == ["closed"]
    assert reasons(line, channel="webchat", inbound=False) == []
    assert reasons(line, channel="webchat", at="2026-11-23T09:30:00Z") == []
    line.create("holidays/H", {"date": "2026-11-23", "campaigns": "all"})
    assert reasons(line, channel="webchat", at="2026-11-23T09:30:00Z") == ["closed"]


def test_a_refusal_has_every_reason(line: Api) -> None:
    line.patch("campaigns/Sales", {"enabled": False})
    line.create("blacklist/+59829001234")
    members(line)
    assert reasons(line, channel="sms", customer="+59829001234") == [
        "campaign-disabled",
        "channel-disabled",
        "no-connector",
        "no-number",
        "no-receiver",
        "blacklisted",
    ]


def test_the_blacklist_blocks_the_contact_of_an_interaction(line: Api) -> None:
    fields = {"contact_name": "Ana", "phone": "+59829001234", "email": "ana@example.com"}
    line.create("contacts/ana", fields)
    line.create("campaigns/Sales/blacklist/ana@example.com")
    for channel in ("telephony", "webchat", None):
        assert reasons(line, channel=channel, contact="contacts/ana") == ["blacklisted"]
    line.patch("campaigns/Sales/channels/webchat", {"block_inbound": False})
    assert reasons(line, channel="webchat", contact="contacts/ana") == []
    found = reasons(line, channel="webchat", contact="contacts/ana", inbound=False)
    assert found == ["blacklisted"]


def test_the_blacklist_blocks_an_interaction_without_a_channel(line: Api) -> None:
    line.create("blacklist/+59829001234")
    assert reasons(line, customer="tel:+598 2900 1234") == ["blacklisted"]
    assert reasons(line, customer="visitor 7") == []


def test_a_disabled_level_disables_the_levels_below_it(line: Api) -> None:
    line.create("dispositions/Sale", {"enabled": False})
    line.create("dispositions/Sale/Done")
    assert reasons(line, disposition="dispositions/Sale/Done") == ["disposition-disabled"]
    line.patch("dispositions/Sale", {"enabled": True})
    assert reasons(line, disposition="dispositions/Sale/Done") == []


@pytest.mark.parametrize("field", ["disposition", "template", "status", "contact"])
def test_the_resources_of_another_campaign_are_refused(line: Api, field: str) -> None:
    line.create("campaigns/Other")
    collection = {"status": "statuses"}.get(field, f"{field}s")
    body = {"template": {"type": "text", "content": "x"}}.get(field, {})
    if field == "contact":
        body = {"contact_name": "K", "email": "k@example.com"}
    line.create(f"campaigns/Other/{collection}/k", body)
    own = {field: f"campaigns/Other/{collection}/k"}
    refused(line.interact("Sales", **own), 422, "other-campaign")
    assert line.interact("Other", **own).status_code == 201


def test_a_bare_name_prefers_the_campaign_s_own_resource(line: Api) -> None:
    for top in ("", "campaigns/Sales/"):
        line.create(f"{top}dispositions/Sale")
    line.create("dispositions/Sale/Done")
    for name, address in (
        ("sale", "campaigns/Sales/dispositions/Sale"),
        ("Sale/Done", "dispositions/Sale/Done"),
    ):
        assert line.interact("Sales", disposition=name).json()["disposition"] == address
    refused(line.interact("Sales", disposition="No"), 422, "unknown-reference")
    refused(line.interact("Sales", quality_model="No"), 422, "unknown-reference")
