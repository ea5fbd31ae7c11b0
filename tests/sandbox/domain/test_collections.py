"""Lists: pages, search, ETags, and the computed fields of campaigns."""

from __future__ import annotations

import pytest

from tests.sandbox.sandbox_api import Api, refused


def test_pages_contain_each_resource_once_in_creation_order(api: Api) -> None:
    names = [f"statuses/S{number}" for number in (3, 1, 2)]
    for name in names:
        api.create(name)
    found, token, etags = [], "", set()
    while True:
        answer = api.call("GET", f"/v1/statuses?page_size=3{token}")
        etags.add(answer.headers["etag"])
        page = answer.json()
        assert page["total"] == 8
        found += [item["address"] for item in page["items"]]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    assert found[5:] == names
    assert len(set(found)) == 8
    assert len(etags) == 1


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=5001",
        "page_size=x",
        "page_size=-1",
        "page_token=zz",
        "page_token=%C3%A9",
        "view=all",
    ],
)
def test_invalid_queries_are_refused(api: Api, query: str) -> None:
    assert api.call("GET", f"/v1/statuses?{query}").status_code == 400


def test_search_finds_parts_of_names_ignoring_case(api: Api) -> None:
    for name in ("Lunch", "Long lunch", "100%", "ÜBER"):
        api.create(f"statuses/{name.replace('%', '%25')}")
    assert api.addresses("statuses", "?search=LUNCH") == ["statuses/Lunch", "statuses/Long lunch"]
    assert api.addresses("statuses", "?search=%25") == ["statuses/100%25"]
    assert api.addresses("statuses", "?search=_") == []
    assert api.addresses("statuses", "?search=%C3%BCb") == ["statuses/ÜBER"]


def test_an_unchanged_list_is_not_sent_again(sales: Api) -> None:
    for path in (
        "statuses",
        "campaigns",
        "campaigns/-/channels",
        "campaigns/Sales/channels",
        "users",
    ):
        etag = sales.call("GET", f"/v1/{path}").headers["etag"]
        again = sales.call("GET", f"/v1/{path}", headers={"If-None-Match": etag})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == etag


def test_a_lists_etag_changes_only_with_effective_writes_in_it(sales: Api) -> None:
    sales.create("campaigns/Support")

    def etags() -> dict[str, str]:
        paths = (
            "campaigns",
            "campaigns/-/statuses",
            "campaigns/Sales/statuses",
            "campaigns/Support/statuses",
            "statuses",
            "campaigns/-/members",
        )
        return {path: sales.call("GET", f"/v1/{path}").headers["etag"] for path in paths}

    before = etags()
    sales.create("campaigns/Sales/statuses/X")
    after = etags()
    assert {p for p in before if before[p] != after[p]} == {
        "campaigns/-/statuses",
        "campaigns/Sales/statuses",
    }
    sales.patch("campaigns/Sales/statuses/X", {"icon": "circle"})
    assert etags() == after
    sales.delete("campaigns/Support")
    for path in ("campaigns", "campaigns/-/channels", "campaigns/-/members"):
        sent = after.get(path, before.get(path, ""))
        assert sales.call("GET", f"/v1/{path}", headers={"If-None-Match": sent}).status_code == 200


def test_two_sandboxes_never_share_a_lists_etag(api: Api) -> None:
    from tests.sandbox.sandbox_api import new_app

    other = Api(new_app())
    assert other.get("statuses").headers["etag"] != api.get("statuses").headers["etag"]


