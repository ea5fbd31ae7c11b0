"""What manifests may refer to, and which numbers are free."""

from __future__ import annotations

from dataclasses import replace

from reconciler.live.platform import Snapshot
from reconciler.message import Message
from reconciler.planning.reports.directory import NumberState, Section, directory_report
from tests.planning.plan_worlds import campaign, live_resource, snapshot


def _live() -> Snapshot:
    sales = {
        "campaigns/Sales": live_resource("campaigns/Sales", forms=["Order"]),
        "campaigns/Sales/members": live_resource(
            "campaigns/Sales/members", members=[{"user": "ana"}]
        ),
        "campaigns/Sales/channels/telephony": live_resource(
            "campaigns/Sales/channels/telephony",
            enabled=True,
            connector="phone",
            numbers=["+59829001234"],
        ),
    }
    return snapshot(sales.get(each.address, each) for each in campaign("Sales"))


def test_a_name_has_the_resources_that_use_it_and_the_names_in_manifests() -> None:
    report = directory_report(Section.USERS, _live(), {"users": {"anita": "ana", "pia": "pia"}})
    found = {entry.name: entry for entry in report.entries or ()}
    assert list(found) == ["ana", "eva", "luis", "pia"]
    assert found["ana"].used_by == ("campaigns/Sales/members",)
    assert found["ana"].written_as == ("anita",)
    assert (found["pia"].used_by, found["pia"].written_as) == ((), ())


def test_a_connector_has_its_type_its_numbers_and_its_channels() -> None:
    report = directory_report(Section.CONNECTORS, _live(), {})
    phone = next(entry for entry in report.entries or () if entry.name == "phone")
    assert (phone.type, phone.numbers) == ("telephony", 2)
    assert phone.used_by == ("campaigns/Sales/channels/telephony",)


def test_a_number_is_free_for_one_channel_type_and_used_for_another() -> None:
    report = directory_report(Section.NUMBERS, _live(), {})
    states = {(entry.number, entry.type): entry.state for entry in report.numbers}
    assert states == {
        ("+59829001234", "telephony"): NumberState.USED,
        ("+59829005678", "telephony"): NumberState.FREE,
        ("+59829001234", "sms"): NumberState.FREE,
    }


def test_the_number_of_a_disabled_channel_is_used_and_the_channel_is_named() -> None:
    live = _live()
    channel = live.resources["campaigns/sales/channels/telephony"]
    disabled = replace(channel, fields={**channel.fields, "enabled": False})
    resources = {**live.resources, "campaigns/sales/channels/telephony": disabled}
    (used,) = (
        entry
        for entry in directory_report(
            Section.NUMBERS, replace(live, resources=resources), {}
        ).numbers
        if entry.state is NumberState.USED
    )
    assert used.disabled == ("campaigns/Sales/channels/telephony",)


def test_no_number_is_free_when_a_channel_could_not_be_read() -> None:
    why = Message.of("not allowed")
    live = replace(_live(), unknown={"campaigns/-/channels": why})
    report = directory_report(Section.NUMBERS, live, {})
    assert NumberState.FREE not in {entry.state for entry in report.numbers}
    assert report.unread == (("campaigns/-/channels", why),)


def test_a_part_that_the_token_may_not_read_is_not_empty() -> None:
    live = _live()
    hidden = replace(live, directory=replace(live.directory, users=None, connectors=None))
    assert directory_report(Section.USERS, hidden, {}).entries is None
    assert directory_report(Section.NUMBERS, hidden, {}).entries is None
    assert directory_report(Section.FORMS, hidden, {}).entries == ()


def test_a_form_has_its_campaigns() -> None:
    live = _live()
    live = replace(live, directory=replace(live.directory, forms={"order": "Order"}))
    (form,) = directory_report(Section.FORMS, live, {}).entries or ()
    assert form.used_by == ("campaigns/Sales",)
