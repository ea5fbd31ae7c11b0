"""open-hours: nothing that is going on stops unseen. NOW is a Monday, 12:00 in Montevideo."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from reconciler.kinds.base import Fields
from tests.guards.guard_builders import (
    again,
    approve,
    approved,
    create,
    delete,
    found,
    live,
    members,
    only,
    replacing,
    review,
    update,
    usage,
)

CODE = "open-hours"
SALES = "campaigns/Sales"
ZONE = "America/Montevideo"
WEEK: JsonValue = {"mon": ["09:00-19:00"], "tue": ["09:00-19:00"]}
OPEN: Fields = {"time_zone": ZONE, "schedule": WEEK}


def test_a_campaign_open_now_that_is_disabled_is_blocked() -> None:
    used = usage(SALES, opened=5)
    finding = only(CODE, review(update(SALES, OPEN, {**OPEN, "enabled": False}, used=used)))

    assert finding.blocks
    assert "open now and would close at once: it would be disabled" in str(finding.message)
    assert "5 interactions are open" in str(finding.message)
    assert str(finding.safer) == "apply after 19:00 (America/Montevideo), when it closes nothing"
    assert finding.evidence.headline == "open_interactions"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"schedule": {"mon": ["13:00-19:00"]}}, "its schedule changes"),
        ({"time_zone": "Asia/Tokyo"}, "its time zone changes"),
    ],
)
def test_hours_that_move_away_from_now_are_blocked(after: Fields, words: str) -> None:
    finding = only(CODE, review(update(SALES, OPEN, {**OPEN, **after})))

    assert words in str(finding.message)


def test_a_deleted_campaign_that_is_open_is_blocked() -> None:
    one = review(delete(SALES, used=usage(SALES)), on=[live(SALES, **OPEN)])

    assert "it would be deleted" in str(only(CODE, one).message)


def test_a_campaign_that_is_closed_now_may_change() -> None:
    shut: Fields = {"time_zone": ZONE, "schedule": {"tue": ["09:00-19:00"]}}

    assert found(CODE, review(update(SALES, shut, {**shut, "schedule": "never"}))) == []


def test_hours_that_still_cover_now_may_change() -> None:
    assert found(CODE, review(update(SALES, OPEN, {**OPEN, "schedule": "always"}))) == []


def test_one_holiday_today_is_one_finding_that_names_the_campaigns() -> None:
    holiday = create("holidays/Strike", date="2026-11-23", campaigns="all")
    on = [live(SALES, **OPEN), live("campaigns/Support"), live("campaigns/Night", schedule="never")]
    finding = only(CODE, review(holiday, on=on))

    assert finding.address == "holidays/Strike"
    assert "2 campaigns that are open now would close at once: Sales and Support" in str(
        finding.message
    )
    assert finding.evidence.referrers == ("campaigns/Sales", "campaigns/Support")


def test_a_campaign_that_opens_meanwhile_needs_a_new_approval() -> None:
    holiday = create("holidays/Strike", date="2026-11-23", campaigns="all")
    planned = approved(
        review(holiday, on=[live(SALES, **OPEN)]), approve(CODE, "holidays/Strike", up_to=5)
    )

    fresh = review(holiday, on=[live(SALES, **OPEN), live("campaigns/Support")])

    assert again(fresh, planned, CODE).blocks


def test_a_holiday_on_another_day_closes_nothing_now() -> None:
    holiday = create("holidays/Strike", date="2026-11-24", campaigns="all")

    assert found(CODE, review(holiday, on=[live(SALES, **OPEN)])) == []


def test_a_campaign_closed_by_its_own_fields_is_not_put_on_a_holiday() -> None:
    holiday = create("holidays/Strike", date="2026-11-23", campaigns="all")
    off = update(SALES, OPEN, {**OPEN, "enabled": False}, used=usage(SALES))
    finding = only(CODE, review(holiday, off, on=[live(SALES, **OPEN)]))

    assert finding.address == SALES


def test_disabling_a_channel_with_interactions_open_is_blocked() -> None:
    chat = "campaigns/Sales/channels/webchat"
    finding = only(CODE, review(update(chat, {"enabled": True}, {}, used=usage(chat, opened=1))))

    assert "this channel would be disabled now: 1 interaction is open on it" in str(finding.message)


def test_disabling_an_idle_channel_passes() -> None:
    chat = "campaigns/Sales/channels/webchat"

    assert found(CODE, review(update(chat, {"enabled": True}, {}, used=usage(chat)))) == []
    assert only(CODE, review(update(chat, {"enabled": True}, {}))).blocks


_PHONE = "campaigns/Sales/channels/telephony"
_WIRED: Fields = {"enabled": True, "connector": "tel", "numbers": ["+59829001000", "+59829001001"]}


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"numbers": ["+59829001000"]}, "lose +59829001001"),
        ({"numbers": []}, "lose +59829001000 and +59829001001"),
        ({"numbers": ["+59829001000", "+59829001002"]}, "lose +59829001001"),
        ({"connector": "other"}, "change from the connector 'tel' to 'other'"),
        ({"connector": "other", "numbers": []}, "change from the connector 'tel' to 'other'"),
    ],
)
def test_a_channel_in_use_that_loses_its_connection_is_blocked(after: Fields, words: str) -> None:
    used = usage(_PHONE, opened=3)
    finding = only(CODE, review(update(_PHONE, _WIRED, {**_WIRED, **after}, used=used)))

    assert finding.blocks
    assert f"this channel would {words} now: 3 interactions are open on it" in str(finding.message)
    assert finding.evidence.counts == {"open_interactions": 3}
    assert str(finding.safer) == "apply once its interactions are closed"


def test_an_idle_channel_may_lose_its_connection_unless_its_use_is_unknown() -> None:
    after: Fields = {**_WIRED, "numbers": []}
    idle = update(_PHONE, _WIRED, after, used=usage(_PHONE))

    assert found(CODE, review(idle)) == []
    assert "could not be read" in str(only(CODE, review(update(_PHONE, _WIRED, after))).message)


def test_a_channel_that_gains_a_connection_or_was_disabled_passes() -> None:
    used = usage(_PHONE, opened=3)
    more: Fields = {**_WIRED, "numbers": ["+59829001000", "+59829001001", "+59829001002"]}
    off: Fields = {**_WIRED, "enabled": False}

    assert found(CODE, review(update(_PHONE, _WIRED, more, used=used))) == []
    assert found(CODE, review(update(_PHONE, off, {**off, "numbers": []}, used=used))) == []


def test_a_channel_that_is_disabled_and_loses_its_connection_is_reported_once() -> None:
    used = usage(_PHONE, opened=3)
    finding = only(CODE, review(update(_PHONE, _WIRED, {}, used=used)))

    assert "would be disabled now" in str(finding.message)


def test_disabling_a_closed_campaign_with_interactions_open_is_blocked() -> None:
    shut: Fields = {"schedule": "never"}
    change = update(SALES, shut, {**shut, "enabled": False}, used=usage(SALES, opened=2))

    assert "2 interactions are open" in str(only(CODE, review(change)).message)


def test_disabling_a_disposition_stops_nothing() -> None:
    change = update("dispositions/Done", {}, {"enabled": False})

    assert found(CODE, review(change)) == []


def test_removing_a_member_with_open_interactions_is_blocked() -> None:
    where = "campaigns/Sales/members"
    used = usage(where, by_user={"Luis": 3, "ana": 1})
    finding = only(
        CODE, review(update(where, members("ana", "luis", "eva"), members("ana"), used=used))
    )

    assert finding.blocks
    assert "1 member would be removed now (luis): they have 3 open interactions" in str(
        finding.message
    )
    assert finding.evidence.counts == {"open_interactions": 3, "members": 1}


def test_removing_an_idle_member_passes_unless_their_use_is_unknown() -> None:
    where = "campaigns/Sales/members"
    idle = update(where, members("ana", "luis"), members("ana"), used=usage(where))
    unread = update(where, members("ana", "luis"), members("ana"))

    assert found(CODE, review(idle)) == []
    assert "could not be read" in str(only(CODE, review(unread)).message)
    assert found(CODE, review(unread, on=[])) == []


def test_a_status_agents_are_in_is_a_warning_here() -> None:
    used = usage("statuses/Lunch", agents=2)

    for changes in (
        [delete("statuses/Lunch", used=used)],
        replacing("statuses/Lunch", "statuses/X", used=used),
    ):
        finding = only(CODE, review(*changes))
        assert finding.severity == "warn"
        assert "2 agents are in it now" in str(finding.message)
