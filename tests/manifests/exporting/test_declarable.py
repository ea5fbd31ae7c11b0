"""An export passes `validate`; resources that no manifest can declare are left out and reported."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from reconciler.errors import UsageError
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import Connector, Directory, LiveResource
from reconciler.manifests.desired import Manifests
from reconciler.manifests.exporting.export import PERSONAL, export_files, left_out, write_files
from reconciler.manifests.loading.loader import load_manifests
from reconciler.manifests.settings import Environment, ProjectSettings

SETTINGS = ProjectSettings(
    "acme", Environment("dev", "http://127.0.0.1:8350", "acme-dev"), frozenset({"statuses"})
)
SOUND = "campaigns/Sales/statuses/Coaching"


def _live(address: str, fields: Fields | None = None, **raw: JsonValue) -> LiveResource:
    """A resource as a platform gives it; `raw` fields are not validated."""
    kind = parse_address(address).kind
    complete = {**kind.with_defaults(address, fields or {}), **raw}
    return LiveResource(Address(address), kind, complete, etag='"1"')


def _exported(*resources: LiveResource, names: Mapping[str, str] | None = None) -> Manifests:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "exported"
        write_files(export_files(resources, SETTINGS, include=PERSONAL, names=names), target)
        return load_manifests(target, "dev")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (_live("statuses/Lu\u200bnch"), "invisible"),
        (_live("campaigns/Sales/statuses/Lu\u200bnch"), "invisible"),
        (_live("blacklist/213432525"), "manifests refuse its customer"),
        (_live("blacklist/carol"), "manifests refuse its customer"),
        (_live("blacklist/\u202a+59829001234\u202c"), "its customer is not in normal form"),
        (_live("campaigns/Sales", forms=["Or\u200bder"]), "invisible"),
    ],
)
def test_what_no_manifest_can_declare_is_left_out_with_the_reason(
    bad: LiveResource, why: str
) -> None:
    estate = [_live("statuses/Break"), _live("blacklist/instagram:213432525"), bad]
    reasons = left_out(estate, include=PERSONAL)
    assert list(reasons) == [bad.address]
    assert why in reasons[bad.address]
    found = _exported(*estate).desired.resources
    assert list(found) == ["blacklist/instagram:213432525", "statuses/break"]


def test_resources_below_an_undeclarable_one_are_left_out() -> None:
    campaign = "campaigns/Sa\u200bles"
    estate = [_live(campaign), _live(f"{campaign}/statuses/Coaching"), _live("statuses/Break")]
    assert list(left_out(estate)) == [campaign, f"{campaign}/statuses/Coaching"]
    assert list(_exported(*estate).desired.resources) == ["statuses/break"]


def test_a_partial_export_declares_no_complete_list() -> None:
    estate = [
        _live("campaigns/Sales"),
        _live(SOUND),
        _live("campaigns/Sales/statuses/Lu\u200bnch"),
        _live("statuses/Lu\u200bnch"),
        _live("statuses/Break"),
        _live("dispositions/Sale"),
        _live("dispositions/Sale/Done"),
        _live("dispositions/Sale/Lo\u200bst"),
    ]
    made = _exported(*estate)
    assert made.settings.exclusive == frozenset()
    whole = {listed.address for listed in made.desired.lists.values() if listed.complete}
    assert "campaigns/Sales/statuses" not in whole
    assert "dispositions/Sale" not in whole
    complete = _exported(*[resource for resource in estate if resource.address.isascii()])
    assert complete.settings.exclusive == {"statuses"}
    whole = {listed.address for listed in complete.desired.lists.values() if listed.complete}
    assert {"campaigns/Sales/statuses", "dispositions/Sale"} <= whole


def test_an_export_of_personal_data_alone_names_include() -> None:
    with pytest.raises(UsageError, match="nothing to export"):
        export_files([_live("statuses/Lu\u200bnch")], SETTINGS, only=["statuses/*"])


def test_references_are_written_as_the_platform_spells_them() -> None:
    directory = Directory(
        {"ana": "ana"}, {"mail": Connector("mail", "email")}, {"customer data": "Customer data"}
    )
    members: list[JsonValue] = [{"user": "ANA", "penalty": 3}, {"user": "luis"}]
    found = _exported(
        _live("campaigns/Sales", {"forms": ["customer DATA"]}),
        _live("campaigns/Sales/channels/email", {"enabled": True, "connector": "MAIL"}),
        _live("campaigns/Sales/members", {"members": members}),
        names=directory.names(),
    ).desired.resources
    assert found["campaigns/sales"].fields["forms"] == ["Customer data"]
    assert found["campaigns/sales/channels/email"].fields["connector"] == "mail"
    assert found["campaigns/sales/members"].fields["members"] == [
        {"user": "ana", "penalty": 3},
        {"user": "luis"},
    ]


def test_a_directory_that_could_not_be_read_spells_nothing() -> None:
    assert replace(Directory(None, None, None), users={"ana": "ana"}).names() == {
        "users/ana": "ana"
    }
