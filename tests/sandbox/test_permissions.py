"""Tokens and profiles: the rights per section."""

from __future__ import annotations

import pytest

from reconciler.kinds.base import Kind
from reconciler.sandbox.api.server import tokens_from
from reconciler.sandbox.permissions import RIGHTS, SECTIONS, Access
from tests.kinds.examples import CREATED_KINDS, example_address, required_fields
from tests.sandbox.sandbox_api import Api, new_app, refused

PATHS = {
    "campaigns": [
        "campaigns",
        "campaigns/Sales",
        "campaigns/-/channels",
        "campaigns/-/members",
        "campaigns/Sales/channels",
        "campaigns/Sales/members",
        "users",
        "users/ana",
        "connectors",
        "forms",
        "interactions",
        "audit?address=campaigns/Sales",
        "campaigns?view=usage",
        "campaigns/Sales:usage",
    ],
    "dispositions": [
        "dispositions",
        "dispositions/D",
        "campaigns/-/dispositions",
        "campaigns/Sales/dispositions",
        "audit?address=dispositions/D",
        "dispositions/D:usage",
    ],
    "quality_models": ["quality_models", "quality_models/Q", "audit?address=quality_models/Q"],
    "holidays": ["holidays", "holidays/H"],
    "templates": ["templates", "templates/T", "campaigns/-/templates"],
    "statuses": ["statuses", "statuses/Break", "campaigns/-/statuses", "statuses/Break:usage"],
    "blacklist": ["blacklist", "blacklist/a@example.com", "campaigns/-/blacklist"],
    "contacts": ["contacts", "contacts/k", "campaigns/-/contacts"],
}


def _api(**spec: list[str]) -> Api:
    app = new_app(
        profiles={"odd": {"*": ["*"], **spec}},
        tokens={"odd": {"user": "odd", "profile": "odd"}},
    )
    admin = Api(app)
    admin.create("campaigns/Sales")
    return admin.using("odd")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_without_view_is_refused_in_every_call(section: str) -> None:
    api = _api(**{section: ["create", "update", "delete"]})
    for path in PATHS.get(section, [section]):
        problem = refused(api.call("GET", f"/v1/{path}"), 403, "forbidden")
        assert (problem["section"], problem["right"]) == (section, "view")
    refused(api.call("GET", "/v1/audit"), 403, "forbidden")
    for other in SECTIONS:
        if other != section:
            assert api.get(other).status_code == 200


@pytest.mark.parametrize("kind", CREATED_KINDS, ids=lambda kind: kind.name)
def test_each_right_is_independent(kind: Kind) -> None:
    address, body, section = example_address(kind), required_fields(kind), kind.permission_section
    viewer = _api(**{section: ["view"]})
    admin = viewer.using("sandbox-admin")
    assert refused(viewer.post(address, body), 403, "forbidden")["right"] == "create"
    admin.create(address, body)
    assert viewer.get(address).status_code == 200
    assert refused(viewer.patch(address, {}), 403, "forbidden")["right"] == "update"
    assert refused(viewer.delete(address), 403, "forbidden")["right"] == "delete"
    outcome = viewer.batch({"op": "get", "address": address}, {"op": "delete", "address": address})
    assert [item["status"] for item in outcome] == [200, 403]
    assert outcome[1]["problem"]["section"] == section
    assert admin.delete(address).status_code == 204


def test_channels_and_members_need_the_rights_on_campaigns() -> None:
    api = _api(campaigns=["view"])
    refused(api.patch("campaigns/Sales/channels/sms", {}), 403, "forbidden")
    refused(api.put("campaigns/Sales/members", {"members": []}), 403, "forbidden")
    refused(api.verb("campaigns/Sales", "copyMembers", {"to": "Sales"}), 403, "forbidden")


def test_authentication_comes_before_every_other_check(api: Api) -> None:
    for token in (None, "wrong"):
        for method, path in (
            ("GET", "/v1/platform"),
            ("GET", "/v1/nonsense"),
            ("POST", "/v1/batch"),
        ):
            answer = api.using(token).call(method, path)
            refused(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    basic = api.using(None).call(
        "GET", "/v1/platform", headers={"Authorization": "Basic sandbox-admin"}
    )
    refused(basic, 401, "unauthenticated")


def test_the_default_tokens() -> None:
    api = Api(new_app())
    assert api.using("sandbox-ci").get("platform").json()["user"] == "ci"
    assert api.using("sandbox-ci").post("statuses/X").status_code == 201
    refused(api.using("sandbox-viewer").post("statuses/Y"), 403, "forbidden")


def test_invalid_profiles_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown profile 'none'"):
        Access({}, {"t": {"user": "u", "profile": "none"}})
    with pytest.raises(ValueError, match="unknown sections or rights: state"):
        Access({"p": {"state": ["view"]}}, {})
    with pytest.raises(ValueError, match="unknown sections or rights: see"):
        Access({"p": {"*": ["see"]}}, {})
    assert RIGHTS[0] == "view"


def test_tokens_can_come_from_the_environment() -> None:
    text = '{"t": {"user": "u", "profile": "viewer"}}'
    assert tokens_from({"RECONCILER_SANDBOX_TOKENS": text})["t"]["user"] == "u"
    assert tokens_from({}) == {}
