"""Customers on the platform: every valid spelling finds the customer; others are refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from reconciler.sandbox.api.openapi import document
from tests.sandbox.sandbox_api import SEED, Api, new_app, refused

PASTED = "\u202a+598\u200b2900\u20111234\u202c"


def _created(api: Api, name: str) -> Any:
    return api.call("POST", f"/v1/blacklist/{quote(name, safe='')}", json={})


@pytest.fixture
def doors(sales: Api) -> Api:
    """A campaign with enabled telephony, webchat and messaging channels."""
    sales.put("campaigns/Sales/members", {"members": [{"user": "ana"}]})
    line = {"enabled": True, "connector": "tel", "numbers": ["+59829001000"]}
    sales.patch("campaigns/Sales/channels/telephony", line)
    for channel in ("webchat", "instagram", "messenger"):
        sales.patch(f"campaigns/Sales/channels/{channel}", {"enabled": True})
    return sales


@pytest.mark.parametrize("written", [PASTED, "whatsapp:+598 2900 1234", "\uff0b59829001234"])
def test_an_entry_blocks_the_customer_in_normal_form(doors: Api, written: str) -> None:
    answer = _created(doors, written)
    assert answer.json()["address"] == "blacklist/+59829001234"
    for customer in ("+59829001234", written, "tel:+598-29001234"):
        call = doors.interact("Sales", channel="telephony", customer=customer, inbound=False)
        refused(call, 409, "blacklisted")


@pytest.mark.parametrize(
    "name",
    ["213432525", "carol", "n/a", "5.9829E+10", "+16502530000x1", "59829001238@c.us", "+1-800-CAR"],
)  # fmt: skip
def test_an_entry_that_blocks_no_customer_is_refused(api: Api, name: str) -> None:
    problem = refused(_created(api, name), 422, "invalid")
    assert [error["path"] for error in problem["errors"]] == ["customer"]
    assert ":" in problem["errors"][0]["message"]


def test_a_social_id_is_addressed_with_its_network(doors: Api) -> None:
    made = doors.create("blacklist/instagram:213432525")
    assert made["customer"] == "instagram:213432525"
    assert doors.create("campaigns/Sales/blacklist/Messenger:@12")["customer"] == "messenger:12"
    assert doors.usage("blacklist/instagram:213432525")["open_interactions"] == 0
    assert doors.addresses("blacklist", "?search=213432") == ["blacklist/instagram:213432525"]
    found = doors.call("DELETE", "/v1/blacklist?customer=instagram%3A%40213432525")
    assert found.json() == {"deleted": 1}
    assert doors.delete("campaigns/Sales/blacklist/messenger:12").status_code == 204


def test_a_bare_id_belongs_to_the_network_of_the_interaction(doors: Api) -> None:
    doors.create("blacklist/instagram:213432525")
    for customer in (
        "213432525",
        "@213432525",
        "instagram:213432525",
        "\uff12\uff11\uff13\u200b432525",
    ):
        refused(doors.interact("Sales", channel="instagram", customer=customer), 409, "blacklisted")
    assert doors.interact("Sales", channel="messenger", customer="213432525").status_code == 201


def test_a_webchat_visitor_can_be_anonymous(doors: Api) -> None:
    assert doors.interact("Sales", channel="webchat", customer="visitor 7").status_code == 201
    refused(doors.interact("Sales", channel="telephony", customer="visitor 7"), 422, "invalid")
    refused(doors.interact("Sales", channel="webchat", customer="29001234"), 422, "invalid")


def test_contacts_are_stored_in_normal_form(api: Api) -> None:
    fields = {"contact_name": "Ana", "phone": PASTED, "email": "mailto:Ana\uff20Example.com"}
    made = api.call("POST", f"/v1/contacts/{quote(PASTED, safe='')}", json=fields).json()
    assert (made["key"], made["phone"]) == ("+59829001234", "+59829001234")
    assert made["email"] == "ana@example.com"
    found = api.call("GET", f"/v1/contacts/{quote(PASTED, safe='')}:usage")
    assert found.json()["address"] == "contacts/+59829001234"
    problem = refused(
        api.post("contacts/x", {"contact_name": "A", "phone": "+16502530000x1"}), 422, "invalid"
    )
    assert "extension" in problem["errors"][0]["message"]


@pytest.mark.parametrize("collection", ["campaigns", "statuses", "dispositions"])
@pytest.mark.parametrize("name", ["Sa\u200bles", "\u202eSales", "Sa\u00adles", "Sa\u2028les"])
def test_names_with_invisible_characters_are_refused(api: Api, collection: str, name: str) -> None:
    problem = refused(api.post(f"{collection}/{name}"), 422, "invalid")
    assert "invisible" in problem["errors"][0]["message"]


def test_a_rename_to_a_name_with_invisible_characters_is_refused(api: Api) -> None:
    api.create("dispositions/Sale")
    refused(api.verb("dispositions/Sale", "rename", {"name": "So\u200bld"}), 422, "invalid")


@pytest.mark.parametrize(
    "address",
    ["blacklist/213432525", "blacklist/59829E+10", "contacts/tel:29001234", "statuses/Sa\u200bles"],
)  # fmt: skip
def test_a_seed_refuses_the_names_that_a_create_refuses(address: str) -> None:
    fields = {"contact_name": "A", "email": "a@a.example"} if "contacts" in address else {}
    with pytest.raises(ValueError, match=address.partition("/")[0]):
        new_app(seed={**SEED, "resources": [{"address": address, **fields}]})


def test_customers_of_a_seed_are_stored_in_normal_form() -> None:
    resources = [{"address": f"blacklist/{PASTED}"}, {"address": "blacklist/Instagram:@ana"}]
    api = Api(new_app(seed={**SEED, "resources": resources}))
    assert api.addresses("blacklist") == ["blacklist/+59829001234", "blacklist/instagram:ana"]


# Numbers


@pytest.fixture
def lines() -> Api:
    """A platform with short codes, national numbers, and a number with spaces."""
    connectors = [
        {"name": "sms", "type": "sms", "numbers": ["40404", "ACME"]},
        {"name": "tel", "type": "telephony", "numbers": ["0800 1234", "*611", "+598 2900 0001"]},
    ]
    api = Api(new_app(seed={**SEED, "connectors": connectors}))
    api.create("campaigns/Sales")
    api.create("campaigns/Support")
    return api


@pytest.mark.parametrize(
    ("channel", "connector", "numbers", "kept"),
    [
        ("sms", "sms", ["40404"], ["40404"]),
        ("sms", "sms", ["ACME"], ["ACME"]),
        ("telephony", "tel", ["*611", "08001234"], ["*611", "08001234"]),
        ("telephony", "tel", ["0800-1234", "+59829000001"], ["+59829000001", "08001234"]),
    ],
)
def test_a_channel_accepts_the_numbers_of_its_connector(
    lines: Api, channel: str, connector: str, numbers: list[str], kept: list[str]
) -> None:
    body = {"enabled": True, "connector": connector, "numbers": numbers}
    answer = lines.patch(f"campaigns/Sales/channels/{channel}", body)
    assert answer.json()["numbers"] == kept
    taken = lines.patch(f"campaigns/Support/channels/{channel}", body)
    refused(taken, 409, "number-in-use")


def test_a_number_that_the_connector_lacks_is_refused(lines: Api) -> None:
    body = {"connector": "sms", "numbers": ["40405"]}
    problem = refused(lines.patch("campaigns/Sales/channels/sms", body), 422, "unknown-reference")
    assert problem["errors"][0]["message"] == "the connector 'sms' does not have 40405"


def test_openapi_documents_the_form_of_a_customer() -> None:
    paths = document()["paths"]
    parameter = paths["/v1/blacklist/{name}"]["parameters"][-1]
    assert "instagram:213432525" in parameter["description"]
    assert "instagram:213432525" in paths["/v1/blacklist"]["delete"]["parameters"][0]["description"]
