"""Seeds, persistent data, and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.kinds.address import encode
from tests.sandbox.sandbox_api import NOW, SEED, Api, new_app


def test_data_survives_a_restart_and_is_seeded_once(tmp_path: Path) -> None:
    first = new_app(data=tmp_path)
    api = Api(first)
    api.create("statuses/Mine")
    api.post("statuses/Keyed", {}, Idempotency_Key="k")
    etag = api.get("statuses").headers["etag"]
    first.state.sandbox.close()
    second = Api(new_app(data=tmp_path, seed="demo"))
    assert second.get("statuses", If_None_Match=etag).status_code == 304
    assert second.post("statuses/Keyed", {}, Idempotency_Key="k").status_code == 201
    assert second.get("platform").json()["id"] == "test"
    assert second.create("statuses/Next")["name"] == "Next"
    assert second.addresses("statuses")[-1] == "statuses/Next"


def test_data_can_be_a_file_or_a_url(tmp_path: Path) -> None:
    for data in (tmp_path / "a.db", f"sqlite:///{tmp_path / 'b.db'}"):
        assert len(Api(new_app(data=data)).items("statuses")) == 5
    assert {path.name for path in tmp_path.iterdir()} >= {"a.db", "b.db"}


def test_a_seed_file_is_loaded_in_bulk(tmp_path: Path) -> None:
    seed: dict[str, Any] = {
        **SEED,
        "profiles": {"blind": {"*": ["view"], "statuses": []}},
        "tokens": {"blind": {"user": "b", "profile": "blind"}},
        "resources": [
            {"address": "dispositions/D/E"},
            {"address": "campaigns/C/members", "members": [{"user": "ana"}]},
            {"address": "dispositions/D"},
            {"address": "campaigns/C", "updated_by": "maria", "updated_hours_ago": 2},
            {"address": "campaigns/C/channels/sms", "max_queue": 3},
        ],
        "interactions": [
            {
                "campaign": "C",
                "user": "ana",
                "count": 10,
                "newest_hours_ago": 1,
                "oldest_hours_ago": 10,
                "disposition": "dispositions/D/E",
            },
        ],
        "agents": [{"user": "ana", "status": "statuses/Break"}],
        "audit": [{"address": "campaigns/C", "by": "maria", "hours_ago": 2, "changes": []}],
    }
    path = tmp_path / "seed.json"
    path.write_bytes(orjson.dumps(seed))
    api = Api(new_app(seed=path))
    assert api.addresses("dispositions") == ["dispositions/D", "dispositions/D/E"]
    campaign = api.get("campaigns/C").json()
    assert (campaign["updated_by"], campaign["updated_at"]) == ("maria", "2026-11-24T08:00:00.000Z")
    assert (campaign["member_count"], campaign["interaction_count"]) == (1, 10)
    assert api.get("campaigns/C/channels/sms").json()["max_queue"] == 3
    usage = api.usage("dispositions/D/E")
    assert usage["recent_campaigns"] == [
        {"campaign": "C", "count": 10, "last_at": "2026-11-24T09:00:00.000Z"}
    ]
    assert api.usage("statuses/Break")["agents_now"] == ["ana"]
    assert api.items("audit", "?address=campaigns/C")[0]["by"] == "maria"
    assert api.using("blind").get("statuses").status_code == 403


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"resources": [{"address": "campaigns/C/statuses/S"}]}, "campaigns/C does not exist"),
        ({"resources": [{"address": "dispositions/D/E"}]}, "dispositions/D does not exist"),
        ({"resources": [{"address": "statuses/S", "color": "red"}]}, "statuses/S: color"),
        (
            {"resources": [{"address": "campaigns/C", "forms": ["No"]}]},
            "the form 'No' does not exist",
        ),
        (
            {"resources": [{"address": "statuses/S"}, {"address": "statuses/s"}]},
            "is in the seed twice",
        ),
        ({"agents": [{"user": "a", "status": "statuses/No"}]}, "statuses/No"),
        ({"things": []}, "things"),
        ({"agents": [{}]}, r'agents\[0\] needs "user", a string'),
        ({"agents": {}}, "agents must be a list"),
        ({"users": [{"name": "ana"}, {"name": 1}]}, r'users\[1\] needs "name", a string'),
        ({"resources": ["statuses/S"]}, r"resources\[0\] must be an object"),
        ({"audit": [{"address": "a", "by": "b", "hours_ago": "2"}]}, "hours_ago must be a number"),
        ({"profiles": {"p": {"statuses": "view"}}}, "profiles.p.statuses must be a list of rights"),
        ({"platform": "test"}, "platform must be an object"),
        ({"tokens": {"t": {"user": "ana"}}}, "needs a user and a profile"),
        ({"tokens": ["t"]}, "tokens must be an object"),
        ({"platform": {"limits": {"batch": 0}}}, "batch cannot be 0"),
        ({"platform": {"limits": {"body_bytes": 10**9}}}, "body_bytes cannot be 1000000000"),
        ({"platform": {"limits": {"pages": 1}}}, "pages cannot be 1"),
    ],
)
def test_an_invalid_seed_is_refused(broken: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        new_app(seed=broken)


def test_a_seed_can_lower_the_limits() -> None:
    api = Api(new_app(seed={"platform": {"limits": {"batch": 2, "body_bytes": 1000}}}))
    limits = api.get("platform").json()["limits"]
    assert (limits["batch"], limits["body_bytes"]) == (2, 1000)
    gets = [{"op": "get", "address": "statuses/Break"}] * 3
    assert api.call("POST", "/v1/batch", json={"operations": gets[:2]}).status_code == 200
    refused = api.call("POST", "/v1/batch", json={"operations": gets})
    assert (refused.status_code, refused.json()["code"]) == (413, "batch-too-large")
    refused = api.call("PATCH", "/v1/statuses/Break", content=b" " * 1001)
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


def test_an_unknown_or_malformed_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="not a seed"):
        new_app(seed="nonsense")


def test_the_empty_seed_has_a_directory_and_system_statuses() -> None:
    api = Api(new_app(seed="empty"))
    assert len(api.items("statuses")) == 5
    assert len(api.items("users")) == 60
    assert len(api.items("connectors")) == 26
    assert len(api.items("forms")) == 6
    assert api.items("campaigns") == []


def test_the_demo_contains_resources_and_traffic() -> None:
    api = Api(new_app(seed="demo"))
    assert api.get("platform").json()["id"] == "acme-dev"
    assert api.items("blacklist")
    campaigns = api.addresses("campaigns")
    assert "campaigns/Sales" in campaigns
    assert "campaigns/Canarias" not in campaigns
    assert "dispositions/Sale/Done/Instalments" in api.addresses("dispositions")
    assert len(api.usage("statuses/Lunch")["agents_now"]) == 4
    assert api.usage("campaigns/Sales/members")["open_by_user"]["tania"] == 2
    assert api.usage("dispositions/Sale/Done")["recent_interactions"] > 500
    assert api.usage("templates/Firma corporativa")["referrers"]
    assert api.usage("quality_models/Pilot 2025")["referrers"]
    assert api.usage("contacts/switchboard")["open_interactions"] == 2
    holiday = api.get("holidays/UY All Souls' Day").json()
    assert holiday["updated_by"] == "maria"
    assert holiday["date"] == "2026-11-03"


def test_the_demo_traffic_is_relative_to_the_clock(tmp_path: Path) -> None:
    api = Api(new_app(seed="demo", clock_start=None))
    assert api.usage("dispositions/Sale/Done")["recent_interactions"] > 500
    assert api.get("campaigns/Sales").json()["updated_at"] > NOW[:4]


def test_the_platform_id_can_be_set() -> None:
    assert Api(new_app(platform_id="mine")).get("platform").json()["id"] == "mine"


def test_the_campaigns_of_the_demo_could_take_its_traffic() -> None:
    """Its interactions are on channels that work, by members who may receive on them."""
    demo = Api(new_app(seed="demo"))
    channels = {item["address"]: item for item in demo.items("campaigns/-/channels")}
    members = {
        item["address"]: {member["user"]: member["channels"] for member in item["members"]}
        for item in demo.items("campaigns/-/members")
    }
    for interaction in demo.items("interactions", "?page_size=5000"):
        campaign = f"campaigns/{encode(interaction['campaign'])}"
        channel = channels[f"{campaign}/channels/{interaction['channel']}"]
        assert channel["enabled"]
        assert channel.get("numbers") != []
        rights = members[f"{campaign}/members"][interaction["user"]]
        assert rights.get(interaction["channel"], {}).get("receive", True), interaction
        for name in ("disposition", "template", "contact"):
            used = interaction[name] or ""
            assert not used.startswith("campaigns/") or used.startswith(f"{campaign}/")
