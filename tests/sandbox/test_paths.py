"""Names with any characters, in the raw path."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.kinds.address import join
from reconciler.kinds.values.names import clean_name
from tests.sandbox.sandbox_api import Api, refused

NAMES = [
    "24/7",
    "100%",
    "50%2F50",
    "a:usage",
    "Tea: time",
    ":rename",
    "x:rename",
    "?q=1#f",
    "🍕 & chips",
    "ביקור",
    "مكالمة / خطأ",
    "e\u0301",
    "a+b c",
    "...",
    '"quoted" \\ back',
    "x" * 128,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_survives_the_path(api: Api, name: str) -> None:
    address = join("dispositions", name)
    assert api.create(address)["name"] == name
    child = join("dispositions", name, name)
    assert api.create(child)["address"] == child
    assert api.get(child).json()["name"] == name
    assert api.usage(child)["address"] == child
    assert api.verb(child, "rename", {"name": "plain"}).json()["name"] == "plain"
    assert (
        api.verb(join("dispositions", name, "plain"), "rename", {"name": name}).status_code == 200
    )
    assert api.addresses("dispositions") == [address, child]
    (outcome,) = api.batch({"op": "get", "address": child})
    assert outcome["resource"]["name"] == name
    assert api.delete(address).status_code == 204


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(min_size=1, max_size=128))
def test_any_name_is_stored_unchanged_or_refused(api: Api, name: str) -> None:
    try:
        clean_name(name)
    except ValueError:
        return
    address = join("statuses", name)
    if api.post(address).status_code == 409:
        return
    assert api.get(address).json()["name"] == name
    assert api.delete(address).status_code == 204


@pytest.mark.parametrize("name", [" x", "x ", ".", "..", "a\u0007", "x" * 129])
def test_invalid_names_are_refused(api: Api, name: str) -> None:
    path = "/v1/statuses/" + "".join(f"%{byte:02X}" for byte in name.encode())
    refused(api.call("POST", path, json={}), 422, "invalid")


def test_a_verb_needs_an_unencoded_colon(api: Api) -> None:
    api.create("statuses/Lunch")
    assert "referrers" in api.call("GET", "/v1/statuses/Lunch:usage").json()
    refused(api.call("GET", "/v1/statuses/Lunch%3Ausage"), 404, "not-found")
    api.create("statuses/Lunch:usage")
    assert api.call("GET", "/v1/statuses/Lunch%3Ausage").json()["name"] == "Lunch:usage"
    refused(api.call("POST", "/v1/statuses/Lunch:usage"), 405, "method-not-allowed")


@pytest.mark.parametrize("raw", ["%ff", "%C3", "a%E2%82"])
def test_invalid_encodings_are_refused(api: Api, raw: str) -> None:
    refused(api.call("GET", f"/v1/statuses/{raw}"), 400, "bad-path")
