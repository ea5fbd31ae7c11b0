"""scope-widens: closing more than before."""

from __future__ import annotations

import pytest

from reconciler.kinds.base import Fields
from tests.guards.guard_builders import found, live, only, replacing, review, update

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
