"""Conditional writes, idempotency keys, batches and the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.domain import deletes
from tests.sandbox.sandbox_api import Api, refused, settings

_DAY_SECONDS = 24 * 3600


def _patch(address: str, body: dict[str, Any], **rest: str) -> dict[str, Any]:
    return {"op": "patch", "address": address, "body": body, **rest}


def test_a_stale_write_is_refused_and_changes_nothing(api: Api) -> None:
    first = api.create("statuses/Lunch")
    second = api.patch("statuses/Lunch", {"icon": "a"}, If_Match=first["etag"]).json()
    assert (
        refused(api.patch("statuses/Lunch", {"icon": "b"}, If_Match=first["etag"]), 412, "stale")[
            "etag"
        ]
        == second["etag"]
    )
    refused(api.delete("statuses/Lunch", If_Match=first["etag"]), 412, "stale")
    assert api.get("statuses/Lunch").json() == second
    assert api.delete("statuses/Lunch", If_Match=f'"x", {second["etag"]}').status_code == 204


def test_members_have_their_own_etag(sales: Api) -> None:
    etag = sales.get("campaigns/Sales/members").headers["etag"]
    body = {"members": [{"user": "ana"}]}
    assert sales.put("campaigns/Sales/members", body, If_Match=etag).status_code == 200
    refused(sales.put("campaigns/Sales/members", {"members": []}, If_Match=etag), 412, "stale")
    assert sales.get("campaigns/Sales").json()["etag"]


def test_a_key_returns_its_first_answer_for_a_day(api: Api) -> None:
    first = api.post("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k")
    again = api.post("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["etag"] == first.headers["etag"]
    api.advance_clock(_DAY_SECONDS - 1)
    assert api.post("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k").status_code == 201
    api.advance_clock(1)
    refused(api.post("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k"), 409, "already-exists")


def test_a_key_returns_its_first_refusal_too(api: Api) -> None:
    refused(api.patch("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k"), 404, "not-found")
    api.create("statuses/Lunch")
    again = api.patch("statuses/Lunch", {"icon": "a"}, Idempotency_Key="k")
    refused(again, 404, "not-found")
    assert again.headers["idempotency-replayed"] == "true"


def test_a_key_used_for_something_else_is_refused(api: Api) -> None:
    api.post("statuses/A", {"icon": "a"}, Idempotency_Key="k")
    for answer in (
        api.post("statuses/A", {"icon": "b"}, Idempotency_Key="k"),
        api.post("statuses/B", {"icon": "a"}, Idempotency_Key="k"),
        api.patch("statuses/A", {"icon": "a"}, Idempotency_Key="k"),
    ):
        refused(answer, 422, "idempotency-mismatch")
    refused(api.get("statuses/B"), 404, "not-found")


def test_each_user_has_separate_keys(api: Api) -> None:
    api.post("statuses/A", {}, Idempotency_Key="k")
    assert api.using("sandbox-ci").post("statuses/B", {}, Idempotency_Key="k").status_code == 201


def test_an_invalid_key_is_refused(api: Api) -> None:
    refused(api.post("statuses/A", {}, Idempotency_Key="k" * 256), 400, "bad-idempotency-key")
    refused(api.get("statuses/A"), 404, "not-found")


def test_a_key_returns_the_answer_of_a_delete(api: Api) -> None:
    api.create("statuses/A")
    assert api.delete("statuses/A", Idempotency_Key="k").status_code == 204
    again = api.delete("statuses/A", Idempotency_Key="k")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (204, "true")
    refused(api.delete("statuses/A"), 404, "not-found")


def test_a_batch_runs_in_order_with_one_outcome_per_operation(api: Api) -> None:
    outcomes = api.batch(
        {"op": "create", "address": "campaigns/C"},
        {"op": "create", "address": "campaigns/C/statuses/S", "body": {"icon": "a"}},
        {"op": "create", "address": "campaigns/C/statuses/S"},
        {"op": "put", "address": "campaigns/C/members", "body": {"members": [{"user": "ana"}]}},
        {"op": "create", "address": "dispositions/D"},
        {"op": "rename", "address": "dispositions/D", "body": {"name": "E"}},
        {"op": "get", "address": "dispositions/E"},
        {"op": "get", "address": "dispositions/D"},
        {"op": "delete", "address": "campaigns/C/statuses/S"},
        {"op": "get", "address": "campaigns/C"},
    )
    assert [outcome["status"] for outcome in outcomes] == [
        201,
        201,
        409,
        200,
        200 + 1,
        200,
        200,
        404,
        204,
        200,
    ]
    assert outcomes[1]["resource"]["etag"]
    assert outcomes[2]["resource"] is None
    assert outcomes[2]["problem"]["code"] == "already-exists"
    assert "problem" not in outcomes[1]
    assert outcomes[8]["resource"] is None
    assert outcomes[9]["resource"]["member_count"] == 1
    assert outcomes[6]["resource"] == api.get("dispositions/E").json()


def test_a_batch_is_not_atomic(api: Api) -> None:
    stale = _patch("statuses/A", {"icon": "b"}, if_match='"old"')
    outcomes = api.batch({"op": "create", "address": "statuses/A"}, stale)
    assert [outcome["status"] for outcome in outcomes] == [201, 412]
    assert api.get("statuses/A").json()["icon"] == "circle"


def test_keys_work_in_batches_and_across_them(api: Api) -> None:
    create = {"op": "create", "address": "statuses/A", "idempotency_key": "k"}
    first, second = api.batch(create, create)
    assert "replayed" not in first
    assert second == {**first, "replayed": True}
    (third,) = api.batch(create)
    assert third == second
    (other,) = api.batch({**create, "address": "statuses/B"})
    assert other["problem"]["code"] == "idempotency-mismatch"


def test_a_batch_uses_decoded_addresses(api: Api) -> None:
    (made,) = api.batch({"op": "create", "address": "statuses/24%2F7 100%25: é"})
    assert made["resource"]["name"] == "24/7 100%: é"
    assert api.get("statuses/24%2F7 100%25: é").json() == made["resource"]


def test_malformed_batches_are_refused_whole(api: Api) -> None:
    def send(body: Any) -> Any:
        return api.call("POST", "/v1/batch", json=body)

    get = {"op": "get", "address": "statuses/Break"}
    refused(send({"operations": [get] * 1001}), 413, "batch-too-large")
    assert len(send({"operations": [get] * 1000}).json()["outcomes"]) == 1000
    for body in (
        {},
        {"operations": [1]},
        {"operations": [{"op": "get"}]},
        {"operations": [{**get, "x": 1}]},
    ):
        refused(send(body), 400, "bad-batch")
    refused(send([]), 400, "malformed")
    assert (
        api.batch({"op": "fly", "address": "statuses/Break"})[0]["problem"]["code"]
        == "bad-operation"
    )
    assert api.batch() == []


def test_the_audit_log_records_who_changed_what_and_when(sales: Api) -> None:
    sales.advance_clock(60)
    sales.using("sandbox-ci").patch(
        "campaigns/Sales/channels/sms", {"max_queue": 5, "automations": {"on_end": "log"}}
    )
    (entry,) = sales.items("audit", "?address=campaigns/Sales/channels/sms")
    assert entry == {
        "at": "2026-11-24T10:01:00.000Z",
        "by": "ci",
        "address": "campaigns/Sales/channels/sms",
        "action": "update",
        "changes": [
            {"path": "max_queue", "before": 0, "after": 5},
            {"path": "automations.on_end", "before": None, "after": "log"},
        ],
    }


def test_the_audit_log_is_newest_first_paged_and_filtered(sales: Api) -> None:
    sales.advance_clock(60)
    for name in ("A", "B", "C"):
        sales.create(f"statuses/{name}")
    query = "?address=statuses/A&address=statuses/c&page_size=1"
    page = sales.call("GET", f"/v1/audit{query}").json()
    assert (page["items"][0]["address"], page["total"]) == ("statuses/C", 2)
    rest = sales.items("audit", f"{query}&page_token={page['next_page_token']}")
    assert [item["address"] for item in rest] == ["statuses/A"]
    assert len(sales.items("audit", "?since=2026-11-24T10:01:00Z")) == 3
    assert len(sales.items("audit", "?since=2026-11-24T11:01:00%2B01:00")) == 3
    refused(sales.call("GET", "/v1/audit?since=yesterday"), 400, "bad-since")
    refused(sales.call("GET", "/v1/audit?address=nonsense"), 400, "bad-address")


def test_malformed_bodies_are_refused(api: Api) -> None:
    def send(content: bytes) -> Any:
        return api.call("PATCH", "/v1/statuses/Break", content=content)

    refused(send(b"{"), 400, "malformed")
    refused(send(b'{"icon": "\xff"}'), 400, "malformed")
    refused(send(b"[]"), 400, "malformed")
    refused(send(b'"x"'), 400, "malformed")
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    assert send(deep).status_code in (400, 422)
    refused(
        api.call("POST", "/v1/statuses/X", content=b" " * (64 * 1024 * 1024 + 1)),
        413,
        "body-too-large",
    )


def test_an_unknown_route_is_a_problem_document(api: Api) -> None:
    refused(api.call("GET", "/elsewhere"), 404, "not-found")
    refused(api.call("GET", "/v1/nonsense/x"), 404, "not-found")
    refused(api.call("GET", "/v1/statuses/"), 404, "not-found")
    refused(api.call("PUT", "/v1/batch"), 405, "method-not-allowed")
    refused(api.call("PUT", "/v1/statuses"), 405, "method-not-allowed")
    refused(api.call("POST", "/v1/openapi.json"), 404, "not-found")


def test_a_crash_rolls_everything_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object, **kwargs: object) -> None:
        raise RuntimeError("boom")

    create = {"op": "create", "address": "statuses/A", "idempotency_key": "k"}
    with monkeypatch.context() as patched:
        patched.setattr(deletes, "delete", crash)
        operations = [create, {"op": "delete", "address": "statuses/Break"}]
        answer = api.call("POST", "/v1/batch", json={"operations": operations})
        refused(answer, 500, "crash")
    refused(api.get("statuses/A"), 404, "not-found")
    assert api.items("audit", "?address=statuses/A") == []
    (outcome,) = api.batch(create)
    assert (outcome["status"], "replayed" in outcome) == (201, False)


def test_custom_middleware_can_change_answers() -> None:
    class Faulty:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await Response(status_code=503, headers={"Retry-After": "1"})(scope, receive, send)

    app = create_app(settings(), middleware=[Middleware(Faulty)])
    assert Api(app).get("statuses").headers["retry-after"] == "1"
