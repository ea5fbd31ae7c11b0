"""A blacklisted customer cannot be reached, in any spelling of the entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.estate import FILES, SEED
from tests.end_to_end.harness import Result, Sandbox, Workspace

_PHONES = ("+59829001235", "+59829001236", "+59829001237", "+59829001238")
_PASTED = """\
kind: BlacklistEntry
items:
  - "\u202a+59829001235\u202c"
  - "+598\u200b2900\u20111236"
  - "whatsapp:+598 2900 1237"
  - "\uff0b59829001238"
"""
_SOCIAL = """\
kind: BlacklistEntry
items:
  - {customer: "213432525", channel: instagram}
  - {customer: "213432525", channel: messenger, campaign: Sales}
"""


def _open_doors(workspace: Workspace, *channels: str) -> None:
    connectors = {"telephony": "tel"}
    for channel in channels:
        fields: dict[str, Any] = {"enabled": True}
        if channel in connectors:
            fields["connector"] = connectors[channel]
        workspace.sandbox.maria.patch(f"campaigns/Sales/channels/{channel}", **fields)


def _is_blocked(workspace: Workspace, channel: str, customer: str) -> bool:
    try:
        workspace.sandbox.maria.interact("Sales", channel=channel, customer=customer, inbound=False)
    except AssertionError as refused:
        assert '"code":"blacklisted"' in str(refused), refused
        return True
    return False


def test_a_blacklisted_customer_is_blocked_in_any_spelling(settled: Workspace) -> None:
    settled.write("pasted.yaml", _PASTED)
    settled.run("validate").expect(0)
    settled.plan_and_apply()
    listed = settled.sandbox.maria.addresses("blacklist")
    assert set(listed) == {f"blacklist/{phone}" for phone in ("+59829001234", *_PHONES)}
    _open_doors(settled, "telephony")
    for phone in _PHONES:
        assert _is_blocked(settled, "telephony", phone), phone
    settled.expect_nothing_to_do()


def test_a_social_id_is_blocked_only_on_its_network(settled: Workspace) -> None:
    settled.write("social.yaml", _SOCIAL)
    settled.plan_and_apply()
    assert "blacklist/instagram:213432525" in settled.sandbox.maria.addresses("blacklist")
    _open_doors(settled, "instagram", "messenger")
    assert _is_blocked(settled, "instagram", "213432525")
    assert _is_blocked(settled, "messenger", "213432525")
    assert not _is_blocked(settled, "instagram", "213432526")
    settled.expect_nothing_to_do()


def test_a_social_ids_address_is_accepted_in_every_command(settled: Workspace) -> None:
    settled.write("social.yaml", _SOCIAL)
    settled.plan_and_apply()
    shown = settled.run("plan", "--show-personal-data", "--details").expect(0)
    address = "blacklist/instagram:213432525"
    explained = settled.run("explain", address).expect(0)
    assert "213432525" not in explained.output
    settled.run("explain", address, "--show-personal-data").expect(0).mentions(address)
    settled.run("usage", address).expect(0)
    settled.run("history", address).expect(0).mentions("applied")
    settled.write("social.yaml", _SOCIAL.replace("213432525", "213432526", 1))
    blocked = settled.run("plan").expect(3)
    assert "213432525" not in blocked.output + shown.err
    settled.saved_plan("--approve", f"unblock:{address}", "--reason", "it was somebody else")
    settled.apply().expect(0)
    assert "blacklist/instagram:213432526" in settled.sandbox.maria.addresses("blacklist")


def test_an_export_declares_a_social_id_with_its_network(settled: Workspace) -> None:
    settled.write("social.yaml", _SOCIAL)
    settled.plan_and_apply()
    target = settled.base / "exported"
    settled.run("export", target, "--include", "blacklist").expect(0)
    text = (target / "blacklist.yaml").read_text()
    assert '{customer: "213432525", channel: instagram}' in text
    settled.run("validate", target).expect(0)
    fresh = {"RECONCILER_STATE": str(settled.base / "fresh.db")}
    plan = settled.run("plan", target, "--format", "json", **fresh).expect(0).json
    assert {change["action"] for change in plan["changes"]} == {"adopt"}


def _shows_nobody(result: Result) -> Result:
    assert "6502530000" not in result.output
    assert "59829001238" not in result.output
    assert "carol" not in result.output
    assert "213432525" not in result.output
    return result


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ('"213432525"', "with its network"),
        ('"carol"', "with its network"),
        ('"+16502530000x123"', "without it"),
        ('"+1-650-253-0000;ext=12"', "without it"),
        ('"5.9829E+10"', "write all its digits"),
        ('"59829001238@c.us"', "write the customer's phone"),
        ('"+1-800-FLOWERS"', "write one number as +<country><number>"),
        ('"n/a"', "leave it out"),
        ('"carol\u200b\u202e"', "with its network"),
    ],
)
def test_an_entry_that_blocks_nobody_is_an_error_with_its_position(
    watched: Workspace, item: str, message: str
) -> None:
    watched.write("bad.yaml", f"kind: BlacklistEntry\nitems:\n  - {item}\n")
    for command in ("validate", "plan"):
        _shows_nobody(watched.run(command).expect(1)).mentions("bad.yaml:3:5", message)


# References and channels


def test_a_reference_in_another_case_is_refused_and_a_stored_one_is_not_drift(
    settled: Workspace,
) -> None:
    settled.edit("campaigns/support.yaml", "members: [luis]", "members: [LUIS]\nforms: [ORDER]")
    wrong = settled.run("plan").expect(1)
    wrong.mentions("campaigns/support.yaml:3:11", "write luis", "write Order")
    settled.edit("campaigns/support.yaml", "[LUIS]\nforms: [ORDER]", "[luis]\nforms: [Order]")
    settled.plan_and_apply()
    settled.sandbox.maria.patch("campaigns/Support", forms=["ORDER"])
    settled.sandbox.maria.put_members("Support", "Luis")
    settled.expect_nothing_to_do()
    settled.run("drift", "--detailed-exitcode").expect(0)


def test_a_field_omitted_from_a_channel_may_be_set_on_the_platform(settled: Workspace) -> None:
    settled.sandbox.maria.patch("campaigns/Support/channels/telephony", connector="tel")
    file = "campaigns/support.yaml"
    settled.edit(
        file, "members: [luis]", "channels: {telephony: {enabled: true, wrap_up_seconds: 20}}"
    )
    settled.run("validate").expect(0)
    settled.plan_and_apply()
    channel = settled.sandbox.maria.get("campaigns/Support/channels/telephony")
    assert (channel["enabled"], channel["connector"]) == (True, "tel")
    settled.edit(file, "telephony: {enabled: true, wrap_up_seconds: 20}", "sms: {enabled: true}")
    settled.run("validate").expect(0)
    incomplete = settled.run("plan").expect(1)
    incomplete.mentions(f"{file}:3:12", "needs a connector", "add `connector:`")


@pytest.fixture
def short_codes(tmp_path: Path) -> Iterator[Workspace]:
    """A platform with short codes and national numbers, and an empty project."""
    connectors = [
        {"name": "sms", "type": "sms", "numbers": ["40404", "+59899001001"]},
        {"name": "tel", "type": "telephony", "numbers": ["08001234", "*611"]},
    ]
    sandbox = Sandbox.start(tmp_path / "sandbox", {**SEED, "connectors": connectors})
    made = Workspace(tmp_path, sandbox)
    for file in ("reconciler.yaml", "environments/test.yaml"):
        made.write(file, FILES[file])
    yield made
    sandbox.stop()


def test_a_channel_accepts_the_numbers_of_its_connector(short_codes: Workspace) -> None:
    short_codes.write(
        "campaigns/sales.yaml",
        "kind: Campaign\nname: Sales\nchannels:\n"
        '  sms: {enabled: true, connector: sms, numbers: ["40404"]}\n'
        '  telephony: {enabled: true, connector: tel, numbers: ["0800 1234", "*611"]}\n',
    )
    short_codes.plan_and_apply()
    short_codes.expect_nothing_to_do()
    channel = short_codes.sandbox.maria.get("campaigns/Sales/channels/telephony")
    assert channel["numbers"] == ["*611", "08001234"]
    short_codes.edit("campaigns/sales.yaml", '"*611"', '"*612"')
    short_codes.run("plan").expect(1).mentions("sales.yaml:5:69", "does not have the number *612")
