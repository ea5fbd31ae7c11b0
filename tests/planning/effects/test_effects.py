"""The effects of small plans: facts that the comparison with the sandbox does not reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.live.platform import LiveResource, RecentUse, Snapshot, Usage
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Difference, Origin, Reason
from reconciler.planning.effects import campaign_hours
from reconciler.planning.effects.blacklist_effect import Place
from reconciler.planning.effects.compute import effects_of
from reconciler.planning.effects.effects import HORIZON_DAYS, Effects, Interval
from tests.planning.plan_worlds import campaign, live_resource, snapshot

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday
TEXT: dict[str, JsonValue] = {"type": "text", "content": "Hi"}
_DENIED = Message.of("not permitted")
MORNINGS: JsonValue = {day: ["09:00-13:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def edit(resource: LiveResource, **fields: JsonValue) -> Change:
    return Change.update(
        resource.address,
        resource.kind,
        before=resource.fields,
        after={**resource.fields, **fields},
        reason=Reason.CHANGED,
        tracking=None,
        differences=tuple(Difference(name, None, None, Origin.GIT) for name in fields),
    )


def delete(resource: LiveResource) -> Change:
    return Change.delete(resource, reason=Reason.REMOVED_FROM_GIT)


def create(resource: LiveResource) -> Change:
    return Change.create(
        resource.address,
        resource.kind,
        after=resource.fields,
        reason=Reason.NEW,
        tracking=None,
    )


def effects(
    live: Iterable[LiveResource] | Snapshot,
    *changes: Change,
    usage: Mapping[str, Usage] | None = None,
) -> Effects:
    world = live if isinstance(live, Snapshot) else snapshot(live)
    by_identity = {identity(address): facts for address, facts in (usage or {}).items()}
    return effects_of(changes, world, now=NOW, usage=by_identity)


def at(live: Iterable[LiveResource], address: str) -> LiveResource:
    return next(resource for resource in live if resource.address == address)


def test_a_plan_without_writes_has_no_effects() -> None:
    sales = campaign("Sales")
    assert effects(sales).is_empty
    forgotten = Change(Address("campaigns/Sales"), "Campaign", Action.FORGET, Reason.RELEASED)
    assert effects(sales, forgotten).is_empty


def test_effects_do_not_depend_on_the_order_of_live_state() -> None:
    live = [*campaign("Sales"), *campaign("Norte"), live_resource("templates/T", **TEXT)]
    live.append(live_resource("holidays/H", date="2026-12-01", campaigns="all"))
    changes = [edit(at(live, "templates/T"), content=""), delete(at(live, "holidays/H"))]
    found = effects(live, *changes)
    assert found == effects(live[::-1], *changes)
    assert found == effects(live, *changes[::-1])
    assert [hours.campaign for hours in found.hours] == ["Norte", "Sales"]


# Hours


def test_a_new_time_zone_moves_every_hour() -> None:
    live = campaign("Sales", time_zone="America/Montevideo", schedule=MORNINGS)
    (hours,) = effects(live, edit(live[0], time_zone="Asia/Tokyo")).hours
    assert hours.closes_now
    assert not hours.opens_now
    assert hours.first_difference == NOW
    assert hours.lost[0] == Interval(NOW, NOW + timedelta(hours=1))
    assert hours.opens_again == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
    assert hours.causes == ("campaigns/Sales",)
    assert hours.gained_seconds == 20 * 4 * 3600


def test_a_holiday_causes_the_hours_that_it_takes() -> None:
    live = [*campaign("Sales"), *campaign("Norte", schedule="never")]
    strike = live_resource("holidays/Strike", date="2026-12-08", campaigns="all")
    (hours,) = effects(live, create(strike)).hours
    assert (hours.campaign, hours.causes) == ("Sales", ("holidays/Strike",))
    day = datetime(2026, 12, 8, tzinfo=UTC)
    assert hours.lost == (Interval(day, day + timedelta(days=1)),)
    assert not hours.closes_now
    assert hours.opens_again == NOW


def test_a_holiday_after_the_horizon_has_no_effect_on_hours() -> None:
    live = campaign("Sales")
    far = (NOW + timedelta(days=HORIZON_DAYS + 2)).date().isoformat()
    holiday = live_resource("holidays/H", date=far, campaigns="all")
    assert not effects(live, create(holiday)).hours


def test_a_campaign_that_stays_closed_does_not_open_again() -> None:
    live = campaign("Sales")
    (hours,) = effects(live, edit(live[0], enabled=False)).hours
    assert hours.opens_again is None
    assert hours.lost == (Interval(NOW, NOW + timedelta(days=HORIZON_DAYS)),)


def test_hours_are_computed_for_touched_campaigns_only() -> None:
    live = [resource for number in range(50) for resource in campaign(f"C{number}")]
    change = edit(at(live, "campaigns/C7"), schedule=MORNINGS)
    with mock.patch.object(campaign_hours, "open_spans", wraps=campaign_hours.open_spans) as spans:
        assert len(effects(live, change).hours) == 1
    assert spans.call_count == 2


def test_equal_calendars_are_computed_once() -> None:
    live = [resource for number in range(50) for resource in campaign(f"C{number}")]
    strike = live_resource("holidays/Strike", date="2026-12-08", campaigns="all")
    with mock.patch.object(campaign_hours, "open_spans", wraps=campaign_hours.open_spans) as spans:
        assert len(effects(live, create(strike)).hours) == 50
    assert spans.call_count == 2


# Services


def served() -> list[LiveResource]:
    """A campaign with webchat and one member."""
    live = campaign("Sales")
    return [
        live_resource(resource.address, enabled=True)
        if resource.address.endswith("/webchat")
        else live_resource(resource.address, members=[{"user": "ana"}])
        if resource.address.endswith("/members")
        else resource
        for resource in live
    ]


def test_a_channel_that_stops_shows_its_use() -> None:
    live = served()
    webchat = at(live, "campaigns/Sales/channels/webchat")
    change = edit(webchat, enabled=False)
    drafted = effects(live, change)
    assert drafted.addresses_with_usage == (webchat.address,)
    assert [service.recent for service in drafted.services] == [None, None]
    used = RecentUse("Sales", 157, "2026-11-24T14:11:00Z")
    facts = Usage(webchat.address, recent=(used,), open_interactions=2)
    inbound, outbound = effects(live, change, usage={webchat.address: facts}).services
    assert (inbound.direction, outbound.direction) == ("inbound", "outbound")
    assert inbound.stops
    assert inbound.is_open_now
    assert inbound.reasons == ("channel-disabled",)
    assert (inbound.recent, inbound.open_interactions) == ((used,), 2)


def test_the_members_who_are_left_are_named() -> None:
    live = served()
    members = at(live, "campaigns/Sales/members")
    silent = {"user": "luis", "penalty": 0, "channels": {"webchat": {"receive": False}}}
    silent["channels"] = {"webchat": {"receive": False, "create": True}}
    found = effects(live, edit(members, members=[silent]))
    inbound, outbound = found.services
    assert (inbound.reasons, inbound.previous_staff) == (("no-receiver",), ("ana",))
    assert (outbound.stops, outbound.previous_staff, outbound.staff) == (
        False,
        ("ana",),
        ("luis",),
    )
    assert [(m.user, m.open_interactions) for m in found.members] == [("ana", None)]
    facts = Usage(members.address, open_by_user={"Ana": 3})
    found = effects(live, edit(members, members=[silent]), usage={members.address: facts})
    assert found.members[0].open_interactions == 3


# Customers


def test_an_entry_for_all_campaigns_is_one_effect() -> None:
    entry = live_resource("blacklist/+59829001234")
    own = live_resource("campaigns/Norte/blacklist/+59829001234")
    live = [*campaign("Sales"), *campaign("Norte"), entry, own]
    webchat = at(live, "campaigns/Sales/channels/webchat")
    blacklist = effects(live, delete(entry), edit(webchat, block_inbound=False)).blacklist
    (customer,) = blacklist.customers
    assert (customer.becomes, customer.campaigns) == ("reachable", ())
    assert customer.except_campaigns == ("Norte",)
    places = list(blacklist.places(customer))
    assert len(places) == 14
    assert {place.campaign for place in places} == {"Sales"}
    (toggle,) = blacklist.toggles
    assert (toggle.place, toggle.customers) == (Place("Sales", "webchat", "inbound"), 0)


def test_an_own_entry_lifts_nothing_below_an_entry_for_all_campaigns() -> None:
    own = live_resource("campaigns/Sales/blacklist/instagram:12")
    live = [*campaign("Sales"), own]
    everywhere = live_resource("blacklist/instagram:12")
    assert not effects([*live, everywhere], delete(own)).blacklist.customers
    blacklist = effects(live, delete(own)).blacklist
    (customer,) = blacklist.customers
    assert customer.campaigns == ("Sales",)
    assert {place.channel for place in blacklist.places(customer)} == {"instagram"}


def test_a_deleted_campaign_makes_no_customer_reachable() -> None:
    own = live_resource("campaigns/Sales/blacklist/+59829001234")
    live = [*campaign("Sales"), own]
    found = effects(live, *[delete(resource) for resource in live])
    assert not found.blacklist.customers
    assert [lost.campaign for lost in found.lost_campaigns] == ["Sales"]
    assert not found.members


# Shared resources and names


@pytest.mark.parametrize(
    ("address", "before", "after", "is_emptied"),
    [
        ("templates/T", TEXT, {"content": " "}, True),
        ("templates/T", TEXT, {"content": "Bye"}, False),
        ("templates/T", {**TEXT, "content": ""}, {"content": " "}, False),
        (
            "quality_models/Q",
            {"categories": [{"name": "A", "questions": [{"text": "?"}]}]},
            {"categories": []},
            True,
        ),
    ],
)
def test_an_edit_that_empties_a_shared_resource_is_marked(
    address: str, before: dict[str, JsonValue], after: dict[str, JsonValue], is_emptied: bool
) -> None:
    resource = live_resource(address, **before)
    (shared,) = effects([resource], edit(resource, **after)).shared
    assert (shared.edit, shared.is_emptied) == ("edited", is_emptied)


def test_a_shared_template_reaches_the_channels_that_send_it() -> None:
    template = live_resource("templates/Firma", **TEXT)
    own = live_resource("campaigns/Norte/templates/Firma", **TEXT)
    live = [template, own]
    for name in ("Sales", "Norte"):
        live += [
            live_resource(resource.address, signature="Firma")
            if resource.address.endswith("/email")
            else resource
            for resource in campaign(name)
        ]
    facts = Usage(template.address, recent=(RecentUse("Sales", 307, ""),), open_interactions=1)
    found = effects(live, edit(template, content="Bye"), usage={template.address: facts})
    (shared,) = found.shared
    assert shared.is_for_all
    assert shared.channels == ("campaigns/Sales/channels/email",)
    assert shared.shadowed_in == ("Norte",)
    assert (shared.recent, shared.open_interactions) == (facts.recent, 1)
    assert found.addresses_with_usage == (template.address,)
    (shadow,) = effects(live, delete(own)).shadows
    assert (shadow.before, shadow.after) == (own.address, template.address)
    assert shadow.channels == ("campaigns/Norte/channels/email",)


def test_a_level_below_a_disabled_level_is_not_offered() -> None:
    levels = [live_resource(f"dispositions/{path}") for path in ("Sale", "Sale/Done", "Refund")]
    found = effects(levels, edit(levels[0], enabled=False), delete(levels[2])).dispositions
    assert [(each.address, each.becomes, each.because_of) for each in found] == [
        ("dispositions/Refund", "deleted", "dispositions/Refund"),
        ("dispositions/Sale", "disabled", "dispositions/Sale"),
        ("dispositions/Sale/Done", "disabled", "dispositions/Sale"),
    ]


def test_the_agents_in_a_deleted_status_are_named() -> None:
    lunch = live_resource("statuses/Lunch")
    facts = Usage(lunch.address, agents_now=("luis", "ana"))
    found = effects([lunch], delete(lunch), usage={lunch.address: facts})
    assert found.statuses[0].agents == ("ana", "luis")
    assert found.shared[0].agents == ("ana", "luis")
    assert effects([lunch], delete(lunch)).statuses[0].agents is None


def test_what_could_not_be_read_is_named() -> None:
    live = snapshot(campaign("Sales"), unknown={"holidays": _DENIED})  # type: ignore[dict-item]
    assert effects(live).unknown == ("holidays",)


def test_members_and_blacklists_that_could_not_be_read_are_not_taken_as_empty() -> None:
    live = [item for item in served() if not item.address.endswith("/members")]
    unread = {"campaigns/-/members": _DENIED, "blacklist": _DENIED}
    world = snapshot(live, unknown=unread)  # type: ignore[arg-type]
    webchat = at(live, "campaigns/Sales/channels/webchat")
    found = effects(world, edit(webchat, enabled=False, block_inbound=False))
    assert [service.stops for service in found.services] == [True, True]
    assert found.blacklist.toggles[0].customers is None