def test_an_etag_covers_only_writable_fields(sales: Api) -> None:
    before = sales.get("campaigns/Sales").json()
    listed = sales.get("campaigns").headers["etag"]
    sales.put("campaigns/Sales/members", {"members": [{"user": "ana"}]})
    sales.interact("Sales")
    sales.advance_clock(3600)
    after = sales.get("campaigns/Sales").json()
    assert (after["member_count"], after["interaction_count"]) == (1, 1)
    assert after["etag"] == before["etag"]
    assert sales.get("campaigns").headers["etag"] == listed
    assert sales.get("campaigns/Sales", If_None_Match=after["etag"]).status_code == 304
    sales.patch("campaigns/Sales", {"enabled": False})
    back = sales.patch("campaigns/Sales", {"enabled": True}).json()
    assert back["etag"] == before["etag"]
    assert back["updated_at"] > before["updated_at"]


def test_a_write_without_changes_has_no_effect(sales: Api) -> None:
    before = sales.get("campaigns/Sales").json()
    sales.advance_clock(60)
    assert sales.patch("campaigns/Sales", {"enabled": True}).json() == before
    assert len(sales.items("audit", "?address=campaigns/Sales")) == 1


def test_open_now_follows_schedule_time_zone_holidays_and_enabled(api: Api) -> None:
    # 10:00 UTC on Tuesday, 24 November 2026: 07:00 in Montevideo, 19:00 in Tokyo.
    week = {"tue": ["06:00-08:00"]}
    shown = api.create("campaigns/M", {"time_zone": "America/Montevideo", "schedule": week})
    assert (shown["open_now"], shown["today"]) == (True, ["06:00-08:00"])
    assert not api.create("campaigns/T", {"time_zone": "Asia/Tokyo", "schedule": week})["open_now"]
    api.create("holidays/H", {"date": "2025-11-24", "recurring": True, "campaigns": ["M"]})
    closed = api.get("campaigns/M").json()
    assert (closed["open_now"], closed["today"]) == (False, [])
    api.delete("holidays/H")
    assert api.get("campaigns/M").json()["open_now"]
    assert api.items("campaigns")[0]["open_now"]
    assert not api.patch("campaigns/M", {"enabled": False}).json()["open_now"]


def test_the_directory_is_read_only(api: Api) -> None:
    assert api.items("users")[0] == {"address": "users/ana", "name": "ana", "full_name": "Ana"}
    assert api.items("connectors")[0]["numbers"] == ["+59829001000", "+59829001001"]
    assert api.items("forms") == [{"address": "forms/Order", "name": "Order"}]
    assert api.get("users/ana").json()["name"] == "ana"
    refused(api.get("users/nobody"), 404, "not-found")
    refused(api.post("users/x"), 405, "method-not-allowed")
    refused(api.call("POST", "/v1/users"), 405, "method-not-allowed")


def test_lists_of_unknown_campaigns_are_not_found(api: Api) -> None:
    refused(api.get("campaigns/No/statuses"), 404, "not-found")
    refused(api.get("channels"), 404, "not-found")
    refused(api.get("campaigns/-/holidays"), 404, "not-found")


def test_head_is_answered_like_get(api: Api) -> None:
    answer = api.call("HEAD", "/v1/statuses")
    assert answer.status_code == 200
    assert answer.headers["etag"]


def test_the_platform_returns_its_identity_and_the_callers_permissions(api: Api) -> None:
    shown = api.get("platform").json()
    assert shown["id"] == "test"
    assert shown["limits"]["page_size"] == 5000
    assert shown["limits"]["batch"] == 1000
    assert shown["user"] == "admin"
    assert shown["permissions"]["statuses"] == [
        "view",
        "create",
        "update",
        "delete",
        "import",
        "export",
    ]
    assert api.using("sandbox-viewer").get("platform").json()["permissions"]["contacts"] == ["view"]


def test_openapi_describes_every_call(api: Api) -> None:
    paths = api.using(None).call("GET", "/openapi.json").json()["paths"]
    for path in (
        "/v1/campaigns",
        "/v1/campaigns/{campaign}/members",
        "/v1/batch",
        "/v1/audit",
        "/v1/platform",
        "/v1/dispositions/{path}:rename",
        "/v1/statuses/{name}:usage",
    ):
        assert path in paths
