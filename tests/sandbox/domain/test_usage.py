"""Usage, traffic, and the consequences of deletes."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from reconciler.kinds.base import Scope
from reconciler.kinds.registry import KINDS
from tests.kinds.examples import CREATED_KINDS, example_address, required_fields
from tests.sandbox.sandbox_api import Api, refused

TEMPLATE = {"type": "text", "content": "x"}
_MONTH_SECONDS = 30 * 24 * 3600
KEYS = {
    "address",
    "referrers",
    "recent_interactions",
    "recent_campaigns",
    "agents_now",
    "open_interactions",
    "open_by_user",
    "interactions_total",
    "members_now",
}


def test_every_kind_has_the_same_keys_alone_and_in_lists(sales: Api) -> None:
    for kind in CREATED_KINDS:
        sales.create(example_address(kind), required_fields(kind))
    for kind in KINDS:
        lists = "campaigns/-/" if kind.scope is Scope.CAMPAIGN else ""
        answer = sales.call("GET", f"/v1/{lists}{kind.collection}?view=usage")
        assert "etag" not in answer.headers
        items = answer.json()["items"]
        assert items
        for item in items:
            assert set(item["usage"]) == KEYS
            assert sales.usage(item["address"]) == item["usage"]


def test_usage_lists_referrers(sales: Api) -> None:
    sales.create("quality_models/Q")
    sales.create("templates/T", TEMPLATE)
    sales.patch("campaigns/Sales", {"quality_models": ["Q"]})
    sales.patch("campaigns/Sales/channels/email", {"signature": "T"})
    sales.create("holidays/H", {"date": "2026-12-25", "campaigns": ["Sales"]})
    assert sales.usage("quality_models/Q")["referrers"] == [
        {"address": "campaigns/Sales", "field": "quality_models[Q]"}
    ]
    assert sales.usage("templates/T")["referrers"] == [
        {"address": "campaigns/Sales/channels/email", "field": "signature"}
    ]
    assert sales.usage("campaigns/Sales")["referrers"] == [
        {"address": "holidays/H", "field": "campaigns[Sales]"}
    ]


def test_interactions_of_the_last_thirty_days_count_by_campaign(sales: Api) -> None:
    sales.create("campaigns/Support")
    sales.create("dispositions/D")
    for campaign, at in (
        ("Sales", "2026-11-20T10:00:00Z"),
        ("Sales", "2026-11-21T10:00:00Z"),
        ("Support", "2026-11-22T10:00:00Z"),
        ("Support", "2026-10-01T10:00:00Z"),
    ):
        sales.interact(campaign, disposition="dispositions/D", at=at)
    usage = sales.usage("dispositions/D")
    assert usage["recent_interactions"] == 3
    assert usage["recent_campaigns"] == [
        {"campaign": "Sales", "count": 2, "last_at": "2026-11-21T10:00:00.000Z"},
        {"campaign": "Support", "count": 1, "last_at": "2026-11-22T10:00:00.000Z"},
    ]
    sales.advance_clock(_MONTH_SECONDS)
    assert sales.usage("dispositions/D")["recent_campaigns"] == []


def test_usage_lists_the_agents_in_a_status(sales: Api) -> None:
    sales.create("statuses/Lunch")
    sales.create("campaigns/Sales/statuses/Lunch")
    put = sales.put("agents/ana/status", {"status": "lunch"})
    assert put.json() == {
        "user": "ana",
        "status": "statuses/Lunch",
        "campaign": None,
        "since": "2026-11-24T10:00:00.000Z",
    }
    sales.put("agents/luis/status", {"status": "Lunch", "campaign": "sales"})
    assert sales.usage("statuses/Lunch")["agents_now"] == ["ana"]
    assert sales.usage("campaigns/Sales/statuses/Lunch")["agents_now"] == ["luis"]
    sales.put("agents/ana/status", {"status": None})
    assert sales.usage("statuses/Lunch")["agents_now"] == []
    refused(sales.put("agents/nobody/status", {"status": "Lunch"}), 404, "not-found")
    refused(sales.put("agents/ana/status", {"status": "No"}), 422, "unknown-reference")
    sales.delete("campaigns/Sales/statuses/Lunch")
    assert sales.create("campaigns/Sales/statuses/Lunch")
    assert sales.usage("campaigns/Sales/statuses/Lunch")["agents_now"] == []


def test_usage_counts_open_interactions_of_campaigns_channels_members_and_contacts(
    sales: Api,
) -> None:
    sales.create("contacts/k", {"contact_name": "K", "email": "k@example.com"})
    sales.patch("campaigns/Sales/channels/webchat", {"enabled": True})
    sales.put("campaigns/Sales/members", {"members": [{"user": "ana"}, {"user": "luis"}]})
    sales.interact("Sales", channel="webchat", user="ana", contact="contacts/k", open=True)
    sales.interact("Sales", channel="webchat", user="ana", open=True)
    sales.interact("Sales", user="luis")
    campaign = sales.usage("campaigns/Sales")
    assert (
        campaign["open_interactions"],
        campaign["interactions_total"],
        campaign["members_now"],
    ) == (2, 3, 2)
    assert campaign["recent_campaigns"][0]["count"] == 3
    assert sales.usage("campaigns/Sales/channels/webchat")["open_interactions"] == 2
    assert sales.usage("campaigns/Sales/channels/sms")["open_interactions"] == 0
    assert sales.usage("campaigns/Sales/members")["open_by_user"] == {"ana": 2}
    assert sales.usage("contacts/k")["open_interactions"] == 1


def test_a_delete_in_use_is_refused_only_with_require_unused(sales: Api) -> None:
    sales.create("statuses/Lunch")
    sales.put("agents/ana/status", {"status": "Lunch"})
    problem = refused(sales.delete("statuses/Lunch", "?require_unused=true"), 409, "in-use")
    assert problem["usage"]["agents_now"] == ["ana"]
    refused(sales.delete("statuses/Lunch", "?require_unused=perhaps"), 400, "bad-query")
    assert sales.delete("statuses/Lunch").status_code == 204
    assert sales.delete("campaigns/Sales", "?require_unused=true").status_code == 204


def test_a_delete_removes_references(sales: Api) -> None:
    for name in ("Q", "R"):
        sales.create(f"quality_models/{name}")
    sales.patch("campaigns/Sales", {"quality_models": ["Q", "R"]})
    before = sales.get("campaigns").headers["etag"]
    sales.delete("quality_models/Q")
    assert sales.get("campaigns/Sales").json()["quality_models"] == ["R"]
    assert sales.get("campaigns").headers["etag"] != before
    newest = sales.items("audit", "?address=campaigns/Sales")[0]
    assert newest["changes"] == [{"path": "quality_models", "before": ["Q", "R"], "after": ["R"]}]


def test_deleting_a_campaign_deletes_its_resources(sales: Api) -> None:
    sales.create("campaigns/Sales2")
    for address in ("statuses/S", "dispositions/D", "dispositions/D/E", "blacklist/a@example.com"):
        sales.create(f"campaigns/Sales/{address}")
        sales.create(f"campaigns/Sales2/{address}")
    sales.create("dispositions/D")
    sales.create("holidays/H", {"date": "2026-12-25", "campaigns": ["Sales", "Sales2"]})
    sales.interact("Sales", disposition="dispositions/D")
    sales.put("agents/ana/status", {"status": "S", "campaign": "Sales"})
    assert sales.delete("campaigns/Sales").status_code == 204
    for path in (
        "campaigns",
        "campaigns/-/channels",
        "campaigns/-/members",
        "campaigns/-/statuses",
        "campaigns/-/dispositions",
        "campaigns/-/blacklist",
    ):
        found = sales.addresses(path)
        assert found
        assert all(address.startswith("campaigns/Sales2") for address in found)
    assert sales.get("holidays/H").json()["campaigns"] == ["Sales2"]
    assert sales.usage("dispositions/D")["recent_interactions"] == 0
    assert sales.items("interactions") == []
    sales.create("campaigns/Sales")
    assert sales.get("campaigns/Sales").json()["interaction_count"] == 0


def test_a_customer_can_be_unblocked_everywhere_and_a_campaigns_list_cleared(sales: Api) -> None:
    sales.create("blacklist/a@example.com")
    sales.create("campaigns/Sales/blacklist/a@example.com")
    sales.create("campaigns/Sales/blacklist/b@example.com")
    assert sales.call("DELETE", "/v1/blacklist?customer=A@example.com").json() == {"deleted": 2}
    assert sales.call("DELETE", "/v1/blacklist?campaign=sales").json() == {"deleted": 1}
    refused(sales.call("DELETE", "/v1/blacklist"), 400, "bad-query")
    refused(sales.call("DELETE", "/v1/statuses"), 405, "method-not-allowed")


@pytest.mark.parametrize("written", ["+598 29 001 234", "+598-29001234", "+59829001234"])
def test_a_customer_is_unblocked_in_any_spelling(sales: Api, written: str) -> None:
    sales.create("blacklist/+59829001234")
    query = urlencode({"customer": written})
    assert sales.call("DELETE", f"/v1/blacklist?{query}").json() == {"deleted": 1}


def test_an_invalid_number_unblocks_nobody(sales: Api) -> None:
    refused(sales.call("DELETE", "/v1/blacklist?customer=29001234"), 400, "bad-query")


def test_disabled_or_blocked_channels_refuse_interactions(sales: Api) -> None:
    refused(sales.interact("Sales", channel="sms"), 409, "channel-disabled")
    sales.patch("campaigns/Sales/channels/webchat", {"enabled": True})
    sales.put("campaigns/Sales/members", {"members": [{"user": "ana"}]})
    sales.create("campaigns/Sales/blacklist/a@example.com")
    refused(
        sales.interact("Sales", channel="webchat", customer="A@example.com"), 409, "blacklisted"
    )
    sales.patch("campaigns/Sales/channels/webchat", {"block_inbound": False})
    assert sales.interact("Sales", channel="webchat", customer="a@example.com").status_code == 201
    refused(
        sales.interact("Sales", channel="webchat", customer="a@example.com", inbound=False),
        409,
        "blacklisted",
    )
    sales.patch("campaigns/Sales", {"enabled": False})
    refused(sales.interact("Sales"), 409, "campaign-disabled")


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "no"},
        {"disposition": "dispositions/No"},
        {"disposition": "dispositions/"},
        {"channel": "fax"},
        {"at": "noon"},
        {"x": 1},
    ],
)
def test_invalid_interactions_are_refused(sales: Api, fields: dict[str, object]) -> None:
    assert sales.interact("Sales", **fields).status_code == 422
    assert sales.interact("No").status_code == 422


def test_interactions_are_listed_newest_first(sales: Api) -> None:
    sales.interact("Sales", at="2026-11-01T00:00:00Z", user="ana")
    sales.interact("Sales")
    assert [
        interaction["id"] for interaction in sales.items("interactions", "?campaign=sales")
    ] == [2, 1]
    assert len(sales.items("interactions", "?since=2026-11-20T00:00:00Z")) == 1
    refused(sales.call("GET", "/v1/interactions?campaign=No"), 404, "not-found")
