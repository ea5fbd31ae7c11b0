"""Each fault: the answer, the effect, and the requests that get it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

import httpx
import pytest

from reconciler.sandbox.faults.faults import Faults, fault_plan
from tests.sandbox.faults.faulty_api import URL, Faulty, faulty_app, operation
from tests.sandbox.sandbox_api import Api, refused

# The effect of each fault


@pytest.mark.parametrize("fault", ["401", "429", "500", "502", "503"])
def test_a_refused_write_has_no_effect(faulty: Faulty, fault: str) -> None:
    faulty.inject({"fault": fault})
    answer = faulty.post("statuses/X")
    assert answer.status_code == int(fault)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == int(fault)
    assert faulty.injected() == {fault: 1}
    assert not faulty.exists("statuses/X")


def test_a_refused_write_can_take_effect(faulty: Faulty) -> None:
    faulty.inject({"fault": 502, "takes_effect": True})
    assert faulty.post("statuses/X").status_code == 502
    assert faulty.exists("statuses/X")


@pytest.mark.parametrize(("asked", "sent"), [(None, None), (2, "2"), ("soon", "soon")])
def test_a_refusal_can_have_retry_after_seconds(
    faulty: Faulty, asked: Any, sent: str | None
) -> None:
    faulty.inject({"fault": 429, "retry_after": asked})
    assert faulty.get("statuses").headers.get("retry-after") == sent


def test_a_refusal_can_have_a_retry_after_date(faulty: Faulty) -> None:
    faulty.inject({"fault": 503, "retry_after": {"date_in": 60}})
    until = parsedate_to_datetime(faulty.get("statuses").headers["retry-after"])
    assert 50 < (until - datetime.now(UTC)).total_seconds() <= 60


def test_reset_before_writes_nothing(faulty: Faulty) -> None:
    faulty.inject({"fault": "reset-before"})
    with pytest.raises(httpx.ReadError):
        faulty.post("statuses/X")
    assert not faulty.exists("statuses/X")


def test_reset_after_writes(faulty: Faulty) -> None:
    faulty.inject({"fault": "reset-after"})
    with pytest.raises(httpx.ReadError):
        faulty.post("statuses/X")
    assert faulty.exists("statuses/X")


def test_a_reset_in_process_is_an_exception(faulty: Faulty) -> None:
    faulty.inject({"fault": "reset-before"})

    async def send() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(faulty.app)) as client:
            await client.get(f"{URL}/v1/statuses")

    with pytest.raises(ConnectionResetError):
        asyncio.run(send())


def test_a_write_with_a_truncated_answer_takes_effect(faulty: Faulty) -> None:
    faulty.inject({"fault": "truncated-body"})
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.post("statuses/X")
    assert faulty.exists("statuses/X")


def test_an_answer_without_a_body_is_reset_instead_of_truncated(faulty: Faulty) -> None:
    faulty.create("statuses/X")
    faulty.inject({"fault": "truncated-body"})
    with pytest.raises(httpx.ReadError):
        faulty.delete("statuses/X")
    assert not faulty.exists("statuses/X")


@pytest.mark.parametrize(
    ("how", "items", "total", "has_token"),
    [("items", 3, 10, True), ("token", 6, 10, False), ("total", 6, 11, True)],
)
def test_a_truncated_page_is_inconsistent(
    faulty: Faulty, how: str, items: int, total: int, has_token: bool
) -> None:
    faulty.inject({"fault": "truncated-page", "how": how, "times": 1})
    wrong = faulty.get("statuses", "?page_size=6")
    page = wrong.json()
    assert (len(page["items"]), page["total"]) == (items, total)
    assert ("next_page_token" in page) is has_token
    assert (page.get("next_page_token") is not None) is (how == "total")
    right = faulty.get("statuses", "?page_size=6")
    assert right.headers["etag"] == wrong.headers["etag"]
    assert len(right.json()["items"]) == 6
    assert right.json()["next_page_token"]


def test_a_page_that_cannot_be_truncated_is_not_counted(faulty: Faulty) -> None:
    faulty.inject({"fault": "truncated-page"})
    assert faulty.get("templates").json()["items"] == []
    etag = faulty.get("users").headers["etag"]
    faulty.inject({"fault": "truncated-page"})
    assert faulty.get("users", If_None_Match=etag).status_code == 304
    assert faulty.injected() == {}


@pytest.mark.parametrize(
    "edit", [None, {"op": "patch", "address": "statuses/S0", "body": {"icon": "headset"}}]
)
def test_a_list_changes_after_a_page(faulty: Faulty, edit: dict[str, Any] | None) -> None:
    faulty.inject({"fault": "changing-page", "times": 1, "edit": edit})
    first = faulty.get("statuses", "?page_size=6")
    token = first.json()["next_page_token"]
    second = faulty.get("statuses", f"?page_size=6&page_token={token}")
    assert first.headers["etag"] != second.headers["etag"]
    assert faulty.injected() == {"changing-page": 1}
    found = faulty.get("statuses/S0").json()
    assert (found["icon"] == "headset") is (edit is not None)
    assert (found["updated_by"] == "somebody") is (edit is not None)


def test_the_list_of_one_campaign_changes_too(sales: Api) -> None:
    faulty = Faulty(sales.app)
    for name in "AB":
        sales.create(f"campaigns/Sales/statuses/{name}")
    faulty.inject({"fault": "changing-page"})
    path = "campaigns/Sales/statuses"
    first, again = (faulty.get(path, "?page_size=1").headers["etag"] for _ in range(2))
    assert first != again


def test_a_list_of_one_page_does_not_change(faulty: Faulty) -> None:
    faulty.inject({"fault": "changing-page"})
    first, again = (faulty.get("statuses").headers["etag"] for _ in range(2))
    assert first == again
    assert faulty.injected() == {}


def test_a_refused_edit_is_reported(faulty: Faulty) -> None:
    edit = {"op": "delete", "address": "statuses/None"}
    faulty.inject({"fault": "changing-page", "edit": edit})
    with pytest.raises(ValueError, match="statuses/None does not exist"):
        faulty.get("statuses", "?page_size=6")


def test_latency_combines_with_another_fault(faulty: Faulty) -> None:
    faulty.inject({"fault": "latency", "seconds": 0.02, "jitter": 0.01}, {"fault": 503})
    begun = monotonic()
    assert faulty.post("statuses/X").status_code == 503
    assert monotonic() - begun >= 0.02
    assert faulty.injected() == {"latency": 1, "503": 1}


def test_a_delayed_write_takes_effect_with_its_whole_body(faulty: Faulty) -> None:
    faulty.inject({"fault": "latency", "seconds": 0.001})
    assert faulty.post("statuses/X", {"icon": "headset"}).json()["icon"] == "headset"


def test_a_body_can_be_sent_slowly(faulty: Faulty) -> None:
    whole = faulty.get("statuses").content
    faulty.inject({"fault": "slow-drip", "seconds": 0.001, "chunk_bytes": 100})
    begun = monotonic()
    assert faulty.get("statuses").content == whole
    assert monotonic() - begun >= 0.001 * len(whole) // 100
    faulty.create("statuses/X")
    assert faulty.delete("statuses/X").status_code == 204


@pytest.mark.parametrize("status", [429, 503])
def test_one_operation_of_a_batch_is_refused(faulty: Faulty, status: int) -> None:
    faulty.inject({"fault": "item-503", "item": 2, "status": status})
    outcomes = faulty.batch(*[operation(f"statuses/{name}") for name in "ABC"])
    assert [outcome["status"] for outcome in outcomes] == [201, status, 201]
    assert outcomes[1]["resource"] is None
    assert outcomes[1]["problem"]["status"] == status
    assert outcomes[2]["resource"]["name"] == "C"
    assert [faulty.exists(f"statuses/{name}") for name in "ABC"] == [True, False, True]


def test_the_seed_chooses_the_refused_operation(faulty: Faulty) -> None:
    def refused_places() -> list[int]:
        faulty.inject({"fault": "item-503"}, seed=5)
        reads = [{"op": "get", "address": f"statuses/S{number}"} for number in range(5)]
        return [
            [outcome["status"] for outcome in faulty.batch(*reads)].index(503) for _ in range(12)
        ]

    places = refused_places()
    assert refused_places() == places
    assert len(set(places)) > 1


@pytest.mark.parametrize(("given", "done"), [(None, 2), (1, 1), (3, 3), (9, 4)])
def test_half_a_batch_takes_effect(faulty: Faulty, given: int | None, done: int) -> None:
    faulty.inject({"fault": "half-batch", "operations": given})
    with pytest.raises(httpx.ReadError):
        faulty.batch(*[operation(f"statuses/{name}") for name in "ABCD"])
    assert [faulty.exists(f"statuses/{name}") for name in "ABCD"] == [
        place < done for place in range(4)
    ]


@pytest.mark.parametrize("fault", ["half-batch", "item-503"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"operations": []}'])
def test_an_invalid_batch_gets_its_usual_answer(faulty: Faulty, fault: str, body: bytes) -> None:
    expected = faulty.call("POST", "/v1/batch", content=body)
    faulty.inject({"fault": fault})
    answer = faulty.call("POST", "/v1/batch", content=body)
    assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
    assert faulty.injected() == {}


def test_an_unauthenticated_batch_is_refused_whole(faulty: Faulty) -> None:
    faulty.inject({"fault": "item-503"})
    nobody = Faulty(faulty.app, "nobody")
    answer = nobody.call("POST", "/v1/batch", json={"operations": [operation("statuses/A")]})
    refused(answer, 401, "unauthenticated")
    assert faulty.injected() == {}


# The requests that get a fault


@pytest.mark.parametrize(
    ("nth", "struck"),
    [
        (3, [3]),
        ([1, 4], [1, 4]),
        ({"from": 2, "to": 4}, [2, 3, 4]),
        ({"from": 6}, [6, 7, 8]),
        ({"every": 3}, [3, 6]),
        ({"every": 2, "from": 4}, [4, 6, 8]),
    ],
)
def test_nth_counts_only_matching_requests(nth: Any, struck: list[int]) -> None:
    match = {"method": "get", "path": "/v1/statuses*", "nth": nth}
    faults = Faults(fault_plan({"rules": [{"match": match, "fault": 503}]}))
    found = []
    for number in range(1, 9):
        assert faults.decide("POST", "/v1/statuses/X").injection is None
        assert faults.decide("GET", "/v1/users").injection is None
        if faults.decide("GET", f"/v1/statuses/S{number}").injection is not None:
            found.append(number)
    assert found == struck


def test_times_limits_a_rule_and_the_first_rule_wins(faulty: Faulty) -> None:
    faulty.inject({"fault": 503, "times": 2}, {"fault": 429, "times": 1})
    statuses = [faulty.get("statuses").status_code for _ in range(4)]
    assert statuses == [503, 503, 429, 200]
    assert faulty.injected() == {"503": 2, "429": 1}


@pytest.mark.parametrize("fault", ["truncated-page", "changing-page", "half-batch", "item-503"])
def test_a_fault_matches_only_requests_it_can_apply_to(fault: str) -> None:
    faults = Faults(fault_plan({"rules": [{"fault": fault}]}))
    for method, path in [
        ("GET", "/v1/platform"),
        ("GET", "/v1/statuses/X"),
        ("GET", "/v1/statuses/X:usage"),
        ("GET", "/v1/%ff"),
        ("POST", "/v1/statuses/X"),
        ("GET", "/v1/batch"),
    ]:
        assert faults.decide(method, path).injection is None
    assert faults.document()["rules"][0]["matched"] == 0


def test_controls_and_openapi_have_no_faults(faulty: Faulty) -> None:
    faulty.inject({"fault": "reset-before"})
    for path in ("/_test/requests", "/_test/faults", "/openapi.json"):
        assert faulty.call("GET", path).status_code == 200
    faulty.advance_clock(1)
    assert faulty.injected() == {}


def test_controls_replace_count_and_remove_faults(faulty: Faulty) -> None:
    rules = [{"fault": 503, "match": {"path": "/v1/users"}}]
    answer = faulty.call("PUT", "/_test/faults", json={"seed": 9, "rules": rules})
    assert answer.json()["total"] == 0
    faulty.get("users")
    faulty.get("statuses")
    assert faulty.call("GET", "/_test/faults").json() == {
        "seed": 9,
        "total": 1,
        "injected": {"503": 1},
        "rules": [{"fault": "503", "matched": 1, "injected": 1}],
    }
    refused(faulty.call("PUT", "/_test/faults", content=b"{"), 400, "bad-faults")
    refused(faulty.call("PUT", "/_test/faults", json={"rules": 3}), 400, "bad-faults")
    assert faulty.injected() == {"503": 1}
    assert faulty.call("DELETE", "/_test/faults").status_code == 204
    assert faulty.get("users").status_code == 200


def test_faults_need_no_controls() -> None:
    with faulty_app(test_controls=False, faults={"rules": [{"fault": 503}]}) as app:
        assert Faulty(app).get("statuses").status_code == 503
        refused(Faulty(app).call("GET", "/_test/faults"), 404, "not-found")
