"""The consequences of a delete, rename or create for all other resources, for every kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.sandbox_api import Api, at

TEXT = {"type": "text", "content": "x"}
CLOCKS = ("etag", "created_at", "updated_at", "updated_by", "today", "open_now")
SALES_MAIL, SUPPORT_MAIL = "campaigns/Sales/channels/email", "campaigns/Support/channels/email"
COLLECTIONS = (
    "campaigns statuses templates dispositions quality_models holidays blacklist contacts "
    "campaigns/-/channels campaigns/-/members campaigns/-/statuses campaigns/-/templates "
    "campaigns/-/dispositions campaigns/-/blacklist campaigns/-/contacts"
)


@pytest.fixture
def estate(api: Api) -> Api:
    """Resources of every kind, global and in a campaign, with references to them."""
    for address, body in (
        ("quality_models/Calm", {}),
        ("quality_models/Fast", {}),
        ("templates/Sign", TEXT),
        ("templates/Only", TEXT),
        ("statuses/Lunch", {}),
        ("dispositions/Sale", {}),
        ("dispositions/Sale/Done", {}),
        ("campaigns/Sales", {"quality_models": ["Calm", "Fast"]}),
        ("campaigns/Support", {"quality_models": ["Calm"]}),
        ("campaigns/Sales/statuses/Own", {}),
        ("campaigns/Sales/dispositions/Own", {}),
        ("campaigns/Sales/templates/Sign", TEXT),
        ("campaigns/Sales/blacklist/x@example.com", {}),
        ("blacklist/x@example.com", {}),
        ("contacts/a@example.com", {"contact_name": "A", "email": "a@example.com"}),
        ("holidays/Named", {"date": "2027-01-06", "campaigns": ["Sales", "Support"]}),
        ("holidays/All", {"date": "2027-01-07", "campaigns": "all"}),
    ):
        api.create(address, body)
    api.patch(SALES_MAIL, {"connector": "mail", "signature": "Sign"})
    api.patch(SUPPORT_MAIL, {"connector": "mail", "signature": "Only"})
    api.put("campaigns/Sales/members", {"members": [{"user": "ana"}]})
    return api


def fields_by_address(api: Api) -> dict[str, dict[str, Any]]:
    return {
        item["address"]: {name: value for name, value in item.items() if name not in CLOCKS}
        for collection in COLLECTIONS.split()
        for item in api.items(collection, "?page_size=5000")
    }


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """The changed fields of the resources that still exist."""
    return {
        (address, name): after[address].get(name)
        for address in before.keys() & after.keys()
        for name in before[address].keys() | after[address].keys()
        if before[address].get(name) != after[address].get(name)
    }


@pytest.mark.parametrize(
    ("address", "results"),
    [
        ("templates/Sign", {}),
        ("templates/Only", {(SUPPORT_MAIL, "signature"): None}),
        ("campaigns/Sales/templates/Sign", {}),
        (
            "quality_models/Calm",
            {
                ("campaigns/Sales", "quality_models"): ["Fast"],
                ("campaigns/Support", "quality_models"): [],
            },
        ),
        ("campaigns/Sales", {("holidays/Named", "campaigns"): ["Support"]}),
        ("statuses/Lunch", {}),
        ("campaigns/Sales/statuses/Own", {}),
        ("dispositions/Sale", {}),
        ("dispositions/Sale/Done", {}),
        ("campaigns/Sales/dispositions/Own", {}),
        ("holidays/Named", {}),
        ("blacklist/x@example.com", {}),
        ("campaigns/Sales/blacklist/x@example.com", {}),
        ("contacts/a@example.com", {}),
    ],
)
def test_a_delete_removes_references_and_changes_nothing_else(
    estate: Api, address: str, results: dict[tuple[str, str], Any]
) -> None:
    before = fields_by_address(estate)
    assert estate.delete(address).status_code == 204
    after = fields_by_address(estate)
    assert changed_fields(before, after) == results
    gone = before.keys() - after.keys()
    assert {other for other in gone if not f"{other}/".startswith(f"{address}/")} == set()


def test_a_reference_stays_while_another_resource_has_its_name(estate: Api) -> None:
    estate.delete("templates/Sign")
    assert estate.get(SALES_MAIL).json()["signature"] == "Sign"
    estate.delete("campaigns/Sales/templates/Sign")
    assert estate.get(SALES_MAIL).json()["signature"] is None


def test_a_new_campaign_template_changes_no_field(estate: Api) -> None:
    before = fields_by_address(estate)
    estate.create("campaigns/Support/templates/Only", TEXT)
    assert changed_fields(before, fields_by_address(estate)) == {}
    assert estate.usage("templates/Only")["referrers"] == []


def test_nothing_refers_to_a_kind_that_can_be_renamed(estate: Api) -> None:
    before = fields_by_address(estate)
    renamed = estate.call("POST", f"{at('dispositions/Sale')}:rename", json={"name": "Sold"})
    assert renamed.status_code == 200
    after = fields_by_address(estate)
    assert changed_fields(before, after) == {}
    assert after.keys() - before.keys() == {"dispositions/Sold", "dispositions/Sold/Done"}
