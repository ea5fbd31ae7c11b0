"""A snapshot is whole, or says what is not; reading takes few requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.errors import PlatformError
from reconciler.kinds.address import Address
from reconciler.kinds.values.schedule import WEEKDAYS
from reconciler.live.http.documents import info_of
from reconciler.live.http.wire import Unparsable
from reconciler.live.platform import Reader, Snapshot
from reconciler.privacy.masking import Masker
from tests.live.connected import Connected
from tests.live.fake_platform import LISTS, FakePlatform, answer, problem, raw


async def snapshot(reader: Reader) -> Snapshot:
    return await reader.snapshot()


def test_a_snapshot_takes_one_request_a_collection(
    platform: FakePlatform, connected: Connected
) -> None:
    found = connected.read(snapshot)
    assert found.requests == len(platform.seen) == 1 + LISTS
    assert found.unknown == {}


def test_an_info_already_asked_for_is_not_asked_again(
    platform: FakePlatform, connected: Connected
) -> None:
    async def both(reader: Reader) -> Snapshot:
        await reader.info()
        return await reader.snapshot()

    connected.read(both)
    assert len(platform.asked("platform")) == 1


def test_resources_carry_writable_fields_only_parents_before_children(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("dispositions/Sale/Completed")
    platform.add("dispositions/Sale", text_code="S")
    platform.add("campaigns/Sales/statuses/Coaching", color="#3366ff")
    found = connected.read(snapshot)
    order = list(found.resources)
    assert order.index("dispositions/sale") < order.index("dispositions/sale/completed")
    assert order.index("campaigns/sales") < order.index("campaigns/sales/statuses/coaching")
    assert order.index("campaigns/sales") < order.index("campaigns/sales/channels/whatsapp")
    campaign = found.find("campaigns/Sales")
    assert campaign is not None
    assert list(campaign.fields) == ["enabled", "time_zone", "schedule", "quality_models", "forms"]
    assert (campaign.updated_by, campaign.updated_at) == ("maria", "2026-02-01T00:00:00Z")
    whatsapp = found.find("campaigns/sales/channels/whatsapp")
    assert whatsapp is not None
    assert whatsapp.fields["strategy"] == "ringall"


def test_the_directory_is_by_identity(connected: Connected) -> None:
    directory = connected.read(snapshot).directory
    assert directory.users == {"ana": "ana", "luis": "Luis"}
    assert directory.connectors is not None
    assert directory.connectors["wa-main"].numbers == ("+59829001234",)
    assert directory.forms == {"survey": "Survey"}


def test_a_field_the_platform_leaves_out_has_its_default(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("statuses/Lunch", color="#aabbcc")
    del platform.lists["statuses"][0]["icon"]
    found = connected.read(snapshot).find("statuses/Lunch")
    assert found is not None
    assert found.fields == {"icon": "circle", "color": "#aabbcc"}


def test_texts_have_one_form_however_the_platform_keeps_them(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("templates/T", type="html", content="\ufeff<p>\r\nHi\r</p>")
    (webchat,) = [
        channel_json
        for channel_json in platform.lists["campaigns/-/channels"]
        if channel_json["address"] == "campaigns/Sales/channels/webchat"
    ]
    webchat |= {"welcome": {"en": "a\r\nb"}, "out_of_hours_message": "\r\n"}
    found = connected.read(snapshot)
    template, channel = found.find("templates/T"), found.find("campaigns/Sales/channels/webchat")
    assert template is not None
    assert channel is not None
    assert template.fields["content"] == "<p>\nHi\n</p>"
    assert channel.fields["welcome"] == {"en": "a\nb"}
    assert channel.fields["out_of_hours_message"] == "\n"


def test_a_required_field_left_out_makes_the_resource_unknown_and_no_other(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("templates/Hello", type="text", content="hi")
    platform.add("templates/Other", type="text", content="hi")
    del platform.lists["templates"][0]["content"]
    found = connected.read(snapshot)
    assert found.unknown == {}
    why = found.why_unknown("templates/HELLO")
    assert why is not None
    assert "the platform sends a value that cannot be read (content: Field required)" in str(why)
    assert found.find("templates/Hello") is None
    assert found.why_unknown("templates/Other") is None
    assert found.find("templates/Other") is not None
    assert list(found.unread()) == [("templates/Hello", why)]


def test_values_come_in_normal_form_however_the_platform_writes_them(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("statuses/Lunch", color="#aabbcc")
    platform.add("quality_models/B")
    platform.add("quality_models/A")
    platform.add("campaigns/Other", quality_models=["A", "B"])
    platform.lists["statuses"][0]["color"] = "#AABBCC"
    other = platform.lists["campaigns"].pop()
    platform.lists["campaigns"][0] |= {"quality_models": ["b", "A"], "schedule": {"mon": []}}
    assert other["address"] == "campaigns/Other"
    found = connected.read(snapshot)
    lunch, sales = found.find("statuses/Lunch"), found.find("campaigns/Sales")
    assert lunch is not None
    assert lunch.fields["color"] == "#aabbcc"
    assert sales is not None
    assert sales.fields["quality_models"] == ["A", "b"]
    assert sales.fields["schedule"] == {day: [] for day in WEEKDAYS}


def test_what_is_below_an_unreadable_campaign_is_unknown_with_it_and_its_lists_are_whole(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add_campaign("Other")
    platform.add("campaigns/Sales/statuses/Coaching")
    platform.lists["campaigns"][0]["time_zone"] = "Mars/Phobos"
    found = connected.read(snapshot)
    assert found.unknown == {}
    assert list(found.unreadable) == ["campaigns/sales"]
    for below in ("channels/email", "members", "statuses/Coaching", "statuses/New"):
        assert found.find(f"campaigns/Sales/{below}") is None
        assert found.unread_part(f"campaigns/sales/{below}") == "campaigns/Sales"
    assert found.find("campaigns/Other/channels/email") is not None


def test_a_level_below_one_that_cannot_be_read_is_unknown_with_it(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("dispositions/Sale")
    platform.add("dispositions/Sale/Completed")
    platform.lists["dispositions"][0]["enabled"] = "yes"
    found = connected.read(snapshot)
    assert found.unknown == {}
    assert found.find("dispositions/Sale/Completed") is None
    assert [resource.address for resource in found.unreadable_below("dispositions")] == [
        "dispositions/Sale"
    ]


def test_a_rule_about_several_fields_is_for_git_to_mend(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.lists["campaigns/-/channels"][3] |= {"enabled": True, "connector": None}
    found = connected.read(snapshot)
    assert found.is_whole
    email = found.find("campaigns/Sales/channels/email")
    assert email is not None
    assert email.fields["enabled"] is True


def test_a_customer_is_not_quoted_in_the_reason(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.add("contacts/ana", contact_name="Ana", email="ana@example.com")
    platform.lists["contacts"][0]["email"] = "ana at example"
    body = {"items": ["+59829001234"], "next_page_token": None, "total": 1}
    platform.always["campaigns/-/contacts"] = answer(200, body)
    found = connected.read(snapshot)
    masker = Masker(b"k" * 32)
    assert [masker.message(why) for _, why in found.unread()] == [
        "an item is not an object but str",
        "the platform sends a value that cannot be read (email)",
    ]
    shown = "".join(str(why) for _, why in found.unread())
    assert "29001234" not in shown
    assert "ana" not in shown


def test_info_says_who_the_platform_is_and_what_one_may_do(connected: Connected) -> None:
    async def info(reader: Reader) -> object:
        return await reader.info()

    found = connected.read(info)
    assert (found.id, found.version, found.user) == ("acme-test", "1.0", "ci")  # type: ignore[attr-defined]
    assert found.permissions == {"statuses": frozenset({"view", "create"})}  # type: ignore[attr-defined]


def test_an_info_without_an_id_is_no_platform(platform: FakePlatform, connected: Connected) -> None:
    platform.always["platform"] = answer(200, {"name": "Grafana"})
    with pytest.raises(PlatformError, match="'id' is missing"):
        connected.read(snapshot)


def test_a_web_page_in_place_of_a_list_is_unknown(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.always["statuses"] = raw(200, b"<!doctype html><p>Sign in", "text/html")
    assert "a web page" in connected.read(snapshot).unknown["statuses"].unmasked()


def test_the_audit_is_newest_first_and_skips_what_may_not_be_seen(
    platform: FakePlatform, connected: Connected
) -> None:
    platform.audit = [
        {
            "at": f"2026-11-{day:02}T10:00:00Z",
            "by": "maria",
            "address": address,
            "action": "update",
            "changes": [{"path": "color", "before": "#000000", "after": "#ffffff"}],
        }
        for day, address in [
            (3, "statuses/A"),
            (2, "statuses/A"),
            (1, "statuses/A"),
            (4, "templates/T"),
        ]
    ]

    def refuse_contacts(request):  # type: ignore[no-untyped-def]
        if "contacts/+59829001234" in request.url.params.get_list("address"):
            return problem(403, "forbidden", "no view on contacts")(request)
        return platform._audit(request)

    platform.always["audit"] = refuse_contacts

    async def audit(reader: Reader) -> object:
        addresses = ["statuses/A", "contacts/+59829001234", "templates/T", "statuses/A"]
        since = datetime(2026, 11, 1, tzinfo=UTC)
        return await reader.audit([Address(each) for each in addresses], since=since)

    entries = connected.read(audit)
    assert [entry.at[8:10] for entry in entries] == ["04", "03", "02", "01"]  # type: ignore[attr-defined]
    assert platform.seen[0].url.params["since"] == "2026-11-01T00:00:00Z"


def test_an_audit_of_many_resources_keeps_its_urls_short(
    platform: FakePlatform, connected: Connected
) -> None:
    async def audit(reader: Reader) -> object:
        return await reader.audit([Address(f"statuses/Status number {n}") for n in range(1000)])

    connected.read(audit)
    assert max(len(str(each.url)) for each in platform.seen) < 8000
    asked = [a for each in platform.seen for a in each.url.params.get_list("address")]
    assert len(set(asked)) == len(asked) == 1000


def test_a_snapshot_s_repr_stays_small_however_much_it_holds(connected: Connected) -> None:
    assert "campaigns/Sales" not in repr(connected.read(snapshot))


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        ("2026-11-24T12:00:00Z", timedelta()),
        ("2026-11-24T14:30:00+02:00", timedelta(minutes=30)),
        ("2026-11-24T07:00:00.000Z", -timedelta(hours=5)),
        (None, None),
    ],
)
def test_the_platforms_clock_is_compared_with_this_machines(
    told: str | None, ahead: timedelta | None
) -> None:
    info = info_of({"id": "acme", "now": told}, NOON)
    assert info.ahead == ahead
    later = NOON + timedelta(minutes=1)
    assert info.time(later) == later + (ahead or timedelta())


@pytest.mark.parametrize("told", ["soon", "2026-11-24T12:00:00", "9999-12-31T23:59:59Z", 7])
def test_a_time_that_is_none_is_refused(told: object) -> None:
    with pytest.raises(Unparsable, match="'now'"):
        info_of({"id": "acme", "now": told}, NOON)  # type: ignore[dict-item]
