"""scope-widens: closing more than before."""

from __future__ import annotations

import pytest

from reconciler.kinds.base import Fields
from tests.guards.guard_builders import (
    again,
    approve,
    approved,
    create,
    found,
    live,
    only,
    replacing,
    review,
    update,
)

CODE = "scope-widens"
SUNDAYS: Fields = {"schedule": {"sun": ["09:00-19:00"]}}
DAY = "holidays/Carnival"
SALES = "campaigns/Sales"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"campaigns": "all"}, "it closes all campaigns"),
        ({"campaigns": ["Sales"], "recurring": True}, "it recurs every year"),
    ],
)
def test_a_holiday_that_reaches_beyond_what_was_named_is_blocked(after: Fields, words: str) -> None:
    finding = only(CODE, review(update(DAY, {"campaigns": ["Sales"]}, after)))

    assert finding.blocks
    assert words in str(finding.message)


def test_a_holiday_that_gains_a_campaign_by_name_warns() -> None:
    before: Fields = {"date": "2026-12-03", "campaigns": ["Sales"]}
    on = [live(DAY, **before), live(SALES), live("campaigns/Support")]
    change = update(DAY, before, {**before, "campaigns": ["Sales", "Support"]})
    finding = only(CODE, review(change, on=on))

    assert finding.severity == "warn"
    assert "on Thu 2026-12-03 it closes 1 campaign for 24 hours (Support)" in str(finding.message)


def test_a_holiday_that_narrows_passes() -> None:
    assert found(CODE, review(update(DAY, {"campaigns": "all"}, {"campaigns": ["Sales"]}))) == []


def test_a_replace_that_widens_is_seen() -> None:
    made, gone = replacing("holidays/Old", "holidays/New")
    assert gone.before is not None
    gone.before["campaigns"] = ["Sales"]

    assert "all campaigns" in str(only(CODE, review(made, gone)).message)


def test_shorter_hours_warn_and_say_how_much() -> None:
    finding = only(
        CODE,
        review(
            update(
                SALES,
                {"schedule": {"mon": ["09:00-19:00"]}},
                {"schedule": {"mon": ["10:30-20:00"]}},
            )
        ),
    )

    assert finding.severity == "warn"
    assert str(finding.message) == (
        "its schedule closes more than before: in 28 days it loses 6 hours "
        "(first Mon 2026-11-30 09:00, UTC) and gains 4 hours (first Mon 2026-11-23 19:00, UTC)"
    )


def test_a_campaign_that_never_opens_again_is_blocked() -> None:
    finding = only(CODE, review(update(SALES, SUNDAYS, {"schedule": "never"})))

    assert finding.blocks
    assert "never opens again" in str(finding.message)


def test_longer_hours_pass() -> None:
    assert found(CODE, review(update(SALES, {"schedule": "never"}, {}))) == []


@pytest.mark.parametrize(
    ("date", "severity"),
    [("2026-11-24", "block"), ("2026-11-25", "block"), ("2026-11-26", "warn")],
)
def test_a_new_holiday_blocks_within_two_days_and_warns_later(date: str, severity: str) -> None:
    finding = only(CODE, review(create(DAY, date=date, campaigns="all"), on=[live(SALES)]))

    assert finding.severity == severity
    assert "it closes 1 campaign for 24 hours (Sales)" in str(finding.message)
    assert finding.evidence.counts == {"campaigns": 1, "hours_lost": 24}


def test_a_holiday_that_closes_what_is_open_now_is_left_to_open_hours() -> None:
    assert (
        found(CODE, review(create(DAY, date="2026-11-23", campaigns="all"), on=[live(SALES)])) == []
    )


def test_a_campaign_that_needs_the_holiday_later_is_a_new_referrer() -> None:
    strike = create(DAY, date="2026-11-24", campaigns="all")
    planned = approved(review(strike, on=[live(SALES)]), approve(CODE, DAY))

    assert not again(review(strike, on=[live(SALES)]), planned, CODE).blocks
    fresh = review(strike, on=[live(SALES), live("campaigns/Support")])
    assert again(fresh, planned, CODE).blocks


def test_a_time_zone_that_moves_hours_blocks_with_what_is_lost_and_gained() -> None:
    zone: Fields = {"time_zone": "America/Montevideo", "schedule": {"sun": ["09:00-19:00"]}}
    finding = only(CODE, review(update(SALES, zone, {**zone, "time_zone": "Asia/Tokyo"})))

    assert finding.blocks
    assert str(finding.message) == (
        "its time zone changes from America/Montevideo to Asia/Tokyo, so its hours move: in 28 "
        "days it loses 40 hours (first Sun 2026-11-29 09:00, America/Montevideo) and gains 40 "
        "hours (first Sun 2026-11-29 09:00, Asia/Tokyo)"
    )


def test_a_zone_with_the_same_clock_changes_nothing() -> None:
    zone: Fields = {"time_zone": "America/Montevideo", "schedule": {"sun": ["09:00-19:00"]}}
    moved = {**zone, "time_zone": "America/Argentina/Buenos_Aires"}

    assert found(CODE, review(update(SALES, zone, moved))) == []


def test_a_closed_campaign_that_is_disabled_warns() -> None:
    finding = only(CODE, review(update(SALES, SUNDAYS, {**SUNDAYS, "enabled": False})))

    assert finding.severity == "warn"
    assert "this campaign would be disabled: in 28 days it loses 40 hours" in str(finding.message)
