"""What a delete, a rename or a create does to everything else: of every kind, all that changes."""

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
def centre(api: Api) -> Api:
    """One of everything, global and of a campaign, and whatever can refer to it."""
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
        api.made(address, body)
    api.patch(SALES_MAIL, {"connector": "mail", "signature": "Sign"})
    api.patch(SUPPORT_MAIL, {"connector": "mail", "signature": "Only"})
    api.put("campaigns/Sales/members", {"members": [{"user": "ana"}]})
    return api


def picture(api: Api) -> dict[str, dict[str, Any]]:
    return {
        item["address"]: {name: value for name, value in item.items() if name not in CLOCKS}
        for collection in COLLECTIONS.split()
        for item in api.items(collection, "?page_size=5000")
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """The fields of what stayed that are not as before."""
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
def test_a_delete_takes_its_name_out_of_what_refers_to_it_and_changes_nothing_else(
    centre: Api, address: str, results: dict[tuple[str, str], Any]
) -> None:
    before = picture(centre)
    assert centre.delete(address).status_code == 204
    after = picture(centre)
    assert changed(before, after) == results
    gone = before.keys() - after.keys()
    assert {one for one in gone if not f"{one}/".startswith(f"{address}/")} == set()


def test_a_name_stays_in_a_field_as_long_as_anything_has_it(centre: Api) -> None:
    centre.delete("templates/Sign")
    assert centre.get(SALES_MAIL).json()["signature"] == "Sign"
    centre.delete("campaigns/Sales/templates/Sign")
    assert centre.get(SALES_MAIL).json()["signature"] is None


def test_a_new_template_of_a_campaign_changes_no_field(centre: Api) -> None:
    before = picture(centre)
    centre.made("campaigns/Support/templates/Only", TEXT)
    assert changed(before, picture(centre)) == {}
    assert centre.usage("templates/Only")["referrers"] == []


def test_nothing_refers_to_the_name_of_what_can_be_renamed(centre: Api) -> None:
    before = picture(centre)
    renamed = centre.call("POST", f"{at('dispositions/Sale')}:rename", json={"name": "Sold"})
    assert renamed.status_code == 200
    after = picture(centre)
    assert changed(before, after) == {}
    assert after.keys() - before.keys() == {"dispositions/Sold", "dispositions/Sold/Done"}
