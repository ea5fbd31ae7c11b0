"""Values on the platform that nobody can read: the platform is named, nothing is guessed, and
what depends on the resource stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.harness import Workspace, approvals, by_action
from tests.end_to_end.mangling import Mangler, mangling

_CASES = [
    ("campaigns/Sales", {"time_zone": "Mars/Phobos"}, "time_zone: 'Mars/Phobos'"),
    ("campaigns/Sales", {"schedule": 5}, "schedule"),
    ("campaigns/Sales", {"schedule": {"mon": ["25:00-26:00"]}}, "25:00-26:00"),
    ("campaigns/Sales", {"quality_models": [None]}, "quality_models.0"),
    ("campaigns/Sales", {"enabled": "yes"}, "enabled"),
    ("campaigns/Sales/members", {"members": [{"user": "ana", "channels": 5}]}, "channels"),
    ("campaigns/Sales/members", {"members": [{"user": "ana"}, {"user": "ANA"}]}, "twice"),
    ("campaigns/Sales/channels/email", {"automations": []}, "automations"),
    ("campaigns/Sales/templates/Welcome", {"type": "exe"}, "type"),
    ("holidays/Christmas%202098", {"date": None}, "date"),
    ("holidays/Christmas%202098", {"date": 4070908800}, "date"),
    ("holidays/Christmas%202098", {"campaigns": {"all": True}}, "campaigns"),
    ("templates/Signature", {"content": None}, "content"),
    ("statuses/Lunch", {"color": "red"}, "color"),
    ("quality_models/Courtesy", {"categories": [{"name": "x"}, {"name": "X"}]}, "twice"),
    ("dispositions/Sale", {"actions": "none"}, "actions"),
    ("contacts/+59829008000", {"email": 7}, "email"),
]


@pytest.fixture
def mangled(settled: Workspace) -> Iterator[tuple[Workspace, Mangler]]:
    """The small estate, applied, read through a relay."""
    with mangling(settled.sandbox.url) as mangler:
        yield settled, mangler


def _address(address: str) -> str:
    return address.replace("%20", " ")


@pytest.mark.parametrize(("address", "values", "named"), _CASES)
def test_an_unreadable_value_is_reported_as_the_platforms_and_stops_the_plan(
    mangled: tuple[Workspace, Mangler], address: str, values: dict[str, Any], named: str
) -> None:
    workspace, mangler = mangled
    mangler.values[_address(address)] = values
    told = workspace.run("plan", RECONCILER_URL=mangler.url).expect(3)
    told.mentions("unknown-live", "the platform gives a value that cannot be read", named)
    assert ".yaml:" not in told.output, "it is no line of a manifest"
    found = workspace.run("plan", "--format", "json", RECONCILER_URL=mangler.url).expect(3).json
    (unknown,) = found["unknowns"]
    assert found["changes"] == []
    assert unknown["wanted"] >= 1
    if not address.startswith("contacts/"):
        assert unknown["collection"] == _address(address)


def test_dependents_of_an_unreadable_resource_are_not_written_and_others_are(
    mangled: tuple[Workspace, Mangler],
) -> None:
    workspace, mangler = mangled
    mangler.values["campaigns/Sales"] = {"time_zone": "Mars/Phobos"}
    before = workspace.sandbox.maria.get("campaigns/Sales")
    workspace.edit("campaigns/sales.yaml", "America/Montevideo", "America/Lima")
    workspace.edit("campaigns/sales.yaml", "icon: headset", "icon: book")
    workspace.edit("campaigns/sales.yaml", "  - ana\n", "  - maria\n")
    workspace.edit("lunch.yaml", "utensils", "fork")
    workspace.write("more.yaml", "kind: Status\ncampaign: Sales\nname: Training\n")
    workspace.write("new.yaml", "kind: Holiday\nname: H\ndate: 2098-05-01\ncampaigns: [Sales]\n")
    plan = workspace.saved_plan(
        "--approve",
        "unknown-live:campaigns/Sales",
        "--reason",
        "ticket 7",
        codes=(0,),
        RECONCILER_URL=mangler.url,
    )
    assert by_action(plan) == {"update": ["statuses/Lunch"]}
    workspace.run("apply", workspace.plan_file, RECONCILER_URL=mangler.url).expect(0)
    maria = workspace.sandbox.maria
    assert maria.get("statuses/Lunch")["icon"] == "fork"
    assert maria.get("campaigns/Sales")["etag"] == before["etag"]
    assert maria.get("campaigns/Sales/statuses/Coaching")["icon"] == "headset"
    assert not maria.exists("campaigns/Sales/statuses/Training")
    assert not maria.exists("holidays/H")


@pytest.mark.parametrize(
    "address", ["campaigns/Sales/channels/email", "campaigns/Sales/statuses/Coaching"]
)
def test_a_parent_of_an_unreadable_resource_is_not_deleted(
    mangled: tuple[Workspace, Mangler], address: str
) -> None:
    workspace, mangler = mangled
    mangler.values[address] = {"enabled": 5, "icon": 5}
    workspace.remove("campaigns/sales.yaml")
    workspace.remove("blacklist.yaml")
    told = workspace.run("plan", RECONCILER_URL=mangler.url).expect(3)
    told.mentions(address, "Not deleted, because that would also delete it: campaigns/Sales")
    blocked = workspace.saved_plan(codes=(3,), RECONCILER_URL=mangler.url)
    words = approvals(blocked)
    plan = workspace.saved_plan(*words, "--reason", "closed", RECONCILER_URL=mangler.url)
    deleted = by_action(plan).get("delete", [])
    assert "campaigns/Sales" not in deleted
    assert not [item for item in deleted if item.startswith(address)]
    workspace.run("apply", workspace.plan_file, RECONCILER_URL=mangler.url).expect(0)
    assert workspace.sandbox.maria.exists("campaigns/Sales")
    assert workspace.sandbox.maria.exists(address)


def test_a_resource_that_became_unreadable_stops_an_apply(
    mangled: tuple[Workspace, Mangler],
) -> None:
    workspace, mangler = mangled
    workspace.remove("campaigns/support.yaml")
    workspace.saved_plan(*approvals(workspace.plan()), "--reason", "closed")
    mangler.values["campaigns/Support/channels/sms"] = {"numbers": 5}
    workspace.sandbox.forget_requests()
    told = workspace.run("apply", workspace.plan_file, RECONCILER_URL=mangler.url).expect(4)
    told.mentions("campaigns/Support/channels/sms cannot be checked", "numbers")
    assert workspace.sandbox.writes() == 0


def test_the_customer_of_an_unreadable_contact_stays_masked(
    mangled: tuple[Workspace, Mangler],
) -> None:
    workspace, mangler = mangled
    mangler.values["contacts/+59829008000"] = {"email": "carla at example"}
    for command in (["plan"], ["plan", "--format", "json"], ["drift"], ["drift", "--format=json"]):
        said = workspace.run(*command, RECONCILER_URL=mangler.url).mentions("contacts/~").output
        assert "29008000" not in said
        assert "carla" not in said
    target = str(workspace.base / "export")
    said = workspace.run(
        "export", target, "--include", "contacts,blacklist", RECONCILER_URL=mangler.url
    ).expect(0)
    assert "29008000" not in said.err
    assert "carla" not in said.err


def test_an_unknown_channel_type_does_not_affect_other_channels(
    mangled: tuple[Workspace, Mangler],
) -> None:
    workspace, mangler = mangled
    mangler.values["campaigns/Support/channels/messenger"] = {
        "address": "campaigns/Support/channels/telegram"
    }
    workspace.edit("campaigns/sales.yaml", '"Hello!"', '"Welcome!"')
    plan = workspace.saved_plan(RECONCILER_URL=mangler.url)
    assert by_action(plan) == {"update": ["campaigns/Sales/channels/webchat"]}
    (unknown,) = plan["unknowns"]
    assert unknown["collection"] == "campaigns/Support/channels/telegram"


def test_an_export_does_not_plan_deletes_of_unreadable_resources(
    mangled: tuple[Workspace, Mangler],
) -> None:
    workspace, mangler = mangled
    maria = workspace.sandbox.maria
    maria.create("campaigns/Sales/statuses/Training")
    mangler.values["campaigns/Sales/statuses/Training"] = {"icon": 5}
    mangler.values["dispositions/Sale/Completed"] = {"enabled": 5}
    mangler.values["campaigns/Support/channels/sms"] = {
        "address": "campaigns/Support/channels/telegram"
    }
    exported = Workspace(workspace.base / "other", workspace.sandbox)
    told = workspace.run("export", exported.folder, RECONCILER_URL=mangler.url).expect(0)
    told.mentions("Not exported", "campaigns/Sales/statuses/Training", "not exported at all")
    assert "statuses:" not in (exported.folder / "campaigns/sales.yaml").read_text()
    addresses = [change["address"] for change in exported.plan()["changes"]]
    assert "campaigns/Sales/channels/email" in addresses
    assert not [
        address for address in addresses if address.startswith(("campaigns/Sales/statuses", "disp"))
    ]
