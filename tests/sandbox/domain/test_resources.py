"""Create, read, edit and delete resources of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.base import Kind
from reconciler.kinds.registry import parse_address
from tests.kinds.examples import CREATED_KINDS, example_address, required_fields
from tests.sandbox.sandbox_api import NOW, Api, refused

TEMPLATE = {"type": "text", "content": "Hello"}

ENTRIES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "campaigns/Support": ({"time_zone": "Europe/Madrid"}, {"enabled": False}),
    "campaigns/Sales/statuses/Coaching": ({"icon": "headset"}, {"color": "#00FF00"}),
    "statuses/Lunch": ({}, {"icon": "fork"}),
    "templates/Hello": (TEMPLATE, {"content": "Bye"}),
    "campaigns/Sales/templates/Hello": (TEMPLATE, {"content": "Bye"}),
    "dispositions/Sale": ({"text_code": "S"}, {"actions": {"respool": True}}),
    "campaigns/Sales/dispositions/Refund": ({}, {"enabled": False}),
    "quality_models/Courtesy": ({"description": "Tone"}, {"categories": [{"name": "Opening"}]}),
    "holidays/Christmas": (
        {"date": "2026-12-25", "campaigns": "all"},
        {"recurring": True, "campaigns": ["Sales"]},
    ),
    "blacklist/+59829001234": ({}, None),
    "campaigns/Sales/blacklist/ana@example.com": ({}, None),
    "contacts/+59829001234": (
        {"contact_name": "Ana", "phone": "+59829001234"},
        {"phone": None, "email": "a@example.com"},
    ),
    "campaigns/Sales/contacts/desk": (
        {"contact_name": "D", "email": "d@example.com"},
        {"contact_name": "Desk"},
    ),
}


@pytest.mark.parametrize("address", ENTRIES)
def test_a_resource_is_created_read_edited_and_deleted(sales: Api, address: str) -> None:
    body, change = ENTRIES[address]
    kind = parse_address(address).kind
    created = sales.post(address, body)
    assert created.status_code == 201
    resource = created.json()
    assert created.headers["etag"] == resource["etag"]
    assert created.headers["location"].startswith("/v1/")
    assert resource["address"] == address
    assert resource[kind.identity]
    assert resource["created_at"] == resource["updated_at"] == NOW
    assert resource["updated_by"] == "admin"
    expected = kind.with_defaults(address, body)
    assert {name: resource[name] for name in expected} == expected
    assert sales.get(address).json() == resource
    assert resource in sales.items(address.rpartition("/")[0])
    if change is None:
        refused(sales.patch(address, {}), 405, "not-editable")
    else:
        edited = sales.patch(address, change)
        assert edited.status_code == 200, edited.text
        assert edited.json()["etag"] != resource["etag"]
    refused(sales.post(address, body), 409, "already-exists")
    assert sales.delete(address).status_code == 204
    refused(sales.get(address), 404, "not-found")
    refused(sales.delete(address), 404, "not-found")


@pytest.mark.parametrize("kind", CREATED_KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_created_and_deleted(sales: Api, kind: Kind) -> None:
    address, fields = example_address(kind), required_fields(kind)
    created = sales.post(address, fields)
    assert created.status_code == 201
    assert created.json().items() >= kind.with_defaults(address, fields).items()
    assert sales.delete(address).status_code == 204


def test_a_new_campaign_has_seven_disabled_channels_and_no_members(sales: Api) -> None:
    channels = sales.items("campaigns/Sales/channels")
    assert len(channels) == 7
    assert not any(channel["enabled"] for channel in channels)
    assert sales.get("campaigns/Sales/members").json()["members"] == []
    assert sales.items("campaigns/-/channels") == channels
    assert sales.addresses("campaigns/-/members") == ["campaigns/Sales/members"]


def test_channels_and_member_lists_cannot_be_created_or_deleted(sales: Api) -> None:
    for address in ("campaigns/Sales/channels/sms", "campaigns/Sales/members"):
        refused(sales.post(address), 405, "not-creatable")
        problem = sales.delete(address)
        refused(problem, 405, "not-deletable")
        assert "PATCH" in problem.headers["allow"]


def test_an_unknown_channel_type_is_not_found(sales: Api) -> None:
    refused(sales.get("campaigns/Sales/channels/fax"), 404, "not-found")


def test_members_are_written_whole_and_in_order(sales: Api) -> None:
    members = [
        {"user": "luis", "penalty": 10},
        {"user": "ana", "channels": {"sms": {"create": False}}},
    ]
    written = sales.put("campaigns/Sales/members", {"members": members})
    assert written.status_code == 200
    listed = written.json()["members"]
    assert [item["user"] for item in listed] == ["luis", "ana"]
    assert listed[0] == {"user": "luis", "penalty": 10, "channels": {}}
    assert listed[1]["channels"] == {"sms": {"receive": True, "create": False}}
    assert sales.get("campaigns/Sales").json()["member_count"] == 2
    reversed_ = sales.put("campaigns/Sales/members", {"members": listed[::-1]}).json()
    assert reversed_["etag"] != written.json()["etag"]


def test_members_must_be_users(sales: Api) -> None:
    problem = refused(
        sales.put("campaigns/Sales/members", {"members": [{"user": "nobody"}]}),
        422,
        "unknown-reference",
    )
    assert problem["errors"] == [
        {"path": "members[nobody]", "message": "the user 'nobody' does not exist"}
    ]


def test_copied_members_are_merged_or_replaced(sales: Api) -> None:
    sales.create("campaigns/Support")
    sales.put("campaigns/Sales/members", {"members": [{"user": "ana"}, {"user": "luis"}]})
    sales.put(
        "campaigns/Support/members",
        {"members": [{"user": "luis", "penalty": 5}, {"user": "maria"}]},
    )
    merged = sales.verb("campaigns/Sales", "copyMembers", {"to": "Support"})
    assert [(m["user"], m["penalty"]) for m in merged.json()["members"]] == [
        ("luis", 5),
        ("maria", 0),
        ("ana", 0),
    ]
    replaced = sales.verb("campaigns/Sales", "copyMembers", {"to": "Support", "mode": "replace"})
    assert [m["user"] for m in replaced.json()["members"]] == ["ana", "luis"]
    refused(
        sales.verb("campaigns/Sales", "copyMembers", {"to": "Support", "mode": "x"}), 422, "invalid"
    )


def test_a_child_needs_its_parent(api: Api) -> None:
    refused(api.post("campaigns/Nobody/statuses/X"), 404, "parent-not-found")
    refused(api.post("dispositions/Sale/Done"), 404, "parent-not-found")


def test_names_are_unique_ignoring_case_and_unicode_form(api: Api) -> None:
    api.create("statuses/Café")
    refused(api.post("statuses/CAFE\u0301"), 409, "already-exists")
    assert api.get("statuses/CAFE\u0301").json()["address"] == "statuses/Café"


def test_a_childs_address_uses_the_campaigns_stored_spelling(sales: Api) -> None:
    assert sales.create("campaigns/SALES/statuses/X")["address"] == "campaigns/Sales/statuses/X"


def test_customers_are_found_in_any_spelling(api: Api) -> None:
    assert api.create("blacklist/+598 2900-1234")["customer"] == "+59829001234"
    assert api.get("blacklist/+598 29001234").status_code == 200
    assert api.create("blacklist/Ana@Example.com")["customer"] == "ana@example.com"


@pytest.mark.parametrize(
    ("address", "body", "path"),
    [
        ("statuses/X", {"color": "red"}, "color"),
        ("statuses/X", {"name": "X"}, "name"),
        ("templates/X", {"type": "pdf", "content": ""}, "type"),
        ("templates/X", {"type": "text"}, "content"),
        ("campaigns/X", {"schedule": {"mon": ["22:00-06:00"]}}, "schedule"),
        ("campaigns/X", {"time_zone": "Mars"}, "time_zone"),
        (
            "quality_models/X",
            {"categories": [{"name": "A", "questions": [{"text": ""}]}]},
            "categories[0].questions[0].text",
        ),
        ("contacts/x", {"contact_name": "X"}, ""),
        ("statuses/ X", {}, "name"),
        ("blacklist/29001234", {}, "customer"),
    ],
)
def test_invalid_fields_are_refused_one_by_one(
    api: Api, address: str, body: dict[str, Any], path: str
) -> None:
    problem = refused(api.post(address, body), 422, "invalid")
    assert path in [error["path"] for error in problem["errors"]]


def test_a_templates_type_is_immutable(api: Api) -> None:
    api.create("templates/T", TEMPLATE)
    refused(api.patch("templates/T", {"type": "html"}), 422, "immutable")
    assert api.patch("templates/T", {"type": "text", "content": "x"}).status_code == 200


def test_a_patch_merges_objects_and_null_restores_defaults(sales: Api) -> None:
    webchat = "campaigns/Sales/channels/webchat"
    sales.patch(webchat, {"welcome": {"en": "Hi", "es": "Hola"}, "max_queue": 9})
    after = sales.patch(webchat, {"welcome": {"es": None, "ca": "Hola"}, "max_queue": None}).json()
    assert after["welcome"] == {"en": "Hi", "ca": "Hola"}
    assert after["max_queue"] == 0


def test_a_schedule_is_one_value(sales: Api) -> None:
    sales.patch("campaigns/Sales", {"schedule": {"mon": ["09:00-10:00"], "tue": ["09:00-10:00"]}})
    after = sales.patch("campaigns/Sales", {"schedule": {"wed": ["09:00-10:00"]}}).json()
    assert after["schedule"]["mon"] == []
    assert after["schedule"]["wed"] == ["09:00-10:00"]
    assert sales.patch("campaigns/Sales", {"schedule": None}).json()["schedule"] == "always"


def test_references_must_exist(sales: Api) -> None:
    for address, body in (
        ("campaigns/Sales", {"quality_models": ["No"]}),
        ("campaigns/Sales", {"forms": ["No"]}),
        ("campaigns/Sales/channels/email", {"connector": "no"}),
        ("campaigns/Sales/channels/email", {"signature": "No"}),
    ):
        problem = refused(sales.patch(address, body), 422, "unknown-reference")
        assert "no" in problem["detail"].lower()
    holiday = {"date": "2026-12-25", "campaigns": ["No"]}
    refused(sales.post("holidays/X", holiday), 422, "unknown-reference")


def test_a_signature_is_the_campaigns_own_template_before_a_global_one(sales: Api) -> None:
    email = "campaigns/Sales/channels/email"
    sales.create("templates/Sign", TEMPLATE)
    assert sales.patch(email, {"signature": "Sign"}).status_code == 200
    sales.create("campaigns/Sales/templates/Sign", TEMPLATE)
    assert sales.usage("templates/Sign")["referrers"] == []
    assert len(sales.usage("campaigns/Sales/templates/Sign")["referrers"]) == 1
    sales.delete("campaigns/Sales/templates/Sign")
    assert sales.get(email).json()["signature"] == "Sign"
    sales.delete("templates/Sign")
    assert sales.get(email).json()["signature"] is None


def test_a_number_belongs_to_its_connector_and_serves_one_campaign(sales: Api) -> None:
    sales.create("campaigns/Support")
    phone, other = "campaigns/Sales/channels/telephony", "campaigns/Support/channels/telephony"
    wired = {"connector": "tel", "numbers": ["+59829001000"], "enabled": True}
    refused(sales.patch(phone, {"numbers": ["+59829001000"]}), 422, "invalid")
    refused(sales.patch(phone, {**wired, "numbers": ["+59899001001"]}), 422, "unknown-reference")
    assert sales.patch(phone, wired).status_code == 200
    assert sales.patch(phone, {**wired, "max_queue": 1}).status_code == 200
    assert refused(sales.patch(other, wired), 409, "number-in-use")["holder"] == phone
    sales.patch(phone, {"numbers": [], "enabled": False})
    assert sales.patch(other, wired).status_code == 200
    sales.delete("campaigns/Support")
    assert sales.patch(phone, wired).status_code == 200


def test_a_connector_serves_channels_of_its_own_type(sales: Api) -> None:
    phone = "campaigns/Sales/channels/telephony"
    problem = refused(sales.patch(phone, {"connector": "mail"}), 422, "invalid")
    assert problem["errors"][0]["path"] == "connector"
    assert "'mail' is for email, not for telephony" in problem["detail"]


def test_an_enabled_channel_needs_its_connector(sales: Api) -> None:
    refused(sales.patch("campaigns/Sales/channels/sms", {"enabled": True}), 422, "invalid")


def test_system_statuses_can_be_edited_but_not_deleted(api: Api) -> None:
    assert len(api.items("statuses")) == 5
    refused(api.delete("statuses/Break"), 409, "system-default")
    assert api.patch("statuses/Break", {"color": "#112233"}).json()["color"] == "#112233"
    api.create("campaigns/Sales")
    api.create("campaigns/Sales/statuses/Break")
    assert api.delete("campaigns/Sales/statuses/Break").status_code == 204
